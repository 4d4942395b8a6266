"""TREC's files: judgements over given documents, and rankings (runs) to read and to write."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.evals.datasets.cases import (
    Case,
    Dataset,
    Diagnostic,
    Gathering,
    Source,
    Told,
    dataset_error,
    digest,
    is_text,
    read_row,
    read_source,
)
from corpus import Document, Passage
from corpus.intake.benchmarks import BEIR_CORPUS, beir_doc_id, load_beir
from corpus.intake.decode import shown

KIND = "question"
TAG = "chengwen"

Ranking = Sequence[tuple[str, float]]
"""Ids of documents or passages with their scores, best first."""

Topics = Mapping[str, tuple[str, str]]
"""Question's id → where it stands, and the question."""

Judgement = tuple[str, str, str, str]
"""Where it stands, question's id, document's id, grade as written."""


class _Row(NamedTuple):
    found: str
    rank: int
    score: float


def read_trec(path: Path, documents: Sequence[Document]) -> Dataset:
    """A folder of `topics.tsv` (id, tab, question) and `qrels.txt` (id, anything, document's id, grade).

    Raises UsageError, naming the line, where one is malformed or occurs twice.
    """
    asked, judged = read_source(path / "topics.tsv"), read_source(path / "qrels.txt")
    topics: dict[str, tuple[str, str]] = {}
    for where, line in asked.lines:
        case_id, _, question = (part.strip() for part in line.partition("\t"))
        if not case_id or not question:
            raise dataset_error(
                where, "需要：编号、制表符、问题。", "needs an id, a tab and the question."
            )
        if case_id in topics:
            raise dataset_error(where, f"编号 {case_id} 重复。", f"id {case_id} occurs twice.")
        topics[case_id] = where, question
    judgements: list[Judgement] = []
    for where, line in judged.lines:
        fields = line.split()
        if len(fields) != 4:
            raise dataset_error(
                where, "需要四列：编号 0 文档 等级。", "needs four columns: id 0 document grade."
            )
        judgements.append((where, fields[0], fields[2], fields[3]))
    gathering = judged_cases(
        topics, judgements, {document.doc_id: document for document in documents}
    )
    return gathering.dataset(path, digest([asked, judged]), "document", documents)


def judged_cases(
    topics: Topics, judgements: Sequence[Judgement], known: Mapping[str, Document]
) -> Gathering:
    """Cases whose gold is every document judged above 0, whole, each required; all grades above 0 count alike.

    Raises UsageError, naming the line, where a grade is no whole number or a document is judged twice.
    """
    grades: dict[str, dict[str, tuple[str, int]]] = {}
    for where, case_id, doc_id, written in judgements:
        mine = grades.setdefault(case_id, {})
        if doc_id in mine:
            raise dataset_error(
                where, f"{case_id} 对 {doc_id} 有两次判断。", f"{case_id} judges {doc_id} twice."
            )
        mine[doc_id] = where, _grade(where, written)
    gathering = Gathering()
    for case_id, mine in grades.items():
        _gather(gathering, case_id, mine, (topics, known))
    unjudged = len(topics.keys() - grades.keys())
    if unjudged:
        gathering.note(
            "",
            "",
            (f"{unjudged} 个问题没有判断，不在题集内", f"questions without judgements: {unjudged}"),
        )
    higher = sum(grade > 1 for mine in grades.values() for _, grade in mine.values())
    if higher:
        gathering.note(
            "",
            "",
            (f"{higher} 条判断的等级高于 1，按 1 计", f"grades above 1, counted as 1: {higher}"),
        )
    return gathering


def _gather(
    gathering: Gathering,
    case_id: str,
    grades: Mapping[str, tuple[str, int]],
    of: tuple[Topics, Mapping[str, Document]],
) -> None:
    topics, known = of
    place = next(iter(grades.values()))[0]
    relevant = {doc_id: where for doc_id, (where, grade) in grades.items() if grade > 0}
    lost = {doc_id: where for doc_id, where in relevant.items() if doc_id not in known}
    if case_id not in topics:
        gathering.leave_out(
            case_id,
            place,
            ("没有这个编号的问题，或问题是空的", "no question of this id, or an empty one"),
        )
    elif not relevant:
        gathering.leave_out(case_id, place, ("没有相关的文档", "no document is relevant"))
    elif len(lost) == len(relevant):
        gathering.leave_out(case_id, place, _lost(lost))
    else:
        gold = tuple((Passage(known[d], 0, len(known[d].text)),) for d in relevant if d in known)
        gathering.keep(
            Case(case_id, KIND, topics[case_id][1], (), gold, (), "answered"), topics[case_id][0]
        )
        for doc_id, where in lost.items():
            gathering.note(case_id, where, _lost([doc_id]))


def _lost(doc_ids: Collection[str]) -> Told:
    return (
        f"语料中没有文档 {'、'.join(doc_ids)}",
        f"the corpus has no document {', '.join(doc_ids)}",
    )


def _grade(where: str, written: str) -> int:
    try:
        return int(written)
    except ValueError as error:
        raise dataset_error(
            where, f"等级应为整数，不是 {written}。", f"a grade is a whole number, not {written}."
        ) from error


