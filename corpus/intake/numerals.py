"""Writes the numbers of automatic lists as Word prints them: 三, ③, iii, C."""

from __future__ import annotations

LARGEST = 9999
"""Largest number that is written in another way than in digits: no list is longer."""

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_DIGITS = {
    "chineseCounting": "〇一二三四五六七八九",
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseCounting": "○一二三四五六七八九",
    "taiwaneseDigital": "○一二三四五六七八九",
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
}
"""The ten digits of the systems that write a number digit by digit."""

_TENS = ("chineseCounting", "taiwaneseCounting")
"""Systems that write 二十三 for 23, and from 100 on digit by digit."""

_GROUPED = {
    "chineseCountingThousand": ("零一二三四五六七八九", "十百千"),
    "taiwaneseCountingThousand": ("零一二三四五六七八九", "十百千"),
    "japaneseCounting": ("〇一二三四五六七八九", "十百千"),
    "chineseLegalSimplified": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "ideographLegalTraditional": ("零壹貳參肆伍陸柒捌玖", "拾佰仟"),
}
"""Systems that write 一百零三 for 103: their digits, and ten, hundred and thousand."""

_SETS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
"""Systems of a few signs, after which Word goes on in digits."""

CHINESE = frozenset((*_DIGITS, *_GROUPED)) - {"decimalFullWidth", "decimalFullWidth2"}
"""The systems that write Chinese numerals."""


def numeral(value: int, system: str) -> str:
    """A number of a list in one of the systems of Word (ST_NumberFormat), empty for "none".

    Any system that is not known here, and any number from 10,000 on, is written in digits.
    """
    if system in ("none", "bullet"):
        return ""
    if not 1 <= value <= LARGEST:
        return str(value)
    if system in _SETS:
        signs = _SETS[system]
        return signs[value - 1] if value <= len(signs) else str(value)
    if system in _GROUPED:
        return _grouped(value, *_GROUPED[system], drops_one=system == "japaneseCounting")
    if system in _TENS and value < 100:
        return _grouped(value, _DIGITS[system], "十百千")
    if system in _DIGITS:
        return "".join(_DIGITS[system][int(digit)] for digit in str(value))
    return _western(value, system)


def _grouped(value: int, digits: str, units: str, drops_one: bool = False) -> str:
    """一千零二十三: each digit with its unit, one zero for any run of them inside.

    `drops_one` is for Japanese, which writes 百 for 一百 and no zeros.
    """
    written = ""
    pending_zero = False
    places = str(value)
    for place, digit in enumerate(places):
        power = len(places) - place - 1
        if digit == "0":
            pending_zero = bool(written) and not drops_one
            continue
        written += digits[0] if pending_zero else ""
        pending_zero = False
        unit = units[power - 1] if power else ""
        is_ten = power == 1 and not written and unit == "十"
        is_bare = digit == "1" and bool(power) and (drops_one or is_ten)
        written += unit if is_bare else digits[int(digit)] + unit
    return written


def _western(value: int, system: str) -> str:
    if system == "decimalZero":
        return f"{value:02}"
    if system in ("upperLetter", "lowerLetter"):
        # Z is followed by AA, BB, CC.
        letters = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters if system == "upperLetter" else letters.lower()
    if system in ("upperRoman", "lowerRoman"):
        roman = _roman(value)
        return roman if system == "upperRoman" else roman.lower()
    return str(value)


def _roman(value: int) -> str:
    written = ""
    for worth, sign in _ROMAN:
        written += sign * (value // worth)
        value %= worth
    return written
