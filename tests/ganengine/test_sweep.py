"""Several runs from one command, one of which fails, and the comparison that comes of it."""

import json
import os
import shutil
import signal
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganengine.cli import main
from ganengine.cli.running import Interrupts
from ganengine.comparison import compare_runs
from ganengine.export.grid import load_sample
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.test_cli import SMALL, Cli, cli

__all__ = ["cli"]

PRESET = """
preset = "three"
[about]
title = "Three optimizers"
[compare]
title = "Compare <b>optimizers</b>"
[[compare.variation]]
name = "SGD"
changes = { "optimizer_g.kind,optimizer_d.kind" = "sgd", "optimizer_g.lr,optimizer_d.lr" = 0.01 }
[[compare.variation]]
name = "RMSprop <script>alert(1)</script>"
changes = { "optimizer_g.kind,optimizer_d.kind" = "KIND", "optimizer_g.lr,optimizer_d.lr" = LR, "loss.kind" = "LOSS" }
[[compare.variation]]
name = "Adam"
changes = { "optimizer_g.kind,optimizer_d.kind" = "adam" }
[generator]
kind = "mlp"
widths = [8]
[discriminator]
kind = "mlp"
widths = [8]
[training]
steps = 6
batch_size = 8
device = "cpu"
[recording]
log_every = 1
sample_every = 3
sample_count = 5
"""


