"""Training on a small network: samples, rates, and going on from a checkpoint."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from support.packed import write_packed

from bot.evals.datasets import Case, Dataset, DatasetSplit
from bot.reader.network import LONGEST, Windows
from bot.training.data import (
    HARD_NEGATIVES,
    AnsweredQuestion,
    Sample,
    Sampler,
    batches,
    hard_negatives,
    questions_of,
)
from bot.training.network import Network
from bot.training.trainer import Recipe, Training, checkpoints, losses
from corpus import Document, Passage, Section
from corpus.language.text import Segmenter
from index.collection import collect
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import PackedModel, read_packed_model
from index.lexical import LexicalRetriever

pytestmark = pytest.mark.slow

RECIPE = Recipe(rank=4, alpha=8.0, batch=4, steps=50, warmup=5, cooldown=10, checkpoint=10)


def document(number: int) -> Document:
    text = f"城市{number}有治理a。" * (number % 5 + 1) + f"市长是b{number}b。" + "城市治理好。" * 12
    return Document(f"d-{number}", f"城市{number}", text, sections=(Section("", 0, len(text)),))


DOCUMENTS = [document(number) for number in range(12)]


def question(of: Document) -> AnsweredQuestion:
    start = of.text.index("市长是") + 3
    return AnsweredQuestion(f"{of.title}的市长是谁", Passage(of, start, of.text.index("。", start)))


QUESTIONS = [question(one) for one in DOCUMENTS]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """So small a network gains nothing from several, which wait for each other on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    return read_packed_model(
        write_packed(tmp_path_factory.mktemp("training") / "small.bin", positions=LONGEST)
    )


@pytest.fixture(scope="module")
def windows(packed: PackedModel) -> Windows:
    return Windows(build_tokenizer(packed.pieces, packed.sizes.positions))


@pytest.fixture(scope="module")
def sampler(windows: Windows) -> Sampler:
    return Sampler(QUESTIONS, windows, Segmenter(), seed=3)


def text_of(sample: Sample, windows: Windows, of: Document) -> str:
    """The characters of the sample's answer: its tokens, found again in the document."""
    ids = tuple(sample.ids[sample.start : sample.end + 1].tolist())
    tokens = windows.tokens(of.text)
    first = next(at for at in range(len(tokens.ids)) if tokens.ids[at : at + len(ids)] == ids)
    return of.text[tokens.spans[first][0] : tokens.spans[first + len(ids) - 1][1]]


def test_samples_have_the_answer_or_say_that_there_is_none(
    sampler: Sampler, windows: Windows
) -> None:
    drawn = [sample for number in range(20) for sample in sampler.epoch(number)]
    answered = [sample for sample in drawn if sample.start]
    # Each question once an epoch; without an answer 0.6 of them and those altered, some of which find no text or word.
    assert len(answered) == 20 * len(QUESTIONS)
    assert 0.4 < (len(drawn) - len(answered)) / len(answered) < 0.8
    answers = {one.gold.text for one in QUESTIONS}
    assert all(
        text_of(sample, windows, sample_document(sample, windows)) in answers
        for sample in answered[:50]
    )
    assert all(
        len(sample.ids) <= LONGEST and sample.ids[0] == 0 and sample.ids[-1] == 2
        for sample in drawn
    )
    assert all(0 < sample.start <= sample.end < len(sample.ids) - 1 for sample in answered)


def sample_document(sample: Sample, windows: Windows) -> Document:
    """The document whose answer the sample shows."""
    ids = tuple(sample.ids[sample.start : sample.end + 1].tolist())

    def shows(one: AnsweredQuestion) -> bool:
        tokens = windows.tokens(one.gold.document.text)
        first, last = tokens.covering(one.gold.start, one.gold.end)
        return tokens.ids[first : last + 1] == ids

    return next(one.gold.document for one in QUESTIONS if shows(one))


def test_an_epoch_is_the_same_again_and_the_next_is_another(sampler: Sampler) -> None:
    def bytes_of(number: int) -> list[tuple[bytes, int, int]]:
        return [(s.ids.tobytes(), s.start, s.end) for s in sampler.epoch(number)]

    assert bytes_of(0) == bytes_of(0) != bytes_of(1)


def test_lookalikes_do_not_have_the_answer() -> None:
    lexical = LexicalRetriever.build(collect(DOCUMENTS), Segmenter())
    for one in QUESTIONS:
        found = hard_negatives(lexical, one, HARD_NEGATIVES)
        assert 0 < len(found) <= HARD_NEGATIVES
        assert all(p.document != one.gold.document and one.gold.text not in p.text for p in found)


