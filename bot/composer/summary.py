"""What a document says on the whole: of each of its parts the sentence that says most."""

from __future__ import annotations

from bot.composer.composition import Composition
from bot.composer.sources import Material


def summarise(material: Material) -> Composition | None:
    """The outline of the document meant, with a sentence of each part."""
    return None
