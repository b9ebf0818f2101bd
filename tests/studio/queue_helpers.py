"""Tiny runs for the queue's tests, and the window that carries them out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from ganengine.queue.items import Item
from ganengine.queue.store import Queue
from studio.main_window import MainWindow
from studio.presenters.queue_dock import QueueDock
from studio.views.queue_view_rows import QueueRow, Standing

TIMEOUT = 60_000
TINY = {
    "generator.kind": "mlp",
    "generator.widths": [6],
    "generator.latent_dim": 4,
    "discriminator.kind": "mlp",
    "discriminator.widths": [6],
    "training.batch_size": 4,
    "training.device": "cpu",
    "training.class_conditional": False,
    "recording.log_every": 1,
    "recording.sample_every": 20,
    "recording.sample_count": 4,
    "recording.checkpoint_every": 0,
}
ENDLESS = 1_000_000


def tiny(steps: int = 20, changes: Mapping[str, Any] | None = None) -> TrainConfig:
    """A run of a fraction of a second."""
    return TrainConfig().with_changes({**TINY, "training.steps": steps, **(changes or {})})


def open_window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> MainWindow:
    """The window, ready; `close_window` takes it away."""
    window = MainWindow(settings, runs_dir)
    with qtbot.waitSignal(window.ready, timeout=TIMEOUT):
        window.show()
    return window


def close_window(qtbot: QtBot, window: MainWindow) -> None:
    """End what is trained, and close."""
    dock = dock_of(window)
    dock.queue.is_going = False
    if window.session.is_active:
        with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
            window.session.stop(save=False)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents()


def dock_of(window: MainWindow) -> QueueDock:
    """The queue in a window."""
    assert window.workspace is not None
    return window.workspace.queueing


def fill(runs_dir: Path, *configs: TrainConfig) -> list[Item]:
    """Put runs into the queue, as another program would."""
    queue = Queue(runs_dir)
    return [queue.add_config(config, f"run {number}") for number, config in enumerate(configs, 1)]


def statuses(runs_dir: Path) -> list[str]:
    """How the items stand on disk."""
    return [item.status.value for item in Queue(runs_dir).items()]


def carry_out(qtbot: QtBot, window: MainWindow) -> None:
    """Start the queue, and wait until it stands still."""
    with qtbot.waitSignal(dock_of(window).queue.halted, timeout=TIMEOUT):
        press(window, "queueStart")


def press(window: MainWindow, name: str) -> None:
    """Click a button."""
    button = window.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    button.click()


def told(window: MainWindow) -> str:
    """All messages that are shown."""
    return " ".join(f"{message.text} {message.detail}" for message in window.messages.bar.messages())


def press_offer(window: MainWindow, label: str) -> None:
    """Press the button of a message."""
    (message,) = [message for message in window.messages.bar.messages() if message.action == label]
    assert message.on_action is not None
    message.on_action()


def row(window: MainWindow, place: int) -> QueueRow:
    """What the list shows of a run."""
    return dock_of(window).view.model.rows[place]


def standings(window: MainWindow) -> list[Standing]:
    """How all runs of the list stand."""
    return [shown.standing for shown in dock_of(window).view.model.rows]


def filled(window: MainWindow, *configs: TrainConfig) -> None:
    """Put runs into the queue of a window that is open."""
    fill(window.session.runs_dir, *configs)
    dock_of(window).queue.refresh()


def show_settings(window: MainWindow, config: TrainConfig) -> None:
    """Put settings into the form."""
    assert window.workspace is not None
    window.workspace.experiment.show_settings(config)
