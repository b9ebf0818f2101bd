"""Background work: on another thread, answered on this one, and given up on request."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ganengine.data.progress import Tell
from ganengine.errors import Cancelled, DatasetError
from studio.tasks import BackgroundTasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    made = BackgroundTasks()
    yield made
    made.close()


class Answers:
    """What came back, and on which thread."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int]] = []
        self.done: list[Any] = []
        self.failed: list[Exception] = []
        self.threads: set[int] = set()

    def on_told(self, what: str, done: int, total: int) -> None:
        self.told.append((what, done, total))
        self.threads.add(threading.get_ident())

    def on_done(self, value: Any) -> None:
        self.done.append(value)
        self.threads.add(threading.get_ident())


def prepare(tasks: BackgroundTasks, work: Any, answers: Answers) -> Any:
    return tasks.prepare(work, answers.on_told, answers.on_done, answers.failed.append)


def test_progress_and_result_come_to_this_thread(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    answers, huge = Answers(), 5 * 2**32  # bytes: more than Qt's own numbers hold

    def work(tell: Tell) -> int:
        tell("Reading", 0, huge)
        tell("Reading", 1, huge)  # too soon after the one before to be told
        tell("Reading", huge, huge)
        return threading.get_ident()

    prepare(tasks, work, answers)
    qtbot.waitUntil(lambda: bool(answers.done))
    assert answers.told == [("Reading", 0, huge), ("Reading", huge, huge)]
    assert answers.threads == {threading.get_ident()}
    assert answers.done != [threading.get_ident()]


def test_what_is_cancelled_ends_and_says_nothing(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    answers, ended, never = Answers(), threading.Event(), threading.Event()

    def work(tell: Tell) -> None:
        try:
            while not never.wait(0.005):
                tell("Waiting", 0, 0)
        except Cancelled:
            ended.set()
            raise

    preparation = prepare(tasks, work, answers)
    qtbot.waitUntil(lambda: bool(answers.told))
    preparation.cancel()
    qtbot.waitUntil(ended.is_set)
    later = Answers()
    prepare(tasks, lambda tell: "next", later)
    qtbot.waitUntil(lambda: later.done == ["next"])
    assert (answers.done, answers.failed) == ([], [])


def test_what_is_cancelled_while_it_waits_never_begins(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    gate, answers, begun = threading.Event(), Answers(), []
    tasks.run(gate.wait, lambda _: None, lambda _: None)
    prepare(tasks, begun.append, answers).cancel()
    gate.set()
    last = Answers()
    prepare(tasks, lambda tell: 1, last)
    qtbot.waitUntil(lambda: bool(last.done))
    assert (begun, answers.done, answers.failed) == ([], [], [])


def test_a_failure_is_handed_over(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    answers = Answers()

    def work(tell: Tell) -> None:
        raise DatasetError("There are no pictures.")

    prepare(tasks, work, answers)
    qtbot.waitUntil(lambda: bool(answers.failed))
    assert str(answers.failed[0]) == "There are no pictures."


def test_closing_cancels_and_waits(qtbot: QtBot) -> None:
    tasks, answers, ended, never = BackgroundTasks(), Answers(), threading.Event(), threading.Event()

    def work(tell: Tell) -> None:
        try:
            while not never.wait(0.005):
                tell("Waiting", 0, 0)
        finally:
            ended.set()

    prepare(tasks, work, answers)
    qtbot.waitUntil(lambda: bool(answers.told))
    tasks.close()
    assert ended.is_set()
    assert answers.failed == []
