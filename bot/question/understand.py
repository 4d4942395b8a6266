"""Understands a question: turns what was typed into the `Question` that is searched and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.question.analysis import Question, analyse, as_written, language_of
from bot.question.followup import resolve
from bot.question.metadata import lines_asked
from bot.question.orders import without_orders
from bot.question.readings import Likeness, Meaning, readings
from bot.question.smalltalk import smalltalk_kind, without_courtesy
from bot.question.spelling import Spelling
from corpus.language.glossary import look_up, numbers, synonyms
from corpus.language.text import Segmenter, fold, is_traditional, mainland
from index.snapshot import Snapshot

UNKNOWN_RARITY = 2.0
"""Weight of an English word that the glossary does not have: low, as most are grammar."""

TRANSLATIONS = 2
"""Most Chinese words that are searched for one English phrase."""


@dataclass(frozen=True, slots=True)
class SearchVocabulary:
    """The words of a collection, with which questions are matched.

    `words` are folded. `glossary` maps English phrases to words of the collection, `synonyms`
    everyday words to those that its documents write.
    """

    words: frozenset[str]
    glossary: Mapping[str, list[str]]
    synonyms: Mapping[str, tuple[str, ...]]
    segmenter: Segmenter
    spelling: Spelling

    @classmethod
    def of(cls, snapshot: Snapshot) -> SearchVocabulary:
        """The vocabulary of the documents in `snapshot`."""
        segmenter = snapshot.segmenter
        passages_with = snapshot.lexical.passages_with
        counts = {word: passages_with(word) for word in {*snapshot.words, *segmenter.terms}}
        spelling = Spelling(counts, lambda pair: passages_with(pair) > 0, segmenter)
        known = snapshot.vocabulary.synonyms
        return cls(snapshot.words, snapshot.glossary, known, segmenter, spelling)


def understand(
    asked: str, history: Sequence[Mapping[str, str]], vocabulary: SearchVocabulary
) -> Question:
    """The question that `asked` means after the turns of `history`, oldest first.

    It is in simplified characters, its spelling corrected, completed from the history, and its text
    extended with words of the collection. Its language is the one it was typed in.
    """
    text = simplified(without_orders(asked), vocabulary)
    language = language_of(text)
    if language == "en":
        completed = resolve(text, history, vocabulary.segmenter)
        question = _with_translations(completed, text, vocabulary)
    else:
        corrected = vocabulary.spelling.correct(text)
        completed = resolve(corrected, history, vocabulary.segmenter)
        question = _with_synonyms(completed, vocabulary)
    return replace(question, language=language, smalltalk=smalltalk_kind(asked))


def meanings(
    asked: str, resolved: Question, earlier: Question, vocabulary: SearchVocabulary, alike: Likeness
) -> Sequence[Meaning]:
    """What `asked` may mean after the question `earlier`; `resolved` is the plainest of it."""
    text = vocabulary.spelling.correct(simplified(without_orders(asked), vocabulary))
    typed = analyse(without_courtesy(text), vocabulary.segmenter)
    found = []
    for one in readings(typed, resolved, earlier, vocabulary.segmenter, alike):
        question = one.question
        if question is not resolved:
            question = replace(_with_synonyms(question, vocabulary), language="zh")
        found.append(replace(one, question=question))
    return found


def rephrased(question: Question, rest: str, words: str, vocabulary: SearchVocabulary) -> Question:
    """`question` with the text `rest` in its place, which is searched and read; its terms are those of `words`.

    What is asked for is that of `question` where `words` have no interrogative of their own.
    """
    asked = analyse(words, vocabulary.segmenter)
    if question.language == "en":
        asked = _with_translations(asked, words, vocabulary)
    else:
        asked = _with_synonyms(asked, vocabulary)
    return replace(
        asked,
        asked=question.asked,
        whole=rest,
        text=_extended(rest, asked.text.removeprefix(words).split()),
        language=question.language,
        smalltalk=question.smalltalk,
        news=question.news,
        replaced=question.replaced,
        carried=question.carried,
    )


def simplified(text: str, vocabulary: SearchVocabulary) -> str:
    """Traditional `text` in simplified characters, in the wording better known to the collection."""
    if not is_traditional(text):
        return text

    def known_characters(wording: str) -> int:
        known = vocabulary.words.intersection(vocabulary.segmenter.words(wording))
        return sum(map(len, known))

    return max(fold(text), mainland(text), key=known_characters)


def _with_translations(question: Question, text: str, vocabulary: SearchVocabulary) -> Question:
    """An English question with the Chinese words of the collection that its words may mean."""
    rarity = vocabulary.segmenter.rarity
    terms: dict[str, float] = {}
    alike: dict[str, tuple[str, ...]] = {}
    added: list[str] = []
    found = look_up(" ".join([text, *question.terms]), vocabulary.glossary)
    for english, chinese in found.items():
        added += chinese[:TRANSLATIONS]
        if len(chinese) > 1:
            alike[english] = chinese
        # A stray letter carries no meaning: "><b>x.
        is_stray_letter = len(english) == 1 and english not in vocabulary.words
        if chinese or not is_stray_letter:
            term = chinese[0] if len(chinese) == 1 else english
            terms[term] = max(map(rarity, chinese), default=UNKNOWN_RARITY)
    return replace(
        question,
        text=_extended(question.text, [*dict.fromkeys(added), *lines_asked(question)]),
        terms=terms,
        alike=alike,
        numbers=numbers(text),
    )


def _with_synonyms(question: Question, vocabulary: SearchVocabulary) -> Question:
    """A Chinese question with synonyms for terms that the collection does not have.

    A question about the article itself gets the headings of the lines that answer it instead.
    """
    headings = lines_asked(question)
    if headings:
        return replace(question, text=_extended(question.text, headings))
    alike: dict[str, tuple[str, ...]] = {}
    added: list[str] = []
    for term in question.terms:
        if len(term) > 1 and term not in vocabulary.words:
            alike[term] = tuple(synonyms(term, vocabulary.glossary, vocabulary.words))
            added += alike[term]
    for spoken, written in as_written(question.asked, vocabulary.synonyms).items():
        if spoken in vocabulary.words:
            continue
        known = tuple(word for word in written if word in vocabulary.words)
        added += known
        if spoken in question.terms:
            alike[spoken] = (*alike.get(spoken, ()), *known)
    return replace(question, text=_extended(question.text, dict.fromkeys(added)), alike=alike)


def _extended(text: str, words: Sequence[str] | Mapping[str, object]) -> str:
    return " ".join([text, *words])
