"""Runs at the same moment: alignment by step and by time, common latent vectors, best values; report and command."""

import json
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganengine.alignment import Clock, Moment, training_time
from ganengine.common_latents import CommonLatents, checkpoint_near, latents_problem
from ganengine.comparison import Best, Comparison, compare_runs
from ganengine.errors import RunError
from ganengine.events import MetricsEvent
from ganengine.export.comparison import html_report
from ganengine.export.comparison_svg import smoothed
from ganengine.export.grid import load_sample
from ganengine.runs.about import RunAbout, write_about
from ganengine.runs.directory import RunDirectory, list_runs
from ganengine.sampler import Sampler
from tests.ganengine.helpers import make_trainer, quick_config
from tests.ganengine.test_cli import Cli, cli
from tests.ganengine.test_sweep import Page

__all__ = ["cli"]


def test_when_a_run_was_where() -> None:
    clock = Clock([10, 20], [1.0, 3.0])
    assert [clock.seconds_at(step) for step in (0, 5, 10, 15, 20, 99)] == [0.0, 0.5, 1.0, 2.0, 3.0, 3.0]
    assert clock.newest([0, 5, 15, 20], Moment("step", 19)) == 15
    assert clock.newest([5, 15, 20], Moment("time", 2.0)) == 15
    assert clock.newest([5, 15, 20], Moment("time", 0.4)) is None
    assert clock.step_at(Moment("time", 2.0), last=20) == 15
    assert clock.step_at(Moment("step", 50), last=20) == 20
    assert Clock([], []).newest([0, 4], Moment("time", 9.0)) == 4  # nothing is known of its times: all is shown


