"""Writes what a training says into its run directory."""

from dataclasses import asdict
from typing import Any

from ganengine.errors import StorageError
from ganengine.events import (
    AlertEvent,
    CheckpointEvent,
    EditEvent,
    Event,
    MetricsEvent,
    NoteEvent,
    RunStarted,
    SamplesEvent,
    StatusChanged,
)
from ganengine.runs.directory import RunDirectory, now
from ganengine.runs.facts import best_of, better_of, facts_of
from ganengine.runs.files import append_text
from ganengine.runs.summary import BestValue


class Recorder:
    """A `TrainingObserver` that keeps the run directory up to date.

    Raises:
        StorageError: from `notify`, where something could not be written; the next `notify` tries it again.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._unwritten: list[Event] = []
        self._judged_by = ""
        self._best: BestValue | None = None

    def notify(self, event: Event) -> None:
        """Write one event down, after those for which there was no room before."""
        if isinstance(event, StatusChanged):  # what the status was before is no longer true
            self._unwritten = [waiting for waiting in self._unwritten if not isinstance(waiting, StatusChanged)]
        waiting, self._unwritten = [*self._unwritten, event], []
        problem: StorageError | None = None
        for each in waiting:
            try:
                self._write(each)
            except StorageError as error:
                problem = problem or error
                self._unwritten.append(each)
        if problem:
            raise problem

    def _write(self, event: Event) -> None:
        match event:
            case MetricsEvent():
                self._judge(event)
                self._run.append_metrics(event)
            case RunStarted():
                self._started(event)
            case StatusChanged(step=step, status=status, message=message):
                self._run.update_info({"status": status.value, "step": step, "message": message, "changed": now()})
                self._log(step, f"{status.value}{': ' if message else ''}{message}")
            case EditEvent(step=step, changes=changes, total_steps=total_steps):
                self._run.update_info({"total_steps": total_steps})
                plain = {path: list(values) for path, values in changes.items()}
                self._record(step, "edit", changes=plain)
                self._log(step, ", ".join(f"{path}: {old} → {new}" for path, (old, new) in changes.items()))
            case CheckpointEvent(step=step, path=path, kept=kept):
                self._record(step, "checkpoint", file=path.name, kept=kept)
                self._run.update_info({"step": step})
            case AlertEvent(step=step, message=message):
                self._record(step, "alert", message=message)
                self._log(step, message)
            case NoteEvent(step=step, message=message):
                self._log(step, message)
            case SamplesEvent():
                pass  # the trainer wrote the file that the event names

    def _judge(self, event: MetricsEvent) -> None:
        """Keep the best value so far where a list of runs finds it."""
        best = better_of(self._best, event.step, event.values, self._judged_by)
        if best != self._best:
            self._run.update_info({"best": asdict(best) if best else None})
            self._best = best

    def _started(self, event: RunStarted) -> None:
        self._judged_by = event.config.evaluation.best_key() or ""
        # What went on from an earlier step, or in a new run, knows of no later evaluations.
        self._best = best_of(((point.step, point.values) for point in self._run.each_metrics()), self._judged_by)
        self._run.update_info(
            {
                **facts_of(event.config.model_dump(mode="json")),
                "best": asdict(self._best) if self._best else None,
                "device": event.device,
                "seed": event.config.training.seed,
                "total_steps": event.total_steps,
                "parameters": dict(event.parameters),
                "classes": list(event.classes),
                "started": now(),
            }
        )
        self._record(event.step, "start", device=event.device)

    def _record(self, step: int, kind: str, **values: Any) -> None:
        self._run.append_event({"step": step, "event": kind, **values})

    def _log(self, step: int, text: str) -> None:
        append_text(self._run.path / "log.txt", f"{now()} step {step}: {text}\n")
