"""The short answer that stands in a sentence: the number, date, name, list or phrase that the question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.question import Question
from bot.readers import spans
from bot.readers.spans import Span
from corpus.text import Segmenter, fold, is_person, is_place

_CLAUSE = re.compile(r"[,，。;；:：!！?？\n(（)）]")
_TRIM = "的是为了在有由被把将和与、了,，“”\"'「」"


def short_answer(question: Question, sentence: str, segmenter: Segmenter) -> Span | None:
    """Where in `sentence` (characters) the short answer stands, or None where no rule finds one."""
    folded = fold(sentence)
    candidates: Iterable[Span]
    match question.kind:
        case "number":
            candidates = _nearest(question, folded, spans.numbers(sentence))
        case "date":
            candidates = _nearest(question, folded, spans.dates(sentence))
        case "person":
            candidates = [*_words(folded, segmenter, is_person), *_subject(question, folded)]
        case "place":
            candidates = _joined(_words(folded, segmenter, is_place))
        case "list":
            candidates = [*_lists(question, sentence), *_phrase(question, folded)]
        case "what" | "how":
            candidates = [*_called(question, sentence), *_phrase(question, folded), *_nearest(question, folded, spans.names(sentence))]
        case _:
            candidates = []
    asked = fold(question.asked)
    return next(((a, b) for a, b in candidates if b > a and folded[a:b] not in asked), None)


def _nearest(question: Question, folded: str, found: list[Span]) -> list[Span]:
    """`found`, those beside the noun asked for first, then those nearest to the question's words."""
    places = [(folded.find(t), len(t)) for t in question.terms if t in folded]
    at_focus = folded.find(question.focus) if question.focus else -1

    def distance(span: Span) -> tuple[int, int]:
        start, end = span
        beside = at_focus >= 0 and (0 <= at_focus - end <= 3 or start <= at_focus < end)
        return (not beside, sum(min(abs(start - at - size), abs(at - end)) for at, size in places))

    return sorted(found, key=distance)


def _words(folded: str, segmenter: Segmenter, wanted) -> list[Span]:
    at, found = 0, []
    for word in segmenter.words(folded):
        start = folded.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        if wanted(word):
            found.append((start, at))
    return found


def _joined(found: list[Span]) -> list[Span]:
    """Neighbours made one: 湖南省 + 岳阳楼区."""
    joined: list[Span] = []
    for start, end in found:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _subject(question: Question, folded: str) -> list[Span]:
    """What stands before the verb that follows 谁: 上海市委、市政府〔出台〕."""
    verb = re.match(r"[\u4e00-\u9fff]{1,4}", question.after)
    for size in range(len(verb.group()) if verb else 0, 1, -1):
        at = folded.find(question.after[:size])
        if at > 0:
            start = max((m.end() for m in _CLAUSE.finditer(folded[:at])), default=0)
            return [(start, at)]
    return []


def _lists(question: Question, sentence: str) -> list[Span]:
    """Enumerations, those nearest to the question's words first, and names joined by 和 or 、."""
    folded = fold(sentence)
    found = [_trimmed(folded, span) for span in spans.enumerations(sentence)]
    quoted = spans.names(sentence)
    if len(quoted) > 1:
        found.append((quoted[0][0], quoted[-1][1]))
    return sorted(found, key=lambda s: -sum(abs(folded.find(t) - s[0]) < 30 for t in question.terms if t in folded))


def _called(question: Question, sentence: str) -> list[Span]:
    """The quoted or titled name whose end is the noun asked for: 什么〔委员会〕 → “城乡社区发展治理委员会”."""
    if not question.focus:
        return []
    folded = fold(sentence)
    return [(a, b) for a, b in spans.names(sentence) if folded[a:b].rstrip("》").endswith(question.focus)]


def _phrase(question: Question, folded: str) -> list[Span]:
    """What stands where the interrogative stands, between the same words: 引入〔“群英断是非”〕."""
    before = re.sub(r"[\s“”\"]", "", question.before)
    for size in range(min(12, len(before)), 1, -1):
        at = folded.find(before[-size:])
        if at >= 0:
            start = at + size
            stop = _CLAUSE.search(folded, start)
            return [_trimmed(folded, (start, stop.start() if stop else len(folded)))]
    return []


def _trimmed(folded: str, span: Span) -> Span:
    start, end = span
    while start < end and folded[start] in _TRIM:
        start += 1
    while end > start and folded[end - 1] in _TRIM:
        end -= 1
    return start, end
