"""Rebuilds the tokenizer of multilingual-e5-small from the pieces in its packed file."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from index.e5.weights import Pieces

# The fullwidth tilde is a piece of its own, though NFKC would make it "~" (12～15 stays 12～15). It
# passes NFKC as a code point that Unicode reserves for a program's own use: no text has it.
_TILDE = "～"
_STAND_IN = "\ufdd0"


def build_tokenizer(pieces: Pieces, limit: int) -> Tokenizer:
    """Makes a tokenizer that cuts a text at `limit` tokens, `<s>` and `</s>` among them."""
    vocabulary = list(zip(pieces.texts, pieces.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=pieces.unk))
    tokenizer.normalizer = _normalizer(pieces.normal_forms)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    bos = pieces.texts[pieces.bos]
    eos = pieces.texts[pieces.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    mask = len(pieces.texts) - 1
    special_ids = (pieces.bos, pieces.pad, pieces.eos, pieces.unk, mask)
    special = [AddedToken(pieces.texts[piece_id], normalized=False) for piece_id in special_ids]
    tokenizer.add_special_tokens(special)
    tokenizer.enable_truncation(limit)
    return tokenizer


def _normalizer(normal_forms: Mapping[str, str]) -> normalizers.Normalizer:
    """Gives NFKC, then those of `normal_forms` that go beyond it, then one space for several.

    `normal_forms` maps a character to what replaces it, as SentencePiece's nmt_nfkc does: control
    characters vanish, zero-width characters and line ends become spaces.
    """
    steps: list[normalizers.Normalizer] = [
        # "\r\n" becomes one space that stands at the "\r".
        normalizers.Replace(Regex(r"(?<=\r)\n"), ""),
        normalizers.Replace(_TILDE, _STAND_IN),
        normalizers.NFKC(),
        normalizers.Replace(_STAND_IN, _TILDE),
    ]
    characters_of: dict[str, list[str]] = {}
    for character, form in sorted(normal_forms.items()):
        if form != unicodedata.normalize("NFKC", character):
            characters_of.setdefault(form, []).append(character)
    for form, characters in characters_of.items():
        steps.append(normalizers.Replace(_any_of(characters), form))
    # "城市  治理" (two spaces)
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    return normalizers.Sequence(steps)


def _any_of(characters: list[str]) -> Regex:
    """Gives the pattern of one of `characters`, such as [\\x{9}\\x{a}] for a tab and a line end."""
    codes = [f"\\x{{{ord(character):x}}}" for character in characters]
    return Regex(f"[{''.join(codes)}]")
