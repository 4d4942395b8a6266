"""Trains the reading network on windows as it is served, or on question sets; writes weights and card.

`train_reader` is the whole of `chengwen train reader`. It runs a `Training` from checkpoint to
checkpoint: going on from any of them ends in the same weights as training without a break.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Protocol

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from bot.evals.datasets import Dataset
from bot.reader.network import SpanReader, Windows
from bot.reader.network_weights import Tensors, read_adapter, reader_folder, write_adapter
from bot.training.card import Made, SpanFigures, card, figures
from bot.training.data import AnsweredQuestion, Sample, Sampler, batches, questions_of
from bot.training.network import END, START, Network, Precision
from bot.training.served.kept import ServedWindows
from corpus import UsageError
from corpus.language.text import Segmenter
from index.disk import file_sha256
from index.e5.convert import TOKENIZER, converted_folder, default_cache, packed_file
from index.e5.weights import read_packed_model

WEIGHTS, CARD, RECIPE = "reader.safetensors", "CARD.md", "recipe.json"

EPOCHS_SEEN = 2
"""Epochs that trained weights have seen at most: a training that starts from them draws others."""

KEPT = 0.5
"""Share of the weights started from in the result.

On 230 questions of each fitting part EM was 0.600 and 0.509 (DRCD, CMRC), with the new weights
alone 0.526 and 0.483, with those started from 0.557 and 0.496.
"""

KEPT_EVERY = 1000
"""Steps between the checkpoints that are kept for good; of the others the last two are kept."""

PADDING = 1
"""The id of `<pad>` in the encoder's vocabulary."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is trained, in `steps` steps of `batch` samples.

    The learning rates rise over the first `warmup` steps, stay, and fall over the last `cooldown`.
    `start` is the SHA-256 of the trained weights to start from, "" for the encoder itself. `epoch`
    is the number of the first epoch; an epoch draws its samples by its number. `kept` is the share
    of the weights started from in the result: a mean of both is better than either (arXiv
    2109.01903). `averaging` is how much of the running mean of the parameters a step keeps.
    `windows` is the SHA-256 of the file of windows, "" where question sets are trained on, and
    `left_out` the kinds of text of it that are not. `precision` is that of the matrix products.
    """

    windows: str = ""
    left_out: str = ""
    precision: Precision = "fp32"
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
        """The share of the full learning rate at `step`, counted from 0."""
        rising = (step + 1) / self.warmup
        falling = (self.steps - step) / self.cooldown
        return min(1.0, rising, falling)


class Samples(Protocol):
    """What is trained on."""

    def epoch(self, number: int) -> Sequence[Sample]:
        """The samples of epoch `number`, always the same for the same number."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a training is given.

    Figures are measured on the reporting parts of `sets`; where there are no `windows` their
    training parts are trained on, and a set named twice is shown twice as often. `start` are trained
    weights to start from and to average with. The card states the `command`.
    """

    sets: Sequence[Dataset]
    command: str
    start: Path | None = None
    windows: ServedWindows | None = None


@dataclass(eq=False)
class Training:
    """The state of a training after `step` steps.

    `averaged` is the exponential moving average of the network's trained parameters, by name;
    `seconds` is the time that the steps took.
    """

    network: Network
    optimizer: torch.optim.Optimizer
    averaged: dict[str, Tensor]
    step: int = 0
    seconds: float = 0.0

    @classmethod
    def begin(cls, network: Network, recipe: Recipe) -> Training:
        """The state before the first step."""
        averaged = {name: values.detach().clone() for name, values in network.trained()}
        return cls(network, _optimizer(network, recipe), averaged)

    def run(
        self, sampler: Samples, recipe: Recipe, until: int, report: Callable[[int, float], None]
    ) -> None:
        """Trains up to step `until`. `report` is called after each step with its number and loss."""
        for batch in _batches_from(sampler, recipe, self.step):
            if self.step >= until:
                return
            started = perf_counter()
            for group in self.optimizer.param_groups:
                group["lr"] = group["full"] * recipe.rate(self.step)
            loss = losses(self.network, batch)
            torch.autograd.backward(loss)
            parameters = [parameter for _, parameter in self.network.trained()]
            # 1.0 is the usual norm to clip the gradient at.
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.step += 1
            self._average(recipe.averaging)
            self.seconds += perf_counter() - started
            report(self.step, loss.item())

    def _average(self, kept: float) -> None:
        """Moves the average towards the parameters; it keeps at most the share `kept` of itself."""
        # Early averages would remember the beginning for too long.
        share = min(kept, (1 + self.step) / (10 + self.step))
        for name, parameter in self.network.trained():
            self.averaged[name].lerp_(parameter.detach(), 1 - share)

    def save(self, folder: Path, recipe: Recipe) -> Path:
        """Writes a checkpoint and removes the older ones that are not kept for good."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"averaged.{name}": values for name, values in self.averaged.items()}
        for name, parameter in self.network.trained():
            tensors[f"parameter.{name}"] = parameter.detach()
            for kind, values in self.optimizer.state[parameter].items():
                tensors[f"{kind}.{name}"] = values
        path = folder / f"step-{self.step:06d}.safetensors"
        partial = path.with_suffix(".partial")
        metadata = {"step": str(self.step), "recipe": json.dumps(asdict(recipe))}
        metadata["seconds"] = f"{self.seconds:.0f}"
        save_file(tensors, partial, metadata)
        partial.replace(path)
        for old in checkpoints(folder)[:-2]:
            if int(old.stem.removeprefix("step-")) % KEPT_EVERY:
                old.unlink()
        return path

    def load(self, path: Path) -> None:
        """Goes back to a checkpoint. Raises ValueError where it is of another network."""
        with safe_open(path, "pt") as file:
            self.step = int(file.metadata()["step"])
            self.seconds = float(file.metadata().get("seconds", 0))
            device = self.network.device
            tensors = {name: file.get_tensor(name).to(device) for name in file.keys()}  # noqa: SIM118
        self.network.set_parameters(_with_prefix("parameter.", tensors))
        self.averaged = _with_prefix("averaged.", tensors)
        for name, parameter in self.network.trained():
            state = {kind: tensors[f"{kind}.{name}"] for kind in ("step", "exp_avg", "exp_avg_sq")}
            self.optimizer.state[parameter] = state


