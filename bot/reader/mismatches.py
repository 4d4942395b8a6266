"""Finds what in a sentence does not match the question, however near the sentence lies.

`constraints` reads off a question what its answer must have: places, years, numbers, names, a kind.
`mismatches` says which of these a sentence lacks; `decision.py` says which of them rule it out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.question.analysis import GENERAL, Question
from bot.question.metadata import adds_nothing, asks_origin
from bot.reader import spans
from bot.reader.candidates import Sentence, coverage, covered, place_names, years_in
from bot.reader.doers import names_doer
from bot.reader.framing import bodies_in
from bot.reader.rivals import speaks_of_rival
from bot.reader.spans import typed_spans
from corpus.language.bounds import lacks_amount, lacks_year
from corpus.language.cedict import is_name
from corpus.language.quantities import Quantity, quantities
from corpus.language.text import fold, is_person, is_place, is_relative, leads

Mismatch = Literal["place", "year", "number", "ordinal", "name", "kind", "date", "rival"]

SPOKEN_OF = 0.3
"""Share of a question's other terms from which a text speaks of the subject of the question."""

LONG_TERM = 4
"""Characters from which a term of the corpus' own means one thing only."""

BESIDE = 8
"""Characters between a number and the noun it counts, at most."""

COUNTED = 10
"""How many people or things at most may be counted from their names."""

UNKNOWN = 7.5
"""Rarity of a word that general dictionaries do not have."""

SAID = 0.3
"""Least share of a name that a document must have to be about it."""

