"""The network: the bundled encoder's BERT, an adapter of low rank on it, and heads for the span and for its absence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.e5.weights import Floats, PackedModel

MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")
START, END = 0, 1


class Adapted(nn.Module):
    """states @ weights + bias, the weights frozen with something of low rank added (LoRA, arXiv 2106.09685)."""

    weights: Tensor

    def __init__(self, weights: Tensor, bias: Tensor, rank: int, alpha: float) -> None:
        super().__init__()
        rows, columns = weights.shape
        self.register_buffer("weights", weights, persistent=False)
        self.bias = nn.Parameter(bias)
        self.down = nn.Parameter(torch.randn(rank, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))
        self.scale = alpha / rank

    def forward(self, states: Tensor) -> Tensor:
        """(…, columns) -> (…, rows)."""
        merged: Tensor = _Merged.apply(  # type: ignore[no-untyped-call]  # torch has no types for it
            states, self.weights, self.bias, self.down, self.up, self.scale
        )
        return merged


class _Merged(torch.autograd.Function):
    """`Adapted` in one product of the states, where adding the two parts takes three; a tenth less time a step."""

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        weights: Tensor,
        bias: Tensor,
        down: Tensor,
        up: Tensor,
        scale: float,
    ) -> Tensor:
        whole = torch.addmm(weights, up, down, alpha=scale)
        ctx.save_for_backward(states, whole, down, up)
        ctx.scale = scale
        return functional.linear(states, whole, bias)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        states, whole, down, up = ctx.saved_tensors
        gradient = gradients[0]
        rows, columns = gradient.flatten(0, -2), states.flatten(0, -2)
        of_up = (rows.T @ functional.linear(columns, down)).mul_(ctx.scale)
        of_down = ((rows @ up).T @ columns).mul_(ctx.scale)
        return gradient @ whole, None, rows.sum(0), of_down, of_up, None


class Layer(nn.Module):
    """One layer of the BERT."""

    def __init__(self, model: PackedModel, name: str, rank: int, alpha: float) -> None:
        super().__init__()
        self.heads = model.sizes.heads
        for part in MATRICES:
            weights = torch.from_numpy(model.matrices[f"{name}.{part}.w"].floats())
            self.add_module(part, Adapted(weights, _vector(model, f"{name}.{part}.b"), rank, alpha))
        for part in NORMS:
            self.add_module(part, _norm(model, f"{name}.{part}"))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """(n, length, hidden) -> the same; `mask` (n, 1, 1, length) is true where there is a token."""
        part = self.get_submodule
        queries, keys, values = (
            part(name)(states).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for name in ("q", "k", "v")
        )
        attended = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        states = part("aln")(states + part("ao")(attended.transpose(1, 2).flatten(2)))
        raised = functional.gelu(part("fi")(states), approximate="tanh")
        changed: Tensor = part("oln")(states + part("fo")(raised))
        return changed


class Network(nn.Module):
    """(n, length) ids and lengths (n,) -> logits of start and end (n, length, 2), and of there being an answer (n,).

    Place 0 of start and end stands for no answer in the window.
    """

    def __init__(self, model: PackedModel, rank: int, alpha: float, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.embeddings = _Embeddings(model)
        self.layers = nn.ModuleList(
            Layer(model, f"l{number}", rank, alpha) for number in range(model.sizes.layers)
        )
        self.span = nn.Linear(model.sizes.hidden, 2)
        self.answer = nn.Linear(model.sizes.hidden, 1)

    def forward(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As the class says."""
        inside = torch.arange(ids.shape[1])[None] < lengths[:, None]
        states = self.embeddings(ids)
        for layer in self.layers:
            states = layer(states, inside[:, None, None])
        spans = self.span(states).masked_fill(~inside[:, :, None], -1e4)
        return spans, self.answer(states[:, 0]).squeeze(-1)

    def trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The parameters that training changes, by name."""
        return ((name, p) for name, p in self.named_parameters() if p.requires_grad)

    def take(self, tensors: Mapping[str, Tensor]) -> None:
        """Sets the parameters. Raises ValueError where one is missing, one too many, or of another shape."""
        own = dict(self.trained())
        differing = own.keys() ^ tensors.keys() or {
            name for name in own if own[name].shape != tensors[name].shape
        }
        if differing:
            raise ValueError(f"parameters differ: {sorted(differing)[:3]}")
        with torch.no_grad():
            for name, values in tensors.items():
                own[name].copy_(values)

    def begin_with(self, tensors: Mapping[str, Floats]) -> None:
        """Sets the parameters to what training made before. Raises ValueError as `take` does."""
        self.take({name: torch.from_numpy(values) for name, values in tensors.items()})


class _Embeddings(nn.Module):
    """Word + place + type 0, frozen."""

    words: Tensor
    places: Tensor

    def __init__(self, model: PackedModel) -> None:
        super().__init__()
        hidden = model.sizes.hidden
        words = torch.from_numpy(model.words.floats())
        self.register_buffer("words", words, persistent=False)
        places = _vector(model, "emb.pos").reshape(-1, hidden) + _vector(model, "emb.type")[:hidden]
        self.register_buffer("places", places, persistent=False)
        self.norm = _norm(model, "emb.ln")
        for parameter in self.parameters():
            parameter.requires_grad = False

    def forward(self, ids: Tensor) -> Tensor:
        embedded: Tensor = self.norm(
            functional.embedding(ids, self.words) + self.places[: ids.shape[1]]
        )
        return embedded


def _norm(model: PackedModel, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(model.sizes.hidden, model.sizes.epsilon)
    with torch.no_grad():
        norm.weight.copy_(_vector(model, f"{name}.w"))
        norm.bias.copy_(_vector(model, f"{name}.b"))
    return norm


def _vector(model: PackedModel, name: str) -> Tensor:
    # A copy: the file is mapped for reading only.
    return torch.from_numpy(model.vectors[name].copy())
