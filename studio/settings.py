"""What the studio remembers from one start to the next, typed.

Whatever stands in the file, reading gives something usable: a value of the wrong kind counts as not there.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast, get_args

from PySide6.QtCore import QByteArray, QSettings

from ganengine.places import default_runs_root
from studio.theme import Choice

# Raise it when docks or tool bars are added or renamed, so that an old layout is not forced on a new window.
LAYOUT_VERSION = 3
_LONGEST_TEXT = 1_000_000


class Settings:
    """A typed face for a `QSettings`; setting a property writes it.

    Attributes:
        store: the `QSettings` behind.
    """

    def __init__(self, store: QSettings) -> None:
        self.store = store

    @property
    def theme(self) -> Choice:
        """The chosen theme; "system" until one is chosen."""
        value = self._text("theme")
        return cast(Choice, value) if value in get_args(Choice) else "system"

    @theme.setter
    def theme(self, value: Choice) -> None:
        self.store.setValue("theme", value)

    @property
    def window_geometry(self) -> QByteArray:
        """For `QWidget.restoreGeometry`; empty if unknown."""
        return self._bytes("window/geometry")

    @window_geometry.setter
    def window_geometry(self, value: QByteArray) -> None:
        self.store.setValue("window/geometry", value)

    @property
    def window_state(self) -> QByteArray:
        """For `QMainWindow.restoreState(state, LAYOUT_VERSION)`; empty if unknown."""
        return self._bytes("window/state")

    @window_state.setter
    def window_state(self, value: QByteArray) -> None:
        self.store.setValue("window/state", value)

    @property
    def runs_dir(self) -> Path:
        """Where runs are kept: `$GAN_STUDIO_RUNS`, else as chosen last, else "GAN Studio" in the documents folder."""
        chosen = None if "GAN_STUDIO_RUNS" in os.environ else self._folder("runs_dir")
        return chosen or default_runs_root()

    @runs_dir.setter
    def runs_dir(self, value: Path) -> None:
        self.store.setValue("runs_dir", str(value))

    @property
    def last_form(self) -> str:
        """The form as it was left, as TOML; empty if there is none. The reader checks what it says."""
        return self._text("form/toml")

    @last_form.setter
    def last_form(self, value: str) -> None:
        self.store.setValue("form/toml", value)

    @property
    def hidden_curves(self) -> list[str]:
        """Keys of the curves that the person took out of the plots."""
        return [key for key in self._text("plots/hidden").split(" ") if key]

    @hidden_curves.setter
    def hidden_curves(self, keys: Iterable[str]) -> None:
        self.store.setValue("plots/hidden", " ".join(sorted(keys)))

    @property
    def queue_automatic(self) -> bool:
        """Whether the queue goes on by itself when the studio starts."""
        return self._text("queue/automatic") == "yes"

    @queue_automatic.setter
    def queue_automatic(self, value: bool) -> None:
        self.store.setValue("queue/automatic", "yes" if value else "no")

    def _text(self, key: str) -> str:
        value = self.store.value(key)
        return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else ""

    def _bytes(self, key: str) -> QByteArray:
        value = self.store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def _folder(self, key: str) -> Path | None:
        text = self._text(key)
        if not text or "\0" in text:
            return None
        path = Path(text)
        return path if path.is_absolute() else None
