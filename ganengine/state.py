"""All that a training is made of and that a checkpoint must hold to go on exactly."""

from dataclasses import asdict
from typing import Any

import torch

from ganengine import devices
from ganengine.batches import ShuffledBatches, latents, rng_state, set_rng_state
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset, to_unit_range
from ganengine.errors import CheckpointError
from ganengine.meter import Meter
from ganengine.players import Players
from ganengine.sampling import latents_of_seed
from ganengine.shapes import ImageShape
from ganengine.step import METRICS


class TrainingState:
    """Networks, data, random numbers and counters of one training, on its device.

    Attributes:
        players: the networks and their optimizers.
        dataset: the real images, on the device.
        batches: which images come next.
        generator: draws the latent vectors.
        fixed_z: latent vectors [N, latent_dim] that every sample is made from.
        meter: the plotted values since the last log point.
        step, images: updates of the generator done, and real images shown to D.
        seconds: time spent in steps.
    """

    def __init__(self, config: TrainConfig, dataset: ImageDataset, device: torch.device) -> None:
        """Build everything afresh from the config's seed, through torch's global random generator."""
        seed, training = config.training.seed, config.training
        torch.manual_seed(seed)
        self.device = device
        self.dataset = dataset.to(device)
        self.players = Players.build(config, dataset.shape, device)
        self.batches = ShuffledBatches(dataset.count, training.batch_size, seed, device)
        self.generator = torch.Generator(device).manual_seed(seed + 1)
        self.fixed_z = latents_of_seed(seed, config.recording.sample_count, config.generator.latent_dim, device)
        self.meter = Meter(METRICS, device)
        self.step = 0
        self.images = 0
        self.seconds = 0.0
        self._fingerprint = dataset.fingerprint()
        self._threads = devices.cpu_threads(training.cpu_threads)
        self._rng = rng_state(device)

    def enter(self) -> None:
        """Put torch's global random generators and thread count to where they belong, just before the first step."""
        set_rng_state(self._rng, self.device)
        torch.set_num_threads(self._threads)

    def next_images(self) -> torch.Tensor:
        """The next real images, float [batch_size, C, H, W] in [-1, 1]."""
        real_images = to_unit_range(self.dataset.images[self.batches.next()])
        self.images += len(real_images)
        return real_images

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
            "fixed_z": self.fixed_z,
            "threads": self._threads,
            "data": {
                "name": self.dataset.name,
                "fingerprint": self._fingerprint,
                "shape": asdict(self.dataset.shape),
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
        if before.training.seed == config.training.seed:
            self._load_random_numbers(state)
            if before.recording.sample_count == config.recording.sample_count:
                self.fixed_z = state["fixed_z"].to(self.device)
        if before.training.cpu_threads == config.training.cpu_threads:
            # The number of threads decides how sums are split, so an exact continuation needs the same.
            self._threads = state["threads"]

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