# “两张网”, 《实践新论》
_QUOTED = re.compile(r"[“「『\"《]([^”」』\"》，。、！？,!?]{3,8})[”」』\"》]")
# 两个清单 in 两个清单分别是什么
_COUNTED_NAME = re.compile(
    r"^(?:所谓|什么是)?([两二三四五六七八九十]个[\u4e00-\u9fff]{2})(?=都|各|分别|是|指|包|叫|$)"
)
# 第三条, 第2款: where something is said, no mere turn of phrase as 第一次 is; 4号线, 12号楼: what is called by it
_ORDINAL = re.compile(r"第[\d一二三四五六七八九十百]+[条章款项节]|\d+号[线楼院门馆桥]")
# The 哪 of 哪一年: what follows is asked for
_ASKED_FOR = re.compile(r"[哪几这那每同另某任]$")
# 上一年, 去年, 次年; not 近一年来
_OTHER_YEAR = re.compile(r"[上前下后]一?年(?!来|间|度)|去年|前年|次年|翌年|明年")
_YEARS_APART = {"前年": -2, "去年": -1, "上年": -1, "上一年": -1, "明年": 1}
"""Which year each is, from that of a document on."""
# 民政部门, 研究院
_ORGANISATION = re.compile(
    r"公司|企业|集团|厂|部门|单位|机构|大学|学院|学校|医院|银行|研究[院所]|协会|中心|委员会|局|社"
)
# 哪家〔企业〕
_COMPANY = re.compile(r"公司|企业|集团|厂商|厂家")
# “一网统管”
_QUOTES = re.compile(r"[“「『\"][^”」』\"]*[”」』\"]")
# 哪个〔单位〕
_ASKED_ORGANISATION = re.compile(r"单位|机构|部门|医院|学校|大学|银行")
# Words for people and bodies that act: 市委书记, 志愿者, 政府
_PEOPLE = re.compile(
    r"书记|主席|总理|部长|省长|市长|区长|县长|主任|局长|院长|教授|研究员|专家|学者|作者|代表|"
    r"居民|市民|村民|干部|群众|党员|志愿者|社工|人员|工作者|"
    r"市委|省委|区委|党委|政府|中央|国务院|部委|组织|人民|人"
)
# 谁提出, 是谁说的 (提出…是谁), who said
_ASKS_SPEAKER = re.compile(
    r"(?:谁|哪位[^,。?]{0,4}|何人)[^,。?]{0,4}?(?:提出|提的|指出|强调|倡[导议]|主张|说|讲)|"
    r"(?:提出|指出|强调|倡[导议]|主张|说|讲)[^,。?]{0,12}是谁|"
    r"\bwho (?:\w+ )?(?:proposed|said|stated|suggested|put|stressed|emphasi[sz]ed|pointed|called)"
)
# 指出, 认为
_SPEAKS = re.compile(r"指出|强调|提出|倡[导议]|主张|认为|要求|表示|写道|说")
# 负责人〔是〕, 总数〔达到〕
_LINK = re.compile(r"(?:的?(?:是|为|叫|有|达到?|共|约|大概|大约|一共|总共))+$")
# Nothing more is asked after the interrogative: 个, 次?
_NO_MORE = re.compile(r"[\d个项次条份种类名家位座级层步件户元万亿千百分人]{0,3}[?？。呢啊呀\s]*")
# 哪位〔领导人〕: a role that anyone may have
_ANYONE = re.compile(r"^人(?!口|均|次)|人[物士]$|领导|专家|学者|作者|代表|同志|官员|角$|者$")
# 当事人, 作者
_SOMEONE = re.compile(r"^人(?!口|均|次)|人[物士]$|者$|同志$")
# 总量, 占比, 年份
_QUANTITY = re.compile(
    r"[量数率额值幅天年月日次]$|数目|数字|规模|比[例重]|百分[比点]|经费|费用|资金|占比|水平|时间|年份|日期"
)
# names of persons have two or three characters
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,3}")
# 疫情期间, 改革开放以来
_PERIOD = re.compile(r"期间|时期|以来|之后|当时|年来")
# 2019年, 今年, 目前
_TIME = re.compile(
    r"[年月日天时]$|^(?:今|明|昨|去|前|后|每|一)[年天日月]|^(?:目前|如今|当时|期间|近来)$"
)
# 生于, 江苏人
_BORN = re.compile(r"出生|生于|籍贯|祖籍|老家|人[氏士]|[省市县区州乡镇村]人")
# 哪三个, 分别, 四个…叫什么
_SEVERAL = re.compile(r"哪[两二三四五六七八九十几]|分别|[二三四五六七八九十\d]个.*叫")
# 雨下到〔多大〕
_DEGREE = re.compile(r"多[大高长重快远久深宽厚]$")
# 他家, 多长
_POINTS = re.compile(r"^[它他她这那其该此]|^多[长久大远高]")
# 车位 of 这类车位, which was spoken of
_POINTED = re.compile(r"[这那该此][^\W\d_]{0,2}?[类种些个项家座位份辆笔条批][^\W\d_的]{2,4}")
# What says how much or when without a number: 不退, 免费, 停开, 打九折, 当天
_SETTLES = re.compile(
    r"不|免|无|没|未|停|闭|取消|减半|一半|全[额部]|[一二两三四五六七八九几][折成]|当[天日场]|随时|照常|另行"
)
# 社区、街道; “甲”和“乙”
_JOINED = re.compile(r"[、和与及;；]|”.*“")


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a question has that its answer must have too, folded. `asked` is the whole question.

    `things` are the nouns of a question that names a place or a person. One of them must be spoken
    of; otherwise it asks for something of that place, 房价 or 地铁, that the documents do not mention.
    """

    question: Question
    asked: str
    places: frozenset[str]
    years: frozenset[str]
    numbers: tuple[Quantity, ...]
    ordinals: frozenset[str]
    names: tuple[str, ...]
    things: tuple[str, ...]
    other_year: str


def constraints(question: Question, terms: Container[str] = ()) -> Constraints:
    """The constraints of a question. `terms` are the terms of the corpus' own, folded."""
    asked = fold(question.asked)
    years = years_in(" ".join(question.numbers))
    quoted = [fold(name) for name in _QUOTED.findall(question.asked)]
    counted = _COUNTED_NAME.findall(asked)
    named = [term for term in question.terms if _names(term, terms)]
    relative = _OTHER_YEAR.search(asked)
    return Constraints(
        question=question,
        asked=asked,
        places=place_names(question.terms),
        years=years,
        numbers=tuple(_numbers_of(asked, years)) if question.language == "zh" else (),
        ordinals=frozenset(_ORDINAL.findall(asked)),
        names=(*quoted, *counted, *named),
        things=_things(question),
        other_year=relative.group() if relative else "",
    )


