"""What a list of runs knows of each. Imports no torch, so that a window can know it early."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Parent:
    """Where a run was forked from.

    Attributes:
        run: the parent's folder name.
        step: of the checkpoint that it went on from.
        id: the parent's own mark, which no other run has; "" where it is not known.
    """

    run: str
    step: int
    id: str = ""


@dataclass(frozen=True)
class BestValue:
    """The best value so far of the metric by which a run is judged.

    Attributes:
        key: of the metric, e.g. ``eval/fid_own``.
        title: of the metric, for people.
        step: where it was measured.
        better: "lower" or "higher".
    """

    key: str
    title: str
    value: float
    step: int
    better: str = "lower"


@dataclass(frozen=True)
class RunGroup:
    """The plan that a run belongs to: the fields of `ganengine.plans.Group`."""

    id: str
    name: str = ""
    variation: str = ""
    index: int = 0
    count: int = 0


@dataclass(frozen=True)
class RunSummary:
    """One row of a list of runs, from `run.json`, `about.json` and the end of `metrics.jsonl`.

    Attributes:
        path: the run directory.
        number: at the beginning of its folder's name; 0 where there is none.
        name: the folder's name.
        title: what the person calls it; "" where it has no title of its own.
        preset, data, optimizers: e.g. "digits-best", "mnist-5k", "Adam" or "Adam / SGD" (generator's first).
        status: a `RunStatus` value, the truth also where a process was killed; "" where it is not known.
        step, total_steps: how far it came, and is meant to go; 0 where that is not known.
        seconds: time spent training.
        created: with time zone, or None where it is not known.
        best: None where nothing was measured.
        thumbnail: the newest sample, or None.
        damage: why the run is damaged, in one sentence; "" for a sound one.
        is_active: whether some process trains it now.
        message: why it ended as it did, where that was said.
        id: the run's own mark, which stays when its folder is renamed; "" for runs of older versions.
    """

    path: Path
    number: int
    name: str
    title: str = ""
    preset: str = ""
    data: str = ""
    optimizers: str = ""
    status: str = ""
    step: int = 0
    total_steps: int = 0
    seconds: float = 0.0
    created: datetime | None = None
    best: BestValue | None = None
    parent: Parent | None = None
    group: RunGroup | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    archived: bool = False
    thumbnail: Path | None = None
    damage: str = ""
    is_active: bool = False
    message: str = ""
    id: str = ""

    @property
    def called(self) -> str:
        """What to call it: its title, else its folder's name."""
        return self.title or self.name
