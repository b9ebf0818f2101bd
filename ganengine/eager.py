"""The step as PyTorch takes it: one operation after the other, with torch's own optimizers."""

from typing import Any

from torch import Tensor

from ganengine.batch import Batch
from ganengine.config import TrainConfig
from ganengine.data.dataset import to_unit_range
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.step import training_step


def eager_step(config: TrainConfig, rules: Rules, players: Players, batch: Batch, factor: float) -> dict[str, Tensor]:
    """Take one step; returns metric key → 0-d tensor. `factor` is the schedule's."""
    players.set_rates(config, factor)
    return step_with(config, rules, players, batch, players.optimizer_g, players.optimizer_d)


def step_with(
    config: TrainConfig, rules: Rules, players: Players, batch: Batch, optimizer_g: Any, optimizer_d: Any
) -> dict[str, Tensor]:
    """The same with whatever takes the place of the players' optimizers."""
    batches = [
        (rules.drawn(to_unit_range(images)), labels) for images, labels in zip(batch.images, batch.labels, strict=True)
    ]
    return training_step(
        players.G,
        players.D,
        players.G_ema,
        rules,
        optimizer_g,
        optimizer_d,
        batches,
        batch.latents,
        batch.ema_weight,
        batch.shown,
        config.compute.share_fakes,
    )
