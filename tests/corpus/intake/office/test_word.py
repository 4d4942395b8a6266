"""Word files: what is printed in the end is read, and nothing else; what is not read is told."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from corpus import Document
from corpus.errors import DocumentError
from corpus.intake.article import Article, clean
from corpus.intake.child import parse
from corpus.intake.numerals import numeral
from corpus.intake.page import Line, Page
from corpus.intake.raw_text import raw_blocks
from corpus.load import document_of, load
from corpus.losses import losses

pytestmark = pytest.mark.slow

CASES = Path(__file__).parents[5] / "shared/cases"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word_file(path: Path, body: str, content: str = "document.main", **parts: str) -> Path:
    """A Word file whose body is `body`; `parts` are styles, numbering, footnotes and the like."""
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes",
             "endnotes": "endnotes", "header": "hdr"}  # fmt: skip
    listed = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{TYPE}.{name}+xml"/>' for name in parts
    )
    related = "".join(
        f'<Relationship Id="r{name}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>'
        for name in parts
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    main = content if "/" in content else f"{TYPE}.{content}+xml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/>{listed}</Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
        )
        archive.writestr(
            "word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>"
        )
        for name, inside in parts.items():
            root = f"w:{roots[name]}"
            archive.writestr(f"word/{name}.xml", f"<{root} {NAMES}>{inside}</{root}>")
    return path


def run(text: str, properties: str = "") -> str:
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{text}</w:t></w:r>'


def para(text: str, properties: str = "") -> str:
    """A paragraph; `text` is plain, or runs."""
    inside = text if text.startswith("<") else run(text)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def cell(text: str, properties: str = "") -> str:
    inside = text if text.startswith("<w:p>") or text.startswith("<w:tbl>") else para(text)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(each if each.startswith("<w:tc>") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(rows)}</w:tbl>"


def numbered(depth: int = 0, number: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'


def level(depth: int, system: str, text: str, extra: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{system}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, overrides: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="7"/>{overrides}</w:num>'
    )


def style(style_id: str, name: str, inside: str = "", kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{inside}</w:style>'


def styled(style_id: str) -> str:
    return f'<w:pStyle w:val="{style_id}"/>'


def field(instruction: str, result: str) -> str:
    """A field with its instruction and its result, which is runs."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def read(tmp_path: Path, body: str, **parts: str) -> Page:
    """The page of a Word file, which has nothing that its raw text does not have too."""
    path = word_file(tmp_path / "a.docx", body, **parts)
    page = parse("docx", path)
    text = "\n".join(line.text for line in page.lines)
    assert not [loss for loss in losses(raw_blocks("docx", path), text) if loss.missing]
    return page


