"""Says a question in several ways: frames drawn by a hash, everyday words, the name of its document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from bot.evals.regulation_names import broken_name, choice, full_name, hash_of, read_title
from bot.training.makers.gate import reads_well, segmenter
from corpus import Document
from corpus.language.text import fold

WORDINGS = 2
"""Wordings of a question: the first in the words of the document, the second in everyday ones."""

LONGEST_NAME = 30
"""Characters of a title that a question names."""

EVERYDAY = {
    "应当": ("要",),
    "不得": ("不能", "不许"),
    "擅自": ("私自",),
    "逾期": ("过期",),
    "缴纳": ("交",),
    "提交": ("交",),
    "饲养": ("养",),
    "犬只": ("狗",),
    "携带": ("带",),
    "张贴": ("贴",),
    "焚烧": ("烧",),
    "倾倒": ("倒",),
    "施行": ("实行", "生效"),
    "购买": ("买",),
    "购置": ("买",),
    "办理": ("办",),
    "领取": ("领",),
    "随意": ("随便", "乱"),
    "未": ("没有", "没"),
    "拆除": ("拆掉",),
    "砍伐": ("砍",),
    "毁坏": ("弄坏",),
    "损坏": ("弄坏",),
    "告知": ("告诉",),
    "车辆": ("车",),
    "停放": ("停",),
    "举行": ("举办", "办"),
    "及时": ("尽快",),
    "行政主管部门": ("主管部门",),
    "公布": ("发布",),
    "如何": ("怎么", "怎样"),
}
"""Words of documents, and what people say for them. Of several one is drawn."""

# 按《济南市养犬管理条例》，携犬出户要办什么; 《社区收费一览表》里，…
_OPENINGS = ("{name}里，", "根据{name}，", "{name}中，")
_OF_LAW = ("{name}里，", "按{name}，", "根据{name}，")
# 第十二条 at the end of the title of an article
_ARTICLE = re.compile(r"第[一二三四五六七八九十百零〇千\d]+条(?:之[一二三四五])?$")
# 济南市养犬管理条例, 行政处罚法（2021年修订）
_LAW = re.compile(
    r"(?:法|法典|条例|规定|办法|细则|规则|解释|决定|准则|制度)(?:[(（].{1,20}[)）])?$"
)


def worded(
    document: Document,
    frames: Sequence[str],
    seed: str,
    parts: Mapping[str, str] = MappingProxyType({}),
    is_named: bool = False,
) -> Iterator[str]:
    """At most WORDINGS questions from frames that are drawn by a hash of `seed`, filled with `parts`.

    Those that do not read well are left out. Some name the document, all of them with `is_named`;
    none is given where that is not possible.
    """
    order = sorted(frames, key=lambda frame: hash_of(frame, seed, document.doc_id))
    said: set[str] = set()
    for turn, frame in enumerate(order[:WORDINGS]):
        question = frame.format_map(parts)
        if turn:
            question = in_everyday_words(question, seed)
        opening: str | None = ""
        if not any(name in question for name in names_of(document)):
            opening = opening_of(document, f"{seed}{turn}", is_named)
        if opening is None or question in said or not reads_well(question):
            continue
        said.add(question)
        yield opening + question


def in_everyday_words(question: str, seed: str) -> str:
    """A question with what people say in place of words of EVERYDAY; other words stay as they are."""
    folded = fold(question)
    reworded, at = "", 0
    for word in segmenter().words(question):
        start = folded.index(word, at)
        reworded += question[at:start]
        at = start + len(word)
        options = EVERYDAY.get(word)
        reworded += choice(options, word, seed) if options else question[start:at]
    return reworded + question[at:]


def opening_of(document: Document, seed: str, is_named: bool = False) -> str | None:
    """What stands before a question to say of which document it is asked.

    Empty where it is not said, as of a third of the questions and of a document without a name;
    None where it has to be said and cannot.
    """
    names = names_of(document)
    if not names:
        return None if is_named else ""
    if not is_named and hash_of("said", seed, document.doc_id) % 3 == 0:
        return ""
    place = place_of(document)
    is_law = bool(place) or bool(_LAW.search(_ARTICLE.sub("", document.title)))
    if place and not is_named and hash_of("place", seed, document.doc_id) % 3 == 0:
        return f"在{place}，"
    name = choice(names, "name", seed)
    return choice(_OF_LAW if is_law else _OPENINGS, "opening", seed).format(name=name)


def names_of(document: Document) -> tuple[str, ...]:
    """What the document may be called; nothing where its title is empty or too long."""
    title = _ARTICLE.sub("", document.title).strip()
    read = read_title(title)
    if read:
        broken = (broken_name(read, "one"), broken_name(read, "two"))
        return (full_name(read), *broken)
    if not 4 <= len(title) <= LONGEST_NAME or not re.search("[\u4e00-\u9fff]", title):
        return ()
    marked = title if "《" in title else f"《{title}》"
    if _LAW.search(title):
        return (marked, title.removeprefix("中华人民共和国"))
    return (marked,)


def place_of(document: Document) -> str:
    """The place of a regulation as people say it, 济南; empty where the title names none."""
    read = read_title(document.title)
    return read.short_place if read else ""
