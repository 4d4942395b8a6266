"""Makes the folder `files` from `sources`: the documents of a district office that does not exist.

Run once, as `python tests/data/office/make.py`, on Debian 12 with LibreOffice 7.4.7 (packages
libreoffice-writer, -calc, -impress and python3-uno), Chromium 156 driven by playwright, qpdf 11,
poppler's pdftotext, iconv, sed, head and base64. None of the libraries that read documents in the
product writes any of them. What was made is committed, so tests need none of these programs.
`sources` holds what was written by hand: flat OpenDocument files, web pages and texts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, sync_playwright

HERE = Path(__file__).parent
SITE = "https://www.qingtang.example/"

WORD = "docx:MS Word 2007 XML"
EXCEL = "xlsx:Calc MS Excel 2007 XML"
WEB = "--infilter=HTML (StarWriter)"
# Commas, quotes, UTF-8, from the first line; columns 4 and 5, times of day, are text
CSV = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,4/2/5/2"

LIBREOFFICE = (
    ("关于做好冬季清雪工作的通知.html", WORD, WEB),
    ("在重阳节座谈会上的讲话.html", WORD, WEB),
    ("物业服务常见问题.html", WORD, WEB),
    ("残缺的通知.html", WORD, WEB),
    ("犬只管理办法（修订送审稿）.fodt", WORD),
    ("环卫作业规定.fodt", WORD),
    ("文化馆开放须知.fodt", WORD),
    ("港航统计说明.fodt", WORD),
    ("养老床位统计表.fodt", WORD),
    ("公租房申请说明.fodt", WORD),
    ("区政府第14次常务会议纪要.fodt", WORD),
    ("养老服务发展规划.fodt", WORD),
    ("签到表（拍照）.fodt", WORD),
    ("各街道财政收支.fods", EXCEL),
    ("值班安排.fods", EXCEL),
    ("服务收费标准.fods", EXCEL),
    ("空白工作簿.fods", EXCEL),
    ("公交线路.csv", EXCEL, CSV),
    ("图书馆分馆.fods", "csv:Text - txt - csv (StarCalc):44,34,76"),
    ("低保金发放明细.fodt", "pdf:writer_pdf_Export"),
    ("政府工作报告.fodt", "pdf:writer_pdf_Export"),
    ("垃圾分类投放点.fods", "pdf:calc_pdf_Export"),
    ("社区活动安排.html", "odt:writer8", WEB),
    ("社区活动安排.odt", "html:HTML (StarWriter)"),
    ("森林防火预案.html", "doc:MS Word 97", WEB),
    ("会议通知.html", "doc:MS Word 97", WEB),
    ("会议通知.html", "odt:writer8", WEB),
    ("采购公告.html", "rtf:Rich Text Format", WEB),
    ("人口统计.fods", "xls:MS Excel 97"),
    ("安全生产培训.fodp", "ppt:MS PowerPoint 97"),
    ("防汛演练.fodp", "pptx:Impress MS PowerPoint 2007 XML"),
)
"""Each is converted by `soffice --convert-to`, in this order: source, format and other options."""

PROTECTED = (
    ("人事任免.fodt", "人事任免.docx", "MS Word 2007 XML"),
    ("工资表.fods", "工资表.xlsx", "Calc MS Excel 2007 XML"),
)
"""Stored by LibreOffice with a password, which `--convert-to` cannot do: source, file and format."""

# Run by Debian's own Python, for which LibreOffice has its bridge.
PROTECT = """
import subprocess, sys, time, uno
from com.sun.star.beans import NamedValue, PropertyValue
from com.sun.star.connection import NoConnectException
profile, *jobs = sys.argv[1:]
pipe = "pipe,name=qingtang;urp;"
office = subprocess.Popen(["soffice", profile, "--headless", "--accept=" + pipe])
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(60):
    try:
        context = resolver.resolve("uno:" + pipe + "StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
def value(name, of): return PropertyValue(Name=name, Value=of)
key = uno.Any("[]com.sun.star.beans.NamedValue",
    (NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", "qt-2024")))
try:
    for source, target, kind in zip(jobs[::3], jobs[1::3], jobs[2::3]):
        document = desktop.loadComponentFromURL(
            uno.systemPathToFileUrl(source), "_blank", 0, (value("Hidden", True),))
        how = (value("FilterName", kind), value("EncryptionData", key))
        document.storeToURL(uno.systemPathToFileUrl(target), how)
        document.close(True)
finally:
    desktop.terminate()
    office.wait()
"""

PRINTED = (
    "供水服务承诺",
    "青棠区报（第18期）",
    "档案利用办法（限制复制）",
    "信访件（加密）",
    "渡口档案（部分扫描）",
    "批文扫描件",
)
"""Web pages that Chromium prints to PDF."""

SAVED = (
    ("政务公开.html", "政务公开.mhtml", "zwgk/gg/2024/0228.html"),
    ("公众号文章.html", "公众号文章.mht", "s/fengxiangli"),
)
"""Web pages that Chromium saves as a single file, by Page.captureSnapshot, and their addresses."""

SHELL = {
    # As Chrome writes "webpage, complete": what the page had become, below its address
    "办事指南（标签页）.html": (
        "sed '1s|<!DOCTYPE html>|&\\n<!-- saved from url=(0040)"
        "https://www.qingtang.example/bsfw/disabled -->\\n|' '办事指南（标签页）.dom'"
    ),
    "便民服务中心搬迁公告.html": (
        "sed '1s|<!DOCTYPE html>|&\\n<!-- saved from url=(0046)"
        "https://www.qingtang.example/gg/202404/move.html -->\\n|' 便民服务中心搬迁公告.dom"
    ),
    "会议通知.wps": "cat 会议通知.doc",
    "档案利用办法（限制复制）.pdf": (
        "qpdf --encrypt '' qt-owner 256 --extract=n --modify=none -- "
        "'档案利用办法（限制复制）.pdf' -"
    ),
    "信访件（加密）.pdf": "qpdf --encrypt qt-2024 qt-owner 256 -- '信访件（加密）.pdf' -",
    "残缺的通知.docx": "head -c 3000 残缺的通知.docx",
    "残缺的承诺.pdf": "head -c 9000 供水服务承诺.pdf",
    "供水服务承诺（转文本）.txt": "pdftotext -layout 供水服务承诺.pdf -",
    "青棠要闻（老网站）.html": "sed 's/$/\\r/' '青棠要闻（老网站）.html' | iconv -t GB2312",
    "停车位统计.html": "cat 停车位统计.html",
    "单文件保存的公告.html": "cat 单文件保存的公告.html",
    "停车场泊位.csv": "sed 's/$/\\r/' 停车场泊位.csv | iconv -t GBK",
    "志愿服务手册.md": "cat 志愿服务手册.md",
    "系统部署说明.md": "cat 系统部署说明.md",
    "广场舞文明公约.txt": "cat 广场舞文明公约.txt",
    "医保常见问题.txt": "printf '\\xEF\\xBB\\xBF'; sed 's/$/\\r/' 医保常见问题.txt",
    "暂停供气通知.txt": "sed 's/$/\\r/' 暂停供气通知.txt | iconv -t GB18030",
    "河长制巡查记录.txt": "printf '\\xFF\\xFE'; sed 's/$/\\r/' 河长制巡查记录.txt | iconv -t UTF-16LE",
    "捐血活動.txt": "sed 's/$/\\r/' 捐血活動.txt | iconv -t BIG5",
    "群聊记录.txt": "cat 群聊记录.txt",
    "空文件.txt": "head -c 0 群聊记录.txt",
    "也是网页.docx": "cat 也是网页.html",
    "统计导出.xls": "cat 统计导出.html",
}
"""What shell tools write to standard output, which becomes the file, in this order."""

BETWEEN = {"会议通知.doc", "社区活动安排.odt"}
"""Made on the way to another file, and not kept."""

PICTURES = "便民服务中心搬迁公告_files"
"""The folder that a browser writes beside the page that it saves."""


def main() -> None:
    """Makes all files anew."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch, "work")
        made = Path(scratch, "made")
        made.mkdir()
        shutil.copytree(HERE / "sources", work)
        browse(work, made)
        put_picture_in(work / "签到表（拍照）.fodt", work / "scan.png")
        convert(work, made, f"-env:UserInstallation=file://{scratch}/profile")
        for name, command in SHELL.items():
            write(name, command, work, made)
        shutil.rmtree(HERE / "files", ignore_errors=True)
        shutil.copytree(made, HERE / "files", ignore=shutil.ignore_patterns(*BETWEEN))


def browse(work: Path, made: Path) -> None:
    """What Chromium makes: pictures, printed pages, saved pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-quic"]
        )
        page = browser.new_page(viewport={"width": 700, "height": 800})
        page.goto((work / "扫描的批文页.html").as_uri())
        page.screenshot(path=work / "scan.png")
        page.screenshot(path=made / "活动照片.jpg", type="jpeg", quality=60)
        for name in PRINTED:
            page.goto((work / f"{name}.html").as_uri())
            page.pdf(path=made / f"{name}.pdf", prefer_css_page_size=True)
        for source, name, address in SAVED:
            save(browser, work / source, made / name, SITE + address)
        for name in ("办事指南（标签页）", "便民服务中心搬迁公告"):
            page.goto((work / f"{name}.html").as_uri())
            (work / f"{name}.dom").write_text(page.content(), "utf-8")
        keep_pictures(page, work, made)
        browser.close()


def save(browser: Browser, source: Path, target: Path, address: str) -> None:
    """Saves the page in `source` as one file, as if it had been read at `address`."""

    def answer(route: Route) -> None:
        route.fulfill(body=source.read_bytes(), content_type="text/html; charset=utf-8")

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto(address)
    snapshot = page.context.new_cdp_session(page).send("Page.captureSnapshot", {"format": "mhtml"})
    target.write_bytes(snapshot["data"].encode("utf-8"))
    page.close()


def keep_pictures(page: Page, work: Path, made: Path) -> None:
    """Writes the folder beside a saved page: its style sheet, and a picture."""
    folder = made / PICTURES
    folder.mkdir()
    shutil.copy(work / "site.css", folder)
    page.set_viewport_size({"width": 200, "height": 120})
    page.screenshot(path=folder / "map.png")


def put_picture_in(document: Path, picture: Path) -> None:
    """Puts a picture in the place that a flat OpenDocument file keeps for it."""
    encoded = subprocess.run(["base64", picture], capture_output=True, check=True, text=True)
    text = document.read_text("utf-8").replace("@@图片@@", encoded.stdout)
    document.write_text(text, "utf-8")


def convert(work: Path, made: Path, profile: str) -> None:
    """What LibreOffice makes."""
    for source, kind, *options in LIBREOFFICE:
        path = made / source if source in BETWEEN else work / source
        command = ["soffice", profile, "--headless", *options, "--convert-to", kind]
        subprocess.run([*command, "--outdir", made, path], check=True)
    jobs = []
    for source, name, kind in PROTECTED:
        jobs += [str(work / source), str(made / name), kind]
    subprocess.run(["/usr/bin/python3", "-c", PROTECT, profile, *jobs], check=True)


def write(name: str, command: str, work: Path, made: Path) -> None:
    """Writes what a shell command prints to the file `name`; its folder is that of the sources.

    A command finds what was made before it there, too.
    """
    for path in made.iterdir():
        if path.is_file() and not os.path.exists(work / path.name):
            shutil.copy(path, work)
    script = f"set -o pipefail; {command}"
    result = subprocess.run(["bash", "-c", script], cwd=work, capture_output=True, check=True)
    (made / name).write_bytes(result.stdout)


if __name__ == "__main__":
    main()
