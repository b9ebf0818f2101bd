"""The inspector's page of walks."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.messages import Messages
from studio.presenters import inspector_work as work
from studio.presenters.inspector import InspectorPresenter
from studio.presenters.inspector_work import Images
from studio.session import message_for
from studio.tasks import Preparation

if TYPE_CHECKING:
    from ganengine.inspection.subject import Latent


class WalkPresenter(QObject):
    """A walk from the image to another one.

    Signals:
        gridWanted(): an image of the grid is to be chosen; see `lead_to`.
    """

    gridWanted = Signal()

    def __init__(self, inspector: InspectorPresenter, messages: Messages) -> None:
        super().__init__(inspector)
        self._inspector, self._page, self._messages = inspector, inspector.view.walk, messages
        self._target: Latent | None = None
        self._shown: tuple[Images, Images] | None = None
        self._preparation: Preparation | None = None
        self._saving: Preparation | None = None
        self._page.gridWanted.connect(self.gridWanted)
        self._page.randomWanted.connect(self._take_random)
        self._page.wanted.connect(self._walk)
        self._page.exportWanted.connect(self._export)
        self._page.cancelPressed.connect(self._cancel)
        inspector.itemChanged.connect(self._on_item)
        inspector.view.pageChanged.connect(self._on_page)
        inspector.inkChanged.connect(self._show)

    def lead_to(self, index: int) -> bool:
        """Walk to an image of the grid; False where that is none of this generator's."""
        origin, subject = self._inspector.origin_of(index), self._inspector.subject
        known = self._inspector.origin
        if origin is None or subject is None or known is None:
            return False
        if origin.run != known.run or (origin.run is None and origin.checkpoint != known.checkpoint):
            self._messages.warning("The walk stays within one run: choose an image of the one that is inspected.")
            return False
        self._target = work.item_of(subject, origin).latent
        self._walk()
        return True

    @Slot()
    def _take_random(self) -> None:
        subject, item = self._inspector.subject, self._inspector.item
        if subject is not None and item is not None:
            self._target = subject.random(secrets.randbelow(2**31), item.latent.label)
            self._walk()

    @Slot()
    def _on_item(self) -> None:
        subject = self._inspector.subject
        if subject is not None and self._target is not None and len(self._target.z) != subject.latent_dim:
            self._target = None
        self._shown = None
        self._on_page()

    @Slot()
    def _on_page(self) -> None:
        looked = self._inspector.looked
        if looked is None or self._inspector.view.page is not self._page:
            self._cancel_work()
            return
        self._page.show_start(self._inspector.ink(looked.image))
        if self._target is None:
            self._page.forget()
        elif self._shown is None:
            self._walk()

    @Slot()
    def _walk(self) -> None:
        subject, item, target = self._inspector.subject, self._inspector.item, self._target
        if subject is None or item is None or target is None:
            return
        self._cancel_work()
        stops, frames, closed = [item.latent, target], self._page.frames, self._page.is_loop
        self._preparation = self._inspector.films.prepare(
            lambda tell: work.walked(subject, stops, frames, closed, tell),
            self._page.show_progress,
            self._on_walked,
            self._on_failed,
        )

    def _on_walked(self, result: tuple[Images, Images]) -> None:
        self._preparation, self._shown = None, result
        self._show()

    @Slot()
    def _show(self) -> None:
        looked = self._inspector.looked
        if self._shown is None or looked is None:
            return
        images, end = (self._inspector.ink(each) for each in self._shown)
        self._page.show_start(self._inspector.ink(looked.image))
        self._page.show_end(end)
        self._page.show_walk(images)

    def _on_failed(self, error: Exception) -> None:
        self._preparation = None
        self._page.show_text(message_for(error))

    def _cancel_work(self) -> None:
        if self._preparation is not None:
            self._preparation.cancel()
            self._preparation = None

    @Slot()
    def _cancel(self) -> None:
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
            self._page.hide_progress()
        else:
            self._cancel_work()
            self._page.show_text("Cancelled.")

    @Slot()
    def _export(self) -> None:
        subject, item, target = self._inspector.subject, self._inspector.item, self._target
        if subject is None or item is None or target is None:
            return
        path = self._inspector.ask_where(
            "Save walk", "walk.mp4", "Film (*.mp4);;Animated picture (*.gif);;Strip (*.png)"
        )
        if path is None:
            return
        path = path if path.suffix.lower() in {".mp4", ".gif", ".png"} else path.with_name(path.name + ".mp4")
        stops, frames, closed = [item.latent, target], self._page.frames, self._page.is_loop
        invert = self._inspector.is_inverted
        self._saving = self._inspector.films.prepare(
            lambda tell: work.write_walk(subject, stops, frames, closed, path, invert, tell),
            self._page.show_progress,
            self._on_written,
            self._on_not_written,
        )

    def _on_written(self, path: Path) -> None:
        self._saving = None
        self._page.hide_progress()
        self._messages.info(f"Saved the walk to {path}.")

    def _on_not_written(self, error: Exception) -> None:
        self._saving = None
        self._page.hide_progress()
        self._messages.error("The walk was not saved", message_for(error))
