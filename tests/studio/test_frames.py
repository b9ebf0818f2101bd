"""Reading samples ahead: nothing is waited for on the window's thread, and the memory stays bounded."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganengine.export.grid import save_sample
from studio import frames
from studio.frames import Frame, FrameLoader

FRAME = 4 * 8 * 8  # bytes of one sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for step in range(0, 200, 10):
        images = np.full((4, 8, 8, 1), step, dtype=np.uint8)
        save_sample(tmp_path / f"step-{step:08d}.png", images, step, columns=2)
    return tmp_path


@pytest.fixture
def loader(folder: Path) -> Iterator[FrameLoader]:
    made = FrameLoader(budget=8 * FRAME)
    made.open(folder)
    yield made
    made.close()


@pytest.fixture
def shown(loader: FrameLoader) -> list[Frame]:
    arrived: list[Frame] = []
    loader.loaded.connect(arrived.append)
    return arrived


def test_a_sample_comes_as_it_was_kept(qtbot: QtBot, loader: FrameLoader) -> None:
    with qtbot.waitSignal(loader.loaded) as loaded:
        loader.want(50)
    assert loaded.args is not None
    frame = loaded.args[0]
    assert (frame.step, frame.columns) == (50, 2)
    assert np.all(frame.images == 50)


def test_what_was_read_ahead_is_there_at_once(qtbot: QtBot, loader: FrameLoader, shown: list[Frame]) -> None:
    with qtbot.waitSignal(loader.loaded):
        loader.want(50, ahead=[60, 70])
    qtbot.waitUntil(lambda: loader.bytes_held == 3 * FRAME)
    shown.clear()
    loader.want(70)
    assert [frame.step for frame in shown] == [70], "without going through the event loop"


def test_what_is_asked_for_while_it_is_read_ahead_comes(
    qtbot: QtBot, loader: FrameLoader, shown: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    read = frames._read

    def slowly(folder: Path, step: int) -> Frame:
        if step == 60:
            begun.set()
            assert go_on.wait(5)
        return read(folder, step)

    monkeypatch.setattr(frames, "_read", slowly)
    loader.want(50, ahead=[60])
    assert begun.wait(5)
    loader.want(60)
    go_on.set()
    qtbot.waitUntil(lambda: [frame.step for frame in shown] == [50, 60])


def test_the_memory_is_bounded_however_much_is_asked_for(qtbot: QtBot, loader: FrameLoader) -> None:
    for step in range(0, 200, 10):
        with qtbot.waitSignal(loader.loaded):
            loader.want(step, ahead=range(0, 200, 10))
    loader.close()
    assert 0 <= loader.bytes_held <= 8 * FRAME


def test_one_sample_larger_than_the_budget_is_still_shown(qtbot: QtBot, folder: Path) -> None:
    small = FrameLoader(budget=1)
    small.open(folder)
    for step in (10, 20):
        with qtbot.waitSignal(small.loaded) as loaded:
            small.want(step, ahead=[30, 40])
        assert loaded.args is not None
        assert loaded.args[0].step == step
    small.close()


def test_of_many_asked_for_at_once_the_last_comes_last(qtbot: QtBot, loader: FrameLoader, shown: list[Frame]) -> None:
    for step in range(0, 200, 10):
        loader.want(step)
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].step == 190)
    assert len(shown) < 20, "those between are left out"
    assert [frame.step for frame in shown] == sorted(frame.step for frame in shown)


def test_nothing_of_the_folder_before_comes(
    qtbot: QtBot, loader: FrameLoader, shown: list[Frame], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    save_sample(other / "step-00000005.png", np.zeros((4, 8, 8, 1), dtype=np.uint8), 5)
    loader.want(100, ahead=[110, 120])
    loader.open(other)
    loader.want(5)
    qtbot.waitUntil(lambda: bool(shown))
    assert [frame.step for frame in shown] == [5]
    assert loader.bytes_held == FRAME


def test_a_sample_that_is_gone_or_damaged_says_so(qtbot: QtBot, loader: FrameLoader, folder: Path) -> None:
    (folder / "step-00000030.png").write_bytes(b"nonsense")
    for step in (30, 31):
        with qtbot.waitSignal(loader.failed) as failed:
            loader.want(step)
        assert failed.args is not None
        assert failed.args[0] == step
    with qtbot.waitSignal(loader.loaded):  # and the next one is read all the same
        loader.want(40)
