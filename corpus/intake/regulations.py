"""What a law or an official document says of itself: its name, number, enactment, effect and force.

All texts are folded, as by `corpus.intake.page.fold`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.intake.dates import find_date
from corpus.intake.line_shapes import COUNT
from corpus.intake.page import ends_sentence
from corpus.language.quantities import han_value

NUMBER = "文号"
ADOPTED = "通过日期"
ISSUED = "公布日期"
EFFECTIVE = "施行日期"
AMENDED = "修正日期"
FORCE = "时效"

# 第十二条 , 第三百零一条
ARTICLE = re.compile(rf"第{COUNT}条")
# 。第四条 of 第三条 ….第四条 …: an article that begins inside a line
_GLUED = re.compile(rf"(?<=[。;])\s*(?P<article>第(?P<count>{COUNT})条)(?!第)")
# 第一章 总则: a heading, or a line of the table of contents
_CHAPTER = re.compile(rf"第{COUNT}[编章节]|目\s*[录次]$|附\s*则$|序\s*言$")
_DAY = (
    r"(?:(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|[一二〇○零九][一二三四五六七八九〇○零]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
# 2019年3月4日某市人民代表大会常务委员会第五次会议通过, (1991年7月1日国务院令第85号公布), 2012年1月1日 施行
_ENACTED = re.compile(
    rf"\(?.{{0,40}}(?:{_DAY}|人民代表大会).*(?:通过|批准|公布|发布|修正|修订|施行|印发)"
)
# 某市养犬管理规定, 某市绿化条例(2018年修正本), 中华人民共和国监察法
_LAW_NAME = re.compile(
    r"(?:条例|规定|办法|细则|规则|规程|法|章程|决定|规范|通则|意见|方案|制度|公约)(?:\(.{1,30}\))?$"
)
# 关于加强基层治理的意见
_OFFICIAL = re.compile(
    r"关于.{4,}的?(?:通知|意见|决定|决议|通告|公告|公示|批复|复函|函|报告|请示|办法|方案|规定|通报|纪要|命令|议案)"
    r"(?:\(.{1,20}\))?$"
)
# 江政办发〔2022〕15号, 国发[2020]1号, 第44号, 市政府令第12号
_DOCUMENT_NUMBER = re.compile(
    r"(?P<number>[\u4e00-\u9fff]{1,16}\s?[〔\[(【]\s?(?:19|20)\d\d\s?[〕\])】]\s?第?\s?\d{1,4}\s?号"
    r"|[\u4e00-\u9fff]{2,24}(?:令|公告)\s?(?:\(?(?:19|20)\d\d年?\)?)?\s?第\s?[\d一二三四五六七八九十百]{1,4}\s?号)"
)
# 〔2021〕第5号 and 第5号 below a letterhead
_BARE_NUMBER = re.compile(r"\(?(?:[〔\[(【](?:19|20)\d\d[〕\])】])?\s?第?\s?\d{1,4}\s?[号期]\)?$")
# 秘密★5年, 特急, 000012, 内部资料 注意保存, (此件公开发布)
_CLASSIFIED = re.compile(
    r"(?:绝密|机密|秘密|内部(?:资料|文件|使用)?)(?:\s?[★☆].{0,12}|[\s,]*(?:注意|请勿|严禁).{0,8})?$"
    r"|特\s*急|加\s*急|急\s*件|平\s*急|\d{4,8}$|\(?此件(?:不予|主动|依申请)?公开(?:发布)?\)?$"
)
# 索引号:, 签发人:, 时间:, 主持人:, 附件1
_FIELD = re.compile(
    r"(?:索\s*引\s*号|主题分类|发文机关|发文单位|制发机关|发文字号|文\s*号|成文日期|发布日期|公开日期|主\s*题\s*词|公文种类"
    r"|有\s*效\s*性|时\s*效\s*性?|公开方式|密\s*级|缓\s*急|份\s*号|签\s*发\s*人|编\s*号|(?:会议|活动)?(?:时\s*间|日\s*期|地\s*点)"
    r"|主\s*持(?:人)?|(?:参会|出席|列席|参加)(?:人员)?|记\s*录(?:人)?|缺席|(?:制定|公布|施行|生效|实施)(?:机关|日期)"
    r"|法规类别|效力级别|单\s*位|部\s*门|联系人|(?:联系)?电话|Date|To|From|Subject)\s*:|附件\s*\d{0,2}\s*:?$"
)
# 江城市人民政府文件, 江城市人民政府公报, 江城市人民政府令, 会议纪要
_LETTERHEAD = re.compile(r".{0,30}(?:文\s*件|公\s*报|简\s*报|令|会\s*议\s*纪\s*要|公\s*告)$")
# 江城市人民政府办公室: whose document the title in the next line names
_OFFICE = re.compile(
    r"[\u4e00-\u9fff\s]{2,40}(?:人民政府|办公[室厅]|委员会|常务委员会|[局委办厅部院会组处])$"
)


_DATE = re.compile(_DAY)
# (发文字号:)江政办发〔2022〕15号, 文号: | 国发〔2020〕1号
_NUMBER_FIELD = re.compile(r"(?:发文字号|文\s*号)\s*:[\s|]*(?P<value>[^\s|]+号)")
# 公布日期:2020-12-05, 施行日期: | 2021年1月1日
_ISSUED_FIELD = re.compile(r"(?:公布|颁布|发布)(?:日期|时间)\s*:")
_EFFECT_FIELD = re.compile(r"(?:施行|实施|生效)(?:日期|时间)\s*:")
# 有效性:有效, 时效性: | 现行有效, 效力状态:失效
_FORCE_FIELD = re.compile(
    r"(?:有\s*效\s*性|时\s*效\s*性?|效力(?:状态)?)\s*:[\s|]*(?P<value>[^\s|]{1,12})"
)
# (已废止), [失效], 本办法已于2020年1月1日废止, 尚未施行; not 关于废止某办法的决定, 不失效
_ENDED = re.compile(r"(?<!关于)(?<!不)(?:失效|废止)(?!.*的决定)")
_NOT_YET = re.compile(r"尚未(?:生效|施行|实施)|未生效")
# 本条例自2007年5月1日起施行, 自公布之日起施行
_TAKES_EFFECT = re.compile(
    rf"(?:本[\u4e00-\u9fff]{{1,10}}|条\s*)(?:从|自)(?P<day>{_DAY}|(?:公布|发布|颁布|印发|下发)之日)起"
    r"(?:正式)?(?:施行|实施|执行|生效|试行)"
)
_HEAD_LINES = 30
"""Lines from the top in which the facts about a document stand, at most."""

_LONGEST_OF_HEAD = 60
"""Characters of a line of the head that tells whether the document is in force: longer ones are text."""


def details(lines: Sequence[str], is_law: bool) -> tuple[tuple[str, str], ...]:
    """The facts that an official document gives of itself, as (name, value); dates are ISO.

    The dates of a law are those of its first adoption, of its publication, of its coming into
    effect, and of its last amendment; those of other documents are not looked for.
    """
    head = _head(lines)
    found = {NUMBER: _document_number(head, is_law)}
    if is_law:
        found |= _enactment(head)
        found[EFFECTIVE] = _effect(lines, found[ISSUED]) or found[EFFECTIVE]
    found[FORCE] = _force(head)
    return tuple((name, value) for name, value in found.items() if value)


def law_date(facts: Sequence[tuple[str, str]]) -> str:
    """The ISO date of a law with such details: of publication, of adoption, or of the last
    amendment; empty where it has none of them.
    """
    values = dict(facts)
    return values.get(ISSUED) or values.get(ADOPTED) or values.get(AMENDED) or ""


def _head(lines: Sequence[str]) -> list[str]:
    """The lines above the first article, or above the first sentence that is no note."""
    head: list[str] = []
    for text in lines[:_HEAD_LINES]:
        if ARTICLE.match(text) or (ends_sentence(text) and not is_above_articles(text)):
            break
        head.append(text)
    return head


def _document_number(head: Sequence[str], is_law: bool) -> str:
    """The number in a field, or else the last one at the beginning of a line of the head, or in the
    notes on the enactment of a law.
    """
    for text in head:
        field = _NUMBER_FIELD.search(text)
        if field:
            return field["value"]
    number = ""
    for text in head:
        # 2013年8月7日 某市人民代表大会常务委员会公告第13号公布
        undated = _DATE.sub("", text).strip("( ")
        found = _DOCUMENT_NUMBER.match(undated)
        if not found and is_law and _ENACTED.match(text):
            found = _DOCUMENT_NUMBER.search(undated)
        number = found["number"] if found else number
    return number


def _enactment(head: Sequence[str]) -> dict[str, str]:
    """The dates in the notes on a law's enactment, by what each of them is the date of."""
    found = {ADOPTED: "", ISSUED: "", EFFECTIVE: "", AMENDED: ""}
    for day, act in _acts("\n".join(head)):
        if "修正" in act or "修订" in act:
            found[AMENDED] = max(found[AMENDED], day)
        elif "公布" in act or "发布" in act or "颁布" in act:
            found[ISSUED] = day
        elif "施行" in act or "实施" in act:
            found[EFFECTIVE] = day
        elif "通过" in act:
            found[ADOPTED] = found[ADOPTED] or day
    for name, field in ((ISSUED, _ISSUED_FIELD), (EFFECTIVE, _EFFECT_FIELD)):
        for text in head:
            label = field.search(text)
            told = find_date(text[label.end() :]) if label else None
            found[name] = told.isoformat() if told and not found[name] else found[name]
    return found


