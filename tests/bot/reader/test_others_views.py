"""What others think is not told as what a text says that goes on to reject it."""

import pytest

from bot.question.analysis import analyse
from bot.reader.others_views import own_view, rejection_of, with_rejection
from corpus import Document, Passage
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


def first_of(text: str) -> Passage:
    """The first sentence of a document of one paragraph."""
    return Passage(Document("d", "说说广场舞", text), 0, text.index("。") + 1)


@pytest.mark.parametrize(
    ("text", "rejection"),
    [
        ("有人说，广场舞扰民是因为老人不讲理。我看未必。场地太少才是原因。", "我看未必。"),
        ("常有一种说法，说开了夜校没人来。其实不然。名额两天就满了。", "其实不然。"),
        ("还有人主张干脆取消。这种办法省事，却不是办法。", "这种办法省事，却不是办法。"),
        ("也有人担心会太吵。这种担心不是没有道理。", None),
        ("有人认为应当延长。于是开放到九点。", None),
        ("居民说，场地太少。其实不然。", None),
        ("有人说，场地太少。", None),
    ],
)
def test_what_rejects_the_view_of_others(text: str, rejection: str | None) -> None:
    found = rejection_of(first_of(text))
    assert (found.text if found else None) == rejection


def test_the_view_of_others_is_told_with_what_rejects_it() -> None:
    text = "有人说，夜校开了没人来。其实不然。名额两天就满了。"
    assert with_rejection(first_of(text)).text == "有人说，夜校开了没人来。其实不然。"


def test_the_reason_is_what_follows_the_rejection() -> None:
    span = first_of("有人说，夜校开了没人来。其实不然。名额两天就满了。")

    def said(asked: str) -> list[str]:
        return [one.text for one in own_view(analyse(asked, SEGMENTER), span)]

    assert said("作者为什么不信夜校没人来？") == ["其实不然。", "名额两天就满了。"]
    assert said("夜校开了有没有学员？") == ["有人说，夜校开了没人来。其实不然。"]
    assert said("有人怎么看夜校？") == []
