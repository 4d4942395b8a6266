"""Tells the article of a page from the boilerplate around it: navigation, buttons, lists of links,
the foot of a site.

`read_sheet` gives each line its role, `find_title` finds the title, and `article_lines` the lines
of the article. A page that does not look like a portal's is prose, and all of its lines are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from corpus.intake.byline import names_office
from corpus.intake.page import Line, Page, ends_sentence, fold, width
from corpus.intake.portals import META, Role, is_menu, marks, role_of, written_role
from corpus.intake.regulations import (
    ARTICLE,
    is_above_articles,
    is_above_title,
    is_letterhead,
    names_law,
    names_official,
)
from corpus.intake.regulations import names_office as is_office

# 十二 and 12 in "第十二条" and "(12)"
COUNT = r"[一二三四五六七八九十\d]{1,3}"

# 一、总则; (三)保障; 第五章; 1. 总则; 附件2:
_NUMBERED = re.compile(
    rf"[一二三四五六七八九十]+、|\({COUNT}\)|第{COUNT}[章节条部编]|\d{{1,3}}[.、)]\s?\D|附件?\d*\s*:"
)
# "• 城市", "- city"
_BULLET = re.compile(r"[•·●▪◆■○*-]\s*\S")
# 附件1, 附表, 先进单位名单: a list of the author's follows
_APPENDIX = re.compile(r"附\s*[件表录]\s*\d{0,2}\s*$|.{2,30}(?:名单|清单|一览表)$")
# 火警:119, 市住建局 010-12345678: an entry of a list, no title
_ENTRY = re.compile(r"(?<=.)[:\s](?!(?:(?:19|20)?\d\d-)?\d\d?-\d\d?$)\+?\d[\d-]{2,}$")
# 如因版权需要同本网联系的,请在30日内进行。 下载客户端,随时了解市场。
_OF_THE_SITE = re.compile(r"APP|客户端|公众号|本网|本站|本刊|本报|转载|版权|侵权|著作权")
# 某市政府, 光明网, 理论频道
_NAME_OF_SITE = re.compile(r"(?:政府|[网局委厅报]|委员会|频道|客户端)$")
# 某省人民政府网站, 某某门户: no title, even where the format names it as one
_SITE = re.compile(r"(?:网站|门户|官网|首页|主页)$")
# 图为街景, 街景。张三 摄, 图1 街景; 违法和不良信息举报; 问:几点开门?; top top top
_NO_TITLE = re.compile(
    r"图为|[上下左右]图|图\s?\d|.*[摄图]\)?$|.*(?:举报|投诉|纠错|侵权)(?:电话|邮箱|热线|平台|中心|专区|入口)?$|"
    r"[问答QA]\d*\s*[:.、]|(\w+)(?:\s+\1)+$",
    re.IGNORECASE,
)
# 数字赋能社区治理的: goes on in the next line
_UNFINISHED = re.compile(r"[的和与及暨]$")

# Lines: how many of them are looked at, or make a block.
_NEAR = 12
"""Lines from the top, or from the extractor's article, in which lines about the article are looked
for.
"""

_HEAD_LINES = 15
"""Lines of the head of a page that has no paragraph, and lines above the title that may belong to
the article.
"""

_TRAIL_LINES = 40
"""Lines from the top in which a breadcrumb may stand."""

_NEAR_DATE = 4
"""Lines between the title and a line with source or date, at most."""

LINKS = 4
"""Titles in a row that make a list of links at the end of a page."""

_RUN = 6
"""Titles in a row that make a list of links inside an article."""

_INSET = 3
"""Titles of a block of links after which the article may go on, at most."""

_TITLE_LINES = 3
"""Lines over which a title is set, at most."""

_LEAST_ARTICLES = 3
"""Articles with different numbers that make a text a law: a report that quotes one or two has fewer
of them at the beginning of lines.
"""

_GOING_ON = 3
"""Sentences in a row, each surely text, with which an article goes on below a stop: teasers and
comments stand alone or in pairs.
"""

BUTTONS = 3
"""Buttons in a row that end an article."""

# Widths, in columns but for the byline's.
LINK_WIDTH = 18
"""Average width from which lines are titles in a list of links rather than verse or a table."""

_SOLID = 60
"""Width from which a sentence is surely text."""

_TITLE_WIDTH = 40
"""Width from which a longer title fits no better."""

_LONGEST_LINK = 300
"""Characters of a title in a list of links, at most. A longer line is text, and would cost time."""

_LONGEST_BYLINE = 120
"""Characters of a line that closes the bracket of a byline, at most."""

LEFT_OUT = frozenset({Role.NOISE, Role.TRAIL, Role.STOP})
_FOOT = frozenset({Role.BYLINE, Role.EDITOR})


# The lines of a page with their roles, and what their shapes and widths say.


@dataclass(frozen=True)
class Sheet:
    """The lines of a page and their roles, in order, one role a line.

    `judged` tells that an extractor judged the lines and that those outside its article are gone.
    `whole` tells that there is surely nothing around the article, so that nothing is dropped.
    """

    lines: tuple[Line, ...]
    roles: tuple[Role, ...]
    judged: bool
    whole: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, i: int) -> str:
        """The text of line `i`, folded, in which patterns are looked for."""
        return self._folded[i]

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(line.text) for line in self.lines)

    @cached_property
    def stamps(self) -> frozenset[int]:
        """Lines that date the line before them, as in a list of dated titles: their dates have one
        form, repeated.
        """
        dated = {
            i: _form(self.text(i))
            for i, role in enumerate(self.roles)
            if role in (Role.STAMP, Role.SOURCE)
        }
        count = Counter(dated.values())
        return frozenset(i for i, form in dated.items() if form and count[form] > 1)

    @cached_property
    def weight(self) -> int:
        """How strongly the page looks like a portal's, in signs; from 2 on it is one."""
        count = Counter(self.roles)
        stops = [i for i in range(len(self)) if self._is_sign(i)]
        headed = sum(self.lines[i].kind == "heading" for i in stops)
        sure = count[Role.TRAIL] + sum(bool(marks().prefix.match(text)) for text in self._folded)
        top = [i for i, role in enumerate(self.roles[:_NEAR]) if role is Role.STAMP]
        hints = (
            Role.EDITOR in count,
            len(self.stamps) > 1,
            self._is_clocked(self.stamps, 2),
        )
        sourced = Role.SOURCE in count or self._is_clocked(top, 1)
        other = 2 * sure + len(stops) - headed + sum(hints)
        listed = self._trails_off()
        # A button or two stand in articles too, and so do a source and a list at the end.
        if other or count[Role.NOISE] + sourced + listed > 2 or (sourced and count[Role.NOISE]):
            other += count[Role.NOISE]
        return other + sourced + (listed if other else 0)

    def _is_sign(self, i: int) -> bool:
        """Whether line `i` is a stop that shows a portal: no text goes on below it, and articles
        have no such line.
        """
        if self.roles[i] is not Role.STOP or marks().feet.match(self.text(i)):
            return False
        below = (j for j in range(i, len(self)) if self.roles[j] is Role.PROSE)
        return not self.solids(0, i) or not self.goes_on(next(below, len(self)))

    def goes_on(self, i: int) -> bool:
        """Whether an article goes on with line `i`: several sentences in a row, none on the site,
        and above them no more than an inset of titles.
        """
        if i + _GOING_ON > len(self) or Role.PROSE not in self.roles[max(0, i - _RUN) : i]:
            return False
        return all(
            self.is_solid(j) and not _OF_THE_SITE.search(self.text(j))
            for j in range(i, i + _GOING_ON)
        )

    @cached_property
    def law(self) -> frozenset[int]:
        """The lines of a law, from the notes on its enactment to its last article; often none."""
        return law_lines(self._folded, self.roles, self.lines)

    @property
    def portal(self) -> bool:
        """Whether the page is a portal's, and not bare prose."""
        return self.judged or (self.furnished and not self.whole)

    @property
    def furnished(self) -> bool:
        """Whether the page shows enough of a portal that the shape of lines alone may end the
        article.
        """
        return self.weight >= 2

    @cached_property
    def last_foot(self) -> int:
        """The last line that is a byline or an editor line, or -1."""
        return max(
            (i for i, role in enumerate(self.roles) if role in (Role.BYLINE, Role.EDITOR)),
            default=-1,
        )

    def solids(self, start: int, end: int) -> int:
        """How many lines from `start` to `end`, exclusive, are solid."""
        return self._solids[max(start, end)] - self._solids[start]

    @cached_property
    def _solids(self) -> tuple[int, ...]:
        return tuple(accumulate((self.is_solid(i) for i in range(len(self))), initial=0))

    def has_prose(self, start: int, end: int) -> bool:
        """Whether a line from `start` to `end`, exclusive, is prose of any length."""
        return self._proses[end] > self._proses[start]

    @cached_property
    def _proses(self) -> tuple[int, ...]:
        return tuple(accumulate((role is Role.PROSE for role in self.roles), initial=0))

    def until(self, i: int) -> int:
        """The first line from `i` on that is an editor line or begins boilerplate, or the number of
        lines.
        """
        return self._breaks[i]

    @cached_property
    def _breaks(self) -> tuple[int, ...]:
        breaks = [len(self)] * (len(self) + 1)
        for i in range(len(self) - 1, -1, -1):
            breaks[i] = i if self.roles[i] in (Role.STOP, Role.EDITOR) else breaks[i + 1]
        return tuple(breaks)

    def _is_clocked(self, stamps: Iterable[int], least: int) -> bool:
        """Whether at least `least` of the lines `stamps` have a time of day: 10:00."""
        return sum(bool(re.search(r"\d:\d\d", self.text(i))) for i in stamps) >= least

    def _trails_off(self) -> bool:
        """Whether the page ends in a list of titles that the paragraph above does not announce."""
        end = len(self)
        while end and self.is_link(end - 1):
            end -= 1
        columns = sum(width(self.text(i)) for i in range(end, len(self)))
        announced = not end or not self.is_solid(end - 1) or self.announces(end - 1)
        return (
            not announced and len(self) - end >= LINKS and columns >= LINK_WIDTH * (len(self) - end)
        )

    def announces(self, i: int) -> bool:
        """Whether line `i` says that a list follows, which is the author's."""
        return self.text(i).endswith(":") or bool(_APPENDIX.match(self.text(i)[:_LONGEST_LINK]))

    def is_dated(self, i: int) -> bool:
        """Whether a date stands below line `i`."""
        return i + 1 in self.stamps and i not in self.stamps

    def is_solid(self, i: int) -> bool:
        """Whether line `i` is surely text: prose of some length with no date below it."""
        return (
            self.roles[i] is Role.PROSE and width(self.text(i)) >= _SOLID and not self.is_dated(i)
        )

    def is_link(self, i: int) -> bool:
        """Whether line `i` has no end, number or bullet, as titles in a list of links have none."""
        line = self.lines[i]
        if (
            line.kind in ("row", "heading")
            or len(line.text) > _LONGEST_LINK
            or _NUMBERED.match(self.text(i))
            or _BULLET.match(self.text(i))
            or _ENTRY.search(self.text(i))
            or self.announces(i)
        ):
            return False
        return self.roles[i] is Role.SHORT or self._calls_out(i)

    def is_tail(self, i: int) -> bool:
        """Whether line `i` may stand below an article without being part of it."""
        if (
            self.roles[i] in LEFT_OUT
            or self.roles[i] is Role.STAMP
            or i in self.stamps
            or self.is_dated(i)
        ):
            return True
        if self.lines[i].kind == "row" or (self.judged and self.lines[i].kind == "item"):
            return False
        if _ENTRY.search(self.text(i)) or self.announces(i):
            return False
        return not _NUMBERED.match(self.text(i)) and (
            self.roles[i] is Role.SHORT or self._calls_out(i)
        )

    def _calls_out(self, i: int) -> bool:
        """Whether line `i` is a short question or exclamation among titles, and so a title."""
        calls = (
            self.roles[i] is Role.PROSE
            and self.text(i)[-1] in "?!"
            and width(self.text(i)) < _SOLID
        )
        return calls and i > 0 and self.roles[i - 1] in LEFT_OUT | {Role.SHORT, Role.STAMP}


