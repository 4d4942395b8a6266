"""What the shape of a line tells, by lines as sites print them, folded."""

import pytest

from corpus.intake.line_shapes import (
    announces_list,
    is_about_the_site,
    is_bulleted,
    is_entry,
    is_numbered,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、总则", True),
        ("(三)保障", True),
        ("第五章 附则", True),
        ("1. 总则", True),
        ("附件2:名单", True),
        ("1.5万人参加", False),
        ("总则", False),
    ],
)
def test_a_number_of_an_outline(text: str, expected: bool) -> None:
    assert is_numbered(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("• 城市", True), ("- city", True), ("城市 - 乡村", False), ("•", False)]
)
def test_a_bullet(text: str, expected: bool) -> None:
    assert is_bulleted(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("火警:119", True),
        ("市住建局 010-12345678", True),
        ("时间 2021-03-04", False),
        ("共有119", False),
    ],
)
def test_an_entry_ends_with_a_telephone_number(text: str, expected: bool) -> None:
    assert is_entry(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("名单如下:", True), ("附件 1", True), ("先进单位名单", True), ("名单已经公布", False)],
)
def test_a_list_is_announced(text: str, expected: bool) -> None:
    assert announces_list(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("未经本网授权不得转载。", True), ("未经检验的电梯不得使用。", False)]
)
def test_a_notice_of_a_site(text: str, expected: bool) -> None:
    assert is_about_the_site(text) is expected
