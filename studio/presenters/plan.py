"""Carries a plan out: one training after the other, until the last or until somebody stops."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganengine.errors import DatasetError
from ganengine.events import RunStarted
from studio.session import Session, SessionState, message_for

if TYPE_CHECKING:
    from ganengine.plans import Plan, PlannedRun


class Turn(StrEnum):
    """How one run of a plan stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    SKIPPED = "not begun"


class PlanPresenter(QObject):
    """At most one plan at a time, over the one session.

    A run that fails does not hold up the next, unless it found no images; a run that is stopped ends the plan.

    Signals:
        started(): the runs are known, the first is about to start.
        changed(int): the run with this index stands differently.
        runBegan(int, Path): it has its directory.
        ended(): no further run will start.

    Attributes:
        runs: what is made, in order.
        turns: how each stands.
        paths: the directory of each that began.
        reasons: why runs failed, by index.
        is_active: whether a run of the plan trains or waits for its turn.
        trained_last: whether the training that runs or ran last was one of a plan.
    """

    started = Signal()
    changed = Signal(int)
    runBegan = Signal(int, object)
    ended = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.runs: tuple[PlannedRun, ...] = ()
        self.turns: list[Turn] = []
        self.paths: list[Path | None] = []
        self.reasons: dict[int, str] = {}
        self.is_active = self.trained_last = False
        self._session = session
        self._at = -1
        self._stopping = False
        session.runStarted.connect(self._on_run_started)
        session.stateChanged.connect(self._on_state)
        session.failed.connect(self._on_failed)
        session.ended.connect(self._on_ended)

    @property
    def current(self) -> int | None:
        """The index of the run whose turn it is, or None."""
        return self._at if self.is_active else None

    @property
    def place(self) -> str:
        """Where the plan stands, e.g. "run 2 of 3: RMSprop"; nothing without one."""
        if not self.is_active:
            return ""
        return f"run {self._at + 1} of {len(self.runs)}: {self.runs[self._at].group.variation}"

    def start(self, plan: Plan) -> None:
        """Begin with the first run. All settings are checked before.

        Raises:
            ConfigError: a variation cannot be used; nothing was started.
        """
        if self.is_active or self._session.is_active:
            raise RuntimeError("a plan cannot start while something is trained")
        self.runs = plan.runs()
        self.turns = [Turn.WAITING] * len(self.runs)
        self.paths = [None] * len(self.runs)
        self.reasons = {}
        self._stopping, self.is_active, self._at = False, True, 0
        self.started.emit()
        self._start_run()

    def _start_run(self) -> None:
        run = self.runs[self._at]
        self._set(Turn.RUNNING)
        self._session.start(run.config, group=run.group)

    def _set(self, turn: Turn) -> None:
        self.turns[self._at] = turn
        self.changed.emit(self._at)

    @Slot(object)
    def _on_run_started(self, event: RunStarted) -> None:
        if self.is_active:
            self.paths[self._at] = event.directory
            self.runBegan.emit(self._at, event.directory)

    @Slot(object)
    def _on_state(self, state: SessionState) -> None:
        if state == SessionState.STARTING:
            self.trained_last = self.is_active
        elif state == SessionState.STOPPING:
            self._stopping = True  # even where the run comes to its own end before it reads the request

    @Slot(object)
    def _on_failed(self, failure: Exception) -> None:
        if self.is_active:
            self.reasons[self._at] = message_for(failure)
            if isinstance(failure, DatasetError) or getattr(failure, "path", "").startswith("data."):
                self._stopping = True  # the next one would not find the images either

    @Slot()
    def _on_ended(self) -> None:
        if not self.is_active:
            return
        ends = {SessionState.FINISHED: Turn.FINISHED, SessionState.FAILED: Turn.FAILED}
        self._set(ends.get(self._session.state, Turn.STOPPED))
        if self.turns[self._at] == Turn.STOPPED:
            self._stopping = True
        if self._stopping or self._at + 1 == len(self.runs):
            self._end()
        else:
            # Not from within the signal: others have yet to hear that this run is over.
            QTimer.singleShot(0, self, self._next)

    @Slot()
    def _next(self) -> None:
        if self._stopping or self._session.is_active:  # somebody was quicker
            self._end()
            return
        self._at += 1
        self._start_run()

    def _end(self) -> None:
        self.is_active = False
        for index, turn in enumerate(self.turns):
            if turn == Turn.WAITING:
                self.turns[index] = Turn.SKIPPED
                self.changed.emit(index)
        self.ended.emit()
