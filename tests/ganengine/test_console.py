"""What a person sees of a training in a terminal, and in a file."""

import io
import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from ganengine.config import TrainConfig
from ganengine.console import Bar, Lines, console_for, duration
from ganengine.events import AlertEvent, MetricsEvent, Progress, RunStarted, RunStatus, StatusChanged

pty = pytest.importorskip("pty", reason="needs terminals as Unix has them")
termios = pytest.importorskip("termios")

STARTED = RunStarted(Path("00007-mine"), TrainConfig(), 0, 2000, "CPU", {"generator": 12345})
LOSSES = MetricsEvent(1000, 2.0, 9, 1.0, {"loss/d": 1.25, "loss/g": 0.75})


def progress(step: int) -> Progress:
    return Progress(step, 2000, step / 500, 8 * step, 1234.5, 62.0, 0)


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A terminal of 100 columns to write to, and where to read what it got."""
    reading, writing = pty.openpty()
    termios.tcsetwinsize(writing, (24, 100))
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        yield stream, reading
    os.close(reading)


def test_lines_come_at_the_beginning_now_and_then_and_at_the_end() -> None:
    stream, seconds = io.StringIO(), iter([0.0, 1.0, 6.0, 6.0, 7.0])
    lines = Lines(stream, interval_s=5.0, clock=lambda: next(seconds))
    for event in (STARTED, LOSSES, progress(500), progress(1000), progress(1500)):
        lines.notify(event)
    lines.notify(AlertEvent(1600, "The disk is nearly full."))
    lines.notify(StatusChanged(1500, RunStatus.STOPPED))
    assert stream.getvalue().splitlines() == [
        "00007-mine: 2,000 steps on CPU; weights: 12,345 in the generator",
        "step 1,000 of 2,000 (50 %), epoch 2.0, loss D 1.250, G 0.750, 1,234 images/s, 1:02 left",
        "step 1,600: The disk is nearly full.",
        "step 1,500 of 2,000 (75 %), epoch 3.0, loss D 1.250, G 0.750, 1,234 images/s, stopped",
    ]


def test_a_stream_that_breaks_is_left_alone() -> None:
    class Broken(io.StringIO):
        attempts = 0

        def write(self, text: str) -> int:
            self.attempts += 1
            raise BrokenPipeError

    stream = Broken()
    lines = Lines(stream)
    lines.notify(STARTED)
    lines.notify(AlertEvent(1, "more"))
    assert stream.attempts == 1
    closed = io.StringIO()
    closed.close()
    Lines(closed).notify(STARTED)


def test_a_terminal_gets_a_bar_on_one_line(terminal: tuple[TextIO, int]) -> None:
    stream, reading = terminal
    console = console_for(stream)
    assert isinstance(console, Bar)
    with console:
        for event in (STARTED, LOSSES, progress(1000), AlertEvent(1000, "Look!")):
            console.notify(event)
    text = ""
    while select.select([reading], [], [], 0.5)[0]:  # a terminal gives what it has in portions
        text += os.read(reading, 100_000).decode()
    pieces = text.replace("\r", "\n").splitlines()
    assert any("step 1,000: Look!" in piece for piece in pieces)
    shown = [piece for piece in pieces if "step 1000 of 2000" in piece]
    assert shown[0].startswith(" 50% ")
    assert "loss D 1.250, G 0.750, 1,234 images/s, 1:02 left" in shown[0]
    assert max(map(len, shown)) <= 100


def test_a_terminal_without_width_and_a_file_get_lines(terminal: tuple[TextIO, int]) -> None:
    stream, _ = terminal
    termios.tcsetwinsize(stream.fileno(), (0, 0))
    assert isinstance(console_for(stream), Lines)
    assert isinstance(console_for(io.StringIO()), Lines)


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (62, "1:02"), (3599.6, "1:00:00"), (36_061, "10:01:01")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
