"""Training on a GPU. Skipped without one."""

import math
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch

from ganengine import devices
from ganengine.components import alternatives
from ganengine.errors import ConfigError, OutOfMemory
from ganengine.events import MetricsEvent, Progress, RunStarted, RunStatus
from ganengine.latents import latents_of_seed
from ganengine.launch import new_run
from ganengine.memory_estimate import estimate, largest_batch
from ganengine.meter import Meter
from ganengine.optimizers.base import Optimizer
from ganengine.precision import Compute, entered
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.side_stream import Arrivals, to_host
from ganengine.trainer import Trainer
from tests.ganengine.helpers import Watcher, make_trainer, quick_config, run_of, same

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
        with pytest.raises(OutOfMemory, match=r"batch of 5000 images.*GiB are free.*smaller batch size"):
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


# -- precision, layout, the same bits ----------------------------------------------------------------------------------

GPU = torch.device("cuda:0")
PRECISIONS = ("float32", "tf32", "bf16")
RESNET = {"generator.kind": "resnet", "discriminator.kind": "resnet", "generator.width": 8, "discriminator.width": 8}
STRONG = {
    "regularization.r1_gamma": 1.0,
    "regularization.gp_weight": 1.0,
    "discriminator.spectral_norm": True,
    "augment.translation": 0.125,
    "augment.color": True,
    "augment.cutout": 0.3,
}


def on_gpu(runs_dir: Path, **changes: Any) -> Trainer:
    return make_trainer(runs_dir, {**DCGAN, "training.device": "cuda", **changes})


@pytest.mark.parametrize("layout", ["off", "on"])
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("networks", [DCGAN, {**DCGAN, **RESNET}], ids=["dcgan", "resnet"])
def test_every_precision_and_layout_trains_near_the_exact_one(
    networks: dict[str, Any], precision: str, layout: str, runs_dir: Path
) -> None:
    values = []
    for compute in (("float32", "off"), (precision, layout)):
        chosen = {"compute.precision": compute[0], "compute.channels_last": compute[1]}
        trainer = on_gpu(runs_dir, **{**networks, **STRONG, **chosen})
        with closing(entered(trainer.config.compute, GPU)):
            for _ in range(3):
                trainer._train_step()
        values.append(trainer.state.meter.read())
        held = [value for part in (trainer.players.G, trainer.players.D) for value in part.state_dict().values()]
        assert {tensor.dtype for tensor in held if tensor.is_floating_point()} == {torch.float32}
    assert all(math.isfinite(value) for value in values[1].values())
    for key in ("loss/d", "loss/g", "prob/real", "prob/fake"):
        assert values[1][key] == pytest.approx(values[0][key], rel=0.1, abs=0.05), key


@pytest.mark.parametrize("optimizer", sorted(alternatives(Optimizer)))
def test_every_optimizer_works_with_channels_last(optimizer: str, runs_dir: Path) -> None:
    """Fused kernels read weights, gradients and states side by side, so all must have one layout."""
    ended = []
    for layout in ("off", "on"):
        chosen = {"optimizer_g.kind": optimizer, "optimizer_d.kind": optimizer, "compute.channels_last": layout}
        trainer = on_gpu(runs_dir, **chosen, **{"compute.precision": "float32"})
        with closing(entered(trainer.config.compute, GPU)):
            trainer._train_step()
        ended.append(list(trainer.players.D.parameters()))
    for one, other in zip(*ended, strict=True):
        torch.testing.assert_close(one, other, rtol=0.02, atol=2e-3)


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("networks", [{}, RESNET], ids=["dcgan", "resnet"])
def test_deterministic_trainings_agree_bit_for_bit(
    networks: dict[str, Any], precision: str, shares: bool, runs_dir: Path
) -> None:
    """Nothing that a training does is among what torch can only do in changing order, or this raises."""
    changes = {"compute.deterministic": True, "compute.precision": precision, "compute.share_fakes": shares}
    ended = []
    for _ in range(2):
        trainer = on_gpu(runs_dir, **{**networks, **STRONG, **changes, "training.steps": 10})
        trainer.run()
        ended.append(trainer.players.state_dict())
    assert same(*ended)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.backends.cudnn.deterministic is False


def test_a_deterministic_training_goes_on_bit_for_bit(runs_dir: Path) -> None:
    whole = on_gpu(runs_dir, **{"compute.deterministic": True, "training.steps": 8})
    whole.run()
    first = on_gpu(runs_dir, **{"compute.deterministic": True, "training.steps": 4})
    first.run()
    content = load_checkpoint(run_of(first).checkpoints.path(4))
    second = on_gpu(runs_dir, **{"compute.deterministic": True, "training.steps": 8})
    second.state.load_state_dict(content, second.config)
    second.run()
    assert same(second.players.state_dict(), whole.players.state_dict())


