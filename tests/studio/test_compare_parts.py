"""The wipe, the legend, the row of toggles and the tables of a comparison; and what it knows of its runs."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from ganengine.events import MetricsEvent
from studio.presenters.compare_tracks import Choice, Track, newest_shared, places_of
from studio.views.compare_chooser import CompareChooser
from studio.views.compare_column import CompareColumn, ShownImages
from studio.views.compare_heads import CompareHeads
from studio.views.compare_legend import CompareLegend
from studio.views.compare_plots import ComparePlots
from studio.views.compare_table import Cell, CompareTable
from studio.views.compare_wipe import WipeCanvas
from studio.views.run_looks import RunLook
from studio.views.series import History, MetricsRow


def grey(value: int, count: int = 4, side: int = 28) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((count, side, side, 1), value, dtype=np.uint8)


def shown(value: int, step: int = 10, side: int = 28) -> ShownImages:
    return ShownImages(grey(value, side=side), step, f"Step {step}")


# -- the wipe ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def heads(qtbot: QtBot) -> CompareHeads:
    heads = CompareHeads()
    qtbot.addWidget(heads)
    heads.set_runs([RunLook("SGD", 0), RunLook("RMSprop", 1), RunLook("Adam", 2)])
    heads.resize(500, 420)
    heads.set_mode("wipe")
    heads.show()
    for column, value in zip(heads.columns, (40, 120, 200), strict=True):
        column.show_images(shown(value))
    return heads


def grey_at(canvas: WipeCanvas, across: float) -> int:
    """What is painted in the middle of the first or the last image of the upper row."""
    area = canvas._area(canvas._placed[0])
    point = QPoint(round(area.left() + across * area.width()), round(area.top() + area.height() / 8))
    return canvas.viewport().grab().toImage().pixelColor(point * canvas.devicePixelRatioF()).red()


def test_left_of_the_line_is_the_first_run_and_right_of_it_the_second(qtbot: QtBot, heads: CompareHeads) -> None:
    wipe = heads.wipe
    assert (grey_at(wipe, 0.2), grey_at(wipe, 0.8)) == (40, 120)
    heads.second.setCurrentIndex(2)
    assert (grey_at(wipe, 0.2), grey_at(wipe, 0.8)) == (40, 200)
    wipe.setFocus()
    qtbot.keyClick(wipe, Qt.Key.Key_End)
    assert (wipe.place, grey_at(wipe, 0.8)) == (1.0, 40)
    qtbot.keyClick(wipe, Qt.Key.Key_Home)
    assert (wipe.place, grey_at(wipe, 0.2)) == (0.0, 200)
    qtbot.keyClick(wipe, Qt.Key.Key_Right)
    qtbot.keyClick(wipe, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert wipe.place == pytest.approx(0.12)
    assert "12 %" in wipe.accessibleDescription()


def test_the_line_goes_where_it_is_dragged(qtbot: QtBot, heads: CompareHeads) -> None:
    wipe = heads.wipe
    area = wipe._area(wipe._placed[0])
    start = QPoint(round(area.left() + area.width() / 4), round(area.center().y()))
    QTest.mousePress(wipe.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert wipe.place == pytest.approx(0.25, abs=0.01)
    QTest.mouseMove(wipe.viewport(), QPoint(round(area.right()) + 50, start.y()))
    QTest.mouseRelease(wipe.viewport(), Qt.MouseButton.LeftButton)
    wipe._move_under(QPoint(round(area.right()) + 50, start.y()))
    assert wipe.place == 1.0


def test_a_run_without_images_says_why_beside_the_other(heads: CompareHeads) -> None:
    heads.columns[1].show_nothing("Waits for its turn")
    assert grey_at(heads.wipe, 0.2) == 40
    assert grey_at(heads.wipe, 0.8) not in {40, 120}
    heads.columns[0].show_nothing("gone")
    assert heads.wipe.shown == 0
    assert "SGD: gone. RMSprop: Waits for its turn." in heads.wipe.empty_text


def test_images_of_two_sizes_lie_one_over_the_other(heads: CompareHeads) -> None:
    heads.columns[1].show_images(shown(120, side=14))
    assert (grey_at(heads.wipe, 0.2), grey_at(heads.wipe, 0.8)) == (40, 120)


def test_narrow_columns_are_folded_where_nothing_stands_beneath(qtbot: QtBot) -> None:
    heads = CompareHeads()
    qtbot.addWidget(heads)
    heads.resize(660, 400)
    heads.set_runs([RunLook(f"run {index}", index) for index in range(6)])
    heads.show()
    tops = {column.y() for column in heads.columns}
    assert len(tops) == 1
    heads.let_fold(True)
    qtbot.waitUntil(lambda: len({column.y() for column in heads.columns}) == 2)
    heads.resize(1500, 400)
    qtbot.waitUntil(lambda: len({column.y() for column in heads.columns}) == 1)


def test_a_column_in_short_says_how_its_run_stands_in_a_word(qtbot: QtBot) -> None:
    column = CompareColumn(0, RunLook("Adam", 0))
    qtbot.addWidget(column)
    column.show_status("failed: it blew up · step 3", failed=True)
    column.set_compact(True)
    assert column.status == "failed: it blew up · step 3"
    assert column._status._part == "failed"
    column.set_compact(False)
    assert column._status._part == column.status


# -- legend, toggles, tables -------------------------------------------------------------------------------------------


def test_the_legend_leaves_runs_out_of_the_plots(qtbot: QtBot) -> None:
    legend, plots = CompareLegend(), ComparePlots()
    qtbot.addWidget(legend)
    qtbot.addWidget(plots)
    legend.hiddenChanged.connect(plots.set_hidden)
    runs = [RunLook("Adam", 4), RunLook("SGD", 1)]
    histories = [History(), History()]
    for history, value in zip(histories, (1.0, 50.0), strict=True):
        history.extend([MetricsRow(step, 0.0, 0, step * 30.0, {"loss/g": value}) for step in (1, 2)])
    legend.set_runs(runs)
    plots.set_runs(histories, [run.look for run in runs])
    plots.set_way("overlaid")
    plots.redraw_now()
    plot = plots.plots["loss/g", 0]
    assert plot.ranges[1][1] > 50
    button = legend.findChild(QToolButton, "compareCurve1")
    assert button is not None
    button.click()
    plots.redraw_now()
    assert plot.drawn(1)[1].tolist() == []
    assert plot.drawn(0)[1].tolist() == [1.0, 1.0]
    assert plot.ranges[1][1] < 10  # what is hidden does not flatten the rest
    assert plot._curves[0].opts["pen"].color() != plot._curves[1].opts["pen"].color()
    plots.set_axis("minute")
    plots.redraw_now()
    assert plots.plots["loss/g", 0].drawn(0)[0].tolist() == [0.5, 1.0]


def test_six_of_eight_are_shown(qtbot: QtBot) -> None:
    chooser, choice = CompareChooser(2, 6), Choice(8, 6)
    qtbot.addWidget(chooser)
    chooser.set_runs([f"run {index}" for index in range(8)])
    chooser.show_chosen(choice.looks)
    assert [button.isChecked() for button in chooser.buttons] == [True] * 6 + [False] * 2
    assert not chooser.buttons[7].isEnabled()
    assert "switch one off first" in chooser.buttons[7].toolTip()
    chooser.toggled.connect(lambda index, on: choice.toggle(index, on=on))
    chooser.buttons[1].click()
    chooser.show_chosen(choice.looks)
    chooser.buttons[7].click()
    assert choice.looks == {0: 0, 2: 2, 3: 3, 4: 4, 5: 5, 7: 1}  # it takes the free colour, all others keep theirs
    choice.toggle(6, on=True)
    assert 6 not in choice.looks
    for index in (0, 2, 3, 4):
        choice.toggle(index, on=False)
    chooser.show_chosen(choice.looks)
    assert not chooser.buttons[5].isEnabled()  # two are the least


def test_a_table_can_be_copied(qtbot: QtBot) -> None:
    table = CompareTable("t", "Table")
    qtbot.addWidget(table)
    table.show_cells(
        [Cell("Run"), Cell("FID")], [[Cell("Adam", look=0), Cell("3", is_best=True)], [Cell("SGD"), Cell("9")]]
    )
    assert table.selected_text() == "Run\tFID\nAdam\t3\nSGD\t9"
    table.selectRow(1)
    assert table.selected_text() == "SGD\t9"
    best, other = table.item(0, 1), table.item(1, 1)
    assert best is not None
    assert other is not None
    assert (best.font().bold(), other.font().bold()) == (True, False)


# -- what is known of a run --------------------------------------------------------------------------------------------


def points(*steps: int, pace: float = 2.0) -> list[MetricsEvent]:
    return [MetricsEvent(step, 0.0, 0, step * pace, {"loss/g": float(step)}) for step in steps]


def test_moments_of_runs_that_are_not_equally_quick() -> None:
    quick, slow = Track("quick"), Track("slow")
    quick.read(points(5, 10, pace=1.0), [0, 5, 10], (), anew=True)
    slow.read(points(5, 10, pace=3.0), [0, 5, 10], (), anew=True)
    assert places_of([quick, slow], "step") == [0, 5, 10]
    assert places_of([quick, slow], "time") == [0, 50, 100, 150, 300]
    assert newest_shared([quick, slow], "step") == 10
    assert newest_shared([quick, slow], "time") == 100
    assert (quick.sample_at("time", 100), slow.sample_at("time", 100)) == (10, 0)
    assert slow.sample_at("step", 7) == 5
    slow.status = "failed"
    assert newest_shared([quick, slow], "time") == 100
    assert Track("none").sample_at("step", 7) is None


def test_rows_that_are_told_while_the_files_are_read_are_neither_lost_nor_doubled() -> None:
    track = Track("Adam", Path("/runs/00001-x"), unread=True)
    track.hear(points(30, 40))
    track.sampled(40)
    track.read(points(10, 20, 30), [10, 20, 30], (), anew=False)
    assert track.history.column("loss/g")[0].tolist() == [10, 20, 30, 40]
    assert track.steps == [10, 20, 30, 40]
    track.hear(points(50))
    assert track.history.column("loss/g")[0].tolist() == [10, 20, 30, 40, 50]
    track.read(points(10, 20), [20], (), anew=True)  # it went back
    assert track.history.column("loss/g")[0].tolist() == [10, 20]
    assert track.steps == [20]
    track.sampled(15)
    assert track.steps == [15]
    for step in (20, 25, 30):
        track.sampled(step)
    track.sampled(35, dropped=(20,))
    assert track.steps == [15, 25, 30, 35]
    track.unread = True  # the training has ended: what its files hold is what there is
    track.read([], [15, 30, 35], (), anew=False)
    assert track.steps == [15, 30, 35]


def test_how_a_run_stands_in_words() -> None:
    track = Track("Adam", Path("/runs/00001-x"))
    track.stands({"status": "running", "step": 1200, "total_steps": 4000})
    assert track.standing == "running · step 1,200 of 4,000 · 00001-x"
    track.stands({"status": "failed", "step": "?", "message": "the disk is full"})
    assert track.standing == "failed: the disk is full · 00001-x"
