"""The operator's pages: for whom they exist, what they show, and what changes only by a form of their own."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from time import time
from typing import Any

import pytest
from conftest import BigramEncoder
from fastapi import FastAPI
from starlette.testclient import TestClient
from support.asking import words_of
from support.made_runs import column, result, run

from bot.cli.__main__ import main
from bot.cli.evals import comparison_json, run_json
from bot.evals.compare import compare
from bot.evals.datasets.cases import Case
from bot.evals.datasets.native import native_row
from bot.evals.drafts import Draft, Drafts
from bot.evals.pages.question_page import retrieval_of
from bot.evals.pages.workbench import better_run, page_number, workbench
from bot.evals.runs import Result, Run, Runs, Scored
from bot.live import Live
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.storage.feedback import Feedback, Judgement, timestamp
from bot.web.app import create_app
from bot.web.operator_access import (
    POLICY,
    OperatorAccess,
    is_loopback,
    is_same_origin,
    is_valid_cookie,
    login_router,
    signed_cookie,
)
from corpus import Document, Passage, UsageError
from index.snapshot import build

TOKEN = "correct horse battery staple"
OURS = {"sec-fetch-site": "same-origin"}
HOST = "http://127.0.0.1:7860"
ID = "0" * 32
QUESTIONS = (("上海市徐汇区累计归集了多少条数据？", True), ("<b>徐汇区</b>的数据？", False))
LOCAL = ("localhost", "localhost:7860", "127.0.0.1", "[::1]:7860", "chengwen.localhost")
FOREIGN = (
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:7860",
    "0.0.0.0",
    "",
    "[::1",
    "10.0.0.1",
)


def results(article: Document, service: Service) -> Iterator[Result]:
    at = article.text.index("上海市徐汇区")
    gold = Passage(article, at, article.text.index("。", at) + 1)
    for n, (question, cited) in enumerate(
        (("上海市徐汇区累计归集了多少条数据？", True), ("<b>徐汇区</b>的数据？", False))
    ):
        case = Case(
            f"q/{n}", "number" if n else "fact", question, (), ((gold,),), ("70万条",), "answered"
        )
        hits = service.retriever.search(question, 20)
        citation = {
            "doc_id": article.doc_id,
            "start": gold.start if cited else 0,
            "end": gold.end if cited else 9,
        }
        answer: dict[str, Any] = {"outcome": "answered", "text": "答。[1]", "short_answer": None}
        answer["citations"] = [citation]
        answer |= {"confidence": 0.5, "milliseconds": {"total": 9.0}, "case": native_row(case)}
        scores = {"R@1": float(cited), "RR@10": 1.0 if cited else 0.25, "cited": float(cited)}
        found = tuple(Scored(p.passage_id, score) for p, score in hits)
        yield Result(case.case_id, case.kind, article.doc_id, question, scores, found, answer)


@pytest.fixture(scope="module")
def service(article: Document) -> Service:
    return Service(build([article], BigramEncoder()), BigramEncoder(), Settings())


@pytest.fixture
def runs(tmp_path: Any, article: Document, service: Service) -> Runs:
    runs, made = Runs(tmp_path / "runs.sqlite3"), tuple(results(article, service))
    first = run("one", made, fingerprint={"settings": '{"retrieval": {"mode": "lexical", "k": 3}}'})
    turned = [replace(r, scores={k: 1 - v for k, v in r.scores.items()}) for r in made]
    runs.add(first)
    runs.add(run("two", turned))
    return runs


@pytest.fixture
def drafts(tmp_path: Any) -> Drafts:
    return Drafts(tmp_path / "golden.sqlite3")


@pytest.fixture
def feedback(tmp_path: Any) -> Feedback:
    return Feedback(tmp_path / "feedback.sqlite3")


@pytest.fixture
def app(service: Service, runs: Runs, drafts: Drafts, feedback: Feedback) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.include_router(login_router(TOKEN))
    app.include_router(workbench(Live(service), runs, drafts, feedback))
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """An operator on this machine."""
    return TestClient(OperatorAccess(app, local=True), HOST, headers=OURS, follow_redirects=False)


ADDRESSES = [
    "/evals",
    "/evals/",
    "/evals/runs/x",
    "/evals/golden",
    "/evals/golden.jsonl",
    "/evals/feedback",
    "/evals/no",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.slow
def test_to_others_nothing_is_there(app: FastAPI, address: str, method: str) -> None:
    for token, headers in (
        ("", {}),
        (TOKEN, {}),
        (TOKEN, {"authorization": "Bearer x"}),
        (TOKEN, {"cookie": "a=b"}),
    ):
        gated = TestClient(OperatorAccess(app, token), HOST, headers=OURS | headers)
        unknown, found = gated.request(method, "/unknown"), gated.request(method, address)
        assert (found.status_code, found.content) == (404, unknown.content)
        assert found.headers == unknown.headers


def test_a_rebound_name_or_a_proxy_is_not_this_machine(app: FastAPI) -> None:
    here = TestClient(OperatorAccess(app, local=True), HOST)
    for host in LOCAL:
        assert here.get("/evals", headers={"host": host}).status_code == 200
    for host in FOREIGN:
        assert here.get("/evals", headers={"host": host}).status_code == 404, host
    for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert here.get("/evals", headers={name: "127.0.0.1"}).status_code == 404


def test_a_token_opens_by_header_or_by_login(app: FastAPI) -> None:
    client = TestClient(OperatorAccess(app, TOKEN), "https://bot.example", follow_redirects=False)
    assert client.get("/evals", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert (
        client.post("/evals/golden/new", headers={"authorization": f"bearer {TOKEN}"}).status_code
        == 303
    )
    page = client.get("/evals/login")
    assert page.status_code == 200 and page.headers["content-security-policy"] == POLICY
    assert client.post("/evals/login", data={"token": "x"}, headers=OURS).status_code == 403
    assert client.get("/evals").status_code == 404
    done = client.post("/evals/login?lang=en", data={"token": TOKEN}, headers=OURS)
    assert (done.status_code, done.headers["location"]) == (303, "/evals?lang=en")
    cookie = done.headers["set-cookie"]
    assert all(
        part in cookie
        for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/", "Max-Age=43200")
    )
    assert TOKEN not in cookie
    assert client.get("/evals").status_code == 200
    assert client.post("/evals/logout", headers=OURS).status_code == 303
    assert client.get("/evals").status_code == 404


def test_a_cookie_is_good_for_its_time_and_its_token() -> None:
    cookie = signed_cookie(TOKEN, 1000)
    assert is_valid_cookie(cookie, TOKEN, 999) and not is_valid_cookie(cookie, TOKEN, 1001)
    for wrong in (
        "",
        ".",
        "1000",
        "1000.",
        cookie.replace("1000", "2000"),
        cookie + "0",
        "²." + "0" * 64,
        "-1.x",
        "9" * 999,
    ):
        assert not is_valid_cookie(wrong, TOKEN, 999)
    assert not is_valid_cookie(cookie, TOKEN + "x", 999)
    assert is_valid_cookie(signed_cookie(TOKEN, int(time()) + 60), TOKEN, time())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        *({"sec-fetch-site": site} for site in ("cross-site", "same-site", "none")),
        *({"origin": origin} for origin in ("null", "http://evil.example", "http://127.0.0.1:1")),
    ],
)
def test_a_page_of_another_site_changes_nothing(
    app: FastAPI, drafts: Drafts, headers: dict[str, str]
) -> None:
    here = TestClient(
        OperatorAccess(app, TOKEN, local=True), HOST, headers=headers, follow_redirects=False
    )
    for address in (
        "/evals/golden/new",
        "/evals/golden/made",
        "/evals/login",
        f"/evals/feedback/{ID}",
    ):
        assert here.post(address).status_code == 403
    assert drafts.all() == []
    assert is_same_origin({"origin": HOST, "host": "127.0.0.1:7860"})
    assert (
        here.post("/evals/golden/new", headers={"sec-fetch-site": "", "origin": HOST}).status_code
        == 303
    )


@pytest.mark.slow
def test_the_server_has_the_pages_for_whom_it_should(article: Document) -> None:
    snapshot = words_of(article)
    closed = TestClient(create_app(Live(Service(snapshot, None, Settings()))), HOST)
    settings = load_settings([f"operator.token={TOKEN}"], {})
    keyed = TestClient(create_app(Live(Service(snapshot, None, settings))), HOST)
    here = TestClient(create_app(Live(Service(snapshot, None, Settings())), True), HOST)
    assert [client.get("/evals").status_code for client in (closed, keyed, here)] == [404, 404, 200]
    assert [client.get("/evals/login").status_code for client in (closed, keyed, here)] == [
        404,
        200,
        404,
    ]
    assert (
        closed.get("/evals").content
        == closed.get("/x").content
        == keyed.get("/evals/golden").content
    )
    assert here.get("/evals").headers["content-security-policy"] == POLICY
    for client in (keyed, here):
        assert "/evals" not in client.get("/openapi.json").text


def test_only_a_loopback_server_opens_them_to_everybody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "0")
    assert main(["serve", "--operator"]) == 2
    assert "HOST=127.0.0.1" in capsys.readouterr().err


def test_names_of_this_machine() -> None:
    assert all(map(is_loopback, ("localhost", "a.localhost", "127.0.0.1", "127.8.8.8", "::1")))
    assert not any(
        map(is_loopback, ("", "0.0.0.0", "::", "localhost.example", "10.0.0.1", "example.org"))
    )


def test_the_setting_is_long_and_is_not_shown() -> None:
    settings = load_settings([f"operator.token={TOKEN}"], {})
    assert settings.operator.token.get_secret_value() == TOKEN
    assert TOKEN not in settings.model_dump_json() + repr(settings)
    for short in ("", "x" * 15, "x" * 201):
        with pytest.raises(UsageError, match=r"operator\.token") as refused:
            load_settings([f"operator.token={short}"], {})
        assert not short or short not in str(refused.value)


def test_runs_are_listed_with_intervals_and_two_compared(client: TestClient) -> None:
    page = client.get("/evals")
    assert (
        page.headers["content-security-policy"] == POLICY
        and page.headers["cache-control"] == "no-store"
    )
    assert ">one</a>" in page.text and "0.500" in page.text and "未计入 1 题" in page.text
    ids: list[tuple[str, Any]] = [("id", "20261124-100000-one"), ("id", "20261124-100000-two")]
    chosen = client.get("/evals/compare", params=[*ids, ("lang", "en")])
    assert (
        chosen.headers["location"]
        == "/evals/runs/20261124-100000-one?with=20261124-100000-two&lang=en"
    )
    assert client.get("/evals/compare", params=ids[:1]).status_code == 400
    both = client.get(chosen.headers["location"]).text
    assert "Win / tie / loss" in both and "1 / 0 / 1" in both and "underpowered" in both
    assert client.get("/evals/runs/nothing").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["q/0", "q/1"]),
        ("kind=fact", ["q/0"]),
        ("right=yes", ["q/0"]),
        ("right=no", ["q/1"]),
        ("outcome=absent", []),
        ("with=20261124-100000-two&wins=this", ["q/0"]),
        ("with=20261124-100000-two&wins=other", ["q/1"]),
        ("with=20261124-100000-two&wins=tie", []),
        ("page=99", ["q/0", "q/1"]),
        ("kind=%3Cscript%3E", []),
    ],
)
def test_questions_are_filtered(client: TestClient, query: str, found: list[str]) -> None:
    page = client.get(f"/evals/runs/20261124-100000-one?{query}").text
    assert re.findall(r'<span class="cw-under">(q/\d)</span>', page) == found
    assert "<b>" not in page and "<script>" not in page


def test_a_page_is_made_from_the_index_of_one_moment(
    runs: Runs,
    drafts: Drafts,
    feedback: Feedback,
    service: Service,
    article: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The library changes with every look at it: the article is there, then it is not."""
    empty = Service(build([replace(article, doc_id="other")], None), None, Settings())
    looks: list[bool] = []

    def look(live: Live) -> tuple[Service, None]:
        looks.append(True)
        return (service if len(looks) % 2 else empty), None

    monkeypatch.setattr(Live, "_now", property(look, lambda live, value: None), raising=False)
    app = FastAPI(openapi_url=None)
    app.include_router(workbench(Live(service), runs, drafts, feedback))
    client = TestClient(OperatorAccess(app, local=True), HOST, headers=OURS)
    drafts.add([Draft("问？")])
    for address in (
        "/evals/runs/20261124-100000-one/questions/q/0",
        "/evals/golden/1",
        f"/evals/golden/1/gold?doc={article.doc_id}",
        "/evals/golden.jsonl",
    ):
        looks.clear()
        assert client.get(address).status_code == 200
        assert len(looks) == 1, address
    for address, form in (
        ("/evals/golden/1", {"question": "问？", "action": "accepted"}),
        ("/evals/golden/1/gold", {"doc": article.doc_id, "quote": "没有这段"}),
    ):
        looks.clear()
        assert client.post(address, data=form).status_code == 400
        assert len(looks) == 1, address