def texts(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def test_the_final_view_of_tracked_changes(tmp_path: Path) -> None:
    mark = '<w:rPr><w:del w:id="9"/></w:rPr>'
    deleted = f"<w:del><w:r><w:delText>三十</w:delText></w:r></w:del><w:ins>{run('五十')}</w:ins>"
    moved = f"<w:moveFrom>{run('旧处。')}</w:moveFrom>"
    inserted = '<w:p><w:pPr><w:rPr><w:ins w:id="1"/></w:rPr></w:pPr>'
    page = read(
        tmp_path,
        para(run("押金") + deleted + run("元。"))
        + f"{inserted}<w:ins>{run('要带身份证。')}</w:ins></w:p>"
        + para(f"<w:del>{run('整段删去。')}</w:del>".replace("w:t", "w:delText"), mark)
        + para("这一段的结尾", mark)
        + para("被删去了。")
        + para(moved)
        + para(f"<w:moveTo>{run('新处。')}</w:moveTo>")
        + para(
            f"<w:ins><w:del>{run('又删。')}</w:del></w:ins>".replace("w:t ", "w:delText ")
        ).replace("</w:t>", "</w:delText>"),
    )
    assert texts(page) == ["押金五十元。", "要带身份证。", "这一段的结尾被删去了。", "新处。"]


def test_a_row_that_is_deleted_is_left_out(tmp_path: Path) -> None:
    gone = row("乙", "2", properties='<w:del w:id="1"/>')
    page = read(tmp_path, table(row("甲", "1"), gone, row("丙", "3")))
    assert texts(page) == ["甲 | 1", "丙 | 3"]


def box(inside: str) -> str:
    """A text box as Word writes it, once for itself and once for its forerunners."""
    content = f"<w:txbxContent>{inside}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>'
        f"{content}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_text_boxes_stand_once_after_their_paragraph(tmp_path: Path) -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="临江区人民政府"/></v:shape></w:pict></w:r>'
    page = read(
        tmp_path,
        para(run("馆内免费") + box(para("周一闭馆。") + table(row("票", "价"), row("成人", "0"))))
        + para(art)
        + para("谢绝拍照。"),
    )
    assert texts(page) == [
        "馆内免费",
        "周一闭馆。",
        "票 | 价",
        "成人 | 0",
        "临江区人民政府",
        "谢绝拍照。",
    ]


def test_content_controls_are_as_if_not_there(tmp_path: Path) -> None:
    def control(inside: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    inline = run("联系人：") + control(run("王芳"))
    page = read(
        tmp_path,
        control(para(inline) + control(para("里面一段。")))
        + table(control(row("甲", "1")), f"<w:tr>{control(cell('乙'))}{cell('2')}</w:tr>"),
    )
    assert texts(page) == ["联系人：王芳", "里面一段。", "甲 | 1", "乙 | 2"]


def test_fields_show_their_results_and_not_their_instructions(tmp_path: Path) -> None:
    link = f'<w:hyperlink r:id="x">{run("市政府网站")}</w:hyperlink>'
    simple = f'<w:fldSimple w:instr=" PAGE ">{run("7")}</w:fldSimple>'
    nested = field("IF " + "", run("见第3页"))
    ticked = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/>'
        '</w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    circled = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>eq \\o\\ac(○,3)'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    page = read(
        tmp_path,
        para(link + run("第") + simple + run("页"))
        + para(nested)
        + para(ticked + run("同意"))
        + para(circled + run("号楼")),
    )
    assert texts(page) == ["市政府网站第7页", "见第3页", "☑同意", "3号楼"]


def test_a_field_that_never_ends_hides_nothing(tmp_path: Path) -> None:
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    path = word_file(tmp_path / "a.docx", para(begun + run("藏")) + para("下一段在。"))
    assert texts(parse("docx", path)) == ["下一段在。"]


def test_the_table_of_contents_is_left_out(tmp_path: Path) -> None:
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o "1-3"</w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    page = read(
        tmp_path,
        f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{para('目录')}</w:sdtContent></w:sdt>"
        + para("一、总则 1", styled("T1"))
        + para(begin + run("二、附则") + field("PAGEREF a", run("2")))
        + para(run("三、附件") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        + para("正文在此。"),
        styles=style("T1", "toc 1"),
    )
    assert texts(page) == ["正文在此。"]


def test_notes_stand_behind_the_sentence_that_is_marked(tmp_path: Path) -> None:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    end = '<w:r><w:endnoteReference w:id="2"/></w:r>'
    page = read(
        tmp_path,
        para("港口年报" + "", styled("Title")).replace("</w:p>", mark.format(4) + "</w:p>")
        + para(
            run("全年吞吐量")
            + mark.format(2)
            + run("为五千万吨。比上年增长百分之三。")
            + mark.format(3)
            + run("明年再建泊位。")
        )
        + para(run("设计能力见附件") + end + run("。")),
        styles=style("Title", "Title"),
        footnotes='<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{para("不含渔港。")}</w:footnote>'
        f'<w:footnote w:id="3">{para("按可比价。")}{para("初步数。")}</w:footnote>'
        f'<w:footnote w:id="4">{para("本报告由港务局编写。")}</w:footnote>'
        f'<w:footnote w:id="5">{para("没有标记的注。")}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{para("附件另发。")}</w:endnote>',
    )
    assert texts(page) == [
        "港口年报",
        "注：本报告由港务局编写",
        "全年吞吐量为五千万吨。（注：不含渔港）。比上年增长百分之三。（注：按可比价。 初步数）。"
        "明年再建泊位。",
        "设计能力见附件。（注：附件另发）。",
    ]
    assert page.title == "港口年报"


def test_a_note_in_a_table_stands_below_it_and_names_its_cell(tmp_path: Path) -> None:
    marked = para(run("东港") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    page = read(
        tmp_path,
        table(row("港区", "吞吐量"), row(cell(marked), "56")),
        footnotes=f'<w:footnote w:id="2">{para("二〇二〇年并入。")}</w:footnote>',
    )
    assert texts(page) == ["港区 | 吞吐量", "东港 | 56", "注（东港）：二〇二〇年并入"]


def test_hidden_text_comments_and_readings_are_left_out(tmp_path: Path) -> None:
    hidden = run("藏着", "<w:vanish/>") + run("样式藏着", '<w:rStyle w:val="H"/>')
    shown = run("露出", '<w:rStyle w:val="H"/><w:vanish w:val="0"/>')
    ruby = f"<w:r><w:ruby><w:rt>{run('chóng')}</w:rt><w:rubyBase>{run('重')}</w:rubyBase></w:ruby></w:r>"
    comment = '<w:r><w:commentReference w:id="1"/></w:r>'
    page = read(
        tmp_path,
        para(run("正文") + hidden + shown + ruby + run("庆") + comment)
        + para(run("整段藏着。", "<w:vanish/>"), "<w:rPr><w:vanish/></w:rPr>"),
        styles=style("H", "Hid", "<w:rPr><w:vanish/></w:rPr>", "character"),
    )
    assert texts(page) == ["正文露出重庆"]


def test_automatic_numbers_are_printed(tmp_path: Path) -> None:
    levels = (
        level(0, "chineseCountingThousand", "第%1章"),
        level(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'),
        level(2, "chineseCounting", "（%3）"),
        level(3, "decimal", "%4."),
        level(4, "bullet", "\uf0b7"),
        level(5, "decimal", "%1.%6", "<w:isLgl/>"),
    )
    depths = [0, 1, 2, 2, 3, 4, 1, 0, 1, 2, 5]
    page = read(
        tmp_path,
        "".join(para(f"第{i}段", numbered(depth)) for i, depth in enumerate(depths)),
        numbering=numbering(*levels),
    )
    assert [(line.text, line.kind, line.level) for line in page.lines] == [
        ("第一章 第0段", "", 0),
        ("第一条 第1段", "", 0),
        ("（一）第2段", "", 0),
        ("（二）第3段", "", 0),
        ("1. 第4段", "item", 4),
        ("第5段", "item", 5),
        ("第二条 第6段", "", 0),
        ("第二章 第7段", "", 0),
        ("第三条 第8段", "", 0),
        ("（一）第9段", "", 0),
        ("2.1 第10段", "item", 6),
    ]


def test_lists_start_anew_where_they_say_so_and_else_go_on(tmp_path: Path) -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbers = (1, 1, 2, 2, 1)
    page = read(
        tmp_path,
        "".join(para("项", numbered(0, number)) for number in numbers)
        + para("无", numbered(0, 0))
        + para("", numbered(0, 1))
        + para("项", numbered(0, 1)),
        numbering=numbering(level(0, "decimal", "%1、"), overrides=override),
    )
    # The empty paragraph is counted, as it is in print.
    assert texts(page) == ["1、项", "2、项", "5、项", "6、项", "7、项", "无", "9、项"]


def test_styles_carry_numbers_and_headings(tmp_path: Path) -> None:
    linked = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    page = read(
        tmp_path,
        para("总则", styled("2"))
        + para("适用范围", styled("M"))
        + para("正文一句。", styled("9"))
        + para("自设的级别", '<w:outlineLvl w:val="2"/>')
        + para("不再是标题", styled("2") + '<w:outlineLvl w:val="9"/>')
        + para("一整段话被设成了标题，其实是正文。", styled("2")),
        styles=style("2", "标题 1", linked)
        + style("3", "heading 2", linked + '<w:basedOn w:val="2"/>')
        + style("M", "我的标题", '<w:basedOn w:val="3"/>')
        + style("9", "Normal"),
        numbering=numbering(
            level(0, "japaneseCounting", "%1、", '<w:pStyle w:val="2"/>'),
            level(1, "decimal", "%1.%2", '<w:pStyle w:val="3"/>'),
        ),
    )
    assert [(line.text, line.kind, line.level) for line in page.lines] == [
        ("一、总则", "heading", 1),
        ("一.1 适用范围", "heading", 2),
        ("正文一句。", "", 0),
        ("自设的级别", "heading", 3),
        ("二、不再是标题", "", 0),
        ("三、一整段话被设成了标题，其实是正文。", "", 0),
    ]


@pytest.mark.parametrize(
    ("value", "system", "written"),
    [
        (10, "chineseCounting", "十"),
        (23, "chineseCounting", "二十三"),
        (101, "chineseCounting", "一〇一"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (1003, "chineseCountingThousand", "一千零三"),
        (111, "japaneseCounting", "百十一"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (20, "taiwaneseCountingThousand", "二十"),
        (12, "ideographDigital", "一二"),
        (3, "ideographTraditional", "丙"),
        (11, "ideographTraditional", "11"),
        (20, "decimalEnclosedCircle", "⑳"),
        (28, "upperLetter", "BB"),
        (3, "lowerLetter", "c"),
        (1994, "upperRoman", "MCMXCIV"),
        (9, "lowerRoman", "ix"),
        (7, "decimalZero", "07"),
        (5, "none", ""),
        (0, "chineseCounting", "0"),
        (10_000, "lowerRoman", "10000"),
        (6, "unheardOf", "6"),
    ],
)
def test_numerals_as_word_writes_them(value: int, system: str, written: str) -> None:
    assert numeral(value, system) == written


SPAN = '<w:gridSpan w:val="{}"/>'
BEGIN, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_merged_cells_are_copied_and_equal_and_blank_ones_kept(tmp_path: Path) -> None:
    page = read(
        tmp_path,
        table(
            row(cell("各区学校数", SPAN.format(4))),
            row(cell("区", BEGIN), cell("学校", SPAN.format(2)), cell("备注", BEGIN)),
            row(cell("", GOES_ON), "小学", "中学", cell("", GOES_ON)),
            row("南区", "12", "12", ""),
            row("北区", "", "9", "新建"),
            row(cell("西区", BEGIN), "7", "7", ""),
            row(cell("", GOES_ON), "8", "7", "二期"),
            row(cell("注：截至年底", SPAN.format(4))),
        ),
    )
    assert [(line.text, line.kind) for line in page.lines] == [
        ("各区学校数", ""),
        ("区 | 学校 | 学校 | 备注", "row"),
        ("区 | 小学 | 中学 | 备注", "row"),
        ("南区 | 12 | 12 |", "row"),
        ("北区 |  | 9 | 新建", "row"),
        ("西区 | 7 | 7 |", "row"),
        ("西区 | 8 | 7 | 二期", "row"),
        ("注：截至年底", ""),
    ]


def test_the_cells_of_a_unit_are_those_of_the_table(tmp_path: Path) -> None:
    path = word_file(
        tmp_path / "a.docx",
        table(
            row("区", "2019年", "2020年", "2021年"),
            row("南区", "12", "", "1|2"),
            row("", "3", "3", ""),
        ),
    )
    document = load(path)
    cells = [[document.text[start:end] for start, end in unit.cells] for unit in document.units]
    assert cells == [
        ["区", "2019年", "2020年", "2021年"],
        ["南区", "12", "", "1｜2"],
        ["", "3", "3", ""],
    ]
    assert [unit.kind for unit in document.units] == ["header", "row", "row"]
    assert document.notes == ()


def test_a_form_prints_a_wide_cell_once(tmp_path: Path) -> None:
    page = read(
        tmp_path,
        table(
            row("姓名", "王芳", "性别", "女"),
            row("住址", cell("东街1号", SPAN.format(3))),
            row("单位", cell("市图书馆", SPAN.format(3))),
        ),
    )
    assert texts(page) == ["姓名 | 王芳 | 性别 | 女", "住址 | 东街1号", "单位 | 市图书馆"]


def test_header_rows_that_the_format_marks(tmp_path: Path) -> None:
    repeated = table(row("甲", "乙", properties="<w:tblHeader/>"), row("丙", "丁"), row("戊", "己"))
    first = table(
        row("庚", "辛"),
        row("壬", "癸"),
        properties='<w:tblStyle w:val="L"/><w:tblLook w:firstRow="1"/>',
    )
    plain = table(row("子", "丑"), row("寅", "卯"), properties='<w:tblLook w:firstRow="1"/>')
    page = read(
        tmp_path,
        repeated + para("中间。") + first + para("又中间。") + plain,
        styles=style("L", "Light List", '<w:tblStylePr w:type="firstRow"/>', "table"),
    )
    assert [line.kind for line in page.lines] == [
        "header", "row", "row", "", "header", "row", "", "row", "row",
    ]  # fmt: skip


def test_tables_that_lay_out_a_page_and_tables_in_tables(tmp_path: Path) -> None:
    inner = table(row("日", "一"), row("1", "2"))
    page = read(
        tmp_path,
        table(row(cell(para("通知") + para("各单位：") + inner + para(""))))
        + para("表外。")
        + table(row("时间", "安排"), row("周末", cell(inner + para("照常")))),
    )
    assert texts(page) == [
        "通知",
        "各单位：",
        "日 | 一",
        "1 | 2",
        "表外。",
        "时间 | 安排",
        "周末 | 日 ｜ 一 1 ｜ 2 照常",
    ]


def test_numbers_in_an_empty_cell_are_its_text(tmp_path: Path) -> None:
    counted = cell(f"<w:p><w:pPr>{numbered()}</w:pPr></w:p>")
    page = read(
        tmp_path,
        table(row("序号", "姓名"), row(counted, "王芳"), row(counted, "李明")),
        numbering=numbering(level(0, "decimal", "%1")),
    )
    assert texts(page) == ["序号 | 姓名", "1 | 王芳", "2 | 李明"]


def test_breaks_part_lines_but_not_a_title(tmp_path: Path) -> None:
    broken = run("关于开展垃圾分类") + "<w:r><w:br/></w:r>" + run("工作的通知")
    page = read(
        tmp_path, para(broken, styled("Title")) + para(broken), styles=style("Title", "Title")
    )
    assert page.lines == (
        Line("关于开展垃圾分类工作的通知", "heading"),
        Line("关于开展垃圾分类"),
        Line("工作的通知"),
    )


def test_a_formula_and_signs_of_a_form(tmp_path: Path) -> None:
    fraction = (
        "<m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>"
    )
    box = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    page = read(
        tmp_path, para(run("占") + f"<m:oMath>{fraction}</m:oMath>") + para(box + run("是"))
    )
    assert texts(page) == ["占3/4", "☑是"]


def test_a_character_of_a_font_of_its_own_is_kept_and_a_picture_is_not(tmp_path: Path) -> None:
    own, phone = (
        f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'
        for font, char in (("造字", "E123"), ("Wingdings", "F028"))
    )
    path = tmp_path / "a.docx"
    page = read(
        tmp_path, para(run("局长是") + own + run("明远，电话")) + para(phone + run("5551234"))
    )
    assert texts(page) == ["局长是\ue123明远，电话", "5551234"]
    assert [zh[:8] for zh, _ in document_of(path, page).notes] == ["有 1 个字符读"]


def test_headers_are_read_only_where_there_is_nothing_else(tmp_path: Path) -> None:
    page = read(tmp_path, para("正文。"), header=para("内部资料"))
    assert texts(page) == ["正文。"]
    assert texts(read(tmp_path, para(""), header=para("内部资料"))) == ["内部资料"]


def test_what_is_not_read_is_told(tmp_path: Path) -> None:
    picture = "<w:r><w:drawing><pic:pic/></w:drawing></w:r>"
    scan = read(tmp_path, para("附件：") + para(picture) * 3)
    assert "有 3 张图片" in scan.notes[0][0] and "3 pictures" in scan.notes[0][1]
    assert read(tmp_path, para("正文一句。" * 30) + para(picture) * 3).notes == ()
    (told,) = read(tmp_path, para("正文。") + '<w:altChunk r:id="x"/>').notes
    assert "1 个嵌入的其他文件" in told[0]


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".docm", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        (".dotx", "template.main"),
    ],
)
def test_files_with_macros_and_templates_are_read_too(
    tmp_path: Path, suffix: str, content: str
) -> None:
    path = word_file(tmp_path / f"a{suffix}", para("办事指南。"), content)
    assert load(path).text == "办事指南。"


def refusal(path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse("docx", path)
    assert path.name in caught.value.zh and path.name in caught.value.en
    return caught.value


@pytest.mark.parametrize(
    ("data", "zh"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(600)
            + "EncryptedPackage".encode("utf-16-le"),
            "密码",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Office"),
        (b"<html><body><table></table></body></html>", "网页"),
        (b"{\\rtf1 a}", "RTF"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04 cut off", "损坏"),
        (b"", "损坏"),
    ],
)
def test_what_is_no_word_file_says_what_it_is(tmp_path: Path, data: bytes, zh: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    error = refusal(path)
    assert zh in error.zh and "请" in error.zh


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


def test_strict_files_and_files_with_entities_are_refused(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", para("一。"))
    changed(path, "_rels/.rels", RELATIONS.encode(), b"http://purl.oclc.org/ooxml/officeDocument")
    assert "严格 Open XML" in refusal(path).zh
    path = word_file(tmp_path / "a.docx", para("一。"))
    entities = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">]><w:document '
    changed(path, "word/document.xml", b"<w:document ", entities)
    assert "实体声明" in refusal(path).zh


def test_an_archive_of_another_kind_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "一。")
    assert "压缩包" in refusal(path).zh


def of_case(name: str) -> Document:
    path = CASES / name
    if not path.exists():
        pytest.skip("no shared folder of cases beside the repository")
    return document_of(path, parse("docx", path))


def test_the_cases_of_word(tmp_path: Path) -> None:
    tracked = of_case("tracked.docx").text
    assert "每人每月发放津贴八百元，由街道" in tracked and "六百" not in tracked
    assert "提交身份证和户口簿。" in tracked
    assert "开放时间：每天早上六点到晚上九点半，遇大风停止划船。" in of_case("textbox.docx").text
    noted = of_case("footnote.docx").text
    assert "占了大头。（注：集装箱吞吐量为三百一十二万标准箱，口径与海关统计一致）。" in noted
    rows = [unit.text for unit in of_case("equalcells.docx").units if unit.kind == "row"]
    assert rows == ["东城社区 | 12 | 12 | 30", "西城社区 | 8 | 15 | 15", "南门社区 | 20 | 25 | 20"]
    assert "第三条 生活垃圾应当分类投放" in of_case("autonumber.docx").text


def parsed(path: Path) -> Article:
    return clean(parse("docx", path))


def test_a_word_file_with_headings_items_and_rows(tmp_path: Path) -> None:
    import docx

    file = docx.Document()
    file.add_heading("街道更新导则", 0)
    file.add_paragraph("来源\uff1a江城市规划局 2021-03-04")
    file.add_heading("一、目标", 1)
    file.add_paragraph("\u3000\u3000让街道回到人的尺度。")
    file.add_paragraph("加宽人行道", style="List Bullet")
    file.add_paragraph("收窄车行道", style="List Bullet")
    table = file.add_table(2, 2)
    for cell, text in zip(table._cells, ("指标", "数量", "过街", "42处"), strict=True):
        cell.text = text
    path = tmp_path / "guide.docx"
    file.save(str(path))
    document = load(path)
    assert document.title == "街道更新导则"
    assert document.text.split("\n") == [
        "街道更新导则",
        "来源\uff1a江城市规划局 2021-03-04",
        "一、目标",
        "让街道回到人的尺度。",
        "加宽人行道",
        "收窄车行道",
        "指标 | 数量",
        "过街 | 42处",
    ]
    assert [unit.kind for unit in document.units[-2:]] == ["header", "row"]
    assert [s.heading for s in document.sections] == ["标题", "出处", "一、目标"]
    assert (document.source, document.published) == ("江城市规划局", "2021-03-04")


def test_a_word_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"a" * (101 * 1024 * 1024))
    assert path.stat().st_size < 200_000
    with pytest.raises(DocumentError, match="解压后过大"):
        parsed(path)


@pytest.mark.long
def test_a_word_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    import docx

    file = docx.Document()
    file.add_paragraph("一。")
    whole = io.BytesIO()
    file.save(whole)
    path = tmp_path / "deep.docx"
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                data = data.replace(b"<w:p>", b"<w:p/>" * 14_000_000 + b"<w:p>", 1)
            archive.writestr(entry, data)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DocumentError) as caught:
        load(path)
    assert "memory" in caught.value.en or "cannot be parsed" in caught.value.en


def test_a_heading_and_a_paragraph_that_hold_only_a_mark_of_a_note_are_no_lines(
    tmp_path: Path,
) -> None:
    mark = '<w:r><w:footnoteReference w:id="9"/></w:r>'
    body = (
        f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{mark}</w:p>'
        f"{para('各区按时办理年度预算。')}<w:p>{mark}</w:p>"
    )
    document = load(word_file(tmp_path / "a.docx", body))
    assert document.text == "各区按时办理年度预算。"
