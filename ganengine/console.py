"""How a training goes, in a terminal: a progress bar, or plain lines where the output is a file or a pipe."""

import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from tqdm import tqdm

from ganengine.events import (
    AlertEvent,
    Event,
    MetricsEvent,
    NoteEvent,
    Preparing,
    Progress,
    RunStarted,
    RunStatus,
    StatusChanged,
)

_ENDS = (RunStatus.FINISHED, RunStatus.STOPPED)


def console_for(stream: TextIO) -> "Console":
    """A bar if `stream` is a terminal, else lines."""
    return Bar(stream) if stream.isatty() and _columns(stream) else Lines(stream)


def _columns(stream: TextIO) -> int:
    """The terminal's width; 0 where it does not know, as in some containers."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


class Console:
    """A `TrainingObserver` that writes to a text stream.

    A training is never lost for its progress: once the stream cannot be written (a closed pipe), it falls silent.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._open = True
        self._progress: Progress | None = None
        self._losses = ""

    def notify(self, event: Event) -> None:
        """Take note of one event, and show it if it is time."""
        match event:
            case MetricsEvent(values=values) if "loss/d" in values:
                self._losses = f"loss D {values['loss/d']:.3f}, G {values['loss/g']:.3f}"
            case Progress():
                self._progress = event
        if not self._open:
            return
        try:
            self._show(event)
        except (OSError, ValueError):  # ValueError: the stream was closed
            self._open = False

    def close(self) -> None:
        """Leave the terminal as it should be."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _show(self, event: Event) -> None:
        raise NotImplementedError


class Lines(Console):
    """One line at the beginning, every few seconds, and at the end."""

    def __init__(self, stream: TextIO, interval_s: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._interval = interval_s
        self._clock = clock
        self._last = clock()

    def _show(self, event: Event) -> None:
        match event:
            case Preparing(what=what, done=done, total=total) if self._clock() - self._last >= self._interval:
                self._last = self._clock()
                self._print(f"{what}: {done:,}" + (f" of {total:,}" if total else "") if done or total else f"{what} …")
            case RunStarted():
                self._print(beginning(event))
            case Progress() if self._clock() - self._last >= self._interval:
                self._last = self._clock()
                self._print(_joined(*self._where(event), _left(event)))
            case StatusChanged(status=status) if status in _ENDS and self._progress:
                self._print(_joined(*self._where(self._progress), status.value))
            case AlertEvent(step=step, message=message) | NoteEvent(step=step, message=message):
                self._print(f"step {step:,}: {message}")

    def _where(self, progress: Progress) -> tuple[str, ...]:
        share = 100 * progress.step // max(progress.total_steps, 1)
        place = f"step {progress.step:,} of {progress.total_steps:,} ({share} %)"
        return place, f"epoch {progress.epoch:.1f}", self._losses, _rate(progress)

    def _print(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class Bar(Console):
    """A bar with the share done, the losses, the speed and the time left, on one line that is written over."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._bar: _Tqdm | None = None
        self._running = False

    def close(self) -> None:
        if self._bar:
            self._bar.close()
            self._bar = None

    def _show(self, event: Event) -> None:
        match event:
            case Preparing():
                self._prepare(event)
            case RunStarted():
                self.close()
                self._write(beginning(event))
                self._running = True
                self._bar = _Tqdm(
                    total=event.total_steps,
                    initial=event.step,
                    file=self._stream,
                    dynamic_ncols=True,
                    bar_format="{percentage:3.0f}% {bar} step {n} of {total}{postfix}",
                )
            case Progress():
                self._update(event)
            case StatusChanged(status=status) if status in _ENDS and self._progress:
                self._update(self._progress)
            case AlertEvent(step=step, message=message) | NoteEvent(step=step, message=message):
                self._write(f"step {step:,}: {message}")

    def _prepare(self, event: Preparing) -> None:
        if self._bar is None:
            self._bar = _Tqdm(file=self._stream, dynamic_ncols=True, leave=False)
        if self._running:  # in the middle of a training the bar stays the training's
            self._bar.set_postfix_str(event.what, refresh=True)
            return
        self._bar.desc, self._bar.n, self._bar.total = event.what, event.done, event.total or None
        self._bar.refresh()

    def _update(self, progress: Progress) -> None:
        if self._bar is not None:
            self._bar.n = progress.step
            self._bar.total = progress.total_steps
            self._bar.set_postfix_str(_joined(self._losses, _rate(progress), _left(progress)), refresh=False)
            self._bar.refresh()

    def _write(self, text: str) -> None:
        _Tqdm.write(text, file=self._stream)


class _Tqdm(tqdm):  # type: ignore[type-arg]
    """No watching thread: the training tells often enough."""

    monitor_interval = 0


def beginning(event: RunStarted) -> str:
    """What is trained, where, and from which step."""
    weights = " and ".join(f"{count:,} in the {name}" for name, count in event.parameters.items())
    place = f"from step {event.step:,} to {event.total_steps:,}" if event.step else f"{event.total_steps:,} steps"
    return f"{event.directory.name}: {place} on {event.device}; weights: {weights}"


def duration(seconds: float) -> str:
    """Seconds as 1:02 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _rate(progress: Progress) -> str:
    return f"{progress.images_per_s:,.0f} images/s" if progress.images_per_s else ""


def _left(progress: Progress) -> str:
    return f"{duration(progress.seconds_left)} left" if progress.seconds_left else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
