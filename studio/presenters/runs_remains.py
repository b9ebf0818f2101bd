"""What can be shown of a run that has no checkpoint to go on from, or is damaged: its curves and images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from studio.presenters.history_reading import epochs_of, read_history
from studio.views.series import History

if TYPE_CHECKING:
    from studio.main_window import MainWindow
    from studio.workspace import Workspace

T = TypeVar("T")
_FAR = 2**62


@dataclass(frozen=True)
class Remains:
    """History and samples, as far as they can be read."""

    path: Path
    history: History
    events: list[dict[str, Any]]
    samples: list[int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not len(self.history) and not self.samples

    def epochs(self) -> list[float]:
        """The epoch of each sample."""
        return epochs_of(self.samples, self.history)


def read_remains(path: Path) -> Remains:
    """Read each part of a run that can be read."""
    from ganengine.runs.directory import RunDirectory

    run = RunDirectory(path)
    try:
        history = read_history(path)
    except (OSError, ValueError, TypeError):
        history = History()
    return Remains(path, history, _or_nothing(run.events), _or_nothing(run.sample_steps))


def show_remains(remains: Remains, window: MainWindow, workspace: Workspace) -> None:
    """Show them in place of what is shown; the form stays as it is."""
    workspace.checkpoints.forget()
    window.session.run_path = remains.path
    workspace.charts.show_history(remains.history, remains.events, _FAR)
    window.gallery.watch(remains.path / "samples", remains.samples, remains.epochs())
    window.grid.set_message("")  # what Start would do is not the question now
    window.tabs.setCurrentIndex(0)


def _or_nothing(read: Callable[[], list[T]]) -> list[T]:
    try:
        return read()
    except (OSError, ValueError, TypeError, KeyError):  # not a file, or not what we wrote
        return []
