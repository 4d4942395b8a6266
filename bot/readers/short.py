"""The short answer that stands in a sentence: the number, date, name, list or phrase that the question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.question import Question
from bot.readers import spans
from bot.readers.spans import Span
from corpus import Passage
from corpus.cedict import is_name
from corpus.text import Segmenter, fold, is_person, is_place, leads

UNKNOWN = 7.5
"""Rarity of a word that general dictionaries do not have: of two or three characters after a surname, a person's name."""

_CLAUSE = re.compile(r"[,，。;；:：!！?？\n(（)）]")
_TRIM = "的是为了在有由被把将和与、了,，“”\"'「」《》"
_LATER = re.compile(r"到底?(?:多|几)|后来|最后|如今|升至|升到|涨到|冲到|达到")
_WAY = re.compile(r"(?:通过|依托|依靠|利用|引入|借助|凭借)([^,，。;；]{2,30})")
_NAMING = re.compile(
    r"叫(?:做|作)?(?:什么|啥)|什么名|称为|称作|比方|比喻|原话|老话|哪个词|什么(?:专栏|栏目|局面|机制|平台|现象)"
)
_SAYS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|指的是|指|代表|意味着|是)")


def short_answer(question: Question, cited: Passage, segmenter: Segmenter) -> Span | None:
    """Where in the text of `cited` (characters) the short answer stands, or None where no rule finds one."""
    sentence = cited.text
    folded = fold(sentence)
    candidates: Iterable[Span]
    match question.kind:
        case "number":
            candidates = _numbers(question, folded)
        case "date":
            candidates = _nearest(question, folded, spans.dates(folded))
        case "person":
            candidates = [*_people(cited, segmenter), *_subject(question, folded)]
        case "place":
            candidates = _places(question, folded, segmenter)
        case "list":
            candidates = _lists(question, sentence, segmenter)
        case "how":
            candidates = [*_phrase(question, folded), *(_trimmed(folded, m.span(1)) for m in _WAY.finditer(folded))]
        case "what":
            candidates = [
                *_called(question, sentence),
                *_said(question, folded),
                *_phrase(question, folded),
                *_named(question, sentence),
            ]
        case _:
            candidates = []
    asked = fold(question.asked)
    return next(((a, b) for a, b in candidates if b > a and folded[a:b] not in asked and _whole(folded[a:b])), None)


def _whole(text: str) -> bool:
    """Whether every quotation mark and bracket of `text` has its other half."""
    return all(text.count(opening) == text.count(closing) for opening, closing in ("“”", "「」", "《》", "()"))


def label_answer(question: Question, cited: Passage) -> Span | None:
    """The short answer in a line about the article, such as 责编:李澍 or 来源:光明网 2020-12-05."""
    text, document = cited.text, cited.document
    if question.kind == "date" or (question.kind == "number" and question.measure in ("点", "月", "日", "号")):
        clock = re.search(r"\d{1,2}:\d{2}", text)
        dates = spans.dates(text)
        return clock.span() if clock and question.measure == "点" else dates[0] if dates else None
    for value in (document.source, document.title, *(document.authors if len(document.authors) == 1 else ())):
        if value and value in text:
            return text.find(value), text.find(value) + len(value)
    label = re.search(r"[:：]\s*([^\s\])）】]+)", text)
    return label.span(1) if (label and not document.authors[1:]) or (label and len(text) < 20) else None


def _numbers(question: Question, folded: str) -> list[Span]:
    found = _nearest(question, folded, spans.numbers(folded))
    return sorted(found, reverse=True) if _LATER.search(fold(question.asked)) else found


def _nearest(question: Question, folded: str, found: list[Span]) -> list[Span]:
    """`found`, those beside the noun asked for first, then those nearest to the question's words."""
    said = [(folded.find(t), len(t)) for t in question.terms if t in folded]
    at_focus = folded.find(question.focus) if question.focus else -1

    def distance(span: Span) -> tuple[bool, int]:
        start, end = span
        beside = at_focus >= 0 and (0 <= at_focus - end <= 3 or start <= at_focus < end)
        return (not beside, sum(min(abs(start - at - size), abs(at - end)) for at, size in said))

    return sorted(found, key=distance)


def _words(folded: str, segmenter: Segmenter, wanted: Callable[[str], bool]) -> Iterator[Span]:
    at = 0
    for word in segmenter.words(folded):
        start = folded.find(word, at)
        if start >= 0:
            at = start + len(word)
            if wanted(word):
                yield start, at


def _people(cited: Passage, segmenter: Segmenter) -> Iterator[Span]:
    folded = fold(cited.text)
    authors = [a for a in cited.document.authors if a in cited.text]
    if len(authors) == 1:
        yield cited.text.find(authors[0]), cited.text.find(authors[0]) + len(authors[0])
    if not authors:
        yield from _words(folded, segmenter, lambda w: _is_name(w, segmenter))


def _is_name(word: str, segmenter: Segmenter) -> bool:
    return (
        is_person(word[:3])
        and not is_place(word)
        and (is_name(word[:3]) or (segmenter.rarity(word) >= UNKNOWN and len(word) < 4))
    )


def _subject(question: Question, folded: str) -> list[Span]:
    """What stands before the verb that follows 谁: 上海市委、市政府〔出台〕."""
    verb = re.match(r"[\u4e00-\u9fff]{1,4}", question.after)
    for size in range(len(verb.group()) if verb else 0, 1, -1):
        at = folded.find(question.after[:size])
        if at > 0:
            start = max((m.end() for m in _CLAUSE.finditer(folded[:at])), default=0)
            return [(start, at)] if at - start <= 20 else []
    return []


