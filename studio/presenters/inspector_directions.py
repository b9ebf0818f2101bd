"""The inspector's page of principal directions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.latest import Latest
from studio.presenters import inspector_work as work
from studio.presenters.inspector import InspectorPresenter
from studio.presenters.inspector_work import Images, Item
from studio.views.inspector_directions import COUNT

if TYPE_CHECKING:
    from ganengine.inspection.directions import Directions
    from ganengine.inspection.subject import Latent


class DirectionsPresenter(QObject):
    """The generator's principal directions, and the image moved along them."""

    def __init__(self, inspector: InspectorPresenter) -> None:
        super().__init__(inspector)
        self._inspector, self._page = inspector, inspector.view.directions
        self._directions: Directions | None = None
        self._known_for: tuple[Path, int | None] | None = None
        self._moved: tuple[Latent, Images] | None = None
        self._latest = Latest(inspector.quick, inspector.complain, self)
        self._page.moved.connect(self._move)
        self._page.taken.connect(self._take)
        inspector.itemChanged.connect(self._on_item)
        inspector.view.pageChanged.connect(self._look)
        inspector.inkChanged.connect(self._show)

    @Slot()
    def _on_item(self) -> None:
        self._moved = None
        self._look()

    @Slot()
    def _look(self) -> None:
        subject, item = self._inspector.subject, self._inspector.item
        if subject is None or item is None or self._inspector.view.page is not self._page:
            return
        wanted = subject.path, item.latent.label
        if self._known_for == wanted and self._directions is not None:
            if self._moved is None:
                self._page.show_directions(self._directions.shares.tolist())
                self._move()
            return
        label = item.latent.label
        self._latest.ask(
            lambda: work.found_directions(subject, label, COUNT),
            lambda found: self._on_directions(wanted, found),
        )

    def _on_directions(self, wanted: tuple[Path, int | None], found: Directions) -> None:
        self._known_for, self._directions = wanted, found
        self._moved = None
        self._page.show_directions(found.shares.tolist())
        self._move()

    @Slot()
    def _move(self) -> None:
        subject, item, directions = self._inspector.subject, self._inspector.item, self._directions
        if subject is None or item is None or directions is None:
            return
        if self._known_for != (subject.path, item.latent.label):
            return  # those of this one are on their way
        amounts: Sequence[float] = self._page.amounts
        self._latest.ask(lambda: work.moved(subject, item.latent, directions, amounts), self._on_moved)

    def _on_moved(self, moved: tuple[Latent, Images]) -> None:
        self._moved = moved
        self._show()

    @Slot()
    def _show(self) -> None:
        if self._moved is not None:
            self._page.show_image(self._inspector.ink(self._moved[1]))

    @Slot()
    def _take(self) -> None:
        item = self._inspector.item
        if self._moved is not None and item is not None:
            title = f"{item.title.removesuffix(', moved')}, moved"
            place = f"Latent vector moved along directions from {work.within(item.title)}"
            self._inspector.go_to(Item(self._moved[0], title, place))
