"""Words that a text sets side by side."""

from bot.readers.rivals import rivals, speaks_of_rival


def test_what_stands_side_by_side() -> None:
    found = rivals("推动宏观、中观和微观三个层面,男性或女性,政府与市场,上海、北京。")
    assert [sorted(found[word]) for word in ("宏观", "中观", "微观")] == [
        ["中观", "微观"],
        ["宏观", "微观"],
        ["中观", "宏观"],
    ]
    assert found["男性"] == {"女性"} and "政府" not in found and "上海" not in found
    assert not rivals("") and not rivals("宏观。中观")


def test_a_sentence_speaks_of_the_rival() -> None:
    document = "宏观、中观和微观"
    assert speaks_of_rival(["中观"], "中观怎样", "微观怎样", document)
    assert not speaks_of_rival(["中观"], "中观怎样", "中观和微观怎样", document)
    assert not speaks_of_rival(["中观"], "中观比微观怎样", "微观怎样", document)
    assert not speaks_of_rival(["中观", "微观"], "meso, micro?", "微观怎样", document)
    assert not speaks_of_rival(["中观"], "中观怎样", "层面怎样", document)
    assert not speaks_of_rival(["层面"], "层面怎样", "微观怎样", document)