@pytest.mark.parametrize("table", ["runs", "results"])
def test_a_damaged_run_is_named_beside_the_others(
    client: TestClient, runs: Runs, tmp_path: Any, table: str
) -> None:
    column_name = "about" if table == "runs" else "result"
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as database, database:
        database.execute(f"UPDATE {table} SET {column_name} = '{{' WHERE run_id LIKE '%-two'")
    page = client.get("/evals")
    assert page.status_code == 200
    assert "运行记录 20261124-100000-two 已损坏" in page.text and ">one</a>" in page.text
    assert "the run 20261124-100000-two is damaged" in client.get("/evals?lang=en").text
    for address in ("", "?with=20261124-100000-one", "/export/csv"):
        answer = client.get(f"/evals/runs/20261124-100000-two{address}")
        assert answer.status_code == 400 and "已损坏" in answer.text


@pytest.mark.parametrize(
    ("wanted", "n", "expected"),
    [
        ("", 0, (1, 1)),
        ("", 10, (1, 1)),
        ("", 11, (1, 2)),
        ("2", 11, (2, 2)),
        ("3", 11, (2, 2)),
        ("0", 11, (1, 2)),
        ("-1", 11, (1, 2)),
        ("x", 11, (1, 2)),
        ("9" * 8, 11, (2, 2)),
        ("9" * 9, 11, (1, 2)),
    ],
)
def test_a_page_is_the_nearest_that_exists(wanted: str, n: int, expected: tuple[int, int]) -> None:
    assert page_number(wanted, n, 10) == expected


