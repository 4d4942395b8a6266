"""Says what a Word file holds that was not read as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.intake.office.word_text import Unread
from corpus.intake.page import Line

_SCANNED = 40
"""Characters beside a picture under which it is likely a scan: a page of print has 500 to 800."""


def unread_notes(
    unread: Unread, embedded_files: int, lines: Iterable[Line]
) -> Iterator[tuple[str, str]]:
    """What a Word file holds beside the `lines` that were read, (Chinese, English) each."""
    written = sum(len(line.text) for line in lines)
    if unread.pictures and written < _SCANNED * unread.pictures:
        yield (
            f"有 {unread.pictures} 张图片，而文字很少；图片里的字没有读入。"
            "如果是扫描件，请先做文字识别。",
            f"There are {unread.pictures} pictures and hardly any text; what stands in the "
            "pictures was not read. Run a scan through text recognition first.",
        )
    kinds = (
        (unread.charts, "个图表", "charts"),
        (unread.diagrams, "个 SmartArt 图示", "SmartArt diagrams"),
        (unread.objects, "个嵌入的对象", "embedded objects"),
        (embedded_files, "个嵌入的其他文件", "embedded files"),
    )
    for count, zh, en in kinds:
        if count:
            yield (
                f"有 {count} {zh}没有读入。请把其中的文字写进正文后重新收录。",
                f"{count} {en} were not read. Write what they say into the text and add it again.",
            )
