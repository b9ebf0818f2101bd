"""Events reach the window in batches, and none is lost."""

import threading
from collections.abc import Sequence
from typing import Any

from pytestqt.qtbot import QtBot

from ganengine.commands import Stop
from ganengine.events import Event, MetricsEvent, Preparing, Progress, RunStatus, StatusChanged, TrainingObserver
from studio.worker import EventBatcher, TrainingThread


def progress(step: int) -> Progress:
    return Progress(step, 100, 0.0, step, 0.0, None, 0)


def test_many_events_make_few_batches_and_keep_their_order() -> None:
    batches: list[list[Event]] = []
    batcher = EventBatcher(batches.append, interval_s=3600)
    for step in range(1000):
        batcher.notify(MetricsEvent(step, 0.0, 0, 0.0, {}))
    batcher.flush()
    assert len(batches) == 2  # the first at once, the rest together
    assert [event.step for batch in batches for event in batch] == list(range(1000))


def test_only_the_newest_progress_is_kept() -> None:
    batches: list[list[Event]] = []
    batcher = EventBatcher(batches.append, interval_s=3600)
    for step in range(10):
        batcher.notify(progress(step))
    batcher.flush()
    assert [event.step for batch in batches for event in batch] == [0, 9]


def test_a_change_of_status_does_not_wait_and_takes_along_what_waits() -> None:
    batches: list[list[Event]] = []
    batcher = EventBatcher(batches.append, interval_s=3600)
    batcher.notify(progress(0))
    batcher.notify(progress(1))
    batcher.notify(StatusChanged(1, RunStatus.PAUSED))
    assert [[event.step for event in batch] for batch in batches] == [[0], [1, 1]]


def test_a_stop_gives_a_preparation_up(qtbot: QtBot) -> None:
    begun = threading.Event()

    def build(observers: Sequence[TrainingObserver]) -> Any:
        while True:
            for observer in observers:
                observer.notify(Preparing("Reading pictures", 1, 1000))
            begun.set()

    training = TrainingThread(build)
    arrived: list[Event] = []
    training.eventsArrived.connect(arrived.extend)
    with qtbot.waitSignal(training.ended, timeout=20_000) as ended:
        training.start()
        assert begun.wait(20)
        training.send(Stop())
    assert ended.args == [None], "an orderly end, not a failure"
    assert Preparing("Reading pictures", 1, 1000) in arrived