@pytest.mark.parametrize(
    ("this", "other", "better"),
    [
        ({"cited": 1.0}, {"cited": 0.0, "RR@10": 1.0}, "this"),
        ({"cited": 0.0, "RR@10": 1.0}, {"cited": 1.0}, "other"),
        ({"cited": 1.0, "RR@10": 0.5}, {"cited": 1.0, "RR@10": 0.25}, "this"),
        ({"cited": 0.0, "RR@10": 0.0}, {"cited": 0.0, "RR@10": 0.25}, "other"),
        ({"cited": 0.0}, {"cited": 0.0, "RR@10": 0.0}, "tie"),
        ({"cited": 1.0}, None, "this"),
        ({"cited": 0.0}, None, "tie"),
    ],
)
def test_the_better_run_is_right_or_ranks_the_gold_higher(
    this: dict[str, float], other: dict[str, float] | None, better: str
) -> None:
    pair = result("q", this), None if other is None else result("q", other)
    assert better_run(pair) == better


def test_a_question_shows_its_gold_and_why_it_was_missed(client: TestClient) -> None:
    here = "/evals/runs/20261124-100000-one/questions/"
    wrong = client.get(f"{here}q/1?with=20261124-100000-two").text
    assert "&lt;b&gt;徐汇区" in wrong and "<mark>上海市徐汇区" in wrong
    assert (
        wrong.count("选错句子") == 2
        and "回答只读以上 3 段" in wrong
        and "回答只读以上 10 段" in wrong
    )
    assert "含义名次" in wrong and "现在打开的索引与这次运行的不同" in wrong
    right = client.get(f"{here}q/0?lang=en").text
    assert "Nothing was missed." in right and "Reader wrong" not in right
    assert client.get(f"{here}q/9").status_code == 400


