"""One training step against the plain loop of a tutorial, and the promise that no step waits for the device."""

import math
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ganengine.components import alternatives
from ganengine.losses.base import Loss
from ganengine.losses.nonsaturating import NonSaturating
from ganengine.networks.discriminators.dcgan import DCGANDiscriminator
from ganengine.networks.discriminators.mlp import MLPDiscriminator
from ganengine.networks.generators.dcgan import DCGANGenerator
from ganengine.networks.generators.mlp import MLPGenerator
from ganengine.optimizers.base import Optimizer
from ganengine.rules import Rules
from ganengine.shapes import ImageShape
from ganengine.step import discriminator_step, ema_decay, generator_step, update_ema
from ganengine.trainer import Trainer
from tests.ganengine.helpers import make_trainer, random_digits, same
from tests.ganengine.waiting import Calls

SHAPE = ImageShape(1, 28)
NETWORKS = {
    "mlp": (
        MLPGenerator(latent_dim=5, widths=(9,), norm="batch"),
        MLPDiscriminator(widths=(9,), spectral_norm=True),
    ),
    "dcgan": (DCGANGenerator(latent_dim=5, width=2), DCGANDiscriminator(width=2, norm="batch")),
}
BATCH = 6


def players(kind: str) -> tuple[nn.Module, nn.Module]:
    """In float64, since Adam and RMSprop make much of the rounding where a gradient is 0: a bias before batch norm."""
    torch.manual_seed(2)
    G, D = NETWORKS[kind]
    return G.build(SHAPE).double(), D.build(SHAPE).double()


