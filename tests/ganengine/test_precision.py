"""In which precision and layout a training computes, and that the process's switches are put back."""

import math
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ganengine.config import TrainConfig
from ganengine.losses.nonsaturating import NonSaturating
from ganengine.optimizers.adam import Adam
from ganengine.precision import Compute, entered, laid_out, lay_out_like_weights
from ganengine.rules import Rules
from ganengine.step import training_step
from ganengine.trainer import Trainer
from tests.ganengine.helpers import make_trainer, same
from tests.ganengine.test_step import STEP_KINDS, trainer_with_all_rules

CPU, CUDA = torch.device("cpu"), torch.device("cuda:0")
STRONG = {"regularization.r1_gamma": 1.0, "regularization.gp_weight": 1.0, "discriminator.spectral_norm": True}


def trained(runs_dir: Path, kind: str, steps: int = 3, **changes: Any) -> tuple[Trainer, dict[str, float]]:
    trainer = make_trainer(runs_dir, {**STEP_KINDS[kind], **STRONG, **changes})
    for _ in range(steps):
        trainer._train_step()
    return trainer, trainer.state.meter.read()


def test_settings_without_the_section_get_its_defaults() -> None:
    values = TrainConfig().model_dump()
    del values["compute"]
    assert TrainConfig.parse(values).compute == Compute()
    assert TrainConfig.parse(values).compute.precision == "tf32"


@pytest.mark.parametrize("kind", sorted(STEP_KINDS))
def test_mixed_precision_is_near_and_what_must_be_exact_is(kind: str, runs_dir: Path) -> None:
    _, plain = trained(runs_dir, kind, 1)
    mixed, values = trained(runs_dir, kind, 1, **{"compute.precision": "bf16"})
    assert values != plain
    for key in plain:
        assert values[key] == pytest.approx(plain[key], rel=0.1, abs=0.02), key
    state = mixed.players.state_dict()
    held = [*state["G"].values(), *state["D"].values(), *state["G_ema"].values()]
    held += [value for each in state["optimizer_g"]["state"].values() for value in each.values()]
    assert {tensor.dtype for tensor in held if tensor.is_floating_point()} == {torch.float32}
    assert mixed.players.sample(mixed.state.fixed.z).dtype == torch.uint8


def test_the_networks_compute_in_the_lower_precision_and_answer_in_the_weights_own() -> None:
    inner: list[torch.dtype] = []

    class Probe(nn.Linear):
        def forward(self, inputs: Tensor, labels: Tensor | None = None) -> Tensor:
            answer = super().forward(inputs)
            inner.append(answer.dtype)
            return answer

    network, images = Probe(4, 2), torch.randn(3, 4)
    for dtype in (None, torch.bfloat16):
        assert Rules(NonSaturating(), autocast=dtype).forward(network, images).dtype == torch.float32
    assert inner == [torch.float32, torch.bfloat16]
    with torch.no_grad():
        network.weight.add_(1)  # a rounded copy of the old weights must not be used
    fresh = Rules(NonSaturating(), autocast=torch.bfloat16).forward(network, images)
    torch.testing.assert_close(fresh, network(images), rtol=0.02, atol=0.05)


@pytest.mark.parametrize("loss", ["relativistic", "wasserstein", "hinge"])
def test_every_rule_works_in_mixed_precision_and_channels_last(loss: str, runs_dir: Path) -> None:
    changes = {"compute.precision": "bf16", "compute.channels_last": "on", "compute.share_fakes": True}
    trainer = trainer_with_all_rules(loss, runs_dir, **changes)
    for _ in range(2):
        trainer._train_step()
    assert all(math.isfinite(value) for value in trainer.state.meter.read().values())


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "adagrad", "rmsprop"])
def test_channels_last_changes_the_layout_and_not_the_training(optimizer: str, runs_dir: Path) -> None:
    chosen = {"optimizer_g.kind": optimizer, "optimizer_d.kind": optimizer, "generator.width": 4}
    plain, expected = trained(runs_dir, "dcgan", **chosen, **{"compute.channels_last": "off"})
    other, values = trained(runs_dir, "dcgan", **chosen, **{"compute.channels_last": "on"})
    weights = [weight for weight in other.players.G.parameters() if weight.ndim == 4]
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in weights)
    assert not all(weight.is_contiguous() for weight in weights)
    assert values == pytest.approx(expected, rel=0.01, abs=1e-3)
    for mine, its in zip(other.players.D.parameters(), plain.players.D.parameters(), strict=True):
        torch.testing.assert_close(mine, its, rtol=0.01, atol=2e-3)


