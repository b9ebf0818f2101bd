"""Saves a comparison as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.messages import Messages
from studio.presenters.compare_reading import ReportWish, write_report
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.compare_timeline import TICKS_A_SECOND
from studio.views.compare_view import CompareView

if TYPE_CHECKING:
    from ganengine.alignment import Moment
    from ganengine.common_latents import CommonLatents

_KINDS = "Report with curves and images (*.html);;Images side by side (*.png)"


class CompareReport:
    """Asks where, and writes what is shown."""

    def __init__(
        self, session: Session, view: CompareView, tasks: BackgroundTasks, messages: Messages, window: QWidget
    ) -> None:
        self._session, self._view = session, view
        self._tasks, self._messages, self._window = tasks, messages, window

    def save(self, paths: Sequence[Path], latents: CommonLatents | None) -> None:
        """Save these runs, with the images of the moment that is looked at."""
        if len(paths) < 2:
            self._messages.info("There is nothing to compare yet: wait until two runs have begun.")
            return
        start = self._session.runs_dir / "comparison.html"
        text, kind = QFileDialog.getSaveFileName(self._window, "Save the comparison", str(start), _KINDS)
        if not text:
            return
        target = Path(text)
        if not target.suffix and "png" in kind:
            target = target.with_suffix(".png")
        wish = ReportWish(self._view.timeline.counts, self._moment(), latents, self._view.plots.smoothing)
        self._tasks.run(
            lambda: write_report(paths, target, wish),
            lambda where: self._messages.info(f"Saved the comparison to {where}."),
            lambda error: self._messages.error("The comparison was not saved", message_for(error)),
        )

    def _moment(self) -> Moment | None:
        """The one that is looked at; None while the newest is."""
        from ganengine.alignment import Moment

        timeline = self._view.timeline
        place = timeline.current_step
        if place is None or timeline.is_live:
            return None
        return Moment("step", place) if timeline.counts == "step" else Moment("time", place / TICKS_A_SECOND)
