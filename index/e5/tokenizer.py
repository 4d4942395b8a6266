"""Rebuilds XLM-RoBERTa's tokenizer from its pieces."""

from __future__ import annotations

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

from index.e5.charsmap import build_charsmap, compositions
from index.e5.weights import Pieces


def build_tokenizer(pieces: Pieces, limit: int) -> Tokenizer:
    """A tokenizer that cuts a text at `limit` tokens, `<s>` and `</s>` among them."""
    tokenizer = Tokenizer(
        models.Unigram(list(zip(pieces.texts, pieces.scores, strict=True)), unk_id=pieces.unk)
    )
    charsmap = build_charsmap({**compositions(), **pieces.normal_forms})
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    bos, eos = pieces.texts[pieces.bos], pieces.texts[pieces.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    mask = len(pieces.texts) - 1
    special = [
        pieces.texts[place] for place in (pieces.bos, pieces.pad, pieces.eos, pieces.unk, mask)
    ]
    tokenizer.add_special_tokens([AddedToken(text, normalized=False) for text in special])
    tokenizer.enable_truncation(limit)
    return tokenizer
