"""One question of a run, looked at with the index that is open: its gold in place, each stage's scores, the miss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evals.datasets import Case
from bot.evals.misses import Miss, covers, kept_case, why_missed
from bot.evals.runs import Result, Run
from bot.service import Service, retriever_for
from bot.settings import RetrievalSettings
from bot.web.reading_page import read_address
from corpus import Document, Passage
from index import Hit
from index.manifest import Generation

AROUND = 160
"""Characters shown before and after gold at most."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of a document in pieces, (text, whether it is marked), and where they can be read."""

    title: str
    heading: str
    address: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as a run ranked it; `excerpt` is None where the index does not have its document any more."""

    rank: int
    passage_id: str
    score: float
    stages: Mapping[str, float]
    excerpt: Excerpt | None
    is_gold: bool


class Inspector:
    """Looks at questions of runs with the service that is open."""

    def __init__(self, service: Service, generation: Generation | None) -> None:
        self._service = service
        self._generation = generation
        self._documents = {d.doc_id: d for d in service.snapshot.collection.documents}

    def question(self, chosen: Sequence[tuple[Run, Result]]) -> dict[str, Any]:
        """What the page of a question shows, for one run or several."""
        case = next(
            (case for _, result in chosen if (case := kept_case(result, self._documents))), None
        )
        gold = [span for group in case.gold for span in group] if case else []
        return {
            "question": chosen[0][1].question,
            "kind": chosen[0][1].kind,
            "case": case,
            "gold": [[self._around(span) for span in group] for group in case.gold] if case else [],
            "looks": [self._look(run, result, case, gold) for run, result in chosen],
        }

    def _look(
        self, run: Run, result: Result, case: Case | None, gold: Sequence[Passage]
    ) -> dict[str, Any]:
        retrieval = retrieval_of(run, self._service.settings.retrieval)
        history = case.history if case else ()
        text = self._service.understand(result.question, history).text
        found = self._found(result, text, retrieval, gold)
        cited = [self._cited(one) for one in result.answer["citations"]]
        miss = self._miss(case, result, text, retrieval) if case else None
        return {
            "run": run,
            "result": result,
            "found": found,
            "stages": list(dict.fromkeys(name for one in found for name in one.stages)),
            "cited": cited,
            "miss": miss,
            "k": retrieval.k,
            "same": self._is_same_index(run),
        }

    def _miss(
        self, case: Case, result: Result, text: str, retrieval: RetrievalSettings
    ) -> Miss | None:
        snapshot = self._service.snapshot
        modes = ("lexical", "dense") if retrieval.mode == "fused" else (retrieval.mode,)
        halves: dict[str, Sequence[Hit]] = {}
        for mode in modes if snapshot.dense else ("lexical",):
            half = retriever_for(snapshot, retrieval.model_copy(update={"mode": mode}))
            halves[mode] = half.search(text, retrieval.candidates)
        return why_missed(case, result, snapshot.collection.passages, halves, retrieval.k)

    def _found(
        self, result: Result, text: str, retrieval: RetrievalSettings, gold: Sequence[Passage]
    ) -> list[Found]:
        passages = [self._passage(hit.passage_id) for hit in result.hits]
        known = [passage for passage in passages if passage]
        said = retriever_for(self._service.snapshot, retrieval).explain(text, known)
        live = {passage.passage_id: stages for passage, stages in zip(known, said, strict=True)}
        return [
            Found(
                rank,
                hit.passage_id,
                hit.score,
                {**live.get(hit.passage_id, {}), **hit.stages},
                _excerpt(passage, gold) if passage else None,
                bool(passage and any(covers(passage, span) for span in gold)),
            )
            for rank, (hit, passage) in enumerate(zip(result.hits, passages, strict=True), 1)
        ]

    def _passage(self, passage_id: str) -> Passage | None:
        doc_id, _, span = passage_id.rpartition(".")
        start, _, end = span.partition("-")
        document = self._documents.get(doc_id)
        inside = (
            document
            and start.isdecimal()
            and end.isdecimal()
            and int(start) < int(end) <= len(document.text)
        )
        return Passage(document, int(start), int(end)) if document and inside else None

    def _cited(self, cited: Mapping[str, Any]) -> Excerpt | None:
        passage = self._passage(f"{cited['doc_id']}.{cited['start']}-{cited['end']}")
        return _excerpt(passage, ()) if passage else None

    def _around(self, gold: Passage) -> Excerpt:
        text = gold.document.text
        start = max(text.rfind("\n", 0, gold.start) + 1, gold.start - AROUND)
        line_end = text.find("\n", gold.end)
        end = min(line_end if line_end >= 0 else len(text), gold.end + AROUND)
        return _excerpt(Passage(gold.document, start, end), [gold])

    def _is_same_index(self, run: Run) -> bool:
        """Whether what is open holds the same articles that the run was made with."""
        content = str(self._generation.facts.get("content"))[:16] if self._generation else ""
        return run.fingerprint.get("corpus") == content


def retrieval_of(run: Run, default: RetrievalSettings) -> RetrievalSettings:
    """The settings that a run searched with, `default` where it does not say."""
    try:
        return RetrievalSettings.model_validate(
            json.loads(run.fingerprint["settings"])["retrieval"]
        )
    except (KeyError, TypeError, ValueError):
        return default


def _excerpt(passage: Passage, marked: Sequence[Passage]) -> Excerpt:
    """The passage with what it shares with any of `marked` set apart."""
    document: Document = passage.document
    inside = [False] * (passage.end - passage.start)
    for span in marked:
        if span.document.doc_id == document.doc_id:
            start, end = (
                min(max(at - passage.start, 0), len(inside)) for at in (span.start, span.end)
            )
            inside[start:end] = [True] * (end - start)
    pieces: list[tuple[str, bool]] = []
    for char, mark in zip(passage.text, inside, strict=True):
        if pieces and pieces[-1][1] == mark:
            pieces[-1] = pieces[-1][0] + char, mark
        else:
            pieces.append((char, mark))
    at = read_address(document, passage.start, passage.end)
    return Excerpt(document.title or document.doc_id, passage.heading, at, tuple(pieces))
