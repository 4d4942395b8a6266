"""What the shape of one line tells: that it is numbered, an item, an entry of a list, a notice of a
site. Nothing here looks at the lines around it.

All texts are folded, as by `corpus.intake.page.fold`.
"""

from __future__ import annotations

import re

# 十二, 三百零一 and 12 in "第十二条", "第三百零一条" and "(12)"
COUNT = r"[一二三四五六七八九十百千零〇\d]{1,7}"

# 一、总则; (三)保障; 第五章; 1. 总则; 附件2:
_NUMBERED = re.compile(
    rf"[一二三四五六七八九十]+、|\({COUNT}\)|第{COUNT}[章节条部编]|\d{{1,3}}[.、)]\s?\D|附件?\d*\s*:"
)
# "• 城市", "- city"
_BULLET = re.compile(r"[•·●▪◆■○*-]\s*\S")
# 附件1, 附表, 先进单位名单: a list of the author's follows
_APPENDIX = re.compile(r"附\s*[件表录]\s*\d{0,2}\s*$|.{2,30}(?:名单|清单|一览表)$")
# 火警:119, 市住建局 010-12345678: an entry of a list, no title
_ENTRY = re.compile(r"(?<=.)[:\s](?!(?:(?:19|20)?\d\d-)?\d\d?-\d\d?$)\+?\d[\d-]{2,}$")
# 如因版权需要同本网联系的,请在30日内进行。 下载客户端,随时了解市场。
_OF_THE_SITE = re.compile(r"APP|客户端|公众号|本网|本站|本刊|本报|转载|版权|侵权|著作权")
_LONGEST_CAPTION = 300
"""Characters in which the announcement of a list is looked for. A longer line is text, and would
cost time.
"""


def is_numbered(text: str) -> bool:
    """Whether a line begins with a number of an outline."""
    return bool(_NUMBERED.match(text))


def is_bulleted(text: str) -> bool:
    """Whether a line begins with a bullet."""
    return bool(_BULLET.match(text))


def is_entry(text: str) -> bool:
    """Whether a line ends with a telephone number, as the entries of a list do and no title does."""
    return bool(_ENTRY.search(text))


def announces_list(text: str) -> bool:
    """Whether a line says that a list follows, which is the author's."""
    return text.endswith(":") or bool(_APPENDIX.match(text[:_LONGEST_CAPTION]))


def is_about_the_site(text: str) -> bool:
    """Whether a line speaks of the site, its rights or its programs."""
    return bool(_OF_THE_SITE.search(text))
