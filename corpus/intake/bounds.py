"""Where an article begins and ends on its page: which lines are its title, its head and its body."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from corpus.intake.page import Page, fold, width
from corpus.intake.portals import META, Role, is_menu, marks
from corpus.intake.sheet import LEFT_OUT, LINK_WIDTH, Sheet, is_title

_HEAD_LINES = 15
_TRAIL_LINES = 40
_RUN = 6
_INSET = 3
_BUTTONS = 3
_NEAR = 4
_TITLE_WIDTH = 40
_OFFICIAL = re.compile(r"关于.{4,}的(?:通知|意见|决定|决议|通告|公告|批复|函|报告|请示|办法|方案|规定)$")
_NAME_OF_SITE = re.compile(r"(?:政府|[网局委厅报]|委员会|频道|客户端)$")
_FOOT = frozenset({Role.BYLINE, Role.EDITOR})


class Title(NamedTuple):
    """A title as printed and the line where it first stands by itself, or None where the page does not print it."""

    text: str
    line: int | None


def find_title(sheet: Sheet, page: Page) -> Title:
    """The title: repeated, named by the format, above the source line, or the first line shaped as one."""
    top = _head_end(sheet)
    shaped = [i for i in range(top) if is_title(sheet.lines[i], sheet.roles[i])]
    prefixed = [i for i in range(top) if marks().prefix.match(sheet.text(i))]
    if prefixed:
        printed = sheet.lines[prefixed[0]].text
        start = re.match(marks().prefix, fold(printed))
        named = printed[start.end() :].strip() if start else printed
        return Title(named, next((i for i in shaped if sheet.text(i) == fold(named)), prefixed[0]))
    named_by_format = [
        i for i in shaped if page.title and width(sheet.text(i)) >= 8 and sheet.text(i) in fold(page.title)
    ]
    if named_by_format:
        best = max(named_by_format, key=lambda i: (len(sheet.text(i)), -i))
        return Title(sheet.lines[best].text, best)
    if page.title and not page.title.isspace():
        return Title(page.title, next((i for i in range(top) if sheet.text(i) == fold(page.title)), None))
    first = next((i for i, role in enumerate(sheet.roles) if role not in LEFT_OUT), None)
    line = _guess_title(sheet, shaped) if sheet.portal else first if first in shaped else None
    return Title("" if line is None else sheet.lines[line].text, line)


def _guess_title(sheet: Sheet, shaped: list[int]) -> int | None:
    count = Counter(sheet.text(i) for i in shaped)
    repeated = [i for i in shaped if count[sheet.text(i)] > 1 and width(sheet.text(i)) >= 12]
    headings = [i for i in shaped if sheet.lines[i].kind == "heading"]
    dated = [i for i in range(_head_end(sheet)) if sheet.roles[i] in (Role.SOURCE, Role.STAMP)]
    near = [
        i for i in shaped if dated and dated[0] - _NEAR <= i <= dated[-1] + _NEAR and not _is_subtitle(sheet.text(i))
    ]
    near.sort(key=lambda i: _fitness(sheet, i, dated[0]), reverse=True)
    long = [i for i in shaped if width(sheet.text(i)) >= 14 and not _is_subtitle(sheet.text(i))]
    return next(iter([*repeated, *headings, *near, *long, *shaped]), None)


def _fitness(sheet: Sheet, i: int, source: int) -> int:
    """How well line `i` fits as the title beside the source line, in columns of width."""
    text = sheet.text(i)
    fitness = min(width(text), _TITLE_WIDTH) - 2 * abs(i - source)
    fitness += _TITLE_WIDTH if _OFFICIAL.search(text) else 0
    fitness -= _TITLE_WIDTH // 2 if _NAME_OF_SITE.search(text) else 0
    above_text = i > source and i + 1 < len(sheet) and sheet.is_solid(i + 1)
    return fitness - (_TITLE_WIDTH // 2 if above_text else _TITLE_WIDTH // 4 if i > source else 0)


def _head_end(sheet: Sheet) -> int:
    trails = [i for i, role in enumerate(sheet.roles[:_TRAIL_LINES]) if role is Role.TRAIL]
    below = range(trails[-1] if trails else 0, len(sheet))
    solid = next((i for i in below if sheet.is_solid(i)), min(len(sheet), _HEAD_LINES))
    return max(solid, 1) if len(sheet) > 1 else 0


def _is_subtitle(text: str) -> bool:
    return text.startswith(("—", "--", "——"))


def article_lines(sheet: Sheet, title: Title) -> list[int]:
    """The lines of the article in order, the title's among them."""
    if not sheet.portal:
        return list(range(len(sheet)))
    start = 0 if title.line is None else title.line + 1
    while start < len(sheet) and _is_subtitle(sheet.text(start)):
        start += 1
    head, body = _split_head(sheet, start)
    own = [] if title.line is None else list(range(title.line, start))
    over = range(max(0, start - _HEAD_LINES), own[0] if own else 0)
    above = [i for i in over if sheet.roles[i] in (Role.SOURCE, Role.BYLINE, Role.NOTE)]
    repeated = {i for i in range(len(sheet)) if sheet.text(i) == fold(title.text)}
    kept = _keep(sheet, body, _tail_limit(sheet, body))
    return sorted({*above, *own, *(i for i in (*head, *kept) if i not in repeated)})


