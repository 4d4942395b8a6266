"""Settings: defaults, environment, assignments, bounds, and the table in docs/settings.md, which is made from them.

`python tests/test_settings.py` prints that table.
"""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from bot.settings import FOLDERS, KEYS, Settings, has_model, home, load_settings
from corpus import UsageError

DOCS = Path(__file__).parents[2] / "docs/settings.md"


def table(model: type[BaseModel] = Settings, group: str = "") -> list[str]:
    """A row a setting: name, variable, default, allowed values, meaning."""
    rows: list[str] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows += table(field.annotation, f"{group}{name}.")
        else:
            full = f"{group}{name}"
            variable = "CHENGWEN_" + full.upper().replace(".", "__")
            rows.append(
                f"| `{full}` | `{variable}` | `{field.default}` | {allowed(field)} | {field.description} |"
            )
    return rows


def allowed(field: FieldInfo) -> str:
    choices: tuple[Any, ...] = get_args(field.annotation)
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    bounds = {type(m).__name__: m for m in field.metadata}
    if "Ge" in bounds and "Le" in bounds:
        return f"{bounds['Ge'].ge:,} – {bounds['Le'].le:,}"
    return (
        f"{bounds['MinLen'].min_length} – {bounds['MaxLen'].max_length} characters"
        if "MinLen" in bounds
        else "text"
    )


def test_the_documentation_is_the_settings() -> None:
    listed = [
        line for line in DOCS.read_text("utf-8").splitlines() if re.match(r"\| `[a-z._]+` \|", line)
    ]
    assert listed == table(), (
        "run `python tests/test_settings.py` and put its rows into docs/settings.md"
    )


def test_every_setting_has_a_meaning_and_bounds() -> None:
    assert all("| None |" not in row and not row.endswith("| text |") for row in table())


def test_assignments_win_over_the_environment_and_that_over_defaults() -> None:
    environment = {
        "CHENGWEN_RETRIEVAL__K": "7",
        "CHENGWEN_RETRIEVAL__WEIGHT": "0.25",
        "PATH": "/bin",
    }
    settings = load_settings(["retrieval.k = 3", "refusal=off"], environment)
    assert (settings.retrieval.k, settings.retrieval.weight, settings.refusal) == (3, 0.25, "off")
    assert settings.retrieval.candidates == Settings().retrieval.candidates == 100
    assert load_settings([], dict.fromkeys(FOLDERS, "/tmp")) == Settings()


def test_an_assignment_may_hold_an_equals_sign() -> None:
    assert load_settings(["encoder.name=/models/a=b"], {}).encoder.name == "/models/a=b"


@pytest.mark.parametrize(
    ("assignment", "named"),
    [
        ("retrieval.mode=both", "retrieval.mode"),
        ("retrieval.weight=1.01", "retrieval.weight"),
        ("retrieval.weight=nan", "retrieval.weight"),
        ("retrieval.k=0", "retrieval.k"),
        ("retrieval.k=ten", "retrieval.k"),
        ("retrieval.size=5", "retrieval.size"),
        ("retrieval=5", "retrieval"),
        ("retrieval.k.x=5", "retrieval.k"),
        ("encoder.name=", "encoder.name"),
        ("split.size=49", "split.size"),
        ("split.context=on", "split.context"),
        ("api.origins=*", "api.origins"),
        ("api.origins=https://www.example.org/", "api.origins"),
        ("api.proxies=localhost", "api.proxies"),
        ("api.per_minute=0", "api.per_minute"),
        ("retrieval.terms=both", "retrieval.terms"),
        ("retrieval.fusion=scores", "retrieval.fusion"),
        ("retrieval.sentences=on", "retrieval.sentences"),
        ("llm.url=ftp://127.0.0.1/v1", "llm.url"),
        ("llm.url=http://user:word@127.0.0.1/v1", "llm.url"),
        ("llm.url=http://127.0.0.1/v1?key=a", "llm.url"),
        ("llm.url=127.0.0.1:8000/v1", "llm.url"),
        # No address of four numbers, no name of punycode: nothing could be called there.
        ("llm.url=http://256.1.1.1/v1", "llm.url"),
        ("llm.url=http://010.1.1.1/v1", "llm.url"),
        ("llm.url=http://xn--a/v1", "llm.url"),
        ("llm.url=http://[:::]/v1", "llm.url"),
        ("llm.url=http://127.0.0.1:0/v1", "llm.url"),
        ("llm.extra=[]", "llm.extra"),
        ('llm.extra={"top_p": NaN}', "llm.extra"),
        ("llm.extra={", "llm.extra"),
        ('llm.extra={"stream": false}', "llm.extra"),
        ('llm.extra={"messages": []}', "llm.extra"),
        ('llm.extra={"tools": []}', "llm.extra"),
        ("llm.first_seconds=0", "llm.first_seconds"),
        ("llm.whole_seconds=inf", "llm.whole_seconds"),
        ("llm.unsupported=keep", "llm.unsupported"),
        ("llm.key=sk-1", "llm.key"),
        ("reader=llm", "reader=llm"),
        ("encoder.url=http://127.0.0.1/v1", "encoder.url"),
        ("no.such=1", "no"),
        ("k", "k"),
    ],
)
def test_unknown_names_and_values_out_of_bounds_are_refused(assignment: str, named: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings([assignment], {})
    assert named in caught.value.zh and named in caught.value.en
    name, equals, value = assignment.partition("=")
    if equals and name not in KEYS:
        with pytest.raises(UsageError):
            load_settings([], {"CHENGWEN_" + name.upper().replace(".", "__"): value})


def test_a_language_model_needs_an_address_and_a_name() -> None:
    named = ["reader=llm", "llm.url=http://127.0.0.1:11434/v1/", "llm.model=qwen3:4b"]
    settings = load_settings([*named, 'llm.extra={"top_p": 0.8, "temperature": null}'], {})
    assert has_model(settings) and not has_model(Settings())
    assert settings.llm.url == "http://127.0.0.1:11434/v1"
    assert settings.llm.fields == {"top_p": 0.8, "temperature": None}
    for left_out in (1, 2):
        with pytest.raises(UsageError):
            load_settings(named[:left_out] + named[left_out + 1 :], {})


def test_a_key_comes_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-of-the-file\n")
    environment = {"CHENGWEN_LLM__KEY": "sk-of-the-environment"}
    settings = load_settings([], environment)
    assert settings.llm.key.get_secret_value() == "sk-of-the-environment"
    # A file wins, whichever comes first.
    named = {"CHENGWEN_LLM__KEY_FILE": str(file)}
    for both in ({**environment, **named}, {**named, **environment}):
        assert load_settings([], both).llm.key.get_secret_value() == "sk-of-the-file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe", "sk 1", "密钥"])
def test_a_key_that_cannot_be_used_is_refused_and_not_shown(
    content: bytes | str | None, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UsageError) as caught:
        load_settings([], {"CHENGWEN_LLM__KEY_FILE": str(file)})
    said = caught.value.zh + caught.value.en + repr(caught.value.__cause__)
    assert "LLM__KEY" in said or "llm.key" in said
    assert "sk 1" not in said and "密钥" not in said


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().retrieval.k = 5


def test_home_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHENGWEN_HOME", str(tmp_path / "x"))
    assert home() == tmp_path / "x"
    monkeypatch.delenv("CHENGWEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home() == tmp_path / "chengwen"
    # The specification: a relative path is ignored.
    for unusable in ("data", ""):
        monkeypatch.setenv("XDG_DATA_HOME", unusable)
        assert home() == Path.home() / ".local/share/chengwen"


if __name__ == "__main__":
    print("\n".join(table()))
