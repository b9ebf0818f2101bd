"""All that a training is made of and that a checkpoint must hold to go on exactly."""

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import torch

from ganengine import devices
from ganengine.allocation import keep_freed_memory
from ganengine.batches import ShuffledBatches, latents, rng_state, set_rng_state
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.errors import CheckpointError
from ganengine.latents import FixedLatents
from ganengine.meter import Meter
from ganengine.players import Players
from ganengine.precision import entered
from ganengine.shapes import ImageShape


@dataclass(frozen=True)
class Best:
    """The best value so far of the metric that decides, and the step that it was measured at."""

    key: str
    value: float
    step: int


class TrainingState:
    """Networks, data, random numbers and counters of one training, on its device.

    Attributes:
        players: the networks and their optimizers.
        dataset: the real images, on the device.
        classes: names of the classes that the networks are told of; empty where they are not.
        batches: which images come next.
        generator: draws the latent vectors.
        fixed: what every sample is made from.
        meter: the plotted values since the last log point.
        step, images: updates of the generator done, and real images shown to D.
        seconds: time spent in steps.
        threads: that the CPU computes with; they decide how sums are split, and so the last bits.
        best: the best evaluation so far, or None.
    """

    def __init__(self, config: TrainConfig, dataset: ImageDataset, device: torch.device) -> None:
        """Build everything afresh from the config's seed, through torch's global random generator."""
        seed, training = config.training.seed, config.training
        torch.manual_seed(seed)
        self.device = device
        self.dataset = dataset.resident(device)
        self.classes = dataset.classes if training.class_conditional else ()
        self.players = Players.build(config, dataset.shape, device, len(self.classes))
        self.batches = ShuffledBatches(
            dataset.count, training.batch_size, seed, self.dataset.images.device, repeats=training.draw == "random"
        )
        self.generator = torch.Generator(device).manual_seed(seed + 1)
        self.fixed = FixedLatents.of(config, len(self.classes), device)
        self.meter = Meter(device)
        self.step = 0
        self.images = 0
        self.seconds = 0.0
        self.best: Best | None = None
        self._fingerprint = dataset.fingerprint()
        self.threads = devices.cpu_threads(training.cpu_threads)
        self._rng = rng_state(device)
        self._compute = config.compute
        self._switches = ExitStack()

    def enter(self) -> None:
        """Put all that is global in torch to where it belongs: random generators, thread count, switches."""
        set_rng_state(self._rng, self.device)
        torch.set_num_threads(self.threads)
        keep_freed_memory()
        self._switches = entered(self._compute, self.device)

    def leave(self) -> None:
        """Put the process's switches back to how they were found."""
        self._switches.close()

    def next_images(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The next real images, uint8 [batch_size, C, H, W], and their classes, int64 [batch_size] or None.

        Both on the training device, also where the data set does not fit there and stays in the host's memory.
        """
        chosen = self.batches.next()
        images, labels = self.dataset.images.index_select(0, chosen), None
        if self.classes and self.dataset.labels is not None:
            labels = self.dataset.labels[chosen].to(self.device, non_blocking=True)
        if images.device != self.device:
            images = images.pin_memory().to(self.device, non_blocking=True)
        self.images += len(images)
        return images, labels

    def next_latents(self, count: int, latent_dim: int) -> torch.Tensor:
        """The next latent vectors [count, latent_dim]."""
        return latents(count, latent_dim, self.generator)

    @property
    def epoch(self) -> float:
        """Passes over the images, with fractions."""
        return self.batches.epochs_done

    def state_dict(self, config: TrainConfig, *, entered: bool) -> dict[str, Any]:
        """The content of a checkpoint.

        Args:
            config: the settings in force.
            entered: whether the training has begun, so that torch's global generators are its own.
        """
        return {
            "config": config.model_dump(mode="json"),
            "step": self.step,
            "images": self.images,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "players": self.players.state_dict(),
            "batches": self.batches.state_dict(),
            "generator": self.generator.get_state(),
            "rng": rng_state(self.device) if entered else self._rng,
            "meter": self.meter.state_dict(),
            "fixed_z": self.fixed.z,
            "fixed_labels": self.fixed.labels,
            "threads": self.threads,
            "best": asdict(self.best) if self.best else None,
            "data": {
                "name": self.dataset.name,
                "fingerprint": self._fingerprint,
                "shape": asdict(self.dataset.shape),
                "classes": list(self.classes),
            },
        }

    def load_state_dict(self, state: dict[str, Any], config: TrainConfig) -> None:
        """Go on from the content of a checkpoint.

        What `config` deliberately has otherwise than the checkpoint (a fork's seed, its optimizers, its number of
        samples) is begun afresh; all else goes on exactly.

        Raises:
            CheckpointError: it belongs to other data or another architecture.
        """
        self._check_data(state)
        before = TrainConfig.parse(state["config"])
        self.players.load_state_dict(state["players"], _same_optimizers(before, config))
        self.players.apply_settings(config)
        self.step, self.images, self.seconds = state["step"], state["images"], state["seconds"]
        self.batches.load_state_dict(state["batches"])
        self.meter.load_state_dict(state["meter"])
        self.best = Best(**state["best"]) if state.get("best") else None
        if before.training.seed == config.training.seed:
            self._load_random_numbers(state)
            if before.recording.sample_count == config.recording.sample_count:
                self.fixed = FixedLatents.load(state, self.device)
        if before.training.cpu_threads == config.training.cpu_threads:
            # The number of threads decides how sums are split, so an exact continuation needs the same.
            self.threads = state["threads"]

    def _load_random_numbers(self, state: dict[str, Any]) -> None:
        self._rng = state["rng"]
        # The state of another kind of device means nothing here: a run that moves goes on with new random numbers.
        if self.generator.get_state().shape == state["generator"].shape:
            self.generator.set_state(state["generator"])

    def _check_data(self, state: dict[str, Any]) -> None:
        if state["data"]["fingerprint"] == self._fingerprint:
            return
        name, shape = state["data"]["name"], ImageShape(**state["data"]["shape"])
        raise CheckpointError(
            f"This checkpoint was trained on other images ({name}, {shape}) than those found now "
            f"({self.dataset.name}, {self.dataset.shape}), so it cannot go on exactly."
        )


def _same_optimizers(before: TrainConfig, now: TrainConfig) -> list[str]:
    """The optimizers whose state can be taken over: those that remember the same things as before."""
    return [part for part in ("optimizer_g", "optimizer_d") if now.get(part).can_go_on_from(before.get(part))]
