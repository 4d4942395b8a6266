"""Where a document lists things."""

from bot.composer.series import Series, series_in
from corpus import Document
from corpus.document import Span, UnitSpan


def plain(text: str) -> Document:
    return Document("d", "说明", text)


def shown(series: Series) -> tuple[str, list[str]]:
    text = series.document.text
    lead = text[slice(*series.lead)] if series.lead else ""
    return lead, [text[start:end] for start, end in series.items]


def found(text: str, listing: str) -> list[tuple[str, list[str]]]:
    return [shown(series) for series in series_in(plain(text)) if series.listing == listing]


def test_items_below_a_lead_line() -> None:
    text = "应当提交：\n（一）申请书；\n（二）身份证。\n另行通知。"
    lead = Span(0, 5)
    units = (
        UnitSpan(0, 5),
        UnitSpan(6, 13, "item", (lead,)),
        UnitSpan(14, 21, "item", (lead,)),
        UnitSpan(22, 27),
    )
    document = Document("d", "说明", text, unit_spans=units)
    assert [shown(series) for series in series_in(document) if series.listing == "items"] == [
        ("应当提交：", ["（一）申请书；", "（二）身份证。"])
    ]


def test_items_without_a_lead_line_belong_to_the_heading_above_them() -> None:
    text = "申请材料\n1. 申请表；\n2. 身份证。\n办理流程\n1. 受理；\n2. 公示。"
    units = (
        UnitSpan(0, 4, "heading"),
        UnitSpan(5, 12, "item"),
        UnitSpan(13, 20, "item"),
        UnitSpan(21, 25, "heading"),
        UnitSpan(26, 32, "item"),
        UnitSpan(33, 39, "item"),
    )
    document = Document("d", "办事指南", text, unit_spans=units)
    assert [shown(series) for series in series_in(document)] == [
        ("", ["1. 申请表；", "2. 身份证。"]),
        ("", ["1. 受理；", "2. 公示。"]),
    ]


def test_ordinals_go_with_any_noun() -> None:
    text = (
        "今年要办两件事。第一件，把社区门口的牌子摘下来。第二件，把重复的表格合成一张。"
        "先说原因。头一个，是雨水管太细。第二个原因是水塘填掉了。"
    )
    starts = [[item[:3] for item in items] for _, items in found(text, "ordinals")]
    assert starts == [["第一件", "第二件"], ["头一个", "第二个"]]


def test_ordinals_in_a_paragraph_stop_where_the_list_stops() -> None:
    text = (
        "提出两点要求：一是当天停止一切室外的施工作业；二是住在低处的人全部搬走。此外请留意广播。"
    )
    assert found(text, "ordinals") == [
        (
            "提出两点要求：",
            ["一是当天停止一切室外的施工作业；", "二是住在低处的人全部搬走。"],
        )
    ]


def test_first_then_and_last_are_one_series() -> None:
    text = "首先，由住户向居委会书面提出申请。其次，居委会在楼道里公示十天。最后，街道出具意见。"
    (series,) = found(text, "ordinals")
    assert [item[:2] for item in series[1]] == ["首先", "其次", "最后"]


def test_a_step_that_is_only_named_goes_on_with_what_tells_it() -> None:
    text = "分两步走。\n第一步，公示。名单在门口贴满十天。\n第二步，听证。街道组织各方到场说明。"
    ((lead, items),) = found(text, "ordinals")
    assert lead == "分两步走。"
    assert items == ["第一步，公示。名单在门口贴满十天。", "第二步，听证。街道组织各方到场说明。"]


def test_ordinals_within_one_sentence_are_no_series() -> None:
    assert found("有两条：一是早，二是快。", "ordinals") == []


def test_clauses_that_semicolons_join() -> None:
    text = "收费如下：甲类五元；乙类三元；丙类不收。"
    assert found(text, "clauses") == [("收费如下：", ["甲类五元；", "乙类三元；", "丙类不收。"])]


def test_numbered_headings() -> None:
    text = "一、建食堂\n好。\n二、修电梯\n也好。"
    units = (
        UnitSpan(0, 5, "heading"),
        UnitSpan(6, 8),
        UnitSpan(9, 14, "heading"),
        UnitSpan(15, 18),
    )
    document = Document("d", "两条建议", text, unit_spans=units)
    assert [shown(series) for series in series_in(document)] == [("", ["一、建食堂", "二、修电梯"])]
