"""One plot: its legend, curves, crosshair, cursor and markers."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.theme import colour, theme_notifier
from studio.views.cursor_line import CursorLine
from studio.views.curves import CurveSpec
from studio.views.legend import Legend
from studio.views.markers import Markers
from studio.views.plot_curves import Drawing, PlotCurves
from studio.views.plot_parts import line_pen, make_level, make_line, make_plot
from studio.views.series import Axis, History
from studio.views.smoothing import Floats

AXIS_TITLES: dict[Axis, str] = {"step": "Step", "epoch": "Epoch", "minute": "Minutes of training"}


class PlotPane(QWidget):
    """One plot with its legend above.

    Made with the left axis' label in a long and a short form: the one that fits is shown.

    Signals:
        hovered(float): the pointer's x, in the unit of the x-axis.
        left(): the pointer left the plot.
        movedByHand(): the user panned or zoomed.
        doubleClicked(): the user wants to see the newest again.
        outgrown(): what is drawn does not suit the x-range any more.
        curveToggled(str, bool): a curve's key, and whether it is to be seen.

    Attributes:
        plot: the pyqtgraph widget.
        view: its view box.
        curves: what is drawn.
        legend: the buttons above.
        markers: the edits' lines.
    """

    hovered = Signal(float)
    left = Signal()
    movedByHand = Signal()
    doubleClicked = Signal()
    outgrown = Signal()
    curveToggled = Signal(str, bool)

    def __init__(
        self,
        name: str,
        left_labels: tuple[str, str],
        specs: Sequence[CurveSpec],
        empty_text: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.plot = make_plot(f"{name}Canvas", left_labels[0])
        self.view: Any = self.plot.getPlotItem().getViewBox()
        self.markers = Markers(self.plot)
        self._left_labels = left_labels
        self._empty_text = empty_text
        self._drawing = Drawing()
        self._fixed_range: tuple[float, float] | None = None
        self._level: Any = None
        self.curves = PlotCurves(self.plot)
        self.curves.set_specs(specs)
        self.legend = self._make_legend()
        self._cursor = CursorLine(self.plot)
        self._crosshair = make_line(self.plot, 20)
        self._note = self._make_note()
        self._lay_out()
        self._connect()
        self.restyle()

    @property
    def specs(self) -> tuple[CurveSpec, ...]:
        """The curves."""
        return self.curves.specs

    @property
    def hidden(self) -> set[str]:
        """Keys of the curves not to be seen."""
        return self.curves.hidden

    def set_specs(self, specs: Sequence[CurveSpec]) -> None:
        """Show these curves; those that were there before must be among them."""
        if tuple(specs) != self.specs:
            self.curves.set_specs(specs)
            before, self.legend = self.legend, self._make_legend()
            self._column.replaceWidget(before, self.legend)
            before.deleteLater()

    def _make_legend(self) -> Legend:
        legend = Legend(self.specs, self)
        for key in self.hidden:
            legend.set_shown(key, False)
        legend.toggled.connect(self._toggle)
        return legend

    def _make_note(self) -> QLabel:
        note = QLabel(self._empty_text, self.plot.viewport())
        note.setObjectName(f"{self.objectName()}Note")
        note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note.setWordWrap(True)
        return note

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.legend)
        self._column.addWidget(self.plot, 1)

    def _connect(self) -> None:
        self.view.sigRangeChangedManually.connect(self._moved_by_hand)
        self.view.sigXRangeChanged.connect(self._look_elsewhere)
        # Not by pyqtgraph's own signals, which leave out moves that follow each other quickly.
        self.plot.viewport().installEventFilter(self)

    def fix_range(self, low: float, high: float, level: float | None = None, level_text: str = "") -> None:
        """Keep y between two values; with a labelled horizontal line, where a level is given."""
        margin = 0.03 * (high - low)
        self._fixed_range = (low - margin, high + margin)
        self.view.setMouseEnabled(x=True, y=False)
        self.view.setYRange(*self._fixed_range, padding=0)
        if level is not None:
            self._level = make_level(self.plot, level, level_text)
            self.restyle()

    # Drawing

    def redraw(self, history: History, drawing: Drawing, following: bool) -> None:
        """Draw all shown curves anew; when following, fit the view to them."""
        self._apply(drawing)
        span = history.span(drawing.axis) if following else None
        if span is not None:
            # Before the curves: they reduce their points to what can be seen, which takes time.
            self._fit_x(span)
        self.curves.redraw(history, drawing)
        if span is not None:
            self._fit_y()
        self._explain(history)

    def hold_painting(self, hold: bool) -> None:
        """Paint nothing for a moment; when it is over, everything once."""
        self.plot.viewport().setUpdatesEnabled(not hold)

    def _apply(self, drawing: Drawing) -> None:
        item = self.plot.getPlotItem()
        if drawing.axis != self._drawing.axis:
            item.setLabel("bottom", AXIS_TITLES[drawing.axis])
        if drawing.log != self._drawing.log:
            self.curves.clear()
            item.setLogMode(x=False, y=drawing.log)
            self.view.disableAutoRange()
            # Powers of ten alone would leave most logarithmic axes without a number.
            item.getAxis("left").setStyle(maxTickLevel=1 if drawing.log else 0)
        self._drawing = drawing

    def _explain(self, history: History) -> None:
        text = ""
        if len(history) == 0:
            text = self._empty_text
        elif not self.curves.drawn:
            text = "All curves are hidden: click a name above to show one"
        elif not any(len(y) for y, _ in self.curves.drawn):
            text = "Only values above 0 fit on a log scale" if self._drawing.log else "Nothing measured yet"
        self._note.setText(text)
        self._note.setVisible(bool(text))
        if self._level is not None:
            self._level.setVisible(not text)

    def read_out(self, history: History, x: float | None, axis: Axis) -> tuple[int, float] | None:
        """Write into the legend what was measured nearest to x, and give back its step and epoch, if anything was."""
        keys = [spec.key for spec in self.specs]
        found = None if x is None else history.nearest(x, axis, keys)
        if found is None:
            self.legend.clear_values()
            return None
        for key in keys:
            self.legend.show_value(key, history.value_at(key, found[0]))
        return found

    @property
    def note(self) -> str:
        """The sentence that stands where there are no curves, or nothing."""
        return self._note.text()

    @property
    def drawn_axis(self) -> Axis:
        """What x counts in the curves as they are drawn."""
        return self._drawing.axis

    def drawn_points(self, key: str) -> tuple[Floats, Floats]:
        """x and y last given to a curve; empty for a hidden or unmeasured one."""
        return self.curves.points(key)

    def painted_points(self, key: str) -> int:
        """How many points of a curve are left to be painted."""
        return self.curves.painted(key)

    # Range

    def _fit_x(self, span: tuple[float, float]) -> None:
        low, high = span if span[1] > span[0] else (span[0] - 0.5, span[1] + 0.5)
        length = high - low
        left, right = self.view.viewRange()[0]
        # A view that moves by less than can be seen would have all curves reduced anew.
        if abs(low - 0.01 * length - left) > 0.002 * length or not high <= right <= high + 0.03 * length:
            self.view.setXRange(low - 0.01 * length, high + 0.015 * length, padding=0)

    def _fit_y(self) -> None:
        y_range = self.curves.range_of_drawn()
        if self._fixed_range:
            low, high = y_range or self._fixed_range
            y_range = min(low, self._fixed_range[0]), max(high, self._fixed_range[1])
        if y_range is None:
            return
        low, high = y_range
        bottom, top = self.view.viewRange()[1]
        margin = 0.0 if self._fixed_range else 0.06 * (high - low)
        # An axis is laid out anew each time: a range that fits nearly as well as the best one stays.
        if not (low - 2 * margin <= bottom <= low - margin / 2 and high + margin / 2 <= top <= high + 2 * margin):
            self.view.setYRange(low - margin, high + margin, padding=0)

    # Crosshair, cursor, markers

    def show_crosshair(self, x: float | None) -> str:
        """Move the crosshair, or hide it. Gives back the text of a marker that is near."""
        _place(self._crosshair, x)
        return self.markers.hover(x, self.view.viewPixelSize()[0])

    def show_cursor(self, x: float | None) -> None:
        """Move the line that says which sample is looked at, or hide it."""
        self._cursor.put(x)

    @property
    def crosshair(self) -> float | None:
        """Where the crosshair is."""
        return float(self._crosshair.value()) if self._crosshair.isVisible() else None

    @property
    def cursor_line(self) -> float | None:
        """Where the cursor line is."""
        return self._cursor.at

    # Events

    def _toggle(self, key: str, shown: bool) -> None:
        (self.hidden.discard if shown else self.hidden.add)(key)
        self.curveToggled.emit(key, shown)

    def _moved_by_hand(self, *_: object) -> None:
        self.movedByHand.emit()

    def _look_elsewhere(self, _view: object, x_range: Sequence[float]) -> None:
        if self.curves.drawn and not self.curves.cover(*x_range):
            self.outgrown.emit()

    def _mouse_moved(self, position: QPointF) -> None:
        at = self.plot.mapToScene(position.toPoint())
        if self.view.sceneBoundingRect().contains(at):
            self.hovered.emit(self.view.mapSceneToView(at).x())
        else:
            self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                self._mouse_moved(event.position())
            case QEvent.Type.MouseButtonDblClick:
                self.doubleClicked.emit()
            case QEvent.Type.Leave:
                self.left.emit()
            case QEvent.Type.Resize:
                self._resized()
        return super().eventFilter(watched, event)

    def _resized(self) -> None:
        self._note.setGeometry(self.plot.viewport().rect().adjusted(66, 8, -16, -48))
        axis = self.plot.getPlotItem().getAxis("left")
        long, short = self._left_labels
        fits = self.fontMetrics().horizontalAdvance(long) < self.plot.height() - 50
        if axis.labelText != (wanted := long if fits else short):
            axis.setLabel(wanted)

    def restyle(self) -> None:
        """Take the theme's colours."""
        scheme = theme_notifier().scheme
        text, muted = QColor(scheme.text), colour("muted")
        self.plot.setBackground(QColor(scheme.base))
        item = self.plot.getPlotItem()
        for side in ("left", "bottom"):
            item.getAxis(side).setPen(line_pen(muted))
            item.getAxis(side).setTextPen(text)
        item.showGrid(x=True, y=True, alpha=0.15)
        self._note.setStyleSheet(f"color: {muted.name()}; background: transparent;")
        self._crosshair.setPen(line_pen(text))
        self._cursor.update()
        if self._level is not None:
            self._level.setPen(line_pen(muted, Qt.PenStyle.DotLine))
            self._level.label.setColor(muted)
        self.markers.restyle()
        self.legend.restyle()


def _place(line: Any, x: float | None) -> None:
    if x is not None:
        line.setPos(x)
    line.setVisible(x is not None)
