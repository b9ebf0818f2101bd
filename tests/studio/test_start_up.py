"""What must not happen before the window is there."""

import subprocess
import sys


def test_the_window_is_made_without_torch() -> None:
    code = (
        "import sys; from PySide6.QtCore import QSettings; from PySide6.QtWidgets import QApplication;"
        "from pathlib import Path; app = QApplication([]); from studio.main_window import MainWindow;"
        "window = MainWindow(QSettings('none.ini', QSettings.Format.IniFormat), Path('runs'));"
        "print(*(name for name in ('torch', 'pydantic', 'pyqtgraph', 'mlxtend') if name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
