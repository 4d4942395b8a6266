"""The page of one question: its gold, and for each run what was ranked, cited and missed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evals.datasets import Case
from bot.evals.datasets.quotes import find_passage
from bot.evals.measures import covers
from bot.evals.misses import Miss, kept_case, why_missed
from bot.evals.runs import Result, Run
from bot.question.search import retriever_for
from bot.service import Service
from bot.settings import RetrievalSettings
from bot.web.pages import read_address
from corpus import Document, Passage
from index import Hit
from index.manifest import Generation

AROUND = 160
"""Characters shown before and after gold at most: enough of its line to judge it by."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text of a document and where to read it; `segments` are pairs (text, whether it is marked)."""

    title: str
    heading: str
    address: str
    segments: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage as a run ranked it; `stages` are the scores that the open index gives it.

    `snippet` is None where the open index does not have the document any more.
    """

    rank: int
    passage_id: str
    score: float
    stages: Mapping[str, float]
    snippet: Snippet | None
    is_gold: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """What the page shows of one run; `stages` are the columns of its table of passages.

    `cited` has None for what the open index does not have any more. `same_index`: the open index
    holds the articles that the run was made with.
    """

    run: Run
    result: Result
    passages: list[RankedPassage]
    stages: list[str]
    cited: list[Snippet | None]
    miss: Miss | None
    k: int
    same_index: bool


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Makes the page of a question, with one service and the index on disk that it answers from."""

    service: Service
    generation: Generation | None
    documents: Mapping[str, Document]

    def values(self, results: Sequence[tuple[Run, Result]]) -> dict[str, Any]:
        """What the template is filled with, for the results of one run or several."""
        case = self._kept_case(results)
        snippets: list[list[Snippet]] = []
        gold: list[Passage] = []
        for group in case.gold if case else ():
            snippets.append([_gold_snippet(span) for span in group])
            gold.extend(group)
        first = results[0][1]
        return {
            "question": first.question,
            "kind": first.kind,
            "case": case,
            "gold": snippets,
            "views": [self._view(run, result, case, gold) for run, result in results],
        }

    def _kept_case(self, results: Sequence[tuple[Run, Result]]) -> Case | None:
        """The case, as the first run that kept it has it."""
        for _, result in results:
            case = kept_case(result, self.documents)
            if case is not None:
                return case
        return None

    def _view(
        self, run: Run, result: Result, case: Case | None, gold: Sequence[Passage]
    ) -> RunView:
        retrieval = retrieval_of(run, self.service.settings.retrieval)
        history = case.history if case else ()
        query = self.service.understand(result.question, history).text
        passages = self._ranked(result, query, retrieval, gold)
        stages: dict[str, None] = {}
        for ranked in passages:
            stages.update(dict.fromkeys(ranked.stages))
        return RunView(
            run=run,
            result=result,
            passages=passages,
            stages=list(stages),
            cited=[self._cited(citation) for citation in result.answer["citations"]],
            miss=self._miss(case, result, query, retrieval) if case else None,
            k=retrieval.k,
            same_index=self._is_same_index(run),
        )

    def _miss(
        self, case: Case, result: Result, query: str, retrieval: RetrievalSettings
    ) -> Miss | None:
        """Why the run missed the gold, judged by what each half of the search finds now."""
        snapshot = self.service.snapshot
        halves: dict[str, Sequence[Hit]] = {}
        # A run keeps one ranking only, not what each half of the search found for it.
        for mode in self._modes(retrieval):
            retriever = retriever_for(snapshot, retrieval.model_copy(update={"mode": mode}))
            halves[mode] = retriever.search(query, retrieval.candidates)
        return why_missed(case, result, snapshot.collection.passages, halves, retrieval.k)

    def _modes(self, retrieval: RetrievalSettings) -> Sequence[str]:
        """The halves of the search that the run used, as far as the open index has them."""
        if not self.service.snapshot.dense:
            return ["lexical"]
        if retrieval.mode == "fused":
            return ["lexical", "dense"]
        return [retrieval.mode]

    def _ranked(
        self, result: Result, query: str, retrieval: RetrievalSettings, gold: Sequence[Passage]
    ) -> list[RankedPassage]:
        passages = [find_passage(hit.passage_id, self.documents) for hit in result.hits]
        known = [passage for passage in passages if passage is not None]
        retriever = retriever_for(self.service.snapshot, retrieval)
        stages: dict[str, Mapping[str, float]] = {}
        for passage, scores in zip(known, retriever.explain(query, known), strict=True):
            stages[passage.passage_id] = scores
        ranked: list[RankedPassage] = []
        for rank, (hit, found) in enumerate(zip(result.hits, passages, strict=True), 1):
            ranked.append(
                RankedPassage(
                    rank=rank,
                    passage_id=hit.passage_id,
                    score=hit.score,
                    stages=stages.get(hit.passage_id, {}),
                    snippet=snippet(found, gold) if found else None,
                    is_gold=found is not None and any(covers(found, span) for span in gold),
                )
            )
        return ranked

    def _cited(self, citation: Mapping[str, Any]) -> Snippet | None:
        passage_id = f"{citation['doc_id']}.{citation['start']}-{citation['end']}"
        passage = find_passage(passage_id, self.documents)
        return snippet(passage, ()) if passage else None

    def _is_same_index(self, run: Run) -> bool:
        if self.generation is None:
            return run.fingerprint.get("corpus") == ""
        # A run keeps the first 16 characters of the hash.
        content = str(self.generation.facts.get("content"))[:16]
        return run.fingerprint.get("corpus") == content


def retrieval_of(run: Run, default: RetrievalSettings) -> RetrievalSettings:
    """The retrieval settings of a run; the default where the run does not state them."""
    try:
        recorded = json.loads(run.fingerprint["settings"])["retrieval"]
        # A run of an earlier version may name settings that are gone.
        names = recorded.keys() & RetrievalSettings.model_fields.keys()
        return RetrievalSettings.model_validate({name: recorded[name] for name in names})
    except (AttributeError, KeyError, TypeError, ValueError):
        return default


def snippet(passage: Passage, marked: Sequence[Passage]) -> Snippet:
    """The passage as a snippet, with what it shares with any of `marked` as marked segments."""
    document = passage.document
    # Character by character, since spans of gold may overlap.
    is_marked = [False] * (passage.end - passage.start)
    for span in marked:
        if span.document.doc_id == document.doc_id:
            start = max(span.start, passage.start) - passage.start
            end = min(span.end, passage.end) - passage.start
            for i in range(start, end):
                is_marked[i] = True
    segments: list[tuple[str, bool]] = []
    for char, mark in zip(passage.text, is_marked, strict=True):
        if segments and segments[-1][1] == mark:
            text, _ = segments.pop()
            segments.append((text + char, mark))
        else:
            segments.append((char, mark))
    return Snippet(
        title=document.title or document.doc_id,
        heading=passage.heading,
        address=read_address(document, passage.start, passage.end),
        segments=tuple(segments),
    )


def _gold_snippet(gold: Passage) -> Snippet:
    """Gold in the line that it stands in, with at most AROUND characters on either side."""
    text = gold.document.text
    line_start = text.rfind("\n", 0, gold.start) + 1
    line_end = text.find("\n", gold.end)
    if line_end < 0:
        line_end = len(text)
    start = max(line_start, gold.start - AROUND)
    end = min(line_end, gold.end + AROUND)
    return snippet(Passage(gold.document, start, end), [gold])
