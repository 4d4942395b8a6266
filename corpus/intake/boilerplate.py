"""Tells the article of a page from the boilerplate around it: navigation, buttons, lists of links,
the foot of a site.

A page that does not look like a portal's is prose, and all of its lines are kept.
"""

from __future__ import annotations

from corpus.intake.labelled_page import LINK_WIDTH, RUN, LabelledPage
from corpus.intake.page import fold, width
from corpus.intake.portals import LEFT_OUT, META, Role, is_menu
from corpus.intake.titles import Title, is_subtitle

_LINES_ABOVE = 15
"""Lines above the title that may belong to the article."""

_INSET = 3
"""Titles of a block of links after which the article may go on, at most."""

BUTTONS = 3
"""Buttons in a row that end an article."""

_FOOT = frozenset({Role.BYLINE, Role.EDITOR})


def article_lines(labelled: LabelledPage, title: Title) -> list[int]:
    """The lines of the article, in order, with that of the title."""
    if not labelled.portal:
        return list(range(len(labelled)))
    start = 0 if title.line is None else title.line + title.lines
    while start < len(labelled) and is_subtitle(labelled.text(start)):
        start += 1
    head, body = _split_head(labelled, start)
    own = [] if title.line is None else list(range(title.line, start))
    over = range(max(0, start - _LINES_ABOVE), own[0] if own else 0)
    above = [
        i for i in over if labelled.roles[i] in (Role.SOURCE, Role.BYLINE, Role.NOTE, Role.ABSTRACT)
    ]
    repeated = {i for i in range(len(labelled)) if labelled.text(i) == fold(title.text)}
    kept = _keep(labelled, body, _tail_limit(labelled, body))
    return sorted({*above, *own, *labelled.law, *(i for i in (*head, *kept) if i not in repeated)})


def _split_head(labelled: LabelledPage, start: int) -> tuple[list[int], int]:
    """The lines about the article between title and body, and the line where the body begins."""
    opening = next((i for i in range(start, len(labelled)) if _opens_body(labelled, i)), None)
    reach = opening
    if reach is None:
        reach = next(
            (i for i in range(start, len(labelled)) if labelled.roles[i] is Role.SHORT),
            len(labelled),
        )
    head = [
        i
        for i in range(start, reach)
        if labelled.roles[i] in META or labelled.roles[i] is Role.STAMP
    ]
    begin = head[-1] + 1 if head else start
    if opening is None:
        return head, begin
    between = range(begin, opening) if head else range(max(begin, opening - 2), opening)
    body = opening
    while body - 1 in between and _may_open(labelled, body - 1):
        body -= 1
    return head, body


def _opens_body(labelled: LabelledPage, i: int) -> bool:
    """Whether the body may begin with line `i`."""
    return labelled.roles[i] in (Role.PROSE, Role.NOTE, Role.ABSTRACT) or (
        labelled.lines[i].kind != "" and labelled.roles[i] is Role.SHORT
    )


def _may_open(labelled: LabelledPage, i: int) -> bool:
    """Whether line `i` may be a heading or a verse at the top of the body."""
    is_short = labelled.roles[i] is Role.SHORT and width(labelled.lines[i].text) >= 8
    return is_short and not is_menu(labelled.text(i))


def _tail_limit(labelled: LabelledPage, start: int) -> int:
    """The line where the article ends at the latest, found from the bottom of the page by shape."""
    end = len(labelled)
    while end > start and labelled.is_tail(end - 1):
        end -= 1
    tail = range(end, len(labelled))
    stamps = sum(i in labelled.stamps for i in tail)
    if end == start or not (stamps > 1 or (labelled.furnished and len(tail) >= _INSET)):
        return len(labelled)
    if labelled.announces(end - 1):
        end = next((i for i in tail if labelled.roles[i] is not Role.SHORT), len(labelled))
    signed = (
        labelled.roles[end : end + 2] == (Role.SHORT, Role.STAMP) and end + 1 not in labelled.stamps
    )
    return end + 2 if signed else end


