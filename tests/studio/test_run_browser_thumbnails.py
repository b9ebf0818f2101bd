"""Thumbnails: made in the background, the newest wish first, and few are kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from ganengine.export.grid import read_sample
from ganengine.runs.index import RunIndex
from ganengine.runs.summary import RunSummary
from studio.presenters import runs_thumbnails
from studio.presenters.runs_thumbnails import Thumbnails, small_images
from studio.tasks import BackgroundTasks
from tests.studio.run_browser_helpers import make_run


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    made = BackgroundTasks()
    yield made
    made.close()


def listed(root: Path, count: int, samples: int = 1) -> list[RunSummary]:
    for number in range(1, count + 1):
        make_run(root, number, samples)
    index = RunIndex(root)
    index.refresh()
    return list(reversed(index.runs))


def test_few_are_kept_and_what_scrolled_by_is_not_made(
    qtbot: QtBot, tasks: BackgroundTasks, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_thumbnails, "KEPT", 6)
    monkeypatch.setattr(runs_thumbnails, "_WAITING", 5)
    runs = listed(runs_dir, 30)
    made: list[int] = []
    pictures = Thumbnails(tasks)
    pictures.arrived.connect(lambda path: made.append(int(path.name[:5])))
    for run in runs:
        assert pictures.of(run) == []
    qtbot.waitUntil(lambda: len(made) == 6)
    assert made == [1, 30, 29, 28, 27, 26]  # the first was begun at once; of the rest the last that were wished for
    for run in runs[:4]:
        pictures.of(run)
    qtbot.waitUntil(lambda: len(made) == 9)
    assert len(pictures) == 6
    assert pictures.of(runs[0])
    assert not pictures.of(runs[29])  # went for newer ones


def test_a_new_sample_takes_the_place_of_the_one_before(qtbot: QtBot, tasks: BackgroundTasks, runs_dir: Path) -> None:
    found = listed(runs_dir, 1, samples=2)[0]
    older, run = (replace(found, thumbnail=found.path / "samples" / f"step-00000{step}.png") for step in (100, 200))
    pictures = Thumbnails(tasks, ratio=2.0)
    pictures.of(older)
    qtbot.waitUntil(lambda: len(pictures.of(older)) == 4)
    first = pictures.of(older)
    assert (first[0].width(), first[0].devicePixelRatio()) == (80, 2.0)
    with qtbot.waitSignal(pictures.arrived):
        assert pictures.of(run) is first  # meanwhile
    assert pictures.of(run) is not first


def test_they_are_read_off_the_windows_thread(
    qtbot: QtBot, tasks: BackgroundTasks, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, threads = QThread.currentThread(), []
    real = runs_thumbnails.small_images

    def noting(sample: Path, side: int) -> list:  # type: ignore[type-arg]
        threads.append(QThread.currentThread() is here)
        return real(sample, side)

    monkeypatch.setattr(runs_thumbnails, "small_images", noting)
    pictures = Thumbnails(tasks)
    with qtbot.waitSignal(pictures.arrived):
        pictures.of(listed(runs_dir, 1)[0])
    assert threads == [False]


def test_images_of_different_classes_are_chosen(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_run(runs_dir, 1) / "samples" / "step-00000100.png"
    images = read_sample(path).images
    assert runs_thumbnails._chosen(images, 0).shape[0] == 4
    by_class = runs_thumbnails._chosen(images, 3)
    assert [int(image.sum()) for image in by_class] == [int(images[place].sum()) for place in (0, 3, 6)]
    assert [image.width() for image in small_images(path, 16)] == [16] * 4
    assert small_images(path.with_name("gone.png"), 16) == []
