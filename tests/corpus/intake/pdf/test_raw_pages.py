"""What pdfium sees on the pages of a PDF beside the lines that were read."""

from corpus.intake.page import Line
from corpus.intake.pdf.raw_pages import Dropped, raw_pages
from corpus.losses import is_told, losses

PAGE = "清河街道路灯统计\r\n光明街 904 盏\r\n学府路 12 盏\r\n以上路灯明年更换。\r\n- 1 -"
LINES = (
    Line("清河街道路灯统计", page=1),
    Line("光明街 | 904 | 盏", page=1),
    Line("学府路 | 12 | 盏", page=1),
    Line("以上路灯明年更换。", page=1),
)
FOOT = Dropped(("- 1 -",))


def told(lines: tuple[Line, ...], page: str = PAGE, dropped: Dropped = FOOT) -> list[str]:
    """The blocks of a page that the lines lack."""
    raw = raw_pages([page], lines, [dropped])
    return [
        loss.block for loss in losses(raw, "\n".join(line.text for line in lines)) if is_told(loss)
    ]


def test_a_page_that_was_read_whole_lacks_nothing() -> None:
    assert list(raw_pages([PAGE], LINES, [FOOT])) == PAGE.split("\r\n")[:4]
    assert told(LINES) == []


def test_each_line_that_the_reader_lost_is_told() -> None:
    lost = [told(LINES[:i] + LINES[i + 1 :]) for i in range(4)]
    assert lost == [[line] for line in PAGE.split("\r\n")[:4]]


def test_a_lost_cell_is_told() -> None:
    assert told((*LINES[:2], Line("学府路 | | 盏", page=1), LINES[3])) == ["12"]


def test_cells_of_several_lines_are_no_loss() -> None:
    page = "办理地点 办理时间\n解放路十二号 工作日上午九时\n政务大厅二楼 至下午五时"
    lines = (
        Line("办理地点 | 办理时间", page=1),
        Line("解放路十二号政务大厅二楼 | 工作日上午九时至下午五时", page=1),
    )
    assert told(lines, page, Dropped()) == []


def test_a_page_in_another_order_gives_its_lines_as_read() -> None:
    page = "左栏一句右栏一句\n没有写完也没写完"
    lines = (
        Line("左栏一句没有写完", page=1),
        Line("右栏一句也没写完", page=1),
    )
    assert list(raw_pages([page], lines, [Dropped()])) == [line.text for line in lines]


def test_running_heads_and_watermarks_are_no_loss() -> None:
    page = "清河街道办事处文件 第 2 页\n内\n部\n资料\n正文只有这一句话。"
    dropped = Dropped(("第 2 页", "清河街道办事处文件"), ("内部资料",))
    assert told((Line("正文只有这一句话。", page=1),), page, dropped) == []


def test_one_sign_that_two_programs_read_differently_is_no_loss() -> None:
    page = "面积为三百五十二点六平方米，其中绿地占三成，道路占两戓。"
    assert told((Line(page.replace("戓", "成"), page=1),), page, Dropped()) == []


def test_a_file_that_pdfium_cannot_open_gives_the_lines_read() -> None:
    assert list(raw_pages([], LINES, [FOOT])) == [line.text for line in LINES]
