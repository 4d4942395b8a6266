"""The card of trained weights: what they are, how they were made, and what they can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from bot.evals.datasets import Dataset
from bot.evals.measures import auroc, character_f1, exact_match
from bot.reader.network import SpanReader, SpanScores
from bot.reader.span_selection import answer_span
from bot.training.data import Question, lookalikes
from bot.training.trainer import Recipe
from corpus.language.text import Segmenter
from index.collection import collect
from index.lexical import LexicalRetriever

_CARD = """# 阅读模型 / Reading network

multilingual-e5-small（MIT）加上这里训练的低秩适配和两个输出头：读一个问题和一段文字，指出答案在哪里，以及有没有答案。
multilingual-e5-small (MIT) with an adapter of low rank and two heads trained here: reads a question and a text, and
says where the answer stands and whether there is one.

`reader.safetensors`, SHA-256 `{sha256}`

## 怎样训练 / How it was made

```
{command}
```

| 设置 / setting | 值 / value |
|---|---|
{settings}

{start}| 题集 / set | SHA-256 | 题数 / questions |
|---|---|---|
{sets}

题集的许可见 NOTICE。The licences of the sets are in NOTICE.

## 效果 / Figures

给出所在段落，一个参考答案；在不用于训练的部分上，按服务器的 8 位模型计算，答案的两端由 `weights.json` 的权重选定
（`python -m bot.training.fit_spans $CHENGWEN_DATA`）。
AUROC：有答案的段落，对比词语最相近而没有答案的段落。

With the paragraph given and one reference, on the parts kept for reporting, by the 8-bit network that the server runs,
the ends of an answer chosen by the weights in `weights.json`.
AUROC: the paragraph with the answer against the one without it that shares most words.

| 题集 / set | n | EM | F1 | AUROC |
|---|---|---|---|---|
{figures}
"""


_START = """`start` 是训练开始时的权重的 SHA-256，占结果的 `kept`；它们和它们的卡片在仓库的历史里。
`start` is the SHA-256 of the weights that training began with, `kept` their share of the result; the repository's
history has them and their card: `git log -- bot/reader/reader.safetensors`.

"""


def card(
    recipe: Recipe,
    command: str,
    sets: Sequence[Dataset],
    measured: Mapping[str, Figures],
    sha256: str,
) -> str:
    """The card in Markdown, Chinese and English; `sha256` is of the weights' file."""
    rows = {
        "settings": [[name, value] for name, value in asdict(recipe).items()],
        "sets": [
            [one.name, one.sha256[:16], len(one.cases)]
            for one in {one.name: one for one in sets}.values()
        ],
        "figures": [
            [name, f.n, f"{f.exact:.3f}", f"{f.f1:.3f}", f"{f.auroc:.3f}"]
            for name, f in measured.items()
        ],
    }
    tables = {
        name: "\n".join(f"| {' | '.join(map(str, row))} |" for row in table)
        for name, table in rows.items()
    }
    return _CARD.format(
        command=command, sha256=sha256, start=_START if recipe.start else "", **tables
    )


WHOLE = 2000
"""Characters; paragraphs are compared whole."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `n` questions with their paragraph given: EM and F1; and the AUROC of there being an answer in it, against the
    paragraph of another document that shares most words with the question and does not have the answer."""

    n: int
    exact: float
    f1: float
    auroc: float


def figures(reader: SpanReader, questions: Sequence[Question], segmenter: Segmenter) -> Figures:
    """What `reader` makes of questions, their own documents being all there are."""
    documents = list({q.gold.document.doc_id: q.gold.document for q in questions}.values())
    lexical = LexicalRetriever.build(collect(documents, WHOLE), segmenter)
    exact: list[float] = []
    f1: list[float] = []
    right: list[float] = []
    wrong: list[float] = []
    for question in questions:
        document, answer = question.gold.document, question.gold.text
        texts = [(document.title, document.text)]
        texts += [(p.document.title, p.document.text) for p in lookalikes(lexical, question, 1)]
        scores, *others = reader.read(question.text, texts)
        found = answer_span(question.text, document.text, scores, segmenter)
        said = document.text[found.start : found.end] if found else ""
        exact.append(exact_match(said, answer))
        f1.append(character_f1(said, answer))
        right.append(evidence(scores))
        wrong += map(evidence, others)
    return Figures(len(exact), _mean(exact), _mean(f1), auroc(np.array(right), np.array(wrong)))


def evidence(scores: SpanScores) -> float:
    """Log-odds of an answer being in a text: the mean of what the head for it says and what the best span says."""
    found = scores.best()
    return (scores.answer + (found.odds if found else scores.answer)) / 2


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
