"""The golden set in the making: cases that a person checks before they count, in an SQLite file of their own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from bot.evals.datasets import Case
from bot.evals.datasets.cases import anchor
from bot.evals.datasets.native import OUTCOMES, native_row
from bot.limits import check_question
from bot.question.suggest import GeneratedQuestion
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
)


class DraftsUnavailable(DatabaseUnavailable):
    """The file of drafts cannot be read or written."""

    code = "drafts_unavailable"


@dataclass(frozen=True, slots=True)
class Gold:
    """A span of a document, characters, and its words; alternatives have one `group`. `checked`: by a person."""

    doc_id: str
    start: int
    end: int
    quote: str
    group: int = 1
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A case being made. `origin` says of what, so that it is made once; `number` is 0 until it is kept.

    `history` are earlier turns of the user.
    """

    question: str
    kind: str = "fact"
    outcome: str = "answered"
    answers: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    history: tuple[str, ...] = ()
    note: str = ""
    origin: str | None = None
    number: int = 0
    status: Status = "draft"
    made: str = ""

    @property
    def case_id(self) -> str:
        """Its id in the golden set."""
        return f"golden-{self.number:04}"


class Drafts:
    """The drafts in the file `path`, made on the first write, for its owner only.

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
        """Keeps what is new of `drafts`: those whose origin is not there yet. Gives their numbers."""
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
        """Writes a draft that is kept already; what was changed counts only when it is accepted again."""
        with self._database.connect(WAIT_SECONDS, make=True) as database:
            sql = "UPDATE draft SET status = 'draft', body = ? WHERE number = ?"
            database.execute(sql, (_body(draft), draft.number))

    def mark(self, number: int, status: Status) -> None:
        """Accepts or rejects a draft, or makes it one again."""
        with self._database.connect(WAIT_SECONDS, make=True) as database:
            database.execute("UPDATE draft SET status = ? WHERE number = ?", (status, number))

    def get(self, number: int) -> Draft | None:
        """The draft of that number."""
        return next((draft for draft in self.all() if draft.number == number), None)

    def all(self, status: Status | None = None) -> list[Draft]:
        """Every draft, or those of one status, the latest first."""
        with self._database.connect(WAIT_SECONDS) as database:
            rows = database.execute(
                "SELECT number, origin, status, made, body FROM draft ORDER BY number DESC"
            )
            found = [_draft(*row) for row in rows]
        return [draft for draft in found if status in (None, draft.status)]


def found_gold(document: Document, quote: str, start: int | None = None) -> Passage:
    """Where `quote` stands in the document, nearest to `start`. Raises UsageError where it does not."""
    found = anchor(document, quote.replace("\r\n", "\n"), start)
    if found is None or found.how == "near":
        raise UsageError(
            f"《{document.title or document.doc_id}》中没有这段文字，请照原文摘录。",
            f"{document.title or document.doc_id} does not have these words: quote it as it is.",
        )
    return found.spans[0]


def case_of(draft: Draft, documents: Mapping[str, Document]) -> Case:
    """The draft as a case. Raises UsageError, saying what is amiss, where it is not one yet."""
    question = check_question(draft.question)
    if draft.outcome not in OUTCOMES or not draft.kind.strip():
        raise UsageError(
            "请填写类别和应有的结果。", "Give the kind and the outcome that is expected."
        )
    if draft.outcome == "answered" and not draft.gold:
        raise UsageError("还没有标注原文。", "There is no gold yet.")
    if not all(gold.checked for gold in draft.gold):
        raise UsageError(
            "还有待核对的原文，请核对后勾选。",
            "Some gold is still to be checked: tick it when it is right.",
        )
    groups: dict[int, list[Passage]] = {}
    for gold in sorted(draft.gold, key=lambda gold: gold.group):
        if gold.doc_id not in documents:
            raise UsageError(
                f"索引里没有 {gold.doc_id}。", f"The index does not have {gold.doc_id}."
            )
        groups.setdefault(gold.group, []).append(
            found_gold(documents[gold.doc_id], gold.quote, gold.start)
        )
    history = tuple({"role": "user", "content": turn} for turn in draft.history)
    gold_groups = tuple(map(tuple, groups.values()))
    return Case(
        draft.case_id,
        draft.kind.strip(),
        question,
        history,
        gold_groups,
        draft.answers,
        draft.outcome,
    )


def golden_lines(drafts: Sequence[Draft], documents: Mapping[str, Document]) -> str:
    """Native JSON lines of `drafts`, by number. Raises UsageError, naming the case, where one is none any more."""
    lines = []
    for draft in sorted(drafts, key=lambda draft: draft.number):
        try:
            row = native_row(case_of(draft, documents))
        except UsageError as error:
            raise UsageError(
                f"{draft.case_id}：{error.zh}", f"{draft.case_id}: {error.en}"
            ) from error
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines)


def from_judgement(judgement: Judgement, documents: Mapping[str, Document]) -> Draft:
    """What somebody found wrong, as a draft; what the answer cited is gold to be checked."""
    gold = []
    for cited in judgement.citations:
        doc_id, _, span = cited.rpartition(".")
        start, _, end = span.partition("-")
        document = documents.get(doc_id)
        if (
            document
            and start.isdecimal()
            and end.isdecimal()
            and int(start) < int(end) <= len(document.text)
        ):
            quote = document.text[int(start) : int(end)]
            gold.append(Gold(doc_id, int(start), int(end), quote, checked=False))
    note = " · ".join(filter(None, (judgement.reason, judgement.note)))
    return Draft(
        judgement.question,
        "feedback",
        gold=tuple(gold),
        note=note,
        origin=f"feedback:{judgement.answer_id}",
    )


def from_generated(made: GeneratedQuestion, sentences: Sequence[Passage]) -> Draft:
    """A question made of a sentence, whose gold is that sentence; `sentences` are those of the index."""
    answer = made.answer
    doc_id = answer.document.doc_id
    among = (
        s
        for s in sentences
        if s.document.doc_id == doc_id and s.start <= answer.start and answer.end <= s.end
    )
    whole = next(among, answer)
    said = () if made.kind == "how" else (answer.text,)
    gold = (Gold(doc_id, whole.start, whole.end, whole.text),)
    return Draft(
        made.question,
        made.kind,
        "answered",
        said,
        gold,
        origin=f"made:{answer.passage_id}:{made.question}",
    )


def with_gold(draft: Draft, span: Passage, group: int) -> Draft:
    """`draft` with that span as gold of `group`, which is new where there is none of that number."""
    gold = Gold(span.document.doc_id, span.start, span.end, span.text, group)
    others = tuple(
        one
        for one in draft.gold
        if (one.doc_id, one.start, one.end) != (gold.doc_id, gold.start, gold.end)
    )
    return replace(draft, gold=(*others, gold))


_ROW = ("number", "origin", "status", "made")


def _body(draft: Draft) -> str:
    return json.dumps({k: v for k, v in asdict(draft).items() if k not in _ROW}, ensure_ascii=False)


def _draft(number: int, origin: str | None, status: Status, made: str, body: str) -> Draft:
    try:
        fields: dict[str, Any] = json.loads(body)
        lists = {name: tuple(fields[name]) for name in ("answers", "history")}
        gold = tuple(Gold(**one) for one in fields["gold"])
        own = {"number": number, "origin": origin, "status": status, "made": made}
        return Draft(**{**fields, **lists, "gold": gold, **own})
    except (ValueError, TypeError, KeyError) as error:
        raise sqlite3.DatabaseError(f"{number}: {error}") from error
