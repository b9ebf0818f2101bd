"""The inspector's page of variations."""

from __future__ import annotations

import secrets
from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.latest import Latest
from studio.presenters import inspector_work as work
from studio.presenters.inspector import InspectorPresenter
from studio.presenters.inspector_work import Images, Item
from studio.views.inspector_vary import COUNT


class VaryPresenter(QObject):
    """Variations of the image, in random directions."""

    def __init__(self, inspector: InspectorPresenter) -> None:
        super().__init__(inspector)
        self._inspector, self._page = inspector, inspector.view.vary
        self._seed = 0
        self._z: Any = None
        self._shown: Images | None = None
        self._latest = Latest(inspector.quick, inspector.complain, self)
        self._page.wanted.connect(self._vary)
        self._page.diceThrown.connect(self._throw)
        self._page.chosen.connect(self._choose)
        inspector.itemChanged.connect(self._vary)
        inspector.view.pageChanged.connect(self._vary)
        inspector.inkChanged.connect(self._show)

    @Slot()
    def _throw(self) -> None:
        self._seed = secrets.randbelow(2**31)
        self._vary()

    @Slot()
    def _vary(self) -> None:
        subject, item = self._inspector.subject, self._inspector.item
        if subject is None or item is None or self._inspector.view.page is not self._page:
            return
        strength, seed, latent = self._page.strength, self._seed, item.latent
        self._latest.ask(lambda: work.varied(subject, latent, strength, COUNT, seed), self._on_varied)

    def _on_varied(self, result: tuple[Any, Images]) -> None:
        self._z, self._shown = result
        self._show()

    @Slot()
    def _show(self) -> None:
        if self._shown is not None:
            self._page.show_images(self._inspector.ink(self._shown))

    @Slot(int)
    def _choose(self, index: int) -> None:
        item = self._inspector.item
        if item is None or self._z is None or index >= len(self._z):
            return
        from ganengine.inspection.subject import Latent

        base = item.title.removesuffix(", varied")
        latent = Latent(self._z[index].clone(), item.latent.label)
        self._inspector.go_to(Item(latent, f"{base}, varied", f"Latent vector near that of {work.within(item.title)}"))
