"""What a question is about, held against the library, and what it asks of that.

济南市养犬管理条例什么时候施行 is about one document, and asks 本条例什么时候施行: the search inside it
is not drowned by its title. A work that is named and not held is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from bot.question.analysis import Question
from bot.question.titles import SHORTEST_TITLE, Naming, Titles, places_in, quoted_works
from corpus import Document
from corpus.language.text import fold

By = Literal["title", "place", "history", "request"]

AIMS = 3
"""Most titles that a question is taken to be about; all documents of such a title are meant."""

OF_A_PLACE = 0.1
"""How surely a question is about a document of the place that it names, 0 to 1, and of nothing else."""

UNSURE = 0.02
"""How surely a question is about a document of whose title it has all the words, but does not name it:
of 500 questions of DRCD, whose titles are words, more put other documents first (docs/benchmarks.md).
"""

LONGEST_LACK = 40
"""Characters of a name of what is not held, as it is repeated to the reader."""

# 养犬的 in 扬州养犬的规定
_NOT_OF_NAME = "什么|哪|谁|几|多少|怎|如何|是|有|出台|发布|制定|颁布|根据|按照|的|对|和|与|及|或|新|主要|市民|居民"
# 管理办法 is a rule, and 更新的办法 a way to do it; 意见 and 方案 are seldom rules. In 三亚市养犬管理条例规定一户几只
# the name ends before the verb 规定
_WORK_OF = (
    rf"(?:市|省|区|县)?(?:(?!{_NOT_OF_NAME})[\u4e00-\u9fff]){{2,20}}"
    "(?:(?:的|那个|这个)?(?:条例|细则|(?<!条例)(?<!办法)(?<!细则)规定)|办法)"
)
# Nothing is asked by it: 里, 中, 对, 的 after the name that was taken out
_LEFT_BEHIND = re.compile(r"^(?:里面|里头|当中|里|中|内|的)")

Mentioned = Callable[[str], bool]
"""Whether any document of the library mentions a work by that name."""

Rephrased = Callable[[Question, str, str], Question]
"""The question with another text to search for and to read, and its own words."""


class Aim(NamedTuple):
    """A document that a question may be about.

    `fit` (0 to 1) says how surely. `question` is what is asked of it: where the document is named
    surely, without its name.
    """

    document: Document
    fit: float
    question: Question


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about: `aims`, the surest first, and what says so.

    `missing` is a work that is named and not held; `nearest` the document nearest to it, and
    `instead` the question asked of that. `doc_ids` are those that a request is limited to; None
    where it is not.
    """

    aims: tuple[Aim, ...] = ()
    by: By | None = None
    missing: str | None = None
    nearest: Document | None = None
    instead: str | None = None
    doc_ids: tuple[str, ...] | None = None

    @property
    def is_sure(self) -> bool:
        """Whether the question names its document."""
        return bool(self.aims) and self.aims[0].fit >= 1

    @property
    def named_ids(self) -> list[str]:
        """The ids of the documents that the question was taken to be about."""
        if self.is_sure:
            return [aim.document.doc_id for aim in self.aims if aim.fit >= 1]
        if self.doc_ids is not None:
            return list(self.doc_ids)
        return [aim.document.doc_id for aim in self.aims] if self.by else []

    def question_for(self, document: Document, question: Question) -> Question:
        """What `question` asks of a document."""
        return next((aim.question for aim in self.aims if aim.document is document), question)

    def fit_of(self, document: Document) -> float:
        """How surely the question is about a document, 0 to 1."""
        return next((aim.fit for aim in self.aims if aim.document is document), 0.0)


NO_SCOPE = Scope()


