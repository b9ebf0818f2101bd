import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from studio.theme import apply_theme, theme_notifier
from studio.views.curves import format_value
from studio.views.loss_plots import LossPlots
from studio.views.plot_controls import tick_of, weight_of
from studio.views.plot_curves import Drawing
from studio.views.plot_pane import PlotPane
from studio.views.series import MetricsRow

KEYS = ("loss/d_real", "loss/d_fake", "loss/g", "prob/real", "prob/fake")


def rows(first: int, last: int, **changed: float) -> list[MetricsRow]:
    values = dict.fromkeys(KEYS, 0.5) | {key.replace("_", "/", 1): value for key, value in changed.items()}
    return [MetricsRow(step, step / 100, step * 32, step / 10, values) for step in range(first, last)]


@pytest.fixture
def plots(qtbot: QtBot) -> Iterator[LossPlots]:
    widget = LossPlots()
    qtbot.addWidget(widget)
    widget.resize(500, 600)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    widget.close()


def settle(qtbot: QtBot, plots: LossPlots) -> None:
    qtbot.waitUntil(lambda: not plots.is_redraw_due)


def wheel(pane: PlotPane) -> None:
    viewport = pane.plot.viewport()
    centre = QPointF(viewport.rect().center())
    event = QWheelEvent(
        centre,
        QPointF(viewport.mapToGlobal(centre.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def move(pane: PlotPane, x: float) -> None:
    """Move the pointer to this x in the plot."""
    viewport = pane.plot.viewport()
    y = sum(pane.view.viewRange()[1]) / 2
    at = QPointF(pane.plot.mapFromScene(pane.view.mapViewToScene(QPointF(x, y))))
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(viewport.mapToGlobal(at.toPoint())),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def test_empty_plots_say_why(qtbot: QtBot, plots: LossPlots) -> None:
    settle(qtbot, plots)
    assert plots.panes[0].note == "Losses appear here when a training starts"
    plots.append(rows(0, 5))
    settle(qtbot, plots)
    assert [pane.note for pane in plots.panes] == ["", ""]
    plots.set_hidden_curves(KEYS)
    settle(qtbot, plots)
    assert "hidden" in plots.panes[0].note


def test_rows_become_curves(qtbot: QtBot, plots: LossPlots) -> None:
    plots.set_drawing(Drawing(weight=0.0))
    plots.append(rows(0, 10))
    plots.append(rows(10, 20, loss_g=2.0))
    settle(qtbot, plots)
    assert plots.point_count == 20
    x, y = plots.panes[0].drawn_points("loss/g")
    assert x.tolist() == list(range(20))
    assert y.tolist() == [0.5] * 10 + [2.0] * 10
    low, high = plots.panes[0].view.viewRange()[1]
    assert low < 0.5
    assert high > 2.0


def test_the_timer_rests_when_nothing_changes_or_nobody_looks(qtbot: QtBot, plots: LossPlots) -> None:
    settle(qtbot, plots)
    plots.hide()
    plots.append(rows(0, 5))
    assert not plots.is_redraw_due
    assert len(plots.panes[0].drawn_points("loss/g")[0]) == 0
    plots.show()
    settle(qtbot, plots)
    assert len(plots.panes[0].drawn_points("loss/g")[0]) == 5


def test_many_rows_in_a_burst_are_one_redraw(qtbot: QtBot, plots: LossPlots, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(qtbot, plots)
    calls = []
    pane = plots.panes[0]
    redraw = pane.redraw
    monkeypatch.setattr(pane, "redraw", lambda *args: (calls.append(1), redraw(*args)))
    for step in range(200):
        plots.append(rows(step, step + 1))
    settle(qtbot, plots)
    assert len(calls) == 1


class Paints(QObject):
    """Counts how often each plot is painted."""

    def __init__(self, plots: LossPlots) -> None:
        super().__init__(plots)
        self.counts = dict.fromkeys((pane.objectName() for pane in plots.panes), 0)
        self._names = {pane.plot.viewport(): pane.objectName() for pane in plots.panes}
        for viewport in self._names:
            viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.counts[self._names[watched]] += 1
        return False


def test_plots_that_move_together_are_painted_once_each(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 50))
    settle(qtbot, plots)
    QApplication.processEvents()
    paints = Paints(plots)
    plots.append(rows(50, 500))
    settle(qtbot, plots)
    QApplication.processEvents()
    assert paints.counts == {pane.objectName(): 1 for pane in plots.panes}


@pytest.mark.parametrize("interrupt", [LossPlots.hide, LossPlots.redraw_now])
def test_a_redraw_that_is_interrupted_leaves_no_plot_unpainted(
    qtbot: QtBot, plots: LossPlots, interrupt: Callable[[LossPlots], None]
) -> None:
    settle(qtbot, plots)
    plots.append(rows(0, 50))
    viewports = [pane.plot.viewport() for pane in plots.panes]
    qtbot.waitUntil(lambda: not all(viewport.updatesEnabled() for viewport in viewports))
    interrupt(plots)
    settle(qtbot, plots)
    plots.show()
    settle(qtbot, plots)
    assert all(viewport.updatesEnabled() for viewport in viewports)


def test_hiding_a_curve_is_remembered(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 5))
    button = plots.findChild(QToolButton, "curve.loss/g")
    with qtbot.waitSignal(plots.hiddenCurvesChanged):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, plots)
    assert plots.hidden_curves == {"loss/g"}
    assert len(plots.panes[0].drawn_points("loss/g")[0]) == 0
    assert len(plots.panes[0].drawn_points("loss/d_real")[0]) == 5
    plots.clear()
    plots.append(rows(0, 5))
    settle(qtbot, plots)
    assert plots.hidden_curves == {"loss/g"}
    plots.set_hidden_curves(())
    settle(qtbot, plots)
    assert len(plots.panes[0].drawn_points("loss/g")[0]) == 5


@pytest.mark.parametrize("pane", [0, 1])
def test_zooming_stops_following_in_both_plots(qtbot: QtBot, plots: LossPlots, pane: int) -> None:
    plots.append(rows(0, 100))
    settle(qtbot, plots)
    wheel(plots.panes[pane])
    assert not plots.following
    kept = plots.panes[0].view.viewRange()[0]
    plots.append(rows(100, 300))
    settle(qtbot, plots)
    for each in plots.panes:
        assert each.view.viewRange()[0] == pytest.approx(kept)
    qtbot.mouseClick(plots.controls.follow, Qt.MouseButton.LeftButton)
    settle(qtbot, plots)
    for each in plots.panes:
        low, high = each.view.viewRange()[0]
        assert low <= 0
        assert high >= 299


def test_a_double_click_follows_again(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 100))
    settle(qtbot, plots)
    plots.set_following(False)
    viewport = plots.panes[1].plot.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    assert plots.following


