"""Gives a trial of a search up that is worse than half of those before were at the same step."""

from typing import TYPE_CHECKING

from ganengine.commands import Stop
from ganengine.events import Event, MetricsEvent

if TYPE_CHECKING:
    from optuna import Trial

    from ganengine.trainer import Trainer


class Pruner:
    """A `TrainingObserver` that reports each evaluation to the study, and stops the training where it says so.

    Attributes:
        trainer: what is stopped.
        verdict: why it was stopped; nothing where it was not.
    """

    def __init__(self, trial: "Trial", key: str) -> None:
        """
        Args:
            key: the metric's, e.g. ``eval/fid_own``.
        """
        self.trainer: Trainer | None = None
        self.verdict = ""
        self._trial, self._key = trial, key
        self._reported = set(trial._get_latest_trial().intermediate_values)

    def notify(self, event: Event) -> None:
        """Report an evaluation; those that a crash undid are known already."""
        if not isinstance(event, MetricsEvent) or self._key not in event.values or self.verdict:
            return
        value = event.values[self._key]
        if event.step not in self._reported:
            self._trial.report(value, event.step)
            self._reported.add(event.step)
        if self.trainer is not None and self._trial.should_prune():
            self.verdict = f"Given up by the search at step {event.step:,}, where half of the others were better."
            self.trainer.commands.send(Stop())
