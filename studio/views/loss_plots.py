"""The live plots: the losses, and what the discriminator thinks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.theme import theme_notifier
from studio.views.plot_controls import PlotControls
from studio.views.plot_curves import Drawing
from studio.views.plot_pages import PaneSpec, PlotPages
from studio.views.plot_pane import PlotPane
from studio.views.series import Axis, History, MetricsRow
from studio.views.smoothing import Floats

REDRAW_MS = 90
"""The least time between two redraws."""
NEXT_MS = 12
"""Between two parts of one redraw: what else the window has to do need not wait for all of them."""


class LossPlots(QWidget):
    """Stacked plots with linked x-axes, drawn from a growing history.

    New rows cost nothing until the next redraw: a timer computes and then paints one plot after the other, at most
    about 6 times a second and only while the widget can be seen, and stands still otherwise.

    Signals:
        hiddenCurvesChanged(): the user hid or showed a curve; see `hidden_curves`.
        drawingChanged(): the user changed smoothing, scale or x-axis; see `drawing`.

    Attributes:
        history: all rows.
        pages: the plots.
    """

    hiddenCurvesChanged = Signal()
    drawingChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossPlots")
        self.setAccessibleName("Loss plots")
        self.history = History()
        self._cursor_step: int | None = None
        self._hovered: float | None = None
        self._markers: list[tuple[int, str]] = []
        self._hidden: frozenset[str] = frozenset()
        self._dirty = True
        self._is_drawing = False
        self._waiting: list[Callable[[], None]] = []  # parts of this redraw that are still to be done
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._redraw_next)
        self.controls = PlotControls(self)
        self.pages = PlotPages(self)
        self._readout = self._make_readout()
        self._lay_out()
        self._connect()

    @property
    def panes(self) -> tuple[PlotPane, ...]:
        """The plots, losses and D's opinion first."""
        return self.pages.panes

    def _make_readout(self) -> QLabel:
        readout = QLabel(self)
        readout.setObjectName("plotReadout")
        readout.setAccessibleName("Where the values above were measured")
        # A long text is cut, and never widens the panel.
        readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        readout.setMinimumHeight(readout.fontMetrics().height() + 2)
        return readout

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addWidget(self.controls)
        column.addWidget(self.pages, 1)
        column.addWidget(self._readout)

    def _connect(self) -> None:
        self.controls.drawingChanged.connect(self._drawing_changed)
        self.controls.followToggled.connect(self.set_following)
        self.pages.pageChanged.connect(self._changed)
        self.pages.paneMade.connect(self._add_pane)
        for pane in self.panes:
            self._add_pane(pane)
        theme_notifier().themeChanged.connect(self._restyle)

    def _add_pane(self, pane: PlotPane) -> None:
        pane.hovered.connect(self._hover)
        pane.left.connect(self._unhover)
        pane.movedByHand.connect(self._moved_by_hand)
        pane.outgrown.connect(self._outgrown)
        pane.doubleClicked.connect(self._follow_again)
        pane.curveToggled.connect(self._curve_toggled)
        for step, text in self._markers:
            pane.markers.add(step, text, self._x_of(step))

    def sizeHint(self) -> QSize:
        return QSize(460, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(340, 200)

    # Data

    @property
    def point_count(self) -> int:
        """The number of rows."""
        return len(self.history)

    def append(self, rows: Sequence[MetricsRow]) -> None:
        """Add new rows; they are drawn soon. Steps that go back rewind the history first."""
        if rows:
            self.history.extend(rows)
            self._changed()

    def set_history(self, rows: Sequence[MetricsRow]) -> None:
        """Show these rows in place of all that was shown; markers stay."""
        self.history.clear()
        self.history.extend(rows)
        self._changed()

    def set_whole_history(self, history: History) -> None:
        """Show this history in place of all that was shown, and let it grow; markers stay."""
        self.history = history
        self._changed()

    def set_history_columns(self, steps: Floats, epochs: Floats, columns: Mapping[str, Floats]) -> None:
        """As `set_history`, from columns of shape [n].

        Raises:
            ValueError: the columns differ in length.
        """
        self.history.clear()
        self.history.extend_columns(steps, epochs, columns)
        self._changed()

    def clear(self) -> None:
        """Forget rows, markers and cursor, and follow again. What the user hid stays hidden."""
        self.history.clear()
        self.pages.hide_extra()
        self.clear_markers()
        self.set_cursor(None)
        self.set_following(True)
        self._changed()

    # Markers and cursor

    def add_marker(self, step: int, text: str) -> None:
        """Mark a live edit, e.g. "G learning rate 0.0002 → 0.0001"; its text shows when the pointer is near."""
        self._markers.append((step, text))
        for pane in self.pages.all_panes:
            pane.markers.add(step, text, self._x_of(step))

    def clear_markers(self) -> None:
        """Take all markers away."""
        self._markers.clear()
        for pane in self.pages.all_panes:
            pane.markers.clear()

    def set_cursor(self, step: int | None) -> None:
        """Mark the step of the sample that is looked at; None for none."""
        self._cursor_step = step
        for pane in self.pages.all_panes:
            pane.show_cursor(None if step is None else self._x_of(step))

    def _x_of(self, step: int) -> float:
        return self.history.place_of(step, self.axis)

    # What the user set

    @property
    def drawing(self) -> Drawing:
        """Smoothing, x-axis and scale."""
        return self.controls.drawing

    def set_drawing(self, drawing: Drawing) -> None:
        """Set smoothing, x-axis and scale."""
        self.controls.set_drawing(drawing)

    @property
    def axis(self) -> Axis:
        """What the x-axes count."""
        return self.drawing.axis

    @property
    def hidden_curves(self) -> frozenset[str]:
        """The keys of the curves that the user hid."""
        known = {spec.key for pane in self.panes for spec in pane.specs}
        return frozenset().union(self._hidden - known, *(pane.hidden for pane in self.panes))

    def set_hidden_curves(self, keys: Iterable[str]) -> None:
        """Hide these curves and show all others, now or when there are curves of these keys."""
        self._hidden = frozenset(keys)
        for pane in self.panes:
            self._hide_curves(pane)

    def _hide_curves(self, pane: PlotPane) -> None:
        for spec in pane.specs:
            pane.legend.set_shown(spec.key, spec.key not in self._hidden)

    def show_pane(self, spec: PaneSpec) -> None:
        """Show a further plot, e.g. of measures that not every training has; until `clear`."""
        self._hidden = self.hidden_curves
        self.pages.show_pane(spec)
        for pane in self.panes:
            self._hide_curves(pane)
        self._changed()

    @property
    def following(self) -> bool:
        """Whether the plots keep the newest values in view."""
        return self.controls.follow.isChecked()

    def set_following(self, on: bool) -> None:
        """Keep the newest values in view, or leave the view where it is."""
        self.controls.follow.setChecked(on)
        if on:
            self._changed()

    # Drawing

    def _changed(self) -> None:
        self._dirty = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(REDRAW_MS)

    def _outgrown(self) -> None:
        """The curves do not reach as far as the view does now, or are too coarse for it: that cannot wait."""
        if not self._is_drawing and self.isVisible():
            self._dirty = True
            self._timer.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self._changed()

    @property
    def is_redraw_due(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    def redraw_now(self) -> None:
        """Draw what has changed, without waiting for the timer."""
        if not self.isVisible():
            return
        self._give_up_redraw()
        self._waiting = self._parts()
        while self._waiting:
            self._waiting.pop(0)()

    def _redraw_next(self) -> None:
        if not self.isVisible():
            self._give_up_redraw()
            return
        if not self._waiting:
            self._waiting = self._parts()
        self._waiting.pop(0)()
        if self._waiting:
            self._timer.start(NEXT_MS)
        elif self._dirty:
            self._timer.start(REDRAW_MS)

    def _give_up_redraw(self) -> None:
        self._waiting = []
        for pane in self.pages.all_panes:
            pane.hold_painting(False)

    def _parts(self) -> list[Callable[[], None]]:
        """One redraw. The plots move together, and each move would paint all of them: each is painted once, at last."""
        self._dirty = False
        panes = [pane for pane, _ in self.pages.visible]
        if self.following:  # whoever moves the view by hand wants to see it move at once
            for pane in panes:
                pane.hold_painting(True)
        return [
            *(partial(self._redraw, pane) for pane in panes),
            self._finish,
            *(partial(pane.hold_painting, False) for pane in panes),
        ]

    def _redraw(self, pane: PlotPane) -> None:
        self._is_drawing = True  # panes whose x-axes are linked are drawn in their turn
        try:
            self.pages.redraw(pane, self.history, self.drawing, self.following)
        finally:
            self._is_drawing = False

    def _finish(self) -> None:
        self._place_lines()
        self._read_out()

    def _place_lines(self) -> None:
        for pane in self.pages.all_panes:
            pane.markers.place(self._x_of)
        self.set_cursor(self._cursor_step)

    def _restyle(self) -> None:
        for pane in self.pages.all_panes:
            pane.restyle()
        self._changed()

    # Reacting to the user

    def _drawing_changed(self) -> None:
        if self.panes[0].drawn_axis != self.axis:
            # The old range means nothing in the new unit.
            self.set_following(True)
        self._changed()
        self.drawingChanged.emit()

    def _curve_toggled(self) -> None:
        self._changed()
        self.hiddenCurvesChanged.emit()

    def _moved_by_hand(self) -> None:
        self.controls.follow.setChecked(False)

    def _follow_again(self) -> None:
        self.set_following(True)

    def _hover(self, x: float) -> None:
        self._hovered = x
        self._read_out()

    def _unhover(self) -> None:
        self._hovered = None
        self._read_out()

    @property
    def readout(self) -> str:
        """The line under the plots: which step the values in the legends belong to."""
        return self._readout.text()

    def _read_out(self) -> None:
        """Show the values under the pointer, or the newest."""
        span = self.history.span(self.axis)
        at = None if span is None else span[1] if self._hovered is None else self._hovered
        edits = {pane.show_crosshair(self._hovered if span else None) for pane in self.panes}
        found = [pane.read_out(self.history, at, self.axis) for pane, _ in self.pages.visible]
        # What was measured seldom has a step of its own; the line below tells that of the first plot.
        place = next((each for each in found if each), None)
        words = [] if place is None else [f"Step {place[0]:,}", f"epoch {place[1]:.2f}"]
        if place is not None and self._hovered is None:
            words[0] = f"Newest: step {place[0]:,}"
        self._readout.setText(" · ".join([*words, *sorted(edits - {""})]))
