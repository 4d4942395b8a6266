"""What a regulation is called: by its full title, and as people call it who do not know that.

Of several names one is chosen by a hash, so that the same regulation is always called the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

# 济南市〔养犬管理〕条例, 上海市浦东新区〔…执法〕规定, 某市〔绿化〕条例(2018年修正本)
_TITLE = re.compile(
    r"(?P<place>[^省市]{2,4}[省市](?:[^省市区县]{1,4}新区)?)(?P<subject>.{2,40}?)"
    r"(?P<genre>条例|规定|办法)(?:[(（].{1,30}[)）])?"
)
# 实施《中华人民共和国道路交通安全法》 and 实施〈道路交通安全法〉, whose subject is 道路交通安全
_CARRIES_OUT = re.compile(r"实施[《〈](?:中华人民共和国)?(?P<subject>.{2,40})法[》〉]")
# 市区 of 市区养犬, 住宅小区 of 住宅小区物业, 城市 of 城市绿化; not of 城市更新, 城市管理
_UNSAID_BEFORE = re.compile(
    r"^(?:市区|住宅小区(?=物业)|城市(?=绿化|市容|房屋|河道|居民)|生活(?=垃圾))"
)
# 管理 of 养犬管理, 规划建设和管理 of 停车场规划建设和管理; not 管理 of 城市管理
_UNSAID_BEHIND = re.compile(
    r"(?<=..)(?<!^城市)(?:(?:规划)?建设和管理|设置管理|管理|促进|保障|保护|应急|组织)$"
)
_OTHER_GENRE = {"条例": "规定", "规定": "条例", "办法": "规定"}


class Title(NamedTuple):
    """The parts of a regulation's title: 济南市, 养犬管理 and 条例 of 济南市养犬管理条例.

    `full` is the title, `short_subject` the subject as people shorten it, 养犬.
    """

    full: str
    place: str
    subject: str
    short_subject: str
    genre: str

    @property
    def short_place(self) -> str:
        """济南 of 济南市, 上海浦东新区 of 上海市浦东新区."""
        return re.sub(r"[省市]", "", self.place)


def read_title(text: str) -> Title | None:
    """The parts of a title such as 济南市养犬管理条例; None where it has another form."""
    found = _TITLE.fullmatch(text)
    if found is None:
        return None
    subject = found["subject"]
    carried_out = _CARRIES_OUT.fullmatch(subject)
    plain = carried_out["subject"] if carried_out else subject
    short = _UNSAID_BEHIND.sub("", _UNSAID_BEFORE.sub("", plain))
    return Title(text, found["place"], plain, short, found["genre"])


def full_name(title: Title) -> str:
    """The full title, with or without title marks: 《济南市养犬管理条例》."""
    inner = title.full.replace("《", "〈").replace("》", "〉")
    return choice((f"《{inner}》", title.full), "marks", title.full)


def broken_name(title: Title, seed: str) -> str:
    """The regulation as people call it who do not know its title: 济南那个养犬的规定.

    The place lacks 市 or 省 in most forms, the subject is short, the genre may be another.
    """
    place, subject = title.short_place, title.short_subject
    managed = subject if "管理" in subject else f"{subject}管理"
    forms = (
        f"{title.place}那个{subject}的规定",
        f"{place}那个{subject}的规定",
        f"{place}的{subject}{title.genre}",
        f"{place}{managed}{_OTHER_GENRE[title.genre]}",
    )
    return choice(forms, "broken", subject, seed)


def distinct_subjects(titles: dict[str, Title]) -> dict[str, Title]:
    """The titles; where two of a place have the same short subject, both keep their whole one.

    Titles that are the same even so are left out: their questions would have two answers.
    """
    shortened = Counter((title.short_place, title.short_subject) for title in titles.values())
    whole = Counter((title.short_place, title.subject) for title in titles.values())
    distinct: dict[str, Title] = {}
    for doc_id, title in titles.items():
        if shortened[title.short_place, title.short_subject] == 1:
            distinct[doc_id] = title
        elif whole[title.short_place, title.subject] == 1:
            distinct[doc_id] = title._replace(short_subject=title.subject)
    return distinct


def choice(options: Sequence[str], *seed: str) -> str:
    """One of the options, the same for the same seed."""
    return options[hash_of(*seed) % len(options)]


def hash_of(*texts: str) -> int:
    """A whole number of 64 bits, the same for the same texts."""
    return int.from_bytes(sha256("\n".join(texts).encode()).digest()[:8])
