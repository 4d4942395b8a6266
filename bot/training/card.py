"""The card of trained weights: what they are, how they were made, and what they achieve.

`figures` measures a reading network on questions, `card` writes the figures and the settings of the
training into the text in Chinese and English that lies beside the weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evals.datasets import Dataset
from bot.evals.refusal_measures import auroc
from bot.evals.text_measures import character_f1, exact_match
from bot.reader.network import ReadingTask, SpanReader, SpanScores
from bot.reader.span_selection import answer_span
from bot.training.data import AnsweredQuestion, documents_of, hard_negatives
from bot.training.served.kept import ServedWindows
from corpus.language.text import Segmenter
from index.collection import collect
from index.lexical import LexicalRetriever

WHOLE = 2000
"""Characters of a passage: more than a paragraph has, so that paragraphs are compared whole."""

_CARD = """# 阅读模型 / Reading network

multilingual-e5-small（MIT）加上这里训练的低秩适配和两个输出头：读一个问题和一段文字，指出答案在哪里，以及有没有答案。
multilingual-e5-small (MIT) with an adapter of low rank and two heads trained here: reads a question and a text, and
says where the answer stands and whether there is one.

`reader.safetensors`, SHA-256 `{sha256}`

## 怎样训练 / How it was made

```sh hours
{command}
```

| 设置 / setting | 值 / value |
|---|---|
{settings}

{start}{windows}| 题集 / set | SHA-256 | 题数 / questions |
|---|---|---|
{sets}

题集的许可见 NOTICE。The licences of the sets are in NOTICE.

## 效果 / Figures

给出所在段落，一个参考答案；在不用于训练的部分上，按服务器的 8 位模型计算，答案的两端由 `span_selection.json` 的权重选定
（`python -m bot.training.fit_spans $CHENGWEN_DATA`）。
AUROC：有答案的段落，对比词语最相近而没有答案的段落。

With the paragraph given and one reference, on the parts kept for reporting, by the 8-bit network that the server runs,
the ends of an answer chosen by the weights in `span_selection.json`.
AUROC: the paragraph with the answer against the one without it that shares most words.

| 题集 / set | n | EM | F1 | AUROC |
|---|---|---|---|---|
{figures}
"""


_START = """`start` 是训练开始时的权重的 SHA-256，占结果的 `kept`；它们和它们的卡片在仓库的历史里。
`start` is the SHA-256 of the weights that training began with, `kept` their share of the result; the repository's
history has them and their card: `git log -- bot/reader/reader.safetensors`.

"""


_WINDOWS = """训练的窗口（`python -m bot.training.served`，种子 {seed}；怎样来的见 docs/data.md）；再下面的题集只量：
The windows that were trained on (seed {seed}; docs/data.md says how they are made); the sets below are for measuring:

| 部分 / part | 来源 / source | 有答案 / with answer | 没有 / without | 占 / share |
|---|---|--:|--:|--:|
{counts}

| 来源的文件 / file of a source | SHA-256 |
|---|---|
{files}

"""


@dataclass(frozen=True, slots=True)
class Made:
    """How weights were made: the fields of the recipe and the minutes, the command line, and their
    file's SHA-256.
    """

    settings: Mapping[str, object]
    command: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """What a network achieves on `n` questions with their paragraph given.

    `exact` and `f1` are the means of exact match and character F1, 0 to 1. `auroc` is that of the
    log-odds of an answer: of the paragraphs with the answer against the hardest negative of each.
    """

    n: int
    exact: float
    f1: float
    auroc: float


def figures(
    reader: SpanReader, questions: Sequence[AnsweredQuestion], segmenter: Segmenter
) -> SpanFigures:
    """What `reader` achieves on the questions. Negatives come from the documents of the others."""
    lexical = LexicalRetriever.build(collect(documents_of(questions), WHOLE), segmenter)
    exact: list[float] = []
    f1: list[float] = []
    with_answer: list[float] = []
    without_answer: list[float] = []
    for question in questions:
        document, answer = question.gold.document, question.gold.text
        tasks = [ReadingTask(question.text, document.title, document.text)]
        for negative in hard_negatives(lexical, question, 1):
            other = negative.document
            tasks.append(ReadingTask(question.text, other.title, other.text))
        scores, *negative_scores = reader.read(tasks)
        span = answer_span(question.text, document.text, scores, segmenter)
        predicted = document.text[span.start : span.end] if span else ""
        exact.append(exact_match(predicted, answer))
        f1.append(character_f1(predicted, answer))
        with_answer.append(answer_odds(scores))
        without_answer += map(answer_odds, negative_scores)
    area = auroc(np.array(with_answer), np.array(without_answer))
    return SpanFigures(len(questions), float(np.mean(exact)), float(np.mean(f1)), area)


def answer_odds(scores: SpanScores) -> float:
    """Log-odds of an answer being in a text: the mean of the answer head's and the best span's."""
    best = scores.best()
    span_odds = best.odds if best else scores.answer
    return (scores.answer + span_odds) / 2


def card(
    made: Made,
    sets: Sequence[Dataset],
    windows: ServedWindows | None,
    measured: Mapping[str, SpanFigures],
) -> str:
    """The card in Markdown, Chinese and English, with the figures of each set by its name."""
    set_rows = {one.name: (one.name, one.sha256[:16], len(one.cases)) for one in sets}
    figure_rows = []
    for name, found in measured.items():
        numbers = [f"{value:.3f}" for value in (found.exact, found.f1, found.auroc)]
        figure_rows.append((name, found.n, *numbers))
    return _CARD.format(
        command=made.command,
        sha256=made.sha256,
        start=_START if made.settings["start"] else "",
        windows=_of_windows(windows) if windows else "",
        settings=_table(made.settings.items()),
        sets=_table(set_rows.values()),
        figures=_table(figure_rows),
    )


def _of_windows(windows: ServedWindows) -> str:
    """How many windows of each part and source were trained on, and the files they are of."""
    rows = []
    for part, source, positive, negative in windows.counts():
        share = (positive + negative) / len(windows.samples)
        rows.append((part, source, positive, negative, f"{share:.3f}"))
    files = [(name, digest[:16]) for name, digest in windows.files.items()]
    return _WINDOWS.format(seed=windows.seed, counts=_table(rows), files=_table(files))


def _table(rows: Iterable[Iterable[object]]) -> str:
    """The rows of a Markdown table, without its head."""
    lines = []
    for row in rows:
        cells = " | ".join(map(str, row))
        lines.append(f"| {cells} |")
    return "\n".join(lines)
