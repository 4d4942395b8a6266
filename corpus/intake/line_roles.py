"""Gives each line of a page its role: by the line alone, and then by the lines around it."""

from __future__ import annotations

from corpus.intake.byline import names_office
from corpus.intake.labelled_page import PARAGRAPH_WIDTH, LabelledPage
from corpus.intake.law_lines import law_lines
from corpus.intake.line_shapes import is_about_the_site
from corpus.intake.page import Line, Page, ends_sentence, fold, width
from corpus.intake.portals import LEFT_OUT, META, Role, marks, role_of, written_role

_NEAR = 12
"""Lines from the extractor's article in which lines about the article are looked for."""

_LONGEST_BYLINE = 120
"""Characters of a line that closes the bracket of a byline, at most."""


def label_page(page: Page) -> LabelledPage:
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
        return LabelledPage(page.lines, tuple(own), judged=False, whole=True)
    roles = _with_sentences(page.lines, roles)
    inside = [i for i, line in enumerate(page.lines) if not line.outside]
    judged = len(inside) < len(page.lines)
    if not judged or not inside:
        return LabelledPage(page.lines, roles, judged=False)
    law = law_lines([fold(line.text) for line in page.lines], roles, page.lines)
    kept = []
    for i, line in enumerate(page.lines):
        if not line.outside or i in law or _belongs(page, roles, i, (inside[0], inside[-1])):
            kept.append(i)
    return LabelledPage(
        tuple(page.lines[i] for i in kept), tuple(roles[i] for i in kept), judged=True
    )


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
        is_long = above is Role.PROSE or width(text) >= PARAGRAPH_WIDTH
        doubtful = roles[i] is Role.STOP or (roles[i] is Role.NOISE and is_long)
        if doubtful and below and text.endswith(("。", ";")):
            found[i] = written_role(lines[i])
        is_text = roles[i] is Role.PROSE and not lines[i].outside
        own = is_text and ends_sentence(text) and not is_about_the_site(text)
        below = below or own
    return tuple(found)


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
