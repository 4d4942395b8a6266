"""The network in training against the graph that the server runs, and against the encoder it comes from."""

from pathlib import Path

import numpy as np
import pytest
import torch
from support.packed import HIDDEN, PIECES, reference, write_packed
from torch.nn import functional

from bot.reader.network_weights import merge, read_adapter, write_adapter
from bot.training.network import Adapted, Network
from corpus.errors import EncoderUnavailable
from index.e5.graph import write_graph
from index.e5.session import Session
from index.e5.weights import PackedModel, read_packed_model

pytestmark = pytest.mark.slow

RANK, ALPHA = 4, 8.0
IDS = [[0, 9, 8, 2], [0, 5, 6, 7, 8, 10, 11, 2], [0, 13, 2]]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    return read_packed_model(write_packed(tmp_path_factory.mktemp("network") / "small.bin"))


@pytest.fixture
def network(packed: PackedModel) -> Network:
    return Network(packed, RANK, ALPHA)


def trained(network: Network) -> Network:
    """With every parameter moved a little, as training would."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for _, parameter in network.trained():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return network


def outputs(network: Network, ids: list[int]) -> tuple[np.ndarray, float]:
    with torch.no_grad():
        spans, answer = network(torch.tensor([ids]), torch.tensor([len(ids)]))
    return spans[0].numpy(), float(answer[0])


def test_it_begins_as_the_encoder(packed: PackedModel, network: Network) -> None:
    with torch.no_grad():
        for ids in IDS:
            states = network.embeddings(torch.tensor([ids]))
            for layer in network.layers:
                states = layer(states, torch.ones(1, 1, 1, len(ids), dtype=torch.bool))
            mean = states[0].mean(dim=0).numpy()
            assert mean / np.linalg.norm(mean) @ reference(packed, ids) > 0.9999


def test_neighbours_in_a_batch_change_nothing(network: Network) -> None:
    trained(network)
    lengths = torch.tensor([len(ids) for ids in IDS])
    padded = torch.tensor([ids + [1] * (int(lengths.max()) - len(ids)) for ids in IDS])
    with torch.no_grad():
        spans, answers = network(padded, lengths)
    for row, ids in enumerate(IDS):
        alone, answer = outputs(network, ids)
        np.testing.assert_allclose(spans[row, : len(ids)].numpy(), alone, atol=1e-5)
        assert (spans[row, len(ids) :] < -1000).all()
        assert float(answers[row]) == pytest.approx(answer, abs=1e-5)


def test_an_adapted_product_and_its_gradients_are_those_of_its_two_parts() -> None:
    generator = torch.Generator().manual_seed(3)
    adapted = Adapted(
        torch.randn(6, 4, generator=generator), torch.randn(6, generator=generator), 2, 4.0
    ).double()
    with torch.no_grad():
        adapted.up.normal_(generator=generator)
    states = torch.randn(3, 5, 4, dtype=torch.float64, generator=generator, requires_grad=True)
    low = functional.linear(functional.linear(states, adapted.down), adapted.up)
    parts = functional.linear(states, adapted.weights, adapted.bias) + 2.0 * low
    torch.testing.assert_close(adapted(states), parts)
    given = torch.randn(3, 5, 6, dtype=torch.float64, generator=generator)
    changed = (states, adapted.bias, adapted.down, adapted.up)
    for found, wanted in zip(
        torch.autograd.grad(adapted(states), changed, given),
        torch.autograd.grad(parts, changed, given),
        strict=True,
    ):
        torch.testing.assert_close(found, wanted)


def test_only_what_is_trained_has_a_gradient(network: Network) -> None:
    names = {name for name, _ in network.trained()}
    assert {
        "span.weight",
        "answer.bias",
        "layers.0.q.up",
        "layers.1.fo.down",
        "layers.1.oln.weight",
    } <= names
    assert not any(name.startswith("embeddings") or name.endswith("weights") for name in names)


def test_the_graph_reads_as_the_network(
    tmp_path: Path, packed: PackedModel, network: Network
) -> None:
    trained(network)
    path = tmp_path / "adapter.safetensors"
    write_adapter({name: p.detach().numpy() for name, p in network.trained()}, ALPHA / RANK, path)
    whole, heads = merge(packed, *read_adapter(path))
    write_graph(whole, tmp_path / "model.onnx", lambda: None, heads)
    session = Session(tmp_path / "model.onnx", threads=1)
    scale = float(np.std(outputs(network, IDS[1])[0]))
    for ids in IDS:
        (spans, answer), (expected, expected_answer) = (
            session.run([np.array(ids)])[0],
            outputs(network, ids),
        )
        # Rounded to 8 bits, and so was the adapter.
        assert np.abs(spans - expected).max() < 0.1 * scale
        assert float(answer[0]) == pytest.approx(expected_answer, abs=0.1 * scale)


def test_weights_are_read_as_they_were_written(tmp_path: Path, network: Network) -> None:
    tensors = {name: p.detach().numpy() for name, p in trained(network).trained()}
    write_adapter(tensors, 2.0, tmp_path / "adapter.safetensors")
    read, scale = read_adapter(tmp_path / "adapter.safetensors")
    assert scale == 2.0 and read.keys() == tensors.keys()
    for name, values in tensors.items():
        factor = name.endswith((".up", ".down"))
        # Half of a step of a row's 127, or of a float's ten bits.
        least = np.abs(values).max(axis=1, keepdims=True) / 254 if factor else np.abs(values) / 2048
        assert (np.abs(read[name] - values) <= 1.001 * least + 1e-7).all()
    write_adapter(read, 2.0, tmp_path / "again.safetensors")
    again, _ = read_adapter(tmp_path / "again.safetensors")
    assert all(np.allclose(again[name], read[name], rtol=1e-6) for name in read)


def test_merging_adds_the_product(packed: PackedModel, network: Network) -> None:
    tensors = {name: p.detach().numpy() for name, p in trained(network).trained()}
    whole, heads = merge(packed, tensors, 2.0)
    states = np.random.default_rng(0).normal(size=(3, HIDDEN)).astype(np.float32)
    layer = network.layers[1].get_submodule("fi")
    expected = layer(torch.from_numpy(states)).detach().numpy()
    ours = states @ whole.matrices["l1.fi.w"].floats().T + whole.vectors["l1.fi.b"]
    np.testing.assert_allclose(ours, expected, atol=1e-4)
    np.testing.assert_array_equal(whole.vectors["l0.aln.w"], tensors["layers.0.aln.weight"])
    np.testing.assert_array_equal(whole.vectors["emb.ln.w"], packed.vectors["emb.ln.w"])
    assert heads.span.shape == (2, HIDDEN) and heads.answer.shape == (1, HIDDEN)
    assert len(whole.words.floats()) == len(PIECES) + 2


def test_parameters_of_another_network_are_refused(network: Network) -> None:
    tensors = {name: p.detach() for name, p in network.trained()}
    with pytest.raises(ValueError, match=r"span\.bias"):
        network.set_parameters(
            {name: values for name, values in tensors.items() if name != "span.bias"}
        )
    with pytest.raises(ValueError, match=r"answer\.bias"):
        network.set_parameters(tensors | {"answer.bias": torch.zeros(2)})


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\0" * 100)]
)
def test_missing_and_damaged_weights_are_named(
    tmp_path: Path, network: Network, spoil: object
) -> None:
    path = tmp_path / "adapter.safetensors"
    write_adapter({name: p.detach().numpy() for name, p in network.trained()}, 1.0, path)
    assert callable(spoil)
    spoil(path)
    with pytest.raises(EncoderUnavailable, match=r"reader=rules"):
        read_adapter(path)