def _numbers_of(asked: str, years: frozenset[str]) -> Iterator[Quantity]:
    """The numbers that a folded question has, without years, and without 一, which often counts nothing."""
    for quantity in map(partial(_with_age, asked), quantities(asked)):
        is_one = asked[quantity.start] == "一" and quantity.value == 1
        before = asked[: quantity.start]
        is_asked_for = bool(_ASKED_FOR.search(before))
        # 第二年 is no two years, and may be written 次年.
        is_nth_year = quantity.unit == "年" and before.endswith(("第", "头"))
        # 有两个人没来: who asks has counted; the text may name them.
        is_counted = before.endswith("有") and quantity.value <= COUNTED
        is_year = str(quantity.value) in years
        if not (is_year or is_nth_year or is_one or is_asked_for or is_counted):
            yield quantity


def _with_age(asked: str, quantity: Quantity) -> Quantity:
    """A number of a folded question, in years of age where no unit says what it counts: 我爸75了."""
    is_age = not quantity.unit and asked.startswith("了", quantity.end)
    return quantity._replace(unit="岁") if is_age else quantity


def _names(term: str, terms: Container[str]) -> bool:
    """Whether a term names something: a proper name of no place, or a long one of the corpus' own terms, 垃圾分类."""
    return (is_name(term) and not is_place(term)) or (len(term) >= LONG_TERM and term in terms)


def _things(question: Question) -> tuple[str, ...]:
    """The terms that name a thing, none carried over from an earlier question.

    Empty where the question names no place, and no person that no dictionary knows; in English,
    where it asks for no number. Of who, what and which at least two, without the noun that is asked
    for: 别名是什么 need not find 别名.
    """
    english = question.language == "en"
    if english and question.kind != "number":
        return ()
    asked = fold(question.asked)
    # The terms of an English question are translated.
    own = {term: rarity for term, rarity in question.terms.items() if english or term in asked}
    strangers = [term for term, rarity in own.items() if rarity >= UNKNOWN and is_person(term)]
    if not place_names(own) and not strangers:
        return ()
    naming = question.kind in ("what", "list", "person")
    things = []
    for term in own:
        if _is_thing(term) and not (naming and term == question.focus):
            things.append(term)
    return tuple(things) if len(things) > naming else ()


def own_things(question: Question) -> Mapping[str, float]:
    """The things that a question which takes over its subject names itself, without the noun that is asked for.

    Empty for one that takes over nothing.
    """
    if not question.carried:
        return {}
    asked = _POINTED.sub("", fold(question.asked))
    things = {}
    for term, rarity in question.own.items():
        is_pointing = is_relative(term) or bool(_POINTS.search(term))
        if term in asked and _is_thing(term) and not is_pointing and term != question.focus:
            things[term] = rarity
    return things


def _is_thing(term: str) -> bool:
    """Whether a term is a noun for a thing, no place, person or time: 房价, not 提高, 举措 or 今年."""
    if len(term) < 2 or _TIME.search(term):
        return False
    if is_place(term) or is_person(term) or leads(term):
        return False
    return term not in GENERAL and not adds_nothing(term)


def mismatches(asked: Constraints, sentence: Sentence, folded_document: str) -> list[Mismatch]:
    """The constraints that `sentence` does not meet as the answer; empty where it meets all.

    With new words in it a question may be answered otherwise than the one before: 当天取消不退, though
    that asked how much is paid back three days ahead.
    """
    is_free = bool(asked.question.news) and _settles(asked.question, sentence)
    found: dict[Mismatch, bool] = {
        "place": _lacks_place(asked, sentence),
        "year": _lacks_year(asked, sentence),
        "number": lacks_amount(asked.numbers, sentence.around),
        "ordinal": bool(asked.ordinals.difference(_ORDINAL.findall(sentence.around))),
        "name": _lacks_name(asked, folded_document),
        "kind": not is_free
        and (lacks_kind(asked, sentence.folded) or asks_other(asked.question, sentence)),
        "date": not is_free and spans.lacks_date(asked.question, sentence.folded),
        "rival": speaks_of_rival(asked.asked, sentence.folded),
    }
    return [mismatch for mismatch, is_found in found.items() if is_found]