def _split_head(sheet: Sheet, start: int) -> tuple[list[int], int]:
    """Lines of the head below the title, and where the body begins."""
    solid = next((i for i in range(start, len(sheet)) if _opens_body(sheet, i)), None)
    reach = solid
    if reach is None:
        reach = next((i for i in range(start, len(sheet)) if sheet.roles[i] is Role.SHORT), len(sheet))
    head = [i for i in range(start, reach) if sheet.roles[i] in META or sheet.roles[i] is Role.STAMP]
    begin = head[-1] + 1 if head else start
    if solid is None:
        return head, begin
    between = range(begin, solid) if head else range(max(begin, solid - 2), solid)
    body = solid
    while body - 1 in between and _may_open(sheet, body - 1):
        body -= 1
    return head, body


def _opens_body(sheet: Sheet, i: int) -> bool:
    return sheet.roles[i] in (Role.PROSE, Role.NOTE) or (sheet.lines[i].kind != "" and sheet.roles[i] is Role.SHORT)


def _may_open(sheet: Sheet, i: int) -> bool:
    """True of a short line that may be a heading or a verse at the top of the body."""
    return sheet.roles[i] is Role.SHORT and width(sheet.text(i)) >= 8 and not is_menu(sheet.text(i))


def _tail_limit(sheet: Sheet, start: int) -> int:
    """The end of what may be the article, found from the bottom of the page by shape."""
    end = len(sheet)
    while end > start and sheet.is_tail(end - 1):
        end -= 1
    tail = range(end, len(sheet))
    stamps = sum(i in sheet.stamps for i in tail)
    if end == start or not (stamps > 1 or (sheet.furnished and len(tail) >= _INSET)):
        return len(sheet)
    if sheet.text(end - 1).endswith(":"):
        end = next((i for i in tail if sheet.roles[i] is not Role.SHORT), len(sheet))
    signed = sheet.roles[end : end + 2] == (Role.SHORT, Role.STAMP) and end + 1 not in sheet.stamps
    return end + 2 if signed else end


def _keep(sheet: Sheet, start: int, limit: int) -> list[int]:
    """The lines of the body from `start` to `limit`, without furniture between them."""
    kept: list[int] = []
    closed = written = False
    i = start
    while i < limit:
        role = sheet.roles[i]
        after = _after_stop(sheet, i, limit, written) if role is Role.STOP else _after_run(sheet, i, (start, limit))
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
    """Where the article goes on after a run of titles or buttons that begins at line `i`; None if none does."""
    start, limit = body
    if not sheet.furnished or not sheet.solids(start, i) or _in_run(sheet, i - 1) or sheet.text(i - 1).endswith(":"):
        return None
    run = i
    while run < limit and _in_run(sheet, run):
        run += 1
    titles = run - i >= _RUN and sum(width(sheet.text(j)) for j in range(i, run)) >= LINK_WIDTH * (run - i)
    buttons = sum(role is Role.NOISE for role in sheet.roles[i:run]) >= _BUTTONS and sheet.solids(start, i) >= _BUTTONS
    if not titles and not buttons:
        return None
    if run < limit and sheet.roles[run] in META:
        return run
    return None if run <= sheet.last_foot < limit else limit


def _in_run(sheet: Sheet, i: int) -> bool:
    return sheet.is_link(i) or sheet.roles[i] is Role.NOISE


def _after_stop(sheet: Sheet, stop: int, limit: int, written: bool) -> int:
    """The line where the article goes on after a block of links that begins at line `stop`, or `limit`."""
    titles = 0
    for i in range(stop + 1, limit):
        role = sheet.roles[i]
        if role in (Role.EDITOR, Role.CREDIT) or (role is Role.BYLINE and not written):
            return i
        if role is Role.PROSE and not sheet.is_dated(i) and not sheet.is_link(i):
            until = next((j for j in range(i, limit) if sheet.roles[j] in _FOOT | {Role.STOP}), None)
            goes_on = titles <= _INSET and until is not None and sheet.roles[until] in _FOOT
            return i if goes_on else limit
        titles += role is Role.SHORT
    return limit


def _ends_article(sheet: Sheet, i: int, start: int) -> bool:
    """True if a byline or an editor line at `i` stands below the text and not above it."""
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
