"""/openapi.json: the errors, bodies and streams of every route, and the bounds of every field."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.asking import application

from corpus import Document

BODY = {"400", "403", "405", "408", "413", "415"}
QUESTION = BODY | {"401", "429", "503"}
ERRORS = {
    ("/api/ask", "post"): QUESTION,
    ("/api/search", "post"): QUESTION,
    ("/v1/chat/completions", "post"): QUESTION,
    ("/api/feedback", "post"): BODY | {"503"},
    ("/v1/models", "get"): {"400", "401"},
    ("/v1/models/{name}", "get"): {"400", "401", "404"},
    ("/api/passages/{passage_id}", "get"): {"400", "404"},
    ("/api/suggestions", "get"): {"400", "404"},
    ("/healthz", "get"): {"400"},
    ("/readyz", "get"): {"400"},
}
BODIES = {
    "/api/ask": "AskRequest",
    "/api/search": "SearchRequest",
    "/v1/chat/completions": "ChatRequest",
    "/api/feedback": "FeedbackRequest",
}
ANSWERS = {
    "/api/ask": "AskAnswer",
    "/api/search": "SearchAnswer",
    "/v1/chat/completions": "Completion",
    "/v1/models": "Models",
    "/v1/models/{name}": "Model",
    "/api/passages/{passage_id}": "PassageAnswer",
    "/api/suggestions": "Suggestions",
    "/healthz": "Health",
    "/readyz": "State",
}
WITH_KEY = {"/api/ask", "/api/search", "/v1/chat/completions", "/v1/models", "/v1/models/{name}"}
EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string"},
        "data": {"type": "string"},
        "id": {"type": "string"},
    },
    "required": ["data"],
}


@pytest.fixture(scope="module")
def described(article: Document) -> Any:
    return TestClient(application(article)).get("/openapi.json").json()


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(("path", "method"), ERRORS)
def test_a_route_names_its_errors(described: Any, path: str, method: str) -> None:
    responses = described["paths"][path][method]["responses"]
    assert {status for status in responses if int(status) >= 400} == ERRORS[path, method]
    for status in ERRORS[path, method]:
        schema = responses[status]["content"]["application/json"]["schema"]
        assert schema == reference("Error")
        assert " / " in responses[status]["description"]


@pytest.mark.parametrize(("path", "name"), BODIES.items())
def test_a_route_names_its_body(described: Any, path: str, name: str) -> None:
    body = described["paths"][path]["post"]["requestBody"]
    assert body == {"required": True, "content": {"application/json": {"schema": reference(name)}}}
    assert described["components"]["schemas"][name]["type"] == "object"


@pytest.mark.parametrize(("path", "name"), ANSWERS.items())
def test_a_route_names_its_answer(described: Any, path: str, name: str) -> None:
    (operation,) = described["paths"][path].values()
    content = operation["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == reference(name)
    assert ("text/event-stream" in content) == (path in ("/api/ask", "/v1/chat/completions"))
    if "text/event-stream" in content:
        assert content["text/event-stream"]["schema"] == EVENT
        assert content["text/event-stream"]["example"].startswith("event: status\ndata: {")


def test_a_key_is_described_where_one_may_be_needed(described: Any) -> None:
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation.get("security") == ([{}, {"key": []}] if path in WITH_KEY else None)
    key = described["components"]["securitySchemes"]["key"]
    assert key == {"type": "http", "scheme": "bearer"}


def test_feedback_has_no_content(described: Any) -> None:
    responses = described["paths"]["/api/feedback"]["post"]["responses"]
    assert "content" not in responses["204"] and "200" not in responses


def test_routes_are_in_groups(described: Any) -> None:
    groups: dict[str, set[str]] = {}
    for path, methods in described["paths"].items():
        for operation in methods.values():
            for tag in operation["tags"]:
                groups.setdefault(tag, set()).add(path)
    assert groups["ask"] == {"/api/ask", "/api/search", "/api/feedback"}
    assert groups["v1"] == {"/v1/chat/completions", "/v1/models", "/v1/models/{name}"}
    assert set(groups) == {"ask", "v1", "state"}


def test_what_no_route_answers_is_not_described(described: Any) -> None:
    schemas = described["components"]["schemas"]
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)
    assert not [path for path in described["paths"] if "{rest}" in path or path == "/mcp"]


def test_the_bounds_of_requests(described: Any) -> None:
    schemas = described["components"]["schemas"]
    asked = schemas["AskRequest"]["properties"]
    question = asked["question"]
    assert (question["minLength"], question["maxLength"]) == (1, 500)
    assert question["examples"] == ["杭州健康码日最高使用量是多少？"]
    assert (asked["history"]["maxItems"], asked["history"]["default"]) == (20, [])
    assert asked["stream"]["default"] is True
    turn = schemas["Turn"]["properties"]
    assert turn["role"]["enum"] == ["user", "assistant"] and turn["content"]["maxLength"] == 10_000
    k = schemas["SearchRequest"]["properties"]["k"]
    assert (k["minimum"], k["maximum"], k["default"]) == (1, 100, 10)
    chat = schemas["ChatRequest"]["properties"]
    assert (chat["messages"]["minItems"], chat["messages"]["maxItems"]) == (1, 1000)
    assert (chat["model"]["default"], chat["stream"]["default"]) == ("chengwen", False)
    assert schemas["AskRequest"]["additionalProperties"] is False
    for name in ("AskRequest", "SearchRequest", "ChatRequest"):
        scope = schemas[name]["properties"]["scope"]
        assert scope["anyOf"] == [reference("RequestScope"), {"type": "null"}]
        assert scope["default"] is None and " / " in scope["description"]
    assert schemas["RequestScope"]["additionalProperties"] is False
    bounds = {"doc_ids": (1, 1000), "tags": (1, 100)}
    for name, (fewest, most) in bounds.items():
        names, nothing = schemas["RequestScope"]["properties"][name]["anyOf"]
        assert (names["minItems"], names["maxItems"]) == (fewest, most)
        assert (names["items"]["minLength"], names["items"]["maxLength"]) == (1, 400)
        assert nothing == {"type": "null"}
    assert "additionalProperties" not in schemas["ChatRequest"]


def test_the_form_of_an_answer(described: Any) -> None:
    schemas = described["components"]["schemas"]
    answer = schemas["AskAnswer"]
    assert answer["properties"]["answer_id"]["pattern"] == "^[0-9a-f]{32}$"
    assert answer["properties"]["outcome"]["enum"] == ["answered", "absent", "about"]
    assert answer["properties"]["reader"]["enum"] == ["rules", "neural", "llm"]
    assert answer["properties"]["label"]["enum"] == ["原文摘录", "人工智能生成"]
    assert answer["properties"]["scope"]["$ref"] == reference("ScopeObject")["$ref"]
    assert schemas["Completion"]["properties"]["scope"] == reference("ScopeObject")
    by = schemas["ScopeObject"]["properties"]["by"]["anyOf"][0]["enum"]
    assert by == ["title", "place", "history", "request"]
    # Only what a model wrote says by which.
    assert set(answer["required"]) == set(answer["properties"]) - {"written_by"}
    assert answer["additionalProperties"] is False
    assert schemas["ErrorDetail"]["required"] == ["code", "message"]


def test_what_the_service_is(described: Any) -> None:
    info = described["info"]
    assert info["title"] == "城问 / Chengwen" and "回答" in info["summary"] and info["version"]
