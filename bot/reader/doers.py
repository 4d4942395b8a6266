"""Tells whether a sentence says of something that it does what a question asks who does.

Who does it need be no person: 充电桩的运营单位负责日常检查 answers 谁负责日常检查.
"""

from __future__ import annotations

import re

from bot.question.analysis import Question
from bot.reader.candidates import coverage

SPOKEN = 0.4
"""Share of what is done that a sentence has which says who does it, as of the things that a question names."""

# The 负责 of 谁负责检查, of 该由谁来负责; a sentence says it in these two characters
_DOES = re.compile(r"(?:来|去|应当?|应该|该|要|可以?|能|会|有权)*([\u4e00-\u9fff]{2})")
# The 负责 of 负责检查的是谁
_DOING = re.compile(r"([\u4e00-\u9fff]{2})[^,。;]*的(?:人|单位)?(?:是|都?有)?$")
# 谁来管, 归谁管?
_CARES = re.compile(r"(?:来|去|应当?|应该|该|要)*[管做干办](?:理)?[?？。呢啊呀的\s]*$")
_CARING = "负责|承担|主管"
# The end of what stands before a verb and is no doer: 运营单位〔应当〕负责, 〔共同〕负责
_MANNER = re.compile(
    r"(?:应当?|应该|该|须|必须|要|可以?|能够?|会|将|有权|依法|统一|具体|主要|共同|再次|或者?|并|且|和|及|也|都|均|不得|不|未)+$"
)
# 〔自收到申请之日起十五日内〕答复, 〔三十日内〕发放
_WHEN = re.compile(
    r"(?:[自从在于]|[\d一二两三四五六七八九十百]+个?[年月日天周小工]).*(?:[起后前内时]|期间)$"
    r"|每[^\W\d_]?[年月日天周季]度?$"
)
# 运营单位, “甲公司”
_NAMED = re.compile(r"[\u4e00-\u9fff]{2}[)】》”]*$")
# Ends of clauses
_CLAUSE = re.compile(r"[,，。;；:：?？!！、|\s]")


def names_doer(question: Question, folded: str) -> bool:
    """Whether a folded sentence names who does what is asked who does: 谁负责X, X由谁负责, X归谁管.

    Never for X of X呢, whose verb is that of the question before: of 159 follow-ups one more was
    answered wrongly with it, and none rightly.
    """
    verb = "" if question.news else _verb(question)
    done = {term: rarity for term, rarity in question.terms.items() if term not in verb}
    if not verb or (done and coverage(done, folded, question.alike) < SPOKEN):
        return False
    for place in re.finditer(verb, folded):
        before = _CLAUSE.split(folded[: place.start()])[-1]
        before = _WHEN.sub("", _MANNER.sub("", before))
        for term in question.terms:
            # What is done is no doer: 补贴〔三十日内〕发放.
            before = before.removesuffix(term)
        if _NAMED.search(before):
            return True
    return False


def _verb(question: Question) -> str:
    """A pattern for what is asked who does, empty where nothing is."""
    if _CARES.match(question.after):
        return _CARING
    if found := _DOES.match(question.after):
        return found[1]
    found = _DOING.match(question.before)
    return found[1] if found else ""
