"""Makes the windows that the reading network is trained on.

python -m bot.training.served FOLDER --output FILE [--windows N] [--seed N]

FOLDER is $CHENGWEN_DATA; a source that it lacks is left out, and documents for reporting are never
read. The counts are printed. The same folder and seed give the same windows. Broken off, it goes on
from what FILE.parts holds, which is deleted in the end; delete it when the program has changed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

from tokenizers import Tokenizer

from bot.training.served.building import Means, Plan, build_windows
from corpus import UsageError
from corpus.errors import ended
from corpus.intake.decode import shown
from index.e5.convert import TOKENIZER, converted_folder, default_cache
from index.encoder import load_encoder

WINDOWS = 24_000
"""As many as two hours of training on two cores hold."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the windows, and prints how many there are of each part and source.

    Raises UsageError where there are none or the file cannot be written, DocumentError where a
    source cannot be read, and EncoderUnavailable.
    """
    options = _options(arguments)
    tokenizer = Tokenizer.from_file(str(converted_folder(default_cache())[0] / TOKENIZER))
    means = Means(load_encoder(), tokenizer)
    parts = options.output.with_name(f"{options.output.name}.parts")
    plan = Plan(options.folder, options.windows, options.seed, parts)
    made = build_windows(plan, means, _report)
    if not made.samples:
        raise UsageError(
            f"从 {shown(options.folder)} 中得不到训练窗口。请给出 $CHENGWEN_DATA。",
            f"{shown(options.folder)} gives no windows to train on. Name $CHENGWEN_DATA.",
        )
    made.save(options.output)
    rmtree(parts)
    for part, source, positive, negative in made.counts():
        sys.stdout.write(f"{part:<15}{source:<13}{positive:>7}{negative:>7}\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.training.served", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def _report(source: str, found: int, wanted: int) -> None:
    sys.stderr.write(f"{source} {found}/{wanted}\n")


if __name__ == "__main__":
    sys.exit(ended(main))
