"""`chengwen train reader`."""

from __future__ import annotations

import shlex
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from bot.cli.output import show
from bot.evals.datasets import Dataset, read_dataset
from bot.index_location import ARTICLES
from bot.settings import home
from bot.training.train_reader import train_reader
from bot.training.trainer import Recipe
from corpus.load import read_corpus


def run(arguments: Namespace) -> int:
    """Trains, and prints where the weights are. Raises ChengwenError."""
    recipe = Recipe() if arguments.steps is None else shortened(Recipe(), arguments.steps)
    start: Path | None = arguments.start
    sets = [_read(path, arguments.corpus) for path in arguments.files]
    told = ["chengwen", "train", "reader", *(path.name for path in arguments.files)]
    told += [] if start is None else ["--from", start.name]
    told += [] if arguments.steps is None else ["--steps", str(arguments.steps)]
    folder = arguments.output or home() / "train" / f"reader-{recipe.steps}"
    show(str(train_reader(sets, folder, recipe, shlex.join(told), start)))
    return 0


def shortened(recipe: Recipe, steps: int) -> Recipe:
    """The same in fewer steps: it warms up and cools down in like shares of them."""
    share = steps / recipe.steps
    warmup, cooldown = (max(1, round(share * part)) for part in (recipe.warmup, recipe.cooldown))
    return replace(recipe, steps=steps, warmup=warmup, cooldown=cooldown)


def _read(path: Path, corpus: Path | None) -> Dataset:
    """A set with its corpus, which is the articles' where it brings none."""
    brings = path.suffix.lower() == ".json" or (path / "queries.jsonl").exists()
    return read_dataset(
        path, None if brings and corpus is None else read_corpus(corpus or ARTICLES)[0]
    )
