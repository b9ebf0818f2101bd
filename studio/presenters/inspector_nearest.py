"""The inspector's page of the nearest real images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from ganengine.errors import ConfigError
from studio.presenters import inspector_work as work
from studio.presenters.inspector import InspectorPresenter
from studio.presenters.inspector_work import Images, Real
from studio.session import message_for
from studio.tasks import Preparation

if TYPE_CHECKING:
    from ganengine.inspection.report import Background, Likeness

_NEIGHBOURS = 8


class NearestPresenter(QObject):
    """Loads the real images, and finds those that resemble the image most."""

    def __init__(self, inspector: InspectorPresenter) -> None:
        super().__init__(inspector)
        self._inspector, self._page = inspector, inspector.view.nearest
        self._real: Real | None = None
        self._preparation: Preparation | None = None
        self._found: tuple[Images, list[str], str, bool] | None = None
        self._is_stale = True
        self._page.spaceChosen.connect(self._on_space)
        self._page.noticePressed.connect(self._on_notice)
        inspector.itemChanged.connect(self._on_item)
        inspector.view.pageChanged.connect(self._look)
        inspector.inkChanged.connect(self._show_found)

    @Slot()
    def _on_item(self) -> None:
        self._is_stale = True
        self._seek()

    @Slot()
    def _on_space(self) -> None:
        self._is_stale = True
        self._seek()

    @Slot()
    def _look(self) -> None:
        if self._inspector.view.page is self._page and self._is_stale:
            self._seek()

    @Slot()
    def _on_notice(self) -> None:
        if self._page.notice.action == "Cancel":
            self._give_up()
            self._page.show_reason("Cancelled.", "Search again")
        else:
            self._is_stale = True
            self._seek()

    def _give_up(self) -> None:
        if self._preparation is not None:
            self._preparation.cancel()
            self._preparation = None

    def _seek(self) -> None:
        """Look for the nearest, if anybody sees them; the real images are needed for D's answer in any case."""
        inspector, subject, looked = self._inspector, self._inspector.subject, self._inspector.looked
        is_seen = inspector.view.page is self._page
        if subject is None or looked is None or (inspector.background is not None and not is_seen):
            return
        self._give_up()
        background, before, real = inspector.background, inspector.take_background(), self._real
        image, space = looked.image, self._page.space

        def seek(tell: Any) -> Any:
            known, loaded = background, real
            if known is None:
                known, loaded = work.background_of(subject, before, real, tell)
            if not is_seen:
                return known, loaded, None, None
            likeness = known.likeness(image, space, _NEIGHBOURS, tell)  # type: ignore[arg-type]
            return known, loaded, likeness, work.captions(known, likeness)

        self._preparation = inspector.long.prepare(seek, self._page.show_progress, self._on_found, self._on_failed)

    def _on_found(self, result: tuple[Background, Real, Likeness | None, tuple[Images, list[str]] | None]) -> None:
        background, self._real, likeness, shown = result
        self._preparation = None
        if self._inspector.background is not background:
            self._inspector.background = background
            self._inspector.show_score()
        if likeness is not None and shown is not None:
            self._is_stale = False
            self._found = *shown, likeness.reading.text, likeness.reading.verdict != "apart"
            self._show_found()
        else:
            self._look()

    @Slot()
    def _show_found(self) -> None:
        if self._found is not None and not self._is_stale:
            images, captions, text, alarming = self._found
            self._page.show_found(self._inspector.ink(images), captions, text, alarming=alarming)

    def _on_failed(self, error: Exception) -> None:
        self._preparation = None
        text = error.message if isinstance(error, ConfigError) else message_for(error)
        self._page.show_reason(f"The training images cannot be read: {text}", "Search again")
