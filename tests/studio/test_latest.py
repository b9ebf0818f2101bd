"""Work of which only the newest is wanted."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.latest import Latest
from studio.tasks import BackgroundTasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    made = BackgroundTasks()
    yield made
    made.close()


def test_what_was_asked_meanwhile_counts_only_once(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    gate = threading.Event()
    done, failures, answers = [], list[Exception](), list[int]()

    def work(number: int) -> int:
        gate.wait(5)
        done.append(number)
        return number

    latest = Latest(tasks, failures.append, tasks)
    for number in range(6):
        latest.ask(lambda number=number: work(number), answers.append)  # type: ignore[misc]
    gate.set()
    qtbot.waitUntil(lambda: 5 in answers, timeout=5000)
    assert done == answers == [0, 5]
    assert failures == []


def test_an_error_is_told_and_the_next_is_done(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    failures, answers = list[Exception](), list[int]()
    latest = Latest(tasks, failures.append, tasks)
    latest.ask(lambda: 1 // 0, answers.append)
    latest.ask(lambda: 7, answers.append)
    qtbot.waitUntil(lambda: answers == [7], timeout=5000)
    assert [type(failure) for failure in failures] == [ZeroDivisionError]


def test_nobody_is_answered_who_does_not_wait_any_more(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    gate, answers = threading.Event(), list[int]()
    latest = Latest(tasks, lambda error: None, tasks)
    latest.ask(lambda: gate.wait(5) and 1, answers.append)
    latest.forget()
    gate.set()
    latest.ask(lambda: 2, answers.append)
    qtbot.waitUntil(lambda: 2 in answers, timeout=5000)
    assert answers == [2]
