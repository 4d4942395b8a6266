"""What portals print around an article (`portals.toml`), and the role of each line of a page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from corpus.intake.byline import authors_in
from corpus.intake.dates import find_date, is_dated, without_date
from corpus.intake.page import Line, ends_sentence, fold, introduces, is_wide, width

_ORNAMENTS = " >》»›<《«‹·•■□▍▌▎|│【】[]{}():….+—_*#○●◆◇▶►▼▲→←↑↓/\\✕×"
# 首页 | 新闻 | 财经 | 体育 | 娱乐 | 科技, "Home | World | Business | Sport"
_MENU = re.compile(
    r"[^\s。,A-Za-z]{1,8}(?:[\s|/·]+[^\s。,]{1,8}){5,}|[A-Z][\w ]{1,16}(?:\s?[|·]\s?[A-Z][\w ]{1,16}){3,}"
)
# The traditional characters that stand in marks of portals, so that each mark is written once.
_SIMPLIFIED = str.maketrans(
    "關閱讀責編輯來記報導發佈時間標題圖網熱門聞評論點擊載權聲請鏈連結轉簡體訂頁視頻攝撰稿單機構處聯絡們隱圍開貼讚",
    "关阅读责编辑来记报导发布时间标题图网热门闻评论点击载权声请链连结转简体订页视频摄撰稿单机构处联络们隐围开贴赞",
)
# 来源:光明网, "Source: China Daily", "By Jane Doe"
_NAMES_SOURCE = re.compile(r"来\s?源\s*:|Source\s*:|^By\s")
_CASELESS = frozenset(("noise", "trail", "stops", "feet"))
# 第三条, 第二章, 一、, (三): such a line is the author's
_OUTLINED = re.compile(
    r"第[一二三四五六七八九十百零〇\d]{1,6}[条章节编]|\(?[一二三四五六七八九十]{1,3}[、)]"
)
_LONGEST = 300
"""Longest line in which marks are looked for, characters. A longer one is surely text."""

_LONGEST_SOURCE = 160
"""Longest line that names source, editor or illustrator, characters."""

_LONGEST_TITLE, _LONGEST_ENGLISH_TITLE = 90, 130
"""Columns of a title in Chinese, and of one in English, whose words take more room."""

_LONGEST_REST = 25
"""Characters that may stand beside the date in a line that is hardly more than a date."""


class Role(StrEnum):
    """The role of a line. The first six are also headings of sections.

    NOISE is a button, counter or notice; TRAIL a breadcrumb; STOP the first line of what is not the
    article; STAMP hardly more than a date; PROSE a sentence; SHORT any other line.
    """

    SOURCE = "出处"
    BYLINE = "作者"
    NOTE = "编者按"
    ABSTRACT = "摘要"
    EDITOR = "编辑"
    CREDIT = "配图"
    NOISE = "noise"
    TRAIL = "trail"
    STOP = "stop"
    STAMP = "stamp"
    PROSE = "prose"
    SHORT = "short"


META = frozenset({Role.SOURCE, Role.BYLINE, Role.EDITOR, Role.CREDIT})
"""Lines that say who wrote, published, edited or illustrated the article."""

LEFT_OUT = frozenset({Role.NOISE, Role.TRAIL, Role.STOP})
"""Lines that are never part of an article."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The compiled marks of all portals, for each kind one alternation.

    `portals.toml` says what the kinds are.
    """

    noise: re.Pattern[str]
    trail: re.Pattern[str]
    stops: re.Pattern[str]
    feet: re.Pattern[str]
    prefix: re.Pattern[str]
    cuts: re.Pattern[str]
    glued: re.Pattern[str]
    note: re.Pattern[str]
    abstract: re.Pattern[str]
    source: re.Pattern[str]
    byline: re.Pattern[str]
    editor: re.Pattern[str]
    credit: re.Pattern[str]


@cache
def marks() -> Marks:
    """The marks of `portals.toml`, read once."""
    text = Path(__file__).with_name("portals.toml").read_text(encoding="utf-8")
    portals = tomllib.loads(text).values()
    patterns = {name: _either(name, portals) for name in Marks.__dataclass_fields__}
    return Marks(**patterns)


def _either(name: str, portals: Iterable[dict[str, list[str]]]) -> re.Pattern[str]:
    """One pattern that matches what any portal lists under `name`."""
    patterns = [f"(?:{pattern})" for portal in portals for pattern in portal.get(name, ())]
    return re.compile("|".join(patterns), re.IGNORECASE if name in _CASELESS else re.NOFLAG)


def role_of(line: Line) -> Role:
    """The role of a line, judged by the line alone."""
    text = fold(line.text).translate(_SIMPLIFIED)
    if len(text) > _LONGEST:
        return Role.PROSE
    bare = text.strip(_ORNAMENTS)
    found = marks()
    if not _OUTLINED.match(text) or not bare:
        if found.trail.fullmatch(text):
            return Role.TRAIL
        if not bare or found.noise.fullmatch(bare):
            return Role.NOISE
        if found.stops.fullmatch(bare) or found.feet.fullmatch(bare):
            return Role.STOP
    role = _meta_role(text)
    return role or written_role(line)


def written_role(line: Line) -> Role:
    """The role of a line that is the author's: prose or short."""
    return Role.PROSE if line.kind == "row" or is_prose(fold(line.text)) else Role.SHORT


def _meta_role(text: str) -> Role | None:
    """The role of a line about the article, or None for any other line.

    It is note, abstract, source, editor, credit, byline or stamp.
    """
    found = marks()
    if found.note.match(text):
        return Role.NOTE
    if found.abstract.match(text):
        return Role.ABSTRACT
    dated = find_date(text) is not None
    named = _NAMES_SOURCE.search(text) is not None
    if len(text) <= _LONGEST_SOURCE and not text.endswith("。"):
        if found.source.match(text) or (dated and named):
            return Role.SOURCE
        if found.editor.match(text):
            return Role.EDITOR
        if found.credit.match(text):
            return Role.CREDIT
    if found.byline.match(text) and (authors_in(text) or not text.isascii()):
        return Role.BYLINE
    return Role.STAMP if is_stamp(text) else None


def is_stamp(text: str) -> bool:
    """Whether a line is hardly more than a date."""
    text = fold(text)
    if len(text) > 2 * _LONGEST_REST or ends_sentence(text):
        return False
    return is_dated(text) and len(without_date(text)) <= _LONGEST_REST


def is_prose(text: str) -> bool:
    """Whether a line is a sentence, or no title for another reason.

    It introduces a list, stands in brackets, or is too long.
    """
    # (本文原载某刊)
    if ends_sentence(text) or introduces(text) or re.fullmatch(r"\(.{4,}\)", fold(text)):
        return True
    # 云海翻腾,美若仙境。张三 摄
    if "。" in text:
        return True
    return width(text) > (_LONGEST_TITLE if is_wide(text[:1] or " ") else _LONGEST_ENGLISH_TITLE)


def is_menu(text: str) -> bool:
    """Whether a line is a row of short words, such as a navigation bar."""
    return bool(_MENU.fullmatch(fold(text)))