def test_the_probability_axis_stays(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 100))
    settle(qtbot, plots)
    wheel(plots.panes[1])
    low, high = plots.panes[1].view.viewRange()[1]
    assert -0.05 < low <= 0
    assert 1 <= high < 1.05


def test_the_crosshair_reads_all_values_at_its_step(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 50))
    plots.append(rows(50, 51, loss_g=1.25, prob_fake=0.375))
    plots.append(rows(51, 100))
    settle(qtbot, plots)
    losses, opinion = plots.panes
    assert losses.legend.value_text("loss/g") == "0.500"
    assert plots.readout == "Newest: step 99 · epoch 0.99"
    move(losses, 50.1)
    assert plots.readout == "Step 50 · epoch 0.50"
    assert losses.legend.value_text("loss/g") == "1.250"
    assert opinion.legend.value_text("prob/fake") == "0.375"
    assert losses.crosshair == opinion.crosshair == pytest.approx(50.1, abs=1)
    QApplication.sendEvent(losses.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert losses.crosshair is None
    assert opinion.crosshair is None


def test_markers_speak_when_the_pointer_is_near(qtbot: QtBot, plots: LossPlots) -> None:
    text = "G learning rate 0.0002 → 0.0001 {lr}"
    plots.append(rows(0, 100))
    plots.add_marker(40, text)
    settle(qtbot, plots)
    move(plots.panes[0], 40)
    assert text in plots.readout
    move(plots.panes[0], 80)
    assert text not in plots.readout
    assert plots.panes[1].markers.texts() == [text]
    plots.clear_markers()
    assert plots.panes[1].markers.texts() == []


def test_the_cursor_follows_the_axis(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 100))
    plots.set_cursor(50)
    settle(qtbot, plots)
    assert [pane.cursor_line for pane in plots.panes] == [50, 50]
    plots.controls.axis.setCurrentIndex(plots.controls.axis.findData("epoch"))
    settle(qtbot, plots)
    assert plots.panes[0].cursor_line == pytest.approx(0.5)
    assert plots.panes[0].drawn_points("loss/g")[0][-1] == pytest.approx(0.99)
    assert plots.panes[0].view.viewRange()[0][1] < 2
    plots.set_cursor(None)
    assert plots.panes[0].cursor_line is None


