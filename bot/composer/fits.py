"""The fits of composed answers: logistic regressions whose weights are in gathering.json.

They are fitted on composed questions by `bot.training.fit_gathering`, and worth what
docs/benchmarks.md says on a kind of text left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.reader.logistic import Logistic, read_logistic
from bot.reader.ranking import FitName

WEIGHTS = Path(__file__).with_name("gathering.json")

OF_SENTENCE = (
    "behind",  # score of the sentence less that of the best
    "score",
    "margin",
    "context",  # share of the words of the question, less that of the sentence which has most
    "best_document",  # whether it stands in the document of the best, 0 or 1
    "best_section",  # ... in its section
    "section",  # mean score of the three best sentences of its section, less that of the best
    "paragraph",  # ... of its paragraph, or of the list or article that its paragraph belongs to
    "item",  # whether it is an item of a list, 0 or 1
    "rank",  # log(1 + number of better sentences)
    "listed",  # log-probability of the likeliest list that has it, less that of the likeliest of all
)
"""What tells how likely a sentence says a point."""

OF_QUESTION = (
    "best",  # score of the best sentence
    "three",  # mean of the three best
    "eight",  # ... of the eight best
    "margin",  # largest of the eight best
    "context",  # ... and of their shares of the words of the question
    "contexts",  # mean of these
    "hits",  # largest share of the first eight passages that one document has
    "named",  # whether the question surely names a document, 0 or 1
    "documents",  # number of documents that the eight best sentences stand in
    "confidence",  # log of the confidence of a single fact
)
"""What tells how likely the documents speak of what is asked."""

OF_LIST = (
    "words",  # share of the words of the question in the list, its headings and its title
    "lead_words",  # ... in its lead line, or where it has none in its heading
    "lead_margin",  # margin of the lead line, or where there is none the mean of those of the items
    "scores",  # mean over the items of the best score, less that of the best sentence of all
    "holds_best",  # whether it has the best sentence of all, 0 or 1
    "length",  # log(number of items)
    "touched",  # share of the items that have a candidate
    "passage",  # best score of a passage that has a part of it
)
"""What tells how likely a list is the one that is asked for; see `bot.composer.likely_lists`."""

OF_CHOICE = (
    "likely",  # log-odds of the likeliest list
    "ahead",  # ... less those of the likeliest that shares no sentence with it
    "confidence",  # log of the confidence of a single fact
)
"""What tells how likely the likeliest list answers."""


@dataclass(frozen=True, slots=True)
class Fits:
    """How likely a sentence says a point, the documents speak of what is asked, a list is the one that is
    asked for, and the likeliest list answers.
    """

    points: Logistic
    covers: Logistic
    lists: Logistic
    choice: Logistic


@cache
def load_fits(name: FitName, path: Path = WEIGHTS) -> Fits:
    """Reads one of the fits. Raises KeyError where it is not there."""
    stored: Mapping[str, Mapping[str, float]] = json.loads(path.read_text("utf-8"))[name]
    return Fits(
        read_logistic(stored["points"], OF_SENTENCE),
        read_logistic(stored["covers"], OF_QUESTION),
        read_logistic(stored["lists"], OF_LIST),
        read_logistic(stored["choice"], OF_CHOICE),
    )
