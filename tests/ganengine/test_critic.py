"""D's answers to single images, and which image that is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from ganengine.config import TrainConfig
from ganengine.data.dataset import to_unit_range
from ganengine.errors import CheckpointError, DatasetError
from ganengine.export.grid import load_sample
from ganengine.inspection.critic import Critic, Scale, Score, explain
from ganengine.inspection.data import training_images
from ganengine.inspection.directions import directions_of
from ganengine.inspection.report import Background, opinion
from ganengine.inspection.spaces import SPACES
from ganengine.inspection.subject import Subject
from ganengine.inspection.variations import variations
from ganengine.inspection.walks import walk, walk_images
from ganengine.latents import class_blocks, latents_of_seed
from ganengine.runs.checkpoints import load_checkpoint, save_checkpoint
from ganengine.sampler import Sampler
from ganengine.shapes import ImageShape
from tests.ganengine.inspected import COUNT, conditional_checkpoint, labelled_noise, plain_checkpoint

Make = Callable[..., Path]
DROPOUT = {"discriminator.dropout": 0.5, "discriminator.spectral_norm": True}


def discriminator_of(path: Path) -> torch.nn.Module:
    """Built and filled by hand, the long way."""
    content = load_checkpoint(path)
    config = TrainConfig.parse(content["config"])
    D = config.discriminator.build(ImageShape(1, 8), len(content["data"]["classes"]))
    D.load_state_dict(content["players"]["D"])
    return D.eval()


@pytest.mark.parametrize("make", [plain_checkpoint, conditional_checkpoint], ids=["plain", "conditional"])
def test_the_score_is_the_output_of_the_discriminator_in_the_checkpoint(runs_dir: Path, make: Make) -> None:
    path = make(runs_dir, DROPOUT)
    subject = Subject.from_checkpoint(path, "cpu")
    latents = [subject.latent(index) for index in range(subject.fixed_count())]
    labels = torch.tensor([latent.label for latent in latents]) if subject.classes else None
    images = np.concatenate([subject.image(latent) for latent in latents])
    with torch.no_grad():
        shown = to_unit_range(torch.from_numpy(images).permute(0, 3, 1, 2))
        expected = discriminator_of(path)(shown, labels)
    scores = subject.critic.scores(images, labels)
    assert torch.allclose(torch.tensor([score.logit for score in scores]), expected, atol=1e-6)
    assert [score.probability for score in scores] == pytest.approx(expected.sigmoid().tolist(), abs=1e-6)


def test_asking_changes_nothing_and_portions_neither(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject.from_checkpoint(plain_checkpoint(runs_dir, DROPOUT), "cpu")
    images = labelled_noise().images
    torch.manual_seed(3)
    before = torch.get_rng_state()
    whole = subject.critic.logits(images)
    monkeypatch.setattr("ganengine.inspection.critic.PORTION", 7)
    assert torch.allclose(subject.critic.logits(images), whole, atol=1e-6)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_array_as_it_is_shown_and_a_tensor_as_data_sets_hold_it(runs_dir: Path) -> None:
    subject = Subject.from_checkpoint(plain_checkpoint(runs_dir), "cpu")
    images = labelled_noise().images
    assert torch.equal(subject.critic.logits(images.permute(0, 2, 3, 1).numpy()), subject.critic.logits(images))


def test_a_d_of_classes_needs_them(runs_dir: Path) -> None:
    subject = Subject.from_checkpoint(conditional_checkpoint(runs_dir), "cpu")
    with pytest.raises(ValueError, match="class"):
        subject.critic.logits(labelled_noise().images)


def test_a_discriminator_of_another_architecture(runs_dir: Path, tmp_path: Path) -> None:
    content = load_checkpoint(plain_checkpoint(runs_dir))
    content["players"]["D"].popitem()
    save_checkpoint(tmp_path / "odd.pt", content)
    with pytest.raises(CheckpointError, match=r"odd\.pt belong to another architecture"):
        Subject.from_checkpoint(tmp_path / "odd.pt", "cpu")


def test_where_a_score_stands_among_others() -> None:
    scale = Scale(real=torch.tensor([1.0, 2.0, 3.0, 4.0]), fake=torch.tensor([-1.0, 0.0, 0.0, 2.5]))
    assert scale.standing(Score(2.5, 0.0)) == (0.5, 0.875)
    assert scale.standing(Score(-9.0, 0.0)) == (0.0, 0.0)
    text = explain(Score(2.5, 0.9241), scale.standing(Score(2.5, 0.9241)), calibrated=True)
    assert text == (
        "D is 92 % sure that it is real. It looks more real to D than 88 % of generated and 50 % of real images."
    )
    assert "sure" not in explain(Score(2.5, 0.9), None, calibrated=False)


@pytest.mark.parametrize(("loss", "calibrated"), [("nonsaturating", True), ("hinge", False), ("wasserstein", False)])
def test_only_some_losses_teach_d_a_probability(runs_dir: Path, loss: str, calibrated: bool) -> None:
    subject = Subject.from_checkpoint(plain_checkpoint(runs_dir, {"loss.kind": loss}), "cpu")
    assert isinstance(subject.critic, Critic)
    assert subject.critic.is_calibrated is calibrated


@pytest.mark.parametrize("make", [plain_checkpoint, conditional_checkpoint], ids=["plain", "conditional"])
def test_the_image_of_a_place_in_the_sample_is_the_one_that_the_run_kept(runs_dir: Path, make: Make) -> None:
    path = make(runs_dir, {"recording.sample_every": 3})
    kept = load_sample(path.parents[1] / "samples" / "step-00000006.png")
    subject = Subject.from_checkpoint(path, "cpu")
    assert subject.fixed_count() == len(kept) == COUNT
    for index in range(COUNT):
        np.testing.assert_array_equal(subject.image(subject.latent(index))[0], kept[index])
    with pytest.raises(IndexError):
        subject.latent(COUNT)


@pytest.mark.parametrize("make", [plain_checkpoint, conditional_checkpoint], ids=["plain", "conditional"])
def test_the_image_of_a_place_in_fresh_noise(runs_dir: Path, make: Make) -> None:
    path = make(runs_dir)
    subject = Subject.from_checkpoint(path, "cpu")
    shown = Sampler.from_checkpoint(path, "cpu").images(9, seed=4)
    for index in (0, 5, 8):
        np.testing.assert_array_equal(subject.image(subject.latent(index, 4, 9))[0], shown[index])
    labels = class_blocks(9, len(subject.classes))
    assert subject.latent(5, 4, 9).label == (None if labels is None else int(labels[5]))
    assert torch.equal(subject.latent(5, 4, 9).z, latents_of_seed(4, 9, 4, torch.device("cpu"))[5])


def test_another_class_of_the_same_vector(runs_dir: Path) -> None:
    subject = Subject.from_checkpoint(conditional_checkpoint(runs_dir), "cpu")
    one = subject.latent(0)
    other = one.of_class(2)
    assert torch.equal(other.z, one.z)
    assert not np.array_equal(subject.image(one), subject.image(other))


def test_what_is_said_of_an_image_with_its_real_ones_at_hand(runs_dir: Path) -> None:
    subject = Subject.from_checkpoint(conditional_checkpoint(runs_dir), "cpu")
    dataset = labelled_noise()
    background = Background(subject, dataset)
    assert len(background.scale.real) == len(background.scale.fake) == dataset.count
    assert torch.allclose(
        background.scale.real.sort().values, subject.critic.logits(dataset.images, dataset.labels).sort().values
    )
    copy = dataset.images[4].permute(1, 2, 0).numpy()
    likeness = background.likeness(copy, "pixels", 3)
    assert (likeness.neighbours[0].index, likeness.neighbours[0].distance) == (4, 0.0)
    assert likeness.reading.verdict == "copy"
    assert "real images" in opinion(subject, subject.image(subject.latent(0)), 0, background.scale)


def test_mirrored_training_images_count_where_the_training_mirrors(runs_dir: Path) -> None:
    dataset = labelled_noise()
    mirrored = dataset.images[4].flip(2).permute(1, 2, 0).numpy()
    for mirror in (True, False):
        subject = Subject.from_checkpoint(plain_checkpoint(runs_dir, {"augment.mirror": mirror}), "cpu")
        assert (Background(subject, dataset).likeness(mirrored, "pixels", 1).reading.verdict == "copy") is mirror


def test_the_data_must_be_those_that_were_trained_on() -> None:
    config = TrainConfig()
    assert training_images(config, ImageShape(1, 28), 10).count == 5000
    with pytest.raises(DatasetError, match="changed since"):
        training_images(config, ImageShape(3, 28), 0)
    with pytest.raises(DatasetError, match="10 classes now, but this generator makes 4"):
        training_images(config, ImageShape(1, 28), 4)
    with pytest.raises(DatasetError, match="not on this computer"):
        training_images(config.with_changes({"data.source": "kmnist"}), ImageShape(1, 28), 0)


def test_a_training_beside_it_is_not_disturbed(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing draws from torch's global random generator, which a training's dropout draws from."""
    monkeypatch.setattr("ganengine.metrics.extractors.own.STEPS", 2)
    spectral = {"generator.spectral_norm": True, "generator.dropout": 0.2, **DROPOUT}
    path, dataset = conditional_checkpoint(runs_dir, spectral), labelled_noise(80)
    torch.manual_seed(11)
    before = torch.get_rng_state()
    subject = Subject.from_checkpoint(path, "cpu")
    image = subject.image(subject.latent(0))[0]
    background = Background(subject, dataset)
    for space in SPACES:
        background.likeness(image, space, 3)
    list(walk_images(subject, walk([subject.latent(0), subject.random(5, 2)], 6, 3, closed=True)))
    subject.images(variations(subject.latent(0).z, 0.5, 4, 1), 1)
    directions_of(subject, 1)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(not parameter.requires_grad for parameter in subject.sampler.generator.parameters())