class Page(HTMLParser):
    """What a browser would find in a report.

    Attributes:
        tags: each with its attributes, in order.
        tables: rows of cells' texts.
        text: all that is to be read.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img", "br"}:
            self._open.append(tag)
        match tag:
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "td" | "th":
                self.tables[-1][-1].append("")
            case "br" if "td" in self._open:
                self.tables[-1][-1][-1] += "|"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data
        if self._open and {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "presets"
    folder.mkdir()
    monkeypatch.setenv("GAN_STUDIO_PRESETS", str(folder))
    path = folder / "three.toml"
    write_preset(path)
    return path


def write_preset(path: Path, kind: str = "rmsprop", lr: str = "0.001", loss: str = "nonsaturating") -> None:
    path.write_text(PRESET.replace("KIND", kind).replace("LR", lr).replace("LOSS", loss), encoding="utf-8")


def test_one_command_makes_three_runs_and_their_comparison(cli: Cli, preset: Path, runs_dir: Path) -> None:
    assert cli("sweep", "--preset", "three") == 0, cli.err
    runs = list_runs(runs_dir)
    assert [run.config().optimizer_d.kind for run in runs] == ["sgd", "rmsprop", "adam"]
    assert [run.config().optimizer_g.lr for run in runs[:2]] == [0.01, 0.001]
    groups = [run.info()["group"] for run in runs]
    assert [(group["variation"][:3], group["index"], group["count"]) for group in groups] == [
        ("SGD", 0, 3), ("RMS", 1, 3), ("Ada", 2, 3)
    ]  # fmt: skip
    assert len({group["id"] for group in groups}) == 1
    *table, place = cli.out.splitlines()
    assert [line.split()[0] for line in table] == ["variation", "SGD", "RMSprop", "Adam"]
    assert all("finished" in line for line in table[1:])
    assert Path(place) == runs_dir / "comparisons" / "00001-to-00003.html"
    assert Path(place).is_file()
    assert "run 2 of 3: RMSprop" in cli.err
    assert len(list_runs(runs_dir)) == 3  # the folder of comparisons is no run


def test_the_report_says_what_the_runs_files_say(cli: Cli, preset: Path, runs_dir: Path, tmp_path: Path) -> None:
    assert cli("sweep", "--preset", "three", "--out", tmp_path / "out") == 0, cli.err
    text = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    page, runs = Page(text), list_runs(runs_dir)
    assert not page.of("script")
    assert "Compare <b>optimizers</b>" in page.text  # names are text, whatever they hold
    assert "RMSprop <script>alert(1)</script>" in page.text
    sources = [str(image["src"]) for image in page.of("img")]
    assert len(sources) == 3
    for source, run in zip(sources, runs, strict=True):
        grid = decoded(source)
        tile = load_sample(run.sample_path(6))[0, :, :, 0]
        scale = (grid.shape[1] - 2) // 3 // 28
        assert np.array_equal(grid[2 : 2 + 28 * scale : scale, 2 : 2 + 28 * scale : scale], tile)
    plots = [attributes for attributes in page.of("svg") if attributes.get("role") == "img"]
    assert [str(plot["aria-label"]).partition(",")[0] for plot in plots] == ["D real", "D fake", "G"]
    curves = page.of("polyline")
    assert len(curves) == 9
    assert all(len(str(curve["points"]).split()) == 6 for curve in curves)
    looks = {(curve["class"], curve["stroke-dasharray"]) for curve in curves}
    assert len(looks) == 3
    outcome, differing = page.tables
    assert outcome[0][:4] == ["Run", "Status", "Steps", "Time"]
    for row, run in zip(outcome[1:], runs, strict=True):
        assert row[0].endswith(run.name)
        assert row[1:3] == ["finished", "6"]
        last = run.metrics()[-1].values
        shown = [float(cell.replace("−", "-")) for cell in row[4:7]]
        assert shown == pytest.approx([last["loss/d_real"], last["loss/d_fake"], last["loss/g"]], rel=1e-3)
    rows = {row[0].partition("|")[2]: row[1:] for row in differing}
    assert rows["optimizer_g.kind"] == ["SGD", "RMSprop", "Adam"]
    assert rows["optimizer_d.lr"][:2] == ["0.01", "0.001"]
    assert "training.steps" not in rows


def decoded(source: str) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    kind, _, data = source.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(BytesIO(b64decode(data))).convert("L"))


def test_a_run_that_fails_does_not_stop_the_next(cli: Cli, preset: Path, runs_dir: Path) -> None:
    write_preset(preset, kind="sgd", lr="10.0", loss="lsgan")
    assert cli("sweep", "--preset", "three", "--steps", "120", "--set", "recording.sample_every=60") == 1
    runs = list_runs(runs_dir)
    assert [run.info()["status"] for run in runs] == ["finished", "failed", "finished"]
    assert "failed: The training blew up" in cli.err
    rows = cli.out.splitlines()
    assert "failed" in rows[2]
    assert "finished" in rows[3]
    page = Page(Path(rows[-1]).read_text(encoding="utf-8"))
    assert "The training blew up" in page.tables[0][2][1]
    assert "Generated images at step 120" in page.text
    comparison = compare_runs(runs)
    assert comparison.step == 120
    assert comparison.runs[1].sample_at(120) in {0, 60}


def test_a_bad_value_is_said_before_the_first_run(cli: Cli, preset: Path, runs_dir: Path) -> None:
    line = cli.fails("sweep", *SMALL, "--vary", "optimizer_g.kind=adam,nonsense")
    assert "optimizer_g.kind" in line
    assert "nonsense" in line
    assert "training.batch_size" in cli.fails("sweep", *SMALL, "--vary", "training.batch_size=8,1")
    assert "--vary" in cli.fails("sweep", *SMALL)
    assert "must look like" in cli.fails("sweep", *SMALL, "--vary", "optimizer_g.kind")
    assert list_runs(runs_dir) == []


def test_a_settings_file_may_bring_its_own_comparison(cli: Cli, tmp_path: Path, runs_dir: Path) -> None:
    path = tmp_path / "mine.toml"
    write_preset(path)
    assert cli("sweep", path, "--steps", "2", "--set", "loss.kind=hinge") == 0, cli.err
    configs = [run.config() for run in list_runs(runs_dir)]
    assert [config.training.steps for config in configs] == [2, 2, 2]
    assert [config.loss.kind for config in configs] == ["hinge", "nonsaturating", "hinge"]
    assert [config.optimizer_g.kind for config in configs] == ["sgd", "rmsprop", "adam"]


def test_an_interruption_saves_and_ends_all(
    cli: Cli, preset: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_instead = Interrupts.stop_instead

    def interrupted(self: Interrupts, trainer: object) -> None:
        stop_instead(self, trainer)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Interrupts, "stop_instead", interrupted)
    assert cli("sweep", "--preset", "three", "--steps", "100000") == 130
    (run,) = list_runs(runs_dir)
    assert run.info()["status"] == "stopped"
    assert len(run.checkpoints.steps()) == 1
    assert "SGD" in cli.out
    assert Path(cli.out.splitlines()[-1]).is_file()


# -- compare -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    quick = [*SMALL, "--steps", "4", "--set", "recording.sample_every=2", "--set", "recording.log_every=2"]
    for change in ("optimizer_g.lr=0.5", "optimizer_g.lr=1e-5"):
        assert main(["train", *quick, "--runs", str(root), "--set", change]) == 0
    return root


def test_any_runs_can_be_compared(cli: Cli, two_runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "c.html"
    assert cli("compare", "1", "2", "--runs", two_runs, "--out", out) == 0, cli.err
    assert cli.out == f"{out}\n"
    page = Page(out.read_text(encoding="utf-8"))
    assert "Comparison of 2 runs" in page.text
    outcome, differing = page.tables
    assert [row[0] for row in outcome[1:]] == ["lr 0.5|00001-mnist-simple", "lr 1e-5|00002-mnist-simple"]
    assert differing[1:] == [["Learning rate (G)|optimizer_g.lr", "0.5", "1e-5"]]


def test_the_grids_as_one_picture(cli: Cli, two_runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "grids.png"
    assert cli("compare", "1", "2", "--runs", two_runs, "--out", out, "--step", "2") == 0, cli.err
    with Image.open(out) as picture:
        assert picture.mode == "RGB"
        pixels = np.asarray(picture)
        assert json.loads(picture.info["gan-studio"])["step"] == 2
    for number, left in enumerate((12, (pixels.shape[1] + 12) // 2), start=1):
        tile = load_sample(RunDirectory(two_runs / f"0000{number}-mnist-simple").sample_path(2))[0, :, :, 0]
        scale = (pixels.shape[1] - 36) // 2 // 2 // 28
        part = pixels[14 : 14 + 28 * scale : scale, left + 2 : left + 2 + 28 * scale : scale, 0]
        assert np.array_equal(part, tile), number


def test_what_cannot_be_compared(cli: Cli, two_runs: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "c.html")
    runs = ("--runs", str(two_runs))
    assert "at least two" in cli.fails("compare", "1", *runs, "--out", out)
    assert "twice" in cli.fails("compare", "1", "00001-mnist-simple", *runs, "--out", out)
    assert "There is no run '9'" in cli.fails("compare", "1", "9", *runs, "--out", out)
    assert ".html or .png" in cli.fails("compare", "1", "2", *runs, "--out", "c.pdf")
    assert not Path(out).exists()


def test_runs_of_another_version_or_with_foreign_files_still_compare(cli: Cli, two_runs: Path, tmp_path: Path) -> None:
    root = tmp_path / "copies"
    shutil.copytree(two_runs, root)
    first, second = list_runs(root)
    (first.path / "config.toml").write_text("from_the_future = 1", encoding="utf-8")
    (second.path / "samples" / "step-00000004.png").write_bytes(b"no picture")
    with (first.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 5, "loss/g": NaN, "loss/d_real": "<b>", "seconds": "long", "eval/<i>": 1}\n{"half')
    first.update_info({"message": "<img src=x onerror=alert(1)>", "group": "none"})
    out = tmp_path / "c.html"
    assert cli("compare", "1", "2", "--runs", root, "--out", out) == 0, cli.err
    page = Page(out.read_text(encoding="utf-8"))
    assert len(page.of("img")) == 1
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "No samples" in page.text
    assert [row[0].partition("|")[2] for row in page.tables[0][1:]] == [first.name, second.name]
