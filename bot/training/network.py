"""The reading network in torch: the encoder's BERT, a low-rank adapter on it, and two heads.

The span head scores every token as the first and the last of the answer, the answer head scores
whether the window holds one. The server runs the same network as a graph (`bot.reader.network`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.e5.weights import PackedModel

MATRICES = ("q", "k", "v", "ao", "fi", "fo")
"""The matrices of a layer: query, key, value, attention output, feed-forward in and out."""

NORMS = ("aln", "oln")
"""The norms of a layer: after the attention, and after the feed-forward part."""

START, END = 0, 1
"""The columns of the span head's logits: first and last token of the answer."""

Precision = Literal["fp32", "bf16"]
"""In what the states are multiplied with matrices; all else is fp32."""

MASKED = -1e4
"""The logit of padding, so low that its probability is 0, and still finite."""


class Adapted(nn.Module):
    """A frozen linear layer with a trained low-rank product added (LoRA, arXiv 2106.09685)."""

    weights: Tensor

    def __init__(self, weights: Tensor, bias: Tensor, rank: int, alpha: float) -> None:
        """`weights` (rows, columns) are frozen; `bias` (rows,) is trained."""
        super().__init__()
        rows, columns = weights.shape
        self.register_buffer("weights", weights, persistent=False)
        self.bias = nn.Parameter(bias)
        self.down = nn.Parameter(torch.randn(rank, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))
        self.scale = alpha / rank
        self.is_rounded = False

    def forward(self, states: Tensor) -> Tensor:
        """The layer's output, (…, rows), for states (…, columns), both bf16 where it is rounded."""
        rounded = states.bfloat16() if self.is_rounded else states
        merged: Tensor = _Merged.apply(  # type: ignore[no-untyped-call]  # torch has no types for it
            rounded, self.weights, self.bias, self.down, self.up, self.scale
        )
        return merged


class _Merged(torch.autograd.Function):
    """The product of `Adapted`: the adapter is added to the weights before the states are multiplied.

    That is one product of the states instead of three, and takes a tenth less time a step.
    """

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
        merged = torch.addmm(weights, up, down, alpha=scale).to(states.dtype)
        ctx.save_for_backward(states, merged, down, up)
        ctx.scale = scale
        return functional.linear(states, merged, bias.to(states.dtype))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        states, merged, down, up = ctx.saved_tensors
        gradient = gradients[0]
        kept = down.dtype
        down, up = down.to(states.dtype), up.to(states.dtype)
        flat_gradient = gradient.flatten(0, -2)
        flat_states = states.flatten(0, -2)
        of_up = (flat_gradient.T @ functional.linear(flat_states, down)).to(kept).mul_(ctx.scale)
        of_down = ((flat_gradient @ up).T @ flat_states).to(kept).mul_(ctx.scale)
        of_states = gradient @ merged
        of_bias = flat_gradient.sum(0, dtype=kept)
        return of_states, None, of_bias, of_down, of_up, None


class Layer(nn.Module):
    """One layer of the BERT, with an adapter on each of its matrices."""

    def __init__(self, model: PackedModel, name: str, rank: int, alpha: float) -> None:
        super().__init__()
        self.heads = model.sizes.heads
        for part in MATRICES:
            weights = torch.from_numpy(model.matrices[f"{name}.{part}.w"].floats())
            bias = _vector(model, f"{name}.{part}.b")
            self.add_module(part, Adapted(weights, bias, rank, alpha))
        for part in NORMS:
            self.add_module(part, _norm(model, f"{name}.{part}"))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """The new states, (n, length, hidden), from those of the layer before.

        `mask` (n, 1, 1, length) is true where there is a token.
        """
        part = self.get_submodule
        queries = self._by_head(part("q")(states))
        keys = self._by_head(part("k")(states))
        values = self._by_head(part("v")(states))
        attended = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        joined = attended.transpose(1, 2).flatten(2)
        states = part("aln")(states + part("ao")(joined))
        inner = functional.gelu(part("fi")(states), approximate="tanh")
        changed: Tensor = part("oln")(states + part("fo")(inner))
        return changed

    def _by_head(self, states: Tensor) -> Tensor:
        """(n, heads, length, hidden / heads) of states (n, length, hidden)."""
        count, length, _ = states.shape
        return states.view(count, length, self.heads, -1).transpose(1, 2)


class Network(nn.Module):
    """The reading network. The encoder's embeddings and matrices are frozen, all else is trained."""

    def __init__(
        self,
        model: PackedModel,
        rank: int,
        alpha: float,
        seed: int = 0,
        precision: Precision = "fp32",
    ) -> None:
        """The adapter begins as 0, so that the network begins as the encoder."""
        super().__init__()
        torch.manual_seed(seed)
        self.embeddings = _Embeddings(model)
        self.layers = nn.ModuleList(
            Layer(model, f"l{number}", rank, alpha) for number in range(model.sizes.layers)
        )
        self.span = nn.Linear(model.sizes.hidden, 2)
        self.answer = nn.Linear(model.sizes.hidden, 1)
        for module in self.layers.modules():
            if isinstance(module, Adapted) and precision == "bf16":
                module.is_rounded = True

    def forward(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of the span head, (n, length, 2), and of the answer head, (n,).

        `ids` is (n, length), padded; `lengths` (n,) are the tokens of each window. Place 0 of the
        span logits stands for no answer in the window.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        inside = places[None] < lengths[:, None]
        states = self.embeddings(ids)
        for layer in self.layers:
            states = layer(states, inside[:, None, None])
        spans = self.span(states).masked_fill(~inside[:, :, None], MASKED)
        return spans, self.answer(states[:, 0]).squeeze(-1)

    @property
    def device(self) -> torch.device:
        """Where its parameters lie."""
        return self.span.weight.device

    def trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The parameters that training changes, by name."""
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                yield name, parameter

    def set_parameters(self, tensors: Mapping[str, Tensor]) -> None:
        """Sets all trained parameters, by name.

        Raises ValueError where one is missing, one too many, or of another shape.
        """
        own = dict(self.trained())
        differing = own.keys() ^ tensors.keys()
        if not differing:
            differing = {name for name in own if own[name].shape != tensors[name].shape}
        if differing:
            raise ValueError(f"parameters differ: {sorted(differing)[:3]}")
        with torch.no_grad():
            for name, values in tensors.items():
                own[name].copy_(values)


class _Embeddings(nn.Module):
    """The sum of word, position and type 0 embeddings, normed; all frozen."""

    words: Tensor
    positions: Tensor

    def __init__(self, model: PackedModel) -> None:
        super().__init__()
        hidden = model.sizes.hidden
        words = torch.from_numpy(model.words.floats())
        self.register_buffer("words", words, persistent=False)
        positions = _vector(model, "emb.pos").reshape(-1, hidden)
        type_0 = _vector(model, "emb.type")[:hidden]
        self.register_buffer("positions", positions + type_0, persistent=False)
        self.norm = _norm(model, "emb.ln")
        for parameter in self.parameters():
            parameter.requires_grad = False

    def forward(self, ids: Tensor) -> Tensor:
        words = functional.embedding(ids, self.words)
        embedded: Tensor = self.norm(words + self.positions[: ids.shape[1]])
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
