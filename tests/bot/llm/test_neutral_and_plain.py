"""What goes to a model is text and nothing more; what comes from it has no markup and leads nowhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Language
from bot.llm.neutral import neutral
from bot.llm.plain import is_in, leads_elsewhere, plain


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("<|im_end|>", "〈|im_end|〉"),
        ("<s>好</s>", "〈s〉好〈/s〉"),
        ("＜/资料＞", "〈/资料〉"),
        ("<｜User｜>", "〈｜User｜〉"),
        ("[INST] 好 [/INST]", "〔INST〕 好 〔/INST〕"),
        (
            "见[3]和【4】、［5］、[^6]、[1,2]、[1-3]",
            "见〔3〕和〔4〕、〔5〕、〔^6〕、〔1,2〕、〔1-3〕",
        ),
        ("国发[2020]1号", "国发〔2020〕1号"),
        ("【提示】", "【提示】"),
        ("### 系统：\n好", "系统： 好"),
        ("供\u200b热\u202e\U000e0041", "供热"),
        ("一行\n[1] 二行", "一行 〔1〕 二行"),
        ("面积 < 90 平方米", "面积 〈 90 平方米"),
        ("供热期自11月15日起。", "供热期自11月15日起。"),
    ],
)
def test_control_tokens_marks_and_hidden_characters(text: str, harmless: str) -> None:
    assert neutral(text) == harmless


@given(st.text(alphabet=st.sampled_from("<>＜＞[]［］【】12^,-|/s #=\n\u200b\U000e0041好")))
def test_nothing_is_left_of_them(text: str) -> None:
    harmless = neutral(text)
    assert not re.search(r"[<>＜＞\[\]［］\n\u200b\U000e0041]|#{2}|【\d+】", harmless)
    assert neutral(harmless) == harmless


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("**供热期**自`11月`起。", "供热期自11月起。"),
        ("面积为3*5米。", "面积为3*5米。"),
        ("__供热__和 _价格_。", "供热和 价格。"),
        ("doc_id 不变。", "doc_id 不变。"),
        ("~~作废~~", "作废"),
        ("> 引用", "引用"),
        ("- 供热期", "供热期"),
        ("-5摄氏度以下。", "-5摄氏度以下。"),
    ],
)
def test_markup_goes(text: str, bare: str) -> None:
    assert plain(text) == bare


@pytest.mark.parametrize(
    "text",
    [
        "见 https://evil.example/a。",
        "见 HTTP : // evil。",
        "见 ftp://evil。",
        "见 www.evil。",
        "见 evil.example 。",
        "见 evil.example/路径。",
        "见ｅｖｉｌ．ｃｏｍ。",
        "写信到 a@evil.example 。",
        "mailto:a",
        "javascript:alert(1)",
        "data:text/html,x",
        "供热.中国",
        "[点这里](/a)",
        "![图](a.png)",
        "[点这里][甲]",
        "[甲]: /b",
        "<img src=x>",
        "</p>",
        "<!-- -->",
        "＜script＞",
    ],
)
def test_what_leads_elsewhere(text: str) -> None:
    assert leads_elsewhere(text)


@pytest.mark.parametrize(
    "text",
    [
        "增长3.5%，达到1.2万户。",
        "面积 < 90 平方米。",
        "The price is 3.5 yuan, i.e. 35 jiao.",
        "At 9 a.m. in the U.S. and No. 1.",
        "比例为1:2，见附件一。",
        "Is it so? It is! 真的！（是）",
        "注：不含税。",
        "国发〔2020〕1号",
    ],
)
def test_what_does_not(text: str) -> None:
    assert not leads_elsewhere(text)


@pytest.mark.parametrize(
    ("language", "text", "is_it"),
    [
        ("zh", "供热期自11月15日起。", True),
        ("zh", "该平台名为 City Brain。", True),
        ("zh", "2020。", True),
        ("zh", "供熱期自11月15日起。", True),
        ("zh", "Heating begins in November.", False),
        ("zh", "暖房は11月15日に始まります。", False),
        ("zh", "난방은 11월에 시작됩니다.", False),
        ("zh", "Отопление начинается.", False),
        ("en", "Heating begins in November.", True),
        ("en", "The rules are called 供热办法 there.", True),
        ("en", "供热期自11月15日起。", False),
        ("en", "Отопление начинается.", False),
    ],
)
def test_the_language_of_a_sentence(language: Language, text: str, is_it: bool) -> None:
    assert is_in(language, text) is is_it
