"""Drafts of the golden set: cases that a person checks before they count, in an SQLite file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from bot.evals.datasets import Case
from bot.evals.datasets.native import OUTCOMES, native_row
from bot.evals.datasets.quotes import find_passage, find_quote
from bot.limits import check_question
from bot.question.suggest_made import GeneratedQuestion
from bot.storage.database import Database, DatabaseUnavailable, Schema
from bot.storage.feedback import Judgement
from corpus import Document, Passage, UsageError

Status = Literal["draft", "accepted", "rejected"]

FILE = "golden.sqlite3"
WAIT_SECONDS = 5

_SCHEMA = Schema(
    version=1,
    tables="""
CREATE TABLE IF NOT EXISTS draft (
    number INTEGER PRIMARY KEY, origin TEXT UNIQUE, status TEXT NOT NULL, made TEXT NOT NULL,
    body TEXT NOT NULL);
""",
    # Deleted text is overwritten with zeros.
    pragmas=("secure_delete = ON",),
)


# made:a.b.12-34:问？ is of the document a.b.
_MADE = re.compile(r"made:(.*?)\.[0-9]+-[0-9]+:")


class DraftsUnavailable(DatabaseUnavailable):
    """The file of drafts cannot be read or written."""

    code = "drafts_unavailable"


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A span of a document, in characters, and its text.

    Spans of one `group` are alternatives. `checked`: a person has confirmed it.
    """

    doc_id: str
    start: int
    end: int
    quote: str
    group: int = 1
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A case that is not finished.

    `history` holds earlier turns of the user. `number` is 0 until it is stored.
    `origin` names what the draft was made from, so that it is made only once: "feedback:ID" or
    "made:PASSAGE:QUESTION".
    """

    question: str
    kind: str = "fact"
    outcome: str = "answered"
    answers: tuple[str, ...] = ()
    gold: tuple[GoldSpan, ...] = ()
    history: tuple[str, ...] = ()
    note: str = ""
    origin: str | None = None
    number: int = 0
    status: Status = "draft"
    made: str = ""

    @property
    def case_id(self) -> str:
        """The id in the golden set."""
        return f"golden-{self.number:04}"


class Drafts:
    """The drafts in the file `path`, created on the first write, readable by its owner only.

    Every method raises DraftsUnavailable where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(
            path,
            _SCHEMA,
            failure=("无法读写题目草稿", "Cannot use the drafts in"),
            unavailable=DraftsUnavailable,
            locked=DraftsUnavailable,
            mode=0o600,
        )

    def add(self, drafts: Sequence[Draft]) -> list[int]:
        """Stores the drafts whose origin is new, or None; returns the numbers they were given."""
        made, numbers = datetime.now(UTC).isoformat(timespec="seconds"), []
        with self._database.connect(WAIT_SECONDS, make=True) as database:
            for one in drafts:
                row = (one.origin, one.status, made, _body(one))
                sql = "INSERT OR IGNORE INTO draft (origin, status, made, body) VALUES (?, ?, ?, ?)"
                cursor = database.execute(sql, row)
                if cursor.rowcount:
                    numbers.append(int(cursor.lastrowid or 0))
        return numbers

    def save(self, draft: Draft) -> None:
        """Overwrites a stored draft. Its status becomes "draft": it must be accepted again."""
        with self._database.connect(WAIT_SECONDS, make=True) as database:
            sql = "UPDATE draft SET status = 'draft', body = ? WHERE number = ?"
            database.execute(sql, (_body(draft), draft.number))

    def mark(self, number: int, status: Status) -> None:
        """Sets the status of a draft."""
        with self._database.connect(WAIT_SECONDS, make=True) as database:
            database.execute("UPDATE draft SET status = ? WHERE number = ?", (status, number))

    def forget(self, doc_ids: Collection[str]) -> int:
        """Deletes the drafts with gold in a document, or made from it, without a trace; gives how many."""
        if not doc_ids:
            return 0
        with self._database.connect(WAIT_SECONDS) as database:
            rows = database.execute("SELECT number, origin, status, made, body FROM draft")
            drafts = [_draft(*row) for row in rows]
            doomed = [(one.number,) for one in drafts if not _sources(one).isdisjoint(doc_ids)]
            database.executemany("DELETE FROM draft WHERE number = ?", doomed)
            self._database.erase(database)
        return len(doomed)

    def get(self, number: int) -> Draft | None:
        """The draft of that number, or None."""
        return next((draft for draft in self.all() if draft.number == number), None)

    def all(self, status: Status | None = None) -> list[Draft]:
        """Every draft, or those of one status, the latest first."""
        with self._database.connect(WAIT_SECONDS) as database:
            rows = database.execute(
                "SELECT number, origin, status, made, body FROM draft ORDER BY number DESC"
            )
            found = [_draft(*row) for row in rows]
        return [draft for draft in found if status in (None, draft.status)]


def locate_quote(document: Document, quote: str, start: int | None = None) -> Passage:
    """Finds `quote` in the document, nearest to the offset `start`.

    Raises UsageError where it does not stand there, but for white space and forms of characters.
    """
    match = find_quote(document, quote.replace("\r\n", "\n"), start)
    if match is None or match.how == "near":
        title = document.title or document.doc_id
        raise UsageError(
            f"《{title}》中没有这段文字，请照原文摘录。",
            f"{title} does not have these words: quote it as it is.",
        )
    return match.spans[0]


