"""Which images each column of a comparison shows."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ganengine.events import SamplesEvent
from studio.frames import Frame, FrameLoader
from studio.presenters.compare_pictures import CommonPictures, Wish
from studio.presenters.compare_tracks import Track, places_of
from studio.presenters.plan import Turn
from studio.tasks import BackgroundTasks
from studio.views.compare_column import CompareColumn, ShownImages
from studio.views.compare_view import CompareView
from studio.views.grid_panel import Images

if TYPE_CHECKING:
    from ganengine.common_latents import CommonImages, CommonLatents

_AHEAD = 16
"""So many moments are read before they are asked for."""
_BUDGET = 32 * 2**20
"""Bytes that the decoded samples of one run may take."""


class CompareImages(QObject):
    """Shows the runs' own samples at the moment that the timeline stands at, or what they make of common latents.

    Attributes:
        latents: the common ones, or None.
    """

    def __init__(self, view: CompareView, tasks: BackgroundTasks, parent: QObject) -> None:
        super().__init__(parent)
        self.latents: CommonLatents | None = None
        self._view = view
        self._tracks: Sequence[Track] = ()
        self._loaders: dict[Path, FrameLoader] = {}
        self._pictures = CommonPictures(tasks, self)
        self._pictures.made.connect(self._on_made)
        view.stepChosen.connect(self.refresh)
        view.newestWanted.connect(self.refresh)
        view.bar.latentsToggled.connect(self._on_latents)
        view.bar.otherLatentsWanted.connect(lambda: self._share(secrets.randbelow(2**31)))

    def set_tracks(self, tracks: Sequence[Track]) -> None:
        """A column for each of these, in this order; nothing is shown yet."""
        self._tracks = tracks
        self._pictures.cancel()
        self._drop({track.path for track in tracks})
        self.offer_latents()
        if self.latents is not None:
            self._share(self.latents.seed)
        else:
            self.refresh()

    def refresh_places(self) -> None:
        """There are other samples than before: the timeline has their moments, and each column shows what is due."""
        timeline = self._view.timeline
        wanted, known = set(places_of(self._tracks, timeline.counts)), set(timeline.steps)
        for place in sorted(wanted - known):
            timeline.add_step(place)
        if known - wanted:
            timeline.discard(known - wanted)
        self.refresh()

    def add_live(self, track: Track, event: SamplesEvent) -> None:
        """The session made images of one of the runs."""
        shown = [index for index, known in enumerate(self._tracks) if known is track]
        if shown and self._view.timeline.is_live and self.latents is None:
            self._view.columns[shown[0]].show_images(self._shown(track, event.images, event.step, event.columns))
        self.refresh_places()

    @Slot()
    def refresh(self) -> None:
        """Show what is due at the moment that the timeline stands at."""
        if self.latents is not None:
            self._wish(self.latents)
        else:
            for track, column in zip(self._tracks, self._view.columns, strict=True):
                self._show_sample(track, column)
        self._show_places()

    # -- the runs' own samples -----------------------------------------------------------------------------------------

    def _due(self, track: Track) -> int | None:
        timeline = self._view.timeline
        if timeline.current_step is None:
            return None
        if timeline.is_live:
            return track.steps[-1] if track.steps else None
        return track.sample_at(timeline.counts, timeline.current_step)

    def _show_sample(self, track: Track, column: CompareColumn) -> None:
        found = self._due(track)
        if found is None or track.path is None:
            column.show_nothing(_why_nothing(track))
        elif column.shown is None or column.shown.heading != self._heading(track, found):
            timeline = self._view.timeline
            ahead = [track.sample_at(timeline.counts, place) for place in timeline.neighbours(_AHEAD)]
            self._loader_of(track.path).want(found, [step for step in dict.fromkeys(ahead) if step is not None])

    def _shown(self, track: Track, images: Images, step: int, columns: int) -> ShownImages:
        return ShownImages(images, step, self._heading(track, step), columns)

    def _loader_of(self, path: Path) -> FrameLoader:
        loader = self._loaders.get(path)
        if loader is None:
            loader = self._loaders[path] = FrameLoader(self, _BUDGET)
            loader.open(path / "samples")
            loader.loaded.connect(partial(self._on_frame, path))
            loader.failed.connect(partial(self._on_unreadable, path))
        return loader

    def _on_frame(self, path: Path, frame: Frame) -> None:
        for track, column in self._of(path):
            due = self._due(track)
            # While the slider moves on, one that was passed is better than none; what is due stays.
            if self.latents is None and (frame.step == due or column.step != due):
                column.show_images(self._shown(track, frame.images, frame.step, frame.columns))
                self._show_places()

    def _on_unreadable(self, path: Path, step: int, _error: Exception) -> None:
        for track, column in self._of(path):
            if self.latents is None and step == self._due(track):
                column.show_nothing(f"The images of step {step:,} cannot be read")

    def _of(self, path: Path) -> list[tuple[Track, CompareColumn]]:
        pairs = zip(self._tracks, self._view.columns, strict=True)
        return [(track, column) for track, column in pairs if track.path == path]

    def reread(self, track: Track) -> None:
        """The files of a run are others now, also where their names are the same."""
        if loader := self._loaders.get(track.path) if track.path else None:
            loader.open(track.path / "samples" if track.path else None)

    def close(self) -> None:
        """Read no more. For the end of the program."""
        self._pictures.cancel()
        self._drop(set())

    def _drop(self, keep: Collection[Path | None]) -> None:
        for path in [path for path in self._loaders if path not in keep]:
            loader = self._loaders.pop(path)
            loader.close()
            loader.deleteLater()

    def _heading(self, track: Track, step: int, what: str = "Step") -> str:
        from ganengine.alignment import training_time

        return f"{what} {step:,} · {training_time(track.seconds_at(step))}"

    def _show_places(self) -> None:
        """The moments of what is shown, in the plots."""
        counts = self._view.timeline.counts
        steps = [column.step for column in self._view.columns]
        self._view.show_places(
            [
                None if step is None else track.cursor_of(step, counts)
                for track, step in zip(self._tracks, steps, strict=True)
            ]
        )

    # -- common latents ------------------------------------------------------------------------------------------------

    def offer_latents(self) -> None:
        """Let the runs share latent vectors, or say why they cannot."""
        from ganengine.common_latents import latents_problem

        begun = [track for track in self._tracks if track.path is not None]
        if len(begun) < 2 or any(track.unread for track in begun):
            self._view.bar.let_share("Wait until two of the runs have begun." if len(begun) < 2 else "", keep=True)
            return
        self._view.bar.let_share(latents_problem([track.config for track in begun]))
        if self.latents is None and self._view.bar.latents.isChecked():
            self._share(None)  # chosen before the settings were known

    @Slot(bool)
    def _on_latents(self, on: bool) -> None:
        if on:
            self._share(None)
        else:
            self.latents = None
            self._pictures.cancel()
            self.refresh()

    def _share(self, seed: int | None) -> None:
        from ganengine.common_latents import CommonLatents, latents_problem

        configs = [track.config for track in self._tracks if track.config is not None]
        if not configs or latents_problem(configs):
            self.latents = None
        else:
            self.latents = CommonLatents.of(configs, seed)
        self.refresh()

    def _wish(self, latents: CommonLatents) -> None:
        wishes = {}
        for index, (track, column) in enumerate(zip(self._tracks, self._view.columns, strict=True)):
            if track.path is None:
                column.show_nothing(_why_nothing(track))
            else:
                step = self._due(track)
                wishes[index] = Wish(track.path, track.step if step is None else step)
        self._pictures.want(latents, wishes)

    @Slot(object)
    def _on_made(self, found: dict[int, CommonImages | str]) -> None:
        for index, answer in found.items():
            column = self._view.columns[index]
            if isinstance(answer, str):
                column.show_nothing(answer)
            else:
                heading = self._heading(self._tracks[index], answer.step, "Checkpoint of step")
                column.show_images(ShownImages(answer.images, answer.step, heading, answer.columns))
        self._show_places()


def _why_nothing(track: Track) -> str:
    if track.status == Turn.WAITING:
        return "Waits for its turn"
    if track.status in {Turn.FAILED, Turn.STOPPED, Turn.SKIPPED, Turn.FINISHED} and not track.steps:
        return "No images were made"
    return "No images yet at this moment" if track.steps else "The first images are being made"