def test_batches_hold_every_sample_once(sampler: Sampler) -> None:
    drawn = sampler.epoch(0)
    made = batches(drawn, 4, np.random.default_rng(1))
    assert sorted(id(s) for batch in made for s in batch) == sorted(map(id, drawn))
    assert max(map(len, made)) == 4
    widths = [max(len(s.ids) for s in batch) - min(len(s.ids) for s in batch) for batch in made]
    assert np.mean(widths) < np.ptp([len(s.ids) for s in drawn]) / 3


def test_the_part_for_training_is_taken() -> None:
    cases = [
        Case(str(n), "q", f"问{n}", (), ((q.gold,),), (), "answered")
        for n, q in enumerate(QUESTIONS[:3])
    ]
    absent = Case("none", "q", "没有", (), (), (), "absent")
    parts: dict[str, DatasetSplit] = {"0": "train", "1": "fit"}

    def asked(parts: dict[str, DatasetSplit], part: str) -> list[str]:
        whole = Dataset("s", "0", "document", (*cases, absent), tuple(DOCUMENTS), (), (), parts)
        return [one.text for one in questions_of(whole, part)]  # type: ignore[arg-type]

    assert [asked(parts, part) for part in ("train", "fit", "report")] == [
        ["问0"],
        ["问1"],
        ["问2"],
    ]
    assert asked({}, "train") == asked({}, "report") == ["问0", "问1", "问2"]


def test_the_rate_rises_stays_and_falls() -> None:
    recipe = Recipe(steps=100, warmup=10, cooldown=20)
    assert [recipe.rate(step) for step in (0, 4, 9, 50, 80, 90, 99)] == [
        0.1,
        0.5,
        1.0,
        1.0,
        1.0,
        0.5,
        0.05,
    ]


def test_the_loss_of_a_network_that_knows_nothing(packed: PackedModel, sampler: Sampler) -> None:
    network = Network(packed, 4, 8.0)
    with torch.no_grad():
        for head in (network.span, network.answer):
            head.weight.zero_()
            head.bias.zero_()
    batch = [s for s in sampler.epoch(0) if s.start][:4]
    expected = np.mean([math.log(len(sample.ids)) for sample in batch]) + math.log(2)
    assert losses(network, batch).item() == pytest.approx(expected, abs=1e-4)


def test_in_half_the_bits_the_loss_and_its_gradient_are_nearly_the_same(
    packed: PackedModel, sampler: Sampler
) -> None:
    batch = sampler.epoch(0)[:8]
    exact, rounded = Network(packed, 4, 8.0), Network(packed, 4, 8.0, precision="bf16")
    for network in (exact, rounded):
        torch.autograd.backward(losses(network, batch))
    assert losses(rounded, batch).item() == pytest.approx(losses(exact, batch).item(), rel=0.02)
    of_exact = torch.cat([p.grad.flatten() for _, p in exact.trained() if p.grad is not None])
    of_rounded = torch.cat([p.grad.flatten() for _, p in rounded.trained() if p.grad is not None])
    # The gradient has the same direction; bf16 keeps 8 bits of a number.
    assert torch.cosine_similarity(of_exact, of_rounded, dim=0) > 0.98


def run(packed: PackedModel, sampler: Sampler, folder: Path, stops: list[int]) -> list[float]:
    """Trains to each of `stops` in turn, every time in a new network that takes up the last checkpoint."""
    reported: list[float] = []
    for stop in stops:
        training = Training.begin(Network(packed, RECIPE.rank, RECIPE.alpha), RECIPE)
        if made := checkpoints(folder):
            training.load(made[-1])
        training.run(sampler, RECIPE, stop, lambda _, loss: reported.append(loss))
        training.save(folder, RECIPE)
    return reported


def test_going_on_from_a_checkpoint_ends_as_without_a_break(
    tmp_path: Path, packed: PackedModel, sampler: Sampler
) -> None:
    at_once = run(packed, sampler, tmp_path / "a", [50])
    broken = run(packed, sampler, tmp_path / "b", [7, 23, 50])
    assert len(at_once) == 50 and broken == at_once
    one, other = (load_file(checkpoints(tmp_path / name)[-1]) for name in "ab")
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    # It learns: the loss at the end is less than at the beginning.
    assert np.mean(at_once[-10:]) < np.mean(at_once[:10]) - 0.4


def test_the_last_two_checkpoints_stay(
    tmp_path: Path, packed: PackedModel, sampler: Sampler
) -> None:
    training = Training.begin(Network(packed, RECIPE.rank, RECIPE.alpha), RECIPE)
    for stop in (1, 2, 3):
        training.run(sampler, RECIPE, stop, lambda _, __: None)
        training.save(tmp_path, RECIPE)
    assert [path.stem for path in checkpoints(tmp_path)] == ["step-000002", "step-000003"]
