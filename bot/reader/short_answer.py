"""Cuts the short answer out of the sentence that is cited for it, by rule.

It is the number, date, name, list or phrase that the question asks for, as a span of that sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.question.analysis import Question
from bot.reader import phrases, spans
from bot.reader.spans import Span, typed_spans
from corpus import Passage
from corpus.language.cedict import is_name
from corpus.language.text import Segmenter, fold, is_person, is_place, leads

UNKNOWN = 7.5
"""Rarity of a word that general dictionaries do not have. Short and beginning with a surname, it is
a person's name."""

LABEL_LINE = 20
"""Characters of a line such as 来源:光明网, at most."""

APART = 12
"""Characters between the names of a list, and between a list and the question's words, at most."""

# 10:00
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
# 责编:李澍
_LABELLED = re.compile(r"[:：]\s*([^\s\])）】]+)")
# Asks for the end of a change: 提高到了多少, 最后, to how many
_ENDS = re.compile(
    r"[高升增涨降减多少加长大落跌扩缩][到至为成]|到(?:底|了)?(?:多|几)|[达冲]到|后来|最后|最终|如今|现在|目前|\b(?:to|reach\w*)\b"
)
# Asks for its beginning: 从多少提高, 原来, from how many
_BEGINS = re.compile(
    r"[由从自](?:多少|几)|原来|原先|原本|最初|起初|当初|起步|[刚才一]开始|初期|之前|以前|起点|[高升增涨降减]前|\bfrom\b"
)
# Asks how much it was by: 提高了多少
_ASKS_BY = re.compile(r"[高升增涨降减加长大落跌]了(?:多|几)")
# Says how much it was by: 提高了近〔三成〕
_BY = re.compile(r"[高升增涨降减加长大落跌]了?[近约超过]{0,2}$")
# A change: 由17.9%提高到2019年的60.6%
FROM_TO = re.compile(
    r"[由从自](?P<begin>[^,。;]{1,12}?)(?:[高升增涨降减多少加长大落跌扩缩变]|达)[到至为成](?P<end>[^,。;]{1,14})"
)
# 哪个〔省〕, 哪个〔街道〕
_SORT = re.compile(r"省|市|区|县|街道|镇|村")
# 武侯区〔玉林街道〕
_STREET = re.compile(r"(?<=[区县市])[\u4e00-\u9fff]{2,5}(?:街道|镇|村)")
# 权责〔、〕资源〔和〕人力
_BETWEEN = re.compile(r"[、和与及]")
# 打造“〔政务服务〕 before 、
_OPENED = re.compile(r"[“「『]([^”」』]{2,})$")
# 一网通办”〔让数据活起来〕
_AFTER_QUOTE = re.compile(r"[^”」』]+$")
# 一网统管〔“两张网〕
_NEXT_QUOTE = re.compile(r"(?<=..)[“「『].*$")


def short_answer(question: Question, cited: Passage, segmenter: Segmenter) -> Span | None:
    """Where in the text of `cited` the short answer stands; None where no rule finds one."""
    folded = fold(cited.text)
    asked = fold(question.asked)
    for start, end in _candidates(question, cited, folded, segmenter):
        found = folded[start:end]
        if found and found not in asked and spans.is_whole(found):
            return start, end
    return None


# Between the clauses of 一级医院报销1,500元,三级医院报销2,300元; no comma between digits
_CLAUSE_END = re.compile(r"(?<!\d),|,(?!\d)|[;、。]")


def telling_clause(question: Question, cited: Passage) -> Span | None:
    """The only clause of a sentence with a value and a word of the question that no other such clause has.

    一级医院百分之七十，三级医院百分之五十: of 三级医院 only the second speaks. None where clauses do not
    tell values apart.
    """
    if question.kind not in ("number", "date"):
        return None
    folded = fold(cited.text)
    of_value = [span for span in _clauses(folded) if typed_spans(question, folded[slice(*span)])]
    if len(of_value) < 2:
        return None
    asked = _letters(question.asked)
    shared = [_longest_shared(folded[slice(*span)], asked) for span in of_value]
    best = max(shared)
    if best < 2 or shared.count(best) > 1:
        return None
    return of_value[shared.index(best)]


