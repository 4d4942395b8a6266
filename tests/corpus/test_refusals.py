"""What the machine refuses is said in words, whatever an error lacks."""

import errno
import os
import resource
from pathlib import Path

import numpy as np
import pytest
from support.faults import reap, spawn

from corpus.refusals import refusal_of


def test_known_refusals_say_what_to_do_in_both_languages() -> None:
    full = refusal_of(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert (full.zh, full.remedy_zh) == ("磁盘已满", "请腾出空间")
    assert (full.en, full.remedy_en) == ("the disk is full", "free some space")
    for code in (errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO):
        known = refusal_of(OSError(code, os.strerror(code)))
        assert known.is_known and all((known.zh, known.en, known.remedy_zh, known.remedy_en))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ELOOP, "Too many levels"), "Too many levels"),
        (OSError("something else"), "something else"),
        (OSError(), "OSError"),
        (BlockingIOError(), "BlockingIOError"),
    ],
)
def test_any_other_refusal_is_said_in_the_words_it_has(error: OSError, said: str) -> None:
    refusal = refusal_of(error)
    assert (refusal.zh, refusal.en, refusal.is_known) == (said, said, False)
    assert "请检查" in refusal.remedy_zh and "check" in refusal.remedy_en


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_array_that_is_cut_short_is_known(tmp_path: Path) -> None:
    """NumPy gives no reason for it: the limit of a file's size stands for a full disk here."""

    def write() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        with pytest.raises(OSError, match="requested") as caught:
            np.zeros(10_000).tofile(tmp_path / "array")
        assert caught.value.errno is None and caught.value.strerror is None
        refusal = refusal_of(caught.value, tmp_path)
        assert refusal.is_known and "没有写完" in refusal.zh and "not written" in refusal.en
        assert "腾出空间" in refusal.remedy_zh
        assert refusal_of(caught.value, tmp_path / "none") == refusal

    assert reap(spawn(write)) == 0


def test_an_array_on_a_full_disk_says_that_it_is_full(small_disk: Path) -> None:
    with pytest.raises(OSError, match="requested") as caught:
        np.zeros(1_000_000).tofile(small_disk / "array")
    assert refusal_of(caught.value, small_disk).zh == "磁盘已满"
    (small_disk / "array").unlink()
    assert "没有写完" in refusal_of(caught.value, small_disk).zh