def test_deterministic_trainings_can_be_evaluated(runs_dir: Path) -> None:
    watcher = Watcher()
    changes = {"compute.deterministic": True, "evaluation.every": 15, "evaluation.samples": 500}
    new_run(quick_config({**DCGAN, "training.device": "cuda", **changes}), runs_dir, [watcher]).run()
    assert any(key.startswith("eval/") for event in watcher.of(MetricsEvent) for key in event.values)


def test_exact_products_are_exact_and_tf32_is_not() -> None:
    torch.manual_seed(0)
    one, other = torch.randn(2, 512, 512, device=GPU)
    exact = (one.double() @ other.double()).float()
    errors = {}
    for precision in PRECISIONS[:2]:
        with closing(entered(Compute(precision=precision), GPU)):  # type: ignore[arg-type]
            errors[precision] = (one @ other - exact).abs().max().item()
    assert errors["float32"] < 1e-3
    if torch.cuda.get_device_capability(GPU)[0] >= 8:
        assert errors["tf32"] > 2 * errors["float32"]


# -- memory ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("networks", [{}, RESNET], ids=["dcgan", "resnet"])
def test_the_estimate_is_near_what_torch_hands_out(networks: dict[str, Any], precision: str, runs_dir: Path) -> None:
    """Sizes at which the activations are some hundred MiB, so that they count."""
    changes = {
        **networks,
        "generator.width": 64,
        "discriminator.width": 64,
        "training.batch_size": 512,
        "compute.precision": precision,
        "compute.deterministic": True,  # no workspaces of hundreds of MiB for trying out algorithms
    }
    config = quick_config({**DCGAN, "training.device": "cuda", **changes})
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated(GPU)
    torch.cuda.reset_peak_memory_stats(GPU)
    trainer = new_run(config, runs_dir)
    with closing(entered(config.compute, GPU)):
        for _ in range(3):
            trainer._train_step()
    held = torch.cuda.max_memory_allocated(GPU) - before
    told = estimate(config, trainer.state.dataset.shape, 0, trainer.state.dataset.count, GPU)
    trainer.directory.release()
    assert told.of_tensors == pytest.approx(held, rel=0.25)


def test_the_largest_batch_trains_and_four_times_as_many_images_need_more(runs_dir: Path) -> None:
    config = quick_config({**DCGAN, "training.device": "cuda", "generator.width": 32, "discriminator.width": 32})
    trainer = new_run(config, runs_dir)
    shape, count = trainer.state.dataset.shape, trainer.state.dataset.count
    trainer.directory.release()
    torch.cuda.empty_cache()
    room = 2 * devices.GIB
    found = largest_batch(config, shape, 0, count, room, GPU)
    assert 16 <= found <= count
    fitting = config.with_changes({"training.batch_size": found, "training.steps": 3})
    torch.cuda.reset_peak_memory_stats(GPU)
    new_run(fitting, runs_dir).run()
    assert torch.cuda.max_memory_allocated(GPU) < room


# -- beside the training -----------------------------------------------------------------------------------------------


def test_a_copy_on_the_side_does_not_wait_for_later_work_and_is_what_the_tensor_was() -> None:
    busy = torch.randn(4096, 4096, device=GPU)
    tensor = torch.arange(1000.0, device=GPU)
    expected = tensor.cpu()
    torch.cuda.synchronize(GPU)
    copy = to_host(tensor * 1)  # its memory may be given to others as soon as it was read
    for _ in range(200):
        busy = (busy @ busy).clamp(-1, 1)
    start = time.perf_counter()
    assert torch.equal(copy.get(), expected)
    arrived = time.perf_counter() - start
    torch.cuda.synchronize(GPU)
    assert arrived < time.perf_counter() - start, "it was there before the work was done"
    assert copy.get().is_pinned()


def test_reading_the_meter_and_sampling_never_make_the_training_wait(runs_dir: Path) -> None:
    trainer = on_gpu(runs_dir)
    arrivals, told, meter = Arrivals(), [], trainer.state.meter
    trainer._train_step()
    arrivals.expect(meter.take().copy, told.append)  # makes the stream and the pinned memory
    arrivals.deliver(wait=True)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(3):
            trainer._train_step()
            reading = meter.take()
            arrivals.expect(reading.copy, lambda arrived, reading=reading: told.append(reading.named(arrived)))
            arrivals.deliver()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    arrivals.deliver(wait=True)
    assert len(told) == 4
    assert isinstance(meter, Meter)


def test_metrics_and_samples_are_told_in_order_and_complete(runs_dir: Path) -> None:
    watcher = Watcher()
    config = quick_config({**DCGAN, "training.device": "cuda", "recording.sample_every": 4})
    trainer = new_run(config, runs_dir, [watcher])
    trainer.run()
    assert [event.step for event in watcher.of(MetricsEvent)] == list(range(1, 31))
    assert [point.step for point in run_of(trainer).metrics()] == list(range(1, 31))
    assert run_of(trainer).sample_steps() == [*range(0, 30, 4), 30]
