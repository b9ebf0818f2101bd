"""Garbage that holds Qt objects is collected on the window's thread, whichever thread allocates."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.garbage import GarbageCollector


class Knot:
    """An object in a cycle, which only the collector can free."""

    def __init__(self, freed: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: freed.append(threading.get_ident()))


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    owner = QObject()
    made = GarbageCollector(owner)
    made.start()
    yield made
    made.stop()
    owner.deleteLater()


def allocate() -> None:
    """Enough for Python to collect all generations, by its own rule."""
    kept = [[[]] for _ in range(1_000_000)]
    assert kept


def test_another_thread_that_allocates_frees_nothing_of_the_windows(qtbot: QtBot, collector: GarbageCollector) -> None:
    freed: list[int] = []
    for _ in range(2000):
        Knot(freed)
    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert freed == []
    qtbot.waitUntil(lambda: len(freed) == 2000)
    assert set(freed) == {threading.get_ident()}


def test_afterwards_python_collects_by_itself_again(collector: GarbageCollector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
