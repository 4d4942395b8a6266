"""What a language model is asked: the question, the last turns, and numbered sentences to answer from.

All its words are in prompt.toml. There are two messages, because some templates refuse turns that do
not alternate, and the turns of a conversation need not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answer import Citation
from bot.extract import Extract
from bot.llm.budgets import estimated_tokens
from bot.llm.chat_server import Message
from bot.llm.neutral import neutral

PROMPT_FILE = Path(__file__).with_name("prompt.toml")

TOKENS_AT_MOST = 1_500
"""Of a prompt. A server whose context is 2,048 tokens, the least in use, has room for an answer then."""

TURNS_SHOWN = 4
"""The last turns of a conversation that a model sees."""

TURN_LIMIT = 120
"""Characters of each of them."""

FEWEST_WITH_TURNS = 4
"""Candidates that are worth more than the turns before a question."""

TITLE_LIMIT, HEADING_LIMIT = 40, 30
"""Characters of a title and a heading, as they stand before a sentence."""

COLON = "："
"""Behind the title and the heading of a sentence."""

_BEHIND_TITLE = (COLON, " ", "。")
"""What follows a title that was copied: a colon, a space where a mark stood, or nothing more."""

Turns = tuple[Mapping[str, str], ...]

_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(PROMPT_FILE.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages for a model, and the candidates shown in them: number n is candidates[n - 1]."""

    messages: tuple[Message, ...]
    candidates: tuple[Citation, ...]

    @property
    def tokens(self) -> int:
        """How many tokens the messages have at most; see `estimated_tokens`."""
        return estimated_tokens(message["content"] for message in self.messages)


def prompt_for(extract: Extract) -> Prompt:
    """The prompt for an extract, with as many of its candidates as TOKENS_AT_MOST leave room for.

    The first candidate is always shown, and the turns of the conversation only where there is room.
    """
    words = _WORDS[extract.answer.language]
    for turns, count in _preferences(extract):
        prompt = _prompt(words, extract, turns, count)
        if prompt.tokens <= TOKENS_AT_MOST:
            return prompt
    return _prompt(words, extract, (), 1)


def _preferences(extract: Extract) -> Iterator[tuple[Turns, int]]:
    """The turns and how many candidates a prompt may have, the best first."""
    turns = extract.history[-TURNS_SHOWN:]
    every = len(extract.candidates)
    for count in range(every, min(every, FEWEST_WITH_TURNS) - 1, -1):
        yield turns, count
    for count in range(every, 0, -1):
        yield (), count


def _prompt(words: Mapping[str, str], extract: Extract, turns: Turns, count: int) -> Prompt:
    """The prompt with the first `count` candidates."""
    shown = extract.candidates[:count]
    said = [_turn(words, turn) for turn in turns]
    before = words["before"].format(turns="\n".join(said)) if said else ""
    rules = words["rules"]
    user = words["user"].format(
        before=before, material=_material(shown), rules=rules, question=neutral(extract.asked)
    )
    system = words["system"].format(rules=rules)
    return Prompt((_message("system", system), _message("user", user)), shown)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _material(shown: Sequence[Citation]) -> str:
    """A line for each sentence. A title that all have in common stands once, before them.

    Before each of them, a small model copied it into its answer.
    """
    titles = [_title(citation) for citation in shown]
    has_one_title = len(set(titles)) == 1
    lines = [titles[0]] if has_one_title and titles[0] else []
    for number, (title, citation) in enumerate(zip(titles, shown, strict=True), 1):
        heading = _heading(citation)
        named = heading if has_one_title else title + heading
        colon = COLON if named else ""
        lines.append(f"[{number}] {named}{colon}{neutral(citation.shown)}")
    return "\n".join(lines)


def without_label(text: str, shown: Sequence[Citation]) -> str:
    """A sentence without the title and heading that it begins with, as a line of the material does.

    Small models copy such lines: 《供热办法》价格：供热价格由市人民政府制定。 A title that belongs to
    the sentence stays: 《供热办法》规定了供热期。
    """
    headings = {_heading(citation) + COLON for citation in shown}
    for title in {_title(citation) for citation in shown}:
        rest = text.removeprefix(title)
        if rest != text and rest.startswith((*_BEHIND_TITLE, *headings)):
            text = rest.lstrip(COLON + " ")
    for heading in headings:
        text = text.removeprefix(heading)
    return text


def _title(citation: Citation) -> str:
    """《供热条例》"""
    title = _clipped(neutral(citation.document.name), TITLE_LIMIT)
    return f"《{title}》" if title else ""


def _heading(citation: Citation) -> str:
    return _clipped(neutral(citation.section), HEADING_LIMIT)


def _turn(words: Mapping[str, str], turn: Mapping[str, str]) -> str:
    text = _clipped(neutral(turn["content"]), TURN_LIMIT)
    return words[f"turn_{turn['role']}"].format(text=text)


def _clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
