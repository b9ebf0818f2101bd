"""The About box tells what runs here without loading it."""

import subprocess
import sys
from importlib.metadata import version

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.about import LICENCE, SENTENCE, AboutDialog, versions


def test_box_tells_versions_purpose_and_licence(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {SENTENCE, LICENCE} <= texts
    assert dialog.findChild(QLabel, "version_PyTorch").text() == version("torch")
    assert all(
        not label.text() or label.width() >= label.minimumSizeHint().width() for label in dialog.findChildren(QLabel)
    )
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_versions_can_be_copied(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.findChild(QPushButton, "aboutCopy").click()
    copied = QApplication.clipboard().text()
    assert all(f"{name} {value}" in copied for name, value in versions().items())


def test_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys, studio.about, studio.messages, studio.settings; studio.about.versions();"
        "print([m for m in ('torch', 'pyqtgraph', 'pydantic', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