def train_reader(material: Material, folder: Path, recipe: Recipe) -> Path:
    """Trains on what is given and returns the path of the weights in `folder`.

    Goes on from the last checkpoint in `folder`. The weights lie beside their card. Raises
    UsageError where there is nothing to train on or the checkpoints are of another recipe,
    EncoderUnavailable where the weights to start from cannot be read.
    """
    segmenter = Segmenter()
    samples = _samples(material, segmenter, recipe.seed)
    network = Network(
        read_packed_model(packed_file()), recipe.rank, recipe.alpha, recipe.seed, recipe.precision
    ).to(_device())
    started: Tensors = {}
    if material.start is not None:
        started = _start_from(network, material.start)
        seen = EPOCHS_SEEN if material.windows is None else 0
        recipe = replace(recipe, start=file_sha256(material.start), kept=KEPT, epoch=seen)
    training = Training.begin(network, recipe)
    _resume(training, folder, recipe)
    _train_to_the_end(training, samples, recipe, folder)
    result: Tensors = {name: values.cpu().numpy() for name, values in training.averaged.items()}
    if started:
        result = between(result, started, recipe.kept)
    weights = folder / WEIGHTS
    write_adapter(result, recipe.alpha / recipe.rank, weights)
    measured = measure(weights, material.sets, segmenter)
    settings = {**asdict(recipe), "minutes": round(training.seconds / 60)}
    made = Made(settings, material.command, file_sha256(weights))
    (folder / CARD).write_text(card(made, material.sets, material.windows, measured), "utf-8")
    return weights


def _device() -> torch.device:
    """The GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _samples(material: Material, segmenter: Segmenter, seed: int) -> Samples:
    """What is trained on. Raises UsageError where that is nothing."""
    if material.windows is not None:
        if not material.windows.samples:
            raise UsageError("没有可用于训练的窗口。", "There are no windows to train on.")
        return material.windows
    questions: list[AnsweredQuestion] = []
    for dataset in material.sets:
        questions += questions_of(dataset, "train")
    if not questions:
        raise UsageError("题集中没有可用于训练的问题。", "The sets have no question to train on.")
    tokenizer = Tokenizer.from_file(str(converted_folder(default_cache())[0] / TOKENIZER))
    return Sampler(questions, Windows(tokenizer), segmenter, seed)


def between(trained: Tensors, started: Tensors, kept: float) -> Tensors:
    """The weighted mean of two networks' parameters; those of `started` count `kept` of 1."""
    share = np.float32(kept)
    return {name: share * started[name] + (1 - share) * new for name, new in trained.items()}


