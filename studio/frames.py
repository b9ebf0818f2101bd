"""Samples of a run, decoded ahead of time off the window's thread, so that neither film nor window stutters."""

import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from ganengine.errors import DatasetError

Images = NDArray[np.uint8]
BUDGET = 128 * 2**20
"""Bytes that decoded samples may take."""
_NEAR = 4
"""So many samples ahead are always there."""


@dataclass(frozen=True)
class Frame:
    """A sample as it was kept: images uint8 [N, H, W, C]; with `columns`, each row of so many is one class."""

    step: int
    images: Images
    columns: int = 0


class FrameLoader(QObject):
    """Reads the samples of one run in a thread of its own, and remembers as many as fit into its budget.

    Signals:
        loaded(Frame): a sample that was asked for. Not each one: where they are asked for faster than they can be read,
            some are left out, but never the last.
        failed(int, Exception): the sample of a step cannot be read.
    """

    loaded = Signal(object)
    failed = Signal(int, object)
    _arrived = Signal(int, int, object)

    def __init__(self, parent: QObject | None = None, budget: int = BUDGET) -> None:
        super().__init__(parent)
        self._budget = budget
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._opened = 0  # how often a folder was opened: answers from the one before are not given any more
        self._frames: OrderedDict[int, Frame] = OrderedDict()  # the one used last at the end
        self._bytes = 0
        self._room_ahead = 0
        self._wanted: int | None = None
        self._ahead: deque[int] = deque()
        self._is_busy = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def bytes_held(self) -> int:
        """What the decoded samples take now."""
        return self._bytes

    def open(self, folder: Path | None) -> None:
        """Read from this folder from now on, and forget all that was read; also where its files are others now."""
        with self._lock:
            self._folder = folder
            self._opened += 1
            self._frames.clear()
            self._ahead.clear()
            self._bytes, self._wanted = 0, None

    def want(self, step: int, ahead: Iterable[int] = ()) -> None:
        """Ask for a sample, answered by `loaded`: at once where it is there already. Then read those `ahead`."""
        with self._lock:
            if self._folder is None:
                return
            frame = self._frames.get(step)
            self._wanted = step if frame is None else None
            self._ahead = deque(ahead)
            self._room_ahead = self._budget // 2
            if frame is not None:
                self._frames.move_to_end(step)
            if not self._is_busy and (frame is None or self._runs_short()):
                self._is_busy = True
                self._pool.start(_Reading(self))
        if frame is not None:
            self.loaded.emit(frame)

    def close(self) -> None:
        """Give up what is being read, and wait for the thread."""
        self.open(None)
        self._pool.waitForDone()

    def read_all(self) -> None:
        """The thread's work: read until nothing is wanted any more."""
        while (task := self._next()) is not None:
            folder, opened, step, is_wanted = task
            found: Frame | Exception
            try:
                found = _read(folder, step)
            except (DatasetError, OSError) as error:
                found = error
            with self._lock:
                if opened != self._opened:
                    continue
                if isinstance(found, Frame):
                    self._remember(found)
                    self._room_ahead -= 0 if is_wanted else found.images.nbytes
                if self._wanted == step:  # perhaps only since it began to be read ahead
                    self._wanted, is_wanted = None, True
            if is_wanted:
                self._arrived.emit(opened, step, found)

    def _runs_short(self) -> bool:
        """Whether so little is read ahead that the thread should be woken; each time costs the window a moment."""
        missing = [step for step in self._ahead if step not in self._frames]
        return bool(missing) and (missing[0] in list(self._ahead)[:_NEAR] or 2 * len(missing) > len(self._ahead))

    def _next(self) -> tuple[Path, int, int, bool] | None:
        with self._lock:
            if self._folder is not None:
                if self._wanted is not None:
                    return self._folder, self._opened, self._wanted, True
                while self._ahead and self._room_ahead > 0:
                    step = self._ahead.popleft()
                    if step not in self._frames:
                        return self._folder, self._opened, step, False
                    self._room_ahead -= self._frames[step].images.nbytes
            self._is_busy = False
            return None

    def _remember(self, frame: Frame) -> None:
        if frame.step in self._frames:
            self._bytes -= self._frames.pop(frame.step).images.nbytes
        self._frames[frame.step] = frame
        self._bytes += frame.images.nbytes
        while self._bytes > self._budget and len(self._frames) > 1:
            self._bytes -= self._frames.popitem(last=False)[1].images.nbytes

    @Slot(int, int, object)
    def _deliver(self, opened: int, step: int, found: Frame | Exception) -> None:
        if opened != self._opened:
            return  # another run was opened meanwhile
        if isinstance(found, Frame):
            self.loaded.emit(found)
        else:
            self.failed.emit(step, found)


class _Reading(QRunnable):
    def __init__(self, loader: FrameLoader) -> None:
        super().__init__()
        self._loader = loader

    def run(self) -> None:
        # The window waits this long for Python's lock while a sample is read; 5 ms, the default, can be felt.
        sys.setswitchinterval(0.001)
        self._loader.read_all()


def _read(folder: Path, step: int) -> Frame:
    from ganengine.export.grid import read_sample

    sample = read_sample(folder / f"step-{step:08d}.png")
    return Frame(step, sample.images, sample.columns)
