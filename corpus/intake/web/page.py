"""Reads web pages: every visible line in order, whether it is the article's, and what the page says
of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import trafilatura

from corpus.errors import DocumentError
from corpus.intake.decode import decode, shown
from corpus.intake.page import Line, Page, ends_sentence, tidy
from corpus.intake.web.body import SHORTEST_BODY, judged
from corpus.intake.web.head import Head, iso_date, page_title, read_head
from corpus.intake.web.hidden import open_wrappers, unveil
from corpus.intake.web.lines import visible_lines
from corpus.intake.web.saved_page import MOST_FRAMES, frame_name, read_mhtml_parts, saved_from

_FEW = 60
"""Characters of a page that may be only a frame for what a script draws."""


def read_html(path: Path) -> Page:
    """Reads an HTML file. Raises DocumentError where it is no text, or has no text of its own."""
    source = decode(path.read_bytes(), shown(path))
    tree = trafilatura.load_html(source)
    if tree is None:
        raise _no_text(shown(path))
    return _read(tree, source, shown(path), {})


def read_mhtml(path: Path) -> Page:
    """Reads an MHTML file, the page that a browser saves as one file. Raises DocumentError."""
    where = shown(path)
    saved = read_mhtml_parts(path.read_bytes(), where)
    source = _decoded(saved.html, saved.charset, where)
    tree = trafilatura.load_html(source)
    if tree is None:
        raise _no_text(where)
    page = _read(tree, source, where, saved.frames)
    return replace(page, url=saved.url or page.url)


def _decoded(data: bytes, charset: str, where: str) -> str:
    """The text of a part of an MHTML file, in the encoding that the file names, if it fits."""
    try:
        return data.decode("gb18030" if charset.startswith("gb") else charset)
    except (LookupError, ValueError):
        return decode(data, where)


def _insert_frames(tree: Any, frames: dict[str, bytes], where: str) -> None:
    """Puts the pages of frames in the place of the frames, each once.

    `frames` are those of an MHTML file; SingleFile writes them into `srcdoc`.
    """
    for node in list(tree.iter("iframe", "frame"))[:MOST_FRAMES]:
        data = frames.pop(frame_name(node.get("src") or ""), b"")
        text = _decoded(data, "", where) if data.strip() else node.get("srcdoc") or ""
        text = text if "<html" in text.lower() else f"<html><body>{text}</body></html>"
        inner = trafilatura.load_html(text)
        body = None if inner is None else inner.find(".//body")
        if body is not None:
            body.tag = "div"
            body.tail = node.tail
            node.getparent().replace(node, body)


def _read(tree: Any, source: str, where: str, frames: dict[str, bytes]) -> Page:
    """The page of a tree, with the frames that its file holds.

    Where the extractor finds no article, no line is marked as outside of it.
    """
    head = read_head(tree, source)
    url = saved_from(source, tree)
    asks_password = any(node.get("type") == "password" for node in tree.iter("input"))
    has_script = next(tree.iter("script"), None) is not None
    _insert_frames(tree, frames, where)
    open_wrappers(tree)
    placed = list(visible_lines(tree, unveil(tree)))
    found: Any = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    lines, raw = judged(placed, found.body if found is not None else None)
    if not lines and found is not None and _size(found.body) >= SHORTEST_BODY:
        lines = [Line(text) for text in _blocks(found.body)]
    lines = [_without_keywords(line, head.keywords) for line in lines]
    _check(lines, has_script, asks_password, where)
    return Page(
        tuple(_with_questions(lines, head)),
        _title(lines, head, found),
        head.author,
        head.date or iso_date((found.date or "") if found is not None else ""),
        head.site,
        url,
        raw=tuple(raw),
    )


def _without_keywords(line: Line, keywords: str) -> Line:
    """The line, marked as outside of the article if it prints the keywords of the page."""
    is_keywords = line.kind != "heading" and _squeezed(line.text) == _squeezed(keywords)
    return replace(line, outside=True) if is_keywords else line


def _size(body: Any) -> int:
    return len("".join(body.itertext()))


def _blocks(body: Any) -> list[str]:
    """The paragraphs of what the extractor found in the data of a page that shows no text."""
    pieces = "\n".join(body.itertext()).split("\n")
    return [text for piece in pieces if (text := tidy(piece))]


def _title(lines: Sequence[Line], head: Head, found: Any) -> str:
    """The title that the page names and prints."""
    headings = [line.text for line in lines if line.kind == "heading"]
    tops = [line.text for line in lines if line.kind == "heading" and line.level == 1]
    others = [line.text for line in lines if line.kind in ("", "item")]
    named = head.titles or ((found.title or "",) if found is not None else ())
    return page_title(named, tops, headings, others)


def _check(lines: Sequence[Line], has_script: bool, asks_password: bool, where: str) -> None:
    """Raises DocumentError for a page that has no text of its own, or only asks to log in."""
    said = [line for line in lines if not _WAITS.search(line.text)]
    has_prose = any(ends_sentence(line.text) for line in said)
    size = sum(len(line.text) for line in lines)
    if asks_password and not has_prose:
        raise DocumentError(
            f"{where} 存下的是登录页，没有正文。请登录后打开文章，再保存一次。",
            f"{where} is a page to log in and holds no article. Log in, open the article, and save it.",
        )
    if not lines and not has_script:
        raise _no_text(where)
    if has_script and not said and size < _FEW:
        raise DocumentError(
            f"{where} 的文字由脚本显示，文件里没有。请在浏览器里打开，另存为单个文件（mhtml），或打印成 PDF。",
            f"{where} has its text drawn by a script, and holds none. Open it in a browser, and save "
            "it as a single file (mhtml) or print it to PDF.",
        )


def _no_text(where: str) -> DocumentError:
    return DocumentError(
        f"{where} 里没有文字。请在浏览器里打开核对，再保存一次，或打印成 PDF。",
        f"{where} holds no text that can be read. Look at it in a browser, then save it again or "
        "print it to PDF.",
    )


# 正在加载…, "Loading"
_WAITS = re.compile(r"加载|载入|请稍[候后]|浏览器|loading|javascript|please wait", re.IGNORECASE)


def _with_questions(lines: Iterable[Line], head: Head) -> list[Line]:
    """The lines, with the questions and answers that the page lists for search engines marked."""
    asked = {_squeezed(question): _squeezed(answer) for question, answer in head.questions}
    marked = []
    answer = ""
    for line in lines:
        text = _squeezed(line.text)
        if text in asked:
            answer = asked[text]
            line = replace(line, kind="question", level=0)
        elif line.kind in ("", "item") and len(text) > 1 and text in answer:
            line = replace(line, kind="answer", level=0)
        else:
            answer = ""
        marked.append(line)
    return marked


def _squeezed(text: str) -> str:
    # The <p> of an answer
    return re.sub(r"<[^>]{0,200}>|\s+", "", tidy(text))
