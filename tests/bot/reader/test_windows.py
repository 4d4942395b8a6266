"""Windows over texts, with a tokenizer of a few pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.packed import PIECES, write_packed
from tokenizers import Tokenizer

from bot.reader.network import LONGEST, Tokens, Windows
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import read_packed_model

BOS, EOS = PIECES.index("<s>"), PIECES.index("</s>")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    packed = read_packed_model(write_packed(tmp_path_factory.mktemp("windows") / "small.bin"))
    return build_tokenizer(packed.pieces, packed.sizes.positions)


@pytest.fixture(scope="module")
def windows(tokenizer: Tokenizer) -> Windows:
    return Windows(tokenizer)


def test_tokens_know_their_characters(windows: Windows) -> None:
    tokens = windows.tokens("城市治理a市")
    assert [PIECES[i] for i in tokens.ids] == ["▁城市", "治理", "a", "市"]
    assert tokens.spans == ((0, 2), (2, 4), (4, 5), (5, 6))
    assert tokens.covering(1, 3) == (0, 1)
    assert tokens.covering(4, 5) == (2, 2)
    with pytest.raises(ValueError, match="between 6 and 9"):
        tokens.covering(6, 9)


def test_a_text_is_folded_and_its_places_are_its_own(windows: Windows) -> None:
    assert windows.tokens("ＡＢ城市").ids == windows.tokens("ab城市").ids
    # The mark of a word's beginning counts to its first character.
    assert windows.tokens("ＡＢ城市").spans == ((0, 1), (0, 2), (2, 4))


def test_nothing_is_cut_off_a_text(windows: Windows) -> None:
    assert len(windows.tokens("城市治理" * 300).ids) == 600


def test_what_stands_before_the_text(windows: Windows) -> None:
    head = windows.head("城市", "治理")
    assert (head[0], head[-1], head.count(EOS)) == (BOS, EOS, 3)
    assert [PIECES[i] for i in head if i not in (BOS, EOS)] == [
        "▁",
        "query",
        ":",
        "▁城市",
        "▁",
        "治理",
    ]


def test_one_window_where_there_is_room(windows: Windows) -> None:
    head, text = windows.head("城市", ""), windows.tokens("城市治理" * 3)
    (window,) = windows.over(head, text)
    assert window.ids == (*head, *text.ids, EOS)
    assert window.ids[window.begin : window.end] == text.ids


@given(size=st.integers(0, 700), stride=st.integers(1, 200), longest=st.integers(40, LONGEST))
def test_windows_cover_a_text(windows: Windows, size: int, stride: int, longest: int) -> None:
    head = windows.head("城市", "")
    stride = min(stride, longest - len(head) - 1)
    text = Tokens(tuple(range(size)), tuple((at, at + 1) for at in range(size)))
    made = windows.over(head, text, stride, longest)
    assert all(len(window.ids) <= longest and window.ids[-1] == EOS for window in made)
    seen = [at for window in made for at in window.ids[window.begin : window.end]]
    assert set(seen) == set(text.ids)
    assert all(
        window.ids[window.begin : window.begin + 1] == (window.first,) for window in made if size
    )
    assert all(b.first - a.first == stride for a, b in pairwise(made))
