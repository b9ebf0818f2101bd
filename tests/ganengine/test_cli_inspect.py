"""`ganengine inspect` and `ganengine walk`."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganengine.cli import main
from ganengine.config import TrainConfig
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.inspection.subject import Subject
from ganengine.launch import new_run

SMALL = {
    "generator.kind": "mlp",
    "generator.widths": [8],
    "discriminator.kind": "mlp",
    "discriminator.widths": [8],
    "training.steps": 3,
    "training.length_in": "steps",
    "training.batch_size": 8,
    "training.device": "cpu",
    "recording.sample_count": 20,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    trainer = new_run(
        TrainConfig().with_changes(SMALL | {"training.class_conditional": True}), tmp_path_factory.mktemp("runs"), []
    )
    trainer.run()
    return trainer.directory.path


def test_inspect_says_all_that_is_known(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(run), "--image", "5", "--json", "--nearest", "3"]) == 0
    facts = json.loads(capsys.readouterr().out)
    subject = Subject.from_checkpoint(run / "checkpoints" / "step-00000003.pt", "cpu")
    latent = subject.latent(4)
    assert facts["z"] == latent.z.tolist()
    assert (facts["class"], facts["step"], facts["image"]) == ("2", 3, 5)
    import torch

    score = subject.critic.scores(subject.image(latent), torch.tensor([latent.label]))[0]
    assert facts["logit"] == pytest.approx(score.logit, abs=1e-5)
    digits = MNIST5k().load().images.flatten(1).numpy().astype(float)
    expected = np.sqrt(((digits - subject.image(latent).reshape(1, -1)) ** 2).mean(axis=1)) / 255
    assert [found["index"] for found in facts["nearest"]] == expected.argsort(kind="stable")[:3].tolist()
    assert facts["nearest"][0]["distance"] == pytest.approx(expected.min())


def test_inspect_in_words_and_as_a_picture(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "picture.png"
    assert main(["inspect", str(run), "--image", "2", "--seed", "7", "--class", "9", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Image 2 (class 9)")
    assert "seed 7" in lines[0]
    assert sum("distance" in line for line in lines) == 5
    with Image.open(out) as picture:
        assert picture.size == (6 * (28 * 4 + 8) + 8, 28 * 4 + 16)


def test_walk_makes_a_film_a_strip_and_images(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    walk = ["walk", str(run), "--from", "1", "--to", "20", "--to", "3", "--scale", "1"]
    assert main([*walk, "--frames", "5", "--out", str(tmp_path / "strip.png")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.size == (5 * 29 + 1, 30)
    assert main([*walk, "--frames", "6", "--loop", "--out", str(tmp_path / "walk.gif")]) == 0
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 6  # type: ignore[attr-defined]
    assert main([*walk, "--frames", "7", "--out", str(tmp_path / "images")]) == 0
    assert len(list((tmp_path / "images").iterdir())) == 7


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["inspect", "RUN", "--image", "21"], "--image 21: there are images 1 to 20"),
        (["inspect", "RUN", "--image", "9", "--seed", "1", "--count", "8"], "--image 9: there are images 1 to 8"),
        (["inspect", "RUN", "--class", "ten"], "there is no class 'ten'; there are 0, 1"),
        (["inspect", "RUN", "--out", "picture.jpg"], "must end in .png"),
        (["inspect", "RUN", "--at", "2"], "no checkpoint of step 2"),
        (["walk", "RUN", "--to", "77", "--out", "walk.gif"], "--to 77: there are images 1 to 20"),
        (["walk", "RUN", "--to", "2", "--out", "nowhere/walk.gif"], "there is no folder nowhere"),
        (["walk", "RUN", "--out", "walk.gif"], "--to"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    run: Path,
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([str(run) if argument == "RUN" else argument for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1
    assert not list(tmp_path.glob("*walk*"))
