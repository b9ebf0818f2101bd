"""The quality of a training's images, measured on request or every so many steps, and the best so far."""

import torch
from torch import Tensor

from ganengine.batches import latents
from ganengine.config import TrainConfig
from ganengine.data.progress import Tell
from ganengine.metrics.evaluator import Evaluator, labels_like
from ganengine.state import Best, TrainingState


class Judge:
    """Prepares an `Evaluator` when it is first needed, and remembers the best value in the training's state."""

    def __init__(self, state: TrainingState, tell: Tell) -> None:
        self._state = state
        self._tell = tell
        self._evaluator: Evaluator | None = None
        self._settings: tuple[str, int] | None = None

    def measure(self, config: TrainConfig) -> dict[str, float]:
        """Metric key → value for new images of the generator as it is now, from the same latent vectors each time.

        Raises:
            GanEngineError: it cannot be measured.
            Cancelled: from `tell`.
        """
        chosen = (config.evaluation.features, config.evaluation.samples)
        if self._evaluator is None or chosen != self._settings:
            dataset, device = self._state.dataset, self._state.device
            self._evaluator = Evaluator(dataset, device, *chosen, tell=self._tell)
            self._settings = chosen
        return self._evaluator.evaluate(lambda count, generator: self._make(config, count, generator))

    def is_best(self, config: TrainConfig, values: dict[str, float]) -> bool:
        """Whether these values are the best so far; if so, they are remembered."""
        key, state = config.evaluation.best_key(), self._state
        if key is None or key not in values:
            return False
        before = state.best.value if state.best is not None and state.best.key == key else None
        if not config.evaluation.improves(values[key], before):
            return False
        state.best = Best(key, values[key], state.step)
        return True

    def _make(self, config: TrainConfig, count: int, generator: torch.Generator) -> Tensor:
        z = latents(count, config.generator.latent_dim, generator).to(self._state.device)
        labels = labels_like(self._state.dataset, count, generator) if self._state.classes else None
        return self._state.players.sample(z, None if labels is None else labels.to(self._state.device))
