"""Strips over time: which moments, which images where, and the command."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganengine.cli import main
from ganengine.errors import RunError
from ganengine.events import MetricsEvent
from ganengine.export.grid import Images, save_sample
from ganengine.export.strip import moments, spread, strip_of_run
from ganengine.runs.directory import RunDirectory
from tests.ganengine.helpers import quick_config

SIDE = 20


def flat(*values: int, channels: int = 1) -> Images:
    """One image of one value each."""
    return np.stack([np.full((SIDE, SIDE, channels), value, dtype=np.uint8) for value in values])


@pytest.fixture
def run(runs_dir: Path) -> RunDirectory:
    """A run with samples of four images at the steps 0 to 80; image i of step s is s + i everywhere."""
    made = RunDirectory.create(runs_dir, quick_config({"recording.invert": True, "recording.plot_against": "epochs"}))
    for step in range(0, 90, 10):
        save_sample(made.sample_path(step), flat(*(step + index for index in range(4))), step)
    made.append_metrics(MetricsEvent(40, 4.0, 160, 1.0, {"loss/g": 1.0}))
    made.append_metrics(MetricsEvent(80, 8.0, 320, 2.0, {"loss/g": 1.0}))
    return made


@pytest.mark.parametrize(
    ("steps", "count", "expected"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], 3, [0, 4, 8]),
        ([0, 10, 20], 8, [0, 10, 20]),
        ([0, 100], 2, [0, 100]),
        ([0, 50, 100], 1, [100]),
        ([], 4, []),
        # In time and not by number: a run that sampled often at first, and seldom later.
        ([0, 1, 2, 3, 4, 50, 100], 3, [0, 50, 100]),
    ],
)
def test_moments_are_spread_in_time(steps: list[int], count: int, expected: list[int]) -> None:
    assert moments(steps, count) == expected


def test_as_many_moments_as_were_asked_for_even_where_samples_crowd() -> None:
    found = moments([0, 1, 2, 3, 4, 5, 6, 1000], 5)
    assert len(found) == len(set(found)) == 5
    assert (found[0], found[-1]) == (0, 1000)


def test_rows_are_spread_over_the_sample() -> None:
    assert spread(4, 80).tolist() == [0, 20, 40, 60]
    assert spread(3, 3).tolist() == [0, 1, 2]


def test_time_goes_right_and_each_row_is_one_latent_vector(run: RunDirectory) -> None:
    strip = strip_of_run(run, columns=3, rows=2, captions="none", scale=1, padding=0)
    assert strip.shape == (2 * SIDE, 3 * SIDE, 1)
    assert strip[::SIDE, ::SIDE, 0].tolist() == [[0, 40, 80], [2, 42, 82]]
    dark_on_light = strip_of_run(run, columns=3, rows=2, captions="none", scale=1, padding=0, invert=True)
    assert (dark_on_light == 255 - strip).all()


def test_colours_are_never_inverted(runs_dir: Path) -> None:
    run = RunDirectory.create(runs_dir, quick_config())
    save_sample(run.sample_path(0), flat(10, 20, channels=3), 0)
    strip = strip_of_run(run, rows=2, captions="none", scale=1, padding=0, invert=True)
    assert strip[::SIDE, 0].tolist() == [[10, 10, 10], [20, 20, 20]]


@pytest.mark.parametrize("captions", ["step", "epoch"])
def test_captions_stand_below_and_cut_nothing(run: RunDirectory, captions: str) -> None:
    bare = strip_of_run(run, columns=5, rows=2, captions="none")
    written = strip_of_run(run, columns=5, rows=2, captions=captions)  # type: ignore[arg-type]
    assert (written[: len(bare)] == bare).all()
    line = written[len(bare) :, :, 0]
    assert len(line) >= 12
    pitch = (bare.shape[1] - 2) // 5
    for column in range(5):  # there is ink under each column, and between them there is none
        assert line[:, 2 + column * pitch : 2 + (column + 1) * pitch].min() < 100
        assert line[:, 2 + column * pitch].min() > 200


def test_more_rows_than_images_are_not_made_up(run: RunDirectory) -> None:
    assert strip_of_run(run, columns=1, rows=9, captions="none", scale=1, padding=0).shape[0] == 4 * SIDE


def test_a_run_without_samples_says_so(runs_dir: Path) -> None:
    run = RunDirectory.create(runs_dir, quick_config())
    with pytest.raises(RunError, match="no samples yet"):
        strip_of_run(run)


def test_the_command_takes_ink_and_captions_from_the_run(
    run: RunDirectory, runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "strip.png"
    asked = ["strip", "1", "--runs", str(runs_dir), "--out", str(out), "--columns", "3", "--rows", "2"]
    assert main(asked) == 0
    assert capsys.readouterr().out == f"{out}\n"
    with Image.open(out) as picture:
        made = np.asarray(picture)
    assert (made == strip_of_run(run, columns=3, rows=2, captions="epoch", invert=True)[:, :, 0]).all()
    assert main([*asked, "--light-on-dark", "--captions", "none"]) == 0
    with Image.open(out) as picture:
        assert (np.asarray(picture) == strip_of_run(run, columns=3, rows=2, captions="none")[:, :, 0]).all()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--out", "strip.jpg"], "must end in .png"),
        (["--out", "nowhere/strip.png"], "there is no folder nowhere"),
        (["--out", "strip.png", "--columns", "0"], "at least 1"),
    ],
)
def test_wrong_input_is_one_line(
    run: RunDirectory, runs_dir: Path, more: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["strip", "1", "--runs", str(runs_dir), *more]) == 2
    assert why in capsys.readouterr().err
