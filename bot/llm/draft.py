"""The answer that a language model is writing: which of its sentences are kept, and what may be sent.

A sentence is sent once it is checked. Where we are sure of the extract, nothing is sent before a
sentence rests on what the extract cites: a model may say more, but not something else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from bot.answer import Citation
from bot.composer.composition import TEXT_LIMIT
from bot.i18n import Language, Pair, pick
from bot.llm.checks import Checked
from bot.llm.failures import ModelFailed
from bot.llm.sentences import MarkedSentence

NO_SUPPORT: Pair = ("（未找到依据）", " (no support found)")
"""What stands behind a sentence without support, where such sentences are shown."""

NEVER_SHOWN = frozenset({"address", "language", "secret"})
"""Failed checks of sentences that are left out even where unsupported ones are shown."""


@dataclass(slots=True)
class Draft:
    """The sentences of one answer so far; marks are those of the model, and name `candidates`.

    The text is sent only from the first sentence on that has a mark of `anchors`; with none it is
    sent at once. With `shows_unsupported` sentences without support stay, and say so. `kept` counts
    the sentences with support, `gone` those without, `failed` the checks that these failed, by name,
    `marks_gone` the marks taken away. `stopped` says why we read no further: the answer is full, or
    the model repeats itself. `failure` is how the answer broke off.
    """

    candidates: tuple[Citation, ...]
    anchors: frozenset[int]
    language: Language
    shows_unsupported: bool = False
    shown: list[MarkedSentence] = field(default_factory=list)
    kept: int = 0
    gone: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    marks_gone: int = 0
    stopped: Literal["", "full", "rambling"] = ""
    failure: ModelFailed | None = None
    _sent: int = 0

    def take(self, checked: Checked, written: MarkedSentence) -> str:
        """Adds a sentence that the model has `written`; returns what may be sent now, often nothing.

        What was sent before, and then this, are the beginning of `text`.
        """
        marks = tuple(mark for mark in checked.sentence.marks if 1 <= mark <= len(self.candidates))
        is_supported = checked.is_supported and bool(marks)
        # A mark may be one that the checks have given to a sentence without any.
        self.marks_gone += max(0, len(written.marks) - (len(marks) if is_supported else 0))
        if not is_supported:
            self.gone += 1
            self.failed.update(checked.failed)
            if not self.shows_unsupported or NEVER_SHOWN.intersection(checked.failed):
                return ""
            marks = ()
        self.shown.append(MarkedSentence(checked.sentence.text, marks))
        if len(self.text) > TEXT_LIMIT:
            self.shown.pop()
            self.stopped = "full"
            return ""
        self.kept += is_supported
        return self._sendable()

    def forget_reasoning(self) -> None:
        """What was read so far was no answer: nothing of it counts but what was sent."""
        del self.shown[self._sent :]
        self.gone = 0
        self.failed.clear()
        self.kept = sum(bool(sentence.marks) for sentence in self.shown)

    @property
    def text(self) -> str:
        """The sentences with their marks, in the order in which they name their citations."""
        return self._told(0)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the marks of the text name, from [1]."""
        return tuple(self.candidates[mark - 1] for mark in self._numbers())

    @property
    def is_anchored(self) -> bool:
        """Whether a sentence rests on one of the anchors, or none need."""
        return not self.anchors or not self.anchors.isdisjoint(self._numbers())

    def _sendable(self) -> str:
        if not self.kept or not self.is_anchored:
            return ""
        first, self._sent = self._sent, len(self.shown)
        return self._told(first)

    def _told(self, first: int) -> str:
        """The text from sentence number `first` on."""
        numbers = self._numbers()
        space = " " if self.language == "en" else ""
        pieces = []
        for place, (text, marks) in enumerate(self.shown[first:], first):
            shown = "".join(f"[{n}]" for n in sorted(numbers[mark] for mark in set(marks)))
            unsupported = "" if marks else pick(NO_SUPPORT, self.language)
            pieces.append(f"{space if place else ''}{text}{shown}{unsupported}")
        return "".join(pieces)

    def _numbers(self) -> dict[int, int]:
        """Each mark of the model that is shown → our number, from 1 in the order of the text."""
        numbers: dict[int, int] = {}
        for sentence in self.shown:
            for mark in sentence.marks:
                numbers.setdefault(mark, len(numbers) + 1)
        return numbers
