"""Training on a GPU. Skipped without one."""

from pathlib import Path

import pytest
import torch

from ganengine import devices
from ganengine.errors import ConfigError, OutOfMemory
from ganengine.events import MetricsEvent, Progress, RunStarted, RunStatus
from ganengine.latents import latents_of_seed
from ganengine.launch import new_run
from ganengine.runs.checkpoints import load_checkpoint
from tests.ganengine.helpers import Watcher, quick_config, run_of

pytestmark = pytest.mark.cuda
DCGAN = {
    "generator.kind": "dcgan",
    "discriminator.kind": "dcgan",
    "generator.width": 4,
    "discriminator.width": 4,
    "training.steps": 30,
    "training.batch_size": 16,
    "recording.checkpoint_every": 10,
}


@pytest.mark.parametrize("device", ["auto", "cuda", "cuda:0"])
def test_a_training_runs_on_the_gpu(device: str, runs_dir: Path) -> None:
    watcher = Watcher()
    trainer = new_run(quick_config({**DCGAN, "training.device": device}), runs_dir, [watcher])
    assert trainer.run() is RunStatus.FINISHED
    (started,) = watcher.of(RunStarted)
    assert started.device == torch.cuda.get_device_name(0)
    assert len(watcher.of(MetricsEvent)) == 30
    assert watcher.of(Progress)[-1].device_memory > 0
    # What is saved can be read where there is no GPU.
    content = load_checkpoint(run_of(trainer).checkpoints.path(30))
    assert {tensor.device.type for tensor in content["players"]["G"].values()} == {"cpu"}


def test_data_networks_and_random_numbers_live_on_the_gpu(runs_dir: Path) -> None:
    trainer = new_run(quick_config({**DCGAN, "training.device": "cuda"}), runs_dir)
    try:
        players = trainer.players
        assert players.G_ema is not None
        resident = [
            trainer.state.dataset.images,
            trainer.state.fixed.z,
            trainer.state.next_latents(4, 4),
            trainer.state.batches.next(),
            *players.G.state_dict().values(),
            *players.D.state_dict().values(),
            *players.G_ema.state_dict().values(),
        ]
        assert {tensor.device for tensor in resident} == {torch.device("cuda:0")}
        assert trainer.state.dataset.images.dtype == torch.uint8
    finally:
        trainer.directory.release()


def test_the_latents_of_a_seed_are_those_of_the_cpu() -> None:
    on_gpu = latents_of_seed(3, 5, 7, torch.device("cuda:0"))
    assert on_gpu.device.type == "cuda"
    assert torch.equal(on_gpu.cpu(), latents_of_seed(3, 5, 7, torch.device("cpu")))


def test_the_gpu_is_named_with_its_memory() -> None:
    best = devices.available()[0]
    assert best.value == "cuda:0"
    assert best.memory > devices.GIB
    assert "GiB" in str(best)
    assert devices.resolve("auto") == torch.device("cuda:0")
    with pytest.raises(ConfigError, match="choose auto, cuda:0 or"):
        devices.resolve("cuda:77")


def test_a_batch_that_is_too_large_ends_as_out_of_memory_and_gives_the_memory_back(runs_dir: Path) -> None:
    """Widths that need some thousand GiB for the activations of one batch."""
    changes = {
        "training.device": "cuda",
        "generator.widths": [16384, 16384],
        "discriminator.widths": [16384] * 12,
        "training.batch_size": 5000,
        "training.steps": 3,
    }
    free, total = torch.cuda.mem_get_info(0)
    torch.cuda.set_per_process_memory_fraction(min(1.0, 6 * devices.GIB / total), 0)
    try:
        with pytest.raises(OutOfMemory, match=r"batch of 5000 images.*GiB are free"):
            new_run(quick_config(changes), runs_dir).run()
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, 0)
    watcher = Watcher()
    assert new_run(quick_config({**DCGAN, "training.device": "cuda"}), runs_dir, [watcher]).run() is RunStatus.FINISHED
    assert free > 0


def test_data_that_do_not_fit_stay_with_the_host_and_train_the_same(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = new_run(quick_config({"training.device": "cuda", "training.steps": 5}), runs_dir)
    monkeypatch.setattr("ganengine.data.dataset._SHARE_OF_GPU", 0.0)
    streamed = new_run(quick_config({"training.device": "cuda", "training.steps": 5}), runs_dir)
    assert resident.state.dataset.images.device.type == "cuda"
    assert streamed.state.dataset.images.device.type == "cpu"
    for trainer in (resident, streamed):
        trainer.run()
    for mine, other in zip(resident.players.G.parameters(), streamed.players.G.parameters(), strict=True):
        torch.testing.assert_close(mine, other)
