"""Who is responsible, who decides, who is told: 市城市管理部门负责组织编制供热专项规划."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.evals.regulation_questions import act_of
from bot.training.makers.by_rule import by_rule
from bot.training.makers.gate import is_whole_noun, segmenter
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import CHAR, sentences_of
from bot.training.makers.wording import worded
from corpus import Document, Passage
from corpus.language.text import fold, leads

MAKER = "duties"

_DOERS = (
    "部门|机关|机构|局|委员会|委|中心|政府|办事处|公司|企业|单位|大队|支队|街道|社区|居委会|"
    "人|者|院|所|会|站|队|组织|学校|医院|法院|检察院"
)
# 市城市管理部门负责组织编制供热专项规划, 县级以上人民政府房产主管部门（以下称主管部门）负责…
_IN_CHARGE = re.compile(
    rf"^(?P<a>[^,。;:!?“”]{{2,50}}?(?:{_DOERS})(?:\([^()]{{2,24}}\))?)(?:具体|统一|主要|组织|依法)?负责(?!人|同志|任|的)"
    r"(?P<what>[^,。;:()]{4,40})(?=[,。;])"
)
# 本行政区域内的, 全市, 辖区内
_EXTENT = re.compile(
    r"^(?:本(?:行政区域|辖区|市|省|区|县|级)(?:行政区域|范围|辖区)?(?:以?内)?的?|(?:各自)?(?:所?辖区域?|区域|职责范围)内?的?|全[市省区县国]的?)"
)
# 具体办法, 确需变更: of what is said before
_OF_WHAT = re.compile(r"^(?:具体|确需|相关|有关|所需|需要|前)")
# 首次业主大会会议的筹备经费由建设单位承担
_BY = re.compile(
    rf"^(?P<what>{CHAR}{{4,30}}?)(?:应当)?由(?P<a>[^,。;:]{{1,30}}?(?:{_DOERS}))"
    r"(?P<did>负责|承担|实施|决定|制定|批准|审批|支付|组织编制|编制|拟订|管理|维护)(?P<more>[^,。;:()]{0,10})(?=[,。;])"
)
# 违反本条例规定，擅自占用绿地的，由城市绿化主管部门责令限期退还
_PUNISHES = re.compile(
    rf",由(?P<a>[^,。;:对]{{1,40}}?(?:{_DOERS}))(?:依法|按照)?(?:责令|处以?|给予|予以|没收)"
)
# 占用城市绿地的，应当经城市绿化主管部门批准
_APPROVED = re.compile(
    rf"^(?P<what>[^。;:()“”]{{4,30}}?)的?,?(?:应当|必须|须|需)(?:事先|依法|先)?(?:报经|报请|经|报(?!送))(?:所在地)?"
    rf"(?P<a>[^,。;:()]{{1,30}}?(?:{_DOERS}))(?P<did>批准|同意|审批|审核|备案)(?=[,。;后])"
)
# 建设单位应当向城市绿化主管部门提出申请
_TOLD = re.compile(
    rf"^(?P<who>{CHAR}{{2,14}})应当(?:及时|立即|依法)?向(?P<a>[^,。;:()]{{1,30}}?(?:{_DOERS}))"
    r"(?P<did>提出(?:书面)?申请|申请[^,。;:()]{0,14}|报告[^,。;:()]{0,10}|备案|提交[^,。;:()]{2,16}|申报[^,。;:()]{0,12}|举报)(?=[,。;])"
)

_OF_NOUN = (
    "{what}由谁负责？",
    "{what}归谁管？",
    "谁负责{what}？",
    "{what}是哪个部门的事？",
    "{what}由哪个单位负责？",
    "负责{what}的是谁？",
)
_OF_VERB = (
    "谁负责{what}？",
    "{what}是谁的职责？",
    "哪个单位负责{what}？",
)
_OF_BY = (
    "{what}由谁{did}？",
    "谁来{did}{what}？",
    "{what}该谁{did}？",
    "{what}要谁{did}？",
)
_OF_PUNISHING = (
    "{act}由谁处罚？",
    "{act}归哪个部门管？",
    "谁来查处{act}的行为？",
    "{act}的，由哪个部门处理？",
)
_OF_APPROVAL = (
    "{what}要经谁{did}？",
    "{what}要报哪个部门{did}？",
    "{what}应当由谁{did}？",
    "{what}，找谁{did}？",
)
_OF_TELLING = ("{who}应当向谁{did}？", "{who}要向哪个部门{did}？", "{who}{did}，该找哪里？")


def duties(document: Document) -> Iterator[Made]:
    """Who is in charge, who decides or pays, who punishes, who approves, and who is told."""
    for sentence in sentences_of(document):
        yield from _in_charge(sentence)
        yield from _by(sentence)
        yield from _punishes(sentence)
        yield from _approved(sentence)
        yield from _told(sentence)
    yield from by_rule(document, MAKER, "who")


def _in_charge(sentence: Passage) -> Iterator[Made]:
    """市城市管理部门负责组织编制供热专项规划: who?"""
    found = _IN_CHARGE.search(fold(sentence.text))
    if found is None or not is_whole_noun(found["a"].partition("(")[0]):
        return
    # 我所在的部门; two clauses in one
    if re.search("我|进行|由", found["a"]):
        return
    what = _EXTENT.sub("", found["what"])
    first = segmenter().words(what)[0] if segmenter().words(what) else ""
    frames = _OF_VERB if leads(first) else _OF_NOUN
    yield from _asked(sentence, found, frames, what, what=what)


def _by(sentence: Passage) -> Iterator[Made]:
    """首次业主大会会议的筹备经费由建设单位承担: by whom?"""
    found = _BY.search(fold(sentence.text))
    # 擅自占用的，由…: a condition
    if found and is_whole_noun(found["what"]) and is_whole_noun(found["a"]):
        if "的" in found["more"] or "或者由" in found["a"]:
            return
        did = found["did"] + found["more"]
        what = _EXTENT.sub("", found["what"])
        frames = _OF_BY if not found["more"] else _OF_BY[:1]
        yield from _asked(sentence, found, frames, what, what=what, did=did)


def _punishes(sentence: Passage) -> Iterator[Made]:
    """违反本条例规定，擅自占用绿地的，由城市绿化主管部门责令限期退还: by whom?"""
    text = sentence.text
    act = act_of(text)
    if act is None:
        return
    found = _PUNISHES.match(fold(text), act.end() - 1)
    if found:
        yield from _asked(sentence, found, _OF_PUNISHING, act["asked"], act=act["asked"])


def _approved(sentence: Passage) -> Iterator[Made]:
    """占用城市绿地的，应当经城市绿化主管部门批准: by whom?"""
    found = _APPROVED.search(fold(sentence.text))
    if found:
        what = found["what"].removesuffix("的")
        yield from _asked(sentence, found, _OF_APPROVAL, what, what=what, did=found["did"])


def _told(sentence: Passage) -> Iterator[Made]:
    """建设单位应当向城市绿化主管部门提出申请: to whom?"""
    found = _TOLD.search(fold(sentence.text))
    if found and is_whole_noun(found["who"]):
        seed = found["who"] + found["did"]
        frames = _OF_TELLING
        yield from _asked(sentence, found, frames, seed, who=found["who"], did=found["did"])


def _asked(
    sentence: Passage, found: re.Match[str], frames: tuple[str, ...], seed: str, **parts: str
) -> Iterator[Made]:
    """The wordings of a question that the group `a` of a match answers."""
    if _OF_WHAT.match(parts.get("what", "")):
        return
    written = {name: part.replace(",", "，") for name, part in parts.items()}
    span = span_of(sentence, found, "a")
    for question in worded(sentence.document, frames, seed, written):
        yield Made(sentence.document, question, span, cited(sentence), "organisation", MAKER)
