"""What the studio is doing: the state machine between the window and the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ganengine.commands import Command, Continue, Edit, Evaluate, MakeSamples, Pause, SaveCheckpoint, StepOnce, Stop
from ganengine.errors import GanEngineError
from ganengine.events import (
    AlertEvent,
    CheckpointEvent,
    EditEvent,
    Event,
    FreshSamplesEvent,
    MetricsEvent,
    NoteEvent,
    Preparing,
    Progress,
    RunStarted,
    RunStatus,
    SamplesEvent,
    StatusChanged,
    TrainingObserver,
)
from studio.worker import TrainingThread

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.queue.claims import Claim

_log = logging.getLogger("studio")


class SessionState(StrEnum):
    """What the studio is doing."""

    LOADING = "loading"
    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"


ACTIVE = frozenset({SessionState.STARTING, SessionState.RUNNING, SessionState.PAUSED, SessionState.STOPPING})


class Session(QObject):
    """At most one training at a time, and what is known of it.

    Signals:
        stateChanged(SessionState): the state is another one.
        preparing(Preparing): the data, or something else, must be made ready first.
        runStarted(RunStarted): a training has its directory and is about to step.
        metricsArrived(list of MetricsEvent), samplesArrived(SamplesEvent), freshSamplesArrived(FreshSamplesEvent),
        progressed(Progress), checkpointSaved(CheckpointEvent), edited(EditEvent), alerted(str): what it says.
        failed(Exception): a training could not start or ended with an error.
        ended(): the thread is over, whatever the outcome.

    Attributes:
        state: see `SessionState`.
        run_path: directory of the training that runs or ran last, or None.
        began: whether the training that runs or ran last came as far as its first step.
        config: settings of the training that runs, as the engine confirmed them last, or None.
    """

    stateChanged = Signal(object)
    preparing = Signal(object)
    runStarted = Signal(object)
    metricsArrived = Signal(list)
    samplesArrived = Signal(object)
    freshSamplesArrived = Signal(object)
    progressed = Signal(object)
    checkpointSaved = Signal(object)
    edited = Signal(object)
    alerted = Signal(str)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, runs_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = SessionState.LOADING
        self.runs_dir = runs_dir
        self.run_path: Path | None = None
        self.began = False
        self.config: TrainConfig | None = None
        self._training: TrainingThread | None = None
        self._outcome = SessionState.IDLE

    @property
    def is_active(self) -> bool:
        """Whether a training thread exists."""
        return self.state in ACTIVE

    def engine_loaded(self) -> None:
        """The engine is imported: trainings may start."""
        if self.state == SessionState.LOADING:
            self._enter(SessionState.IDLE)

    # -- to begin ------------------------------------------------------------------------------------------------------

    def start(self, config: TrainConfig, *, paused: bool = False) -> None:
        """Train anew; with `paused`, do one step and wait."""
        from ganengine.launch import new_run

        root = self.runs_dir
        self._launch(lambda observers: new_run(config, root, observers, patient=True), paused=paused)

    def resume(self, run: Path, changes: Mapping[str, Any], *, paused: bool = False) -> None:
        """Go on exactly with a run; `changes` may hold what can change in a running training."""
        from ganengine.launch import resume_run
        from ganengine.runs.directory import RunDirectory

        def build(observers: Sequence[TrainingObserver]) -> Any:
            return resume_run(RunDirectory.open(run), observers, changes=changes, patient=True)

        self._launch(build, paused=paused)

    def fork(self, checkpoint: Path, changes: Mapping[str, Any], *, paused: bool = False) -> None:
        """Go on from any checkpoint in a new run, with changed settings."""
        from ganengine.launch import fork_run

        root = self.runs_dir

        def build(observers: Sequence[TrainingObserver]) -> Any:
            return fork_run(checkpoint, root, observers, changes=changes, patient=True)

        self._launch(build, paused=paused)

    def launch_claim(self, claim: Claim) -> None:
        """Train what was taken from the queue: a new run, or one that goes on exactly where it was interrupted."""
        self._launch(lambda observers: claim.launch(observers, patient=True), paused=False)

    # -- while it runs -------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Wait before the next step."""
        self._send(Pause())

    def go_on(self) -> None:
        """Go on after a pause."""
        self._send(Continue())

    def step_once(self) -> None:
        """Do one step of the generator, then wait."""
        self._send(StepOnce())

    def save_checkpoint(self) -> None:
        """Save a checkpoint that is never deleted."""
        self._send(SaveCheckpoint())

    def edit(self, changes: Mapping[str, Any]) -> None:
        """Change settings that may change in a running training."""
        self._send(Edit(changes))

    def evaluate(self) -> None:
        """Measure the quality of the generated images now, answered by a point of the plots."""
        self._send(Evaluate())

    def make_samples(self, seed: int, count: int) -> None:
        """Ask for images from new latent vectors, answered by `freshSamplesArrived`."""
        self._send(MakeSamples(seed, count))

    def stop(self, *, save: bool = True) -> None:
        """End the training, answered by `ended`."""
        if self.is_active:
            self._send(Stop(save))
            self._enter(SessionState.STOPPING)

    def wait(self) -> None:
        """Block until a stopped training's thread is over. For the very end of the program."""
        if self._training:
            self._training.wait()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _launch(self, build: Callable[[Sequence[TrainingObserver]], Any], *, paused: bool) -> None:
        if self.is_active or self.state == SessionState.LOADING:
            raise RuntimeError(f"a training cannot start while the studio is {self.state}")
        self._outcome = SessionState.IDLE
        self.began = False
        self._training = TrainingThread(build, self)
        self._training.eventsArrived.connect(self._on_events)
        self._training.ended.connect(self._on_ended)
        if paused:
            self._training.send(StepOnce())
        self._enter(SessionState.STARTING)
        self._training.start()

    def _send(self, command: Command) -> None:
        if self._training and self.is_active:
            self._training.send(command)

    def _enter(self, state: SessionState) -> None:
        if state != self.state:
            self.state = state
            self.stateChanged.emit(state)

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        points = [event for event in events if isinstance(event, MetricsEvent)]
        if points:
            self.metricsArrived.emit(points)
        for event in events:
            self._on_event(event)

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, Preparing | Progress | SamplesEvent | FreshSamplesEvent | MetricsEvent):
            _log.info("%s", describe(event))
        match event:
            case Preparing():
                self.preparing.emit(event)
            case Progress():
                self.progressed.emit(event)
            case SamplesEvent():
                self.samplesArrived.emit(event)
            case FreshSamplesEvent():
                self.freshSamplesArrived.emit(event)
            case CheckpointEvent():
                self.checkpointSaved.emit(event)
            case AlertEvent(message=message):
                self.alerted.emit(message)
            case EditEvent(config=config):
                self.config = config
                self.edited.emit(event)
            case RunStarted(directory=directory, config=config):
                self.run_path, self.config, self.began = directory, config, True
                self.runStarted.emit(event)
            case StatusChanged(status=status):
                self._on_status(status)

    def _on_status(self, status: RunStatus) -> None:
        match status:
            case RunStatus.RUNNING if self.state != SessionState.STOPPING:
                self._enter(SessionState.RUNNING)
            case RunStatus.PAUSED if self.state != SessionState.STOPPING:
                self._enter(SessionState.PAUSED)
            case RunStatus.FINISHED:
                self._outcome = SessionState.FINISHED

    @Slot(object)
    def _on_ended(self, failure: Exception | None) -> None:
        assert self._training is not None
        self._training.deleteLater()
        self._training = None
        self.config = None
        self._enter(SessionState.FAILED if failure else self._outcome)
        if failure:
            self.failed.emit(failure)
        self.ended.emit()


def describe(event: Event) -> str:
    """An event as a line of the log."""
    match event:
        case RunStarted(directory=directory, step=step, device=device):
            return f"{directory.name} begins at step {step:,} on {device}"
        case StatusChanged(step=step, status=status, message=message):
            return f"step {step:,}: {status.value}{': ' if message else ''}{message}"
        case CheckpointEvent(step=step, path=path):
            return f"step {step:,}: checkpoint {path}"
        case EditEvent(step=step, changes=changes):
            return f"step {step:,}: " + ", ".join(f"{path} {old} → {new}" for path, (old, new) in changes.items())
        case AlertEvent(step=step, message=message) | NoteEvent(step=step, message=message):
            return f"step {step:,}: {message}"
    return type(event).__name__


def message_for(failure: Exception) -> str:
    """What to tell the user of a failure: our own errors speak for themselves."""
    if isinstance(failure, GanEngineError):
        return str(failure)
    return f"Something unexpected went wrong: {type(failure).__name__}: {failure}. The log has the details."
