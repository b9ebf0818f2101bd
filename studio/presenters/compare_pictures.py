"""Makes the images of several runs from the same latent vectors, off the window's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganengine.errors import GanEngineError
from studio.tasks import BackgroundTasks

if TYPE_CHECKING:
    from ganengine.common_latents import CommonImages, CommonLatents

_KEPT = 48
"""So many runs' images are remembered, so that the slider goes back quickly."""
_NONE = "There is no checkpoint to make images from"


@dataclass(frozen=True)
class Wish:
    """Images of one run: what its nearest checkpoint to a step makes."""

    path: Path
    step: int


class CommonPictures(QObject):
    """Answers the newest wish; those that were overtaken while it was busy are left out.

    Signals:
        made(object): run → `CommonImages`, or why there are none in words.
    """

    made = Signal(object)

    def __init__(self, tasks: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._known: OrderedDict[tuple[str, int, CommonLatents], CommonImages] = OrderedDict()
        self._next: tuple[CommonLatents, dict[int, Wish]] | None = None
        self._is_busy = False

    def want(self, latents: CommonLatents, wishes: Mapping[int, Wish]) -> None:
        """Make the images of these runs."""
        self._next = (latents, dict(wishes))
        self._begin()

    def cancel(self) -> None:
        """Nobody waits for any any more."""
        self._next = None

    def _begin(self) -> None:
        if self._is_busy or self._next is None:
            return
        self._is_busy = True
        latents, wishes = self._next
        asked = self._next

        def done(found: dict[int, CommonImages | str]) -> None:
            self._is_busy = False
            if self._next is asked:
                self._next = None
                self.made.emit(found)
            self._begin()

        def failed(error: Exception) -> None:
            done(dict.fromkeys(wishes, str(error)))

        self._tasks.run(lambda: {index: self._make(latents, wish) for index, wish in wishes.items()}, done, failed)

    def _make(self, latents: CommonLatents, wish: Wish) -> CommonImages | str:
        """Called in the background; one at a time."""
        from ganengine.common_latents import checkpoint_near
        from ganengine.runs.directory import RunDirectory

        try:
            checkpoint = checkpoint_near(RunDirectory(wish.path), wish.step)
            if checkpoint is None:
                return _NONE
            key = (str(checkpoint), checkpoint.stat().st_mtime_ns, latents)
            if key not in self._known:
                self._known[key] = latents.images(checkpoint)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return self._known[key]
        except GanEngineError as error:
            return str(error)
        except OSError:
            return _NONE  # thinned out while it was looked for