def test_a_fork_may_change_the_layout_and_keeps_what_the_optimizers_remember(runs_dir: Path) -> None:
    plain, _ = trained(runs_dir, "dcgan", **{"generator.width": 4, "compute.channels_last": "off"})
    other, _ = trained(runs_dir, "dcgan", 0, **{"compute.channels_last": "on", "generator.width": 4})
    other.players.load_state_dict(deepcopy(plain.players.state_dict()), ["optimizer_g", "optimizer_d"])
    for weight, state in other.players.optimizer_g.state.items():
        assert state["exp_avg"].stride() == weight.stride()
    for mine, its in zip(
        other.players.optimizer_g.state.values(), plain.players.optimizer_g.state.values(), strict=True
    ):
        assert torch.equal(mine["exp_avg"], its["exp_avg"])


def test_an_optimizers_memory_takes_its_weights_layout() -> None:
    network = laid_out(nn.Conv2d(3, 5, 3), Compute(channels_last="on"), CPU)
    optimizer = Adam().build(network.parameters())
    optimizer.state[network.weight]["exp_avg"] = before = torch.randn(5, 3, 3, 3)
    lay_out_like_weights(optimizer)
    assert optimizer.state[network.weight]["exp_avg"].stride() == network.weight.stride()
    assert torch.equal(optimizer.state[network.weight]["exp_avg"], before)


@pytest.mark.parametrize(
    ("precision", "choice", "on_gpu", "on_cpu"),
    [
        ("tf32", "auto", True, True),
        ("bf16", "auto", True, True),
        ("float32", "auto", False, True),
        ("float32", "on", True, True),
        ("bf16", "off", False, False),
    ],
)
def test_the_layout_follows_precision_and_device(precision: Any, choice: Any, on_gpu: bool, on_cpu: bool) -> None:
    compute = Compute(precision=precision, channels_last=choice)
    assert (compute.uses_channels_last(CUDA), compute.uses_channels_last(CPU)) == (on_gpu, on_cpu)


