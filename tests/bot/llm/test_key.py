"""The key goes to the server it is for, and nowhere else: whatever the server does with it."""

import asyncio
import io
import logging
import traceback
from collections.abc import Iterable, Iterator

import pytest
from support.model_asking import KEY, ask, asked, model_settings
from support.scripted_model import (
    Exchange,
    Script,
    Step,
    answer_in_full,
    delta,
    event,
    head,
    html,
    prose,
    redirecting,
    refusing,
    scripted_model,
)

from bot.llm.budgets import Budgets
from bot.llm.client import ChatModel
from bot.settings import Settings, load_settings


def telling_it(status: int) -> Script:
    """Quotes the key, whole and in part, as some servers do."""

    def script(exchange: Exchange) -> Iterable[Step]:
        key = exchange.headers["authorization"].removeprefix("Bearer ")
        body = f'{{"error": {{"message": "Incorrect API key: {key}", "code": "{key}"}}}}'
        fields = {"x_key": key, "set_cookie": f"key={key}", "www_authenticate": key}
        return answer_in_full(status, body.encode(), **fields)(exchange)

    return script


def telling_it_within(exchange: Exchange) -> Iterator[Step]:
    yield head()
    yield delta("首批")
    yield event({"error": {"message": exchange.headers["authorization"]}})


def telling_it_as_garbage(exchange: Exchange) -> Iterator[Step]:
    yield head()
    yield event(exchange.headers["authorization"])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anyone logs, down to the last detail of the connections."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def holds_key(text: str) -> bool:
    """Whether `text` has the key, or more of it than its beginning."""
    return KEY in text or "canary" in text


@pytest.mark.parametrize(
    "script",
    [
        prose("首批"),
        telling_it(400),
        telling_it(401),
        telling_it(403),
        telling_it(429),
        telling_it(500),
        telling_it_within,
        telling_it_as_garbage,
        html(),
        redirecting("http://127.0.0.1:1/v1"),
    ],
)
def test_it_is_in_no_error_and_in_no_log(script: Script, log: io.StringIO) -> None:
    with scripted_model(script) as model:
        answer = ask(model.url)
        assert model.exchanges[0].headers["authorization"] == f"Bearer {KEY}"
    if answer.failure is not None:
        shown = [repr(answer.failure), str(answer.failure), answer.failure.zh, answer.failure.en]
        shown += [*answer.failure.notice, *traceback.format_exception(answer.failure)]
        assert not any(map(holds_key, shown))
    assert (model.url in log.getvalue()) == (answer.failure is not None)
    assert not holds_key(log.getvalue())


def test_it_is_in_no_error_where_nobody_answers(log: io.StringIO) -> None:
    with refusing() as url:
        failure = ask(url).failure
    assert failure is not None
    assert not holds_key("".join(traceback.format_exception(failure)) + log.getvalue())


def test_a_server_that_was_not_meant_does_not_get_it() -> None:
    with scripted_model(prose("首批")) as elsewhere:
        for status in (301, 307, 308):
            with scripted_model(redirecting(f"{elsewhere.url}/chat/completions", status)) as model:
                ask(model.url)
        assert not elsewhere.exchanges


def test_no_cookie_is_kept() -> None:
    async def run(url: str) -> None:
        model = ChatModel(model_settings(url))
        await asked(model)
        await asked(model)
        await model.aclose()

    with scripted_model(telling_it(400)) as model:
        asyncio.run(run(model.url))
        assert all("cookie" not in exchange.headers for exchange in model.exchanges)


def test_it_is_in_no_repr() -> None:
    settings = model_settings("http://127.0.0.1:1/v1")
    model = ChatModel(settings)
    for value in (settings, Settings(llm=settings), model, model.figures, Budgets(settings)):
        assert not holds_key(repr(value)) and not holds_key(str(value))
    assert not holds_key(settings.model_dump_json()) and not holds_key(str(settings.model_dump()))
    assert not any(holds_key(repr(value)) for value in vars(model).values())
    asyncio.run(model.aclose())


def test_it_is_in_no_complaint_about_settings(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {"CHENGWEN_LLM__KEY": f"{KEY} {KEY}", "CHENGWEN_LLM__URL": f"http://{KEY}@127.0.0.1/v1"}
    for name, value in wrong.items():
        with pytest.raises(Exception) as caught:
            load_settings([], {name: value})
        assert not holds_key("".join(traceback.format_exception(caught.value)))
    for assignment in (f"llm.key={KEY}", f"encoder.key={KEY}", f"reranker.key={KEY}"):
        with pytest.raises(Exception) as caught:
            load_settings([assignment], {})
        assert not holds_key("".join(traceback.format_exception(caught.value)))
