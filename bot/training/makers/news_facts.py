"""Facts of news: who, where, when, how many. 8月18日，第十届展会在成都开幕."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.training.makers.by_rule import by_rule
from bot.training.makers.gate import is_whole_noun, segmenter
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import CHAR, DAY, sentences_of
from bot.training.makers.wording import worded
from corpus import Document, Passage
from corpus.language.text import fold, is_person, is_place, leads

MAKER = "news_facts"

_POSTS = (
    "研究员|分析师|经济学家|主任|院长|教授|所长|会长|董事长|总经理|总裁|首席执行官|局长|部长|书记|市长|省长|县长|区长|镇长|秘书长|发言人|负责人|校长|医师|"
    "院士|理事长|主席|队长|站长|馆长|厂长|工程师|创始人|教练|导演|律师|司长|厅长|处长|科长|代表|店长|经理"
)
# 光大银行金融市场部宏观研究员〔周茂华〕表示
_WHO = re.compile(
    rf"(?:^|[,。;:”\"]|据|对此,)(?P<post>{CHAR}{{2,26}}(?:{_POSTS}))(?P<a>[\u4e00-\u9fff]{{2,3}}?)"
    r"(?=表示|说[,:]|介绍|认为|指出|称[,:]|告诉|坦言|分析|透露|强调|在接受|[,]|率)"
)
# 一位…, 多位…, 前…: of nobody in particular
_NOBODY = re.compile(r"^(?:据|一[位名]|多[位名]|有|某|各|原|时任|对此|为|由|和|与|其|在|因)")
_EVENTS = "举行|举办|召开|开幕|启动|揭幕|落幕|闭幕|开赛|成立|揭牌|开工|开业|通车|首发|上演|发布|启用|签署|投产|亮相"
# 8月18日，第十届世界机器人展会在成都开幕
_WHERE = re.compile(
    rf"(?:^|[,。;])(?:(?P<day>{DAY})(?:上午|下午|晚间?|凌晨)?,?)?(?P<what>{CHAR}{{4,30}}?)"
    rf"(?:(?P<late>{DAY})(?:上午|下午|晚)?)?(?:正式)?在(?P<a>{CHAR}{{2,16}}?)(?:正式|隆重|成功|顺利|盛大)?(?P<did>{_EVENTS})(?=[,。;])"
)
_DEEDS = (
    "发布|印发|出台|公布|宣布|启动|成立|上线|签署|批复|通过|举办|召开|发射|"
    "推出|开通|投产|完成|获批|实施|收购|发行|开展|下达|建成|交付"
)
# 8月3日，人民银行开展了30亿元逆回购操作
_WHEN = re.compile(
    rf"(?:^|[。;])(?P<a>{DAY})(?:上午|下午|晚间?|凌晨)?,?(?P<who>[^,。;:()\s]{{2,18}}?)(?:正式|成功)?(?P<did>{_DEEDS})了?(?P<what>[^。;:()\s,]{{3,30}})(?=[,。;])"
)
_UNITS = (
    "亿元|万元|元|亿美元|万美元|美元|亿吨|万吨|吨|公里|千米|平方公里|平方米|亩|万亩|人次|万人次|人|名|家|户|"
    "辆|台|架|艘|座|个|件|项|所|条|只|套|场|%|个百分点|度|米|公斤|斤|岁|年|小时|分钟|天|倍"
)
# 中国船东所拥有的船队规模达到2.492亿总吨, 市场份额占比为15.9%
_HOW_MANY = re.compile(
    rf"(?:^|[,。;])(?P<what>{CHAR}{{4,22}}?)(?P<is>已?达到?了?|约?为|约|近|超过?|突破|共有|共计|总计|高达|仅为|仅有)"
    rf"(?P<a>\d[\d,.]*[万亿千百]*余?多?(?:{_UNITS}))(?=[,。;(])"
)
# …率, …额, …量, …人数: what an amount is the amount of
_MEASURED = re.compile(
    r"(?:率|额|量|值|数|价|费|入|本|产|资|利润|规模|面积|长度|高度|深度|宽度|重量|容量|比重|占比|里程|销量|人口|存款|贷款|距离|价格|指数|票房|速度|温度|气温|身高|体重|年龄|存量|余额|缺口|需求|比例|份额|造价|预算|产能|总长|全长|时长)$"
)
# 公司投入1,200万元改造厂房
_SPENT = re.compile(
    rf"(?:^|[,。;])(?P<who>{CHAR}{{3,18}}?)(?:已|共|累计|将|计划)?(?P<did>投资|捐资|捐款|捐赠|投入|融资|募集|拨付|罚款|筹集|补贴|发放)(?:资金)?(?:了|约|近|超过?|共计?)*"
    rf"(?P<a>\d[\d,.]*[万亿千百]*余?多?(?:元|美元|欧元))(?P<what>{CHAR}{{0,18}})(?=[,。;])"
)

_OF_WHO = ("{post}是谁？", "{post}叫什么名字？", "谁是{post}？", "{post}是哪一位？")
_OF_WHERE = (
    "{what}在哪里{did}？",
    "{what}是在什么地方{did}的？",
    "{what}的{did}地点在哪里？",
    "在哪儿{did}的{what}？",
)
_OF_EVENT = ("{what}是什么时候{did}的？", "{what}哪一天{did}？", "{what}几月几号{did}？")
_OF_WHEN = (
    "{who}什么时候{did}{what}？",
    "{who}是哪天{did}{what}的？",
    "{who}{did}{what}是在哪一天？",
)
_OF_AMOUNT = ("{what}是多少？", "{what}有多少？", "{what}达到了多少？", "{what}具体是多少？")
_OF_MONEY = (
    "{who}{did}了多少钱{what}？",
    "{who}{what}{did}了多少？",
    "{who}一共{did}多少钱{what}？",
)


def news_facts(document: Document) -> Iterator[Made]:
    """Who holds a post, where and when something took place, how many or how much it is."""
    for sentence in sentences_of(document):
        yield from _who(sentence)
        yield from _where(sentence)
        yield from _when(sentence)
        yield from _how_many(sentence)
        yield from _spent(sentence)
    yield from by_rule(document, MAKER, "where", "said", "aim")


def _who(sentence: Passage) -> Iterator[Made]:
    """光大银行金融市场部宏观研究员周茂华表示: who is the 研究员?"""
    for found in _WHO.finditer(fold(sentence.text)):
        words = segmenter().words(found["post"])
        is_told = len(words) > 1 and not _NOBODY.match(found["post"])
        if is_told and is_person(found["a"]) and is_whole_noun(found["post"]):
            post = sentence.text[slice(*found.span("post"))]
            span = span_of(sentence, found, "a")
            for question in worded(sentence.document, _OF_WHO, post, {"post": post}):
                yield Made(sentence.document, question, span, cited(sentence), "person", MAKER)


def _where(sentence: Passage) -> Iterator[Made]:
    """8月18日，第十届世界机器人展会在成都开幕: where, and when?"""
    for found in _WHERE.finditer(fold(sentence.text)):
        if not is_whole_noun(found["what"]) or not _is_somewhere(found["a"]):
            continue
        what = sentence.text[slice(*found.span("what"))]
        parts = {"what": what, "did": found["did"]}
        span = span_of(sentence, found, "a")
        for question in worded(sentence.document, _OF_WHERE[:3], what, parts):
            yield Made(sentence.document, question, span, cited(sentence), "place", MAKER)
        day = "day" if found["day"] else "late"
        if found[day]:
            span = span_of(sentence, found, day)
            for question in worded(sentence.document, _OF_EVENT, what, parts):
                yield Made(sentence.document, question, span, cited(sentence), "date", MAKER)


def _is_somewhere(text: str) -> bool:
    """Whether a phrase names a place: 成都, 国家会展中心, 北京市海淀区."""
    words = segmenter().words(text)
    named = bool(words) and is_place(words[0])
    return named or bool(
        re.search(
            r"[省市区县镇乡村路街馆院校厅堂园场楼站港厦店所室]$|中心$|大学$|广场$|酒店$", text
        )
    )


def _when(sentence: Passage) -> Iterator[Made]:
    """8月3日，人民银行开展了30亿元逆回购操作: when?"""
    for found in _WHEN.finditer(fold(sentence.text)):
        who, what = (sentence.text[slice(*found.span(part))] for part in ("who", "what"))
        # 主任沈若兰主持 in front of 召开: cut in the middle of what was done
        ends_in_verb = leads(segmenter().words(who)[-1]) if is_whole_noun(who) else True
        if ends_in_verb or what.startswith(("的", "会", "后", "时")):
            continue
        span = span_of(sentence, found, "a")
        parts = {"who": who, "did": found["did"], "what": what}
        for question in worded(sentence.document, _OF_WHEN, who + what, parts):
            yield Made(sentence.document, question, span, cited(sentence), "date", MAKER)


def _how_many(sentence: Passage) -> Iterator[Made]:
    """中国船东的船队规模达到2.492亿总吨: how much?"""
    for found in _HOW_MANY.finditer(fold(sentence.text)):
        what = sentence.text[slice(*found.span("what"))]
        if not _MEASURED.search(what) or not is_whole_noun(what):
            continue
        span = span_of(sentence, found, "a")
        for question in worded(sentence.document, _OF_AMOUNT, what, {"what": what}):
            yield Made(sentence.document, question, span, cited(sentence), "number", MAKER)


def _spent(sentence: Passage) -> Iterator[Made]:
    """公司投入1,200万元改造厂房: how much?"""
    for found in _SPENT.finditer(fold(sentence.text)):
        who, what = (sentence.text[slice(*found.span(part))] for part in ("who", "what"))
        if (
            not is_whole_noun(who)
            or "了解" in who
            or what.startswith(("的", "左右", "以上", "以下"))
        ):
            continue
        parts = {"who": who, "did": found["did"], "what": what}
        frames = (_OF_MONEY[0], _OF_MONEY[2])
        span = span_of(sentence, found, "a")
        for question in worded(sentence.document, frames, who + what, parts):
            yield Made(sentence.document, question, span, cited(sentence), "number", MAKER)
