"""What a publication is made from. Nothing is read before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ganengine.errors import CheckpointError, DatasetError, GanEngineError, PublishError, RunError
from ganengine.export.grid import Images, Sample, read_sample
from ganengine.runs.checkpoints import step_of
from ganengine.runs.directory import RunDirectory

if TYPE_CHECKING:
    from ganengine.sampler import Sampler


@dataclass(frozen=True)
class Shown:
    """Images that are there already.

    Attributes:
        images: uint8 [N, H, W, C].
        step: that they are from.
        columns: of the grid whose rows are the classes; 0 where any layout will do.
    """

    images: Images
    step: int
    columns: int = 0


@dataclass
class Source:
    """A run, a checkpoint, or both, and perhaps images that are looked at.

    Attributes:
        run: the run, or None for a checkpoint that lies alone.
        checkpoint: the checkpoint that the generator is read from; by default the run's own, see `checkpoint_path`.
        step: where in the run; None is its end.
        shown: images to take in place of the run's own sample.
        device: where new images are made: a value of the setting `training.device`.
    """

    run: RunDirectory | None = None
    checkpoint: Path | None = None
    step: int | None = None
    shown: Shown | None = None
    device: str = "auto"

    @classmethod
    def of_path(cls, path: Path, step: int | None = None, device: str = "auto") -> Self:
        """A run directory, or a checkpoint's file with the run that it lies in.

        Raises:
            RunError, PublishError: there is neither at `path`.
        """
        if path.is_dir():
            return cls(RunDirectory.open(path), step=step, device=device)
        if not path.is_file():
            raise RunError(f"There is no run and no checkpoint {path}.")
        if step is not None:
            raise PublishError(f"A step goes with a run, and {path.name} is one checkpoint.")
        folder = path.absolute().parent.parent
        run = RunDirectory(folder) if (folder / "run.json").is_file() else None
        return cls(run, path, step_of(path) if run else None, device=device)

    @property
    def name(self) -> str:
        """What it is called: the run's folder, or the checkpoint's file."""
        if self.run:
            return self.run.name
        return self.checkpoint.stem if self.checkpoint else "images"

    # -- images --------------------------------------------------------------------------------------------------------

    @cached_property
    def sample_steps(self) -> list[int]:
        """Steps up to the chosen one of which the run has kept images, in order."""
        steps = self.run.sample_steps() if self.run else []
        return [step for step in steps if self.step is None or step <= self.step]

    @cached_property
    def sample(self) -> Shown:
        """The images shown; else the run's own of its step; else what the checkpoint makes of the run's latents.

        Raises:
            PublishError: there are none.
            DatasetError, CheckpointError: they cannot be read.
        """
        if self.shown:
            return self.shown
        if self.run and self.sample_steps:
            step = self.sample_steps[-1]
            found: Sample = read_sample(self.run.sample_path(step))
            return Shown(found.images, step, found.columns)
        if self.generator_problem():
            raise PublishError(f"{self.name} has no images yet.")
        return Shown(self.sampler.fixed_images(), self.sampler.step, self.sampler.fixed.columns)

    @property
    def sample_at_hand(self) -> Shown | None:
        """As `sample`, but None where a network would have to be read for it, or they cannot be read."""
        try:
            return self.sample if self.shown or self.sample_steps or "sample" in self.__dict__ else None
        except GanEngineError:
            return None

    @cached_property
    def last_sample(self) -> Sample | None:
        """The run's own sample of its step, whatever is shown; None where there is none, or it cannot be read."""
        if not self.run or not self.sample_steps:
            return None
        try:
            return read_sample(self.run.sample_path(self.sample_steps[-1]))
        except DatasetError:
            return None

    # -- the generator -------------------------------------------------------------------------------------------------

    def checkpoint_path(self) -> Path:
        """The file that the generator is read from: the one given, else the run's of the step, else its newest.

        Raises:
            CheckpointError: there is none; says which there are.
        """
        if self.checkpoint:
            return self.checkpoint
        steps = self.run.checkpoints.steps() if self.run else []
        if not self.run or not steps:
            raise CheckpointError(f"{self.name} has no checkpoint yet.")
        if self.step is not None and self.step not in steps:
            known = ("…, " if len(steps) > 5 else "") + ", ".join(f"{step:,}" for step in steps[-5:])
            raise CheckpointError(
                f"{self.name} has no checkpoint of step {self.step:,}; there are those of step {known}."
            )
        return self.run.checkpoints.path(steps[-1] if self.step is None else self.step)

    def generator_problem(self) -> str:
        """Why there is no generator; "" where there is one. Nothing is read."""
        try:
            self.checkpoint_path()
        except CheckpointError as error:
            return str(error)
        return ""

    @cached_property
    def sampler(self) -> Sampler:
        """The generator.

        Raises:
            CheckpointError, ConfigError, OutOfMemory: it cannot be used.
        """
        from ganengine.sampler import Sampler

        return Sampler.from_checkpoint(self.checkpoint_path(), self.device)

    @property
    def step_shown(self) -> int:
        """The step for names and captions: that of the images, or that was asked for, or the run's last sample."""
        if self.shown:
            return self.shown.step
        if self.step is not None:
            return self.step
        if self.sample_steps:
            return self.sample_steps[-1]
        path = self.checkpoint
        return (step_of(path) or 0) if path else 0
