"""`chengwen train reader`: from question sets to the weights that the server reads with."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from bot.evals.datasets import Dataset
from bot.reader.network import SpanReader, Windows
from bot.reader.network_weights import Tensors, read_adapter, reader_folder, write_adapter
from bot.training.card import Figures, card, figures
from bot.training.data import Samples, questions_of
from bot.training.network import Network
from bot.training.trainer import Recipe, Training, checkpoints
from corpus import UsageError
from corpus.language.text import Segmenter
from index.disk import file_sha256
from index.e5.convert import TOKENIZER, converted_folder, default_cache, packed_file
from index.e5.weights import read_packed_model

WEIGHTS, CARD, RECIPE = "reader.safetensors", "CARD.md", "recipe.json"

SEEN = 2
"""Epochs that trained weights have seen at most: a training that begins with them draws others."""

KEPT = 0.5
"""Share of the weights begun with in the result. On 230 questions of each fitting part EM was 0.600 and 0.509 (DRCD,
CMRC), with the new ones alone 0.526 and 0.483, with those begun with 0.557 and 0.496."""


def train_reader(
    sets: Sequence[Dataset], folder: Path, recipe: Recipe, command: str, start: Path | None = None
) -> Path:
    """Trains on what the sets have for training, goes on where `folder` has checkpoints, and gives the weights' path.

    A set named twice is shown twice as often. `start` are trained weights to begin with and to average with. What comes
    of it and its card are written into `folder`. Raises UsageError where the sets have nothing to train on, or the
    checkpoints are of another recipe, and EncoderUnavailable where `start` can't be read.
    """
    questions = [question for one in sets for question in questions_of(one, "train")]
    if not questions:
        raise UsageError("题集中没有可用于训练的问题。", "The sets have no question to train on.")
    windows = Windows(Tokenizer.from_file(str(converted_folder(default_cache())[0] / TOKENIZER)))
    segmenter = Segmenter()
    samples = Samples(questions, windows, segmenter, recipe.seed)
    network = Network(read_packed_model(packed_file()), recipe.rank, recipe.alpha, recipe.seed)
    begun: Tensors = {}
    if start is not None:
        begun = _begin_with(network, start)
        recipe = replace(recipe, start=file_sha256(start), kept=KEPT, epoch=SEEN)
    training = Training.begin(network, recipe)
    _go_on(training, folder, recipe)
    with tqdm(
        total=recipe.steps, initial=training.step, desc="训练 / training", file=sys.stderr
    ) as bar:

        def tell(_: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.3f}")
            bar.update()

        while training.step < recipe.steps:
            training.run(
                samples, recipe, min(recipe.steps, training.step + recipe.checkpoint), tell
            )
            training.save(folder, recipe)
    weights = folder / WEIGHTS
    made = {name: values.numpy() for name, values in training.averaged.items()}
    write_adapter(
        between(made, begun, recipe.kept) if begun else made, recipe.alpha / recipe.rank, weights
    )
    found = measured(weights, sets, segmenter)
    (folder / CARD).write_text(card(recipe, command, sets, found, file_sha256(weights)), "utf-8")
    return weights


def between(made: Tensors, begun: Tensors, kept: float) -> Tensors:
    """The mean of two networks' parameters, those of `begun` counting `kept` of 1."""
    share = np.float32(kept)
    return {name: share * begun[name] + (1 - share) * values for name, values in made.items()}


def measured(weights: Path, sets: Sequence[Dataset], segmenter: Segmenter) -> dict[str, Figures]:
    """Set → what the network of `weights` makes of the part kept for reporting, as the server runs it.

    A set that is not divided has no such part.
    """
    reader = SpanReader(reader_folder(default_cache(), weights), threads=2)
    divided = {one.name: one for one in sets if one.splits}
    return {
        name: figures(reader, questions_of(one, "report"), segmenter)
        for name, one in divided.items()
    }


def _begin_with(network: Network, start: Path) -> Tensors:
    tensors, _ = read_adapter(start)
    try:
        network.begin_with(tensors)
    except ValueError as error:
        raise UsageError(
            f"{start} 不是这种网络的权重（{error}）。",
            f"{start} does not hold weights of this network ({error}).",
        ) from error
    return tensors


def _go_on(training: Training, folder: Path, recipe: Recipe) -> None:
    """Takes up the last checkpoint in `folder`, which is made with its recipe where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    noted, told = folder / RECIPE, json.dumps(asdict(recipe), indent=1)
    if noted.exists() and noted.read_text("utf-8") != told:
        raise UsageError(
            f"{folder} 中的训练用的是另一种设置：请换一个目录，或删去它。",
            f"{folder} holds a training with other settings: name another folder, or delete it.",
        )
    noted.write_text(told, "utf-8")
    if made := checkpoints(folder):
        training.load(made[-1])
