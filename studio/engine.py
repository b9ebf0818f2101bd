"""Imports the engine while the window is already there."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from ganengine.devices import Device
    from ganengine.presets import Preset

_log = logging.getLogger("studio")


@dataclass(frozen=True)
class Engine:
    """What the window needs to know of the engine at the start: presets and devices, the best device first."""

    presets: list[Preset]
    devices: list[Device]


class EngineLoader(QThread):
    """Imports torch and the engine, which takes seconds, on a thread of its own.

    Signals:
        loaded(Engine): everything is imported.
        failed(str): it cannot be imported; says why and what to do.
    """

    loaded = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine loader")
        self._shown = threading.Event()

    def show_is_over(self) -> None:
        """The window has taken the engine over, or closes: what is imported now stands in nobody's way."""
        self._shown.set()

    def run(self) -> None:
        """Import, then tell."""
        try:
            import ganengine.launch
            import ganengine.sampler  # noqa: F401
            from ganengine import devices, presets

            engine = Engine(presets.all_presets(), devices.available())
        except Exception as error:
            _log.exception("the engine cannot be loaded")
            self.failed.emit(f"{error}. The training engine cannot be loaded: delete the folder .venv and run make.")
        else:
            self.loaded.emit(engine)
            self._shown.wait()
            _warm_up()


def _warm_up() -> None:
    """Let torch import what it only imports with the first optimizer, so that the first Start does not wait for it."""
    import torch

    torch.optim.Adam([torch.zeros(1, requires_grad=True)])