def batch(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    real_images = torch.rand(BATCH, 1, 28, 28, generator=generator, dtype=torch.float64) * 2 - 1
    z_d, z_g = torch.randn(2, BATCH, 5, generator=generator, dtype=torch.float64)
    return real_images, z_d, z_g


def tutorial_step(
    G: nn.Module,
    D: nn.Module,
    optimizer_g: torch.optim.Optimizer,
    optimizer_d: torch.optim.Optimizer,
    real_images: Tensor,
    z_d: Tensor,
    z_g: Tensor,
    real_label: float,
) -> dict[str, float]:
    """The loop as the tutorials write it; without batch norm D judges all in one pass, as spectral norm can tell."""
    optimizer_d.zero_grad()
    fake_images = G(z_d).detach()
    if any(isinstance(part, nn.BatchNorm2d) for part in D.modules()):
        real_logits, fake_logits = D(real_images), D(fake_images)
    else:
        real_logits, fake_logits = D(torch.cat([real_images, fake_images])).chunk(2)
    loss_real = binary_cross_entropy_with_logits(real_logits, torch.full_like(real_logits, real_label))
    loss_fake = binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    (loss_real + loss_fake).backward()
    grad_d = torch.nn.utils.clip_grad_norm_(D.parameters(), float("inf")).item()
    optimizer_d.step()
    optimizer_g.zero_grad()
    loss_g = binary_cross_entropy_with_logits(D(G(z_g)), torch.ones(BATCH, dtype=torch.float64))
    loss_g.backward()
    grad_g = torch.nn.utils.clip_grad_norm_(G.parameters(), float("inf")).item()
    optimizer_g.step()
    return {
        "loss/d_real": loss_real.item(),
        "loss/d_fake": loss_fake.item(),
        "loss/d": (loss_real + loss_fake).item(),
        "loss/g": loss_g.item(),
        "prob/real": torch.sigmoid(real_logits).mean().item(),
        "prob/fake": torch.sigmoid(fake_logits).mean().item(),
        "grad/d": grad_d,
        "grad/g": grad_g,
    }


@pytest.mark.parametrize("optimizer", sorted(alternatives(Optimizer)))
@pytest.mark.parametrize("kind", sorted(NETWORKS))
def test_steps_equal_the_tutorials(kind: str, optimizer: str) -> None:
    settings = alternatives(Optimizer)[optimizer](lr=1e-3)
    G, D = players(kind)
    G_plain, D_plain = deepcopy(G), deepcopy(D)
    optimizers = settings.build(G.parameters()), settings.build(D.parameters())
    plain = (
        settings.torch_class(G_plain.parameters(), **settings.arguments()),
        settings.torch_class(D_plain.parameters(), **settings.arguments()),
    )
    before = deepcopy(G.state_dict())
    for seed in range(3):
        real_images, z_d, z_g = batch(seed)
        values = discriminator_step(G, D, Rules(NonSaturating(real_label=0.9)), optimizers[1], real_images, z_d)
        values |= generator_step(G, D, Rules(NonSaturating(real_label=0.9)), optimizers[0], z_g)
        expected = tutorial_step(G_plain, D_plain, *plain, real_images, z_d, z_g, real_label=0.9)
        assert set(values) == set(expected)
        for name, value in values.items():
            assert value.shape == ()
            assert not value.requires_grad
            assert value.item() == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name
    torch.testing.assert_close(G.state_dict(), G_plain.state_dict(), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(D.state_dict(), D_plain.state_dict(), rtol=1e-6, atol=1e-6)
    assert not same(before, G.state_dict())


@pytest.mark.parametrize("kind", sorted(NETWORKS))
def test_each_step_changes_its_own_players_weights_only(kind: str) -> None:
    G, D = players(kind)
    sgd = alternatives(Optimizer)["sgd"](lr=0.1)
    real_images, z_d, z_g = batch(0)
    weights = [p.detach().clone() for p in (*G.parameters(),)], [p.detach().clone() for p in D.parameters()]
    generator_step(G, D, Rules(NonSaturating()), sgd.build(G.parameters()), z_g)
    assert same([p.detach() for p in D.parameters()], weights[1])
    assert all(p.grad is None for p in D.parameters())
    assert not same([p.detach() for p in G.parameters()], weights[0])
    weights = [p.detach().clone() for p in (*G.parameters(),)], weights[1]
    discriminator_step(G, D, Rules(NonSaturating()), sgd.build(D.parameters()), real_images, z_d)
    assert same([p.detach() for p in G.parameters()], weights[0])
    assert not same([p.detach() for p in D.parameters()], weights[1])


@pytest.mark.parametrize(("batch_images", "halflife"), [(64, 10_000), (1, 10), (500, 500)])
def test_ema_forgets_half_in_its_halflife(batch_images: int, halflife: int) -> None:
    late = 10**9
    decay = ema_decay(batch_images, late, halflife)
    assert decay ** (halflife / batch_images) == pytest.approx(0.5)


def test_ema_is_quicker_at_the_start() -> None:
    decays = [ema_decay(64, images, 10_000) for images in (64, 640, 6400, 64_000, 200_000, 10**7)]
    assert decays == sorted(decays)
    assert decays[0] < 1e-6, "the random start is forgotten at once"
    assert decays[-1] == decays[-2] == 0.5 ** (64 / 10_000), "and from 20 half-lives on it is the full one"
    assert ema_decay(64, 64_000, 10_000) == pytest.approx(0.5 ** (64 / 3200)), "a twentieth of the images seen"


def test_update_ema_moves_weights_and_copies_buffers() -> None:
    G, _ = players("dcgan")
    G_ema = deepcopy(G).requires_grad_(False)
    with torch.no_grad():
        for tensor in (*G.parameters(), *G.buffers()):
            tensor.add_(1)
    old = deepcopy(G_ema)
    now = deepcopy(G.state_dict())
    update_ema(G_ema, G, 0.25)
    for was, average, new in zip(old.parameters(), G_ema.parameters(), G.parameters(), strict=True):
        torch.testing.assert_close(average.detach(), 0.75 * was + 0.25 * new.detach())
    assert same(dict(G_ema.named_buffers()), dict(G.named_buffers()))
    assert same(now, G.state_dict()), "G stays as it is"
    update_ema(G_ema, G, 1.0)
    assert same(list(G_ema.state_dict().values()), list(G.state_dict().values()))


STEP_KINDS = {
    "mlp": {"generator.norm": "batch", "discriminator.spectral_norm": True, "discriminator.dropout": 0.2},
    "dcgan": {
        "generator.kind": "dcgan",
        "discriminator.kind": "dcgan",
        "generator.width": 2,
        "discriminator.width": 2,
        "training.d_steps": 2,
    },
}


def kind_of_step(kind: str, optimizer: str) -> dict[str, Any]:
    return {**STEP_KINDS[kind], "optimizer_g.kind": optimizer, "optimizer_d.kind": optimizer}


# Torch keeps the step counters of the others with the host, where reading them waits for nothing.
@pytest.mark.parametrize("optimizer", sorted(set(alternatives(Optimizer)) - {"adagrad", "adamax", "nadam", "radam"}))
@pytest.mark.parametrize("kind", sorted(STEP_KINDS))
def test_a_step_never_waits_for_a_value(kind: str, optimizer: str, runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, kind_of_step(kind, optimizer))
    trainer._train_step()  # the first one makes the optimizers' states
    with Calls() as calls:
        for _ in range(6):  # past the end of an epoch
            trainer._train_step()
    assert calls.counts["aten::randn"] >= 12, "the mode saw the steps"
    assert calls.waits == {}


ALL_RULES = {
    "training.class_conditional": True,
    "regularization.r1_gamma": 1.0,
    "regularization.r2_gamma": 1.0,
    "regularization.gp_weight": 1.0,
    "regularization.instance_noise": 0.1,
    "regularization.label_flip": 0.1,
    "augment.mirror": True,
    "augment.color": True,
    "augment.translation": 0.125,
    "augment.cutout": 0.3,
    "schedule.kind": "cosine",
    "schedule.warmup_steps": 3,
}


def trainer_with_all_rules(loss: str, runs_dir: Path, **more: Any) -> Trainer:
    noise = random_digits()
    labelled = replace(noise, labels=torch.arange(noise.count) % 10, classes=tuple("0123456789"))
    clip = {"loss.clip": 0.0} if loss == "wasserstein" else {}
    return make_trainer(
        runs_dir, {**STEP_KINDS["dcgan"], **ALL_RULES, "loss.kind": loss, **clip, **more}, dataset=labelled
    )


@pytest.mark.parametrize("loss", sorted(alternatives(Loss)))
def test_no_loss_regularizer_or_augmentation_waits_for_a_value(loss: str, runs_dir: Path) -> None:
    trainer = trainer_with_all_rules(loss, runs_dir)
    trainer._train_step()
    with Calls() as calls:
        for _ in range(3):
            trainer._train_step()
    assert calls.waits == {}
    means = trainer.state.meter.read()
    assert {"penalty/r1", "penalty/r2", "penalty/gp"} <= set(means)
    assert all(math.isfinite(value) for value in means.values())


@pytest.mark.cuda
@pytest.mark.parametrize("loss", sorted(alternatives(Loss)))
def test_no_loss_regularizer_or_augmentation_waits_for_the_gpu(loss: str, runs_dir: Path) -> None:
    trainer = trainer_with_all_rules(loss, runs_dir, **{"training.device": "cuda"})
    trainer._train_step()
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(3):
            trainer._train_step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert all(math.isfinite(value) for value in trainer.state.meter.read().values())


def test_the_count_of_waits_would_notice_one() -> None:
    with Calls() as calls:
        torch.ones(1).item()
    assert calls.counts["aten::_local_scalar_dense"] == 1


@pytest.mark.cuda
@pytest.mark.parametrize("optimizer", sorted(alternatives(Optimizer)))
@pytest.mark.parametrize("kind", sorted(STEP_KINDS))
def test_a_step_never_waits_for_the_gpu(kind: str, optimizer: str, runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {**kind_of_step(kind, optimizer), "training.device": "cuda"})
    trainer._train_step()  # set-up of libraries and states may wait
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(6):
            trainer._train_step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert trainer.step == 7
