"""TREC's files: topics with qrels (judgements), and runs (rankings) to read and write."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.evals.datasets.cases import (
    BilingualText,
    Case,
    Dataset,
    DatasetBuilder,
    DatasetSplit,
    Diagnostic,
    Line,
    SourceFile,
    dataset_error,
    read_source,
    sources_sha256,
)
from corpus import Document, Passage
from corpus.intake.decode import shown

KIND = "question"
"""The kind of every case: neither TREC nor BEIR has any."""

TAG = "chengwen"
"""The name of the system in the last column of a run."""

Ranking = Sequence[tuple[str, float]]
"""Ids of documents or passages with their scores, best first."""


class Topic(NamedTuple):
    """A question; `where` names the file and the line."""

    where: str
    question: str
    split: DatasetSplit = "report"


class Qrel(NamedTuple):
    """A judgement of how relevant a document is to a question; `grade` as written in the file."""

    where: str
    query_id: str
    doc_id: str
    grade: str


class _Grade(NamedTuple):
    where: str
    value: int


class _RunLine(NamedTuple):
    query_id: str
    doc_id: str
    rank: int
    score: float


def read_trec(path: Path, documents: Sequence[Document]) -> Dataset:
    """Reads a folder of topics.tsv and qrels.txt.

    A topic is `id<tab>question`, a judgement `id 0 document grade`.
    Raises UsageError, naming the line, where a line is malformed or repeats an id.
    """
    topics_file = read_source(path / "topics.tsv")
    qrels_file = read_source(path / "qrels.txt")
    by_id = {document.doc_id: document for document in documents}
    builder = cases_from_qrels(_read_topics(topics_file), _read_qrels(qrels_file), by_id)
    sha256 = sources_sha256([topics_file, qrels_file])
    return builder.build(path, sha256, "document", documents)


def cases_from_qrels(
    topics: Mapping[str, Topic], qrels: Sequence[Qrel], documents: Mapping[str, Document]
) -> DatasetBuilder:
    """A case for each judged question; its gold is every document judged above 0, each required.

    A gold span is the whole document, and all grades above 0 count alike.
    Raises UsageError, naming the line, where a grade is no whole number, or a question judges a
    document twice.
    """
    judged = _grades_by_query(qrels)
    builder = DatasetBuilder()
    for query_id, grades in judged.items():
        _add_case(builder, query_id, topics.get(query_id), grades, documents)
    unjudged = len(topics.keys() - judged.keys())
    if unjudged:
        zh = f"{unjudged} 个问题没有判断，不在题集内"
        builder.warn("", "", (zh, f"questions without judgements: {unjudged}"))
    graded = 0
    for grades in judged.values():
        graded += sum(grade.value > 1 for grade in grades.values())
    if graded:
        zh = f"{graded} 条判断的等级高于 1，按 1 计"
        builder.warn("", "", (zh, f"grades above 1, counted as 1: {graded}"))
    return builder


def _read_topics(source: SourceFile) -> dict[str, Topic]:
    """The questions by id."""
    topics: dict[str, Topic] = {}
    for line in source.lines:
        # Example: "17<tab>上海市有多少个街道？"
        query_id, _, question = (part.strip() for part in line.text.partition("\t"))
        if not query_id or not question:
            raise dataset_error(
                line.where, "需要：编号、制表符、问题。", "needs an id, a tab and the question."
            )
        if query_id in topics:
            raise dataset_error(
                line.where, f"编号 {query_id} 重复。", f"id {query_id} occurs twice."
            )
        topics[query_id] = Topic(line.where, question)
    return topics


def _read_qrels(source: SourceFile) -> list[Qrel]:
    qrels: list[Qrel] = []
    for line in source.lines:
        # Example: "17 0 shanghai-2024 1"; the second column has no meaning any more.
        columns = line.text.split()
        if len(columns) != 4:
            raise dataset_error(
                line.where,
                "需要四列：编号 0 文档 等级。",
                "needs four columns: id 0 document grade.",
            )
        query_id, _, doc_id, grade = columns
        qrels.append(Qrel(line.where, query_id, doc_id, grade))
    return qrels


def _grades_by_query(qrels: Sequence[Qrel]) -> dict[str, dict[str, _Grade]]:
    """Query id → document id → grade."""
    judged: dict[str, dict[str, _Grade]] = {}
    for qrel in qrels:
        grades = judged.setdefault(qrel.query_id, {})
        if qrel.doc_id in grades:
            raise dataset_error(
                qrel.where,
                f"{qrel.query_id} 对 {qrel.doc_id} 有两次判断。",
                f"{qrel.query_id} judges {qrel.doc_id} twice.",
            )
        try:
            value = int(qrel.grade)
        except ValueError as error:
            raise dataset_error(
                qrel.where,
                f"等级应为整数，不是 {qrel.grade}。",
                f"a grade is a whole number, not {qrel.grade}.",
            ) from error
        grades[qrel.doc_id] = _Grade(qrel.where, value)
    return judged


def _add_case(
    builder: DatasetBuilder,
    query_id: str,
    topic: Topic | None,
    grades: Mapping[str, _Grade],
    documents: Mapping[str, Document],
) -> None:
    """Adds the case of a question; leaves it out if it has no text or no relevant document."""
    first = next(iter(grades.values()))
    relevant = {doc_id: grade.where for doc_id, grade in grades.items() if grade.value > 0}
    absent = {doc_id: where for doc_id, where in relevant.items() if doc_id not in documents}
    if topic is None:
        reason = ("没有这个编号的问题，或问题是空的", "no question of this id, or an empty one")
        builder.leave_out(query_id, first.where, reason)
        return
    if not relevant:
        builder.leave_out(query_id, first.where, ("没有相关的文档", "no document is relevant"))
        return
    if len(absent) == len(relevant):
        builder.leave_out(query_id, first.where, _not_in_corpus(absent))
        return
    gold: list[tuple[Passage, ...]] = []
    for doc_id in relevant:
        if doc_id in documents:
            gold.append((_whole(documents[doc_id]),))
    case = Case(
        case_id=query_id,
        kind=KIND,
        question=topic.question,
        history=(),
        gold=tuple(gold),
        answers=(),
        outcome="answered",
    )
    builder.add(case, topic.where)
    builder.assign(query_id, topic.split)
    for doc_id, where in absent.items():
        builder.warn(query_id, where, _not_in_corpus([doc_id]))


def _whole(document: Document) -> Passage:
    return Passage(document, 0, len(document.text))


def _not_in_corpus(doc_ids: Collection[str]) -> BilingualText:
    return (
        f"语料中没有文档 {'、'.join(doc_ids)}",
        f"the corpus has no document {', '.join(doc_ids)}",
    )


def write_run(path: Path, rankings: Mapping[str, Ranking], tag: str = TAG) -> None:
    """Writes the rankings, by query id, as lines `id Q0 document rank score tag`; ranks are from 1.

    Raises UsageError where an id is empty or contains white space, or a score is not finite.
    """
    lines: list[str] = []
    for query_id, ranking in rankings.items():
        for rank, (doc_id, score) in enumerate(ranking, 1):
            if not math.isfinite(score):
                raise dataset_error(
                    query_id, f"{doc_id} 的分数是 {score}。", f"the score of {doc_id} is {score}."
                )
            columns = (query_id, "Q0", doc_id, str(rank), repr(float(score)), tag)
            if any(column.split() != [column] for column in columns):
                raise dataset_error(
                    query_id,
                    f"{doc_id}：编号不能为空或含空白。",
                    f"{doc_id}: an id has no white space.",
                )
            lines.append(" ".join(columns) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def read_run(
    path: Path, query_ids: Collection[str] = ()
) -> tuple[dict[str, Ranking], tuple[Diagnostic, ...]]:
    """Reads a TREC run: the rankings by query id, and warnings. A ranking is by score, then rank.

    With `query_ids`, exactly these have a ranking: an empty one where the run has none, and what
    else the run ranks is dropped, both with a warning. Raises UsageError, naming the line, where a
    line is malformed, a score is not finite, or a question has a rank or a document twice.
    """
    lines = _read_run_lines(path)
    wanted = dict.fromkeys(query_ids or lines)
    if not lines.keys() & wanted.keys():
        raise dataset_error(
            shown(path), "没有这个题集的任何一题。", "it has none of the questions."
        )
    messages: dict[str, BilingualText] = {}
    for query_id in wanted:
        if query_id not in lines:
            messages[query_id] = ("没有这一题的排名，按空排名计", "no ranking; counts as empty")
    for query_id in lines:
        if query_id not in wanted:
            messages[query_id] = ("题集中没有这一题", "not a question of the set")
    rankings: dict[str, Ranking] = {}
    for query_id in wanted:
        # By score, as trec_eval does; the ranks only order equal scores.
        ranked = sorted(lines.get(query_id, ()), key=lambda line: (-line.score, line.rank))
        ranks = [line.rank for line in ranked]
        if ranks != sorted(ranks):
            zh = "名次与分数不一致，以分数为准"
            messages[query_id] = (zh, "ranks contradict scores; scores count")
        rankings[query_id] = [(line.doc_id, line.score) for line in ranked]
    warnings = [Diagnostic(query_id, shown(path), *text) for query_id, text in messages.items()]
    return rankings, tuple(warnings)


def _read_run_lines(path: Path) -> dict[str, list[_RunLine]]:
    """The lines of a run by query id."""
    lines: dict[str, list[_RunLine]] = {}
    seen: set[tuple[str, str | int]] = set()
    for line in read_source(path).lines:
        parsed = _parse_run_line(line)
        lines.setdefault(parsed.query_id, []).append(parsed)
        for key in (parsed.doc_id, parsed.rank):
            if (parsed.query_id, key) in seen:
                raise dataset_error(
                    line.where,
                    f"{parsed.query_id} 的 {key} 重复。",
                    f"{parsed.query_id} has {key} twice.",
                )
            seen.add((parsed.query_id, key))
    return lines


def _parse_run_line(line: Line) -> _RunLine:
    # Example: "17 Q0 shanghai-2024 1 0.83 chengwen"
    try:
        query_id, _, doc_id, rank, score, _ = line.text.split()
        parsed = _RunLine(query_id, doc_id, int(rank), float(score))
    except ValueError as error:
        raise dataset_error(
            line.where,
            "需要六列：编号 Q0 文档 名次 分数 标签。",
            "needs six columns: id Q0 document rank score tag.",
        ) from error
    if not math.isfinite(parsed.score):
        raise dataset_error(line.where, f"分数是 {score}。", f"the score is {score}.")
    return parsed