def write_run(path: Path, rankings: Mapping[str, Ranking], tag: str = TAG) -> None:
    """Writes rankings by question's id as lines `id Q0 document rank score tag`, ranks from 1.

    Raises UsageError where an id is empty or has white space in it, or a score is not finite.
    """
    lines: list[str] = []
    for case_id, ranking in rankings.items():
        for rank, (found, score) in enumerate(ranking, 1):
            if not math.isfinite(score):
                raise dataset_error(
                    case_id, f"{found} 的分数是 {score}。", f"the score of {found} is {score}."
                )
            fields = (case_id, "Q0", found, str(rank), repr(float(score)), tag)
            if any(not field or field.split() != [field] for field in fields):
                raise dataset_error(
                    case_id,
                    f"{found}：编号不能为空或含空白。",
                    f"{found}: an id has no white space.",
                )
            lines.append(" ".join(fields) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def read_run(
    path: Path, questions: Collection[str] = ()
) -> tuple[dict[str, Ranking], tuple[Diagnostic, ...]]:
    """The rankings of a TREC run by question's id, by score and then by rank, and what is to be noted of them.

    With `questions`, each has a ranking, empty where the run lacks it, and there are no others; both are noted. Raises
    UsageError, naming the line, where one is malformed, a score is not finite, or a rank or document occurs twice.
    """
    rows: dict[str, list[_Row]] = {}
    seen: set[tuple[str, str | int]] = set()
    for where, line in read_source(path).lines:
        case_id, row = _run_row(where, line)
        rows.setdefault(case_id, []).append(row)
        for key in ((case_id, row.found), (case_id, row.rank)):
            if key in seen:
                raise dataset_error(
                    where, f"{case_id} 的 {key[1]} 重复。", f"{case_id} has {key[1]} twice."
                )
            seen.add(key)
    wanted = dict.fromkeys(questions or rows)
    if not rows.keys() & wanted.keys():
        raise dataset_error(
            shown(path), "没有这个题集的任何一题。", "it has none of the questions."
        )
    told = {
        q: ("没有这一题的排名，按空排名计", "no ranking; counts as empty")
        for q in wanted
        if q not in rows
    }
    told |= {q: ("题集中没有这一题", "not a question of the set") for q in rows if q not in wanted}
    rankings: dict[str, Ranking] = {}
    for case_id in wanted:
        mine = sorted(rows.get(case_id, ()), key=lambda row: (-row.score, row.rank))
        if mine != sorted(mine, key=lambda row: row.rank):
            told[case_id] = (
                "名次与分数不一致，以分数为准",
                "ranks contradict scores; scores count",
            )
        rankings[case_id] = [(row.found, row.score) for row in mine]
    return rankings, tuple(
        Diagnostic(case_id, shown(path), *what) for case_id, what in told.items()
    )


def _run_row(where: str, line: str) -> tuple[str, _Row]:
    try:
        case_id, _, found, rank, score, _ = line.split()
        row = _Row(found, int(rank), float(score))
    except ValueError as error:
        zh, en = (
            "需要六列：编号 Q0 文档 名次 分数 标签。",
            "needs six columns: id Q0 document rank score tag.",
        )
        raise dataset_error(where, zh, en) from error
    if not math.isfinite(row.score):
        raise dataset_error(where, f"分数是 {score}。", f"the score is {score}.")
    return case_id, row


def read_beir(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """A BEIR folder; its corpus is the documents, unless others of the same ids are given.

    The judgements are qrels/test.tsv, or the only other one there is. Raises UsageError, naming the line, where one is
    malformed or repeats an id.
    """
    asked, judged = read_source(path / "queries.jsonl"), read_source(_judgements(path / "qrels"))
    sources = [asked, judged]
    if documents is None:
        sources.insert(0, read_source(path / BEIR_CORPUS))
        documents = load_beir(path / BEIR_CORPUS)
    topics = {
        case_id: (where, question)
        for where, case_id, _, question in _rows(asked)
        if is_text(question)
    }
    judgements = list(_judged(judged))
    gathering = judged_cases(
        topics, judgements, {document.doc_id: document for document in documents}
    )
    if empty := len(sources[0].lines) - len(documents) if len(sources) == 3 else 0:
        gathering.note("", "", (f"{empty} 篇文档没有文字", f"documents without text: {empty}"))
    return gathering.dataset(path, digest(sources), "document", documents)


def _judgements(folder: Path) -> Path:
    files = sorted(folder.glob("*.tsv"))
    test = folder / "test.tsv"
    if test not in files and len(files) != 1:
        raise dataset_error(str(folder), "需要 test.tsv。", "needs test.tsv.")
    return test if test in files else files[0]


def _rows(source: Source) -> Iterator[tuple[str, str, str, str]]:
    """Where it stands, id, title and text of each line. Raises UsageError where one lacks them or repeats an id."""
    seen: set[str] = set()
    for where, line in source.lines:
        row = read_row(where, line)
        name, title, text = row.get("_id"), row.get("title") or "", row.get("text")
        if not is_text(name) or not isinstance(title, str) or not isinstance(text, str):
            raise dataset_error(where, "需要 _id 和 text。", "needs _id and text.")
        if name in seen:
            raise dataset_error(where, f"编号 {name} 重复。", f"id {name} occurs twice.")
        seen.add(str(name))
        yield where, str(name), title, text


def _judged(source: Source) -> Iterator[Judgement]:
    for number, (where, line) in enumerate(source.lines):
        fields = line.split("\t")
        if len(fields) != 3:
            zh, en = (
                "需要三列，以制表符分隔：query-id corpus-id score。",
                "needs query-id, corpus-id, score between tabs.",
            )
            raise dataset_error(where, zh, en)
        if number or fields != ["query-id", "corpus-id", "score"]:
            yield where, fields[0], beir_doc_id(fields[1]), fields[2].strip()
