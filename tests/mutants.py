"""`make mutants`: changes the program in one small place at a time and looks whether a test notices.

Drawn by a seed from all comparisons, constants, `and`/`or`, returns and deleted calls of the files
in FILES, and chosen by hand in CHOSEN. Each mutant first meets the fast tests that import its file,
then all fast tests. Prints a table, and fails where less than LEAST_KILLED of those that change
anything are noticed. Half an hour on two cores.

    python tests/mutants.py                       # all of them
    python tests/mutants.py --only work_queue     # of one file, every mutant there is
    python tests/mutants.py --seed 7 --count 100  # others
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from support.chosen_mutants import CHOSEN, EQUIVALENT

ROOT = Path(__file__).parents[1]
FILES = (
    "bot/earlier_index.py",
    "bot/index_facts.py",
    "bot/library.py",
    "bot/library_additions.py",
    "bot/library_files.py",
    "bot/library_lock.py",
    "bot/set_aside.py",
    "bot/staging.py",
    "bot/web/client_address.py",
    "bot/web/http_errors.py",
    "bot/web/operator_access.py",
    "bot/web/rate_limit.py",
    "bot/web/request_checks.py",
    "bot/web/security_headers.py",
    "bot/web/work_queue.py",
    "bot/evals/compare.py",
    "bot/evals/intervals.py",
    "bot/evals/measures.py",
    "bot/evals/refusal_measures.py",
    "bot/storage/daily_counts.py",
    "index/disk.py",
    "index/manifest.py",
    "index/snapshot.py",
    "index/store.py",
    "index/words.py",
)
"""The library, the server's guards, statistics, measures, store and snapshot."""

SEED = 2026
COUNT = 50
LEAST_KILLED = 0.95
FAST = "not slow and not encoder and not browser"
AT_ONCE = 2
"""Copies of the program in which mutants are tried at the same time."""

PATIENCE = 400
"""Seconds after which tests that do not end have noticed."""

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit of a file: the characters `start` to `end` become `after`."""

    file: str
    line: int
    kind: str
    start: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.kind}: {self.before} → {self.after}"

    def applied(self, text: str) -> str:
        """The text of the file with the edit in it."""
        return text[: self.start] + self.after + text[self.end :]


class Source:
    """The text of a file, and where its nodes are in it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.text = (ROOT / file).read_text("utf-8")
        self.tree = ast.parse(self.text)
        self._lines = [0]
        for line in self.text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """The character at a line (from 1) and a column in bytes of UTF-8, as `ast` counts."""
        start = self._lines[line - 1]
        before = self.text[start : self._lines[line]].encode()[:column]
        return start + len(before.decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node begins and ends, characters."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self.offset(node.lineno, node.col_offset)
        return start, self.offset(node.end_lineno, node.end_col_offset)

    def mutant(self, kind: str, start: int, end: int, after: str) -> Mutant:
        """The edit of one stretch of this file."""
        line = self.text.count("\n", 0, start) + 1
        return Mutant(self.file, line, kind, start, end, self.text[start:end], after)

    def between(self, left: ast.expr, right: ast.expr, word: str) -> tuple[int, int]:
        """Where an operator stands between two operands."""
        start = self.span(left)[1]
        at = self.text.index(word, start, self.span(right)[0])
        return at, at + len(word)


def mutants_of(source: Source) -> Iterator[Mutant]:
    """Every mutant of a file."""
    skipped = words_for_people(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare):
            yield from swapped_comparisons(source, node)
        elif isinstance(node, ast.BoolOp):
            yield from swapped_connectives(source, node)
        elif isinstance(node, ast.Constant) and id(node) not in skipped:
            yield from changed_constant(source, node)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield from changed_return(source, node.value)
        elif isinstance(node, ast.Expr) and is_call(node.value):
            yield source.mutant("call", *source.span(node), "pass")


def swapped_comparisons(source: Source, node: ast.Compare) -> Iterator[Mutant]:
    """`a < b` becomes `a <= b`, `a in b` becomes `a not in b`."""
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        symbol = COMPARISONS[type(operator)]
        original = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "!=": "==", "==": "!="}.get(symbol)
        words = {"in": "not in", "not in": "in", "is": "is not", "is not": "is"}
        written = original or words[symbol]
        yield source.mutant("comparison", *source.between(left, right, written), symbol)


def swapped_connectives(source: Source, node: ast.BoolOp) -> Iterator[Mutant]:
    """`a and b` becomes `a or b`, and the other way round."""
    written, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield source.mutant("and/or", *source.between(left, right, f" {written} "), f" {other} ")


def changed_constant(source: Source, node: ast.Constant) -> Iterator[Mutant]:
    """A number grows by one, a truth is turned round, a word of a protocol gets another letter."""
    value = node.value
    if isinstance(value, bool):
        after = repr(not value)
    elif isinstance(value, int | float):
        after = repr(value + 1)
    elif isinstance(value, str) and value.isascii() and value.strip() and " " not in value:
        after = repr(value + "x")
    else:
        return
    yield source.mutant("constant", *source.span(node), after)


def changed_return(source: Source, value: ast.expr) -> Iterator[Mutant]:
    """A function that answers yes or no answers the opposite, any other gives nothing."""
    start, end = source.span(value)
    if isinstance(value, ast.Constant) and value.value is None:
        return
    is_truth = isinstance(value, ast.Compare | ast.BoolOp) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    )
    after = f"not ({source.text[start:end]})" if is_truth else "None"
    yield source.mutant("return", start, end, after)


