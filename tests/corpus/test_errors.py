"""Every error has its word, its exit status and its message in two languages."""

import pytest

import corpus
import corpus.errors as errors
import index.disk
from corpus.errors import ChengwenError

STATUS = {
    "UsageError": ("usage", 2),
    "DocumentError": ("document", 2),
    "EncoderUnavailable": ("encoder_unavailable", 2),
    "IndexDamaged": ("index_damaged", 3),
    "IndexForeign": ("index_foreign", 3),
    "IndexUnavailable": ("index_unavailable", 2),
    "IndexLocked": ("index_locked", 4),
}


def test_the_tree_is_whole() -> None:
    # The web door adds an error of its own; it is drawn where it lives.
    ours = [kind for kind in ChengwenError.__subclasses__() if kind.__module__ == errors.__name__]
    assert {kind.__name__: (kind.code, kind.exit_code) for kind in ours} == STATUS
    assert (ChengwenError.code, ChengwenError.exit_code) == ("error", 2)


@pytest.mark.parametrize("name", STATUS)
def test_the_docstring_draws_it_and_the_package_exports_it(name: str) -> None:
    drawn = next(line.split() for line in str(errors.__doc__).splitlines() if f"─ {name}" in line)
    assert drawn[2] == str(STATUS[name][1])
    assert getattr(corpus, name) is getattr(errors, name)


def test_messages() -> None:
    error = errors.IndexLocked("索引正在写入", "the index is being written")
    assert (error.message("zh"), error.message("en"), str(error)) == (
        error.zh,
        error.en,
        "索引正在写入",
    )


def test_the_disk_raises_the_one_of_the_tree() -> None:
    assert index.disk.IndexUnavailable is errors.IndexUnavailable


def test_a_module_run_by_itself_tells_its_error_and_ends_with_its_status(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails() -> int:
        raise errors.IndexDamaged("索引损坏。", "The index is damaged.")

    assert errors.ended(lambda: 0) == 0
    assert errors.ended(fails) == 3 and capsys.readouterr().err == "索引损坏。\n"
