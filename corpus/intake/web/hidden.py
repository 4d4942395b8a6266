"""Shows what scripts of a web page would show: the article, tabs and folded parts that a style hides."""

from __future__ import annotations

import re
from typing import Any

from corpus.intake.page import ends_sentence, fold, tidy
from corpus.intake.web.lines import NOT_READ, is_hidden, show

_LONG = 60
"""Characters from which a hidden text is no remark, whatever stands before it."""

_SHORTEST = 2
"""Characters of a hidden text that is looked at."""

_BLOCKS = frozenset(
    ("p", "li", "tr", "dd", "section", "article", "h1", "h2", "h3", "h4", "h5", "pre")
)
_LABELS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "button", "label", "legend")
)
_BOXES = frozenset(("dialog", "alertdialog", "tooltip", "menu", "navigation", "banner", "alert"))
"""Roles of what opens over a page and is no part of it."""

_CONTROLS = ("aria-controls", "data-target", "data-bs-target", "href")


def unveil(tree: Any) -> frozenset[Any]:
    """Shows the elements of `tree` that may hold the article or a part of it.

    A hidden element may if it holds paragraphs, if it is long, or if a heading, a question, a tab
    or a button leads to it. Others, such as the hidden name of an icon, stay hidden. Returns those
    that nothing leads to: only an extractor can tell whether they are the article's.
    """
    controlled = _controlled(tree)
    shown = []
    for node in tree.iter():
        if isinstance(node.tag, str) and is_hidden(node) and _may_be_text(node, controlled):
            show(node)
            if node.get("role") != "tabpanel" and not _is_led_to(node):
                shown.append(node)
    return frozenset(shown)


def open_wrappers(tree: Any) -> None:
    """Makes plain elements of forms that hold the page, of asides that hold its title, and of buttons
    in headings.

    Pages of ASP.NET stand in a form as a whole, and headings of folded parts are buttons.
    """
    for aside in list(tree.iter("aside", "footer")):
        if next(aside.iter("h1"), None) is not None:
            aside.tag = "div"
    for form in list(tree.iter("form")):
        if any(len(_text(block)) >= _LONG for block in form.iter("p", "div", "td", "li")):
            form.tag = "div"
    for button in list(tree.iter("button")):
        if button.getparent() is not None and button.getparent().tag in _LABELS:
            button.tag = "span"


def _controlled(tree: Any) -> frozenset[str]:
    """The ids of elements that a tab or a button opens."""
    found: set[str] = set()
    for node in tree.iter("a", "button", "li", "div", "span"):
        for name in _CONTROLS:
            target = node.get(name) or ""
            if name == "aria-controls":
                found.update(target.split())
            elif target.startswith("#"):
                found.add(target.removeprefix("#"))
    return frozenset(found - {""})


def _may_be_text(node: Any, controlled: frozenset[str]) -> bool:
    """Whether a hidden element may be a part of the article."""
    if NOT_READ.fullmatch(node.tag) or node.get("role") in _BOXES:
        return False
    text = _text(node)
    if len(text) < _SHORTEST:
        return False
    if len(text) >= _LONG or node.get("role") == "tabpanel" or node.get("id") in controlled:
        return True
    has_blocks = any(child.tag in _BLOCKS for child in node.iterdescendants())
    return (has_blocks and ends_sentence(text)) or _is_led_to(node)


def _is_led_to(node: Any) -> bool:
    """Whether a heading, a question or a line with a colon stands before an element."""
    before = node.getprevious()
    if before is None or not isinstance(before.tag, str):
        return False
    if before.tag in _LABELS:
        return True
    return not is_hidden(before) and fold(_text(before)[-1:]) in ("?", ":")


def _text(node: Any) -> str:
    """The first characters of the text in an element, and the last; without scripts."""
    pieces: list[str] = []
    size = 0
    for child in node.iter():
        is_script = not isinstance(child.tag, str) or child.tag in ("script", "style")
        for piece in ("" if is_script else child.text, child.tail if child is not node else ""):
            pieces.append(tidy(piece or ""))
            size += len(pieces[-1])
        if size > 2 * _LONG:
            break
    return re.sub(r"\s+", "", "".join(pieces))
