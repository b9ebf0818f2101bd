"""The About box."""

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.icons import app_icon

NAME = "GAN Studio"
SENTENCE = "A desktop studio in which you train generative adversarial networks and watch them learn."
LICENCE = "MIT licence. © 2026 The GAN Studio authors."
# Distribution names: their versions are read from disk, so that opening this box does not load them.
LIBRARIES = {
    "PyTorch": "torch",
    "torchvision": "torchvision",
    "Qt for Python": "PySide6-Essentials",
    "PyQtGraph": "pyqtgraph",
    "NumPy": "numpy",
    "pydantic": "pydantic",
}


class AboutDialog(QDialog):
    """Name, version, purpose, library versions and licence; one button copies the versions for a bug report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(f"About {NAME}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(self._head())
        layout.addLayout(self._versions())
        licence = QLabel(LICENCE)
        licence.setProperty("muted", True)
        layout.addWidget(licence)
        layout.addWidget(self._buttons())
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        name = QLabel(f"{NAME} {program_version()}")
        name.setObjectName("aboutName")
        name.setProperty("heading", True)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        name.setFont(font)
        sentence = QLabel(SENTENCE)
        sentence.setWordWrap(True)
        sentence.setMinimumWidth(320)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(name)
        words.addWidget(sentence)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _versions(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(4)
        for title, value in versions().items():
            label = QLabel(title)
            label.setProperty("muted", True)
            shown = QLabel(value)
            shown.setObjectName(f"version_{title}")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(label, shown)
        return form

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.rejected.connect(self.reject)
        close = box.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("aboutClose")
        copy = box.addButton("Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("aboutCopy")
        copy.setToolTip("Copy this list to the clipboard, for a bug report")
        copy.setAutoDefault(False)
        copy.clicked.connect(_copy_versions)
        close.setDefault(True)
        close.setFocus()
        return box


def versions() -> dict[str, str]:
    """The version of each library, of Python and of the system, without importing any."""
    found = {title: _version(distribution) for title, distribution in LIBRARIES.items()}
    return found | {"Python": platform.python_version(), "System": f"{platform.system()} {platform.release()}"}


def program_version() -> str:
    """This program's own version; empty when it runs without having been installed."""
    installed = _version("gan-studio")
    return "" if installed == "not installed" else installed


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _copy_versions() -> None:
    lines = [f"{NAME} {program_version()}"] + [f"{title} {value}" for title, value in versions().items()]
    QGuiApplication.clipboard().setText("\n".join(lines))