def test_a_log_scale_leaves_out_what_has_no_logarithm(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 10) + rows(10, 20, loss_g=-1.0, loss_d_real=0.0))
    plots.controls.log_scale.setChecked(True)
    plots.controls.smoothing.setValue(0)
    settle(qtbot, plots)
    assert len(plots.panes[0].drawn_points("loss/g")[0]) == 10
    assert len(plots.panes[1].drawn_points("prob/real")[0]) == 20
    plots.clear()
    plots.append(rows(0, 5, loss_g=-1.0, loss_d_real=-1.0, loss_d_fake=-1.0))
    settle(qtbot, plots)
    assert "above 0" in plots.panes[0].note
    plots.controls.log_scale.setChecked(False)
    settle(qtbot, plots)
    assert plots.panes[0].note == ""


def test_the_smoothing_slider_reaches_from_none_to_0_999() -> None:
    assert (weight_of(0), weight_of(100), weight_of(300)) == (0.0, 0.9, 0.999)
    assert all(tick_of(weight_of(tick)) == tick for tick in (0, 50, 100, 200, 300))


def test_the_left_axes_are_aligned(qtbot: QtBot, plots: LossPlots) -> None:
    plots.append(rows(0, 10, loss_g=123456.0))
    settle(qtbot, plots)
    lefts = [pane.view.sceneBoundingRect().left() for pane in plots.panes]
    assert lefts[0] == lefts[1]


def test_values_take_at_most_six_characters() -> None:
    texts = [format_value(value) for value in (0.6931, -12.5, 123.4, 99999.0, 3.1e-5, -3.1e-5, -2e12, float("nan"))]
    assert texts == ["0.693", "−12.50", "123.4", "99999", "3e−05", "−3e−05", "−2e+12", "–"]
    assert all(len(text) <= 6 for text in texts)


def test_a_change_of_theme_recolours(qtbot: QtBot, qapp: QApplication, plots: LossPlots) -> None:
    before = theme_notifier().choice
    sheet, palette = qapp.styleSheet(), qapp.palette()
    try:
        apply_theme(qapp, "light")
        light = plots.panes[0].plot.backgroundBrush().color().name()
        apply_theme(qapp, "dark")
        assert plots.panes[0].plot.backgroundBrush().color().name() != light
    finally:
        apply_theme(qapp, before)
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)
    settle(qtbot, plots)


def test_200_000_points_are_taken_in_and_reduced(qtbot: QtBot, plots: LossPlots) -> None:
    steps = np.arange(200_000.0)
    start = time.process_time()
    values = np.random.default_rng(0).random(len(steps))
    plots.set_history_columns(steps, steps / 156, dict.fromkeys(KEYS, values))
    plots.redraw_now()
    taken = time.process_time() - start
    assert plots.point_count == 200_000
    painted = plots.panes[0].painted_points("loss/g")
    assert 100 < painted < 4 * plots.width()
    assert taken < 2
    settle(qtbot, plots)
