"""Runs for the tests of the run browser: rows without files, directories that look like runs; and what tests do."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from ganengine.export.grid import save_sample
from ganengine.launch import new_run
from ganengine.runs.summary import BestValue, Parent, RunSummary
from studio.main_window import MainWindow
from studio.presenters import runs_actions
from studio.presenters.runs import RunsPresenter
from tests.ganengine.helpers import quick_config

TIMEOUT = 30_000
ROOT = Path("/nowhere")
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


def row(number: int, **values: Any) -> RunSummary:
    """A row of a run that exists nowhere."""
    name = f"{number:05d}-digits"
    given: dict[str, Any] = {"preset": "digits", "data": "mnist-5k", "optimizers": "Adam", "status": "finished"}
    given |= {"step": 100 * number, "total_steps": 100 * number, "created": NOON + timedelta(hours=number)} | values
    return RunSummary(ROOT / name, number, name, **given)


def fid(value: float, step: int = 50) -> BestValue:
    return BestValue("eval/fid_own", "FID (own classifier)", value, step)


def fork_of(number: int, step: int) -> Parent:
    return Parent(f"{number:05d}-digits", step)


def make_run(root: Path, number: int, samples: int = 1, **info: Any) -> Path:
    """A directory as a finished training leaves it, but for checkpoints."""
    path = root / f"{number:05d}-digits"
    for folder in ("samples", "checkpoints", "exports"):
        (path / folder).mkdir(parents=True)
    (path / "config.toml").write_text(TrainConfig().to_toml(), encoding="utf-8")
    known = {"format": 1, "status": "finished", "preset": "digits", "data": "mnist-5k", "optimizers": "Adam"}
    known |= {"step": 100, "total_steps": 100, "seconds": 80.0, "created": (NOON + timedelta(hours=number)).isoformat()}
    (path / "run.json").write_text(json.dumps(known | info), encoding="utf-8")
    point = {"step": info.get("step", 100), "epoch": 1.0, "images": 800, "seconds": 80.0, "loss/g": 0.7}
    (path / "metrics.jsonl").write_text(json.dumps(point) + "\n", encoding="utf-8")
    images = np.random.default_rng(number).integers(0, 256, (9, 8, 8, 1), dtype=np.uint8)
    for place in range(samples):
        step = 100 * (place + 1)
        save_sample(path / "samples" / f"step-{step:08d}.png", images, step)
    return path


def trained(runs_dir: Path, changes: dict[str, object] | None = None) -> Path:
    """Four steps, as the engine alone trains them."""
    wanted = {"training.steps": 4, "recording.sample_every": 2} | (changes or {})
    trainer = new_run(quick_config(wanted), runs_dir)
    trainer.run()
    return trainer.directory.path


def runs(window: MainWindow) -> RunsPresenter:
    assert window.workspace is not None
    return window.workspace.runs


def show(qtbot: QtBot, window: MainWindow, *numbers: int) -> RunsPresenter:
    """Open the dock, and wait until it lists these runs."""
    presenter = runs(window)
    if not window.runs_dock.isVisible():
        window.runs_dock.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: listed(presenter) == list(numbers), timeout=TIMEOUT)
    return presenter


def listed(presenter: RunsPresenter) -> list[int]:
    return [run.number for run in presenter.view.model.rows]


def choose(presenter: RunsPresenter, *paths: Path) -> None:
    table, flags = (
        presenter.view.table,
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    table.clearSelection()
    for path in paths:
        place = presenter.view.model.row_of(path)
        assert place is not None
        table.selectionModel().select(presenter.view.model.index(place, 0), flags)


def messages(window: MainWindow) -> str:
    return " ".join(f"{message.text} {message.detail}" for message in window.messages.bar.messages())


def undo(window: MainWindow) -> None:
    message = next(message for message in window.messages.bar.messages() if message.action == "Undo")
    assert message.on_action is not None
    message.on_action()


def answer(monkeypatch: pytest.MonkeyPatch, choice: str) -> list[str]:
    """Answer the question with this; what was asked comes into the list."""
    asked: list[str] = []

    def ask(_parent: object, title: str, text: str, choices: dict[str, str]) -> str:
        assert choice in choices
        asked.append(f"{title}\n{text}")
        return choice

    monkeypatch.setattr(runs_actions, "ask", ask)
    return asked