def test_without_gold_the_rest_is_shown(client: TestClient, runs: Runs) -> None:
    bare = runs.get("one")
    gone = replace(bare.results[0], hits=(Scored("gone.0-9", 0.625),))
    answer = {k: v for k, v in gone.answer.items() if k != "case"} | {
        "citations": [{"doc_id": "x", "start": 0, "end": 1}]
    }
    runs.add(replace(bare, run_id="bare", results=(replace(gone, answer=answer),)))
    page = client.get("/evals/runs/bare/questions/q/0").text
    assert "没有保存标准原文" in page and "gone.0-9" in page and "0.625" in page


@pytest.mark.parametrize("suffix", ["html", "csv", "md", "trec"])
def test_a_run_is_downloaded(client: TestClient, suffix: str) -> None:
    file = client.get(f"/evals/runs/20261124-100000-one/export/{suffix}")
    assert file.status_code == 200 and "attachment" in file.headers["content-disposition"]
    assert client.get("/evals/runs/20261124-100000-one/export/exe").status_code == 400


def test_a_run_searches_as_it_did() -> None:
    default = Settings().retrieval
    for settings in ("", "one", "[]", "{}", '{"retrieval": {"mode": "x"}}', '{"retrieval": 3}'):
        assert retrieval_of(run("x", [], fingerprint={"settings": settings}), default) == default
    made: Run = run("x", [], fingerprint={"settings": '{"retrieval": {"mode": "lexical", "k": 3}}'})
    assert (retrieval_of(made, default).mode, retrieval_of(made, default).k) == ("lexical", 3)
    earlier = '{"retrieval": {"mode": "dense", "terms": "both", "fusion": "rrf"}}'
    assert retrieval_of(run("x", [], fingerprint={"settings": earlier}), default).mode == "dense"


