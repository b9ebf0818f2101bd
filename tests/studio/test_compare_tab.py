"""Runs that there are, in the Compare tab of the real window: at the same time, of the same latents, followed live."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from ganengine.common_latents import CommonLatents
from ganengine.events import MetricsEvent, RunStatus
from ganengine.export.grid import load_sample, save_sample
from ganengine.runs.directory import RunDirectory, list_runs
from studio.main_window import MainWindow
from studio.presenters.compare import ComparePresenter
from studio.views.compare_view import CompareView
from studio.views.plot_controls import tick_of
from tests.ganengine.helpers import make_trainer, quick_config

TIMEOUT = 60_000


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven runs with different seeds, of which the first took 1 s a step and the others 2 s; another has other z."""
    root = tmp_path_factory.mktemp("trained")
    for seed in range(8):
        quick = {"recording.sample_every": 2, "recording.checkpoint_every": 2, "recording.keep_checkpoints": 9}
        trainer = make_trainer(root, {**quick, "training.seed": seed, "generator.latent_dim": 5 if seed == 7 else 4})
        trainer.run()
        path = trainer.directory.path / "metrics.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        pace = 2.0 if seed else 1.0
        paced = [row | {"seconds": row["step"] * pace, "eval/fid_own": abs(4.0 - row["step"]) + seed} for row in rows]
        path.write_text("".join(json.dumps(row) + "\n" for row in paced), encoding="utf-8")
    return root


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr("studio.presenters.compare_follow.EVERY_MS", 20)
    shown = MainWindow(settings, runs_dir)
    with qtbot.waitSignal(shown.ready, timeout=TIMEOUT):
        shown.show()
    yield shown
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents()


def view_of(window: MainWindow) -> CompareView:
    assert window.workspace is not None
    return window.workspace.comparing.view


def presenter_of(window: MainWindow) -> ComparePresenter:
    assert window.workspace is not None
    return window.workspace.comparing.compare


def wait_for(qtbot: QtBot, view: CompareView, steps: list[int | None]) -> None:
    """Until each column shows the images of its step."""
    qtbot.waitUntil(lambda: [column.step for column in view.columns] == steps, timeout=TIMEOUT)


def open_runs(qtbot: QtBot, window: MainWindow, runs: Sequence[RunDirectory]) -> CompareView:
    with qtbot.waitSignal(presenter_of(window).shown, timeout=TIMEOUT):
        presenter_of(window).open([run.path for run in runs])
    return view_of(window)


def test_a_comparison_from_all_sides(qtbot: QtBot, window: MainWindow, trained: Path) -> None:
    runs = list_runs(trained)
    view = open_runs(qtbot, window, runs[:2])
    assert [column.title for column in view.columns] == ["seed 0", "seed 1"]
    wait_for(qtbot, view, [6, 6])
    assert view.chooser.isHidden()

    # At the same time: after the 6 s that the first run took, the other had done 3 steps.
    view.bar.align.setCurrentIndex(view.bar.align.findData("time"))
    wait_for(qtbot, view, [6, 2])
    assert view.timeline.text == "6.0 s of 12.0 s"
    view.pages.open_page("losses")
    view.plots.set_way("overlaid")
    view.plots.set_smoothing(0.0)
    view.plots.redraw_now()
    assert view.plots.plots["loss/g", 0].drawn(1)[0].tolist() == pytest.approx([step / 30 for step in range(1, 7)])
    view.timeline.select(20)
    wait_for(qtbot, view, [2, 0])
    view.bar.align.setCurrentIndex(view.bar.align.findData("step"))
    wait_for(qtbot, view, [6, 6])

    # From the same latent vectors: those of the first run.
    expected = CommonLatents.of([run.config() for run in runs[:2]]).images(runs[1].checkpoints.path(6), "cpu").images
    assert not np.array_equal(view.columns[1].shown.images, expected)  # type: ignore[union-attr]
    view.bar.latents.click()
    qtbot.waitUntil(lambda: view.columns[1].shown is not None and "Checkpoint" in view.columns[1].shown.heading)
    assert np.array_equal(view.columns[0].shown.images, load_sample(runs[0].sample_path(6)))  # type: ignore[union-attr]
    assert np.array_equal(view.columns[1].shown.images, expected)  # type: ignore[union-attr]
    view.timeline.select(3)
    qtbot.waitUntil(lambda: [column.step for column in view.columns] == [2, 2])
    before = view.columns[0].shown
    view.bar.other.click()
    qtbot.waitUntil(lambda: view.columns[0].shown is not before)
    assert not np.array_equal(view.columns[0].shown.images, before.images)  # type: ignore[union-attr]
    view.bar.latents.click()
    qtbot.waitUntil(lambda: view.columns[1].shown is not None and view.columns[1].shown.heading.startswith("Step"))
    assert np.array_equal(view.columns[1].shown.images, load_sample(runs[1].sample_path(2)))  # type: ignore[union-attr]

    # The tables.
    view.pages.open_page("settings")
    assert view.pages.settings.texts() == [["Setting", "seed 0", "seed 1"], ["Seed", "0", "1"]]
    view.pages.open_page("results")
    head, *rows = view.pages.results.texts()
    assert head[:4] == ["Run", "Status", "Steps", "Time"]
    assert head[-2:] == ["FID, best", "last"]
    assert [row[-2:] for row in rows] == [["0", "2"], ["1", "3"]]
    best = view.pages.results.item(0, len(head) - 2)
    assert best is not None
    assert best.font().bold()
    assert best.toolTip() == "At step 4: the best of all"
    view.pages.open_page("quality")
    view.plots.redraw_now()
    assert view.plots.plots["eval/fid_own", 0].drawn(1)[1].tolist() == [4, 3, 2, 1, 2, 3]

    # One smoothing here and in the plots of a single run.
    view.pages.smoothing.setValue(tick_of(0.5))
    plots = window.workspace.plots  # type: ignore[union-attr]
    assert plots.drawing.weight == pytest.approx(0.5, abs=0.02)
    plots.controls.smoothing.setValue(0)
    assert view.pages.smoothing.value() == 0