def read_sheet(page: Page) -> Sheet:
    """Gives each line of a page its role.

    A page that is no web page keeps all of its lines; none is a button or a stop. Of a page that an
    extractor judged, only the lines that it kept stay, and those near them that
    name author, source, date and editor.
    """
    roles = _with_bylines_whole(page.lines, list(map(role_of, page.lines)))
    if not page.is_web_page:
        own = [
            written_role(line) if role in LEFT_OUT else role
            for line, role in zip(page.lines, roles, strict=True)
        ]
        return Sheet(page.lines, tuple(own), judged=False, whole=True)
    roles = _with_sentences(page.lines, roles)
    inside = [i for i, line in enumerate(page.lines) if not line.outside]
    judged = len(inside) < len(page.lines)
    if not judged or not inside:
        return Sheet(page.lines, roles, judged=False)
    law = law_lines([fold(line.text) for line in page.lines], roles, page.lines)
    kept = []
    for i, line in enumerate(page.lines):
        if not line.outside or i in law or _belongs(page, roles, i, (inside[0], inside[-1])):
            kept.append(i)
    return Sheet(tuple(page.lines[i] for i in kept), tuple(roles[i] for i in kept), judged=True)


def _with_bylines_whole(lines: tuple[Line, ...], roles: list[Role]) -> tuple[Role, ...]:
    """The roles, with lines that continue a byline made bylines too: a second author, or an open
    bracket.
    """
    for i in range(1, len(lines)):
        if roles[i - 1] is Role.BYLINE and roles[i] in (Role.SHORT, Role.PROSE):
            above, text = fold(lines[i - 1].text), fold(lines[i].text)
            still_open = (
                above.startswith("(") and "(" not in text and above.count("(") > above.count(")")
            )
            if (still_open and len(text) <= _LONGEST_BYLINE) or names_office(text):
                roles[i] = Role.BYLINE
    return tuple(roles)