def _clauses(folded: str) -> list[Span]:
    """The clauses of a folded sentence, without the marks between them."""
    ends = [found.span() for found in _CLAUSE_END.finditer(folded)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(folded)]
    return [(start, stop) for start, stop in zip(starts, stops, strict=True) if start < stop]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _longest_shared(clause: str, asked: str) -> int:
    """How many characters in a row a clause shares with a question, at most."""
    letters = _letters(clause)
    longest = 0
    for start in range(len(letters)):
        while letters[start : start + longest + 1] in asked and start + longest < len(letters):
            longest += 1
    return longest


# 几点发表
_ASKS_CLOCK = re.compile(r"几点|几时|what time")


def byline_answer(question: Question, cited: Passage) -> Span | None:
    """The short answer in a line about the article, such as 责编:李澍 or 来源:光明网 2020-12-05."""
    text = cited.text
    document = cited.document
    counts_time = question.kind == "number" and question.measure in ("点", "月", "日", "号")
    if question.kind == "date" or counts_time:
        clock = _CLOCK.search(text)
        if clock and _ASKS_CLOCK.search(fold(question.asked)):
            return clock.span()
        return next(iter(spans.dates(fold(text))), None)
    only_author = document.authors if len(document.authors) == 1 else ()
    for value in (document.source, document.title, *only_author):
        if value and value in text:
            start = text.find(value)
            return start, start + len(value)
    label = _LABELLED.search(text)
    # Of several authors the first one alone would be wrong.
    if label and (len(document.authors) < 2 or len(text) < LABEL_LINE):
        return label.span(1)
    return None


def _candidates(
    question: Question, cited: Passage, folded: str, segmenter: Segmenter
) -> Iterable[Span]:
    """Spans of the kind asked for, the best first."""
    match question.kind:
        case "number":
            return _numbers(question, folded)
        case "date":
            return nearest(question, folded, spans.dates(folded))
        case "person":
            subjects = phrases.subject(question, folded, segmenter)
            return [*_people(cited, folded, segmenter), *subjects]
        case "place":
            return _places(question, folded, segmenter)
        case "list":
            return [*phrases.gloss(question, folded), *list_spans(question, folded, segmenter)]
        case "how":
            return [*phrases.in_place(question, folded, segmenter), *phrases.ways(question, folded)]
        case "what":
            return _things(question, folded, segmenter)
        case _:
            return []


