"""What a made question must be to be kept: it can be understood alone and is no half of a phrase."""

from __future__ import annotations

import re
from functools import cache

from bot.question.suggest_made import stands_alone
from corpus.language.text import Segmenter, fold, leads

SHORTEST, LONGEST = 6, 60
"""Characters of a question, without what it calls its document."""

HALF = 0.5
"""Share of the words of its sentence that a cloze may have, in the order of the sentence."""

# 今年…, 本级…, 她…, 上述…, 当日…: of whom, of when; 记者: whoever wrote it
_UNRESOLVED = re.compile(
    r"今年|去年|明年|前年|今天|昨天|昨日|今日|明天|近日|日前|近期|目前|当[日天晚时年月]|同期|同比|环比|届时|此[次外前后时]"
    r"|(?<![日基成资样文版根标书课剧])本(?:行政|辖|单位|级|会|院|公司|地区|区域|届|次|报|刊|网|案|村|社区|小区|店|校|轮|期|月|年|周|场|赛季|人民|款|项|部)"
    r"|上述|前[款述条项]|下列|以下简称|以下统称|如下|[她它]|我(?!国)|(?<!其)他(?![人国])|双方|两[人者]|记者|小编|图为|笔者|各位|此$|[此这那](?:[一两三]|些|种|项|类|位|里|是|也|就)|该|(?<![尤极])其(?![他中实余])"
)
# 的、和…, 等…: the first half was cut off; 及其他
_HALF_BEGINNING = re.compile(
    r"^(?:[的了着与及或并且但而则均也又再仍却]|地(?![点址铁方区面下上图球震产级])|得(?![分奖])|过(?![期滤敏程])|和(?![平解])|都(?![市江城])|还(?![款贷])|就(?![业诊医近读餐地])|以及|因此|所以|同时|其中|等(?!待|级|候)|之[后前一]|以外|除外|超过|达到|不仅|比(?:上|去|前|年)|将(?!军|来)|现(?!场|代|金|有|行|任)|使(?!用|馆|领)|里面|期间|成功|表示|较(?!真|量)|确[因实需]|以来|[,，、。；：)）])"
)
# 拒不改正的…, 数额巨大的…: worse than an act that was said before
_WORSE = re.compile(
    r"^(?:拒不|造成(?:特别|严重)|致[人使]|(?:销售|违法|虚开)[^，]{0,4}[金数]?额|逾期|过期|数额|情节|尚不|后果|有前款|有违法|没有违法|无违法)|尚不构成"
)
# 请问…, 想问一下，…
_POLITE = re.compile(r"^(?:请问|我想知道|想问一下，|对)")
# 全面照顾…, 容易造成…: what is said of something, and not what it is called
_SAID_OF = frozenset(
    {
        "容易",
        "全面",
        "无法",
        "不断",
        "继续",
        "最大",
        "连续",
        "一般",
        "进一步",
        "积极",
        "严格",
        "切实",
    }
)
# …的？, …和？, 把，: the second half was cut off; 由谁、归谁 ask
_HALF_END = re.compile(
    r"(?:和|与|及|或者?|以及|并|把|被|对于?|关于|、|，|,|“|（)[？?]$|、{2}|，，|的的|是是"
)
# 第二款, (一), 〔2020〕5号 and what an editor left
_MARKS = re.compile(
    r"^[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百\d]{1,5}[条款项目章]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[|<>【】\[\]{}]|https?:|\.com|\s{2}"
)


def reads_well(question: str) -> bool:
    """Whether a question can be understood alone, is no half of a phrase, and is neither too short
    nor too long. What it calls its document is not part of it.
    """
    if not SHORTEST <= len(question) <= LONGEST or not stands_alone(question):
        return False
    asked = _POLITE.sub("", question)
    halves = _HALF_BEGINNING.search(asked) or _WORSE.search(asked) or _HALF_END.search(question)
    return not (halves or _UNRESOLVED.search(question) or _MARKS.search(question))


def is_whole_noun(text: str) -> bool:
    """Whether a phrase begins and ends as one that names something: with no verb or particle.

    供热企业 and 供热专项规划的编制; not 推进供热改造 or 经批准的.
    """
    words = segmenter().words(text)
    if not words or _HALF_BEGINNING.search(text) or text.endswith(("的", "了", "地", "等", "、")):
        return False
    # 不, 应当, 已: what follows is no noun either
    is_verb = leads(words[0]) or words[0] in _SAID_OF
    return not is_verb and words[-1] not in (
        "和",
        "与",
        "或者",
        "以及",
        "在",
        "将",
        "已",
        "对",
        "为",
    )


def share_in_order(question: str, sentence: str) -> float:
    """The share of the words of a sentence that a question has in the same order, 0 to 1."""
    asked = segmenter().words(question)
    said = segmenter().words(sentence)
    if not said:
        return 0.0
    # The longest common subsequence, row by row.
    row = [0] * (len(asked) + 1)
    for word in said:
        above = row
        row = [0]
        for at, other in enumerate(asked):
            row.append(above[at] + 1 if word == other else max(above[at + 1], row[at]))
    return row[-1] / len(said)


def folded_in(part: str, text: str) -> bool:
    """Whether a text holds a part, whatever the width and the case of their characters."""
    return fold(part) in fold(text)


@cache
def segmenter() -> Segmenter:
    """The words are those of the general dictionary, for every document alike."""
    return Segmenter()
