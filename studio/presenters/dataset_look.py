"""Looking through a data set that is loaded: a class, a page, what the check found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.presenters.dataset_reading import findings_text, images_at, labels_of
from studio.presenters.selection import Selection
from studio.session import message_for
from studio.tasks import BackgroundTasks, Preparation
from studio.views.dataset_controls import BLANK, DUPLICATE
from studio.views.dataset_facts import DatasetFacts
from studio.views.dataset_preview import WHAT_A_CHECK_DOES, DatasetPreview

if TYPE_CHECKING:
    from ganengine.data.check import DataReport
    from ganengine.data.dataset import ImageDataset
    from ganengine.data.progress import Tell
    from ganengine.data.sources.base import DataSource


class DatasetLook(QObject):
    """Pages through the images, and checks them in the background.

    Signals:
        outdated(): the files are others than those that were loaded.
    """

    outdated = Signal()

    def __init__(self, view: DatasetPreview, tasks: BackgroundTasks, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._tasks = view, tasks
        self._source: DataSource | None = None
        self._dataset: ImageDataset | None = None
        self._selection = Selection(0, None)
        self._report: DataReport | None = None
        self._checking: Preparation | None = None
        view.checkPressed.connect(self._on_check_pressed)
        view.controls.turned.connect(self._turn)
        view.controls.selectionChanged.connect(self._select)
        view.grid.capacityChanged.connect(self._show_page)

    def show(self, source: DataSource, dataset: ImageDataset, facts: DatasetFacts) -> None:
        """Show another data set, from its first page."""
        self.forget()
        self._source, self._dataset = source, dataset
        self._selection = Selection(dataset.count, labels_of(dataset))
        self._view.show_facts(facts)
        self._show_page()

    def forget(self) -> None:
        """There is nothing to look at; a check is given up."""
        self.end_check()
        self._source = self._dataset = self._report = None
        self._selection = Selection(0, None)

    def end_check(self) -> None:
        """Give up a check that is under way."""
        if self._checking:
            self._checking.cancel()
            self._checking = None
            self._view.findings.show_text(WHAT_A_CHECK_DOES, "Check data", "Look at every image")

    # -- pages ---------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_page(self) -> None:
        if self._dataset is None:
            return
        page = self._selection.page(self._view.grid.capacity)
        self._view.show_images(images_at(self._dataset, page), self._selection.start, len(self._selection.indices))

    @Slot(int)
    def _turn(self, pages: int) -> None:
        self._selection.turn(pages, self._view.grid.capacity)
        self._show_page()

    @Slot()
    def _select(self) -> None:
        group = self._view.controls.group
        found: list[int] | None = None
        if self._report and group == BLANK:
            found = list(self._report.blanks)
        elif self._report and group == DUPLICATE:
            found = [index for copies in self._report.duplicates for index in copies]
        self._selection.choose(self._view.controls.class_index, found)
        self._show_page()

    # -- the check -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_check_pressed(self) -> None:
        if self._checking:
            self.end_check()
        elif source := self._source:
            self._view.findings.show_progress("Checking images", 0, 0)
            self._checking = self._tasks.prepare(
                lambda tell: _check(source, tell),
                self._view.findings.show_progress,
                self._on_checked,
                self._on_check_failed,
            )

    def _on_checked(self, report: DataReport) -> None:
        self._checking = None
        facts = self._view.facts
        if facts is None or report.count != facts.count:
            self.outdated.emit()
            return
        self._report = report
        self._view.show_facts(replace(facts, histogram=report.histogram, looked_at=report.count))
        self._view.controls.show_findings(len(report.blanks), sum(len(copies) for copies in report.duplicates))
        self._view.findings.show_text(findings_text(report), "Check again", "Look at every image again")
        self._select()

    def _on_check_failed(self, error: Exception) -> None:
        self._checking = None
        self._view.findings.show_text(message_for(error), "Check again", "Look at every image again")


def _check(source: DataSource, tell: Tell) -> DataReport:
    from ganengine.data.check import check

    return check(source, tell)
