"""Chooses the composer for the form that a question asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.composer.comparison import compare
from bot.composer.composition import Absence, ComposedForm, Composition
from bot.composer.documents import documents_on
from bot.composer.each import one_for_each
from bot.composer.gathering import gathered
from bot.composer.mention import look_for
from bot.composer.others import agreed
from bot.composer.places import list_or_places
from bot.composer.proposals import proposals
from bot.composer.rows import is_one_row, rows_asked_for
from bot.composer.sources import Material
from bot.composer.summary import summarise
from bot.composer.yes_no import settle
from bot.question.agreeing import asks_agreement
from bot.question.comparing import asks_no_sides
from bot.question.forms import AskedForm

Composer = Callable[[Material], Composition | Absence | None]
"""Puts an answer together, or finds that the question is better answered by a single fact."""

COMPOSERS: Mapping[AskedForm, Composer] = {
    "summary": summarise,
    "comparison": compare,
    "documents": documents_on,
    "mention": look_for,
    "each": one_for_each,
    "list": list_or_places,
    "yes_no": settle,
}

UNREAD: frozenset[AskedForm] = frozenset({"summary", "comparison", "documents", "mention"})
"""Forms for which the network reads nothing: what they cite is chosen otherwise."""

GATHERED: Mapping[AskedForm, ComposedForm] = {
    "summary": "summary",
    "comparison": "comparison",
    "each": "list",
    "list": "list",
}
"""Forms for which sentences are gathered where no composer finds what it needs, and what they make."""


AGREED: frozenset[AskedForm] = frozenset({"comparison", "each", "fact", "list", "yes_no"})
"""Forms for which several documents that say the same are told side by side: where the question asks
whether they do, or one alone does not answer.
"""


def compose_unread(material: Material) -> Composition | Absence | None:
    """The composed answer for which the network reads nothing: rows of a table, or that of some forms."""
    if not _asks_agreement(material):
        rows = rows_asked_for(material)
        if rows is not None:
            return rows
        if is_one_row(material):
            return None
    return COMPOSERS[material.form](material) if _is_unread(material) else None


def _is_unread(material: Material) -> bool:
    return material.form in UNREAD and not _asks_agreement(material)


def _asks_agreement(material: Material) -> bool:
    return material.form in AGREED and asks_agreement(material.question.whole)


def _is_alone(material: Material) -> bool:
    """Whether one sentence answers a question that compares no two things: with the past, or for the most."""
    if material.form != "comparison" or not material.is_answered:
        return False
    return asks_no_sides(material.question.whole)


def compose(material: Material) -> Composition | Absence | None:
    """The composed answer of the form that is asked for, or else what is gathered for it.

    None where a single fact answers better, or nothing does.
    """
    form = material.form
    if _asks_agreement(material):
        found = agreed(material)
        if found is not None:
            return found
    elif is_one_row(material):
        return None
    composed = None
    if form in COMPOSERS and not _is_unread(material):
        composed = COMPOSERS[form](material)
    if composed is None:
        composed = proposals(material)
    if composed is None and form in GATHERED and not _is_alone(material):
        return gathered(GATHERED[form], material)
    if composed is None and form in AGREED:
        return agreed(material)
    return composed
