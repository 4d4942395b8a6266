"""How the code reads, in numbers: `python tests/density.py [--root CHECKOUT] [FOLDER …]`.

Prints the files, the tokens a line of code and a statement, comprehensions, wide lines, comment
lines, rooms (folders and modules of bot/, index, corpus) with the arrows between them, and the ten
longest statements. Nothing is held to them: they are read, and judged.
"""

from __future__ import annotations

import argparse
import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARY = ("corpus", "index", "bot", "app.py")
WIDTH = 100
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.Raise, ast.Assert)
LAYOUT = (
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.COMMENT,
)


def files_of(root: Path, folders: list[str]) -> Iterator[Path]:
    """The Python files of the folders, sorted."""
    for folder in folders:
        path = root / folder
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def tokens_of(text: str) -> list[tokenize.TokenInfo]:
    """The tokens of a file that are code; a string is none, for it is read as one thing."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in LAYOUT and token.type != tokenize.STRING:
            found.append(token)
    return found


def count(text: str) -> Counter[str]:
    """What is counted in one file."""
    counts: Counter[str] = Counter(files=1)
    tokens = tokens_of(text)
    counts["tokens"] = len(tokens)
    counts["code lines"] = len({token.start[0] for token in tokens})
    for line in text.splitlines():
        counts["lines"] += 1
        counts["wide"] += len(line) > WIDTH
        counts["comments"] += line.lstrip().startswith("#")
    for node in ast.walk(ast.parse(text)):
        counts["statements"] += isinstance(node, ast.stmt)
        if isinstance(node, COMPREHENSIONS):
            counts["comprehensions"] += 1
            inner = [one for one in ast.walk(node) if isinstance(one, COMPREHENSIONS)]
            counts["nested"] += len(inner) > 1
    return counts


def longest_statements(path: Path) -> Iterator[tuple[int, str]]:
    """(tokens, where) of the simple statements of a file."""
    text = path.read_text("utf-8")
    lines = [token.start[0] for token in tokens_of(text)]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, SIMPLE) and node.end_lineno:
            inside = sum(node.lineno <= line <= node.end_lineno for line in lines)
            yield inside, f"{path}:{node.lineno}"


def room_of(module: str) -> str:
    """The room of a dotted module: bot.web, bot.service, index."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "bot" else parts[0]


def arrows_of(root: Path, paths: list[Path]) -> set[tuple[str, str]]:
    """(room, room that it imports from) for every two rooms."""
    found = set()
    for path in paths:
        room = room_of(".".join(path.relative_to(root).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                other = room_of(node.module)
                if other != room and other.split(".")[0] in ("bot", "index", "corpus"):
                    found.add((room, other))
    return found


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python tests/density.py", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("folders", nargs="*", default=LIBRARY)
    arguments = parser.parse_args()
    paths = list(files_of(arguments.root, list(arguments.folders)))
    total: Counter[str] = Counter()
    longest: list[tuple[int, str]] = []
    for path in paths:
        total += count(path.read_text("utf-8"))
        longest += longest_statements(path)
    code = total["code lines"]
    print(f"files                           {total['files']}")
    print(f"lines                           {total['lines']}")
    print(f"tokens a line of code           {total['tokens'] / code:.1f}")
    print(f"tokens a statement              {total['tokens'] / total['statements']:.1f}")
    print(f"comprehensions per 100 lines    {100 * total['comprehensions'] / code:.1f}")
    print(f"comprehensions inside others    {total['nested']}")
    print(f"lines over {WIDTH} characters      {100 * total['wide'] / total['lines']:.1f} %")
    print(f"comment lines                   {100 * total['comments'] / total['lines']:.1f} %")
    arrows = arrows_of(arguments.root, paths)
    rooms = {room for arrow in arrows for room in arrow}
    print(f"rooms, and arrows between them  {len(rooms)}, {len(arrows)}")
    print("longest statements, in tokens:")
    for tokens, where in sorted(longest, reverse=True)[:10]:
        print(f"  {tokens:4} {Path(where).relative_to(arguments.root)}")


if __name__ == "__main__":
    main()
