"""The content of a PDF page as operators and operands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.intake.pdf.operators import Operand, operators


@pytest.mark.parametrize(
    ("content", "operands"),
    [
        (b"1 -.5 +3. --5 Tm", [1.0, -0.5, 3.0, -5.0]),
        (b"/F1 12 Tf", ["/F1", 12.0]),
        (b"/A#20B gs", ["/A B"]),
        (b"(plain) Tj", [b"plain"]),
        (rb"(a \(b\) (c) \\ \053\n\x) Tj", [b"a (b) (c) \\ +\nx"]),
        (b"(cut \\\nhere) Tj", [b"cut here"]),
        (b"<4E 00 4> Tj", [b"\x4e\x00\x40"]),
        (b"[(A) -120 <42>] TJ", [[b"A", -120.0, b"B"]]),
        (
            b"/Span << /ActualText <FEFF> /N [1 2] >> BDC",
            ["/Span", {"/ActualText": b"\xfe\xff", "/N": [1.0, 2.0]}],
        ),
        (b"% (a comment) Tj\n2 w", [2.0]),
    ],
)
def test_operands_of_each_kind(content: bytes, operands: list[Operand]) -> None:
    (found,) = operators(content)
    assert found[1] == operands


def test_an_image_in_the_content_is_passed_over() -> None:
    content = b"BI /W 2 ID (\x00EI[<\n EI (a) Tj"
    assert [operator for operator, _ in operators(content)] == [b"BI", b"Tj"]


def test_an_array_that_is_not_closed_ends_with_its_operator() -> None:
    assert list(operators(b"[(a) TJ (b) Tj")) == [(b"TJ", []), (b"Tj", [b"b"])]


@given(st.text("()<>[]/\\%q1.-+ TJBIDE\n'\"", max_size=60))
def test_any_content_ends(content: str) -> None:
    assert len(list(operators(content.encode("latin-1")))) <= len(content)