def _settles(question: Question, sentence: Sentence) -> bool:
    """Whether a sentence that speaks of what was asked before says how much or when without a number, or the
    line that leads to it has one.
    """
    leads = "\n".join(sentence.span.document.text[slice(*lead)] for lead in sentence.span.leads)
    if typed_spans(question, fold(leads)):
        return True
    carried = dict.fromkeys(question.carried, 1.0)
    is_about = coverage(carried, sentence.folded, question.alike) > 0
    return is_about and bool(_SETTLES.search(sentence.folded))


def _lacks_place(asked: Constraints, sentence: Sentence) -> bool:
    """Whether neither the sentence nor what it is not understood without names the place, nor title, source,
    letterhead or signature.
    """
    document = sentence.span.document
    around = fold(sentence.span.context)
    called = (fold(document.title), fold(document.source), bodies_in(document))
    known = "\n".join((sentence.folded, around, *called))
    elsewhere = {place for place in asked.places - sentence.places if place not in known}
    # A question that compares places is answered by a sentence for each.
    return bool(elsewhere) and (len(asked.places) == 1 or elsewhere == asked.places)


def _lacks_year(asked: Constraints, sentence: Sentence) -> bool:
    """Whether the sentence is about another year, or the question asks for one relative to it.

    A heading with a year says of what is below it more than the title does: 2023年工作回顾 in a report of 2024;
    the lead line of a list, or the name of a column, more than either.
    """
    span = sentence.span
    leads = "\n".join(span.document.text[start:end] for start, end in span.leads)
    known = sentence.years | years_in(sentence.before) | years_in(fold(leads))
    known |= years_in(fold(span.heading)) or years_in(sentence.around)
    missing = asked.years - (known or {span.document.published[:4]})
    if asked.other_year:
        # What was 去年 then may be said so, or by its number.
        meant = _year_meant(asked.other_year, span.document.published)
        return asked.other_year not in sentence.around and meant not in sentence.years
    return bool(missing) and lacks_year(missing, sentence.folded)


def _year_meant(relative: str, published: str) -> str:
    """The year that 去年 is for a document of `published` (YYYY-MM-DD); empty where none can be told."""
    apart = _YEARS_APART.get(relative)
    return str(int(published[:4]) + apart) if apart is not None and published else ""


def _lacks_name(asked: Constraints, folded_document: str) -> bool:
    """Whether the document lacks a name of the question, or every thing that it names."""
    question = asked.question
    if not all(_has(name, question, folded_document) for name in asked.names):
        return True
    if not asked.things:
        return False
    return not any(_has(thing, question, folded_document) for thing in asked.things)


def lacks_kind(asked: Constraints, folded: str) -> bool:
    """Whether the question asks for a number, a date, a person, a list or an organisation, and a
    folded sentence has none.
    """
    question = asked.question
    match question.kind:
        case "number":
            return not typed_spans(question, folded)
        case "date":
            return not typed_spans(question, folded) and not _PERIOD.search(folded)
        case "list" if _SEVERAL.search(asked.asked):
            return not _JOINED.search(folded) and len(spans.numbers(folded)) < 2
        case "person" if _ASKS_SPEAKER.search(asked.asked) and not _SPEAKS.search(folded):
            return "·" not in folded and not any(map(is_person, _HAN_WORD.findall(folded)))
        case "person" if question.language == "zh":
            is_told = _PEOPLE.search(folded) or any(map(is_person, _HAN_WORD.findall(folded)))
            return not is_told and not names_doer(question, folded)
        case "what" if _COMPANY.fullmatch(question.focus):
            return not _COMPANY.search(_QUOTES.sub(" ", folded))
        case "what" if _ASKED_ORGANISATION.fullmatch(question.focus):
            return not _ORGANISATION.search(folded)
        case "place":
            return asks_origin(asked.asked) and not _BORN.search(folded)
        case _:
            return False


