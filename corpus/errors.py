"""The errors that a person may see.

Each says in Chinese and in English what is wrong, where, and what to do.

ChengwenError                 exit code 2
├── UsageError                2   a wrong option, setting or question
├── DocumentError             2   a file that cannot become a document
├── EncoderUnavailable        2   no such model, or damaged; the lexical half still works
├── IndexDamaged              3   a file of the index is missing, changed or truncated
├── IndexForeign              3   made by another encoder, or by another version of the format
├── IndexUnavailable          2   the folder of the index is full, read-only, not permitted
└── IndexLocked               4   another process is writing
"""

from __future__ import annotations

import sys
from collections.abc import Callable


class ChengwenError(Exception):
    """The root of all errors that a person may see.

    `code` is a stable word that programs can test; `exit_code` is the exit status of a command.
    """

    code = "error"
    exit_code = 2

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en

    def message(self, language: str) -> str:
        """The message in `language`: "zh", "zh-Hant" or "en"."""
        if language == "zh-Hant":
            # Loads a dictionary: only where one reads traditional characters.
            from corpus.language.text import traditional

            return traditional(self.zh)
        return self.en if language == "en" else self.zh


class UsageError(ChengwenError):
    """A wrong option, setting or question."""

    code = "usage"


class DocumentError(ChengwenError):
    """A file that cannot become a document."""

    code = "document"


class EncoderUnavailable(ChengwenError):
    """The encoder cannot be loaded."""

    code = "encoder_unavailable"


class IndexDamaged(ChengwenError):
    """A file of the index is missing, changed or truncated."""

    code = "index_damaged"
    exit_code = 3


class IndexForeign(ChengwenError):
    """The index was made by another encoder or another version of the format."""

    code = "index_foreign"
    exit_code = 3


class IndexUnavailable(ChengwenError):
    """The folder of the index cannot be read or written: full, read-only, not permitted.

    Its content is unharmed.
    """

    code = "index_unavailable"


class IndexLocked(ChengwenError):
    """Another process is writing the index."""

    code = "index_locked"
    exit_code = 4


def ended(main: Callable[[], int]) -> int:
    """Runs the `main` of a module and returns its exit status; an error goes to standard error."""
    try:
        return main()
    except ChengwenError as error:
        sys.stderr.write(error.message("zh") + "\n")
        return error.exit_code
