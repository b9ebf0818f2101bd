"""What every test shares: no window on the screen, no file outside the test's own folder, and few threads."""

import os
from pathlib import Path

# Before Qt or torch is imported by anything: both read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")
# The same bits each time, and no compiler beside the tests; those of the compiled step turn it on.
os.environ.setdefault("GANENGINE_TUNING", "off")

import pytest


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    """An empty runs folder of this test's own; also what `$GAN_STUDIO_RUNS` names."""
    path = tmp_path / "runs"
    path.mkdir(exist_ok=True)
    return path


@pytest.fixture(autouse=True)
def _own_places(tmp_path_factory: pytest.TempPathFactory, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the person's own settings, presets, caches and runs."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GAN_STUDIO_RUNS", str(runs_dir))
    for variable in ("GAN_STUDIO_DATA", "GAN_STUDIO_CACHE", "GAN_STUDIO_PRESETS"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a GPU where there is none; torch is imported only if a test asks for one."""
    if item.get_closest_marker("cuda") is None:
        return
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("needs an NVIDIA GPU")
