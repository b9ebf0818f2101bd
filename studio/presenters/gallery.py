"""Keeps the image grid and the timeline true to the training or to the run that was opened."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from ganengine.errors import DatasetError
from ganengine.events import FreshSamplesEvent, RunStarted, SamplesEvent
from studio.frames import Frame, FrameLoader
from studio.messages import Messages
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.sample_grid import SampleGrid
from studio.views.timeline import Timeline

Images = NDArray[np.uint8]
_COUNT = 64
_AHEAD = 32
"""How many samples are read before they are asked for."""


@dataclass(frozen=True)
class Shown:
    """What the grid shows.

    Attributes:
        images: uint8 [N, H, W, C].
        step: that they are from.
        columns: where each row of so many is one class; else 0.
        seed: of their latent vectors where they are fresh noise; None for the run's fixed ones.
        checkpoint: the file that they were made from where it is not the training or the run itself, or None.
    """

    images: Images
    step: int
    columns: int = 0
    seed: int | None = None
    checkpoint: Path | None = None


class GalleryPresenter(QObject):
    """Shows the newest samples, or an earlier one that the timeline chose, or fresh noise.

    Signals:
        cursorMoved(object): the step of an earlier sample that is looked at, or None while the newest is.
        imagesChanged(): there are images to show now, or no longer.
        stepShown(int): images of a step are shown now.
        runChanged(): samples of another run are shown, or of none; see `samples_dir`.

    Attributes:
        shown: what the grid shows of the generator, or None.
        classes: names of the classes that the generator knows; empty where it knows none.
        samples_dir: where the samples of the run are, or None.
    """

    cursorMoved = Signal(object)
    imagesChanged = Signal()
    stepShown = Signal(int)
    runChanged = Signal()

    def __init__(
        self, session: Session, grid: SampleGrid, timeline: Timeline, tasks: BackgroundTasks, messages: Messages
    ) -> None:
        super().__init__(grid)
        self.shown: Shown | None = None
        self.classes: tuple[str, ...] = ()
        self.samples_dir: Path | None = None
        self._session, self._grid, self._timeline = session, grid, timeline
        self._tasks, self._messages = tasks, messages
        self._newest: Shown | None = None
        self._fresh = False
        self._seed = 0  # of the fresh noise asked for last
        self._is_watching = False
        self._frames = FrameLoader(self)
        self._frames.loaded.connect(self._on_frame)
        self._frames.failed.connect(self._on_unreadable)
        self.sampler: Any = None  # ganengine.sampler.Sampler of the loaded checkpoint
        session.runStarted.connect(self._on_run_started)
        session.samplesArrived.connect(self._on_samples)
        session.freshSamplesArrived.connect(self._on_fresh_samples)
        timeline.stepSelected.connect(self._on_step_selected)
        timeline.liveRequested.connect(self.show_newest)
        grid.freshNoiseRequested.connect(self.make_fresh)
        grid.fixedNoiseRequested.connect(self.show_fixed)

    @property
    def images(self) -> Images | None:
        """What the grid shows of the generator, [N, H, W, C], or None."""
        return self.shown.images if self.shown else None

    @property
    def step(self) -> int:
        """The step that they are from."""
        return self.shown.step if self.shown else 0

    @property
    def inverted(self) -> bool:
        """Whether grey images are shown dark on light."""
        return self._grid.controls.inverted

    def clear(self) -> None:
        """Forget the run."""
        self.samples_dir = self._newest = self.shown = self.sampler = None
        self.classes = ()
        self._is_watching = False
        self._frames.open(None)
        self._set_fresh(False)
        self._timeline.clear()
        self._grid.clear_images()
        self.cursorMoved.emit(None)
        self.imagesChanged.emit()
        self.runChanged.emit()

    def close(self) -> None:
        """Read no more samples. For the end of the program."""
        self._frames.close()

    def open_checkpoint(
        self, sampler: Any, fixed: Images, samples_dir: Path | None, steps: Sequence[int], epochs: Sequence[float]
    ) -> None:
        """Show what a loaded checkpoint makes from its fixed latents, with the samples of its run up to there."""
        self.clear()
        self.sampler, self.classes = sampler, sampler.classes
        self._open(samples_dir)
        self._timeline.set_steps(steps, epochs)
        self._newest = Shown(fixed, sampler.step, sampler.fixed.columns)
        self.show_newest()

    def watch(
        self, samples_dir: Path, steps: Sequence[int], epochs: Sequence[float], classes: tuple[str, ...] = ()
    ) -> None:
        """Show the samples of a run that another process trains; `add_watched` tells of those that come later."""
        self.clear()
        self.classes = classes
        self._is_watching = True
        self._open(samples_dir)
        self._timeline.set_steps(steps, epochs)
        self.show_newest()

    def add_watched(self, steps: Sequence[int], epochs: Sequence[float], dropped: Sequence[int]) -> None:
        """There are more samples of the watched run, and these are gone."""
        for step, epoch in zip(steps, epochs, strict=True):
            self._timeline.add_step(step, epoch)
        self._timeline.discard(dropped)
        if steps and self._timeline.is_live and not self._fresh:
            self._frames.want(max(steps))

    def show_marks(self, checkpoints: Sequence[int], edits: Sequence[int]) -> None:
        """Show on the timeline where there are checkpoints, and where settings changed."""
        self._timeline.set_marks(checkpoints, edits)

    def _open(self, samples_dir: Path | None) -> None:
        self.samples_dir = samples_dir
        self._frames.open(samples_dir)
        self.runChanged.emit()

    @Slot()
    def show_newest(self) -> None:
        """Show the newest samples of the fixed latents."""
        self._set_fresh(False)
        self.cursorMoved.emit(None)
        if self._is_watching and self._timeline.current_step is not None:
            self._frames.want(self._timeline.current_step)
        elif self._newest:
            self._show(self._newest)

    @Slot()
    def show_fixed(self) -> None:
        """Back from fresh noise to the fixed latents."""
        if self._timeline.is_live or self._timeline.current_step is None:
            self.show_newest()
        else:
            self._on_step_selected(self._timeline.current_step)

    @Slot()
    def make_fresh(self) -> None:
        """Show images from new latent vectors: by the running training, or from the loaded checkpoint."""
        if not self._timeline.is_live:
            self._timeline.go_live()  # new latents are made with the newest generator, whatever was looked at
        columns = self._columns
        count = columns * len(self.classes) or (len(self.shown.images) if self.shown else _COUNT)
        seed = self._seed = secrets.randbelow(2**31)
        if self._session.is_active:
            self._set_fresh(True)
            self._session.make_samples(seed, count)
        elif self.sampler is not None:
            self._set_fresh(True)
            sampler = self.sampler
            self._in_background(
                lambda: sampler.images(count, seed),
                lambda images: self._show_fresh(Shown(images, sampler.step, columns, seed)),
            )
        elif self._is_watching and (checkpoint := self._newest_checkpoint()):
            self.make_fresh_from(checkpoint)
        elif self._is_watching:
            self._messages.info("The run has no checkpoint yet to make fresh noise with.")
        else:
            self._messages.info("There is no generator yet: start a training or load a checkpoint.")

    def make_fresh_from(self, checkpoint: Path) -> None:
        """Show images from new latent vectors, made by the generator of a checkpoint; a training is not disturbed."""
        seed = self._seed = secrets.randbelow(2**31)
        count = len(self.shown.images) if self.shown else _COUNT
        columns = self._columns
        self._set_fresh(True)
        self._in_background(
            lambda: _made_anew(checkpoint, count, seed, columns),
            lambda shown: self._show_fresh(shown) if self._seed == seed else None,
        )

    @Slot(object)
    def _on_run_started(self, event: RunStarted) -> None:
        self.sampler, self.classes = None, event.classes
        samples_dir = event.directory / "samples"
        self._is_watching = False
        is_other = samples_dir != self.samples_dir or event.step == 0
        self._open(samples_dir)  # also where it goes on: the samples after the checkpoint are made anew
        if is_other:
            steps = sorted(_step_of(path) for path in samples_dir.glob("step-*.png"))
            self._timeline.set_steps([step for step in steps if step <= event.step])
        elif not self._timeline.is_live:
            self.cursorMoved.emit(self._timeline.current_step)

    @Slot(object)
    def _on_samples(self, event: SamplesEvent) -> None:
        self._newest = Shown(event.images, event.step, event.columns)
        self._timeline.add_step(event.step, event.epoch)
        self._timeline.discard(event.dropped)
        if self._timeline.is_live and not self._fresh:
            self._show(self._newest)
        elif self._fresh and self._timeline.is_live:
            self.make_fresh()  # fresh noise keeps up with the training, too

    @Slot(object)
    def _on_fresh_samples(self, event: FreshSamplesEvent) -> None:
        if self._fresh and self._timeline.is_live:
            self._show_fresh(Shown(event.images, event.step, self._columns, self._seed))

    @Slot(int)
    def _on_step_selected(self, step: int) -> None:
        if self.samples_dir is None:
            return
        self._set_fresh(False)
        self.cursorMoved.emit(step)
        self._frames.want(step, self._timeline.neighbours(_AHEAD))

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        if self._fresh or (self._timeline.is_live and not self._is_watching):
            return  # nobody looks back any more
        self._show(Shown(frame.images, frame.step, frame.columns))

    @Slot(int, object)
    def _on_unreadable(self, step: int, error: Exception) -> None:
        if isinstance(error, DatasetError) and self.samples_dir and not _path_of(self.samples_dir, step).exists():
            self._timeline.discard([step])  # deleted meanwhile, so that there are not too many
        else:
            self._messages.warning(message_for(error))

    def _newest_checkpoint(self) -> Path | None:
        from ganengine.runs.directory import RunDirectory

        return RunDirectory(self.samples_dir.parent).checkpoints.latest() if self.samples_dir else None

    def _set_fresh(self, fresh: bool) -> None:
        self._fresh = fresh
        self._grid.set_fresh_noise(fresh)

    @property
    def _columns(self) -> int:
        """Images of each class in a row, as in the newest sample; 0 without classes."""
        if not self.classes:
            return 0
        known = self._newest.columns if self._newest else 0
        return known or max(1, round(_COUNT / len(self.classes)))

    def _show_fresh(self, shown: Shown) -> None:
        if self._fresh:
            self._show(shown, "fresh noise")

    def _show(self, shown: Shown, note: str = "") -> None:
        was_empty = self.shown is None
        self.shown = shown
        # Samples of another run's classes, or of a file without them, have rows but no names.
        named = self.classes if len(self.classes) * shown.columns == len(shown.images) else ()
        note = f"{note} from its checkpoint" if note and shown.checkpoint else note
        caption = f"Step {shown.step:,}{', ' if note else ''}{note}"
        self._grid.set_images(shown.images, caption, shown.step, shown.columns, named)
        if was_empty:
            self.imagesChanged.emit()
        self.stepShown.emit(shown.step)

    def _in_background(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._tasks.run(work, done, lambda error: self._messages.error("No images", message_for(error)))


def _made_anew(checkpoint: Path, count: int, seed: int, columns: int) -> Shown:
    from ganengine.sampler import Sampler

    sampler = Sampler.from_checkpoint(checkpoint)
    if sampler.classes:
        columns = columns or max(1, round(count / len(sampler.classes)))
        count = columns * len(sampler.classes)
    return Shown(sampler.images(count, seed), sampler.step, columns if sampler.classes else 0, seed, checkpoint)


def _path_of(samples_dir: Path, step: int) -> Path:
    return samples_dir / f"step-{step:08d}.png"


def _step_of(path: Path) -> int:
    digits = path.stem.removeprefix("step-")
    return int(digits) if digits.isdigit() else 0
