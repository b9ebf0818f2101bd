from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from studio.views.step_slider import StepSlider
from studio.views.timeline import EMPTY_TEXT, Timeline


@pytest.fixture
def timeline(qtbot: QtBot) -> Iterator[Timeline]:
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(700, 40)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    widget.close()


@pytest.fixture
def told(timeline: Timeline) -> list[object]:
    """What the timeline has emitted."""
    heard: list[object] = []
    timeline.stepSelected.connect(heard.append)
    timeline.liveRequested.connect(lambda: heard.append("live"))
    return heard


def slider(timeline: Timeline) -> QSlider:
    return timeline.findChild(QSlider, "timelineSlider")


def test_without_samples_it_says_so(timeline: Timeline) -> None:
    assert timeline.text == EMPTY_TEXT
    assert timeline.current_step is None
    assert timeline.is_live
    assert not slider(timeline).isEnabled()


def test_live_goes_along_silently(timeline: Timeline, told: list[object]) -> None:
    for step in (0, 100, 200):
        timeline.add_step(step, step / 156)
        assert timeline.current_step == step
    assert timeline.is_live
    assert told == []
    assert timeline.text == "step 200 of 200 · epoch 1.3"


def test_an_earlier_step_stays_in_view(timeline: Timeline, told: list[object]) -> None:
    timeline.set_steps(range(0, 1000, 100))
    slider(timeline).setValue(3)
    assert told == [300]
    assert not timeline.is_live
    timeline.add_step(1000)
    assert timeline.current_step == 300
    assert timeline.text == "step 300 of 1,000"
    assert told == [300]


def test_the_live_button_goes_back_to_the_newest(qtbot: QtBot, timeline: Timeline, told: list[object]) -> None:
    timeline.set_steps((0, 100, 200))
    timeline.select(150)
    qtbot.mouseClick(timeline.findChild(QToolButton, "timelineLive"), Qt.MouseButton.LeftButton)
    assert told == [100, "live"]
    assert timeline.is_live
    assert timeline.current_step == 200
    timeline.add_step(300)
    assert timeline.current_step == 300


def test_dragging_to_the_end_is_live(timeline: Timeline, told: list[object]) -> None:
    timeline.set_steps((0, 100, 200))
    slider(timeline).setValue(0)
    slider(timeline).setValue(2)
    assert told == [0, "live"]
    assert timeline.is_live


def test_keys(qtbot: QtBot, timeline: Timeline, told: list[object]) -> None:
    timeline.set_steps((0, 100, 200, 300))
    for target in (timeline, slider(timeline)):
        told.clear()
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End):
            qtbot.keyClick(target, key)
        assert told == [0, 100, 200, 100, "live"]


def test_the_film_runs_to_the_end_and_stops(qtbot: QtBot, timeline: Timeline, told: list[object]) -> None:
    timeline.set_steps((0, 100, 200, 300))
    timeline.findChild(QComboBox, "timelineSpeed").setCurrentIndex(3)
    qtbot.keyClick(slider(timeline), Qt.Key.Key_Space)
    assert timeline.is_playing
    qtbot.waitUntil(lambda: not timeline.is_playing, timeout=3000)
    assert told == [0, 100, 200, "live"]


def test_hiding_stops_the_film(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.set_steps(range(0, 1000, 100))
    qtbot.mouseClick(timeline.findChild(QToolButton, "timelinePlay"), Qt.MouseButton.LeftButton)
    assert timeline.is_playing
    timeline.hide()
    assert not timeline.is_playing


def test_steps_come_in_any_order_and_once(timeline: Timeline) -> None:
    for step in (200, 0, 100, 100):
        timeline.add_step(step)
    assert timeline.steps == (0, 100, 200)
    timeline.clear()
    assert timeline.steps == ()
    assert timeline.text == EMPTY_TEXT


def test_at_a_small_width_the_speed_gives_way(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.set_steps((0, 1200, 123_400), (0, 7.7, 791.0))
    timeline.resize(400, 40)
    qtbot.waitUntil(lambda: timeline.width() == 400)
    assert timeline.findChild(QComboBox, "timelineSpeed").isHidden()
    assert timeline.minimumSizeHint().width() <= 420
    timeline.resize(600, 40)
    qtbot.waitUntil(lambda: not timeline.findChild(QComboBox, "timelineSpeed").isHidden())


def test_a_click_goes_there_at_once(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_steps(range(0, 1001, 10))
    slider = timeline.findChild(QSlider, "timelineSlider")
    with qtbot.waitSignal(timeline.stepSelected) as chosen:
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert chosen.args[0] == pytest.approx(500, abs=30)
    assert not timeline.is_live


def test_samples_that_are_gone_leave_and_what_is_looked_at_stays(timeline: Timeline, told: list[object]) -> None:
    timeline.set_steps(range(0, 1000, 100))
    timeline.select(400)
    told.clear()
    timeline.discard([100, 300])
    assert timeline.current_step == 400
    assert timeline.steps == (0, 200, 400, 500, 600, 700, 800, 900)
    assert told == []
    timeline.discard([400])
    assert timeline.current_step == 200
    assert told == [200]
    timeline.go_live()
    told.clear()
    timeline.discard([900, 0])
    assert timeline.current_step == 800
    assert timeline.is_live
    assert told == []
    timeline.discard(timeline.steps)
    assert timeline.current_step is None


def test_what_is_likely_to_come_next_is_where_the_slider_goes(timeline: Timeline) -> None:
    timeline.set_steps(range(0, 1000, 100))
    timeline.select(400)
    timeline.select(500)
    assert timeline.neighbours(4) == [600, 700, 800, 900, 400]
    timeline.select(300)
    assert timeline.neighbours(4) == [200, 100, 0, 400]


def test_ticks_stand_where_things_happened(timeline: Timeline) -> None:
    timeline.set_steps((0, 100, 200, 400, 500))
    timeline.set_marks((100, 300, 900), (0, 500))
    marks = timeline.findChild(StepSlider, "timelineSlider").marks
    assert marks == ((0.25, "muted"), (0.625, "muted"), (0.0, "warning"), (1.0, "warning"))
    bare = timeline.grab().toImage()
    timeline.add_step(1000)
    assert timeline.findChild(StepSlider, "timelineSlider").marks[2] == (0.96, "muted")
    timeline.set_steps((0, 100, 200, 400, 500))
    assert timeline.findChild(StepSlider, "timelineSlider").marks == ()
    assert timeline.grab().toImage() != bare