def _acts(text: str) -> list[tuple[str, str]]:
    """Each day in a text, ISO, with the words from it up to the next day, without names of laws."""
    days = list(_DATE.finditer(text))
    found = []
    for i, day in enumerate(days):
        end = days[i + 1].start() if i + 1 < len(days) else len(text)
        iso = find_date(day[0])
        if iso:
            # 《关于公布某条例的决定》修正: the title of a decision tells nothing
            act = re.sub(r"[《〈].*?[》〉]", "", text[day.end() : end])
            found.append((iso.isoformat(), act.split("\n第")[0]))
    return found


def _effect(lines: Sequence[str], issued: str) -> str:
    """The day from which a law is in effect by its last article that says so; ISO, or empty."""
    effect = ""
    for text in lines:
        for found in _TAKES_EFFECT.finditer(text):
            day = find_date(found["day"])
            effect = day.isoformat() if day else issued
    return effect


def _force(head: Sequence[str]) -> str:
    """Whether a document is in force, where its head says so; else empty."""
    for text in head:
        field = _FORCE_FIELD.search(text)
        told = field["value"] if field else text if len(text) <= _LONGEST_OF_HEAD else ""
        if _NOT_YET.search(told):
            return "尚未施行"
        if _ENDED.search(told):
            return "已废止"
        if field and "有效" in told and "无效" not in told:
            return "现行有效"
    return ""


