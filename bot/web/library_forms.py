"""What the page of documents sends when they are accepted, put right or discarded."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from bot.corrections import Fields, checked

AT_ONCE = 50
"""Files that one request accepts: the index is written once for all of them."""

# What parts the tags that a person types: 养老、住房, welfare; housing
_BETWEEN_TAGS = re.compile("[、，,;；\n]")


class FieldsForm(BaseModel):
    """The fields of a document, as they were typed; `tags` in one line."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field("", max_length=300)
    source: str = Field("", max_length=300)
    published: str = Field("", max_length=10)
    url: str = Field("", max_length=2000)
    tags: str = Field("", max_length=1000)

    def fields(self) -> Fields:
        """The fields, checked. Raises UsageError."""
        tags = tuple(_BETWEEN_TAGS.split(self.tags))
        return checked(Fields(self.title, self.source, self.published, self.url, tags))


class AcceptedFile(FieldsForm):
    """A file that waits, and what was put right of it."""

    key: str = Field(max_length=64)


class AcceptForm(BaseModel):
    """Files that are to become documents."""

    files: list[AcceptedFile] = Field(min_length=1, max_length=AT_ONCE)


class DiscardForm(BaseModel):
    """The keys of files that are not to become documents."""

    keys: list[str] = Field(max_length=1000)
