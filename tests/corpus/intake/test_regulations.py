"""What a law says of itself, by the heads of real laws and values found by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from corpus.intake.article import Article, clean
from corpus.intake.page import Line, Page
from corpus.intake.plain_text import read_text

LAWS = tomllib.loads(
    (Path(__file__).parents[2] / "data" / "law_heads.toml").read_text(encoding="utf-8")
)["law"]


def law(head: tuple[str, ...], last: str = "", name: str = "某市养犬管理规定") -> Article:
    articles = [f"第{number}条 养犬人应当遵守第{number}项规定。" for number in "一二三"]
    return clean(read_text("\n\n".join(filter(None, [name, *head, *articles, last]))))


@pytest.mark.parametrize("case", LAWS, ids=lambda case: case["name"])
def test_the_dates_of_a_law(case: dict[str, Any]) -> None:
    article = law(tuple(case["head"]), case.get("last", ""), case["name"])
    facts = case["details"]
    assert dict(article.details) == facts
    assert article.published == facts.get("公布日期", facts["通过日期"])
    assert article.title == case["name"]
    assert (article.source, article.authors) == ("", ())


def test_a_law_in_effect_from_its_publication() -> None:
    head = ("（1991年7月1日某市人民政府令第85号公布）",)
    article = law(head, "第四条 本规定自公布之日起施行。")
    facts = {"文号": "某市人民政府令第85号", "公布日期": "1991-07-01", "施行日期": "1991-07-01"}
    assert dict(article.details) == facts
    unknown = law(("1991年7月1日某市人民代表大会通过",), "第四条 本规定自公布之日起施行。")
    assert dict(unknown.details) == {"通过日期": "1991-07-01"}


def test_a_law_known_only_by_its_amendment_has_its_date() -> None:
    article = law(("2018年3月4日某市人民代表大会常务委员会第二次会议修订",))
    assert (article.published, article.details) == ("2018-03-04", (("修正日期", "2018-03-04"),))


def test_dates_in_chinese_numerals() -> None:
    head = ("（二〇〇六年十一月二十三日某市第十三届人民代表大会常务委员会第二次会议通过）",)
    article = law(head, "第四条 本规定自二〇〇七年五月一日起施行。")
    assert dict(article.details) == {"通过日期": "2006-11-23", "施行日期": "2007-05-01"}


@pytest.mark.parametrize(
    ("line", "force"),
    [
        ("时效性：现行有效", "现行有效"),
        ("有效性：有效", "现行有效"),
        ("效力状态：失效", "已废止"),
        ("时效性：尚未生效", "尚未施行"),
        ("（已废止）", "已废止"),
        ("本规定已于2020年1月1日废止", "已废止"),
        ("地方性法规", ""),
    ],
)
def test_whether_a_law_is_in_force(line: str, force: str) -> None:
    assert dict(law((line,)).details).get("时效", "") == force


def test_what_ends_another_law_or_is_only_said_in_an_article_is_no_force() -> None:
    last = "第四条 本规定自2007年5月1日起施行。《某市养犬管理办法》同时废止。"
    assert dict(law((), last).details) == {"施行日期": "2007-05-01"}
    name = "关于废止某市养犬管理办法的决定"
    assert law((), "第四条 预先保护决定自行失效。", name).details == ()


def test_fields_of_a_page_around_a_law() -> None:
    head = ("公布日期：2019-03-06", "施行日期：2019年5月1日", "文号：济政发〔2019〕3号")
    facts = {"文号": "济政发〔2019〕3号", "公布日期": "2019-03-06", "施行日期": "2019-05-01"}
    assert dict(law(head).details) == facts


def test_the_number_of_a_document_that_is_no_law() -> None:
    texts = [
        "江城市人民政府文件",
        "江政发〔2022〕15号",
        "江城市人民政府关于加强养犬管理的通知",
        "各区人民政府，市政府各部门：",
        "根据国发〔2020〕1号文件，现将有关事项通知如下。",
    ]
    article = clean(Page(tuple(map(Line, texts)), is_web_page=False))
    assert article.details == (("文号", "江政发〔2022〕15号"),)
    assert article.title == texts[2]
