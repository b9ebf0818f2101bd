"""The direction of imports: the engine knows nothing of windows."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

IMPORT_ALL = """
import importlib, pkgutil, sys
import ganengine
names = [module.name for module in pkgutil.walk_packages(ganengine.__path__, "ganengine.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
found = [name for name in sys.modules if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph", "studio", "PyQt6"}]
assert not found, found
print(len(names))
"""


def test_the_engine_loads_no_qt_and_nothing_of_the_studio() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 40


def test_the_import_contracts_are_kept() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    command = [sys.executable, str(tool), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout
