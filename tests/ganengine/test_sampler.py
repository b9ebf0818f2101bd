"""`Sampler`: the same images as the training's own, disturbing nobody."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from ganengine.config import TrainConfig
from ganengine.errors import CheckpointError, ConfigError
from ganengine.events import Event, SamplesEvent
from ganengine.launch import new_run
from ganengine.runs.checkpoints import load_checkpoint, save_checkpoint
from ganengine.sampler import Sampler

SMALL = {
    "training.steps": 3,
    "training.batch_size": 8,
    "recording.sample_count": 6,
}
MLP = {"generator.widths": [8], "generator.norm": "batch", "discriminator.widths": [8]}
DCGAN = {"generator.kind": "dcgan", "generator.width": 2, "discriminator.kind": "dcgan", "discriminator.width": 2}


class LastSample:
    """Keeps the last sample that a training announced."""

    event: SamplesEvent

    def notify(self, event: Event) -> None:
        if isinstance(event, SamplesEvent):
            self.event = event


def trained(root: Path, changes: dict[str, object]) -> tuple[Path, LastSample]:
    """A short training's last checkpoint, and its last sample."""
    seen = LastSample()
    trainer = new_run(TrainConfig().with_changes(SMALL | changes), root, [seen])
    trainer.run()
    return sorted(root.glob("*/checkpoints/*.pt"))[-1], seen


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("runs"), MLP)[0]


@pytest.mark.parametrize("networks", [MLP, DCGAN], ids=["mlp", "dcgan"])
@pytest.mark.parametrize("halflife", [0, 10])
def test_makes_the_images_that_the_training_showed(runs_dir: Path, networks: dict[str, object], halflife: int) -> None:
    path, seen = trained(runs_dir, networks | {"training.ema_halflife_images": halflife})
    sampler = Sampler.from_checkpoint(path, "cpu")
    assert np.array_equal(sampler.images_of(load_checkpoint(path)["fixed_z"]), seen.event.images)
    assert sampler.step == 3
    assert (sampler.shape.channels, sampler.shape.resolution) == (1, 28)
    assert sampler.config.training.ema_halflife_images == halflife


def test_a_seed_stands_for_images(checkpoint: Path) -> None:
    sampler = Sampler.from_checkpoint(checkpoint, "cpu")
    images = sampler.images(5, seed=3)
    assert images.shape == (5, 28, 28, 1)
    assert images.dtype == np.uint8
    assert np.array_equal(images, sampler.images(5, seed=3))
    assert not np.array_equal(images, sampler.images(5, seed=4))
    assert sampler.images(0, seed=3).shape == (0, 28, 28, 1)


@pytest.mark.parametrize("count", [1, 271, 272, 513, 700])
def test_portions_are_small_and_the_same_as_one_draw(checkpoint: Path, count: int) -> None:
    sampler = Sampler.from_checkpoint(checkpoint, "cpu")
    portions = list(sampler.batches(count, seed=1))
    assert max(map(len, portions)) < 300
    z = torch.randn(count, sampler.config.generator.latent_dim, generator=torch.Generator().manual_seed(1))
    assert np.array_equal(np.concatenate(portions), sampler.images_of(z))


def test_takes_arrays_and_refuses_other_shapes(checkpoint: Path) -> None:
    sampler = Sampler.from_checkpoint(checkpoint, "cpu")
    z = np.zeros((2, 100))
    assert np.array_equal(sampler.images_of(z), sampler.images_of(torch.zeros(2, 100)))
    with pytest.raises(ValueError, match="100"):
        sampler.images_of(np.zeros((2, 99)))


def test_leaves_the_global_random_generator_alone(checkpoint: Path) -> None:
    before = torch.get_rng_state()
    Sampler.from_checkpoint(checkpoint, "cpu").images(300, seed=0)
    assert torch.equal(torch.get_rng_state(), before)


def test_does_not_move_the_tensors_of_another_thread(checkpoint: Path) -> None:
    devices, done = set(), threading.Event()

    def other() -> None:
        while not done.is_set():
            devices.add(torch.empty(1).device.type)

    thread = threading.Thread(target=other)
    thread.start()
    try:
        for _ in range(20):
            Sampler.from_checkpoint(checkpoint, "cpu")
    finally:
        done.set()
        thread.join()
    assert devices == {"cpu"}


def test_refuses_weights_of_another_architecture(checkpoint: Path, tmp_path: Path) -> None:
    content = load_checkpoint(checkpoint)
    content["config"]["generator"]["widths"] = [9]
    save_checkpoint(tmp_path / "other.pt", content)
    with pytest.raises(CheckpointError, match="belong to another architecture"):
        Sampler.from_checkpoint(tmp_path / "other.pt", "cpu")


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("data", {}, "does not say which shape"),
        ("data", {"shape": {"channels": 1, "resolution": "28"}}, "damaged"),
        ("players", {}, "another architecture"),
        ("players", [], "another architecture"),
        ("players", {"G": 5}, "another architecture"),
        ("step", "soon", "damaged"),
    ],
)
def test_refuses_damaged_content(checkpoint: Path, tmp_path: Path, key: str, value: object, complaint: str) -> None:
    save_checkpoint(tmp_path / "odd.pt", load_checkpoint(checkpoint) | {key: value})
    with pytest.raises(CheckpointError, match=complaint):
        Sampler.from_checkpoint(tmp_path / "odd.pt", "cpu")


def test_refuses_a_device_that_does_not_exist(checkpoint: Path) -> None:
    with pytest.raises(ConfigError, match="cuda:99"):
        Sampler.from_checkpoint(checkpoint, "cuda:99")


@pytest.mark.cuda
def test_on_a_gpu_nearly_the_same_images(checkpoint: Path) -> None:
    on_cpu = Sampler.from_checkpoint(checkpoint, "cpu").images(32, seed=0).astype(int)
    on_gpu = Sampler.from_checkpoint(checkpoint, "cuda").images(32, seed=0).astype(int)
    assert np.abs(on_cpu - on_gpu).max() <= 1
