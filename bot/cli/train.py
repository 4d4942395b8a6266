"""`chengwen train reader`: trains the reading network on windows as served, or on question sets."""

from __future__ import annotations

import shlex
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from bot.cli.output import show
from bot.evals.datasets import Dataset, read_dataset
from bot.index_location import ARTICLES
from bot.settings import home
from bot.training.served.kept import load_served
from bot.training.trainer import Material, Recipe, train_reader
from corpus.load import read_corpus
from index.disk import file_sha256


def run(arguments: Namespace) -> int:
    """Trains, and prints where the weights are. Raises ChengwenError."""
    recipe = Recipe(precision=arguments.precision)
    if arguments.steps is not None:
        recipe = shortened(recipe, arguments.steps)
    windows = None
    if arguments.served is not None:
        windows = load_served(arguments.served).without(arguments.leave_out)
        left_out = " ".join(arguments.leave_out)
        recipe = replace(recipe, windows=file_sha256(arguments.served), left_out=left_out)
    datasets = [_read(path, arguments.corpus) for path in arguments.files]
    folder = arguments.output or home() / "train" / f"reader-{recipe.steps}"
    material = Material(datasets, _command(arguments), arguments.start, windows)
    show(str(train_reader(material, folder, recipe)))
    return 0


def shortened(recipe: Recipe, steps: int) -> Recipe:
    """`recipe` in `steps` steps; warmup and cooldown keep their shares, at least a step each."""
    share = steps / recipe.steps
    warmup = max(1, round(share * recipe.warmup))
    cooldown = max(1, round(share * recipe.cooldown))
    return replace(recipe, steps=steps, warmup=warmup, cooldown=cooldown)


def _command(arguments: Namespace) -> str:
    """The command line for the card of the weights, which names files without their folders."""
    words = ["chengwen", "train", "reader"]
    for path in arguments.files:
        words.append(path.name)
    if arguments.served is not None:
        words += ["--served", arguments.served.name]
    for group in arguments.leave_out:
        words += ["--leave-out", group]
    if arguments.precision != "fp32":
        words += ["--precision", arguments.precision]
    if arguments.start is not None:
        words += ["--from", arguments.start.name]
    if arguments.steps is not None:
        words += ["--steps", str(arguments.steps)]
    return shlex.join(words)


def _read(path: Path, corpus: Path | None) -> Dataset:
    """A set on the documents of `corpus`, or else on its own, or else on the articles."""
    has_own = path.suffix.lower() == ".json" or (path / "queries.jsonl").exists()
    if has_own and corpus is None:
        return read_dataset(path, None)
    documents = read_corpus(corpus or ARTICLES).documents
    return read_dataset(path, documents)