def _places(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """Places, those of the sort asked for first: 哪个省, 哪个区, 哪个街道."""
    sort = re.match(r"省|市|区|县|街道|镇|村", question.after) or re.search(
        r"(省|市|区|县|街道|镇|村)$", _asked_sort(question)
    )
    found = list(_words(folded, segmenter, is_place))
    if sort:
        ending = sort.group()
        exact = [(a, b) for a, b in found if folded[:b].endswith(ending)]
        streets = [m.span() for m in re.finditer(r"(?<=[区县市])[\u4e00-\u9fff]{2,5}(?:街道|镇|村)", folded)]
        return exact or [s for s in streets if folded[: s[1]].endswith(ending)] or found
    return found


def _asked_sort(question: Question) -> str:
    asked = fold(question.asked)
    return (
        asked[len(question.before) : len(asked) - len(question.after)]
        if question.after
        else asked[len(question.before) :]
    )


def _lists(question: Question, sentence: str, segmenter: Segmenter) -> list[Span]:
    """Enumerations without the words around them, the nearest to the question's first; names in quotation marks."""
    folded = fold(sentence)
    found = [_members(folded, span, segmenter) for span in spans.enumerations(folded)]
    quoted = spans.names(sentence)
    if len(quoted) > 1 and quoted[-1][0] - quoted[0][1] <= 12:
        found.insert(
            0,
            (quoted[0][0] - 1, quoted[-1][1] + 1) if sentence[quoted[0][0]] != "《" else (quoted[0][0], quoted[-1][1]),
        )
    near = [(folded.find(t), w) for t, w in question.terms.items() if t in folded]
    return sorted(found, key=lambda s: -sum(w for at, w in near if s[0] - 12 <= at <= s[1] + 12))


def _members(folded: str, span: Span, segmenter: Segmenter) -> Span:
    """An enumeration whose first and last member have lost the words that only lead to them: 推动〔权责、资源、人力〕下沉到基层."""
    start, end = span
    parts = re.split(r"[、和与及]", folded[start:end])
    first, last = parts[0], parts[-1]
    start += len(first) - len(_after_lead(first, segmenter))
    least = min(map(len, parts[1:-1]), default=2)
    if re.search(r"[“「『]", first):
        bare = re.sub(r"[^”」』]+$", "", last)
    else:
        bare = _before_lead(re.sub(r"(?<=..)[“「『].*$", "", last), least, segmenter)
    end -= len(last) - len(bare)
    return _trimmed(folded, (start, end))


def _after_lead(part: str, segmenter: Segmenter) -> str:
    """What follows the last verb or preposition, or the opening quotation mark."""
    opened = re.search(r"[“「『]([^”」』]{2,})$", part)
    if opened:
        return opened.group(1)
    at = kept = 0
    for word in segmenter.words(part, guess=False):
        at = part.find(word, at) + len(word)
        kept = at if leads(word) and len(part) - at > 1 else kept
    return part[kept:]


def _before_lead(part: str, least: int, segmenter: Segmenter) -> str:
    """What stands before the first verb or particle that comes after `least` characters."""
    at = 0
    for word in segmenter.words(part, guess=False):
        at = part.find(word, at)
        if at >= max(2, least) and leads(word):
            return part[:at]
    return part


def _called(question: Question, sentence: str) -> list[Span]:
    """The quoted or titled name whose end is the noun asked for: 什么〔委员会〕 → “城乡社区发展治理委员会”."""
    folded = fold(sentence)
    if question.focus in ("文件", "意见", "决定", "规划", "书"):
        return [(a, b) for a, b in spans.names(sentence) if folded[a] == "《"]
    return [(a, b) for a, b in spans.names(sentence) if question.focus and folded[a:b].endswith(question.focus)]


def _said(question: Question, folded: str) -> list[Span]:
    """What follows 是, 指 or 代表 after the thing asked about: “1”代表〔各地城市治理的总纲领〕."""
    found = []
    for term in (*question.numbers, *question.terms):
        match = re.search(re.escape(term) + _SAYS.pattern, folded)
        if match:
            stop = _CLAUSE.search(folded, match.end())
            found.append(_trimmed(folded, (match.end(), stop.start() if stop else len(folded))))
    return found


def _named(question: Question, sentence: str) -> Sequence[Span]:
    return _nearest(question, fold(sentence), spans.names(sentence)) if _NAMING.search(fold(question.asked)) else []


def _phrase(question: Question, folded: str) -> list[Span]:
    """What stands where the interrogative stands, after the same words: 引入〔专业社工组织〕."""
    before = re.sub(r"[\s“”\"]", "", question.before)
    for size in range(min(12, len(before)), 1, -1):
        at = folded.find(before[-size:])
        if at >= 0:
            start = at + size
            stop = _CLAUSE.search(folded, start)
            end = stop.start() if stop else len(folded)
            after = re.match(r"[\u4e00-\u9fff]{2}", question.after)
            inside = folded.find(after.group(), start, end) if after else -1
            return [_trimmed(folded, (start, inside + len(after.group()) if after and inside > start else end))]
    return []


def _trimmed(folded: str, span: Span) -> Span:
    start, end = span
    while start < end and folded[start] in _TRIM:
        start += 1
    while end > start and folded[end - 1] in _TRIM:
        end -= 1
    return start, end