def is_enactment(text: str) -> bool:
    """Whether a folded line says when and by whom a law was passed, published or amended."""
    return bool(_ENACTED.match(text))


def is_above_articles(text: str) -> bool:
    """Whether a line may stand between the name of a law and its first article: a note on its
    enactment, a line of the table of contents, or the heading of a chapter.
    """
    return bool(_ENACTED.match(text) or _CHAPTER.match(text) or _DOCUMENT_NUMBER.fullmatch(text))


def article_number(text: str) -> int | None:
    """The number with which a line begins as an article of a law, or None: 3 of 第三条."""
    found = ARTICLE.match(text)
    return _number(found[0][1:-1]) if found else None


def articles_within(text: str) -> list[int]:
    """Where further articles begin in a line that begins with one, each with the next number:
    第三条 ….第四条 …
    """
    number = article_number(text)
    starts: list[int] = []
    for found in _GLUED.finditer(text):
        if number is not None and _number(found["count"]) == number + 1:
            starts.append(found.start("article"))
            number += 1
    return starts


def _number(numeral: str) -> int | None:
    """The value of 12, 十二 or 一百零三."""
    return int(numeral) if numeral.isdigit() else han_value(numeral)


def names_law(text: str) -> bool:
    """Whether a line may be the name of a law."""
    return bool(_LAW_NAME.search(text)) and not _ENACTED.match(text) and not _CHAPTER.match(text)


def names_official(text: str) -> bool:
    """Whether a line is the title of an official document: 关于…的通知."""
    return bool(_OFFICIAL.search(text))


def names_office(text: str) -> bool:
    """Whether a line is no more than the name of an office."""
    return bool(_OFFICE.fullmatch(text))


def is_above_title(text: str) -> bool:
    """Whether a line stands above titles and is none: secrecy, number, or a field such as 签发人."""
    return bool(
        _CLASSIFIED.match(text)
        or _FIELD.match(text)
        or _DOCUMENT_NUMBER.fullmatch(text)
        or _BARE_NUMBER.fullmatch(text)
        or _ENACTED.match(text)
    )


def is_letterhead(text: str) -> bool:
    """Whether a line may be the letterhead of an official document: 江城市人民政府文件."""
    return bool(_LETTERHEAD.fullmatch(text))