def _keep(labelled: LabelledPage, start: int, limit: int) -> list[int]:
    """The lines of the body from `start` to `limit`, exclusive, without the boilerplate between
    them.
    """
    kept: list[int] = []
    closed = written = False
    i = start
    while i < limit:
        role = labelled.roles[i]
        after = (
            _after_stop(labelled, i, (start, limit), written)
            if role is Role.STOP
            else _after_run(labelled, i, (start, limit))
        )
        if after is not None:
            closed = closed or (after < limit and labelled.roles[after] in META)
            i = after
            continue
        if role is Role.EDITOR and _ends_article(labelled, i, start):
            return kept + _foot(labelled, i, limit)
        if role not in LEFT_OUT and (not closed or role in META):
            kept.append(i)
        written = written or role is Role.BYLINE
        closed = closed or (role is Role.BYLINE and _ends_article(labelled, i, start))
        i += 1
    return kept


def _after_run(labelled: LabelledPage, i: int, body: tuple[int, int]) -> int | None:
    """The line where the article goes on after a run of titles or buttons from line `i` on; None
    without a run.
    """
    start, limit = body
    if (
        not labelled.furnished
        or not labelled.count_paragraphs(start, i)
        or _in_run(labelled, i - 1)
        or labelled.announces(i - 1)
    ):
        return None
    run = i
    while run < limit and _in_run(labelled, run):
        run += 1
    titles = run - i >= RUN and sum(
        width(labelled.text(j)) for j in range(i, run)
    ) >= LINK_WIDTH * (run - i)
    buttons = (
        sum(role is Role.NOISE for role in labelled.roles[i:run]) >= BUTTONS
        and labelled.count_paragraphs(start, i) >= BUTTONS
    )
    if not titles and not buttons:
        return None
    if (
        labelled.count_paragraphs(run, min(run + 2, limit)) == 2
        and labelled.roles[run - 1] is not Role.NOISE
    ):
        return None
    if run < limit and labelled.roles[run] in META:
        return run
    return None if run <= labelled.last_foot < limit else limit


def _in_run(labelled: LabelledPage, i: int) -> bool:
    """Whether line `i` is a title in a list of links or a button."""
    return labelled.is_link(i) or labelled.roles[i] is Role.NOISE


def _after_stop(labelled: LabelledPage, stop: int, body: tuple[int, int], written: bool) -> int:
    """The line where the article goes on after a block of links from line `stop` on, or the end of
    the body, whose first line and end `body` gives.
    """
    start, limit = body
    begun = any(labelled.roles[i] in (Role.PROSE, Role.SHORT) for i in range(start, stop))
    titles = 0
    for i in range(stop + 1, limit):
        role = labelled.roles[i]
        if role in (Role.EDITOR, Role.CREDIT) or (role is Role.BYLINE and not written):
            return i
        if role is Role.PROSE and not labelled.is_dated(i) and not labelled.is_link(i):
            until = next(
                (j for j in range(i, limit) if labelled.roles[j] in _FOOT | {Role.STOP}), None
            )
            signed = titles <= _INSET and until is not None and labelled.roles[until] in _FOOT
            return i if signed or not begun or labelled.goes_on(i) else limit
        titles += role is Role.SHORT
    return limit


def _ends_article(labelled: LabelledPage, i: int, start: int) -> bool:
    """Whether a byline or an editor line at `i` stands below the text and not above it."""
    before, after = (
        labelled.count_paragraphs(start, i),
        labelled.count_paragraphs(i + 1, labelled.until(i + 1)),
    )
    if labelled.roles[i] is Role.BYLINE:
        return before > 0 and after == 0
    return labelled.has_prose(start, i) and not before <= 2 < after


def _foot(labelled: LabelledPage, i: int, limit: int) -> list[int]:
    """Line `i` and the lines of the same kind that follow it."""
    foot = []
    while i < limit and (labelled.roles[i] in META | {Role.NOISE}) and i not in labelled.stamps:
        foot += [i] if labelled.roles[i] in META else []
        i += 1
    return foot