def _things(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """What something is or is called, by the phrases that say so."""
    named: list[Span] = []
    if phrases.asks_name(question):
        named = nearest(question, folded, spans.names(folded))
    return [
        *phrases.gloss(question, folded),
        *phrases.called(question, folded),
        *phrases.said_of(question, folded),
        *named,
        *phrases.in_place(question, folded, segmenter),
    ]


def nearest(question: Question, folded: str, found: Sequence[Span]) -> list[Span]:
    """`found`, those beside the noun asked for first, then those nearest to the question's words."""
    said = [(folded.find(term), len(term)) for term in question.terms if term in folded]
    focus = folded.find(question.focus) if question.focus else -1

    def distance(span: Span) -> tuple[bool, int]:
        start, end = span
        beside = focus >= 0 and (0 <= focus - end <= 3 or start <= focus < end)
        characters = 0
        for at, size in said:
            characters += min(abs(start - at - size), abs(at - end))
        return not beside, characters

    return sorted(found, key=distance)


def _numbers(question: Question, folded: str) -> list[Span]:
    """The numbers, the likeliest first; of a change the one asked for."""
    asked = fold(question.asked)
    found = nearest(question, folded, spans.numbers(folded))
    # 由17.9%提高到2019年的60.6%: a number belongs to the year before it.
    year = max((folded.find(f"{number}年") for number in question.numbers), default=-1)
    found = sorted(found, key=lambda span: span[0] <= year)
    change = FROM_TO.search(folded)
    if change and year < 0:
        return [*_of_change(asked, found, change), *found]
    return sorted(found, reverse=True) if _ENDS.search(asked) else found


def _of_change(asked: str, found: Sequence[Span], change: re.Match[str]) -> list[Span]:
    """Of the numbers of a change those asked for: how much it was by, the first, the last, or both.

    The last one where the question does not say.
    """
    begin = _inside(found, change.span("begin"))
    end = _inside(found, change.span("end"))
    text = change.string
    repeated = any(text[start:stop] in asked for start, stop in (*begin, *end))
    both = [(begin[0][0], end[0][1])] if begin and end and not repeated else []
    if _ASKS_BY.search(asked):
        by = [span for span in found if _BY.search(text[max(0, span[0] - 5) : span[0]])]
        return [*by, *both]
    asks_begin = _BEGINS.search(asked)
    if asks_begin and _ENDS.search(asked):
        return [*both, *begin]
    return begin if asks_begin else end


def _inside(found: Sequence[Span], within: Span) -> list[Span]:
    return [span for span in found if within[0] <= span[0] and span[1] <= within[1]]


def _people(cited: Passage, folded: str, segmenter: Segmenter) -> Iterator[Span]:
    """The article's only author where the sentence names them, else every name of a person."""
    authors = [author for author in cited.document.authors if author in cited.text]
    if len(authors) == 1:
        start = cited.text.find(authors[0])
        yield start, start + len(authors[0])
    if not authors:
        yield from matching_words(folded, segmenter, lambda word: names_person(word, segmenter))


def names_person(word: str, segmenter: Segmenter) -> bool:
    """Whether a word is a name that is known, or an unknown word that may be one."""
    known = is_name(word[:3]) or (segmenter.rarity(word) >= UNKNOWN and len(word) < 4)
    return known and is_person(word[:3]) and not is_place(word)


def _places(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """Places; only those of the sort asked for (哪个省, 哪个区, 哪个街道) where there are any."""
    found = list(matching_words(folded, segmenter, is_place))
    asked = fold(question.asked)
    interrogative = asked[len(question.before) : len(asked) - len(question.after)]
    sort = _SORT.match(question.after) or re.search(f"(?:{_SORT.pattern})$", interrogative)
    if not sort:
        return found
    ending = sort.group()
    exact = [span for span in found if folded.endswith(ending, *span)]
    if exact:
        return exact
    streets = [match.span() for match in _STREET.finditer(folded)]
    return [span for span in streets if folded.endswith(ending, *span)] or found


def matching_words(
    folded: str, segmenter: Segmenter, wanted: Callable[[str], bool]
) -> Iterator[Span]:
    """Where the words stand that are `wanted`."""
    at = 0
    for word in segmenter.words(folded):
        start = folded.find(word, at)
        if start >= 0:
            at = start + len(word)
            if wanted(word):
                yield start, at


def list_spans(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """Names in quotation marks and enumerations, those nearest to the question's words first.

    None that is far from all of them.
    """
    found = _quoted(folded)
    for span in spans.enumerations(folded):
        found.append(_members(folded, span, segmenter))
    said = []
    for term, weight in question.terms.items():
        if term in folded:
            said.append((folded.find(term), weight))

    def nearness(span: Span) -> float:
        start, end = span[0] - APART, span[1] + APART
        return sum(weight for at, weight in said if start <= at <= end)

    return sorted(filter(nearness, found), key=nearness, reverse=True)


def _quoted(folded: str) -> list[Span]:
    """From the first to the last name in quotation or title marks, with them, where all are near."""
    found = spans.names(folded)
    if len(found) < 2 or found[-1][0] - found[0][1] > APART:
        return []
    start = found[0][0]
    end = found[-1][1]
    return [(start, end) if folded[start] == "《" else (start - 1, end + 1)]


def _members(folded: str, span: Span, segmenter: Segmenter) -> Span:
    """An enumeration without the words around it: 推动〔权责、资源、人力〕下沉到基层."""
    start, end = span
    first, *middle, last = _BETWEEN.split(folded[start:end])
    shortest = min(map(len, middle), default=2)
    if re.search(r"[“「『]", first):
        last_member = _AFTER_QUOTE.sub("", last)
    else:
        last_member = _before_lead(_NEXT_QUOTE.sub("", last), shortest, segmenter)
    start += len(first) - len(_after_lead(first, segmenter))
    end += len(last_member) - len(last)
    return spans.trimmed(folded, (start, end))


def _after_lead(part: str, segmenter: Segmenter) -> str:
    """What follows the last verb or preposition, or the opening quotation mark."""
    opened = _OPENED.search(part)
    if opened:
        return opened.group(1)
    at = kept = 0
    for word in segmenter.words(part, guess=False):
        at = part.find(word, at) + len(word)
        if leads(word) and len(part) - at > 1:
            kept = at
    return part[kept:]


def _before_lead(part: str, shortest: int, segmenter: Segmenter) -> str:
    """What stands before the first verb or particle that comes after `shortest` characters."""
    at = 0
    for word in segmenter.words(part, guess=False):
        at = part.find(word, at)
        if at >= max(2, shortest) and leads(word):
            return part[:at]
    return part