def to_case(draft: Draft, documents: Mapping[str, Document]) -> Case:
    """The draft as a case. Raises UsageError, saying what is missing, where it is not complete."""
    question = check_question(draft.question)
    if draft.outcome not in OUTCOMES or not draft.kind.strip():
        raise UsageError(
            "请填写类别和应有的结果。", "Give the kind and the outcome that is expected."
        )
    if draft.outcome == "answered" and not draft.gold:
        raise UsageError("还没有标注原文。", "There is no gold yet.")
    if not all(span.checked for span in draft.gold):
        raise UsageError(
            "还有待核对的原文，请核对后勾选。",
            "Some gold is still to be checked: tick it when it is right.",
        )
    return Case(
        case_id=draft.case_id,
        kind=draft.kind.strip(),
        question=question,
        history=tuple({"role": "user", "content": turn} for turn in draft.history),
        gold=_gold_groups(draft.gold, documents),
        answers=draft.answers,
        outcome=draft.outcome,
    )


def _gold_groups(
    gold: Sequence[GoldSpan], documents: Mapping[str, Document]
) -> tuple[tuple[Passage, ...], ...]:
    """The spans by group, in the order of the groups' numbers."""
    groups: dict[int, list[Passage]] = {}
    for span in sorted(gold, key=lambda span: span.group):
        document = documents.get(span.doc_id)
        if document is None:
            raise UsageError(
                f"索引里没有 {span.doc_id}。", f"The index does not have {span.doc_id}."
            )
        # By its text: the document may have changed since the span was chosen.
        passage = locate_quote(document, span.quote, span.start)
        groups.setdefault(span.group, []).append(passage)
    return tuple(tuple(group) for group in groups.values())


def to_json_lines(drafts: Sequence[Draft], documents: Mapping[str, Document]) -> str:
    """The drafts as native JSON lines, in the order of their numbers.

    Raises UsageError, naming the case, where one is not complete any more.
    """
    lines: list[str] = []
    for draft in sorted(drafts, key=lambda draft: draft.number):
        try:
            # An accepted draft may have become incomplete: the index may have changed since.
            case = to_case(draft, documents)
        except UsageError as error:
            raise UsageError(
                f"{draft.case_id}：{error.zh}", f"{draft.case_id}: {error.en}"
            ) from error
        lines.append(json.dumps(native_row(case), ensure_ascii=False) + "\n")
    return "".join(lines)


def from_feedback(judgement: Judgement, documents: Mapping[str, Document]) -> Draft:
    """A draft of an answer that somebody found wrong; what it cited is gold to be checked."""
    gold: list[GoldSpan] = []
    for cited in judgement.citations:
        passage = find_passage(cited, documents)
        if passage is not None:
            gold.append(_gold_span(passage, checked=False))
    remarks = [remark for remark in (judgement.reason, judgement.note) if remark]
    return Draft(
        question=judgement.question,
        kind="feedback",
        gold=tuple(gold),
        note=" · ".join(remarks),
        origin=f"feedback:{judgement.answer_id}",
    )


def from_suggestion(suggestion: GeneratedQuestion, sentences: Sequence[Passage]) -> Draft:
    """A draft of a question made from a sentence, which is its gold.

    `sentences` are those of the index, among which the sentence is found.
    """
    answer = suggestion.answer
    # Some ask for all that a sentence or a part says, not for a few words of it.
    answers = () if suggestion.kind in ("how", "question") else (answer.text,)
    return Draft(
        question=suggestion.question,
        kind=suggestion.kind,
        outcome="answered",
        answers=answers,
        gold=(_gold_span(_sentence_around(answer, sentences)),),
        origin=f"made:{answer.passage_id}:{suggestion.question}",
    )


def with_gold(draft: Draft, span: Passage, group: int) -> Draft:
    """The draft with `span` added to a group of its gold, moved there if it is in another."""
    added = _gold_span(span, group)
    others = [one for one in draft.gold if _place(one) != _place(added)]
    return replace(draft, gold=(*others, added))


def _gold_span(span: Passage, group: int = 1, checked: bool = True) -> GoldSpan:
    return GoldSpan(span.document.doc_id, span.start, span.end, span.text, group, checked)


def _sources(draft: Draft) -> set[str]:
    """The ids of the documents that a draft has words of."""
    found = {span.doc_id for span in draft.gold}
    made_from = _MADE.match(draft.origin or "")
    return found | {made_from[1]} if made_from else found


def _place(span: GoldSpan) -> tuple[str, int, int]:
    return span.doc_id, span.start, span.end


def _sentence_around(answer: Passage, sentences: Sequence[Passage]) -> Passage:
    """The sentence that contains `answer`, or `answer` itself where none does."""
    for sentence in sentences:
        same_document = sentence.document.doc_id == answer.document.doc_id
        if same_document and sentence.start <= answer.start and answer.end <= sentence.end:
            return sentence
    return answer


_COLUMNS = ("number", "origin", "status", "made")
"""Fields of a draft that are columns of the table; the others are the JSON of `body`."""


def _body(draft: Draft) -> str:
    fields = asdict(draft)
    for name in _COLUMNS:
        del fields[name]
    return json.dumps(fields, ensure_ascii=False)


def _draft(number: int, origin: str | None, status: Status, made: str, body: str) -> Draft:
    """The draft of a row. Raises sqlite3.DatabaseError where the body is not that of a draft."""
    try:
        fields: dict[str, Any] = json.loads(body)
        fields["answers"] = tuple(fields["answers"])
        fields["history"] = tuple(fields["history"])
        fields["gold"] = tuple(GoldSpan(**span) for span in fields["gold"])
        fields.update(number=number, origin=origin, status=status, made=made)
        return Draft(**fields)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise sqlite3.DatabaseError(f"{number}: {error}") from error
