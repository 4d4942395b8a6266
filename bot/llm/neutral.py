"""Text that a language model only reads, made harmless: material is data, whatever it says.

Documents and questions may hold what steers a model: control tokens of its template, the delimiters of
our prompt, marks that pass for ours, characters that nobody sees.
"""

from __future__ import annotations

import re

from bot.limits import on_one_line

# [3], ［3］, 【3】, [^3], [1,2]: they would pass for marks of ours
_MARK = re.compile(r"[\[［【]\s*(\^?\d{1,3}(?:\s*[,，、;；~–-]\s*\d{1,3})*)\s*[\]］】]")

# Characters nobody sees that carry text: tags (U+E0041 is a hidden A), variation selectors, fillers.
_HIDDEN = re.compile(
    "[\U000e0000-\U000e0fff\ufe00-\ufe0f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]"
)

# Control tokens are written with these: <|im_end|>, <s>, </think>, [INST], <｜User｜>. Those in their
# place have no compatibility form, so that no server folds them back.
_BRACKETS = str.maketrans("<>＜＞﹤﹥[]［］", "〈〉〈〉〈〉〔〕〔〕")

# "### Instruction:" and "---" begin a part of a prompt
_RULE = re.compile(r"#{2,}|={3,}|-{3,}|\*{3,}|`{3,}|~{3,}")


def neutral(text: str) -> str:
    """`text` on one line, with nothing in it that a model or our prompt takes for more than text.

    Angle and square brackets become 〈〉 and 〔〕: `<|im_end|>` is 〈|im_end|〉 then, and [3] is 〔3〕.
    """
    visible = _HIDDEN.sub("", on_one_line(text))
    unmarked = _MARK.sub(r"〔\1〕", visible)
    bare = unmarked.translate(_BRACKETS)
    return _RULE.sub(" ", bare).strip()
