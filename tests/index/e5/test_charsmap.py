"""The charsmap, read by the library that will read it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.normalizers import Precompiled

from index.e5.charsmap import build_charsmap, compositions

# Letters without neighbours that could join them into one grapheme, which the library looks up whole.
letters = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.characters(
    min_codepoint=33, max_codepoint=126
)
forms = st.dictionaries(letters, st.text(letters, max_size=4), min_size=1, max_size=60)


@given(forms, st.text(letters, max_size=40))
def test_keys_are_replaced_and_nothing_else(forms: dict[str, str], text: str) -> None:
    normal = Precompiled(build_charsmap(forms))
    assert normal.normalize_str(text) == "".join(forms.get(letter, letter) for letter in text)


def test_one_character_becomes_none_or_many() -> None:
    normal = Precompiled(build_charsmap({"\u200b": "", "㎢": "km2", "　": " "}))
    assert normal.normalize_str("5㎢\u200b　城") == "5km2 城"


def test_a_key_may_begin_another() -> None:
    normal = Precompiled(build_charsmap({"e\u0301": "é", "a": "A"}))
    assert normal.normalize_str("cafe\u0301 bae") == "cAfé bAe"


def test_a_large_map_of_many_prefixes() -> None:
    forms = {chr(code): f"{code:x}" for code in range(0x3400, 0x3400 + 6000)}
    normal = Precompiled(build_charsmap(forms))
    assert all(normal.normalize_str(letter) == form for letter, form in forms.items())
    assert normal.normalize_str("城") == "城"


@pytest.mark.parametrize(
    ("parts", "letter"), [("e\u0301", "é"), ("u\u0308", "ü"), ("\u304b\u3099", "\u304c")]
)
def test_compositions_are_those_of_unicode(parts: str, letter: str) -> None:
    assert compositions()[parts] == letter


def test_compositions_are_two_characters_that_compose() -> None:
    assert all(
        len(parts) == 2 and unicodedata.normalize("NFC", parts) == c
        for parts, c in compositions().items()
    )
