"""Measures the checks of a model's prose: `python -m bot.evals.checker FOLDER`.

FOLDER is the folder of public sets. Sentences of CMRC trial, of news and of regulations are left as
they mean (reworded by rule), or corrupted in named ways; a table tells the share of each kind that
is caught, of the half that thresholds were fitted on and of the other. The same seed gives the same
sentences.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.evals.checker.examples import Example, examples
from bot.evals.checker.material import HALVES, read_material
from bot.evals.checker.measuring import Outcome, measure, table
from bot.index_build import find_network
from bot.llm.checks import Checker
from bot.settings import Settings
from corpus.errors import ended
from corpus.language.text import Segmenter

EACH = 20
"""Sentences of a kind, of a kind of text and of a half, at most."""


def _shown(outcomes: Sequence[Outcome]) -> None:
    """Prints the sentences of the fitting half on which the checks are wrong."""
    for example, is_right, checked, *_ in outcomes:
        if example.half == "fit" and not is_right:
            row = {
                "kind": example.kind,
                "text": example.sentence.text,
                "source": example.candidates[0].quote,
                "failed": checked.failed,
            }
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; with --misses the sentences of the fitting half that the checks judge wrongly."""
    parser = argparse.ArgumentParser(prog="python -m bot.evals.checker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--rules", action="store_true", help="without the network")
    parser.add_argument("--half", choices=HALVES, help="one half only")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args(arguments)
    segmenter = Segmenter()
    network = None if options.rules else find_network(Settings(), progress=False)[0]
    made = examples(
        read_material(options.folder, options.seed), segmenter, options.seed, options.each
    )
    chosen: list[Example] = [one for one in made if options.half in (None, one.half)]
    outcomes = measure(Checker(segmenter, network), chosen)
    if options.misses:
        _shown(outcomes)
    sys.stdout.write(table(outcomes))
    return 0


if __name__ == "__main__":
    ended(main)
