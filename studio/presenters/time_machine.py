"""Ties the looking back, and the looking at what others train, to the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.presenters.moment import MomentPresenter
from studio.presenters.watch import WatchPresenter

if TYPE_CHECKING:
    from studio.main_window import MainWindow
    from studio.presenters.charts import ChartsPresenter
    from studio.presenters.checkpoints import CheckpointPresenter
    from studio.presenters.experiment import ExperimentPresenter


class TimeMachine(QObject):
    """What can be done at an earlier step, and with a run that another program trains.

    Attributes:
        watching: follows a run of another program.
        moment: the step that is looked at.
    """

    def __init__(
        self,
        window: MainWindow,
        experiment: ExperimentPresenter,
        charts: ChartsPresenter,
        checkpoints: CheckpointPresenter,
    ) -> None:
        super().__init__(window)
        session, gallery, messages = window.session, window.gallery, window.messages
        self.watching = WatchPresenter(session, experiment, charts, gallery, checkpoints, window.watch_banner, messages)
        self.moment = MomentPresenter(
            session, gallery, checkpoints, self.watching, window.moment_bar, window.tasks, messages
        )
        gallery.cursorMoved.connect(charts.show_cursor)
        window.moment_bar.exportRequested.connect(window.actions_.export_grid.trigger)

    def close(self) -> None:
        """For the end of the program."""
        self.watching.close()
        self.moment.close()


def is_trained(path: Path) -> bool:
    """Whether this is a run that some program trains now."""
    from ganengine.runs.directory import RunDirectory

    return path.is_dir() and RunDirectory(path).is_active()
