"""Takes apart a question that asks which documents speak of something: 哪些文章讲到〔停车〕.

What asks for documents is taken out; the longest stretch that is left is the subject. The regular
expressions are in `rules/documents.toml`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from corpus.language.text import fold

RULES_FILE = Path(__file__).parent / "rules/documents.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_EXCEPT = re.compile(_RULES["except"])
_WHICH, _FIND, _NOUN, _ENGLISH = (
    re.compile(_RULES[name]) for name in ("which", "find", "noun", "english")
)
_SAYS = re.compile(_RULES["says"])
_MARKS = re.compile(_RULES["marks"])
_QUOTED = re.compile(r"[“\"《]([^”\"》]{2,})[”\"》]")
_BEFORE = re.compile(rf"^(?:{_RULES['before']}|\W)+")
_BEHIND = re.compile(rf"(?:{_RULES['behind']}|\W)+$")
_CUT, _SAID = ",", ";\0"

RATHER = 4
"""Characters that a stretch behind 讲到 or 关于 may be shorter than another and is the subject still."""


def may_ask_documents(asked: str) -> bool:
    """Whether a question has a word for documents or for what they say: 哪些〔文章〕, 哪儿〔讲到〕.

    哪些公交线路半价 has none. Of 326 questions by several writers that ask for documents 314 have one.
    In English, where which and what are such words too, most questions may.
    """
    folded = fold(asked)
    return any(pattern.search(folded) for pattern in (_NOUN, _SAYS, _ENGLISH))


def subject_of(asked: str) -> str:
    """What the documents asked for speak of, folded; empty where the question does not say."""
    folded = fold(asked)
    if quoted := _QUOTED.search(folded):
        return quoted[1]
    rest = _EXCEPT.sub(_CUT, folded)
    for pattern in (_WHICH, _FIND, _NOUN, _ENGLISH):
        rest = pattern.sub(_CUT, rest)
    rest = _SAYS.sub(_SAID, rest)
    subject, most = "", 0
    for stretch in _MARKS.split(rest):
        bare = _BEHIND.sub("", _BEFORE.sub("", stretch))
        size = len(bare) + RATHER * stretch.startswith("\0")
        if bare and size > most:
            subject, most = bare, size
    return " ".join(subject.split())