def measure(weights: Path, sets: Sequence[Dataset], segmenter: Segmenter) -> dict[str, SpanFigures]:
    """The figures of each set by its name, on the split for reporting, in 8 bits as the server reads.

    A set without splits is left out.
    """
    reader = SpanReader(reader_folder(default_cache(), weights), threads=2)
    measured = {}
    for name, dataset in {one.name: one for one in sets if one.splits}.items():
        measured[name] = figures(reader, questions_of(dataset, "report"), segmenter)
    return measured


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in a folder, the oldest first."""
    return sorted(folder.glob("step-*.safetensors"))


def losses(network: Network, batch: Sequence[Sample]) -> Tensor:
    """The loss of a batch, one number.

    It is the mean cross-entropy of the first and the last token of the answer, where place 0 stands
    for no answer, plus the binary cross-entropy of there being an answer.
    """
    lengths = torch.tensor([len(sample.ids) for sample in batch])
    ids = torch.full((len(batch), int(lengths.max())), PADDING, dtype=torch.int64)
    for row, sample in enumerate(batch):
        ids[row, : len(sample.ids)] = torch.from_numpy(sample.ids)
    device = network.device
    spans, answer = network(ids.to(device), lengths.to(device))
    starts = torch.tensor([sample.start for sample in batch], device=device)
    ends = torch.tensor([sample.end for sample in batch], device=device)
    start_loss = functional.cross_entropy(spans[:, :, START], starts)
    end_loss = functional.cross_entropy(spans[:, :, END], ends)
    answered = (starts > 0).float()
    answer_loss = functional.binary_cross_entropy_with_logits(answer, answered)
    return (start_loss + end_loss) / 2 + answer_loss


def _optimizer(network: Network, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with learning rates and weight decay by kind: heads, adapter matrices, and vectors."""
    heads: list[torch.nn.Parameter] = []
    matrices: list[torch.nn.Parameter] = []
    vectors: list[torch.nn.Parameter] = []
    for name, parameter in network.trained():
        if name.startswith(("span.", "answer.")):
            heads.append(parameter)
        elif name.endswith((".up", ".down")):
            matrices.append(parameter)
        else:
            vectors.append(parameter)
    groups = [
        _group(matrices, recipe.adapter_rate, recipe.decay),
        # Biases and the parameters of layer norms are not decayed, as usual.
        _group(vectors, recipe.adapter_rate, 0.0),
        _group(heads, recipe.head_rate, recipe.decay),
    ]
    # A shorter memory of squared gradients than the default 0.999, for so few steps.
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def _group(
    parameters: Sequence[torch.nn.Parameter], rate: float, decay: float
) -> dict[str, object]:
    """A group of parameters for the optimizer; "full" is the learning rate before its schedule."""
    return {"params": parameters, "lr": rate, "full": rate, "weight_decay": decay}


def _train_to_the_end(training: Training, sampler: Samples, recipe: Recipe, folder: Path) -> None:
    """Trains for the steps that are left, with a progress bar and checkpoints in `folder`."""
    with tqdm(
        total=recipe.steps, initial=training.step, desc="训练 / training", file=sys.stderr
    ) as bar:

        def report(_: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.3f}")
            bar.update()

        while training.step < recipe.steps:
            until = min(recipe.steps, training.step + recipe.checkpoint)
            training.run(sampler, recipe, until, report)
            training.save(folder, recipe)


def _start_from(network: Network, start: Path) -> Tensors:
    """Sets the network's parameters to the trained weights in `start`, and returns these."""
    tensors, _ = read_adapter(start)
    try:
        network.set_parameters({name: torch.from_numpy(new) for name, new in tensors.items()})
    except ValueError as error:
        raise UsageError(
            f"{start} 不是这种网络的权重（{error}）。",
            f"{start} does not hold weights of this network ({error}).",
        ) from error
    return tensors


def _resume(training: Training, folder: Path, recipe: Recipe) -> None:
    """Loads the last checkpoint in `folder`, if there is one, and writes the recipe there.

    Raises UsageError where the folder holds a training of another recipe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RECIPE
    settings = json.dumps(asdict(recipe), indent=1)
    if path.exists() and path.read_text("utf-8") != settings:
        raise UsageError(
            f"{folder} 中的训练用的是另一种设置：请换一个目录，或删去它。",
            f"{folder} holds a training with other settings: name another folder, or delete it.",
        )
    path.write_text(settings, "utf-8")
    saved = checkpoints(folder)
    if saved:
        training.load(saved[-1])


def _batches_from(sampler: Samples, recipe: Recipe, step: int) -> Iterator[list[Sample]]:
    """The batches from `step` on, epoch after epoch, without an end."""
    done = 0
    epoch = recipe.epoch
    while True:
        rng = np.random.default_rng([recipe.seed, epoch, 1])
        of_epoch = batches(sampler.epoch(epoch), recipe.batch, rng)
        yield from of_epoch[max(0, step - done) :]
        done += len(of_epoch)
        epoch += 1


def _with_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, by the rest of their names."""
    found = {}
    for name, values in tensors.items():
        if name.startswith(prefix):
            found[name.removeprefix(prefix)] = values
    return found
