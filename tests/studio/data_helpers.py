"""What the tests of the Data tab look at and put in."""

import gzip
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QTableView, QWidget
from pytestqt.qtbot import QtBot

from ganengine.data.dataset import ImageDataset
from ganengine.data.named.download import RemoteFile
from ganengine.data.progress import Tell, silent
from ganengine.errors import Cancelled
from studio.main_window import MainWindow
from studio.presenters.data_tab import DataTab
from studio.views.dataset_preview import DatasetPreview
from studio.views.grid_panel import Panel
from tests.studio.pictures import make_messy_folder

TIMEOUT = 30_000


class Endless:
    """Work that goes on until it is cancelled."""

    def __init__(self) -> None:
        self.cancelled = 0
        self._never = threading.Event()

    def __call__(self, _source: object, tell: Tell = silent) -> ImageDataset:
        try:
            while not self._never.wait(0.005):
                tell("Preparing for ever", 1, 2)
        except Cancelled:
            self.cancelled += 1
            raise
        raise AssertionError

    def load(self) -> Callable[[object, Tell], ImageDataset]:
        """To stand in for the method of a source."""
        return lambda source, tell=silent: self(source, tell)


def published_in(server: Path) -> dict[str, RemoteFile]:
    """Forty images in the form of MNIST, as they would be on a server."""
    server.mkdir(exist_ok=True)
    noise = np.random.default_rng(0)
    contents = {
        "train-images-idx3-ubyte.gz": bytes([0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 28, 0, 0, 0, 28])
        + noise.bytes(40 * 784),
        "train-labels-idx1-ubyte.gz": bytes([0, 0, 8, 1, 0, 0, 0, 40]) + bytes(range(10)) * 4,
    }
    listing = {}
    for name, content in contents.items():
        packed = gzip.compress(content)
        (server / name).write_bytes(packed)
        md5 = hashlib.md5(packed, usedforsecurity=False).hexdigest()
        listing[name] = RemoteFile(name, ((server / name).as_uri(),), md5)
    return listing


def choose_messy(window: MainWindow, view: DatasetPreview, qtbot: QtBot, tmp_path: Path) -> None:
    make_messy_folder(tmp_path / "messy")
    put(window, {"data.source": "folder", "data.path": str(tmp_path / "messy")})
    qtbot.waitUntil(lambda: view.facts is not None and view.facts.name == "messy", timeout=TIMEOUT)
    assert view.facts is not None
    assert view.facts.count == 14


def put(window: MainWindow, values: dict[str, object]) -> None:
    assert window.workspace is not None
    assert isinstance(window.workspace.data, DataTab)
    window.workspace.form.put(values)


def named(parent: QWidget, name: str) -> QWidget:
    found = parent.findChild(QWidget, name)
    assert found is not None, name
    return found


def press(qtbot: QtBot, button: QWidget) -> None:
    """Click a button, once it has its place: one that was just shown may still have no height."""
    qtbot.waitUntil(lambda: button.isVisible() and button.height() > 10 and button.isEnabled(), timeout=TIMEOUT)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def combo(parent: QWidget, name: str) -> QComboBox:
    found = named(parent, name)
    assert isinstance(found, QComboBox)
    return found


def text_of(parent: QWidget, name: str) -> str:
    label = named(parent, name)
    assert isinstance(label, QLabel)
    return label.text()


def cells(table: QTableView) -> dict[str, str]:
    model = table.model()
    assert isinstance(model, QAbstractTableModel)
    rows = range(model.rowCount())
    names, reasons = ([str(model.data(model.index(row, column))) for row in rows] for column in (0, 1))
    return dict(zip(names, reasons, strict=True))


def shown(view: DatasetPreview) -> int:
    """How many images the grid shows."""
    return sum(layout.count for layout in view.grid.layouts)


def real_images(window: MainWindow) -> int:
    """How many real images the Images tab shows."""
    panels: tuple[Panel, ...] = window.grid.canvas._panels
    return sum(len(panel.cells) for panel in panels if panel.role == "real")
