"""Reasons why a sentence, however near, cannot be the answer: each names what the question has and the sentence lacks."""

from __future__ import annotations

import re
from typing import Literal

from bot.question import Question
from bot.readers import spans
from bot.readers.sentence import Sentence, covered, place_names, years_in
from corpus.cedict import is_name
from corpus.text import fold, is_person, is_place

Objection = Literal["place", "year", "number", "name", "kind"]

_QUOTED = re.compile(r"[“「『\"《]([^”」』\"》，。、！？,!?]{3,8})[”」』\"》]")
_ORDINAL = re.compile(r"第[\d一二三四五六七八九十]+[条章款项点次届部段名位期节]")
_RELATIVE_YEAR = re.compile(r"[上前下后]一?年(?!来|间|度)|去年|前年|次年|翌年|明年")
_COUNTED = frozenset("个项次条份种类名家位座级层步年天届轮户件所支场部篇台架艘枚岁倍吨米%")
_ORGANISATION = re.compile(
    r"公司|企业|集团|厂|部门|单位|机构|大学|学院|学校|医院|银行|研究[院所]|协会|中心|委员会|局|社"
)
_PEOPLE = re.compile(
    r"书记|主席|总理|部长|省长|市长|区长|县长|主任|局长|院长|教授|研究员|专家|学者|作者|代表|居民|市民|村民|干部|群众|党员|乡贤|志愿者|社工|人员|工作者|"
    r"市委|省委|区委|党委|政府|中央|国务院|部委|组织|人民|人"
)
_PERIOD = re.compile(r"期间|时期|以来|之后|当时|年来")
_JOINED = re.compile(r"[、和与及;；]|”.*“")


def objections(question: Question, sentence: Sentence, folded_document: str) -> list[Objection]:
    """What speaks against `sentence` as the answer to `question`; empty where nothing does."""
    found: list[Objection] = []
    published = sentence.span.document.published[:4]
    years = years_in(" ".join(question.numbers))
    asked = place_names(question.terms)
    elsewhere = asked - sentence.places - place_names([sentence.span.document.title])
    # A question that compares places is answered by a sentence for each.
    if elsewhere and (len(asked) == 1 or elsewhere == asked):
        found.append("place")
    if years - (sentence.years or {published}) or _RELATIVE_YEAR.search(fold(question.asked)):
        found.append("year")
    if any(n not in sentence.around for n in question.numbers - years) or _ordinals(question) - _found(sentence):
        found.append("number")
    if any(not _said(name, question, folded_document) for name in _names(question)):
        found.append("name")
    if lacks_kind(question, sentence.folded):
        found.append("kind")
    return found


def _said(term: str, question: Question, folded: str) -> bool:
    return covered(term, folded) >= 0.3 or any(word in folded for word in question.alike.get(term, ()))


def lacks_kind(question: Question, folded: str) -> bool:
    """Whether the question asks for a number, date, person, place, list or organisation and the sentence has none to give."""
    asked = fold(question.asked)
    match question.kind:
        case "number":
            return not typed_spans(question, folded)
        case "date":
            return not typed_spans(question, folded) and not _PERIOD.search(folded)
        case "list":
            return (
                bool(re.search(r"哪[两二三四五六七八九十几]|分别|[二三四五六七八九十\d]个.*叫", asked))
                and not _JOINED.search(folded)
                and len(spans.numbers(folded)) < 2
            )
        case "person" if question.language == "zh":
            return not _PEOPLE.search(folded) and not any(
                is_person(w) for w in re.findall(r"[\u4e00-\u9fff]{2,3}", folded)
            )
        case "what" if re.fullmatch(r"公司|企业|集团|单位|机构|部门|医院|学校|大学|银行", question.focus):
            return not _ORGANISATION.search(folded)
        case _:
            return False


def typed_spans(question: Question, folded: str) -> list[str]:
    """The numbers or dates of a folded sentence that the question asks for and does not have itself."""
    found = [folded[a:b] for a, b in spans.dates(folded)]
    if question.kind == "number":
        dates = found if question.measure and question.measure in "年月日点" else []
        found = [
            folded[a:b] for a, b in spans.numbers(folded) if not _other_measure(question.measure, folded[a:b])
        ] + dates
    asked = fold(question.asked)
    return [f for f in found if f not in asked]


def _other_measure(asked: str, found: str) -> bool:
    """Whether a number is counted by another measure word than the question's: 条 where it asks 几个."""
    if not asked or asked in found:
        return False
    if asked in "钱元块":
        return not re.search(r"元|亿|万$|\d$", found)
    # 个 stands for any other.
    return found[-1:] in _COUNTED and asked in _COUNTED and found[-1:] != "个"


def _names(question: Question) -> list[str]:
    """Proper names of the question, and short names in quotation marks."""
    return [fold(n) for n in _QUOTED.findall(question.asked)] + [
        t for t in question.terms if is_name(t) and not is_place(t)
    ]


def _ordinals(question: Question) -> set[str]:
    return set(_ORDINAL.findall(fold(question.asked)))


def _found(sentence: Sentence) -> set[str]:
    return set(_ORDINAL.findall(sentence.around))
