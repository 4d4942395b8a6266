"""Makes questions with known answers from a folder of city and provincial regulations.

python -m bot.evals.regulation_questions FOLDER --output FILE

Wherever a regulation says it in one of the usual forms, it is asked for a definition, for the day
from which it is in force, and for the fine for an act. Half of the questions of a regulation give
its full title, the others the place, a shorter subject and some word for a regulation. One
question of each regulation is asked once more of a city that the folder knows nothing about, and
has no answer. The file is in the native format, see `bot.evals.datasets.native`. The same folder
gives the same file: every choice is made by a hash of the text.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from bot.evals.datasets.cases import Case
from bot.evals.datasets.native import native_row
from bot.evals.regulation_names import (
    Title,
    broken_name,
    choice,
    distinct_subjects,
    full_name,
    hash_of,
    read_title,
)
from corpus import Document, Passage, Unit, UsageError
from corpus.errors import ended
from corpus.intake.decode import shown
from corpus.load import read_corpus
from corpus.refusals import refusal_of

Kind = Literal["definition", "effect", "fine", "elsewhere"]
"""What a question asks for; "elsewhere" is one of the others, asked of a city without a document."""

MOST = 4
"""Most definitions, and most fines, of a document, lest long documents make up the whole set."""

CITIES = (
    *("昆明市", "贵阳市", "南宁市", "海口市", "兰州市", "西宁市", "银川市", "太原市", "石家庄市"),
    *("长春市", "哈尔滨市", "大连市", "福州市", "泉州市", "南昌市", "合肥市", "长沙市", "佛山市"),
    *("桂林市", "遵义市", "大理市", "鞍山市", "包头市", "芜湖市"),
)
"""Cities of which a question may be asked that the folder cannot answer, if it names none of them."""

_DEFINITION_FORMS = (
    "{name}里{asked}是什么意思？",
    "{name}所说的{asked}是指什么",
    "{name}中，什么是{asked}？",
    "{name}怎么解释{asked}",
)
_EFFECT_FORMS = ("{name}什么时候开始施行？", "{name}从哪天起施行", "{name}哪天生效？")
_FINE_FORMS = (
    "{name}里，对{asked}的，罚多少？",
    "按照{name}，{asked}的，罚款多少",
    "{name}对{asked}的罚多少钱？",
)

# 违反某条规定的，处五百元以上五千元以下罚款。
_SENTENCE = re.compile(r"[^。\n]+。?")
_CLAUSE = re.compile(r"[^；;]+[；;]?")
_ARTICLE = r"第[一二三四五六七八九十百零〇\d]{1,7}条"
# "第三十条 ", "（一）", "(2)", "1." before the words of a sentence
_NUMBERING = rf"\s*(?:{_ARTICLE}|[（(][一二三四五六七八九十\d]{{1,3}}[）)]|\d{{1,2}}[.．、])?\s*"
_WORD = r"(?P<asked>[\u4e00-\u9fff]{2,16}?)(?:[（(][^（）()]{1,20}[）)])?"
# 本条例所称供热，是指…, 本条例第二条所称中心城是指…, 前款所称的古树，指…
_DEFINES = re.compile(
    rf"{_NUMBERING}(?:本(?:条例|规定|办法)(?:{_ARTICLE})?|前款|本条)所称的?{_WORD}[,，]?是?指"
)
# 绿线，是指…, （一）绿地率是指…, below a line that announces what words mean
_EXPLAINS = re.compile(rf"{_NUMBERING}{_WORD}[,，]?是?指")
# 本条例下列用语的含义：, 本条例有关用语含义如下：
_ANNOUNCES = re.compile(r"(?:用语|术语|词语)的?.{0,6}含义")

_DAY = r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
# 第四十六条 本条例自2021年5月1日起施行, 本办法自公布之日起施行
_TAKES_EFFECT = re.compile(
    rf"本(?:条例|规定|办法)[自从](?P<day>{_DAY}|(?:公布|发布|颁布)之日)起(?:正式)?(?:施行|实施)"
)

# 违反本条例第二十四条第一款规定，〔擅自砍伐城市树木〕的，责令停止侵害…
_ACT = re.compile(
    rf"{_NUMBERING}(?:违反[^，,；;]{{0,40}}?规定(?:[，,]|(?!的)))?(?:有?对)?"
    r"(?P<asked>[^；;。]{6,40}?)的[，,]"
)
# What names no act by itself: 违反前款规定, 有下列行为之一, 其未改正; what is a duty: 应当…; and what
# does not say of whom or what: 影响市容, 未采取覆盖等措施, 未按照要求进行检测
_NO_ACT = re.compile(
    r"违反|前款|前条|下列|之一|本条|本办法|本规定|上述|以上|第[^，,]{1,5}[条款项]"
    r"|应当|可以|不得|禁止|责令|罚款|^[其该此由并]|^(?:影响|干扰|产生|未按照?要求)|^未采取[^，,]*措施$"
)
# ，〔拒不改正〕的，: a condition on top of an act
_CONDITION = re.compile(r"(?:^|[，,；;])\s*(?P<condition>[^，,；;]{2,40}?)的(?=[，,])")
# 逾期不改正, 情节严重, 造成损失, 经劝阻仍不改正: what makes the same act worse, and is no act of its own
_WORSE = re.compile(
    r"\s*(?:对?逾期|拒不|拒绝|仍|再次|多次|情节|后果|造成|构成|屡|警告|劝阻|不听|限期|到期|[有无没]+违法所得"
    r"|经(?:劝|批评|警告|责令|教育|催告|制止|通知))"
)
# 对单位处…，对个人处…: the fine depends on who does it
_FOR_SOME = re.compile(r"(?:单位|个人|企业|经营者)(?:可以|可|并)?处")
_MONEY = r"[一二两三四五六七八九十百千万零\d.]{1,8}"
# 处〔五百元以上五千元以下〕罚款, 处以每株〔1000元以上1万元以下〕的罚款
_FINE = re.compile(rf"(?P<amount>{_MONEY}元?以上{_MONEY}元以下)的?罚款")


class Asked(NamedTuple):
    """What a regulation is asked, before it is named: `form` has a place for its name.

    `gold` are spans of which each answers. `asked` is the word or the act that is asked about.
    """

    kind: Kind
    asked: str
    form: str
    gold: tuple[Passage, ...]
    answers: tuple[str, ...] = ()

    def of(self, name: str) -> str:
        """The question, asked of the regulation of that name."""
        return self.form.format(name=name, asked=self.asked)


def make_questions(documents: Sequence[Document]) -> list[Case]:
    """The questions on the regulations among `documents`, those of a kind together.

    A document is passed over where its title does not name place, subject and genre.
    """
    titles: dict[str, Title] = {}
    for document in documents:
        title = read_title(document.title)
        if title:
            titles[document.doc_id] = title
    distinct = distinct_subjects(titles)
    cities = _unknown_cities(documents)
    cases: list[Case] = []
    for document in documents:
        if document.doc_id in distinct:
            cases += _questions_of(document, distinct[document.doc_id], cities)
    return _numbered(cases)


def _sentences(document: Document) -> Iterator[tuple[Unit, Passage]]:
    """The sentences of the text, each with its unit, in order."""
    for unit in _text_units(document):
        for sentence in _pieces(Passage(document, unit.start, unit.end), _SENTENCE):
            yield unit, sentence


def definitions(document: Document) -> list[Asked]:
    """Every word that the document defines, asked for its meaning, in the order of the text.

    A word that is defined twice is left out.
    """
    found: list[Asked] = []
    for unit, sentence in _sentences(document):
        pattern = _EXPLAINS if _is_announced(unit) else _DEFINES
        word = pattern.match(sentence.text)
        if word:
            form = choice(_DEFINITION_FORMS, word["asked"], document.title)
            found.append(Asked("definition", word["asked"], form, (sentence,)))
    return _asked_once(found)


def effects(document: Document) -> list[Asked]:
    """The question for the day from which the document is in force, if it has one such sentence.

    A line of its head that gives the same day is as good: 2016年1月1日 施行.
    """
    found: list[Asked] = []
    for _, sentence in _sentences(document):
        effect = _TAKES_EFFECT.search(sentence.text)
        if effect:
            day = effect["day"]
            form = choice(_EFFECT_FORMS, day, document.title)
            gold = (sentence, *_lines_of_effect(document, day))
            found.append(Asked("effect", "", form, gold, (day,)))
    return found if len(found) == 1 else []


def fines(document: Document) -> list[Asked]:
    """Every act for which one sentence of the document states one range of fines.

    Where the sentence has more for worse cases (逾期不改正, 情节严重), the first range answers.
    Left out: acts that stand apart from their fine, in a list or in another article; fines that
    differ for a person and for an organisation; and acts that are fined in two sentences.
    """
    found: list[Asked] = []
    for _, sentence in _sentences(document):
        for offence in _offences(sentence):
            asked = _fine_of(offence)
            if asked:
                found.append(asked)
    return _asked_once(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the questions on a folder to a file, and tells how many of each kind there are.

    Raises UsageError where the folder gives none, or the file cannot be written, and DocumentError
    where the folder cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bot.evals.regulation_questions", description=__doc__
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    documents, errors, _ = read_corpus(options.folder)
    for error in errors:
        sys.stderr.write(f"{error.zh} / {error.en}\n")
    cases = make_questions(documents)
    if not cases:
        raise UsageError(
            f"从 {shown(options.folder)} 中出不了题。请给出地方性法规，标题如“济南市养犬管理条例”。",
            f"{shown(options.folder)} gives no questions. Name a folder of local regulations with "
            "titles such as 济南市养犬管理条例.",
        )
    _write(options.output, cases)
    for kind, number in Counter(case.kind for case in cases).items():
        sys.stdout.write(f"{kind:<12}{number:>5}\n")
    return 0


def _write(path: Path, cases: Iterable[Case]) -> None:
    """Writes the cases as JSON lines. Raises UsageError where that is not possible."""
    lines = [json.dumps(native_row(case), ensure_ascii=False) + "\n" for case in cases]
    try:
        path.write_text("".join(lines), "utf-8")
    except OSError as error:
        refusal = refusal_of(error, path.parent)
        raise UsageError(
            f"无法写入 {shown(path)}：{refusal.zh}，{refusal.remedy_zh}。",
            f"Cannot write {shown(path)}: {refusal.en}: {refusal.remedy_en}.",
        ) from error


def _questions_of(document: Document, title: Title, cities: Sequence[str]) -> list[Case]:
    """The questions on one document, not numbered yet."""
    chosen = [
        *_fewer(_unlike_title(definitions(document), title)),
        *effects(document),
        *_fewer(fines(document)),
    ]
    # In the order of their hashes, so that no kind has more of the full titles than another.
    by_hash = sorted(chosen, key=lambda asked: hash_of(document.title, asked.kind, asked.asked))
    offset = hash_of("first", document.text) % 2
    named = {asked: number % 2 == offset for number, asked in enumerate(by_hash)}
    cases: list[Case] = []
    for asked in chosen:
        question = asked.of(_name(title, asked, named[asked]))
        gold = (asked.gold,)
        cases.append(Case("", asked.kind, question, (), gold, asked.answers, "answered"))
    for asked in by_hash:
        if cities and title.short_place not in asked.asked:
            city = choice(cities, "city", document.text)
            elsewhere = title._replace(full=title.full.replace(title.place, city), place=city)
            question = asked.of(_name(elsewhere, asked, named[asked]))
            cases.append(Case("", "elsewhere", question, (), (), (), "absent"))
            break
    return cases


def _name(title: Title, asked: Asked, is_full: bool) -> str:
    return full_name(title) if is_full else broken_name(title, asked.kind + asked.asked)


def _numbered(cases: Sequence[Case]) -> list[Case]:
    """The cases with ids, those of a kind together: definition-001, definition-002, …"""
    numbered: list[Case] = []
    kinds: tuple[Kind, ...] = ("definition", "effect", "fine", "elsewhere")
    for kind in kinds:
        of_kind = [case for case in cases if case.kind == kind]
        for number, case in enumerate(of_kind, 1):
            numbered.append(replace(case, case_id=f"{kind}-{number:03d}"))
    return numbered


def _unknown_cities(documents: Sequence[Document]) -> list[str]:
    """The cities that no document names, in its title or its text."""
    unknown: list[str] = []
    for city in CITIES:
        name = city.removesuffix("市")
        if not any(name in document.title or name in document.text for document in documents):
            unknown.append(city)
    return unknown


def _text_units(document: Document) -> Iterator[Unit]:
    """The paragraphs and items of a document."""
    for unit in document.units:
        if unit.kind in ("paragraph", "item"):
            yield unit


def _pieces(span: Passage, pattern: re.Pattern[str]) -> Iterator[Passage]:
    """The parts of a span that a pattern finds, without white space around them."""
    for found in pattern.finditer(span.text):
        text = found.group()
        start = span.start + found.start() + len(text) - len(text.lstrip())
        end = span.start + found.end() - len(text) + len(text.rstrip())
        if start < end:
            yield Passage(span.document, start, end)


def _is_announced(unit: Unit) -> bool:
    """Whether the line above a unit, to which it belongs, says that the meaning of words follows."""
    text = unit.document.text
    return any(_ANNOUNCES.search(text[start:end]) for start, end in unit.leads)


def _lines_of_effect(document: Document, day: str) -> list[Passage]:
    """The lines that are no more than the day and 施行."""
    # 2016年1月1日 施行
    line = re.compile(rf"{re.escape(day)}\s?起?施行")
    spans: list[Passage] = []
    for unit in document.units:
        if line.fullmatch(unit.text.strip()):
            spans.append(Passage(document, unit.start, unit.end))
    return spans


def _offences(sentence: Passage) -> list[Passage]:
    """The parts of a sentence that each begin with an act, or with what stands for one.

    A clause that begins otherwise, or with a worse case of the act before, belongs to that act.
    """
    starts: list[int] = []
    for clause in _pieces(sentence, _CLAUSE):
        names_case = _ACT.match(clause.text) or _CONDITION.match(clause.text)
        if not starts or (names_case and not _WORSE.match(clause.text)):
            starts.append(clause.start)
    ends = [*starts[1:], sentence.end]
    spans = zip(starts, ends, strict=True)
    return [Passage(sentence.document, start, end) for start, end in spans]


def _fine_of(offence: Passage) -> Asked | None:
    """The question for the fine; None where act and fine are not one each, or not certain."""
    text = offence.text
    act = act_of(text)
    if act is None:
        return None
    clauses = list(_CLAUSE.finditer(text))
    fined = [clause for clause in clauses if "元" in clause.group()]
    amount = _one_range(text, act.end(), fined[0]) if fined else ""
    if not amount:
        return None
    # …；情节严重的，处…: more for what is worse. Anything else is a fine for somebody else.
    if not all(_WORSE.match(clause.group()) for clause in fined[1:]):
        return None
    form = choice(_FINE_FORMS, act["asked"], offence.document.title)
    return Asked("fine", act["asked"], form, (offence,), (amount,))


def act_of(text: str) -> re.Match[str] | None:
    """The act at the beginning of a sentence, in the group `asked`; None where it names none.

    擅自砍伐城市树木 of 违反本条例第九条规定，擅自砍伐城市树木的，…
    """
    act = _ACT.match(text)
    if act is None or _NO_ACT.search(act["asked"]) or _WORSE.match(act["asked"]):
        return None
    return act


def _one_range(text: str, act_end: int, clause: re.Match[str]) -> str:
    """The range of a clause; empty unless it has one, for the whole act and for everybody."""
    stated = clause.group()
    ranges = list(_FINE.finditer(stated))
    # 处违法所得一倍以上五倍以下罚款，没有违法所得的，处…: the range is only for what is left.
    if len(ranges) != 1 or stated.count("元以下") != 1 or "倍" in stated:
        return ""
    # The act's own comma begins the first condition behind it.
    between = text[act_end - 1 : clause.start() + ranges[0].start()]
    conditions = [found["condition"] for found in _CONDITION.finditer(between)]
    is_divided = not all(_WORSE.match(condition) for condition in conditions)
    return "" if is_divided or _FOR_SOME.search(between) else str(ranges[0]["amount"])


def _asked_once(found: Sequence[Asked]) -> list[Asked]:
    """Those whose word or act occurs once."""
    times = Counter(one.asked for one in found)
    return [one for one in found if times[one.asked] == 1]


def _unlike_title(found: Sequence[Asked], title: Title) -> Sequence[Asked]:
    """Those whose word does not stand in the title; all where every word does."""
    unlike = [one for one in found if one.asked not in title.full]
    return unlike or found


def _fewer(found: Sequence[Asked]) -> list[Asked]:
    """MOST of them, those with the lowest hashes, in the order of the text."""
    lowest = sorted(found, key=lambda one: hash_of(one.gold[0].text, one.asked))[:MOST]
    return [one for one in found if one in lowest]


if __name__ == "__main__":
    sys.exit(ended(main))
