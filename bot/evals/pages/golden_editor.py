"""The editor of the golden set: drafts of cases, gold selected in articles, and judged answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.evals.datasets.native import OUTCOMES
from bot.evals.drafts import (
    Draft,
    Drafts,
    GoldSpan,
    Status,
    from_feedback,
    from_suggestion,
    locate_quote,
    to_case,
    to_json_lines,
    with_gold,
)
from bot.limits import QUESTION_LIMIT
from bot.live import Live
from bot.question.suggest_trial import make
from bot.storage.feedback import Feedback, Judgement
from bot.web.operator_access import (
    ROOT,
    FormFields,
    operator_page,
    redirect,
    with_error_page,
)
from bot.web.page_language import page_language
from corpus import Document, Passage, UsageError

GOLDEN = f"{ROOT}/golden"
FEEDBACK = f"{ROOT}/feedback"

MADE_AT_ONCE = 50
"""Drafts that one press makes from the articles: a list that a person can still go through."""

OFFERED = 500
"""Articles in the list to choose from, which stays quick to load; any other can be typed."""

KIND_LIMIT = 40
NOTE_LIMIT = 1000
"""Characters of a field, as the form limits them too."""

STATUSES: tuple[Status, ...] = get_args(Status)

# Matches a line that is not blank: "  街道办事处负责。".
_LINE = re.compile(r"[^\n]*\S[^\n]*")

Form = Mapping[str, list[str]]


def golden(live: Live, drafts: Drafts, feedback: Feedback) -> APIRouter:
    """The routes of /evals/golden, /evals/golden.jsonl and /evals/feedback."""
    routes = _GoldenRoutes(live, drafts, feedback)
    draft = f"{GOLDEN}/{{number:int}}"
    pages: dict[str, Callable[..., Response]] = {
        GOLDEN: routes.list_drafts,
        f"{GOLDEN}.jsonl": routes.download,
        draft: routes.edit,
        f"{draft}/gold": routes.select_gold,
        FEEDBACK: routes.list_feedback,
    }
    actions: dict[str, Callable[..., Response]] = {
        f"{GOLDEN}/new": routes.add_blank,
        f"{GOLDEN}/made": routes.add_suggestions,
        draft: routes.save,
        f"{draft}/gold": routes.add_gold,
        f"{FEEDBACK}/{{answer_id}}": routes.add_from_feedback,
    }
    router = APIRouter()
    for path, page in pages.items():
        router.add_api_route(path, with_error_page(page), methods=["GET", "HEAD"])
    for path, action in actions.items():
        router.add_api_route(path, with_error_page(action), methods=["POST"])
    return router


class _GoldenRoutes:
    """The pages and actions of the editor. Each may raise a ChengwenError."""

    def __init__(self, live: Live, drafts: Drafts, feedback: Feedback) -> None:
        self._live = live
        self._drafts = drafts
        self._feedback = feedback

    def list_drafts(self, request: Request, status: str = "draft") -> Response:
        """The drafts of one status, and how many there are of each."""
        drafts = self._drafts.all()
        found = Counter(draft.status for draft in drafts)
        counts = {name: found[name] for name in STATUSES}
        rows = [draft for draft in drafts if draft.status == status]
        return operator_page(request, "evals_golden", rows=rows, counts=counts, chosen=status)

    def download(self, request: Request) -> Response:
        """The accepted cases as a file of native JSON lines."""
        text = to_json_lines(self._drafts.all("accepted"), self._live.documents)
        headers = {
            "content-disposition": 'attachment; filename="golden.jsonl"',
            "cache-control": "no-store",
        }
        return Response(text, media_type="application/jsonl", headers=headers)

    def add_blank(self, request: Request) -> Response:
        """Adds an empty draft and opens it."""
        (number,) = self._drafts.add([Draft("")])
        return redirect(request, f"{GOLDEN}/{number}")

    def add_suggestions(self, request: Request) -> Response:
        """Adds drafts of questions made from the articles, as far as they are new."""
        known = {draft.origin for draft in self._drafts.all()}
        collection = self._live.service.snapshot.collection
        new: list[Draft] = []
        for suggestion in make(collection.documents):
            if suggestion.is_composed:
                continue
            draft = from_suggestion(suggestion, collection.sentences)
            if draft.origin not in known:
                new.append(draft)
        # The others come with the next press.
        self._drafts.add(new[:MADE_AT_ONCE])
        return redirect(request, GOLDEN)

    def edit(self, request: Request, number: int) -> Response:
        """The form of a draft."""
        return self._draft_page(request, self._draft(number), self._live.documents)

    def save(self, request: Request, number: int, form: FormFields) -> Response:
        """Saves the form, then does what the button that was pressed says."""
        draft = apply_form(self._draft(number), form)
        # Saved even if it cannot be accepted yet: nothing that was typed is lost.
        self._drafts.save(draft)
        action = _field(form, "action")
        if action == "accepted":
            return self._accept(request, draft)
        if action == "rejected":
            self._drafts.mark(number, "rejected")
            return redirect(request, GOLDEN)
        if action == "gold":
            return redirect(request, f"{GOLDEN}/{number}/gold", doc=_field(form, "doc"))
        return redirect(request, f"{GOLDEN}/{number}")

    def select_gold(self, request: Request, number: int, doc: str = "") -> Response:
        """An article, to select gold in."""
        return self._article_page(request, self._draft(number), self._document(doc))

    def add_gold(self, request: Request, number: int, form: FormFields) -> Response:
        """Adds the selected span to the group that was chosen, or to a new one."""
        draft = self._draft(number)
        document = self._document(_field(form, "doc"))
        try:
            span = selected_span(document, form)
        except UsageError as error:
            message = error.message(page_language(request).language)
            return self._article_page(request, draft, document, message)
        new_group = max((gold.group for gold in draft.gold), default=0) + 1
        group = _number(_field(form, "group"), new_group)
        self._drafts.save(with_gold(draft, span, group))
        return redirect(request, f"{GOLDEN}/{number}")

    def list_feedback(self, request: Request) -> Response:
        """The answers that people found wrong, the latest first, and the draft of each if any."""
        drafts = {draft.origin: draft for draft in self._drafts.all()}
        rows: list[tuple[Judgement, Draft | None]] = []
        for judgement in reversed(self._feedback.all()):
            if judgement.verdict == "down":
                rows.append((judgement, drafts.get(f"feedback:{judgement.answer_id}")))
        return operator_page(request, "evals_feedback", rows=rows)

    def add_from_feedback(self, request: Request, answer_id: str) -> Response:
        """Adds a draft of an answer that somebody found wrong, and opens it."""
        draft = from_feedback(self._judgement(answer_id), self._live.documents)
        self._drafts.add([draft])
        # It may have been added before, so that its number is not new.
        numbers = {known.origin: known.number for known in self._drafts.all()}
        return redirect(request, f"{GOLDEN}/{numbers[draft.origin]}")

    def _accept(self, request: Request, draft: Draft) -> Response:
        documents = self._live.documents
        try:
            to_case(draft, documents)
        except UsageError as error:
            message = error.message(page_language(request).language)
            return self._draft_page(request, replace(draft, status="draft"), documents, message)
        self._drafts.mark(draft.number, "accepted")
        return redirect(request, GOLDEN)

    def _draft(self, number: int) -> Draft:
        draft = self._drafts.get(number)
        if draft is None:
            raise UsageError(f"没有编号为 {number} 的草稿。", f"There is no draft {number}.")
        return draft

    def _document(self, doc_id: str) -> Document:
        document = self._live.documents.get(doc_id)
        if document is None:
            raise UsageError(
                "没有这篇文章，请从列表中选择。",
                "There is no such article: choose one of the list.",
            )
        return document

    def _judgement(self, answer_id: str) -> Judgement:
        for judgement in self._feedback.all():
            if judgement.answer_id == answer_id:
                return judgement
        raise UsageError("这条反馈已经不在了。", "That feedback is no longer there.")

    def _draft_page(
        self, request: Request, draft: Draft, documents: Mapping[str, Document], error: str = ""
    ) -> Response:
        """The form of a draft; with an error, which it shows, the status is 400."""
        titles = {doc_id: document.title or doc_id for doc_id, document in documents.items()}
        return operator_page(
            request,
            "evals_draft",
            400 if error else 200,
            draft=draft,
            titles=titles,
            offered=list(titles)[:OFFERED],
            outcomes=OUTCOMES,
            span_key=span_key,
            message=error,
        )

    def _article_page(
        self, request: Request, draft: Draft, document: Document, error: str = ""
    ) -> Response:
        """The lines of an article, each with its offset; with an error the status is 400."""
        lines = [(line.start(), line[0]) for line in _LINE.finditer(document.text)]
        return operator_page(
            request,
            "evals_gold",
            400 if error else 200,
            draft=draft,
            document=document,
            lines=lines,
            message=error,
        )


def apply_form(draft: Draft, form: Form) -> Draft:
    """The draft with the fields of the editor's form.

    A gold span is named by `span_key`: its group, whether it is checked, and whether to drop it.
    """
    checked = form.get("checked", [])
    dropped = form.get("drop", [])
    gold: list[GoldSpan] = []
    for span in draft.gold:
        key = span_key(span)
        if key not in dropped:
            group = _number(_field(form, f"group:{key}").strip(), span.group)
            gold.append(replace(span, group=group, checked=key in checked))
    outcome = _field(form, "outcome").strip()
    return replace(
        draft,
        question=_field(form, "question").strip()[:QUESTION_LIMIT],
        kind=_field(form, "kind").strip()[:KIND_LIMIT],
        outcome=outcome if outcome in OUTCOMES else draft.outcome,
        answers=_lines(_field(form, "answers")),
        history=_lines(_field(form, "history")),
        note=_field(form, "note").strip()[:NOTE_LIMIT],
        gold=tuple(gold),
    )


def span_key(span: GoldSpan) -> str:
    """The name of a gold span in a form."""
    return f"{span.doc_id}.{span.start}-{span.end}"


def selected_span(document: Document, form: Form) -> Passage:
    """The span that was selected in the document, without white space around it.

    The script sends its offsets, which count if the quote stands there; else the quote is searched
    for. Raises UsageError where the document does not have it.
    """
    start = _number(_field(form, "start"), -1)
    end = _number(_field(form, "end"), -1)
    quote = _field(form, "quote")
    if 0 <= start < end <= len(document.text) and quote.strip():
        text = document.text[start:end]
        # A browser gives the line ends of a selection in its own way: they are not compared.
        if _without_space(text) == _without_space(quote):
            return Passage(document, end - len(text.lstrip()), start + len(text.rstrip()))
    return locate_quote(document, quote, start if start >= 0 else None)


def _without_space(text: str) -> str:
    return "".join(text.split())


def _field(form: Form, name: str) -> str:
    """The first value of a field, empty where there is none."""
    return form.get(name, [""])[0]


def _lines(text: str) -> tuple[str, ...]:
    """The lines that are not blank, without the white space around them."""
    lines = [line.strip() for line in text.split("\n")]
    return tuple(line for line in lines if line)


def _number(text: str, default: int) -> int:
    """The whole number that `text` is, else the default; more than nine digits are none."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    return default
