"""Trains the network, with checkpoints: going on from any of them ends as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from bot.training.data import Sample, Samples, batches
from bot.training.network import END, START, Network

KEPT_EVERY = 1000
"""Steps between checkpoints that are kept for good; of the others the last two."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is trained. `steps` in all; the rate rises over `warmup`, stays, and falls over `cooldown`.

    `start` is the SHA-256 of the trained weights that it begins with, "" for the encoder itself; `epoch` is the number
    of the first epoch, and by its number an epoch draws its samples. `kept` is the share of the weights begun with in
    those that come of it: between the two lies what is better than both (arXiv 2109.01903).
    """

    start: str = ""
    kept: float = 0.0
    epoch: int = 0
    seed: int = 1
    rank: int = 32
    alpha: float = 64.0
    batch: int = 8
    steps: int = 4900
    warmup: int = 150
    cooldown: int = 1200
    adapter_rate: float = 6e-4
    head_rate: float = 2e-3
    decay: float = 0.01
    averaging: float = 0.998
    checkpoint: int = 200

    def rate(self, step: int) -> float:
        """The share of the full learning rate at `step`, from 0."""
        return min(1.0, (step + 1) / self.warmup, (self.steps - step) / self.cooldown)


@dataclass(eq=False)
class Training:
    """A network on its way. `averaged` are its parameters, averaged over the steps with falling weights."""

    network: Network
    optimizer: torch.optim.Optimizer
    averaged: dict[str, Tensor]
    step: int = 0

    @classmethod
    def begin(cls, network: Network, recipe: Recipe) -> Training:
        """Before the first step."""
        heads: list[torch.nn.Parameter] = []
        matrices: list[torch.nn.Parameter] = []
        vectors: list[torch.nn.Parameter] = []
        for name, parameter in network.trained():
            of_heads, of_adapter = (
                name.startswith(("span.", "answer.")),
                name.endswith((".up", ".down")),
            )
            (heads if of_heads else matrices if of_adapter else vectors).append(parameter)
        groups = [
            {"params": parameters, "lr": rate, "full": rate, "weight_decay": decay}
            for parameters, rate, decay in (
                (matrices, recipe.adapter_rate, recipe.decay),
                (vectors, recipe.adapter_rate, 0.0),
                (heads, recipe.head_rate, recipe.decay),
            )
        ]
        optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        return cls(network, optimizer, {name: p.detach().clone() for name, p in network.trained()})

    def run(
        self, samples: Samples, recipe: Recipe, until: int, tell: Callable[[int, float], None]
    ) -> None:
        """Goes on to step `until`, telling each step and its loss."""
        for batch in _from(samples, recipe, self.step):
            if self.step >= until:
                return
            for group in self.optimizer.param_groups:
                group["lr"] = group["full"] * recipe.rate(self.step)
            loss = losses(self.network, batch)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_([p for _, p in self.network.trained()], 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.step += 1
            # Early averages would remember the beginning for too long.
            share = min(recipe.averaging, (1 + self.step) / (10 + self.step))
            for name, parameter in self.network.trained():
                self.averaged[name].lerp_(parameter.detach(), 1 - share)
            tell(self.step, loss.item())

    def save(self, folder: Path, recipe: Recipe) -> Path:
        """Writes a checkpoint and removes older ones that are not kept for good."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"averaged.{name}": values for name, values in self.averaged.items()}
        for name, parameter in self.network.trained():
            tensors[f"parameter.{name}"] = parameter.detach()
            for kind, values in self.optimizer.state[parameter].items():
                tensors[f"{kind}.{name}"] = values
        path = folder / f"step-{self.step:06d}.safetensors"
        partial = path.with_suffix(".partial")
        save_file(tensors, partial, {"step": str(self.step), "recipe": json.dumps(asdict(recipe))})
        partial.replace(path)
        for old in checkpoints(folder)[:-2]:
            if int(old.stem.removeprefix("step-")) % KEPT_EVERY:
                old.unlink()
        return path

    def load(self, path: Path) -> None:
        """Goes back to a checkpoint. Raises ValueError where it is of another network."""
        with safe_open(path, "pt") as file:
            self.step = int(file.metadata()["step"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        self.network.take(_under("parameter.", tensors))
        self.averaged = _under("averaged.", tensors)
        for name, parameter in self.network.trained():
            kinds = ("step", "exp_avg", "exp_avg_sq")
            self.optimizer.state[parameter] = {kind: tensors[f"{kind}.{name}"] for kind in kinds}


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in a folder, the oldest first."""
    return sorted(folder.glob("step-*.safetensors"))


def losses(network: Network, batch: Sequence[Sample]) -> Tensor:
    """The mean loss: cross-entropy of first and last token, place 0 for none, and of there being an answer."""
    lengths = torch.tensor([len(sample.ids) for sample in batch])
    ids = torch.ones(len(batch), int(lengths.max()), dtype=torch.int64)
    for row, sample in enumerate(batch):
        ids[row, : len(sample.ids)] = torch.from_numpy(sample.ids)
    spans, answer = network(ids, lengths)
    starts, ends = (torch.tensor([getattr(s, name) for s in batch]) for name in ("start", "end"))
    span_loss = functional.cross_entropy(spans[:, :, START], starts) + functional.cross_entropy(
        spans[:, :, END], ends
    )
    answered = (starts > 0).float()
    return span_loss / 2 + functional.binary_cross_entropy_with_logits(answer, answered)


def _from(samples: Samples, recipe: Recipe, step: int) -> Iterator[list[Sample]]:
    """The batches from `step` on, epoch after epoch."""
    done, epoch = 0, recipe.epoch
    while True:
        made = batches(
            samples.epoch(epoch), recipe.batch, np.random.default_rng([recipe.seed, epoch, 1])
        )
        yield from made[max(0, step - done) :]
        done += len(made)
        epoch += 1


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): values
        for name, values in tensors.items()
        if name.startswith(prefix)
    }
