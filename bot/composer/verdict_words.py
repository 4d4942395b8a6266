"""What a yes or a no is said by: the verb of its question, 不可以 to 可以报三个班吗; 是 and 不是 fit 是 alone,
and a value that the question ends with. The words are in `bot/question/rules/yes_no.toml`.
"""

from __future__ import annotations

import re
from functools import cache

from bot.composer.amounts import CLOCK, RULES, Value, bound_of, plain
from bot.composer.verdict import consents
from bot.i18n import LANGUAGES, Language, Pair, pick
from bot.question.titles import words_of_the_language

YES: Pair = ("是。", "Yes. ")
NO: Pair = ("不是。", "No. ")
NOT_DONE = "没有。"
"""A no to 同意了吗."""

_SAID = RULES["said"]
_STILL = re.compile(RULES["words"]["still"])
# 养两只〔，对吧〕, 能退一百〔，是这样吗〕: what is asked is whether it is so
_IS_SO = re.compile(
    r"(?:是不是|[是对](?:吗|吧|么|不)|没错吧?|属实|真的|是[这那][样么])[^,。?]{0,3}\W*$"
)
# 〔以后〕还收费
_BOUND = re.compile(rf"^(?:{RULES['words']['least_after']}|{RULES['words']['most_after']})")
# Two characters at least, no mere 了
_VERB = re.compile(r"[\u4e00-\u9fff]{2}")
# 同意了吗, 批准过没有
_DONE = re.compile(r"[了过](?:没有?|吗|么|吧|[?。\s])*$")


@cache
def every_verdict() -> tuple[str, ...]:
    """All that a verdict may be said by, in every language."""
    either = [pick(verdict, language) for verdict in (YES, NO) for language in LANGUAGES]
    of_verbs = [word for pair in _SAID.values() for word in pair if word]
    consent = RULES["consent"]["verbs"].split("|")
    of_consent = [word for verb in consent for word in (f"{verb}。", f"不{verb}。")]
    return (*either, *of_verbs, *of_consent, NOT_DONE)


def said_by(
    verdict: bool, statement: str, value: Value | None, asked: str, language: Language
) -> str:
    """A verdict on `statement`, which states `value`, with its mark; empty where no word fits its verb.

    `asked` is the question, folded.
    """
    either = pick(YES if verdict else NO, language)
    if language == "en":
        return either
    if _IS_SO.search(asked):
        return either
    verb = consents(statement)
    if verb:
        no = NOT_DONE if _DONE.search(asked) else f"不{verb}。"
        return f"{verb}。" if verdict else no
    is_first = value is not None and _is_beside(value, statement)
    modal = _modal(statement)
    if modal:
        yes, no = _SAID[modal]
        return yes if verdict else no or ("" if is_first else either)
    return "" if is_first else either


def _is_beside(value: Value, statement: str) -> bool:
    """Whether what is asked about follows a value that only says when or for what: 晚上九点以后收费, 三天以上还退."""
    if bound_of(value, plain(statement)) is None:
        return False
    rest = _BOUND.sub("", statement[value.end :])
    is_time = value.unit == CLOCK or value.date is not None
    return bool(_VERB.match(rest) if is_time else _STILL.match(rest))


def _modal(statement: str) -> str:
    """The verb that says what is possible or needed, of the main clause: 可以, 能; empty without one."""
    words = words_of_the_language().words(statement, guess=False)
    found = [(at, word) for at, word in enumerate(words) if word in _SAID]
    if not found:
        return ""
    last = max((at for at, word in enumerate(words) if word == "的"), default=-1)
    behind = [word for at, word in found if at > last]
    return behind[0] if behind else found[-1][1]
