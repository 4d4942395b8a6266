"""Workbooks and csv files: what the cells show is read; what is hidden or not computed is told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from corpus.errors import DocumentError
from corpus.intake.child import parse
from corpus.intake.office.shown_value import shown_value
from corpus.intake.page import Page
from corpus.intake.raw_text import raw_blocks
from corpus.load import load
from corpus.losses import losses

pytestmark = pytest.mark.slow


def book(*names: str) -> tuple[openpyxl.Workbook, list[Worksheet]]:
    whole = openpyxl.Workbook()
    whole.remove(whole.active)
    return whole, [whole.create_sheet(name) for name in names]


def fill(sheet: Worksheet, rows: Sequence[Sequence[object]]) -> None:
    for values in rows:
        sheet.append(list(values))


def read(path: Path, kind: str = "xlsx") -> Page:
    """The page of a file, which has all that its raw text has."""
    page = parse(kind, path)
    text = "\n".join(line.text for line in page.lines)
    assert not [loss for loss in losses(raw_blocks(kind, path), text) if loss.missing]
    return page


def lines(page: Page) -> list[tuple[str, str]]:
    return [(line.text, line.kind) for line in page.lines]


def test_a_sheet_with_title_merged_names_blanks_and_a_remark(tmp_path: Path) -> None:
    whole, (sheet,) = book("Sheet1")
    fill(
        sheet,
        [
            ["各区就业情况统计表"],
            ["填报单位：市人社局", None, None, "单位：万人"],
            ["城区", "新增就业", None, "占比"],
            [None, "上半年", "下半年", None],
            ["青岚区", 12, 12, 0.256],
            ["白石区", None, 3.5, 0.1],
            ["南山区", 7, None, None],
            ["注：为初步统计"],
        ],
    )
    for area in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        sheet.merge_cells(area)
    for cell in ("D5", "D6"):
        sheet[cell].number_format = "0.0%"
    path = tmp_path / "就业.xlsx"
    whole.save(path)
    page = read(path)
    assert lines(page) == [
        ("各区就业情况统计表", ""),
        ("填报单位：市人社局", ""),
        ("单位：万人", ""),
        ("城区 | 新增就业 | 新增就业 | 占比", "header"),
        ("城区 | 上半年 | 下半年 | 占比", "header"),
        ("青岚区 | 12 | 12 | 25.6%", "row"),
        ("白石区 |  | 3.5 | 10.0%", "row"),
        ("南山区 | 7 |  |", "row"),
        ("注：为初步统计", ""),
    ]
    assert (page.title, page.notes, page.is_web_page) == ("各区就业情况统计表", (), False)
    document = load(path)
    row = next(unit for unit in document.units if unit.text.startswith("白石区"))
    assert [document.text[start:end] for start, end in row.cells] == ["白石区", "", "3.5", "10.0%"]
    leads = [document.text[start:end] for start, end in row.leads]
    assert leads[:2] == ["城区 | 上半年 | 下半年 | 占比", "城区 | 新增就业 | 新增就业 | 占比"]
    assert "单位：万人" in leads


def test_cells_merged_over_rows_are_copied(tmp_path: Path) -> None:
    whole, (sheet,) = book("Sheet1")
    fill(
        sheet,
        [
            ["街道", "社区", "户数"],
            ["东街", "一社区", 30],
            [None, "二社区", 40],
            ["合计", None, 70],
        ],
    )
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("A4:B4")
    path = tmp_path / "a.xlsx"
    whole.save(path)
    assert lines(read(path)) == [
        ("街道 | 社区 | 户数", "header"),
        ("东街 | 一社区 | 30", "row"),
        ("东街 | 二社区 | 40", "row"),
        ("合计 | 合计 | 70", "row"),
    ]


def test_sheets_have_headings_and_empty_rows_part_tables(tmp_path: Path) -> None:
    whole, (first, second, third) = book("2022年", "2023年", "空表")
    fill(
        first,
        [["区", "人数"], ["南区", 5], [], [], ["姓名", "职务", "电话"], ["王芳", "主任", "8801"]],
    )
    fill(second, [["南区"], ["北区"]])
    path = tmp_path / "年报.xlsx"
    whole.save(path)
    page = read(path)
    assert lines(page) == [
        ("2022年", "heading"),
        ("区 | 人数", "header"),
        ("南区 | 5", "row"),
        ("姓名 | 职务 | 电话", "header"),
        ("王芳 | 主任 | 8801", "row"),
        ("2023年", "heading"),
        ("南区", ""),
        ("北区", ""),
    ]
    assert page.title == "年报"
    assert third.max_row == 1


def test_a_single_sheet_has_a_heading_where_its_name_tells(tmp_path: Path) -> None:
    for name, count in (("Sheet1", 2), ("工作表 2", 2), ("收费标准", 3)):
        whole, (sheet,) = book(name)
        fill(sheet, [["项目", "金额"], ["押金", 50]])
        whole.save(tmp_path / "a.xlsx")
        assert len(read(tmp_path / "a.xlsx").lines) == count


def test_the_title_of_the_only_sheet_stands_above_its_name(tmp_path: Path) -> None:
    whole, (sheet,) = book("2023年")
    fill(sheet, [["停车收费一览表"], ["单位：元"], ["路段", "白天", "夜间"], ["东街", 5, 2]])
    path = tmp_path / "a.xlsx"
    whole.save(path)
    document = load(path)
    assert document.title == "停车收费一览表"
    assert [(unit.text, unit.kind) for unit in document.units] == [
        ("停车收费一览表", "heading"),
        ("2023年", "heading"),
        ("单位：元", "paragraph"),
        ("路段 | 白天 | 夜间", "header"),
        ("东街 | 5 | 2", "row"),
    ]


def test_years_name_columns_and_pairs_of_words_do_not(tmp_path: Path) -> None:
    whole, (sheet,) = book("Sheet1")
    fill(sheet, [["街道", 2020, 2021], ["东街", 3, 4], [], ["负责人", "王芳"], ["地点", "东街"]])
    whole.save(tmp_path / "a.xlsx")
    assert [line.kind for line in read(tmp_path / "a.xlsx").lines] == [
        "header",
        "row",
        "row",
        "row",
    ]


def test_what_is_hidden_or_not_computed_is_told(tmp_path: Path) -> None:
    whole, (sheet, hidden) = book("台账", "草稿")
    fill(
        sheet,
        [["区", "人数", "密"], ["南区", 5, "甲"], ["北区", 6, "乙"], ["合计", "=B2+B3", "丙"]],
    )
    fill(hidden, [["草稿"]])
    hidden.sheet_state = "hidden"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["H"].hidden = True
    sheet["B2"].number_format = "General"
    sheet["A5"] = "#DIV/0!"
    path = tmp_path / "a.xlsx"
    whole.save(path)
    page = read(path)
    assert [line.text for line in page.lines] == [
        "台账",
        "区 | 人数",
        "南区 | 5",
        "合计 |",
        "#DIV/0! |",
    ]
    told = [zh for zh, _ in page.notes]
    assert len(told) == 4
    assert "隐藏的工作表没有读入：草稿" in told[0]
    assert "1 行、1 列没有读入" in told[1]
    assert "有 1 个公式没有存下结果" in told[2]
    assert "有 1 个单元格显示的是错误值" in told[3]


@pytest.mark.parametrize(
    ("value", "code", "written"),
    [
        (0.256, "0.0%", "25.6%"),
        (1234567, "#,##0", "1,234,567"),
        (-1234.5, r"#,##0.00;[Red]\-#,##0.00", "-1,234.50"),
        (-5, "0;(0)", "(5)"),
        (0, '0;-0;"无"', "无"),
        (123456, r'0\.0,"万"', "12.3万"),
        (12000, '[>=10000]0.0,"千";0', "12.0千"),
        (500, '[>=10000]0.0,"千";0', "500"),
        (3, "[$¥-804]#,##0.00", "¥3.00"),
        (1.5, '0.00"元"', "1.50元"),
        (2.5, "0", "3"),
        (12, "000", "012"),
        (0.1 + 0.2, "General", "0.3"),
        (12.0, "General", "12"),
        (110101199001011234, "General", "110101199001011234"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (0.5, "# ?/?", "0.5"),
        (1234567.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234,567.50"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (True, "General", "TRUE"),
        ("007", "@", "007"),
        (None, "0", ""),
        (datetime(2021, 3, 4), "mm-dd-yy", "2021-03-04"),
        (datetime(2021, 3, 4), "yyyy/m/d", "2021-03-04"),
        (datetime(2021, 3, 4), 'yyyy"年"m"月"d"日";@', "2021年3月4日"),
        (datetime(2021, 3, 4), 'm"月"d"日"', "3月4日"),
        (datetime(2021, 3, 4), "m/d", "3/4"),
        (datetime(2021, 3, 4), "yyyy-mm", "2021-03"),
        (datetime(2021, 3, 4), "[$-804]aaaa", "星期四"),
        (datetime(2021, 3, 4, 15, 6), "yyyy/m/d h:mm", "2021-03-04 15:06"),
        (datetime(2021, 3, 4, 15, 6), '上午/下午h"时"mm"分"', "下午3时06分"),
        (time(9, 5), "h:mm", "09:05"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (date(2021, 3, 4), "General", "2021-03-04"),
    ],
)
def test_values_as_shown(value: object, code: str, written: str) -> None:
    assert shown_value(value, code) == written


def changed(path: Path, name: str, old: bytes, new: bytes) -> None:
    """Writes an archive anew with `old` replaced in one of its files."""
    whole = io.BytesIO(path.read_bytes())
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            archive.writestr(entry, data.replace(old, new, 1) if entry.filename == name else data)


def test_dates_in_the_formats_that_chinese_excel_does_not_write_out(tmp_path: Path) -> None:
    whole, (sheet,) = book("Sheet1")
    fill(sheet, [["项目", "时间"], ["开工", 44197]])
    sheet["B2"].number_format = "0.00"
    path = tmp_path / "a.xlsx"
    whole.save(path)
    changed(path, "xl/styles.xml", b'numFmtId="2"', b'numFmtId="31"')
    assert [line.text for line in read(path).lines] == ["项目 | 时间", "开工 | 2021年1月1日"]


def test_a_wrong_size_in_the_file_costs_nothing(tmp_path: Path) -> None:
    whole, (sheet,) = book("Sheet1")
    fill(sheet, [["项目", "时间", "地点"], ["开工", "春天", "东街"]])
    path = tmp_path / "a.xlsx"
    whole.save(path)
    changed(path, "xl/worksheets/sheet1.xml", b'ref="A1:C2"', b'ref="A1:XFD1048576"')
    assert [line.text for line in read(path).lines] == ["项目 | 时间 | 地点", "开工 | 春天 | 东街"]


def test_too_many_cells_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    whole, (sheet,) = book("Sheet1")
    sheet.append(["区"])
    whole.save(path)
    cells = b'<row r="2">' + b"<c/>" * 500_000 + b"</row></sheetData>"
    changed(path, "xl/worksheets/sheet1.xml", b"</sheetData>", cells)
    with pytest.raises(DocumentError, match="超过 500,000 个") as caught:
        parse("xlsx", path)
    assert "save it as csv" in caught.value.en


def csv_page(tmp_path: Path, data: bytes, name: str = "a.csv") -> Page:
    path = tmp_path / name
    path.write_bytes(data)
    return read(path, "csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = '街道,2019年,2020年,备注\r\n东街,112,126,"含""新建"",\n改造"\r\n西街,,98,\r\n'
    page = csv_page(tmp_path, text.encode(encoding))
    assert lines(page) == [
        ("街道 | 2019年 | 2020年 | 备注", "header"),
        ('东街 | 112 | 126 | 含"新建", 改造', "row"),
        ("西街 |  | 98 |", "row"),
    ]
    assert page.title == "a"


@pytest.mark.parametrize(
    ("name", "mark"), [("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.tsv", "\t")]
)
def test_other_marks_between_cells(tmp_path: Path, name: str, mark: str) -> None:
    rows = [["区", "人数", "日期"], ["南区", "5", "2021-03-04"], ["北区", "6", "2021-03-05"]]
    page = csv_page(tmp_path, "\n".join(map(mark.join, rows)).encode(), name)
    assert [line.text for line in page.lines] == [" | ".join(row) for row in rows]


def test_a_named_mark_and_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    page = csv_page(tmp_path, "sep=;\n区;数\n南;5\n".encode())
    assert [line.text for line in page.lines] == ["区 | 数", "南 | 5"]
    many = "".join(f"第{i}区,{i}人\n" for i in range(6000))
    page = csv_page(tmp_path, f'区,数\n"东区,4人\n{many}'.encode())
    assert len(page.lines) == 6002 and page.lines[-1].text == "第5999区 | 5999人"


@pytest.mark.parametrize(
    ("name", "data", "zh", "en"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0", "另存为 docx", "save it as docx"),
        ("a.wps", b"\xd0\xcf\x11\xe0", "另存为 docx", "save it as docx"),
        ("a.rtf", b"{\\rtf1}", "另存为 docx", "save it as docx"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "另存为 xlsx", "save it as xlsx"),
        ("a.et", b"\xd0\xcf\x11\xe0", "另存为 xlsx", "save it as xlsx"),
        ("a.ppt", b"\xd0\xcf\x11\xe0", "另存为 pdf", "save it as pdf"),
        ("a.pptx", b"PK\x03\x04", "另存为 pdf", "save it as pdf"),
        ("a.odt", b"PK\x03\x04", "另存为 docx", "save it as docx"),
        ("a.xls", b"<html><table>", "网页", "web page"),
        ("a.xls", b"PK\x03\x04", "改为 xlsx", "Rename it to xlsx"),
        (
            "a.doc",
            b"<?xml version='1.0'?><?mso-application progid='Word.Document'?>",
            "2003",
            "2003",
        ),
        ("a.csv", b"\xd0\xcf\x11\xe0", "旧版 Office", "old Office"),
        ("a.csv", b"PK\x03\x04....", "ZIP", "ZIP"),
    ],
)
def test_old_formats_are_refused_with_how_to_save_them_anew(
    tmp_path: Path, name: str, data: bytes, zh: str, en: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        load(path)
    assert zh in caught.value.zh and en in caught.value.en
    assert name in caught.value.zh and name in caught.value.en


def test_a_package_under_another_suffix_says_what_it_is(tmp_path: Path) -> None:
    whole, (sheet,) = book("Sheet1")
    sheet.append(["区"])
    path = tmp_path / "a.docx"
    whole.save(path)
    with pytest.raises(DocumentError, match="内容是 xlsx"):
        parse("docx", path)


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name)
    with pytest.raises(DocumentError, match="密码"):
        parse("xlsx", path)
