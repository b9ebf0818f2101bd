"""Plots that come with their measurements: penalties, and the quality of the images."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from ganengine.events import MetricsEvent
from studio.presenters.charts import ChartsPresenter
from studio.presenters.measures import panes_for
from studio.session import Session
from studio.views.loss_plots import LossPlots
from studio.views.plot_pages import Page
from studio.views.plot_pane import PlotPane

LOSS = {"loss/d_real": 0.4, "loss/d_fake": 0.5, "loss/g": 0.6, "prob/real": 0.7, "prob/fake": 0.3}
QUALITY = {"eval/fid_own": 90.0, "eval/kid_own": 0.02, "eval/precision_own": 0.5, "eval/recall_own": 0.25}


def point(step: int, **more: float) -> MetricsEvent:
    values = {key.replace("__", "/"): value for key, value in more.items()} or LOSS
    return MetricsEvent(step, step / 10, step * 8, step / 2, values)


def quality(step: int, fid: float) -> MetricsEvent:
    return MetricsEvent(step, step / 10, step * 8, step / 2, {**QUALITY, "eval/fid_own": fid})


class Charts:
    """A session that says what the test wants, and the plots that it feeds."""

    def __init__(self, session: Session, plots: LossPlots) -> None:
        self.session, self.plots = session, plots
        self.presenter = ChartsPresenter(session, plots)

    def tell(self, *points: MetricsEvent) -> None:
        self.session.metricsArrived.emit(list(points))
        self.plots.redraw_now()

    def pane(self, name: str) -> PlotPane:
        (found,) = [pane for pane in self.plots.panes if pane.objectName() == name]
        return found

    @property
    def names(self) -> list[str]:
        return [pane.objectName() for pane in self.plots.panes]

    @property
    def tabs(self) -> QTabBar:
        found = self.plots.findChild(QTabBar, "plotPages")
        assert found is not None
        return found


@pytest.fixture
def charts(qtbot: QtBot, tmp_path: Path) -> Iterator[Charts]:
    plots = LossPlots()
    qtbot.addWidget(plots)
    plots.resize(420, 700)
    with qtbot.waitExposed(plots):
        plots.show()
    made = Charts(Session(tmp_path), plots)
    yield made
    plots.close()


def test_without_such_points_nothing_but_losses_and_opinion(charts: Charts) -> None:
    charts.tell(point(10), point(20))
    assert charts.names == ["losses", "opinion"]
    assert charts.tabs.isHidden()


def test_measures_of_quality_get_a_page_with_symbols_and_unsmoothed(charts: Charts) -> None:
    charts.tell(point(10), point(20), quality(20, 90.0))
    assert charts.names == ["losses", "opinion", "fid", "kid", "shares"]
    assert not charts.tabs.isHidden()
    charts.tell(point(30), quality(35, 60.0))
    charts.plots.pages.set_page(Page.QUALITY)
    charts.plots.redraw_now()
    x, y = charts.pane("fid").drawn_points("eval/fid_own")
    assert (x.tolist(), y.tolist()) == ([20, 35], [90.0, 60.0])
    assert charts.pane("fid").curves.symbol("eval/fid_own") == "o"
    low, high = charts.pane("fid").view.viewRange()[0]
    assert low < 20
    assert high >= 35
    assert charts.pane("fid").legend.value_text("eval/fid_own") == "60.00"
    assert charts.pane("shares").legend.value_text("eval/recall_own") == "0.250"
    assert charts.plots.readout == "Newest: step 35 · epoch 3.50"


def test_a_measure_at_a_logged_step_leaves_its_losses_alone(charts: Charts) -> None:
    charts.tell(point(10), point(20))
    charts.tell(quality(20, 90.0))
    charts.tell(quality(20, 80.0), point(30))
    losses = charts.pane("losses")
    assert losses.drawn_points("loss/g")[0].tolist() == [10, 20, 30]
    charts.plots.pages.set_page(Page.QUALITY)
    charts.plots.redraw_now()
    assert charts.pane("fid").drawn_points("eval/fid_own")[1].tolist() == [80.0]


def test_the_legend_of_the_losses_shows_the_last_log_point(charts: Charts) -> None:
    charts.tell(point(10), quality(15, 90.0))
    assert charts.pane("losses").legend.value_text("loss/g") == "0.600"
    assert charts.plots.readout == "Newest: step 10 · epoch 1.00"


def test_penalties_stand_beside_the_losses(charts: Charts) -> None:
    charts.presenter.show_history([point(10, loss__g=1.0, penalty__r1=0.5)], [], 10)
    charts.plots.redraw_now()
    assert charts.names == ["losses", "opinion", "penalties"]
    assert charts.tabs.isHidden()
    charts.tell(point(20, loss__g=1.0, penalty__r1=0.5, penalty__gp=0.1))
    pane = charts.pane("penalties")
    assert [spec.title for spec in pane.specs] == ["GP", "R1"]
    assert pane.drawn_points("penalty/r1")[0].tolist() == [10, 20]


def test_they_go_with_the_run_and_their_hidden_curves_stay_hidden(charts: Charts) -> None:
    charts.plots.set_hidden_curves({"eval/recall_own", "loss/g"})
    charts.tell(point(10), quality(10, 90.0))
    assert charts.plots.hidden_curves == {"eval/recall_own", "loss/g"}
    charts.plots.pages.set_page(Page.QUALITY)
    charts.presenter.clear()
    assert charts.names == ["losses", "opinion"]
    assert charts.plots.pages.page is Page.TRAINING
    charts.plots.add_marker(5, "an edit")
    charts.tell(point(10), quality(10, 70.0))
    assert charts.plots.hidden_curves == {"eval/recall_own", "loss/g"}
    assert charts.pane("shares").hidden == {"eval/recall_own"}
    assert charts.pane("fid").markers.texts() == ["an edit"]


def test_the_page_says_who_looked_at_the_images(charts: Charts) -> None:
    charts.tell(point(10), quality(10, 90.0))
    assert charts.tabs.tabText(1) == "Quality (own classifier)"
    assert [spec.title for spec in charts.pane("fid").specs] == ["FID"]
    (both,) = panes_for(["eval/fid_own", "eval/fid_inception", "eval/unknown_of_a_later_version"])
    assert [curve.title for curve in both.curves] == ["FID (own classifier)", "FID (Inception)"]
    assert both.page_note == ""


def test_minutes_can_be_counted(charts: Charts) -> None:
    charts.tell(point(10), point(20))
    charts.plots.controls.set_axis("minute")
    charts.plots.redraw_now()
    assert charts.pane("losses").drawn_points("loss/g")[0].tolist() == [5 / 60, 10 / 60]
    assert charts.pane("losses").plot.getPlotItem().getAxis("bottom").labelText == "Minutes of training"