def test_a_question_is_written_and_accepted(
    client: TestClient, drafts: Drafts, article: Document
) -> None:
    here = client.post("/evals/golden/new").headers["location"]
    given: dict[str, Any] = {
        "question": " 谁？ ",
        "kind": "fact",
        "outcome": "answered",
        "answers": "甲\r\n\r\n乙",
        "note": "",
    }
    refused = client.post(here, data={**given, "action": "accepted"})
    assert (
        refused.status_code == 400
        and "还没有标注原文" in refused.text
        and 'role="alert"' in refused.text
    )
    to = client.post(
        f"{here}?lang=en", data={**given, "action": "gold", "doc": article.doc_id}
    ).headers["location"]
    assert to == f"{here}/gold?doc={article.doc_id}&lang=en" and client.get(to).status_code == 200
    quote = article.text[222:240]
    wrong = client.post(f"{here}/gold", data={"doc": article.doc_id, "quote": "没有这样一句话"})
    assert wrong.status_code == 400 and "照原文摘录" in wrong.text
    assert client.post(f"{here}/gold", data={"doc": "none", "quote": quote}).status_code == 400
    client.post(f"{here}/gold", data={"doc": article.doc_id, "quote": quote, "group": ""})
    client.post(
        f"{here}/gold",
        data={"doc": article.doc_id, "quote": article.text[5:9], "start": "5", "end": "9"},
    )
    (draft,) = drafts.all()
    assert [(g.start, g.end, g.group) for g in draft.gold] == [(222, 240, 1), (5, 9, 2)]
    first, second = (f"{article.doc_id}.{g.start}-{g.end}" for g in draft.gold)
    assert f'value="{first}" checked' in client.get(here).text
    done = client.post(
        here,
        data={
            **given,
            "checked": [first],
            "drop": second,
            f"group:{first}": "4",
            "action": "accepted",
        },
    )
    assert done.headers["location"] == "/evals/golden"
    (draft,) = drafts.all("accepted")
    assert (draft.question, draft.answers, [g.group for g in draft.gold]) == (
        "谁？",
        ("甲", "乙"),
        [4],
    )
    lines = client.get("/evals/golden.jsonl")
    assert (
        lines.headers["content-type"].startswith("application/jsonl")
        and '"golden-0001"' in lines.text
    )
    assert client.post(here, data={**given, "action": "rejected"}).status_code == 303
    assert client.get("/evals/golden.jsonl").text == "" and len(drafts.all("rejected")) == 1
    assert (
        client.get("/evals/golden/99").status_code == 400
        and client.get("/evals/golden/x").status_code == 404
    )


