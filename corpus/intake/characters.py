"""Characters that look like others, as fonts, PDF files and old encodings give them, made ordinary.

So that a quote can be copied and found: radicals (⽤, ⻓) become ideographs, ligatures letters, and
the bullets of symbol fonts bullets. Full-width letters and digits stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

# The block U+2E80 holds parts of characters; by Unicode's list of equivalent ideographs, and where
# that names one which few fonts have, by the character that the part abbreviates.
_PARTS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩"
    "⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑"
    "⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_WHOLE = (
    "厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王"
    "疋目示礻竹糹纟罓罒网网网羊羊羊耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長"
    "镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)

_RADICALS = range(0x2F00, 0x2FD6)
"""The radicals of the Kangxi dictionary, ⼀ to ⿕: Unicode gives each its ideograph."""

# ⾭ gives 靑, which no ordinary text has.
_MODERN = {0x2FAD: "青"}

_LIGATURES = range(0xFB00, 0xFB07)
"""The Latin ligatures, ﬀ to ﬆ."""

# The codes of Symbol and Wingdings, as Word and PDF files give them: bullets, squares, arrows, ticks
_SYMBOLS = (
    dict.fromkeys((0xF0B7, 0xF06C, 0xF09F, 0xF06E, 0xF0A7, 0xF075, 0xF076), "•")
    | dict.fromkeys((0xF0D8, 0xF0E0, 0xF0F0), "→")
    | dict.fromkeys((0xF0FC, 0xF050), "✓")
    | {0xF0A8: "□", 0xF06F: "□", 0xF0A3: "□", 0xF0FE: "☑", 0xF052: "☑"}
)
# What GBK and GB 18030-2000 kept in the private use area and later standards gave a code point: the
# blank of A3A0, the vertical marks of A6D9, the ideographs of FE59.
_FROM_GBK = (
    {0xE5E5: " ", 0xE7C7: "ḿ", 0xE7C8: "ǹ"}
    | dict(zip(range(0xE78D, 0xE794), "，。、：；！？", strict=True))
    | {0xE794: "〖", 0xE795: "〗", 0xE796: "…"}
    | {0xE81E: "龴", 0xE826: "龵", 0xE82B: "龶", 0xE82C: "龷"}
    | {0xE832: "龸", 0xE843: "龹", 0xE854: "龺", 0xE864: "龻"}
)


def _table() -> dict[int, str]:
    """Code point → the ordinary character or characters for it."""
    table = dict(zip(map(ord, _PARTS), _WHOLE, strict=True))
    for code in (*_RADICALS, *_LIGATURES):
        table[code] = unicodedata.normalize("NFKC", chr(code))
    return table | _MODERN | _SYMBOLS | _FROM_GBK


ORDINARY = _table()
"""Code point → the ordinary character or characters for it, for `str.translate`."""

# ⼾: the door, written 戶 in Taiwan and 户 in the mainland
_DOOR = "\u2f3e"
# What the private use area holds beyond the above: no font but the author's shows it.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def ordinary(line: str) -> str:
    """The line with ordinary characters; its length may change."""
    if _DOOR in line:
        line = line.replace(_DOOR, "户" if _is_simplified(line) else "戶")
    return line.translate(ORDINARY)


def private_notes(text: str) -> list[tuple[str, str]]:
    """A note, (Chinese, English), where characters of a text are private: only a font that the file
    brings along shows what they are. Else none.
    """
    count = len(_PRIVATE.findall(text))
    if not count:
        return []
    return [
        (
            f"有 {count} 个字符读不出是什么字：文件用自带的字体显示它们（私用字符），照原样保留。"
            "请对照原件检查。",
            f"{count} characters could not be read: a font of the file's own shows them (private "
            "characters). They are kept as they are. Compare the original.",
        )
    ]


def _is_simplified(line: str) -> bool:
    """Whether all ideographs of the line are in GB 2312, the set of simplified Chinese."""
    ideographs = [char for char in line.translate(ORDINARY) if "\u4e00" <= char <= "\u9fff"]
    try:
        "".join(char for char in ideographs if char != "戶").encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