@dataclass(frozen=True, slots=True)
class ScopeFinder:
    """Finds the scope of questions in a library with these `titles`."""

    titles: Titles
    mentioned: Mentioned
    rephrased: Rephrased

    def find(self, question: Question, earlier: Sequence[str] = ()) -> Scope:
        """The scope of a question; `earlier` are those before it, the latest first.

        A question that depends on those before it is about the document that they name.
        """
        whole = question.whole
        namings = self.titles.named(whole)
        missing = self._missing(whole, namings)
        if missing is not None:
            return self._without(missing, whole)
        sure = [naming for naming in namings if naming.is_sure]
        if sure:
            return Scope(
                tuple(self._aim(question, naming) for naming in _of_few_titles(sure)), by="title"
            )
        if whole != question.asked and not places_in(fold(question.asked)):
            for text in earlier:
                before = [naming for naming in self.titles.named(text) if naming.is_sure]
                if before:
                    aims = [
                        self._carried(question, naming.document)
                        for naming in _of_few_titles(before)
                    ]
                    return Scope(tuple(aims), by="history")
        return self._by_place(question, namings)

    def _carried(self, question: Question, document: Document) -> Aim:
        """What a question asks of the document of an earlier one: its words without the title."""
        title = fold(document.title)
        words = [word for word in question.whole.split() if fold(word) not in title]
        rest = " ".join(words)
        return Aim(document, 1.0, self.rephrased(question, rest, rest))

    def limited(
        self,
        scope: Scope,
        question: Question,
        doc_ids: Sequence[str],
        mentioned: Mentioned,
    ) -> Scope:
        """`scope` of a question whose request is limited to the documents `doc_ids`.

        A document that the question itself names is missing where it is none of these and none of
        these mentions it, as `mentioned` tells. No document beyond them is said to be the nearest.
        """
        held = frozenset(doc_ids)
        aims = tuple(aim for aim in scope.aims if aim.document.doc_id in held)
        within = Scope(aims, "request", scope.missing, doc_ids=tuple(doc_ids))
        if scope.missing is not None:
            if scope.nearest is not None and scope.nearest.doc_id in held:
                return replace(within, nearest=scope.nearest, instead=scope.instead)
            return within
        if scope.by != "title" or within.is_sure:
            return within
        title = scope.aims[0].document.title
        is_named = self._is_named(question, scope.aims[0].document)
        return replace(within, missing=title) if is_named and not mentioned(title) else within

    def _is_named(self, question: Question, document: Document) -> bool:
        """Whether a question that is surely about a document cannot but mean it.

        公园 in 全市有多少座公园 is a word, though there is an article of that title.
        """
        title = fold(_bare(document.title))
        is_whole = len(title) >= SHORTEST_TITLE and title in fold(question.whole)
        return is_whole or bool(self.titles.own_name(document))

    def _aim(self, question: Question, naming: Naming) -> Aim:
        """The document of a sure naming, with what is asked of it."""
        text = question.whole
        own = self.titles.own_name(naming.document) if question.language == "zh" else ""
        before, after = text[: naming.start], text[naming.end :] + _added(question)
        rest = before + own + (after if own else _LEFT_BEHIND.sub("", after))
        asked = self.rephrased(question, rest, before + " " + _LEFT_BEHIND.sub("", after))
        if not asked.terms and asked.kind not in ("date", "person", "place"):
            # 济南的历史文化名城是什么: the term asked for is the name itself.
            asked = question
        return Aim(naming.document, 1.0, asked)

    def _by_place(self, question: Question, namings: Sequence[Naming]) -> Scope:
        """The documents of the place that a question names, and those named less than surely."""
        places = places_in(fold(question.whole))
        of_place = self.titles.of_places(places)
        fits = {document.doc_id: OF_A_PLACE for document in of_place}
        documents = {document.doc_id: document for document in of_place}
        for naming in namings:
            doc_id = naming.document.doc_id
            fits[doc_id] = fits.get(doc_id, 0.0) + UNSURE * naming.fit
            documents[doc_id] = naming.document
        aims = [Aim(documents[doc_id], fit, question) for doc_id, fit in fits.items()]
        aims.sort(key=lambda aim: -aim.fit)
        return Scope(tuple(aims[:AIMS]), by="place" if of_place else None)

    def _missing(self, whole: str, namings: Sequence[Naming]) -> str | None:
        """The work that a question names and the library neither holds nor mentions, or None."""
        for work in quoted_works(whole):
            if not self.titles.is_held(work) and not self.mentioned(work):
                return work
        if any(naming.is_sure for naming in namings) or quoted_works(whole):
            return None
        named = self._work_of_place(whole)
        return None if named is None or self.mentioned(named) else named

    def _work_of_place(self, whole: str) -> str | None:
        """The rule that a question names without title marks, of a place that no title names.

        Of a place that some title names, it may be that document under another name.
        """
        folded = fold(whole)
        if not self.titles.places:
            return None
        found: list[re.Match[str]] = []
        for place in places_in(folded) - self.titles.places:
            found += re.finditer(re.escape(place) + _WORK_OF, folded)
        # The first place is the issuer's: 苏州 of 苏州古城保护条例.
        first = min(found, key=lambda match: (match.start(), -match.end()), default=None)
        return whole[first.start() : first.end()][:LONGEST_LACK] if first else None

    def _without(self, missing: str, whole: str) -> Scope:
        """The scope of a question about a work that is not held."""
        nearest = self.titles.nearest(missing)
        instead = None
        if nearest is not None:
            marked = f"《{missing}》"
            name = marked if marked in whole else missing
            instead = whole.replace(name, f"《{_bare(nearest.title)}》", 1)
        return Scope(by="title", missing=missing, nearest=nearest, instead=instead)


def _added(question: Question) -> str:
    """What a follow-up asks beside the question that it completes: the 室内温度 of 那室内温度呢."""
    is_follow_up = question.asked != question.whole
    return question.text.removeprefix(question.whole) if is_follow_up else ""


def _of_few_titles(namings: Sequence[Naming]) -> list[Naming]:
    """Those of the first AIMS titles: the parts of a work, each a document, may share one."""
    titles = list(dict.fromkeys(naming.document.title for naming in namings))[:AIMS]
    return [naming for naming in namings if naming.document.title in titles]


def _bare(title: str) -> str:
    return title.strip("《》")
