"""The queue in the foreground: what is trained is said on stderr, and Ctrl-C saves before it ends."""

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Protocol

from ganengine.cli.running import Place, train
from ganengine.errors import GanEngineError
from ganengine.events import RunStatus, TrainingObserver
from ganengine.queue.claims import Claim
from ganengine.queue.items import Item
from ganengine.queue.store import Queue, run_directory
from ganengine.queue.worker import carry_out
from ganengine.runs.directory import RunDirectory
from ganengine.trainer import Trainer

FAILED, INTERRUPTED = 1, 130
_LOOK_S = 0.5


class Watch(TrainingObserver, Protocol):
    """Looks on at the training of one item, and may stop it.

    Attributes:
        trainer: set before its first step.
        verdict: why it stopped the training, which is over then; nothing where it did not.
    """

    trainer: Trainer | None
    verdict: str


class CarryingOut:
    """Carries a queue out, or the runs of one plan in it.

    Attributes:
        items: those that this process trained, as it left them.
        interrupted: whether the user stopped it.
    """

    def __init__(
        self, queue: Queue, group: str | None = None, watch: Callable[[Claim], Watch | None] = lambda claim: None
    ) -> None:
        self.items: list[Item] = []
        self.interrupted = False
        self._queue, self._group = queue, group
        self._watch = watch
        # Whoever asks for these very runs wants them now.
        self._even_paused = group is not None and queue.snapshot().paused

    @property
    def trained(self) -> list[RunDirectory]:
        """The runs that were begun or gone on with."""
        found = (run_directory(self._queue, item) for item in self.items)
        return [run for run in found if run is not None]

    def run(self) -> None:
        """Train until nothing waits or the user interrupts."""
        outcome = carry_out(
            self._queue,
            self._train,
            group=self._group,
            even_paused=self._even_paused,
            began=self._say_which,
            failed=_say_why,
        )
        self.items += outcome.items
        self.interrupted = outcome.interrupted

    def wait_for_others(self) -> None:
        """Wait for runs of the plan that other programs train; take over what they leave."""
        told = False
        try:
            while not self.interrupted and (busy := [item for item in self._open() if item.is_running]):
                if not told:
                    say(f"another program trains {busy[0].title}: waiting for it")
                    told = True
                time.sleep(_LOOK_S)
                self.run()
        except KeyboardInterrupt:
            self.interrupted = True

    def stay(self) -> None:
        """Train whatever is added, until the user interrupts."""
        say("waiting for more; Ctrl-C ends this")
        try:
            while not self.interrupted:
                time.sleep(_LOOK_S)
                self.run()
        except KeyboardInterrupt:
            self.interrupted = True

    def _open(self) -> list[Item]:
        return [item for item in self._queue.items() if item.group and item.group.id == self._group]

    def _train(self, claim: Claim) -> RunStatus:
        watch = self._watch(claim)

        def build(observers: Sequence[TrainingObserver]) -> Trainer:
            trainer = claim.launch([*observers, *([watch] if watch else [])])
            if watch:
                watch.trainer = trainer
            return trainer

        status = train(build, Place())
        if watch and watch.verdict and status == RunStatus.STOPPED:
            claim.done(status, watch.verdict)
        return status

    def _say_which(self, claim: Claim) -> None:
        item, verb = claim.item, "going on with" if claim.resumes else ""
        place = f"run {item.group.index + 1} of {item.group.count}: " if item.group else f"run {item.number}: "
        say(" ".join(part for part in (verb, f"{place}{item.title}") if part))


def _say_why(claim: Claim, error: Exception) -> None:
    if not isinstance(error, GanEngineError):
        traceback.print_exception(error)
    say(f"{claim.item.title} failed: {error}")


def say(text: str) -> None:
    """Tell the user something beside the results."""
    print(f"ganengine: {text}", file=sys.stderr, flush=True)
