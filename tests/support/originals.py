"""What the tests of originals share: a folder of documents of many kinds, and a service that follows it."""

from pathlib import Path

from docx import Document as WordFile

from bot.index_build import open_index
from bot.live import Live, Watch
from bot.settings import load_settings
from corpus.load import load_folders
from support.pdf import column, pdf

WORDS = ("encoder.name=none-such", "reader=rules")
PAGES = [
    ["社区养老服务报告", "第一章 总则", "本报告说明社区养老的情况。"],
    ["第二章 床位", "全市共有养老床位三万二千张。"],
    ["第三章 助餐", "社区食堂每天供应午餐五千六百份。"],
]
QUESTION = "社区食堂每天供应午餐多少份？"
REPORT = pdf([column(lines, step=40) for lines in PAGES])
SCRIPT = "<script>document.title = 'run'</script>"
HTML = (
    f"<!doctype html><html><body>{SCRIPT}<article><h1>夜间图书馆</h1>"
    "<p>图书馆每晚开放到十一点，周末不闭馆，读者凭证入内。</p></article></body></html>"
)


def fill(folder: Path) -> Path:
    """A folder with a PDF and a text."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.pdf").write_bytes(REPORT)
    (folder / "park.txt").write_text("公园管理办法\n公园每天六点开门，二十二点关门。", "gb18030")
    return folder


def fill_further(folder: Path) -> Path:
    """A folder of documents of many kinds."""
    fill(folder)
    (folder / "图书馆.html").write_text(HTML, "utf-8")
    (folder / "notice.md").write_text("# 停水通知\n\n<b>周三</b>上午停水。", "utf-8")
    (folder / "beds.csv").write_text("街道,床位\n东城,112\n西城,126\n", "utf-8")
    word = WordFile()
    word.add_paragraph("办事窗口周一至周五上午九点开放。")
    word.save(str(folder / "hours.docx"))
    return folder


def watched(folder: Path | None, *settings: str) -> Watch:
    """A service that answers from a folder, by words and rules, and takes in what changes there."""
    chosen = load_settings([*WORDS, *settings], {})
    index = open_index(chosen, folder, progress=False)
    return Watch(Live(index.service(chosen), index.generation), None, chosen, folder)


def ids(folder: Path) -> dict[str, str]:
    """The doc_id of each file, by its name."""
    return {file.path.name: doc_id for file, doc_id in load_folders([folder]).files}
