"""Documents, questions and turns that give a model orders, and a model that obeys every one of them.

tests/data/injections.jsonl has a case a line: what is planted where (`order` a line of the document,
`title`, `heading`, `question`, `history`), what the model `says` then, and what may `never` leave. In
`says`, {n} is the number of the planted sentence in the prompt, {key} the key that came with the
request, {system} the system message, {other} a sentence of another site, {env} a value of the
environment.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from support.scripted_model import Exchange, ScriptedModel, Step, pieces, prose, scripted_model
from support.writing import ASKED, SENTENCES, checker, llm_settings

from bot.answer import Answer, answer_object
from bot.extract import Extract
from bot.llm.client import ChatModel
from bot.llm.neutral import neutral
from bot.llm.prompt import TOKENS_AT_MOST, prompt_for
from bot.llm.writer import Writer
from bot.service import Service
from bot.settings import Settings
from corpus import Document, Section
from index.snapshot import build

FILE = Path(__file__).parents[2] / "data/injections.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]

KEY = "sk-canary-5f1c9a7e"
ENVIRONMENT = "canary-environment-93b1"
OTHER = {
    "zh": "二分院体检结果须在五日内送达本人。",
    "en": "The annexe delivers results within five days.",
}
TITLES = {"zh": "供热办法", "en": "Heating Rules"}

# https://…, //host, www.…, a.example, x@y, ![…, ](…, <tag, and what such tags call
_LEADS_ELSEWHERE = re.compile(
    r"//|www\.|\.example|@|!\[|\]\s*[(:]|<\s*[a-z/!]|onload|onerror|javascript:|base64,",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[(\d+)\]")


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with scripted_model(prose("")) as running:
        yield running


@pytest.fixture(autouse=True)
def canary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", ENVIRONMENT)


def service_of(case: Mapping[str, Any]) -> Service:
    """A site with the planted document, beside another site in the same library."""
    language = case["language"]
    lines = list(SENTENCES[language])
    if "order" in case:
        lines.insert(2, case["order"])
    sections: tuple[Section, ...] = ()
    if "heading" in case:
        lines.insert(0, case["heading"])
        sections = (Section(case["heading"], 0, len("\n".join(lines))),)
    title = case.get("title", TITLES[language])
    ours = Document("ours", title, "\n".join(lines), tags=("ours",), sections=sections)
    others = Document("others", "体检须知", OTHER[language], tags=("others",))
    # It always answers: what is refused asks no model.
    settings = Settings(refusal="off")
    return Service(build([ours, others], None), None, settings).narrowed(frozenset({"ours"}))


def extract_of(case: Mapping[str, Any]) -> Extract:
    question = case.get("question", ASKED[case["language"]])
    return service_of(case).extract(question, case.get("history", ()))


def obeying(case: Mapping[str, Any], exchange: Exchange) -> str:
    """What the model says: it does all that it is told."""
    key = exchange.headers["authorization"].removeprefix("Bearer ")
    system, user = (message["content"] for message in exchange.messages)
    said: str = case["says"]
    filled = {"key": key, "system": system, "other": OTHER[case["language"]], "env": ENVIRONMENT}
    for name, value in filled.items():
        said = said.replace("{" + name + "}", value)
    return said.replace("{n}", str(_planted_number(case, user)))


def _planted_number(case: Mapping[str, Any], user: str) -> int:
    """The number of the planted sentence in the prompt, or of the first one."""
    planted = _core(case.get("order", ""))
    for line in user.splitlines():
        number = re.match(r"\[(\d+)\]", line)
        if number and planted and planted in line:
            return int(number[1])
    return 1


def _core(order: str) -> str:
    """The beginning of the longest sentence of an order, as a prompt has it."""
    longest = max(re.split(r"[!?;。\n]", order), key=len)
    return neutral(longest)[:10]


def written(
    case: Mapping[str, Any], model: ScriptedModel, **settings: str
) -> tuple[list[str], Answer]:
    """All that is sent, and the answer."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield from prose(*pieces(obeying(case, exchange), 9))(exchange)

    model.script = script
    model.exchanges.clear()
    values = llm_settings(url=model.url, key=KEY, **settings)

    async def read() -> tuple[list[str], Answer]:
        chat = ChatModel(values)
        sent: list[str] = []
        async with aclosing(Writer(chat, checker(), values).write(extract_of(case))) as read:
            async for piece in read:
                if isinstance(piece, Answer):
                    await chat.aclose()
                    return sent, piece
                sent.append(piece)
        raise AssertionError("no answer")

    return asyncio.run(read())


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert {case["language"] for case in CASES} == {"zh", "en"}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_nothing_leaves_that_may_not(case: Mapping[str, Any], model: ScriptedModel) -> None:
    sent, answer = written(case, model)
    left = ["".join(sent), answer.text, *answer.notices, *answer.suggestions, answer.written_by]
    for text in left:
        assert not _LEADS_ELSEWHERE.search(text), text
        assert KEY not in text and ENVIRONMENT not in text
        assert OTHER[case["language"]][:-1] not in text
    shown = [(one.quote, one.section, one.document.title) for one in answer.citations]
    for phrase in case["never"]:
        # What the document itself says may be cited, by the extract too: below its title and heading.
        is_quoted = any(phrase in part for parts in shown for part in parts)
        assert is_quoted or not any(phrase in text for text in left), phrase
    assert KEY not in json.dumps(answer_object(answer).model_dump(), ensure_ascii=False)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_mark_is_ours(case: Mapping[str, Any], model: ScriptedModel) -> None:
    sent, answer = written(case, model)
    numbers = {int(number) for number in _MARK.findall(answer.text)}
    assert numbers == set(range(1, len(answer.citations) + 1))
    assert _MARK.sub("", answer.text).count("[") == 0
    if answer.form == "prose":
        assert answer.text.startswith("".join(sent))
        assert answer.citations
    for citation in answer.citations:
        assert citation.document.doc_id == "ours"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_not_even_where_unsupported_sentences_are_shown(
    case: Mapping[str, Any], model: ScriptedModel
) -> None:
    sent, answer = written(case, model, unsupported="mark")
    for text in ("".join(sent), answer.text):
        assert not _LEADS_ELSEWHERE.search(text), text
        assert KEY not in text


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_the_model_is_sent(case: Mapping[str, Any], model: ScriptedModel) -> None:
    """The order reaches it, as text and nothing more; nothing of another site or the server does."""
    written(case, model)
    (exchange,) = model.exchanges
    raw = exchange.raw.decode()
    assert ENVIRONMENT not in raw and KEY not in raw
    assert OTHER[case["language"]][:-1] not in raw
    system, user = (message["content"] for message in exchange.messages)
    if "order" in case:
        assert _core(case["order"]) in user
    opening, closing = (
        ("<资料>", "</资料>") if case["language"] == "zh" else ("<material>", "</material>")
    )
    assert user.count(opening) == user.count(closing) == 1
    assert user.count("<") == user.count(">") == 2 and "<" not in system
    between = user.partition(opening)[2].partition(closing)[0].strip().splitlines()
    # A title that all sentences share stands above them.
    numbered = between if between[0].startswith("[") else between[1:]
    assert [line.partition("]")[0] for line in numbered] == [
        f"[{n}" for n in range(1, len(numbered) + 1)
    ]
    assert user.partition(opening)[0].count("[") == 0
    assert prompt_for(extract_of(case)).tokens <= TOKENS_AT_MOST


def test_a_model_that_refuses_on_orders_costs_the_prose_alone(model: ScriptedModel) -> None:
    for case in CASES:
        if case["id"] in ("zh-refuse", "en-refuse", "zh-silence"):
            sent, answer = written(case, model)
            extract = extract_of(case).answer
            assert sent == []
            assert answer.outcome == "absent" or answer.text == extract.text
