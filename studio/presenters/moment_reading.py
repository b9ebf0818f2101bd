"""What is known of a run's steps, read from its files off the window's thread, and said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.errors import GanEngineError
from studio.presenters.charts import describe
from studio.views.moment_bar import Moment
from studio.views.moment_dialog import Facts

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.runs.history import Edit, SettingsHistory


@dataclass
class Known:
    """A run as it was when it was read.

    Attributes:
        history: its settings at each step; None where they cannot be read, for the reason in `problem`.
        checkpoints: their steps, in order.
        kept, best: those that are never deleted, and the best one.
        size: what it takes on the disk, in words.
    """

    run: Path
    history: SettingsHistory | None = None
    problem: str = ""
    checkpoints: list[int] = field(default_factory=list)
    kept: frozenset[int] = frozenset()
    best: int | None = None
    size: str = ""

    def nearest(self, step: int) -> int | None:
        """As `CheckpointFolder.nearest`, of the checkpoints that were there."""
        before = [known for known in self.checkpoints if known <= step]
        return before[-1] if before else self.checkpoints[0] if self.checkpoints else None

    def config_at(self, step: int) -> TrainConfig | None:
        """The settings in force, or None where they cannot be told."""
        try:
            return self.history.at(step) if self.history else None
        except GanEngineError:
            return None

    def edits_until(self, step: int) -> list[Edit]:
        """Live edits and forks until there, oldest first."""
        return self.history.edits_until(step) if self.history else []


def read_known(path: Path) -> Known:
    """Read a run. Never raises for a damaged one: it says so in `problem`."""
    from ganengine.runs.directory import RunDirectory
    from ganengine.runs.history import SettingsHistory
    from ganengine.runs.size import size_of

    run = RunDirectory(path)
    folder = run.checkpoints
    steps = folder.steps()
    found = Known(path, None, "", steps, frozenset(s for s in steps if folder.is_kept(s)), folder.best())
    found.size = str(size_of(run))
    try:
        found.history = SettingsHistory.read(run)
    except GanEngineError as error:
        found.problem = str(error)
    return found


def moment_of(known: Known, step: int) -> Moment:
    """A step in the few words of the bar."""
    config = known.config_at(step)
    settings = in_short(config) if config else "The settings at this step cannot be read"
    return Moment(step, settings, _edits(known.edits_until(step)), _checkpoint(known.nearest(step), step))


def in_short(config: TrainConfig) -> str:
    """The settings that people change most."""
    g, d, training = config.optimizer_g, config.optimizer_d, config.training
    rates = {f"{each.title} {each.lr:g}" for each in (g, d)}
    optimizers = rates.pop() if len(rates) == 1 else f"G: {g.title} {g.lr:g} · D: {d.title} {d.lr:g}"
    return f"{optimizers} · {config.loss.title} · batch {training.batch_size:,}"


def facts_of(known: Known, step: int) -> list[Facts]:
    """All that the dialog says of a step."""
    edits = [
        (f"Step {edit.step:,}", _in_words(edit) if edit.changes or edit.forked_from else "")
        for edit in reversed(known.edits_until(step))
    ]
    facts = [Facts("Changed until here, the newest first", edits or [("Nothing", "as the run began")])]
    checkpoints = [(f"Step {each:,}", _mark(known, each)) for each in reversed(known.checkpoints)]
    facts.append(Facts("Checkpoints", checkpoints or [("None yet", "")], open=len(checkpoints) < 9))
    facts.append(Facts("On the disk", [("This run", known.size), *_policy(known, step)]))
    config = known.config_at(step)
    if config is None:
        facts.append(Facts("Settings in force", [("They cannot be read", known.problem)]))
    else:
        facts += _sections(config)
    return facts


def _sections(config: TrainConfig) -> list[Facts]:
    from ganengine.config import TrainConfig as Declared
    from ganengine.config import all_declarations
    from ganengine.values import short_value

    lines: dict[str, list[tuple[str, str]]] = {}
    for found in all_declarations(config):
        section, _, rest = found.path.partition(".")
        if not rest:
            continue
        if found.only_when and config.get(f"{section}.{found.only_when[0]}") != found.only_when[1]:
            continue
        value = config.get(found.path)
        text = found.label_of(value) if found.choices else f"{short_value(value)} {found.unit}".strip()
        lines.setdefault(section, []).append((found.title, text))
    return [
        Facts(Declared.model_fields[section].title or section, rows, section.startswith("optimizer"))
        for section, rows in lines.items()
    ]


def _policy(known: Known, step: int) -> list[tuple[str, str]]:
    """What is thrown away as the run goes on."""
    config = known.config_at(step)
    if config is None:
        return []
    recording = config.recording
    every = f"one every {recording.checkpoint_every:,} steps; " if recording.checkpoint_every else "at the end; "
    older = f", {recording.spread_checkpoints:,} of the older ones" if recording.spread_checkpoints else ""
    return [
        ("Checkpoints", f"{every}the newest {recording.keep_checkpoints:,}{older}, the best and your own stay"),
        ("Samples", f"one every {recording.sample_every:,} steps; at most {recording.keep_samples:,} stay"),
    ]


def _mark(known: Known, step: int) -> str:
    return ", ".join(
        word for word, holds in (("best", step == known.best), ("kept for good", step in known.kept)) if holds
    )


def _edits(edits: Sequence[Edit]) -> str:
    if not edits:
        return ""
    last = edits[-1]
    more = f", and {len(edits) - 1} before" if len(edits) > 1 else ""
    return f"{_in_words(last)} at step {last.step:,}{more}"


def _in_words(edit: Edit) -> str:
    changes = describe(edit.changes)
    if edit.forked_from:
        return f"forked from {edit.forked_from}{': ' if changes else ''}{changes}"
    return changes


def _checkpoint(nearest: int | None, step: int) -> str:
    if nearest is None:
        return ""
    if nearest == step:
        return "Checkpoint of this step"
    side = "before" if nearest < step else "after"
    return f"Checkpoint of step {nearest:,}, {abs(step - nearest):,} steps {side}"
