"""What is asked of a small library, and the windows that are kept of it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from conftest import BigramEncoder
from support.characters import character_tokenizer, text_of

from bot.reader.network import LONGEST, Windows
from bot.service import Service
from bot.settings import Settings
from bot.training.data import Sample
from bot.training.makers.made import Made
from bot.training.makers.making import made_from
from bot.training.makers.swaps import swaps
from bot.training.served.asking import NEGATIVES, OF_SWAP, Asker, Served
from bot.training.served.libraries import Library, spread
from corpus import Document
from corpus.document import Span
from corpus.language.text import fold
from index.snapshot import build

LAW = (
    "第一条 本条例所称大型犬，是指体高超过{height}厘米的犬只。\n"
    "第二条 养犬人应当自取得犬只之日起{days}日内，到所在地公安机关办理养犬登记。\n"
    "第三条 携犬出户不牵犬绳的，由公安机关处{fine}元以下罚款。\n"
    "第四条 市公安机关负责养犬管理工作，城市管理部门负责查处占道售犬行为。\n"
    "第五条 下列场所不得携犬进入，导盲犬除外：学校、医院、影剧院、餐饮场所、公共交通工具。\n"
    "第六条 重点管理区内每户限养{most}只犬，不得饲养烈性犬。\n"
    + "城市管理部门应当加强宣传。"
    * 30
    + "\n"
    "第七条 本条例自{year}年5月1日起施行。\n"
)


def law(city: str, number: int) -> Document:
    text = LAW.format(
        height=40 + number,
        days=20 + number,
        fine=300 + 50 * number,
        most=2 + number,
        year=2010 + number,
    )
    return Document(f"law-{number}", f"{city}养犬管理条例", text)


DOCUMENTS = tuple(law(city, number) for number, city in enumerate(("济南市", "昆明市", "洛阳市")))
TOKENIZER = character_tokenizer([f"{d.title}{d.text}" for d in DOCUMENTS])


@cache
def asker(source: str = "laws") -> Asker:
    encoder = BigramEncoder()
    service = Service(build(DOCUMENTS, encoder), encoder, Settings())
    return Asker(Library(source, DOCUMENTS, ()), service, Windows(TOKENIZER))


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def asked(question: str, answer: str, document: Document = DOCUMENTS[0]) -> Made:
    start = document.text.index(answer)
    line = document.text.rindex("\n", 0, start) + 1 if "\n" in document.text[:start] else 0
    cited = Span(line, document.text.index("\n", start))
    return Made(document, question, Span(start, start + len(answer)), cited, "number", "amounts")


DAYS = asked("《济南市养犬管理条例》里，养犬登记要多少日内办？", "20日")


@cache
def made() -> tuple[Made, ...]:
    return tuple(one for document in DOCUMENTS for one in made_from(document))


@cache
def windows() -> tuple[tuple[Made, tuple[Served, ...]], ...]:
    return tuple((one, tuple(asker().windows_of(one, rng()))) for one in (DAYS, *made()))


def shown(sample: Sample) -> str:
    return text_of(TOKENIZER, sample.ids.tolist())


def test_the_answer_is_read_back_from_the_window() -> None:
    found = [(one, served[0].sample) for one, served in windows() if served]
    assert len(found) > 10
    for one, sample in found:
        inside = sample.ids[sample.start : sample.end + 1].tolist()
        assert text_of(TOKENIZER, inside) == fold(one.answer_text)


def test_no_window_without_an_answer_holds_it() -> None:
    negatives = 0
    for one, served in windows():
        for other in served[1:]:
            negatives += 1
            assert other.sample.start == other.sample.end == 0
            text = shown(other.sample).split("</s>")[-2]
            assert fold(one.answer_text) not in text and fold(one.cited_text) not in text
    assert negatives > 10


def test_an_answer_has_two_or_three_windows_without_it_beside_it() -> None:
    assert {len(served) - 1 for one, served in windows() if one == DAYS} <= set(NEGATIVES)
    assert all(len(served) - 1 <= max(NEGATIVES) for _, served in windows())


def test_no_passage_is_shown_twice_without_an_answer() -> None:
    unnamed = asked("养犬登记要多少日内办？", "20日")
    for seed in range(40):
        served = asker("cmrc").windows_of(unnamed, np.random.default_rng(seed))
        shown_of = [(one.document.doc_id, one.sample.ids.tobytes()) for one in served[1:]]
        assert len(set(shown_of)) == len(shown_of)


def test_a_window_is_laid_out_as_the_network_reads_it() -> None:
    sample = asker().windows_of(DAYS, rng())[0].sample
    head, context, text = (
        shown(sample).removeprefix("<s>").replace("</s></s>", "</s>").split("</s>")[:3]
    )
    # The title is cut from the question, and stands in the context.
    assert "养犬登记" in head and "济南" not in head and head.startswith("query:")
    assert fold(DOCUMENTS[0].title) in context and "公安机关办理" in text
    assert len(sample.ids) <= LONGEST


def test_of_regulations_another_is_no_negative_unless_the_question_names_its_own() -> None:
    unnamed = asked("养犬登记要多少日内办？", "20日")
    draws = [asker().windows_of(unnamed, np.random.default_rng(seed)) for seed in range(12)]
    of = {served.document.doc_id for drawn in draws for served in drawn}
    assert of == {"law-0"}
    named = [asker().windows_of(DAYS, np.random.default_rng(seed)) for seed in range(12)]
    assert len({served.document.doc_id for drawn in named for served in drawn}) > 1
    # Encyclopaedias and news are not alike in this way.
    draws = [asker("cmrc").windows_of(unnamed, np.random.default_rng(seed)) for seed in range(12)]
    assert len({served.document.doc_id for drawn in draws for served in drawn}) > 1


def test_a_swap_is_not_answered_by_the_passage_that_seems_to() -> None:
    options = list(swaps(DAYS))
    assert options
    for swap in options:
        served = asker().windows_of_swap(swap, rng())
        assert 0 < len(served) <= OF_SWAP
        assert all(one.sample.start == 0 and one.document is DOCUMENTS[0] for one in served)
        assert "20日" in shown(served[0].sample)


def test_what_the_network_would_not_read_is_left_out() -> None:
    # A work that is not held is refused by its name; English is read by rules.
    for question in ("《青岛市养犬管理条例》里，几日内登记？", "When do I register a dog?"):
        assert asker().windows_of(asked(question, "20日"), rng()) == []
    # Longer than an answer may be.
    assert asker().windows_of(asked("要加强什么？", "城市管理部门应当加强宣传。" * 6), rng()) == []


def test_makers_are_asked_by_turns() -> None:
    many = [asked(f"问{number}？", "20日") for number in range(50)]
    few = [replace(many[0], question="少？", maker="few", answer=Span(0, 2))]
    chosen = spread([*many, *few], 12, rng())
    assert sorted(one.maker for one in chosen) == ["amounts"] * 4 + ["few"]
    assert len(spread(many, 12, rng())) == 12


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_draws_the_same(seed: int) -> None:
    one, other = (asker().windows_of(DAYS, np.random.default_rng(seed)) for _ in range(2))
    assert [s.sample.ids.tobytes() for s in one] == [s.sample.ids.tobytes() for s in other]
