"""Server-sent events, against a reader of whole texts, and however their bytes are cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.sse import LINE_LIMIT, EventReader, NotEvents


def read(*chunks: bytes) -> list[str]:
    reader = EventReader()
    return [event for chunk in chunks for event in reader.feed(chunk)]


def read_whole(stream: bytes) -> list[str]:
    """The standard's own words, on a text that is all there: an oracle that is slow and plain."""
    text = stream.decode("utf-8").removeprefix("\ufeff")
    lines = re.split("\r\n|\r|\n", text)[:-1]
    events: list[str] = []
    data: list[str] = []
    for line in lines:
        if line == "":
            if data:
                events.append("\n".join(data))
            data = []
            continue
        field, colon, value = line.partition(":")
        if field == "data":
            data.append(value.removeprefix(" ") if colon else "")
    return events


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", ["a"]),
        (b"data:a\n\ndata:  b\n\n", ["a", " b"]),
        (b"data: a\r\rdata: b\r\n\r\n", ["a", "b"]),
        (b": ping\n\n: ping\n\ndata: a\n\n", ["a"]),
        (b"event: message\nid: 1\ndata: a\ndata: b\nretry: 3\n\n", ["a\nb"]),
        (b"data\n\ndata:\n\n", ["", ""]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        ("data: 首批。\n\n".encode(), ["首批。"]),
        # What is broken off is no event.
        (b"data: a\n\ndata: b\n", ["a"]),
        (b"data: a", []),
        (b"", []),
    ],
)
def test_examples(stream: bytes, events: list[str]) -> None:
    assert read(stream) == events == read_whole(stream)


LINES = st.lists(
    st.sampled_from(
        [
            "data: 首批 112 个。[1]",
            "data:",
            "data",
            ": ping",
            "event: x",
            "",
            "dataset: 1",
            "\ufeffdata: a",
        ]
    ).flatmap(lambda line: st.sampled_from([line + "\n", line + "\r", line + "\r\n"])),
    max_size=20,
)


@given(LINES, st.data())
def test_events_do_not_depend_on_how_the_bytes_are_cut(
    lines: list[str], data: st.DataObject
) -> None:
    stream = "".join(lines).encode()
    expected = read_whole(stream)
    assert read(*(stream[i : i + 1] for i in range(len(stream)))) == expected
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
    starts = [0, *cuts]
    ends = [*cuts, len(stream)]
    assert read(*(stream[start:end] for start, end in zip(starts, ends, strict=True))) == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_events_or_not(stream: bytes) -> None:
    try:
        events = read(stream)
    except NotEvents:
        return
    assert all(isinstance(event, str) for event in events)


def test_a_line_is_bounded_as_it_comes() -> None:
    reader = EventReader()
    assert not list(reader.feed(b"data: "))
    with pytest.raises(NotEvents):
        for _ in range(LINE_LIMIT // 1024 + 1):
            list(reader.feed(b"a" * 1024))


def test_an_event_of_many_lines_is_bounded() -> None:
    reader = EventReader(line_limit=100)
    with pytest.raises(NotEvents):
        list(reader.feed(b"data: 0123456789\n" * 10))


def test_a_stream_is_bounded_though_its_events_are_small() -> None:
    reader = EventReader(stream_limit=1000)
    with pytest.raises(NotEvents):
        for _ in range(200):
            assert not list(reader.feed(b": ping\n\n"))


def test_what_came_before_the_damage_is_given() -> None:
    reader = EventReader()
    events = reader.feed(b"data: a\n\ndata: \xff\n\n")
    assert next(events) == "a"
    with pytest.raises(NotEvents):
        next(events)
