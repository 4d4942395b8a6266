"""The editor of the golden set: drafts of cases, gold chosen in the article, and what people found wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.evals.datasets.native import OUTCOMES
from bot.evals.drafts import (
    Draft,
    Drafts,
    Gold,
    case_of,
    found_gold,
    from_generated,
    from_judgement,
    golden_lines,
    with_gold,
)
from bot.limits import QUESTION_LIMIT
from bot.question.suggest import make
from bot.service import Service
from bot.storage.feedback import Feedback
from bot.web.operator_access import ROOT, Given, language, operator_page, see, told
from corpus import Document, Passage, UsageError

GOLDEN, FEEDBACK = f"{ROOT}/golden", f"{ROOT}/feedback"
MADE_AT_ONCE = 50
OFFERED = 500
"""Articles named in the list to choose from; any other can be typed."""

STATUSES = ("draft", "accepted", "rejected")

_LINE = re.compile(r"[^\n]*\S[^\n]*")

Form = Mapping[str, list[str]]


def golden(service: Service, drafts: Drafts, feedback: Feedback) -> APIRouter:
    """/evals/golden, /evals/golden.jsonl and /evals/feedback."""
    router, editor = APIRouter(), _Editor(service, drafts, feedback)
    one = f"{GOLDEN}/{{number:int}}"
    for path, page in (
        (GOLDEN, editor.listed),
        (f"{GOLDEN}.jsonl", editor.lines),
        (one, editor.edited),
        (f"{one}/gold", editor.selecting),
        (FEEDBACK, editor.judged),
    ):
        router.add_api_route(path, told(page), methods=["GET", "HEAD"])
    for path, change in (
        (f"{GOLDEN}/new", editor.blank),
        (f"{GOLDEN}/made", editor.mined),
        (one, editor.saved),
        (f"{one}/gold", editor.added),
        (f"{FEEDBACK}/{{answer_id}}", editor.drafted),
    ):
        router.add_api_route(path, told(change), methods=["POST"])
    return router


class _Editor:
    """The routes. Each may raise a ChengwenError."""

    def __init__(self, service: Service, drafts: Drafts, feedback: Feedback) -> None:
        self._collection = service.snapshot.collection
        self._documents = {document.doc_id: document for document in self._collection.documents}
        self._drafts = drafts
        self._feedback = feedback

    def listed(self, request: Request, status: str = "draft") -> Response:
        every = self._drafts.all()
        counts = {name: sum(draft.status == name for draft in every) for name in STATUSES}
        rows = [draft for draft in every if draft.status == status]
        return operator_page(request, "evals_golden", rows=rows, counts=counts, chosen=status)

    def lines(self, request: Request) -> Response:
        text = golden_lines(self._drafts.all("accepted"), self._documents)
        name = {
            "content-disposition": 'attachment; filename="golden.jsonl"',
            "cache-control": "no-store",
        }
        return Response(text, media_type="application/jsonl", headers=name)

    def blank(self, request: Request) -> Response:
        (number,) = self._drafts.add([Draft("")])
        return see(request, f"{GOLDEN}/{number}")

    def mined(self, request: Request) -> Response:
        known = {draft.origin for draft in self._drafts.all()}
        found = [
            from_generated(made, self._collection.sentences)
            for made in make(self._collection.documents)
        ]
        self._drafts.add([draft for draft in found if draft.origin not in known][:MADE_AT_ONCE])
        return see(request, GOLDEN)

    def edited(self, request: Request, number: int) -> Response:
        return self._form(request, self._draft(number))

    def saved(self, request: Request, number: int, given: Given) -> Response:
        draft, action = filled(self._draft(number), given), given.get("action", [""])[0]
        self._drafts.save(draft)
        try:
            if action == "accepted":
                case_of(draft, self._documents)
        except UsageError as error:
            return self._form(
                request, replace(draft, status="draft"), 400, error.message(language(request))
            )
        if action in ("accepted", "rejected"):
            self._drafts.mark(number, "accepted" if action == "accepted" else "rejected")
            return see(request, GOLDEN)
        if action == "gold":
            return see(request, f"{GOLDEN}/{number}/gold", doc=given.get("doc", [""])[0])
        return see(request, f"{GOLDEN}/{number}")

    def selecting(self, request: Request, number: int, doc: str = "") -> Response:
        return self._article(request, self._draft(number), self._document(doc))

    def added(self, request: Request, number: int, given: Given) -> Response:
        draft, document = self._draft(number), self._document(given.get("doc", [""])[0])
        try:
            span = selected(document, given)
        except UsageError as error:
            return self._article(request, draft, document, 400, error.message(language(request)))
        following = max((gold.group for gold in draft.gold), default=0) + 1
        group = _number(given.get("group", [""])[0], following)
        self._drafts.save(with_gold(draft, span, group))
        return see(request, f"{GOLDEN}/{number}")

    def judged(self, request: Request) -> Response:
        known = {draft.origin: draft for draft in self._drafts.all()}
        downs = [
            judgement for judgement in reversed(self._feedback.all()) if judgement.verdict == "down"
        ]
        rows = [(judgement, known.get(f"feedback:{judgement.answer_id}")) for judgement in downs]
        return operator_page(request, "evals_feedback", rows=rows)

    def drafted(self, request: Request, answer_id: str) -> Response:
        judgement = next((one for one in self._feedback.all() if one.answer_id == answer_id), None)
        if judgement is None:
            raise UsageError("这条反馈已经不在了。", "That feedback is no longer there.")
        draft = from_judgement(judgement, self._documents)
        self._drafts.add([draft])
        number = next(one.number for one in self._drafts.all() if one.origin == draft.origin)
        return see(request, f"{GOLDEN}/{number}")

    def _draft(self, number: int) -> Draft:
        draft = self._drafts.get(number)
        if draft is None:
            raise UsageError(f"没有编号为 {number} 的草稿。", f"There is no draft {number}.")
        return draft

    def _document(self, doc_id: str) -> Document:
        if doc_id not in self._documents:
            raise UsageError(
                "没有这篇文章，请从列表中选择。",
                "There is no such article: choose one of the list.",
            )
        return self._documents[doc_id]

    def _form(
        self, request: Request, draft: Draft, status: int = 200, message: str = ""
    ) -> Response:
        titles = {doc_id: document.title or doc_id for doc_id, document in self._documents.items()}
        values: dict[str, Any] = {
            "draft": draft,
            "titles": titles,
            "message": message,
            "place": place,
        }
        offered = list(titles)[:OFFERED]
        return operator_page(
            request, "evals_draft", status, **values, outcomes=OUTCOMES, offered=offered
        )

    def _article(
        self,
        request: Request,
        draft: Draft,
        document: Document,
        status: int = 200,
        message: str = "",
    ) -> Response:
        """The text to select gold in, by lines, each with the offset of its first character."""
        lines = [(line.start(), line[0]) for line in _LINE.finditer(document.text)]
        values: dict[str, Any] = {
            "draft": draft,
            "document": document,
            "lines": lines,
            "message": message,
        }
        return operator_page(request, "evals_gold", status, **values)


def filled(draft: Draft, given: Form) -> Draft:
    """`draft` as a form of the editor has it. Gold goes by its place in a document: groups, ticks, and what to drop."""
    one = {name: values[0].strip() for name, values in given.items()}
    checked, dropped = given.get("checked", []), given.get("drop", [])
    gold = tuple(
        replace(
            gold,
            group=_number(one.get(f"group:{place(gold)}", ""), gold.group),
            checked=place(gold) in checked,
        )
        for gold in draft.gold
        if place(gold) not in dropped
    )
    outcome = one.get("outcome", "")
    return replace(
        draft,
        question=one.get("question", "")[:QUESTION_LIMIT],
        kind=one.get("kind", "")[:40],
        outcome=outcome if outcome in OUTCOMES else draft.outcome,
        answers=_lines(one.get("answers", "")),
        history=_lines(one.get("history", "")),
        note=one.get("note", "")[:1000],
        gold=gold,
    )


def place(gold: Gold) -> str:
    """Names a gold span in a form."""
    return f"{gold.doc_id}.{gold.start}-{gold.end}"


def selected(document: Document, given: Form) -> Passage:
    """What was selected: by its place where the script tells it, else where the words stand. Raises UsageError."""
    start, end = (_number(given.get(name, [""])[0], -1) for name in ("start", "end"))
    quote = given.get("quote", [""])[0]
    if 0 <= start < end <= len(document.text) and quote.strip():
        words = document.text[start:end]
        if "".join(words.split()) == "".join(quote.split()):
            return Passage(document, end - len(words.lstrip()), start + len(words.rstrip()))
    return found_gold(document, quote, start if start >= 0 else None)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