def asks_other(question: Question, sentence: Sentence) -> bool:
    """Whether a number or a person of something is asked for that the sentence does not mention.

    多少个〔小区〕, 〔区长〕是谁.
    """
    around = sentence.around
    focus = question.focus
    if question.kind == "number" and (question.measure in ("钱", "元") or focus == "块钱"):
        # 多少钱一台: what follows is what it is paid for, not what is counted.
        return False
    if question.kind == "number" and question.measure and len(focus) > 1:
        beside = _beside(focus, question, sentence.folded)
        if is_bare_number(sentence.folded):
            # 904 below 光明街: its unit stands in a caption or title.
            return not _has(focus, question, around)
        return not beside and not _measured(question.measure, around)
    noun = _asked_of(question)
    if not noun:
        return False
    if question.kind == "number":
        mentioned = _counted(noun, question, sentence)
    else:
        mentioned = _has(noun, question, around)
    rest = {term: weight for term, weight in question.terms.items() if term != noun}
    if mentioned:
        return False
    # 馆长是谁 alone asks for the 馆长 of what is spoken of.
    is_alone = not rest and question.kind == "person"
    return is_alone or coverage(rest, around, question.alike) >= SPOKEN_OF


def _counted(noun: str, question: Question, sentence: Sentence) -> bool:
    """Whether `noun` is spoken of, or a word that means the same stands beside a number."""
    return covered(noun, sentence.around) >= SAID or _beside(noun, question, sentence.folded)


def _beside(noun: str, question: Question, folded: str) -> bool:
    """Whether `noun`, or a synonym of it, stands beside a number."""
    for start, end in spans.numbers(folded):
        if _has(noun, question, folded[max(0, start - BESIDE) : end + BESIDE]):
            return True
    return False


def _measured(measure: str, around: str) -> bool:
    """Whether a number has the measure word asked for, one that tells more than 个: 70万〔条〕."""
    if measure == "个":
        return False
    return bool(re.search(rf"[\d一二三四五六七八九十百千万亿余多]{measure}", around))


def is_bare_number(folded: str) -> bool:
    """Whether a folded text is a number and nothing else: 904."""
    return bool(_BARE_NUMBER.fullmatch(folded))


def _asked_of(question: Question) -> str:
    """The noun that says who or what is asked for, or empty: before 是谁 or 多少, or after 哪位."""
    focus = question.focus
    if question.language != "zh" or question.kind not in ("number", "person"):
        return ""
    if question.kind == "person" and len(focus) > 2 and focus.endswith("人"):
        return "" if _ANYONE.search(focus) else focus
    if question.kind == "number" and _is_counted(question):
        return focus
    before = _LINK.sub("", question.before)
    linked = before != question.before or question.kind == "number"
    if not linked or not _NO_MORE.fullmatch(question.after):
        return ""
    noun = next((term for term in question.terms if len(term) > 1 and before.endswith(term)), "")
    return "" if leads(noun) or _SOMEONE.search(noun) or _QUANTITY.search(noun) else noun


def _is_counted(question: Question) -> bool:
    """Whether the noun after 多少 is a thing that can be counted, no quantity: 多少〔小区〕; not 多大才〔启动〕."""
    focus = question.focus
    if _DEGREE.search(fold(question.whole).removesuffix(question.after)):
        return False
    return focus in question.terms and _is_thing(focus) and not _QUANTITY.search(focus)


def _has(name: str, question: Question, folded: str) -> bool:
    """Whether a folded text has enough of a name, or a synonym of it."""
    if covered(name, folded) >= SAID:
        return True
    return any(word in folded for word in question.alike.get(name, ()))


# 904, 1,286: a line or cell that is only a number
_BARE_NUMBER = re.compile(r"\s*\d[\d,]*(?:\.\d+)?\s*")
