"""PDF files: what is read, in which order, what is left out, and what is said of it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pypdf
import pytest
from support.pdf import Drawn, Text, column, pdf, ruled

from corpus import Document
from corpus.errors import DocumentError
from corpus.intake.child import parse
from corpus.intake.page import Page
from corpus.load import load

pytestmark = pytest.mark.slow

FIRST = "课题组在六个区抽取四十八个社区,回收有效问卷五千六百三十二份,访谈社区干部九十六人。"
SECOND = (
    "社区干部平均每周填写台账十一份,比两年前少了四份,但仍有三成的人认为负担偏重,希望能再减一些。"
)
CASES = Path(__file__).parents[5] / "shared/cases"


def read(folder: Path, data: bytes) -> Page:
    """What the parser makes of a file, without the half second that its process takes to start."""
    path = folder / "report.pdf"
    path.write_bytes(data)
    return parse("pdf", path)


def texts(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def kinds(page: Page) -> list[str]:
    return [line.kind for line in page.lines]


def wrapped(text: str, letters: int) -> list[str]:
    return [text[start : start + letters] for start in range(0, len(text), letters)]


def loaded(folder: Path, data: bytes, name: str = "report.pdf") -> Document:
    path = folder / name
    path.write_bytes(data)
    return load(path)


# Lines and paragraphs


def test_a_pdf_without_its_running_heads_and_with_whole_paragraphs(tmp_path: Path) -> None:
    pages = [
        [
            "云岭市社会科学院",
            "基层治理调研报告",
            "一、调研概况",
            *wrapped(FIRST, 24),
            SECOND[:24],
            "- 1 -",
        ],
        ["云岭市社会科学院", SECOND[24:], "二、主要发现", *wrapped(FIRST, 24), "- 2 -"],
        ["云岭市社会科学院", SECOND[:24], SECOND[24:], "- 3 -"],
    ]
    document = loaded(tmp_path, pdf(map(column, pages)))
    assert document.text.split("\n") == [
        "基层治理调研报告",
        "一、调研概况",
        FIRST,
        SECOND,
        "二、主要发现",
        FIRST,
        SECOND,
    ]
    assert document.title == "基层治理调研报告"
    assert [s.heading for s in document.sections] == ["标题", "一、调研概况", "二、主要发现"]
    assert [unit.page for unit in document.units][-4:] == [1, 2, 2, 3]
    assert document.notes == ()


def test_a_pdf_in_english_is_joined_with_spaces(tmp_path: Path) -> None:
    lines = [
        "The town hired students to count people at eleven",
        "corners for six weeks, and then it counted them",
        "again.",
    ]
    assert texts(read(tmp_path, pdf([column(lines)]))) == [" ".join(lines)]


def test_a_word_cut_by_a_hyphen_is_whole_unless_it_has_one_elsewhere(tmp_path: Path) -> None:
    lines = [
        "The well-known committee asked the govern-",
        "ment for money, and the answer was a well-",
        "known and most friendly refusal in a let-",
        "ter.",
    ]
    assert texts(read(tmp_path, pdf([column(lines)]))) == [
        "The well-known committee asked the government for money, "
        "and the answer was a well-known and most friendly refusal in a letter."
    ]


def test_an_indented_line_and_a_numbered_one_open_paragraphs(tmp_path: Path) -> None:
    rule = "本办法自发布之日起施行,原来的办法同时废止,与本办法不同的以本办法为准,由民政局负责解释"
    lines = [
        *column(wrapped(FIRST[:24] + FIRST[:24], 24)),
        Text(74, 740, rule[:22]),
        Text(50, 720, rule[22:]),
        Text(50, 700, "第三条 申请人应当如实填写。"),
    ]
    found = texts(read(tmp_path, pdf([lines])))
    assert found[:2] == [FIRST[:24] + FIRST[:24], rule]
    assert found[2] == "第三条 申请人应当如实填写。"


def test_a_paragraph_goes_on_below_the_footnote_of_its_page(tmp_path: Path) -> None:
    first, rest = SECOND[:24], SECOND[24:]
    pages = [
        [*column([*wrapped(FIRST, 24), first]), Text(50, 60, "①数据截至去年底,由民政局提供。", 8)],
        column([rest, *wrapped(FIRST, 24)]),
    ]
    page = read(tmp_path, pdf(pages))
    assert texts(page) == [FIRST, SECOND, "①数据截至去年底,由民政局提供。", FIRST]
    assert [line.page for line in page.lines] == [1, 1, 1, 2]


def test_letters_set_apart_are_words(tmp_path: Path) -> None:
    title = [Text(200 + 40 * n, 780, letter, 16) for n, letter in enumerate("会议通知")]
    body = [Text(50 + 13 * n, 740, letter) for n, letter in enumerate(FIRST[:20])]
    assert texts(read(tmp_path, pdf([[*title, *body]]))) == ["会议通知", FIRST[:20]]


def test_what_is_printed_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    line = [Text(50, 780, "停水通知"), Text(50.4, 780, "停水通知"), Text(50, 760, FIRST)]
    assert texts(read(tmp_path, pdf([line]))) == ["停水通知", FIRST]


def test_a_page_that_lies_on_its_side_is_read_along_its_lines(tmp_path: Path) -> None:
    def sideways(text: str, x: float) -> Drawn:
        code = text.encode("utf-16-be").hex()
        return Drawn(f"BT /F 12 Tf 0 1 -1 0 {x} 60 Tm <{code}> Tj ET")

    data = pdf([[sideways(SECOND[:24], 120), sideways(FIRST, 80)]], of_page="/Rotate 90")
    assert texts(read(tmp_path, data)) == [FIRST, SECOND[:24]]


# Running heads and page numbers


def numbered(forms: Sequence[str]) -> list[list[Text]]:
    """Pages whose last line is one of the forms."""
    return [
        column([f"第{n}页正文写在这里。", form])
        for n, form in enumerate("甲乙丙丁", 1)
        for form in [forms[n - 1]]
    ]


@pytest.mark.parametrize(
    "form",
    ["{}", "— {} —", "- {} -", "第 {} 页 共 12 页", "Page {} of 12", "{}/12", "第{}页", "·{}·"],
)
def test_page_numbers_that_rise_by_one_are_left_out(tmp_path: Path, form: str) -> None:
    found = texts(read(tmp_path, pdf(numbered([form.format(n) for n in (7, 8, 9, 10)]))))
    assert found == [f"第{n}页正文写在这里。" for n in (1, 2, 3, 4)]


def test_numbers_at_the_foot_that_do_not_rise_by_one_are_kept(tmp_path: Path) -> None:
    found = texts(read(tmp_path, pdf(numbered(["904", "1286", "2317", "2319"]))))
    assert [text for text in found if text.isdigit()] == ["904", "1286", "2317", "2319"]


def test_a_number_on_the_only_page_is_kept(tmp_path: Path) -> None:
    assert texts(read(tmp_path, pdf([column([FIRST, "1"])]))) == [FIRST, "1"]


def test_no_line_that_is_only_a_number_is_lost_inside_a_page(tmp_path: Path) -> None:
    rows = [
        "城南路灯统计",
        "路灯的数量如下，单位为盏。",
        "振兴路",
        "1",
        "光明街",
        "2",
        "学府路",
        "3",
    ]
    pages = [column([*rows, "以上路灯明年更换。"])] * 3
    found = texts(read(tmp_path, pdf(pages)))
    assert [found.count(number) for number in "123"] == [3, 3, 3]


def test_numbered_headings_at_the_top_of_pages_are_kept(tmp_path: Path) -> None:
    pages = [column([f"第{n}课 复习", FIRST, SECOND]) for n in (1, 2, 3, 4)]
    found = texts(read(tmp_path, pdf(pages)))
    assert [text for text in found if "课" in text and len(text) < 9] == [
        f"第{n}课 复习" for n in (1, 2, 3, 4)
    ]


def test_heads_of_left_and_right_pages_are_both_left_out(tmp_path: Path) -> None:
    heads = ["云岭市年报", "第一篇 综述"] * 4
    pages = [
        column([head, f"{letter}。{FIRST}"])
        for head, letter in zip(heads, "甲乙丙丁戊己庚辛", strict=True)
    ]
    assert texts(read(tmp_path, pdf(pages))) == [
        f"{letter}。{FIRST}" for letter in "甲乙丙丁戊己庚辛"
    ]


def test_full_lines_of_text_that_are_the_same_on_all_pages_are_kept(tmp_path: Path) -> None:
    pages = [column([*wrapped(FIRST * 4, 40)]) for _ in range(4)]
    assert "".join(texts(read(tmp_path, pdf(pages)))) == FIRST * 16


def test_a_watermark_is_left_out(tmp_path: Path) -> None:
    code = "内部资料".encode("utf-16-be").hex()
    mark = Drawn(f"BT /F 40 Tf .7 .7 -.7 .7 200 300 Tm <{code}> Tj ET")
    pages: list[list[Text | Drawn]] = [[*column([f"{letter}{FIRST}"]), mark] for letter in "甲乙丙"]
    assert texts(read(tmp_path, pdf(pages))) == [f"{letter}{FIRST}" for letter in "甲乙丙"]


def test_the_address_that_a_browser_prints_is_that_of_the_page(tmp_path: Path) -> None:
    feet = [
        [Text(50, 20, "https://example.org/a/1.html"), Text(540, 20, f"{n}/3")] for n in (1, 2, 3)
    ]
    pages = [
        [*column([f"{letter}{FIRST}"]), *foot] for letter, foot in zip("甲乙丙", feet, strict=True)
    ]
    page = read(tmp_path, pdf(pages))
    assert page.url == "https://example.org/a/1.html"
    assert texts(page) == [f"{letter}{FIRST}" for letter in "甲乙丙"]


# Columns and tables


def test_columns_are_read_one_after_another_and_no_sentence_goes_across(tmp_path: Path) -> None:
    left, right = FIRST + SECOND, SECOND.replace("社区", "街道") + FIRST.replace("六个", "七个")
    lines = [
        Text(180, 780, "基层治理调研报告", 20),
        *column(wrapped(left, 18), top=740),
        *column(wrapped(right, 18), x=310, top=740),
    ]
    page = read(tmp_path, pdf([lines]))
    assert "".join(texts(page)[1:]) == left + right
    assert page.title == "基层治理调研报告"
    assert page.lines[0].kind == "heading"


def test_a_sentence_goes_on_from_the_foot_of_a_column_to_the_head_of_the_next(
    tmp_path: Path,
) -> None:
    text = SECOND.replace("。", "") + FIRST
    rows = wrapped(text, 15)
    half = len(rows) // 2 + 1
    page = [*column(rows[:half]), *column(rows[half:], x=310)]
    assert texts(read(tmp_path, pdf([page]))) == [text]


ROWS = [
    ("街道", "2020年床位", "2021年床位"),
    ("东城", "112", "126"),
    ("南门", "", "230"),
    ("西关", "97", "88"),
]


def cells(rows: Iterable[Sequence[str]], top: float = 700) -> list[Text]:
    found = []
    for n, row in enumerate(rows):
        found += [Text(60 + 150 * i, top - 20 * n, cell) for i, cell in enumerate(row) if cell]
    return found


@pytest.mark.parametrize("has_rules", [True, False])
def test_a_table_is_read_by_rows_with_its_blanks(tmp_path: Path, has_rules: bool) -> None:
    lines: list[Text | Drawn] = [Text(50, 780, FIRST), *cells(ROWS), Text(50, 600, SECOND)]
    if has_rules:
        lines.append(ruled((50, 200, 350, 500), (635, 655, 675, 695, 715)))
    page = read(tmp_path, pdf([lines]))
    assert texts(page) == [
        FIRST,
        "街道 | 2020年床位 | 2021年床位",
        "东城 | 112 | 126",
        "南门 |  | 230",
        "西关 | 97 | 88",
        SECOND,
    ]
    assert kinds(page) == ["", "header", "row", "row", "row", ""]


def test_the_lines_of_a_cell_are_one_and_merged_cells_stand_in_each_row(tmp_path: Path) -> None:
    lines: list[Text | Drawn] = [
        Text(60, 700, "科室"),
        Text(160, 700, "职责"),
        Text(60, 655, "社会事务科"),
        Text(160, 675, "受理最低生活保障申请"),
        Text(160, 660, "并入户核查"),
        Text(160, 635, "发放补贴"),
        ruled((50, 150, 285), (625, 690, 715)),
        Drawn("150 650 m 285 650 l S"),
    ]
    assert texts(read(tmp_path, pdf([lines]))) == [
        "科室 | 职责",
        "社会事务科 | 受理最低生活保障申请并入户核查",
        "社会事务科 | 发放补贴",
    ]


def test_column_names_repeated_on_each_page_are_kept_once(tmp_path: Path) -> None:
    names = ("周次", "供水量", "抽检次数")
    weeks = [(f"第{n}周", str(300 + 7 * n % 89), str(10 + n % 5)) for n in range(1, 41)]
    pages = [cells([names, *weeks[start : start + 10]]) for start in range(0, 40, 10)]
    document = loaded(tmp_path, pdf([[Text(50, 780, "河西水厂记录"), *pages[0]], *pages[1:]]))
    assert document.text.split("\n") == [
        "河西水厂记录",
        "周次 | 供水量 | 抽检次数",
        *(" | ".join(week) for week in weeks),
    ]
    assert [unit.kind for unit in document.units] == ["heading", "header"] + ["row"] * 40
    assert [unit.page for unit in document.units][1::10] == [1, 1, 2, 3, 4][:5]
    assert document.notes == ()


def test_rows_whose_cells_single_spaces_part_are_rows(tmp_path: Path) -> None:
    page = read(
        tmp_path, pdf([column(["周次 水量", "第1周 307", "第2周 314", "第3周 321", FIRST])])
    )
    assert texts(page) == ["周次 | 水量", "第1周 | 307", "第2周 | 314", "第3周 | 321", FIRST]
    assert kinds(page) == ["header", "row", "row", "row", ""]


def test_a_row_that_goes_on_on_the_next_page_is_one_row(tmp_path: Path) -> None:
    names, first = ("街道", "职责", "电话"), ("东城", "受理低保申请并入户核查,", "3619")
    upper: list[Text | Drawn] = [
        *cells([names, first]),
        ruled((50, 200, 355, 500), (675, 695, 715)),
    ]
    lower: list[Text | Drawn] = [
        *cells([("", "逾期不予补办", ""), ("西关", "发放补贴", "3620")]),
        ruled((50, 200, 355, 500), (675, 695, 715)),
    ]
    page = read(tmp_path, pdf([upper, lower]))
    assert texts(page) == [
        "街道 | 职责 | 电话",
        "东城 | 受理低保申请并入户核查,逾期不予补办 | 3619",
        "西关 | 发放补贴 | 3620",
    ]
    assert [line.page for line in page.lines] == [1, 1, 2]


def test_a_text_that_runs_into_the_next_cell_stays_in_its_own(tmp_path: Path) -> None:
    rows = [(f"L0{n}", "北侧", "6:30") for n in range(1, 5)]
    lines = cells([("编号", "位置", "时段"), *rows, ("L05", "枫香里二期小区西大门外", "全天候")])
    lines = [
        line._replace(x=210 + (line.x - 210) * 0.8) if line.x > 200 else line for line in lines
    ]
    found = texts(read(tmp_path, pdf([lines])))
    assert found[-1] == "L05 | 枫香里二期小区西大门外 | 全天候"


def test_cells_that_stand_close_together_are_told_apart(tmp_path: Path) -> None:
    lines = []
    for n in range(6):
        for x, text in ((50, f"街道{n}"), (88, f"10{n}"), (150, f"20{n}")):
            lines.append(Text(x, 780 - 20 * n, text))
    assert texts(read(tmp_path, pdf([lines]))) == [f"街道{n} | 10{n} | 20{n}" for n in range(6)]


def test_the_bullet_of_the_font_symbol_is_a_bullet(tmp_path: Path) -> None:
    items = [
        (Text(50, 780 - 20 * n, "\uf0b7"), Text(80, 780 - 20 * n, text))
        for n, text in enumerate(("带身份证。", "带户口簿。", FIRST))
    ]
    lines = [part for item in items for part in item]
    assert texts(read(tmp_path, pdf([lines])))[:2] == ["• 带身份证。", "• 带户口簿。"]


def test_a_blank_shown_alone_parts_words(tmp_path: Path) -> None:
    lines = [Text(50, 780, "来源:城市网"), Text(122, 780, " ", 4), Text(126, 780, "2021-03-04")]
    assert texts(read(tmp_path, pdf([lines]))) == ["来源:城市网 2021-03-04"]


def test_the_number_of_an_item_is_no_cell(tmp_path: Path) -> None:
    lines = []
    for n, text in enumerate(("提交申请。", "入户核查。", "张榜公示。", "发放补贴。")):
        lines += [Text(50, 780 - 20 * n, f"{n + 1}."), Text(100, 780 - 20 * n, text)]
    assert texts(read(tmp_path, pdf([lines])))[0] == "1. 提交申请。"


# Headings, title, metadata


def test_larger_lines_are_headings_with_levels_and_the_largest_is_the_title(tmp_path: Path) -> None:
    lines = [
        Text(50, 780, "关于加快老旧小区电梯加装", 22),
        Text(50, 752, "工作的若干意见", 22),
        Text(50, 720, "总体要求", 16),
        *column(wrapped(FIRST, 24), top=690),
        Text(50, 640, "第二节", 14),
        *column(wrapped(SECOND, 24), top=610),
    ]
    page = read(tmp_path, pdf([lines]))
    assert [(line.text, line.level) for line in page.lines if line.kind == "heading"] == [
        ("关于加快老旧小区电梯加装工作的若干意见", 1),
        ("总体要求", 2),
        ("第二节", 3),
    ]
    assert page.title == "关于加快老旧小区电梯加装工作的若干意见"


def test_the_name_of_the_office_above_a_document_is_not_its_title(tmp_path: Path) -> None:
    lines = [
        Text(100, 780, "云岭市人民政府文件", 36),
        Text(50, 720, "关于调整水价的通知", 22),
        *column(wrapped(FIRST, 24), top=690),
    ]
    assert read(tmp_path, pdf([lines])).title == "关于调整水价的通知"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("水价调整办法", "水价调整办法"),
        ("Microsoft Word - 水价调整办法.doc", ""),
        ("去年的通知", ""),
        ("D:\\\\水价调整办法", ""),
    ],
)
def test_the_title_of_the_metadata_serves_where_it_is_printed(
    tmp_path: Path, title: str, expected: str
) -> None:
    code = f"\ufeff{title}".encode("utf-16-be").hex()
    info = f"/Title <{code}>"
    assert read(tmp_path, pdf([column(["水价调整办法", FIRST])], info)).title == expected


@pytest.mark.parametrize(
    ("producer", "expected"),
    [
        ("Microsoft Word 2016", False),
        ("LibreOffice 7.4", False),
        ("Skia/PDF m120", True),
        ("", True),
    ],
)
def test_only_what_a_browser_printed_may_have_a_site_around_it(
    tmp_path: Path, producer: str, expected: bool
) -> None:
    page = read(tmp_path, pdf([column([FIRST])], f"/Producer ({producer})"))
    assert page.is_web_page is expected


def test_what_was_written_into_the_fields_of_a_form_is_read(tmp_path: Path) -> None:
    shown = Text(2, 4, "欧阳静波").drawn()
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [120 770 300 790] "
        "/AP << /N 10 0 R >> >>"
    )
    form = (
        "<< /Type /XObject /Subtype /Form /BBox [0 0 180 20] /Resources << /Font << /F 3 0 R >> >> "
        f"/Length {len(shown)} >>\nstream\n{shown}\nendstream"
    )
    data = pdf([[Text(50, 774, "申请人:")]], of_page="/Annots [9 0 R]", more=(field, form))
    assert texts(read(tmp_path, data)) == ["申请人: 欧阳静波"]


# What is told, and what is refused


def encrypted(data: bytes, user: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(user, "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_password_of_the_owner_is_no_obstacle(tmp_path: Path, algorithm: str) -> None:
    assert texts(read(tmp_path, encrypted(pdf([column([FIRST])]), "", algorithm))) == [FIRST]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_refused(tmp_path: Path, algorithm: str) -> None:
    with pytest.raises(DocumentError, match="有密码保护") as caught:
        loaded(tmp_path, encrypted(pdf([column([FIRST])]), "secret", algorithm))
    assert "Remove the password" in caught.value.en


def test_a_pdf_of_pictures_holds_no_text(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="文字识别"):
        loaded(tmp_path, pdf([[]]))


def test_pages_without_text_are_counted_and_told(tmp_path: Path) -> None:
    pages = [column([f"通知{n}", FIRST]) if n in (1, 6) else [] for n in range(1, 8)]
    document = loaded(tmp_path, pdf(pages))
    assert document.notes == (
        (
            "第 2 至 5、7 页没有文字（共 7 页），可能是扫描页；请先做文字识别。",
            "Pages 2 to 5, 7 of 7 hold no text, and may be scanned. Run text recognition first.",
        ),
    )


def test_text_that_does_not_say_its_characters_is_told_or_refused(tmp_path: Path) -> None:
    garbled = [Text(50, 780, FIRST, font="G")]
    notes = read(tmp_path, pdf([column([FIRST]), garbled])).notes
    assert [zh for zh, _ in notes] == [
        "第 2 页的文字没有写明对应的字符（共 2 页），没有读入；请从原文件重新导出，或先做文字识别。"
    ]
    with pytest.raises(DocumentError, match="乱码"):
        read(tmp_path, pdf([garbled]))
    private = [Text(50, 780, "\ue001\ue002\ue003\ue004")]
    with pytest.raises(DocumentError, match="乱码"):
        read(tmp_path, pdf([private]))


def test_characters_of_a_page_that_do_not_say_what_they_are_are_counted(tmp_path: Path) -> None:
    price = [Text(50, 700, "停车每小时"), Text(120, 700, "八元", font="G")]
    (told,) = read(tmp_path, pdf([column([FIRST]), [*column([SECOND]), *price]])).notes
    assert told[0] == "第 2 页有 2 个字符没有写明是什么字，没有读入。请对照原件检查。"
    assert told[1].startswith("2 characters on page 2 do not say")


def test_a_private_character_inside_a_line_is_kept_and_told(tmp_path: Path) -> None:
    document = loaded(tmp_path, pdf([column([FIRST, "局长是\ue123明远。"])]))
    assert "局长是\ue123明远。" in document.text
    assert [zh[:12] for zh, _ in document.notes] == ["有 1 个字符读不出是什"]


def test_files_attached_inside_are_told(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([column([FIRST])])))
    writer.add_attachment("prices.csv", b"a,b")
    out = io.BytesIO()
    writer.write(out)
    assert [en for _, en in read(tmp_path, out.getvalue()).notes] == [
        "1 files are attached inside (prices.csv) and were not read. Save them and add them by themselves."
    ]


def test_what_another_program_sees_on_a_page_and_we_do_not_is_told(tmp_path: Path) -> None:
    hidden = "BT /H 12 Tf 50 700 Td (Bring the old contract and two photographs) Tj ET"
    resources = "/Resources << /Font << /F 3 0 R /H << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>"
    seen = loaded(tmp_path, pdf([[Text(50, 780, FIRST), Drawn(hidden)]], of_page=resources))
    assert seen.notes == ()
    assert "Bring the old contract" in seen.text
    without = pdf([[Text(50, 780, FIRST), Drawn(hidden)]])
    assert loaded(tmp_path, without).notes != ()


def test_more_pages_than_can_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="有 10000 页") as caught:
        read(tmp_path, pdf([[]] * 10_000))
    assert "Split it" in caught.value.en


@pytest.mark.long
def test_five_hundred_pages_are_read_whole(tmp_path: Path) -> None:
    pages = [column([f"第{n}节", *wrapped((FIRST + SECOND) * 8, 40)]) for n in range(1, 501)]
    document = loaded(tmp_path, pdf(pages))
    assert document.text.replace("\n", "") == "".join(
        f"第{n}节" + (FIRST + SECOND) * 8 for n in range(1, 501)
    )
    assert document.units[-1].page == 500


def test_a_file_with_a_script_is_read_and_the_script_is_not(tmp_path: Path) -> None:
    data = pdf([column([FIRST])], catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    assert texts(read(tmp_path, data)) == [FIRST]


@pytest.mark.parametrize("kept", [0, 9, 400, -300])
def test_a_truncated_file_is_refused_or_read(tmp_path: Path, kept: int) -> None:
    try:
        assert FIRST in loaded(tmp_path, pdf([column([FIRST])])[:kept]).text
    except DocumentError as error:
        assert "report.pdf" in error.zh and "report.pdf" in error.en


# The cases


def case(name: str) -> Path:
    path = CASES / name
    if not path.is_file():
        pytest.skip("the shared cases are not here")
    return path


def test_case_all_rows_of_a_long_table_are_kept() -> None:
    document = load(case("long-table.pdf"))
    rows = [unit for unit in document.units if unit.kind == "row"]
    assert len(rows) == 52
    assert rows[29].text == "第30周 | 330 | 10"
    assert rows[29].page == 3
    assert document.text[slice(*rows[29].context[0])] == "周次 | 供水量 | 抽检次数"
    assert document.notes == ()


def test_case_lines_that_are_only_numbers_are_kept() -> None:
    lines = load(case("number-lines.pdf")).text.split("\n")
    assert lines[2:8] == ["振兴路", "1286", "光明街", "904", "学府路", "2317"]


def test_case_scanned_pages_are_told() -> None:
    document = load(case("half-scanned.pdf"))
    assert "每台补助十万元" in document.text
    assert [zh for zh, _ in document.notes] == [
        "第 2 至 4 页没有文字（共 4 页），可能是扫描页；请先做文字识别。"
    ]
