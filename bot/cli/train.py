"""`chengwen train reader`: trains the reading network on question sets."""

from __future__ import annotations

import shlex
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from bot.cli.output import show
from bot.evals.datasets import Dataset, read_dataset
from bot.index_location import ARTICLES
from bot.settings import home
from bot.training.trainer import Recipe, train_reader
from corpus.load import read_corpus


def run(arguments: Namespace) -> int:
    """Trains, and prints where the weights are. Raises ChengwenError."""
    recipe = Recipe()
    if arguments.steps is not None:
        recipe = shortened(recipe, arguments.steps)
    datasets = [_read(path, arguments.corpus) for path in arguments.files]
    folder = arguments.output or home() / "train" / f"reader-{recipe.steps}"
    weights = train_reader(datasets, folder, recipe, _command(arguments), arguments.start)
    show(str(weights))
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