def _with_sentences(lines: tuple[Line, ...], roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """The roles, with sentences that look like a notice or a button made prose where the text goes
    on below them: 未经检验的电梯,不得转载他用。 A button has to be long, or to stand between two sentences.
    """
    found = list(roles)
    below = False
    for i in range(len(lines) - 1, -1, -1):
        text = fold(lines[i].text)
        above = roles[i - 1] if i else Role.NOISE
        is_long = above is Role.PROSE or width(text) >= _SOLID
        doubtful = roles[i] is Role.STOP or (roles[i] is Role.NOISE and is_long)
        if doubtful and below and text.endswith(("。", ";")):
            found[i] = written_role(lines[i])
        is_text = roles[i] is Role.PROSE and not lines[i].outside
        own = is_text and ends_sentence(text) and not _OF_THE_SITE.search(text)
        below = below or own
    return tuple(found)


def law_lines(texts: Sequence[str], roles: Sequence[Role], lines: Sequence[Line]) -> frozenset[int]:
    """The lines of a law among the folded `texts` of a page: from the notes on its enactment to its
    last article, without buttons and links. None where the page holds no law.
    """
    numbers: dict[int, str] = {}
    for i, text in enumerate(texts):
        found = ARTICLE.match(text)
        if found:
            numbers[i] = found[0]
    if len(set(numbers.values())) < _LEAST_ARTICLES:
        return frozenset()
    start, end = min(numbers), max(numbers) + 1
    while start and is_above_articles(texts[start - 1]):
        start -= 1
    if start and names_law(texts[start - 1]):
        start -= 1
    while end < len(texts) and roles[end] is Role.PROSE and not _OF_THE_SITE.search(texts[end]):
        end += 1
    return frozenset(
        i
        for i in range(start, end)
        if roles[i] not in (Role.NOISE, Role.TRAIL) and lines[i].kind != "link"
    )


def _belongs(page: Page, roles: tuple[Role, ...], i: int, body: tuple[int, int]) -> bool:
    """Whether line `i`, outside the extractor's article with its first and last line `body`,
    belongs to it.
    """
    line, role = page.lines[i], roles[i]
    if body[0] - _NEAR <= i < body[0]:
        titled = line.kind == "heading" and line.text in page.title
        return (
            titled
            or role in META | {Role.NOTE, Role.ABSTRACT, Role.STAMP}
            or bool(marks().prefix.match(fold(line.text)))
        )
    if i > body[1]:
        return i <= body[1] + _NEAR and role in META and Role.STOP not in roles[body[1] : i]
    return (
        line.kind != "link"
        and i > body[0]
        and (role in META or role is Role.PROSE or line.kind == "heading")
    )


def is_numbered(text: str) -> bool:
    """Whether a line begins with a number of an outline."""
    return bool(_NUMBERED.match(fold(text)))


def is_title(line: Line, role: Role) -> bool:
    """Whether a line has the shape of a title."""
    text = fold(line.text)
    shaped = (
        role in (Role.SHORT, Role.PROSE) and 4 <= width(text) <= 130 and text[-1] not in "。,、;:.…"
    )
    listed = is_numbered(text) or is_menu(text) or _BULLET.match(text)
    other = _NO_TITLE.match(text) or is_above_title(text)
    return shaped and line.kind in ("", "heading") and not listed and not other


def _form(text: str) -> str:
    """The form of a date: "2024-10-10 16:04" has the form "9-9-9 9:9"."""
    return re.sub(r"\d+", "9", re.sub(r"[^\d\-/.年月日: ]", "", text)).strip(" :")


# The title.


class Title(NamedTuple):
    """A title as printed, and the line where it first stands by itself; None where the page does
    not print it. `lines` is over how many lines it is set.
    """

    text: str
    line: int | None
    lines: int = 1


def find_title(sheet: Sheet, page: Page) -> Title:
    """Finds the title: the name of a law, repeated, named by the format, near the source line, or
    the first line with such a shape.
    """
    top = _head_end(sheet)
    shaped = [i for i in range(top) if is_title(sheet.lines[i], sheet.roles[i])]
    prefixed = [i for i in range(top) if marks().prefix.match(sheet.text(i))]
    if prefixed:
        printed = sheet.lines[prefixed[0]].text
        start = re.match(marks().prefix, fold(printed))
        named = printed[start.end() :].strip() if start else printed
        return Title(named, next((i for i in shaped if sheet.text(i) == fold(named)), prefixed[0]))
    laws = [i for i in shaped if sheet.law and names_law(sheet.text(i))]
    if laws:
        return _set_title(sheet, laws[0])
    named_by_format = [
        i
        for i in shaped
        if page.title and width(sheet.text(i)) >= 8 and sheet.text(i) in fold(page.title)
    ]
    if named_by_format:
        best = max(named_by_format, key=lambda i: (len(sheet.text(i)), -i))
        return Title(sheet.lines[best].text, best)
    if page.title.strip() and not (shaped and _SITE.search(page.title)):
        standing = [i for i in range(top) if sheet.text(i) == fold(page.title)]
        longer = [i for i in shaped if _is_longer_form(sheet, i, fold(page.title))]
        if longer and not standing:
            return Title(sheet.lines[longer[0]].text, longer[0])
        return Title(page.title, standing[0] if standing else None)
    line = _guess_title(sheet, shaped) if sheet.portal else _first_title(sheet, shaped)
    return Title("", None) if line is None else _set_title(sheet, line)


def _is_longer_form(sheet: Sheet, i: int, named: str) -> bool:
    """Whether heading `i` has all characters of the title that the format names, in their order:
    枫香社区三月活动安排 of 社区活动安排.
    """
    text = sheet.text(i)
    rest = iter(text)
    is_near = width(named) >= 8 and len(named) < len(text) <= 2 * len(named)
    return sheet.lines[i].kind == "heading" and is_near and all(char in rest for char in named)


def _first_title(sheet: Sheet, shaped: list[int]) -> int | None:
    """The title of a text that no portal surrounds: its first line, below a letterhead and lines
    such as secrecy, number and date, where it has the shape of one.
    """
    official = next((i for i in shaped if names_official(sheet.text(i))), None)
    for i, role in enumerate(sheet.roles):
        text = sheet.text(i)
        if role in LEFT_OUT or role is Role.STAMP or role in META or is_above_title(text):
            continue
        heads = official is not None and i < official and is_letterhead(text)
        if not heads:
            return i if i in shaped else None
    return None


def _set_title(sheet: Sheet, line: int) -> Title:
    """The title that begins with line `line`, with those in which it goes on."""
    texts = [sheet.lines[line].text]
    for i in range(line + 1, min(line + _TITLE_LINES, len(sheet))):
        if not is_title(sheet.lines[i], sheet.roles[i]):
            break
        texts.append(sheet.lines[i].text)
    count = _lines_of_title([fold(text) for text in texts])
    return Title("".join(texts[:count]), line, count)


def _lines_of_title(texts: Sequence[str]) -> int:
    """Over how many of the first lines `texts` a title is set: 某市政府 / 关于加强养犬管理 / 的通知."""
    first = texts[0]
    if len(texts) == 1 or names_official(first):
        return 1
    if "关于" in first or (is_office(first) and texts[1].startswith("关于")):
        for count in range(2, len(texts) + 1):
            if names_official("".join(texts[:count])):
                return count
    return 2 if _UNFINISHED.search(first) else 1


def _guess_title(sheet: Sheet, shaped: list[int]) -> int | None:
    """The line of a portal's page that is most likely the title, among those that have the shape of
    one.
    """
    count = Counter(sheet.text(i) for i in shaped)
    repeated = [i for i in shaped if count[sheet.text(i)] > 1 and width(sheet.text(i)) >= 12]
    headings = [i for i in shaped if sheet.lines[i].kind == "heading"]
    dated = [i for i in range(_head_end(sheet)) if sheet.roles[i] in (Role.SOURCE, Role.STAMP)]
    near = [
        i
        for i in shaped
        if dated
        and dated[0] - _NEAR_DATE <= i <= dated[-1] + _NEAR_DATE
        and not _is_subtitle(sheet.text(i))
    ]
    near.sort(key=lambda i: _fitness(sheet, i, dated[0]), reverse=True)
    long = [i for i in shaped if width(sheet.text(i)) >= 14 and not _is_subtitle(sheet.text(i))]
    return next(iter([*repeated, *headings, *near, *long, *shaped]), None)


def _fitness(sheet: Sheet, i: int, source: int) -> int:
    """How well line `i` fits as the title beside the line `source`, in columns."""
    text = sheet.text(i)
    fitness = min(width(text), _TITLE_WIDTH) - 2 * abs(i - source)
    fitness += _TITLE_WIDTH if names_official(text) else 0
    fitness -= _TITLE_WIDTH // 2 if _NAME_OF_SITE.search(text) else 0
    above_text = i > source and i + 1 < len(sheet) and sheet.is_solid(i + 1)
    return fitness - (_TITLE_WIDTH // 2 if above_text else _TITLE_WIDTH // 4 if i > source else 0)


def _head_end(sheet: Sheet) -> int:
    """The first line below the head of the page, in which the title stands."""
    trails = [i for i, role in enumerate(sheet.roles[:_TRAIL_LINES]) if role is Role.TRAIL]
    below = range(trails[-1] if trails else 0, len(sheet))
    solid = next((i for i in below if sheet.is_solid(i)), min(len(sheet), _HEAD_LINES))
    return max(solid, 1) if len(sheet) > 1 else 0


def _is_subtitle(text: str) -> bool:
    """Whether a line is a subtitle: ——以杭州为例."""
    return text.startswith(("—", "--", "——"))


# Which lines are the article.


def article_lines(sheet: Sheet, title: Title) -> list[int]:
    """The lines of the article, in order, with that of the title."""
    if not sheet.portal:
        return list(range(len(sheet)))
    start = 0 if title.line is None else title.line + title.lines
    while start < len(sheet) and _is_subtitle(sheet.text(start)):
        start += 1
    head, body = _split_head(sheet, start)
    own = [] if title.line is None else list(range(title.line, start))
    over = range(max(0, start - _HEAD_LINES), own[0] if own else 0)
    above = [
        i for i in over if sheet.roles[i] in (Role.SOURCE, Role.BYLINE, Role.NOTE, Role.ABSTRACT)
    ]
    repeated = {i for i in range(len(sheet)) if sheet.text(i) == fold(title.text)}
    kept = _keep(sheet, body, _tail_limit(sheet, body))
    return sorted({*above, *own, *sheet.law, *(i for i in (*head, *kept) if i not in repeated)})


def _split_head(sheet: Sheet, start: int) -> tuple[list[int], int]:
    """The lines about the article between title and body, and the line where the body begins."""
    solid = next((i for i in range(start, len(sheet)) if _opens_body(sheet, i)), None)
    reach = solid
    if reach is None:
        reach = next(
            (i for i in range(start, len(sheet)) if sheet.roles[i] is Role.SHORT), len(sheet)
        )
    head = [
        i for i in range(start, reach) if sheet.roles[i] in META or sheet.roles[i] is Role.STAMP
    ]
    begin = head[-1] + 1 if head else start
    if solid is None:
        return head, begin
    between = range(begin, solid) if head else range(max(begin, solid - 2), solid)
    body = solid
    while body - 1 in between and _may_open(sheet, body - 1):
        body -= 1
    return head, body


def _opens_body(sheet: Sheet, i: int) -> bool:
    """Whether the body may begin with line `i`."""
    return sheet.roles[i] in (Role.PROSE, Role.NOTE, Role.ABSTRACT) or (
        sheet.lines[i].kind != "" and sheet.roles[i] is Role.SHORT
    )


def _may_open(sheet: Sheet, i: int) -> bool:
    """Whether line `i` may be a heading or a verse at the top of the body."""
    is_short = sheet.roles[i] is Role.SHORT and width(sheet.lines[i].text) >= 8
    return is_short and not is_menu(sheet.text(i))


def _tail_limit(sheet: Sheet, start: int) -> int:
    """The line where the article ends at the latest, found from the bottom of the page by shape."""
    end = len(sheet)
    while end > start and sheet.is_tail(end - 1):
        end -= 1
    tail = range(end, len(sheet))
    stamps = sum(i in sheet.stamps for i in tail)
    if end == start or not (stamps > 1 or (sheet.furnished and len(tail) >= _INSET)):
        return len(sheet)
    if sheet.announces(end - 1):
        end = next((i for i in tail if sheet.roles[i] is not Role.SHORT), len(sheet))
    signed = sheet.roles[end : end + 2] == (Role.SHORT, Role.STAMP) and end + 1 not in sheet.stamps
    return end + 2 if signed else end


def _keep(sheet: Sheet, start: int, limit: int) -> list[int]:
    """The lines of the body from `start` to `limit`, exclusive, without the boilerplate between
    them.
    """
    kept: list[int] = []
    closed = written = False
    i = start
    while i < limit:
        role = sheet.roles[i]
        after = (
            _after_stop(sheet, i, (start, limit), written)
            if role is Role.STOP
            else _after_run(sheet, i, (start, limit))
        )
        if after is not None:
            closed = closed or (after < limit and sheet.roles[after] in META)
            i = after
            continue
        if role is Role.EDITOR and _ends_article(sheet, i, start):
            return kept + _foot(sheet, i, limit)
        if role not in LEFT_OUT and (not closed or role in META):
            kept.append(i)
        written = written or role is Role.BYLINE
        closed = closed or (role is Role.BYLINE and _ends_article(sheet, i, start))
        i += 1
    return kept


def _after_run(sheet: Sheet, i: int, body: tuple[int, int]) -> int | None:
    """The line where the article goes on after a run of titles or buttons from line `i` on; None
    without a run.
    """
    start, limit = body
    if (
        not sheet.furnished
        or not sheet.solids(start, i)
        or _in_run(sheet, i - 1)
        or sheet.announces(i - 1)
    ):
        return None
    run = i
    while run < limit and _in_run(sheet, run):
        run += 1
    titles = run - i >= _RUN and sum(width(sheet.text(j)) for j in range(i, run)) >= LINK_WIDTH * (
        run - i
    )
    buttons = (
        sum(role is Role.NOISE for role in sheet.roles[i:run]) >= BUTTONS
        and sheet.solids(start, i) >= BUTTONS
    )
    if not titles and not buttons:
        return None
    if sheet.solids(run, min(run + 2, limit)) == 2 and sheet.roles[run - 1] is not Role.NOISE:
        return None
    if run < limit and sheet.roles[run] in META:
        return run
    return None if run <= sheet.last_foot < limit else limit


def _in_run(sheet: Sheet, i: int) -> bool:
    """Whether line `i` is a title in a list of links or a button."""
    return sheet.is_link(i) or sheet.roles[i] is Role.NOISE


def _after_stop(sheet: Sheet, stop: int, body: tuple[int, int], written: bool) -> int:
    """The line where the article goes on after a block of links from line `stop` on, or the end of
    the body, whose first line and end `body` gives.
    """
    start, limit = body
    begun = any(sheet.roles[i] in (Role.PROSE, Role.SHORT) for i in range(start, stop))
    titles = 0
    for i in range(stop + 1, limit):
        role = sheet.roles[i]
        if role in (Role.EDITOR, Role.CREDIT) or (role is Role.BYLINE and not written):
            return i
        if role is Role.PROSE and not sheet.is_dated(i) and not sheet.is_link(i):
            until = next(
                (j for j in range(i, limit) if sheet.roles[j] in _FOOT | {Role.STOP}), None
            )
            signed = titles <= _INSET and until is not None and sheet.roles[until] in _FOOT
            return i if signed or not begun or sheet.goes_on(i) else limit
        titles += role is Role.SHORT
    return limit


def _ends_article(sheet: Sheet, i: int, start: int) -> bool:
    """Whether a byline or an editor line at `i` stands below the text and not above it."""
    before, after = sheet.solids(start, i), sheet.solids(i + 1, sheet.until(i + 1))
    if sheet.roles[i] is Role.BYLINE:
        return before > 0 and after == 0
    return sheet.has_prose(start, i) and not before <= 2 < after


def _foot(sheet: Sheet, i: int, limit: int) -> list[int]:
    """Line `i` and the lines of the same kind that follow it."""
    foot = []
    while i < limit and (sheet.roles[i] in META | {Role.NOISE}) and i not in sheet.stamps:
        foot += [i] if sheet.roles[i] in META else []
        i += 1
    return foot