def test_questions_are_made_and_stay_drafts(client: TestClient, drafts: Drafts) -> None:
    for _ in range(2):
        assert client.post("/evals/golden/made").headers["location"] == "/evals/golden"
    found = drafts.all("draft")
    assert len(found) == len(drafts.all()) > 10 and all(draft.gold for draft in found)
    assert "由文章生成" in client.get("/evals/golden").text


def test_a_thumbs_down_is_one_press_from_a_draft(
    client: TestClient, drafts: Drafts, feedback: Feedback, article: Document
) -> None:
    made, cited = timestamp(datetime.now(UTC)), (f"{article.doc_id}.222-240",)
    for number, verdict in enumerate(("down", "up")):
        given = (
            f"{number}" * 32,
            verdict,
            "wrong",
            "<i>",
            "谁？",
            "answered",
            "某[1]",
            cited,
            "",
            made,
        )
        feedback.record(Judgement(*given))  # type: ignore[arg-type]
    page = client.get("/evals/feedback").text
    assert page.count("做成草稿") == 1 and "&lt;i&gt;" in page
    for _ in range(2):
        assert client.post(f"/evals/feedback/{ID}").headers["location"] == "/evals/golden/1"
    (draft,) = drafts.all()
    assert draft.gold[0].quote == article.text[222:240] and not draft.gold[0].checked
    assert client.post(f"/evals/feedback/{'2' * 32}").status_code == 400
    assert "做成草稿" not in client.get("/evals/feedback").text


def test_a_file_that_fails_is_said(client: TestClient, tmp_path: Any) -> None:
    (tmp_path / "golden.sqlite3").write_bytes(b"x" * 5000)
    page = client.get("/evals/golden")
    assert page.status_code == 400 and "无法读写题目草稿" in page.text


def test_a_large_form_is_cut(client: TestClient, drafts: Drafts) -> None:
    drafts.add([Draft("")])
    client.post(
        "/evals/golden/1",
        data={"question": "问" * 600, "kind": "k" * 99, "outcome": "x", "note": "n" * 400_000},
    )
    (draft,) = drafts.all()
    assert (len(draft.question), len(draft.kind), draft.outcome) == (500, 40, "answered")


def test_pages_show_the_intervals_that_commands_print(client: TestClient, runs: Runs) -> None:
    """The same samples, seed and unit: once with documents drawn, once with single questions."""
    clustered = column("clustered", [0, 0, 1, 1, 0, 1, 1] * 6)
    single = replace(clustered, run_id="single", results=clustered.results[::2])
    for made, unit, mark in ((clustered, "document", ""), (single, "question", "†")):
        runs.add(made)
        printed = run_json(made)["measures"]["R@1"]
        low, high = printed["ci"]
        assert printed["unit"] == unit and low < printed["value"] < high
        shown = (
            f'{printed["value"]:.3f}</span> <span class="cw-ci">{low:.3f}–{high:.3f}{mark}</span>'
        )
        assert shown in client.get(f"/evals/runs/{made.run_id}").text
        assert shown in client.get("/evals").text
        report = client.get(f"/evals/runs/{made.run_id}/export/md").text
        assert f"[{low:.3f}, {high:.3f}]{mark} n={printed['n']}" in report


def test_a_comparison_shows_what_the_command_prints(client: TestClient, runs: Runs) -> None:
    base, other = column("base", [0, 1, 1, 0] * 9), column("other", [1, 1, 1, 0, 1, 0] * 6)
    for made in (base, other):
        runs.add(made)
    page = client.get(f"/evals/runs/{base.run_id}?with={other.run_id}").text.replace("−", "-")
    printed = comparison_json(base, other, compare(base, other))["measures"]["R@1"]
    low, high = printed["ci"]
    assert printed["unit"] == "document" and f"{low:+.3f} – {high:+.3f}</span>" in page
    assert f"{printed['mde']:.3f}</td>" in page
    same = client.get(f"/evals/runs/{base.run_id}?with={base.run_id}").text
    assert "—</td>" in same and "不足以判断" in same and "没有证据" not in same