def is_call(value: ast.expr) -> bool:
    """Whether an expression calls a function, perhaps awaiting it."""
    inner = value.value if isinstance(value, ast.Await) else value
    return isinstance(inner, ast.Call)


def words_for_people(tree: ast.Module) -> set[int]:
    """Constants that no test need know: docstrings, annotations, what is logged or raised, and
    pieces of f-strings."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.append(node.value)
        elif isinstance(node, ast.JoinedStr | ast.Raise):
            inside.append(node)
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            inside.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            inside.append(node.returns)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
            inside.append(node)
        for part in inside:
            skipped |= {id(constant) for constant in ast.walk(part)}
    return skipped


def drawn(seed: int, count: int) -> list[Mutant]:
    """`count` of all mutants of FILES, in the order of the files."""
    every = [mutant for file in FILES for mutant in mutants_of(Source(file))]
    chosen = random.Random(seed).sample(every, min(count, len(every)))
    return sorted(chosen, key=lambda mutant: (mutant.file, mutant.start))


def chosen_by_hand() -> list[Mutant]:
    """The mutants of CHOSEN. Raises ValueError where the text to change is not there just once."""
    found = []
    for file, before, after in CHOSEN:
        source = Source(file)
        if source.text.count(before) != 1:
            raise ValueError(f"{file} has {source.text.count(before)} times: {before}")
        start = source.text.index(before)
        found.append(source.mutant("chosen", start, start + len(before), after))
    return found


def tests_of(file: str) -> list[str]:
    """The test files that import a module, its namesake first."""
    module = file.removesuffix(".py").replace("/", ".")
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text("utf-8")
        if f"from {module} import" in text or f"import {module}\n" in text:
            found.append(path.relative_to(ROOT).as_posix())
    namesake = f"test_{Path(file).stem}.py"
    return sorted(found, key=lambda path: not path.endswith(namesake))


def copy_program(folder: Path) -> None:
    """Every file that git tracks, into an empty folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def failing_test(folder: Path, tests: list[str]) -> str:
    """The first test that fails in the copy, or empty where all pass."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", FAST]
    try:
        done = subprocess.run(
            [*command, *tests],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return "no end"
    # 5: no test was selected, so none noticed.
    if done.returncode in (0, 5):
        return ""
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0].split(" - ")[0].removeprefix("FAILED ") if lines else "tests do not start"


def noticed_by(mutant: Mutant, folder: Path) -> str:
    """The first fast test that fails with the mutant in place, or empty where none does."""
    path = folder / mutant.file
    original = path.read_text("utf-8")
    path.write_text(mutant.applied(original), "utf-8")
    try:
        near = tests_of(mutant.file)
        return (failing_test(folder, near) if near else "") or failing_test(folder, ["tests"])
    finally:
        path.write_text(original, "utf-8")


def run(mutants: list[Mutant]) -> list[tuple[Mutant, str]]:
    """Each mutant with the test that noticed it, empty where none did; in the order given."""
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(AT_ONCE) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            folder = Path(place, str(number))
            folder.mkdir()
            copy_program(folder)
            copies.put(folder)

        def tried(mutant: Mutant) -> tuple[Mutant, str]:
            folder = copies.get()
            try:
                found = noticed_by(mutant, folder)
            finally:
                copies.put(folder)
            print(f"{'killed  ' if found else 'SURVIVED'} {mutant}", file=sys.stderr, flush=True)
            return mutant, found

        return list(pool.map(tried, mutants))


def equivalent(mutant: Mutant) -> str:
    """Why a mutant changes nothing that anyone could see, or empty."""
    line = (ROOT / mutant.file).read_text("utf-8").splitlines()[mutant.line - 1].strip()
    return EQUIVALENT.get((mutant.file, line, mutant.after), "")


def table(found: list[tuple[Mutant, str]]) -> str:
    """A line a mutant, and the share that was noticed."""
    lines = []
    killed = same = 0
    for mutant, test in found:
        reason = "" if test else equivalent(mutant)
        killed += bool(test)
        same += bool(reason)
        outcome = f"killed by {test}" if test else f"changes nothing: {reason}"
        lines.append(f"| {mutant} | {outcome if test or reason else 'SURVIVED'} |")
    rest = len(found) - same
    share = killed / rest if rest else 1.0
    lines.append(
        f"{len(found)} mutants, {same} change nothing, {killed} of {rest} killed: {share:.1%}"
    )
    return "\n".join(lines)


def main() -> None:
    """Reads the command line and prints the table."""
    parser = argparse.ArgumentParser(prog="python tests/mutants.py", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--only", help="all mutants of the files whose path has this in it")
    arguments = parser.parse_args()
    if arguments.only:
        files = [file for file in FILES if arguments.only in file]
        mutants = [mutant for file in files for mutant in mutants_of(Source(file))]
    else:
        mutants = [*drawn(arguments.seed, arguments.count), *chosen_by_hand()]
    found = run(mutants)
    print(table(found))
    survived = sum(not test and not equivalent(mutant) for mutant, test in found)
    sys.exit(survived > (1 - LEAST_KILLED) * len(found))


if __name__ == "__main__":
    main()
