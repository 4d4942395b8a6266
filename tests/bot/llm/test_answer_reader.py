"""What the events of a completion say, in all the ways that servers word them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.failures import ModelFailed
from bot.llm.pieces import AnswerReader, Piece, Usage, read_piece
from index.remote.failures import KINDS, FailureKind
from index.remote.server import Server


def failed(kind: FailureKind) -> ModelFailed:
    return ModelFailed(kind, Server("llm.url", "http://127.0.0.1/v1"))


def of(delta: Any, finish: Any = None, **others: Any) -> str:
    return json.dumps(
        {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **others}
    )


USAGE = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}


@pytest.mark.parametrize(
    ("data", "piece"),
    [
        (of({"content": "首批"}), Piece("首批")),
        (of({"role": "assistant", "content": ""}), Piece()),
        (of({"content": None, "reasoning_content": "想一想"}), Piece(thought="想一想")),
        (of({"reasoning": "想一想"}), Piece(thought="想一想")),
        (of({"reasoning": {"text": "想一想"}}), Piece()),
        (of({}, "stop"), Piece(finish="stop")),
        (of({"content": "。"}, "length"), Piece("。", "length")),
        # Azure, vLLM: no delta, an empty finish_reason, the first event about the filter alone
        (of(None, ""), Piece()),
        ('{"choices": [], "prompt_filter_results": []}', Piece()),
        (json.dumps({"choices": [], "usage": USAGE}), Piece(usage=Usage(100, 7))),
        (of({}, "stop", usage=USAGE), Piece(finish="stop", usage=Usage(100, 7))),
        (of({"content": "a"}, usage={"prompt_tokens": -1, "completion_tokens": 0}), Piece("a")),
        (of({"content": "a"}, usage={"prompt_tokens": 10**30, "completion_tokens": 0}), Piece("a")),
        (of({"content": "a"}, usage={"prompt_tokens": True, "completion_tokens": 1.5}), Piece("a")),
        (of({"content": "a"}, usage={"prompt_tokens": 0, "completion_tokens": 0}), Piece("a")),
        (of({"content": "a"}, usage=None), Piece("a")),
    ],
)
def test_pieces(data: str, piece: Piece) -> None:
    assert read_piece(data) == piece


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("", "garbage"),
        ("ok", "garbage"),
        ("[]", "garbage"),
        ("{}", "garbage"),
        ('{"choices": {}}', "garbage"),
        ('{"choices": [1]}', "garbage"),
        (of([]), "garbage"),
        (of("首批"), "garbage"),
        (of({"content": ["首批"]}), "garbage"),
        (of({"content": 112}), "garbage"),
        (of({}, 1), "garbage"),
        ("[" * 50_000, "garbage"),
        ('{"choices": ' + "9" * 5000 + "}", "garbage"),
        ('{"error": "out of memory"}', "broken"),
        ('{"error": {"message": "CUDA error", "code": 500}}', "broken"),
        ('{"object": "error", "message": "…", "code": 400}', "broken"),
        ('{"error": {"code": 400, "type": "exceed_context_size_error"}}', "too_long"),
        ('{"error": {"code": "data_inspection_failed"}}', "filtered"),
    ],
)
def test_what_is_no_piece(data: str, kind: str) -> None:
    assert read_piece(data).failure == kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "content", "finish_reason", "usage", "error", "code"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_whatever_is_more_than_a_failure(value: Any) -> None:
    piece = read_piece(json.dumps(value))
    assert piece.failure in (None, *KINDS)
    assert isinstance(piece.text, str)


def reading(*events: str) -> tuple[AnswerReader, list[str], str | None]:
    answer = AnswerReader(failed)
    texts: list[str] = []
    try:
        for event in events:
            texts += answer.feed(f"data: {event}\n\n".encode())
        answer.end()
    except ModelFailed as failure:
        return answer, texts, failure.kind
    return answer, texts, None


FIRST = of({"content": "首批"})
STOP = of({}, "stop")


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ((FIRST, STOP, "[DONE]"), None),
        ((FIRST, STOP), None),
        ((STOP, "[DONE]"), None),
        ((FIRST, "[DONE]"), "cut"),
        ((FIRST,), "cut"),
        ((), "cut"),
        ((FIRST, of({}, "length"), "[DONE]"), "length"),
        ((FIRST, of({}, "content_filter")), "filtered"),
        ((FIRST, of({}, "tool_calls")), "cut"),
        ((FIRST, of({}, "insufficient_system_resource")), "cut"),
        ((FIRST, "{"), "garbage"),
        # Nothing behind the end can spoil what is whole.
        ((FIRST, STOP, "{"), None),
        ((FIRST, STOP, '{"error": "x"}'), None),
        ((FIRST, STOP, of({"content": "又及"}), of({}, "length")), None),
    ],
)
def test_an_answer_is_whole_only_where_the_server_says_so(
    events: tuple[str, ...], kind: str | None
) -> None:
    answer, texts, ended = reading(*events)
    assert ended == kind
    assert answer.text == "".join(texts) == ("首批" if FIRST in events else "")


def test_tokens_are_those_that_the_server_counted_last() -> None:
    counted = [
        of({"content": "a"}, usage={"prompt_tokens": 100, "completion_tokens": n}) for n in (1, 2)
    ]
    answer, _, _ = reading(*counted, STOP, json.dumps({"choices": [], "usage": USAGE}), "[DONE]")
    assert answer.usage == Usage(100, 7)
