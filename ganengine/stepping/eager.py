"""The step as PyTorch takes it: one operation after the other, with torch's own optimizers."""

from torch import Tensor

from ganengine.config import TrainConfig
from ganengine.data.dataset import to_unit_range
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.step import training_step
from ganengine.stepping.batch import Batch


def eager_step(config: TrainConfig, rules: Rules, players: Players, batch: Batch, factor: float) -> dict[str, Tensor]:
    """Take one step; returns metric key → 0-d tensor. `factor` is the schedule's."""
    players.set_rates(config, factor)
    batches = [
        (rules.drawn(to_unit_range(images)), labels) for images, labels in zip(batch.images, batch.labels, strict=True)
    ]
    return training_step(
        players.G,
        players.D,
        players.G_ema,
        rules,
        players.optimizer_g,
        players.optimizer_d,
        batches,
        batch.latents,
        batch.ema_weight,
        batch.shown,
        config.compute.share_fakes,
    )
