"""Carries a queue out: one item after the other, until nothing waits or somebody stops."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ganengine.events import RunStatus
from ganengine.queue.claims import Claim
from ganengine.queue.items import Item
from ganengine.queue.store import Queue


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        items: those that this process began or went on with, as it left them.
        interrupted: whether the user stopped it; the last item then waits to be gone on with.
    """

    items: list[Item] = field(default_factory=list)
    interrupted: bool = False


def carry_out(
    queue: Queue,
    train: Callable[[Claim], RunStatus],
    *,
    group: str | None = None,
    even_paused: bool = False,
    began: Callable[[Claim], None] = lambda claim: None,
    failed: Callable[[Claim, Exception], None] = lambda claim, error: None,
) -> Outcome:
    """Train item after item; other processes may do the same with the same queue at the same time.

    A failed item does not stop the next. One that is stopped (by the user, on the machine that he sits at) is put
    back, and ends it.

    Args:
        train: launches the claim's trainer and runs it; returns how it ended. It may say so to the claim itself, where
            a training that stopped is nevertheless done.
        group: only items of the plan with this id.
        even_paused: also where the queue is paused.
        began: told before each item.
        failed: told after an item that failed.
    """
    outcome = Outcome()
    while not outcome.interrupted and (claim := queue.claim_next(group, even_paused=even_paused)):
        try:
            with claim:
                began(claim)
                status = train(claim)
                if status == RunStatus.FINISHED:
                    claim.done(status)
                outcome.interrupted = claim.is_held
        except KeyboardInterrupt:
            outcome.interrupted = True
        except Exception as error:
            failed(claim, error)
        outcome.items.append(claim.item)
    return outcome
