"""What beside the best sentence answers the question itself, and what only shares the name of a document."""

from dataclasses import replace

from bot.question.analysis import Question, analyse
from bot.reader.candidates import Sentence, read_sentences
from bot.reader.new_words import is_asked_beside, says_only_title
from corpus import Document, Passage
from corpus.language.text import Segmenter, sentences

SEGMENTER = Segmenter(["柳湾镇", "游泳馆", "老年卡"])


def read(title: str, text: str) -> list[Sentence]:
    document = Document("d", title, text)
    return read_sentences([Passage(document, a, b) for a, b in sentences(text)], SEGMENTER)


def carrying(asked: str, *carried: str) -> Question:
    question = analyse(asked, SEGMENTER)
    terms = {**question.terms, **dict.fromkeys(carried, 3.0)}
    return replace(question, terms=terms, carried=frozenset(carried))


def test_a_sentence_of_the_question_before_does_not_stand_beside_that_of_this_one() -> None:
    card, ticket = read("价目", "游泳馆收老年卡。门票每张三十元。")
    asked = carrying("老年卡能用吗？", "门票")
    assert not is_asked_beside(asked, card, ticket)
    assert is_asked_beside(asked, card, card)
    assert is_asked_beside(analyse("老年卡能用吗？", SEGMENTER), card, ticket)


def test_the_name_of_the_document_alone_says_nothing_of_what_is_asked() -> None:
    maker, opening = read("柳湾镇游泳馆须知", "柳湾镇人民政府。\n游泳馆早上六点开门。")
    assert says_only_title(analyse("柳湾镇的户口怎么迁？", SEGMENTER), maker)
    assert not says_only_title(analyse("柳湾镇几点开门？", SEGMENTER), opening)
    # 游泳 of 游泳证 is on the title, 游泳证 is not.
    (card,) = read("柳湾镇游泳馆须知", "游泳证两年一换。")
    assert not says_only_title(analyse("柳湾镇的游泳证几年一换？", SEGMENTER), card)
    # All that is asked stands in the title, or nothing of it.
    assert not says_only_title(analyse("柳湾镇游泳馆？", SEGMENTER), maker)
    assert not says_only_title(analyse("户口怎么迁？", SEGMENTER), maker)