def test_how_moments_are_said() -> None:
    assert Moment("step", 1200).text == "at step 1,200"
    assert Moment("time", 125).text == "after 2:05 of training"
    assert training_time(4.2) == "4.2 s"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quick run that took 1 s a step, a slow one that took 2 s, and one with other latent vectors."""
    root = tmp_path_factory.mktemp("runs")
    own: tuple[dict[str, object], ...] = ({}, {"training.seed": 7}, {"generator.latent_dim": 5})
    for pace, changes in zip((1.0, 2.0, 1.0), own, strict=True):
        quick = {"recording.sample_every": 2, "recording.checkpoint_every": 2, "recording.keep_checkpoints": 9}
        trainer = make_trainer(root, {**quick, **changes})
        trainer.run()
        lines = (trainer.directory.path / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        paced = [json.dumps(row | {"seconds": row["step"] * pace}) for row in rows]
        (trainer.directory.path / "metrics.jsonl").write_text("\n".join(paced) + "\n", encoding="utf-8")
    return root


@pytest.fixture
def two(root: Path) -> Comparison:
    return compare_runs(list_runs(root)[:2])


def test_the_same_step_and_the_same_time(two: Comparison) -> None:
    quick, slow = two.runs
    assert two.moment("step") == Moment("step", 6)
    # The quick run ended after 6 s, when the slow one had done 3 steps.
    assert two.moment("time") == Moment("time", 6.0)
    assert [run.sample_at(two.moment("time")) for run in two.runs] == [6, 2]
    assert [run.sample_at(5) for run in two.runs] == [4, 4]
    assert slow.step_at(Moment("time", 6.0)) == 3
    assert slow.curve_along("loss/g", "time")[0][0] == pytest.approx(2 / 60)
    assert quick.curve_along("loss/g", "step")[0][0] == 1


def test_common_latents_are_those_of_the_first_run(root: Path, two: Comparison) -> None:
    quick, slow = two.runs
    latents = CommonLatents.of([run.config for run in two.runs])
    first = checkpoint_near(quick.directory, 6)
    other = checkpoint_near(slow.directory, 3)
    assert first is not None
    assert other == slow.directory.checkpoints.path(2)
    made = latents.images(first, "cpu")
    assert np.array_equal(made.images, load_sample(quick.directory.sample_path(6)))
    fixed = Sampler.from_checkpoint(first, "cpu").fixed
    expected = Sampler.from_checkpoint(other, "cpu").images_of(fixed.z)
    again = latents.images(other, "cpu")
    assert np.array_equal(again.images, expected)
    assert again.step == 2
    assert not np.array_equal(again.images, load_sample(slow.directory.sample_path(2)))  # its own have another seed


def test_rows_of_classes_share_latents_with_plain_grids() -> None:
    latents = CommonLatents(3, 5, 64)
    assert torch.equal(latents.z(60), latents.z(64)[:60])
    assert torch.equal(latents.z(7), latents.z(64)[:7])


def test_what_cannot_share_latents(root: Path) -> None:
    configs = [run.config() for run in list_runs(root)]
    assert latents_problem(configs[:2]) == ""
    assert "4 and 5" in latents_problem(configs)
    assert "cannot be read" in latents_problem([configs[0], None])
    with pytest.raises(RunError, match="4 and 5"):
        CommonLatents.of(configs)


def test_best_and_last(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, quick_config())
    for step, fid, share in ((1, 9.0, 0.1), (2, 3.0, 0.8), (3, 3.0, 0.2), (4, float("nan"), 0.3)):
        values = {"eval/fid_own": fid, "eval/precision_own": share, "loss/g": -fid}
        run.append_metrics(MetricsEvent(step, 0.0, 0, float(step), values))
    (compared,) = compare_runs([run]).runs
    assert compared.best("eval/fid_own") == Best(3.0, 2)  # the first of two that are equal
    assert compared.best("eval/precision_own") == Best(0.8, 2)
    assert compared.best("loss/g") is None  # a low loss is not a good one
    assert compared.last("eval/fid_own") == 3.0


def test_what_runs_are_called(tmp_path: Path) -> None:
    runs = [RunDirectory.create(tmp_path, quick_config()) for _ in range(3)]
    write_about(runs[0], RunAbout(title="The good one"))
    (runs[2].path / "run.json").write_text('{"status": "fin', encoding="utf-8")
    compared = compare_runs(runs).runs
    assert [run.label for run in compared] == ["The good one", runs[1].name, runs[2].name]
    assert runs[2].name in html_report(compare_runs(runs))


# -- the command and the report ----------------------------------------------------------------------------------------


def test_compare_at_the_same_time(cli: Cli, root: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.html"
    assert cli("compare", "1", "2", "--runs", root, "--align", "time", "--out", out) == 0, cli.err
    page = Page(out.read_text(encoding="utf-8"))
    assert "Generated images after 6.0 s of training" in page.text
    assert [image["alt"] for image in page.of("img")] == [
        "Images generated by seed 0 at step 6", "Images generated by seed 7 at step 2"
    ]  # fmt: skip
    assert "Minutes of training" in page.text
    assert cli("compare", "1", "2", "--runs", root, "--seconds", "4", "--out", out) == 0, cli.err
    assert "after 4.0 s" in out.read_text(encoding="utf-8")


def test_the_losses_are_smoothed_on_request(cli: Cli, root: Path, tmp_path: Path) -> None:
    assert smoothed([(1, 4.0), (2, 2.0), (3, 9.0)], 0.0) == [(1, 4.0), (2, 2.0), (3, 9.0)]
    # (0.5·4 + 1·2) / 1.5 and (0.25·4 + 0.5·2 + 1·9) / 1.75
    assert [y for _, y in smoothed([(1, 4.0), (2, 2.0), (3, 9.0)], 0.5)] == pytest.approx([4.0, 8 / 3, 44 / 7])
    out = tmp_path / "c.html"
    written = []
    for weight in ("0", "0.9"):
        assert cli("compare", "1", "2", "--runs", root, "--smooth", weight, "--out", out) == 0, cli.err
        written.append([curve["points"] for curve in Page(out.read_text(encoding="utf-8")).of("polyline")])
    assert len(written[0]) == len(written[1]) == 6
    assert written[0] != written[1]
    assert "0.999" in cli.fails("compare", "1", "2", "--runs", str(root), "--smooth", "1", "--out", str(out))


def test_compare_with_the_same_latents(cli: Cli, root: Path, two: Comparison, tmp_path: Path) -> None:
    out = tmp_path / "c.png"
    same = ("compare", "1", "2", "--runs", root, "--same-latents")
    assert cli(*same, "--step", "4", "--out", out) == 0, cli.err
    pixels = np.asarray(Image.open(out))
    expected = CommonLatents.of([run.config for run in two.runs])
    for left, run in zip((12, (pixels.shape[1] + 12) // 2), two.runs, strict=True):
        tile = expected.images(run.directory.checkpoints.path(4)).images[0, :, :, 0]
        scale = (pixels.shape[1] - 36) // 2 // 2 // 28
        assert np.array_equal(pixels[14 : 14 + 28 * scale : scale, left + 2 : left + 2 + 28 * scale : scale, 0], tile)
    assert cli(*same, "--seed", "5", "--theme", "dark", "--out", tmp_path / "d.png") == 0, cli.err
    dark = np.asarray(Image.open(tmp_path / "d.png"))
    assert (pixels[0, 0, 0], dark[0, 0, 0]) == (255, 0)
    assert dark.shape == pixels.shape
    assert not np.array_equal(dark[14:70, 14:70], pixels[14:70, 14:70])


def test_arguments_that_do_not_go_together(cli: Cli, root: Path, tmp_path: Path) -> None:
    runs = ("compare", "1", "2", "--runs", str(root), "--out", str(tmp_path / "c.html"))
    assert "--seconds" in cli.fails(*runs, "--align", "time", "--step", "3")
    assert "--step" in cli.fails(*runs, "--align", "step", "--seconds", "3")
    assert "--same-latents" in cli.fails(*runs, "--seed", "3")
    assert "at least 0" in cli.fails(*runs, "--seconds", "-1")
    assert "different sizes" in cli.fails("compare", "1", "3", *runs[3:], "--same-latents")
    assert not (tmp_path / "c.html").exists()


@pytest.mark.parametrize(("theme", "schemes"), [("auto", "light dark"), ("light", "light"), ("dark", "dark")])
def test_the_report_is_light_or_dark_as_asked(two: Comparison, theme: str, schemes: str) -> None:
    page = html_report(two, theme=theme)  # type: ignore[arg-type]
    assert f"color-scheme: {schemes};" in page
    assert ("prefers-color-scheme" in page) == (theme == "auto")
    assert page.count("{") == page.count("}")
    (first, *_) = Page(page).of("img")
    source = str(first["src"]).partition(",")[2]
    assert source  # between the images the page's own ground shows
    with Image.open(BytesIO(b64decode(source))) as picture:
        assert picture.mode == "LA"
        assert picture.getpixel((0, 0)) == (255, 0)
        assert picture.getpixel((3, 3))[1] == 255  # type: ignore[index]


def test_the_report_names_best_values(tmp_path: Path) -> None:
    runs = [RunDirectory.create(tmp_path, quick_config({"training.seed": seed})) for seed in (0, 1)]
    for run, fids in zip(runs, ((9.0, 4.0, 5.0), (8.0, 7.0, 3.0)), strict=True):
        for step, fid in enumerate(fids, start=1):
            run.append_metrics(MetricsEvent(step, 0.0, 0, float(step), {"eval/fid_own": fid}))
    text = html_report(compare_runs(runs))
    page = Page(text)
    (outcome, _) = page.tables
    assert [row[-1] for row in outcome[1:]] == ["4|at step 2; last 5", "3|at step 3; last 3"]
    assert text.count('<span class="best">') == 1
    assert len(page.of("circle")) == 6  # each measurement is marked