def test_the_report_is_of_what_is_seen(
    qtbot: QtBot, window: MainWindow, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, target = list_runs(trained), tmp_path / "report.html"
    view = open_runs(qtbot, window, runs[:3])
    view.bar.align.setCurrentIndex(view.bar.align.findData("time"))
    view.timeline.select(70)
    view.bar.latents.click()
    qtbot.waitUntil(lambda: all(column.shown and "Checkpoint" in column.shown.heading for column in view.columns))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "HTML"))
    view.bar.save.click()
    qtbot.waitUntil(target.exists, timeout=TIMEOUT)
    text = target.read_text(encoding="utf-8")
    assert "after 6.0 s of training" in text  # the last moment before at which one of them made images
    assert "checkpoint of step 2" in text
    assert "All are made from the same latent vectors" in text
    assert "Minutes of training" in text


def test_six_of_many_runs(qtbot: QtBot, window: MainWindow, trained: Path) -> None:
    view = open_runs(qtbot, window, list_runs(trained))
    assert not view.chooser.isHidden()
    assert [column.title for column in view.columns] == [f"latent dim 4, seed {seed}" for seed in range(6)]
    view.timeline.select(4)
    view.chooser.buttons[1].click()
    view.chooser.buttons[7].click()
    wait_for(qtbot, view, [4] * 6)
    assert view.columns[-1].run.look == 1  # the colour that became free
    assert not view.bar.latents.isEnabled()
    assert "4 and 5" in view.bar.latents.toolTip()
    view.chooser.buttons[7].click()
    assert view.bar.latents.isEnabled()


def test_runs_that_another_process_trains_are_followed(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    runs = [RunDirectory.create(runs_dir, quick_config({"training.seed": seed})) for seed in (0, 1)]
    trainer = RunDirectory(runs[1].path)
    trainer.acquire()
    try:
        for run in runs:
            log(run, 1)
        trainer.update_info({"status": RunStatus.RUNNING.value, "total_steps": 40})
        runs[0].update_info({"status": RunStatus.FINISHED.value})
        view = open_runs(qtbot, window, runs)
        assert [column.status.partition(" ")[0] for column in view.columns] == ["finished", "running"]
        for step in (2, 3):
            log(trainer, step)
        trainer.append_metrics(MetricsEvent(4, 0.0, 0, 4.0, {"loss/g": 4.0}))
        qtbot.waitUntil(lambda: view.columns[1].step == 3, timeout=TIMEOUT)
        history = presenter_of(window).tracks[1].history
        qtbot.waitUntil(lambda: history.column("loss/g")[0].tolist() == [1, 2, 3, 4], timeout=TIMEOUT)
        assert view.columns[1].shown.images[0, 0, 0, 0] == 3  # type: ignore[union-attr]
        assert view.timeline.steps == (1, 2, 3)
        assert view.columns[1].status.startswith("running · step 4 of 40")

        # Whoever looks back is left in peace.
        view.timeline.select(2)
        log(trainer, 5)
        qtbot.waitUntil(lambda: view.timeline.steps == (1, 2, 3, 5), timeout=TIMEOUT)
        wait_for(qtbot, view, [1, 2])
        trainer.update_info({"status": RunStatus.FINISHED.value, "step": 5})
    finally:
        trainer.release()
    qtbot.waitUntil(lambda: view.columns[1].status.startswith("finished · step 5"), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not presenter_of(window)._follower.followed, timeout=TIMEOUT)  # there is nothing to come


def log(run: RunDirectory, step: int) -> None:
    """As a training does at a step: first the sample, then the row."""
    save_sample(run.sample_path(step), np.full((4, 28, 28, 1), step, dtype=np.uint8), step)
    run.append_metrics(MetricsEvent(step, 0.0, 0, float(step), {"loss/g": float(step)}))
