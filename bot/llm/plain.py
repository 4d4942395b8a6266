"""Text that a language model wrote, made plain: no markup, and no sentence that leads elsewhere."""

from __future__ import annotations

import re

from bot.i18n import Language
from bot.llm.neutral import neutral
from corpus.language.text import HAN, fold

# Of Markdown, what `neutral` leaves: **bold**, `code` and "- item", but not the * of 3*5 or the - of -5
_MARKUP = re.compile(r"(?<!\d)\*+|\*+(?!\d)|`+|~~+|__+|(?<!\w)_|_(?!\w)|^[#>|•+-]+\s+")

# Folded, so that ｅｖｉｌ．ｃｏｍ is no way round: https://a.b, www.a, a.example, x@a.example, 政务.中国
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}\s*:\s*/\s*/|(?:mailto|javascript|vbscript):|data:[a-z]+/|www\."
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![a-z0-9])"
    rf"|[{HAN}a-z-]\.(?:中国|公司|网络|政务|公益)"
)
# [here](/x), ![picture](x), [here][x], [x]: /y
_LINK = re.compile(r"\]\s*[(\[:]|!\s*\[")
# <img, </p>, <!--, <?xml; not the < of 3 < 5
_TAG = re.compile(r"<[a-z/!?]")

# A Latin word counts as one: 平台名为 City Brain is Chinese
_LATIN = re.compile(r"[A-Za-z]+")
_HAN = re.compile(rf"[{HAN}]")

_OF_NEITHER = 0.1
"""Share of the letters from which on those of other scripts make a text foreign: names have fewer."""


def plain(text: str) -> str:
    """`text` without markup, on one line, with 〈〉 and 〔〕 for brackets that may be markup."""
    return neutral(_MARKUP.sub("", text))


def leads_elsewhere(text: str) -> bool:
    """Whether `text` has an address, a link, a picture or a tag, of whichever site."""
    folded = fold(text)
    return any(pattern.search(folded) for pattern in (_ADDRESS, _LINK, _TAG))


def is_in(language: Language, text: str) -> bool:
    """Whether `text` may be of a language, by its letters; without any it may be of each."""
    han = len(_HAN.findall(text))
    latin = len(_LATIN.findall(text))
    letters = sum(map(str.isalpha, _LATIN.sub("", text)))
    others = letters - han
    if others > _OF_NEITHER * (letters + latin):
        return False
    return han >= latin if language == "zh" else latin >= han
