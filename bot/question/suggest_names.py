"""Names the document in a question that would not say by itself which one of a library it is about."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache

from bot.question.suggest_made import GeneratedQuestion
from corpus import Document
from corpus.language.text import Segmenter, fold, is_english, is_place

LONGEST_NAME = 24
"""Characters of a title that is repeated whole in a question."""

SHORTEST_WORD = 2
"""Characters of a word of a title that may tell it from others."""

TELLING = 4
"""Characters of a title, in words, that a question has which says by them what it is about: 申请 and 情况
stand in any.
"""

LONG, FEW = 3, 2
"""Characters of a word that may be a name, and other documents that may have it as well."""

LOOKED_THROUGH = 200
"""Documents in which a name is looked for: of a larger library every n-th. Whether the answer is the
right one is tried in any case.
"""

# 济南市 in 济南市历史文化名城保护条例
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,8}?[省市区县州](?=[\u4e00-\u9fff])")
_HERE = re.compile(r"本[省市区县州](?![级场民])")
_QUOTED = re.compile(r"“([^”]{2,})”|《([^》]{2,})》")
_PARTS = re.compile(r"[:：|｜—]+")
_IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]\s*$")
# 什么是供热, 禁止哪些行为: no place can stand before them.
_BEGINS_ASKING = re.compile("什么|哪|如何|怎|为什么|多|几|禁止|有|在|不|需|要|能|可|是")
# 《…》 in a title in 《…》
_INNER = str.maketrans("《》", "〈〉")
# 【专栏】 before a title
_RUBRIC = re.compile("[【】]")


class Names:
    """What the documents of a library are called in questions."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._is_alone = len(documents) == 1
        self._texts: dict[str, str] = {}

    def called(self, document: Document) -> str:
        """《济宁市养犬管理条例》; 这篇文章 for the only document, where its title is long."""
        title = _IN_BRACKETS.sub("", document.title.strip("《》 "))
        parts = [part.strip() for part in _PARTS.split(title)]
        if len(title) > LONGEST_NAME and len(parts) > 1:
            title = max(parts, key=len)
        is_long = len(title) > LONGEST_NAME or _RUBRIC.search(title)
        if self._is_alone and (is_long or not title):
            return "the article" if is_english(document.text) else "这篇文章"
        if is_english(document.text):
            return f"“{title}”"
        return f"《{title.translate(_INNER)}》"

    def called_in_english(self, document: Document) -> str | None:
        """《济宁市养犬管理条例》, a name in any language; the article for the only document.

        None for one of several that has no title.
        """
        if self._is_alone:
            return "the article"
        return self.called(document) if title_of(document) else None

    def named_in_english(self, generated: GeneratedQuestion, called: str) -> GeneratedQuestion:
        """The English question about a document that is `called` so, with that name."""
        if called in generated.question or self._is_alone:
            return generated
        return replace(generated, question=f"{generated.question.rstrip('?')} in {called}?")

    def named(self, generated: GeneratedQuestion) -> GeneratedQuestion | None:
        """The question with the place of its document, or else the title, where it needs one.

        None where the document has no title to name.
        """
        document = generated.answer.document
        place = _place_of(document.title)
        question = _HERE.sub(place, generated.question) if place else generated.question
        # 2018年的招生计划 says whose only beside the table.
        is_of_table = generated.kind in ("cell", "comparison") and not self._is_alone
        if is_of_table or not self._tells(question, document):
            takes_place = place and not _BEGINS_ASKING.match(question)
            if takes_place and self._tells(place + question, document):
                question = place + question
            elif not title_of(document):
                return None
            else:
                question = _of_title(self.called(document), question)
        return replace(generated, question=question)

    def _tells(self, question: str, document: Document) -> bool:
        """Whether a question says which of the documents it is about."""
        if self._is_alone:
            return True
        folded = fold(question)
        shared = [word for word in _words(document.title) if word in folded]
        if len("".join(shared)) >= TELLING and self._holders(shared) == 1:
            return True
        names = ["".join(groups) for groups in _QUOTED.findall(question)]
        if any(self._others_with(name, document) == 0 for name in names):
            return True
        if title_of(document):
            return False
        # Nothing else can be named: a name that few other documents have will do.
        words = [word for word in _segmenter().words(question) if len(word) >= LONG]
        return any(self._others_with(word, document) <= FEW for word in words)

    def _holders(self, words: Sequence[str]) -> int:
        """How many titles have all of some words."""
        return len(frozenset.intersection(*(self._titles_with[word] for word in words)))

    def _others_with(self, name: str, document: Document) -> int:
        """In how many documents beside one a name stands, of those that are looked through."""
        folded = fold(name)
        step = max(1, math.ceil(len(self._documents) / LOOKED_THROUGH))
        others = (one for one in self._documents[::step] if one is not document)
        return sum(folded in self._folded(one) for one in others)

    def _folded(self, document: Document) -> str:
        if document.doc_id not in self._texts:
            self._texts[document.doc_id] = fold(document.text)
        return self._texts[document.doc_id]

    @cached_property
    def _titles_with(self) -> dict[str, frozenset[str]]:
        """Word of a title → the ids of the documents whose titles have it."""
        found: dict[str, set[str]] = {}
        for document in self._documents:
            for word in _words(document.title):
                found.setdefault(word, set()).add(document.doc_id)
        return {word: frozenset(ids) for word, ids in found.items()}


def title_of(document: Document) -> str:
    """The title of a document; empty where it is the name of a file: 02_old_port of a Chinese text."""
    is_file_name = document.title.isascii() and not is_english(document.text)
    return "" if is_file_name else document.title


def _of_title(called: str, question: str) -> str:
    if is_english(question):
        return f"{question.rstrip('?')} in {called}?"
    return f"{called}中，{question}"


def _place_of(title: str) -> str:
    """The place at the beginning of a title, or nothing."""
    match = _PLACE.match(title.strip("《》 "))
    return match.group() if match and is_place(fold(match.group())) else ""


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """The words of a title, folded, that may tell it from others."""
    words = _segmenter().words(text, guess=False)
    return tuple(dict.fromkeys(word for word in words if _is_telling(word)))


def _is_telling(word: str) -> bool:
    asks = _BEGINS_ASKING.match(word) and len(word) <= len("为什么")
    return len(word) >= SHORTEST_WORD and not word[0].isdigit() and not asks


@cache
def _segmenter() -> Segmenter:
    return Segmenter()
