"""Web pages, PDF and other files: of each kind one in the child process, as `load` has it parsed, and the rest here.

Libraries of formats are imported where they are used: in most processes that run tests nothing needs them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pdf import column, pdf

from corpus.errors import DocumentError
from corpus.load import load

pytestmark = pytest.mark.slow


WHOLE = pdf([column(["城市治理。"])])


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".html", ".mhtml", ".pdf", ".docx", ".xlsx", ".csv"])
@settings(max_examples=12, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=60).map(lambda part: WHOLE[:400] + part + WHOLE[400:]),
    )
)
def test_any_bytes_give_a_document_or_a_document_error(suffix: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            assert load(path).text
        except DocumentError as error:
            assert error.zh and error.en
