"""Which form of answer a question asks for: a summary, a list, a line for each, a single fact.

A multinomial logistic regression over the question's characters and pairs of characters, its kind,
and its vector, where the bundled encoder has made the index. `bot.training.fit_forms` fits it, and
says how well it does on the questions of a writer it has not seen. The weights are in forms.npz.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from bot.question.analysis import Question, analyse
from bot.question.asked_documents import may_ask_documents
from bot.question.smalltalk import without_courtesy
from bot.question.summaries import asks_agenda, asks_quoted_part
from corpus.language.text import Segmenter, fold
from index import Vectors
from index.dense import DenseRetriever

AskedForm = Literal[
    "summary", "comparison", "documents", "mention", "each", "list", "yes_no", "fact", "request"
]

FORMS: tuple[AskedForm, ...] = get_args(AskedForm)

WEIGHTS = Path(__file__).with_name("forms.npz")

LEAST = 0.4
"""Probability below which a question is taken to ask for a single fact. With this 90 % of facts and 83 %
of the others were told of the questions of writers left out; with 0.6, measured on fewer, of facts 3 %
more and of the others 7 % less.
"""

LEAST_OF_REQUEST = 0.5
"""The same of a request: to turn a question down is worse than to quote where nothing was asked."""

LEAST_OF_FOLLOWING = 0.8
"""The same of a few words that follow a question, as they were typed: 它的主要内容呢 is told to ask for a
summary by .99; 那中观层面呢, by .03, asks for what was asked before.
"""

LONGEST = 200
"""Characters of a question; a longer text, as one that was pasted, asks for a fact."""

VECTOR_SCALE = 4.0
"""What the vector of a question, which is 1 long, is multiplied by, so that the penalty of its weights
is smaller.
"""

GRAM_SCALE = 3.0
"""The same of its characters and pairs."""

# 2023, 3.5
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Any letter, character or digit
_WORD = re.compile(r"\w")
# 每年〔投〕多少, 每平方米〔收〕几元
_RATE = re.compile(
    r"每(?:一?[年月周天日次人户]|平方?米|吨|度|小时)[^,。?!]{0,12}?(?:多少|几[元块个])"
)
# What makes it one of each: 各年, 分别, 、, 上海和杭州, 2021到2024年
_SEVERAL = re.compile(r"[各哪、和与跟到至]|分别|还有|以及|\d{4}")
_END = re.compile(r"[?!。\s]+$")
# What asks whether: 能去吗, 去不去, 去过没有, 此事属实, 养一只( )
_WHETHER = re.compile(
    r"[吗吧嘛]|(?<![什怎那这多要])么|(.)[不没]\1|[是可能会]否|[不没否]有?\W*$|"
    r"是真的|属实|真假|对[不吧]|还是|没错|[(]\s*[)]"
)


@dataclass(frozen=True, slots=True)
class FormModel:
    """Weights of n features, (n, len(FORMS)) float32, by name; `of_vector` is (dim, len(FORMS)).

    `of_vector` has no rows in the model that goes by the words alone.
    """

    rows: Mapping[str, int]
    weights: Vectors
    of_vector: Vectors
    bias: Vectors

    def probabilities(self, question: Question, vector: Vectors | None) -> Vectors:
        """(len(FORMS),) float32, in the order of FORMS."""
        names = feature_names(question)
        grams = [self.rows[name] for name in names if name in self.rows]
        odds = self.bias + self.weights[grams].sum(axis=0) * gram_value(len(grams))
        if vector is not None and len(self.of_vector):
            odds = odds + VECTOR_SCALE * vector @ self.of_vector
        raised = np.exp(odds - odds.max())
        likely: Vectors = raised / raised.sum()
        return likely


@dataclass(frozen=True, slots=True)
class FormFinder:
    """Finds the form that a turn of a conversation asks for.

    `dense` gives the vectors of questions; it is None where no index of the bundled encoder does.
    """

    segmenter: Segmenter
    dense: DenseRetriever | None

    def find(self, asked: str, question: Question) -> AskedForm:
        """The form that `asked`, understood as `question`, asks for; "request" for small talk too.

        A request is one as it was typed: what the questions before would add to it is not asked for.
        A follow-up question that asks for none itself asks for that of the question it completes.
        """
        if question.smalltalk:
            return "request"
        typed = analyse(without_courtesy(asked), self.segmenter)
        if self._form(typed) == "request":
            return "request"
        if question.whole == question.asked:
            return self._form(question)
        form = self._form(typed, LEAST_OF_FOLLOWING)
        # 要是下雨呢 has 要是, and asks what was asked before.
        asks_nothing = typed.kind == "bare" and form == "yes_no"
        if form != "fact" and not asks_nothing:
            return form
        return self._form(replace(question, asked=question.whole))

    def _form(self, question: Question, least: float = LEAST) -> AskedForm:
        vector = self.dense.vector(question.asked) if self.dense is not None else None
        return asked_form(question, vector, least)


def asked_form(
    question: Question, vector: Vectors | None = None, least: float = LEAST
) -> AskedForm:
    """The form that a question asks for; "fact" where none is likely, or nothing or too much was typed.

    `vector` (dim,) is the bundled encoder's of what was asked; below `least` (0 to 1) it is no form.
    """
    if len(question.asked) > LONGEST or not _WORD.search(question.asked):
        return "fact"
    if asks_quoted_part(question.asked) or asks_agenda(question.asked):
        return "summary"
    likely = read_model(vector is not None).probabilities(question, vector)
    if not may_ask_documents(question.asked):
        likely[FORMS.index("documents")] = 0.0
    if asks_rate(question.asked):
        likely[FORMS.index("each")] = 0.0
    if not may_ask_whether(question):
        likely[FORMS.index("yes_no")] = 0.0
    return likeliest(likely, least)


def asks_rate(asked: str) -> bool:
    """Whether one number for a measure is asked for, 每年投多少钱, and nothing of several."""
    folded = fold(asked)
    return bool(_RATE.search(folded)) and not _SEVERAL.search(folded)


def may_ask_whether(question: Question) -> bool:
    """Whether a question may be answered by yes or no: 为什么不用排队了 has 为什么, and nothing that asks whether.

    Of 1,518 questions by several writers without either none is a yes-no question.
    """
    if question.language == "en" or question.kind in ("yes", "bare"):
        return True
    return bool(_WHETHER.search(fold(question.asked)))


def likeliest(likely: Vectors, least: float = LEAST) -> AskedForm:
    """The form of the highest of `likely` (len(FORMS),), where that is at least `least`, else "fact"."""
    best = int(np.argmax(likely))
    enough = max(least, LEAST_OF_REQUEST) if FORMS[best] == "request" else least
    return FORMS[best] if likely[best] >= enough else "fact"


def feature_names(question: Question) -> Sequence[str]:
    """What is known of a question: its characters and pairs of characters, numbers as 0, the pairs with
    its beginning and end, and its kind.
    """
    folded = _NUMBER.sub("0", _END.sub("", fold(question.asked).strip()))
    marked = f"^{folded}$"
    pairs = {marked[at : at + 2] for at in range(len(marked) - 1)}
    return sorted(pairs | set(folded) | {f"kind:{question.kind}"})


def gram_value(count: int) -> float:
    """The value of each of `count` features of a question: less, the longer it is."""
    return GRAM_SCALE / sqrt(max(1, count))


@cache
def read_model(with_vector: bool) -> FormModel:
    """One of the two fits: that with the vector of a question, or that by its words alone."""
    name = "dense" if with_vector else "words"
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        rows = {str(gram): row for row, gram in enumerate(stored[f"{name}_features"])}
        parts = [
            stored[f"{name}_{part}"].astype(np.float32) for part in ("weights", "vector", "bias")
        ]
    return FormModel(rows, *parts)
