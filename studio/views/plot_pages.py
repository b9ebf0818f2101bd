"""The panes of the plots, in pages: what is plotted while training, and the measures of quality."""

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from studio.views.curves import LOSS_CURVES, OPINION_CURVES, CurveSpec
from studio.views.plot_curves import Drawing
from studio.views.plot_pane import PlotPane
from studio.views.series import History


class Page(StrEnum):
    """A page of plots, by its title."""

    TRAINING = "Training"
    QUALITY = "Quality"


@dataclass(frozen=True)
class PaneSpec:
    """One pane.

    Attributes:
        name: its object name.
        left_labels: the left axis' label, long and short.
        curves: what it shows.
        empty_text: what stands there while nothing was measured.
        page: where it is.
        page_note: what belongs behind the page's title.
        between: lowest and highest value there can be, or None where the values decide.
        level: a value worth a line, and what is written there; None for none.
        smooth: whether its curves are smoothed; a few points are better shown as they are.
        log: whether it takes part in the logarithmic scale.
    """

    name: str
    left_labels: tuple[str, str]
    curves: tuple[CurveSpec, ...]
    empty_text: str = "Nothing measured yet"
    page: Page = Page.TRAINING
    page_note: str = ""
    between: tuple[float, float] | None = None
    level: tuple[float, str] | None = None
    smooth: bool = True
    log: bool = False


LOSSES = PaneSpec("losses", ("Loss", "Loss"), LOSS_CURVES, "Losses appear here when a training starts", log=True)
OPINION = PaneSpec(
    "opinion",
    ("D's opinion (probability)", "D's opinion"),
    OPINION_CURVES,
    "How real the discriminator finds the images appears here when a training starts",
    between=(0.0, 1.0),
    level=(0.5, "can't tell"),
)


class PlotPages(QWidget):
    """The panes, stacked, or side by side where the panel is low and wide.

    Losses and D's opinion are always there; others come and go with their measurements. The pages can be chosen above
    as soon as there is more than one.

    Signals:
        pageChanged(): another page is in view.
        paneMade(PlotPane): there is a new pane.
    """

    pageChanged = Signal()
    paneMade = Signal(PlotPane)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs: dict[str, PaneSpec] = {}
        self._panes: dict[str, PlotPane] = {}
        self._extra: set[str] = set()
        self._tabs = QTabBar(self)
        self._tabs.setObjectName("plotPages")
        self._tabs.setAccessibleName("Plots of")
        self._tabs.setDrawBase(False)
        self._stack = QStackedWidget(self)
        self._boxes: dict[Page, QBoxLayout] = {}
        for page in Page:
            self._add_page(page)
        self._tabs.hide()
        self._tabs.currentChanged.connect(self._show_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        for spec in (LOSSES, OPINION):
            self._make(spec)

    def _add_page(self, page: Page) -> None:
        self._tabs.addTab(page.value)
        holder = QWidget()
        box = QBoxLayout(QBoxLayout.Direction.TopToBottom, holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._boxes[page] = box
        self._stack.addWidget(holder)

    # Panes

    @property
    def panes(self) -> tuple[PlotPane, ...]:
        """All panes that have something to show, losses and D's opinion first."""
        return tuple(pane for name, pane in self._panes.items() if self._is_used(name))

    @property
    def all_panes(self) -> tuple[PlotPane, ...]:
        """Also those that have nothing to show now."""
        return tuple(self._panes.values())

    @property
    def visible(self) -> list[tuple[PlotPane, PaneSpec]]:
        """The panes in view."""
        shown = [name for name, spec in self._specs.items() if spec.page is self.page and self._is_used(name)]
        return [(self._panes[name], self._specs[name]) for name in shown]

    def _is_used(self, name: str) -> bool:
        return name not in self._extra or not self._panes[name].isHidden()

    def show_pane(self, spec: PaneSpec) -> None:
        """Show a further pane; where there is one of that name, it takes these curves, too."""
        self._extra.add(spec.name)
        if spec.name not in self._panes:
            self._make(spec)
        else:
            known = {curve.key for curve in spec.curves}
            kept = tuple(curve for curve in self._specs[spec.name].curves if curve.key not in known)
            self._specs[spec.name] = replace(spec, curves=kept + spec.curves)
            self._panes[spec.name].set_specs(kept + spec.curves)
        self._panes[spec.name].show()
        title = f"{spec.page.value} ({spec.page_note})" if spec.page_note else spec.page.value
        self._tabs.setTabText(list(Page).index(spec.page), title)
        self._offer_pages()

    def hide_extra(self) -> None:
        """Show only losses and D's opinion."""
        for name in self._extra:
            self._panes[name].hide()
        self._offer_pages()

    def _make(self, spec: PaneSpec) -> None:
        pane = PlotPane(spec.name, spec.left_labels, spec.curves, spec.empty_text, self)
        if spec.between:
            pane.fix_range(*spec.between, *(spec.level or ()))
        first = next((name for name, other in self._specs.items() if other.page is spec.page), None)
        if first is not None:
            pane.view.setXLink(self._panes[first].view)
        self._specs[spec.name], self._panes[spec.name] = spec, pane
        self._boxes[spec.page].addWidget(pane, max(2, len(spec.curves)))
        self.paneMade.emit(pane)

    def redraw(self, pane: PlotPane, history: History, drawing: Drawing, following: bool) -> None:
        """Draw one pane."""
        spec = self._specs[pane.objectName()]
        own = replace(drawing, log=drawing.log and spec.log, weight=drawing.weight if spec.smooth else 0.0)
        pane.redraw(history, own, following)

    # Pages

    @property
    def page(self) -> Page:
        """The page in view."""
        return list(Page)[self._tabs.currentIndex()]

    def set_page(self, page: Page) -> None:
        """Show a page, as if by hand."""
        self._tabs.setCurrentIndex(list(Page).index(page))

    def _show_page(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self.pageChanged.emit()

    def _offer_pages(self) -> None:
        used = {self._specs[name].page for name in self._panes if self._is_used(name)}
        self._tabs.setVisible(len(used) > 1)
        if self.page not in used:
            self.set_page(Page.TRAINING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() > 1.5 * self.height()
        box = QBoxLayout.Direction
        for layout in self._boxes.values():
            layout.setDirection(box.LeftToRight if wide else box.TopToBottom)
