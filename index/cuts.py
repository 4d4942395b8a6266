"""The words of a collection's texts, kept with its index: a later build cuts only what is new."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.language.cuts import Cuts, without

CUTS_FILE = "cuts.json"


@dataclass(slots=True)
class CollectionCuts:
    """Run → its words, parted by spaces: by the `general` dictionary, and by that and `terms`.

    `own` has those that the terms change. A build takes what it can from here, and leaves what it
    used.
    """

    terms: tuple[str, ...] = ()
    general: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    def by_general(self) -> Cuts:
        """The cuts by the general dictionary, to be used and added to."""
        return Cuts(self.general)

    def by_terms(self, terms: Iterable[str]) -> Cuts:
        """The cuts that other `terms` do not change, to be used and added to."""
        return Cuts(without(self.all(), set(self.terms) ^ set(terms)))

    def all(self) -> dict[str, str]:
        """Returns the words of every run, by the dictionary with the terms."""
        return {**self.general, **self.own}

    def keep(self, terms: tuple[str, ...], general: Cuts, own: Cuts) -> None:
        """Puts what a build has used in the place of what was there."""
        self.terms = terms
        self.general = general.used
        self.own = _differing(own.used, general.used)

    def save(self, folder: Path) -> None:
        """Writes the cuts into `folder`; the words of a run are the run, without the spaces."""
        stored = {
            "terms": self.terms,
            "general": list(self.general.values()),
            "own": list(self.own.values()),
        }
        (folder / CUTS_FILE).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> CollectionCuts:
        """Reads what `save` wrote; nothing is known where there is none."""
        path = folder / CUTS_FILE
        if not path.is_file():
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(stored["terms"]), _by_run(stored["general"]), _by_run(stored["own"]))


def _differing(own: Mapping[str, str], general: Mapping[str, str]) -> dict[str, str]:
    return {run: words for run, words in own.items() if general.get(run) != words}


def _by_run(cuts: Iterable[str]) -> dict[str, str]:
    return {words.replace(" ", ""): words for words in cuts}