def switches() -> tuple[object, ...]:
    return (
        torch.get_float32_matmul_precision(),
        torch.backends.cudnn.allow_tf32,
        torch.backends.cudnn.benchmark,
        torch.backends.cudnn.deterministic,
        torch.are_deterministic_algorithms_enabled(),
        torch.utils.deterministic.fill_uninitialized_memory,  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize(
    ("compute", "device", "expected"),
    [
        (Compute(), CUDA, ("high", True, True, False, False, False)),
        (Compute(precision="float32"), CUDA, ("highest", False, True, False, False, False)),
        (Compute(deterministic=True), CUDA, ("high", True, False, True, True, False)),
        (Compute(precision="bf16"), CPU, (..., ..., ..., ..., False, False)),
        (Compute(deterministic=True), CPU, (..., ..., ..., ..., True, False)),
    ],
)
def test_the_switches_are_set_and_put_back(
    compute: Compute, device: torch.device, expected: tuple[object, ...]
) -> None:
    before = switches()
    with closing(entered(compute, device)):
        wanted = [now if want is ... else want for now, want in zip(before, expected, strict=True)]
        assert list(switches()) == wanted
    assert switches() == before


def test_a_training_puts_the_switches_back_also_when_it_fails(runs_dir: Path) -> None:
    before = switches()
    trainer = make_trainer(runs_dir, {"compute.deterministic": True})
    seen = []

    def fail() -> None:
        seen.append(torch.are_deterministic_algorithms_enabled())
        raise ZeroDivisionError

    trainer._train_step = fail  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        trainer.run()
    assert seen == [True]
    assert switches() == before


def test_deterministic_trainings_agree_bit_for_bit(runs_dir: Path) -> None:
    ended = []
    for _ in range(2):
        trainer = make_trainer(runs_dir, {**STEP_KINDS["dcgan"], "compute.deterministic": True})
        trainer.run()
        ended.append(trainer.players.state_dict())
    assert same(*ended)


# -- one batch of generated images for both ----------------------------------------------------------------------------


@pytest.mark.parametrize("d_steps", [1, 2])
@pytest.mark.parametrize("loss", ["nonsaturating", "relativistic"])
def test_shared_images_equal_a_plain_loop(loss: str, d_steps: int, runs_dir: Path) -> None:
    changes = {"loss.kind": loss, "training.d_steps": d_steps, "generator.norm": "batch", "compute.share_fakes": True}
    trainer = make_trainer(runs_dir, changes)
    # In float64, since Adam makes much of the rounding where a gradient is 0: a bias before batch norm.
    G, D = deepcopy(trainer.players.G).double(), deepcopy(trainer.players.D).double()
    rules = Rules.of(trainer.config)
    optimizer_g, optimizer_d = Adam().build(G.parameters()), Adam().build(D.parameters())
    torch.manual_seed(4)
    batches = [(torch.rand(6, 1, 28, 28, dtype=torch.float64) * 2 - 1, None) for _ in range(d_steps)]
    latents = [torch.randn(6, 4, dtype=torch.float64) for _ in range(d_steps)]
    G_shared, D_shared = deepcopy(G), deepcopy(D)
    values = training_step(
        G_shared,
        D_shared,
        None,
        rules,
        Adam().build(G_shared.parameters()),
        Adam().build(D_shared.parameters()),
        batches,
        latents,
        share_fakes=True,
    )
    for (real_images, _), z in zip(batches, latents, strict=True):
        fake_images = G(z)
        loss_d = sum(rules.loss.discriminator(D(real_images), D(fake_images.detach())))
        optimizer_d.zero_grad()
        loss_d.backward()  # type: ignore[union-attr]
        optimizer_d.step()
    loss_g = rules.loss.generator(D(fake_images), D(real_images).detach())
    optimizer_g.zero_grad()
    loss_g.backward()
    optimizer_g.step()
    assert values["loss/g"].item() == pytest.approx(loss_g.item(), rel=1e-6)
    assert values["loss/d"].item() == pytest.approx(loss_d.item(), rel=1e-6)
    torch.testing.assert_close(G_shared.state_dict(), G.state_dict(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(D_shared.state_dict(), D.state_dict(), rtol=1e-5, atol=1e-6)


def test_shared_images_draw_fewer_latents_and_update_the_statistics_once(runs_dir: Path) -> None:
    changes = {**STEP_KINDS["dcgan"], "training.d_steps": 1}
    counts, left = [], []
    for shares in (False, True):
        trainer = make_trainer(runs_dir, {**changes, "compute.share_fakes": shares})
        trainer._train_step()
        counts += [value.item() for name, value in trainer.players.G.state_dict().items() if "num_batches" in name][:1]
        left.append(trainer.state.next_latents(4, 4))
    assert counts == [2, 1]
    assert not torch.equal(*left)


@pytest.mark.parametrize("loss", ["nonsaturating", "relativistic"])
def test_shared_images_of_classes_with_every_rule_go_on_exactly(loss: str, runs_dir: Path) -> None:
    changes = {"compute.share_fakes": True, "compute.deterministic": True}
    ended = []
    for split in (False, True):
        trainer = trainer_with_all_rules(loss, runs_dir, **changes)
        for _ in range(2):
            trainer._train_step()
        if split:
            state, rng = deepcopy(trainer.state.state_dict(trainer.config, entered=True)), torch.get_rng_state()
            trainer = trainer_with_all_rules(loss, runs_dir, **changes)
            trainer.state.load_state_dict(state, trainer.config)
            torch.set_rng_state(rng)
        for _ in range(2):
            trainer._train_step()
        ended.append(trainer.players.state_dict())
    assert same(*ended)
