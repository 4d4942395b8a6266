"""Chooses the composer for the form that a question asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.composer.comparison import compare
from bot.composer.composition import Absence, Composition
from bot.composer.documents import documents_on
from bot.composer.each import one_for_each
from bot.composer.lists import list_points
from bot.composer.mention import look_for
from bot.composer.sources import Material
from bot.composer.summary import summarise
from bot.composer.yes_no import settle
from bot.question.forms import AskedForm

Composer = Callable[[Material], Composition | Absence | None]
"""Puts an answer together, or finds that the question is better answered by a single fact."""

COMPOSERS: Mapping[AskedForm, Composer] = {
    "summary": summarise,
    "comparison": compare,
    "documents": documents_on,
    "mention": look_for,
    "each": one_for_each,
    "list": list_points,
    "yes_no": settle,
}

UNREAD: frozenset[AskedForm] = frozenset({"summary", "comparison", "documents", "mention"})
"""Forms for which the network reads nothing: what they cite is chosen otherwise."""


def compose(material: Material) -> Composition | Absence | None:
    """The composed answer of the form that is asked for; None where a single fact answers better, or nothing does."""
    composer = COMPOSERS.get(material.form)
    return composer(material) if composer else None
