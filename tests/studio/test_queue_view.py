"""The queue's list by itself: what it shows, offers and asks for."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QPushButton, QStackedLayout
from pytestqt.qtbot import QtBot

from studio.views.queue_view import QueueView
from studio.views.queue_view_model import RUN, STATE
from studio.views.queue_view_rows import QueueRow, Standing


def row(identity: str, standing: Standing = Standing.WAITING, folder: str = "") -> QueueRow:
    return QueueRow(identity, f"run {identity}", "Plan · 1 of 3", standing, folder=folder)


@pytest.fixture
def view(qtbot: QtBot) -> QueueView:
    made = QueueView()
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show()
    return made


def show(view: QueueView, rows: Iterable[QueueRow], *, going: bool = False) -> None:
    view.show_queue(list(rows), "", going=going, can_start=True)


def button(view: QueueView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert found is not None
    return found


def test_empty_it_says_what_to_do(view: QueueView) -> None:
    lists = view.findChild(QStackedLayout)
    assert lists is not None
    assert lists.currentIndex() == 1
    assert not button(view, "queueStart").isEnabled()
    show(view, [row("a")])
    assert lists.currentIndex() == 0


@pytest.mark.parametrize(
    ("standing", "able"),
    [
        (Standing.WAITING, {"MoveUp", "MoveDown", "Skip", "Remove"}),
        (Standing.INTERRUPTED, {"MoveUp", "MoveDown", "Skip", "Remove", "Open"}),
        (Standing.RUNNING, {"Skip", "Open"}),
        (Standing.ELSEWHERE, {"Open"}),
        (Standing.FINISHED, {"Remove", "Open"}),
        (Standing.FAILED, {"Retry", "Remove", "Open"}),
        (Standing.STOPPED, {"Retry", "Remove", "Open"}),
        (Standing.SKIPPED, {"Retry", "Remove"}),
    ],
)
def test_what_is_offered_depends_on_how_a_run_stands(view: QueueView, standing: Standing, able: set[str]) -> None:
    show(view, [row("a", standing, "" if standing in {Standing.WAITING, Standing.SKIPPED} else "00001-x")])
    view.choose(["a"])
    assert {name for name, action in view.acts.items() if action.isEnabled()} == able


def test_what_is_asked_for_is_of_those_that_it_fits(qtbot: QtBot, view: QueueView) -> None:
    show(view, [row("a", Standing.FAILED), row("b"), row("c", Standing.FINISHED)])
    view.choose(["a", "b", "c"])
    for name, signal, ids in (
        ("Retry", view.retryWanted, ["a"]),
        ("Skip", view.skipWanted, ["b"]),
        ("Remove", view.removeWanted, ["a", "b", "c"]),
    ):
        with qtbot.waitSignal(signal) as asked:
            view.acts[name].trigger()
        assert asked.args == [ids]


def test_delete_and_return_work_in_the_list(qtbot: QtBot, view: QueueView) -> None:
    show(view, [row("a", Standing.FINISHED, "00001-x"), row("b")])
    view.choose(["a"])
    view.table.setFocus()
    for key, signal, args in (
        (Qt.Key.Key_Delete, view.removeWanted, [["a"]]),
        (Qt.Key.Key_Return, view.openWanted, ["a"]),
    ):
        with qtbot.waitSignal(signal) as asked:
            qtbot.keyClick(view.table, key)
        assert asked.args == args


def test_one_button_starts_and_holds(qtbot: QtBot, view: QueueView) -> None:
    start = button(view, "queueStart")
    show(view, [row("a")])
    assert start.text() == "Start queue"
    with qtbot.waitSignal(view.startWanted):
        start.click()
    show(view, [row("a", Standing.RUNNING)], going=True)
    assert start.text() == "Hold"
    with qtbot.waitSignal(view.holdWanted):
        start.click()


def test_the_selection_stays_with_the_runs(view: QueueView) -> None:
    show(view, [row("a"), row("b"), row("c")])
    view.choose(["a", "c"])
    show(view, [row("c"), row("b"), row("a")])
    assert view.chosen() == ["c", "a"]
    show(view, [row("c", Standing.FINISHED), row("b")])
    assert view.chosen() == ["c"]


def drop(view: QueueView, ids: list[str], place: int) -> bool:
    model = view.model
    indexes = [model.index(found, RUN) for identity in ids if (found := model.place_of(identity)) is not None]
    data: QMimeData = model.mimeData(indexes)
    return model.dropMimeData(data, Qt.DropAction.MoveAction, place, 0, QModelIndex())


def test_dropped_rows_ask_for_the_move_and_stay_until_it_is_done(qtbot: QtBot, view: QueueView) -> None:
    show(view, [row("a"), row("b"), row("c", Standing.RUNNING)])
    with qtbot.waitSignal(view.moveWanted) as asked:
        taken = drop(view, ["b", "a"], 3)
    assert asked.args == [["a", "b"], 3]
    assert not taken  # else the view would delete the rows
    assert [shown.id for shown in view.model.rows] == ["a", "b", "c"]
    drags = [bool(view.model.flags(view.model.index(place, RUN)) & Qt.ItemFlag.ItemIsDragEnabled) for place in range(3)]
    assert drags == [True, True, False]


def test_it_is_told_what_a_person_sees(view: QueueView) -> None:
    show(view, [QueueRow("a", "Adam", "Compare · 1 of 3", Standing.FAILED, "It blew up.", folder="00001-x")])
    texts = [view.model.data(view.model.index(0, column)) for column in range(3)]
    assert texts == ["Adam (Compare · 1 of 3)", "failed, It blew up.", "00001-x"]
    tip = view.model.data(view.model.index(0, STATE), Qt.ItemDataRole.ToolTipRole)
    assert tip == "It blew up."


def test_the_box_tells_of_another_choice(qtbot: QtBot, view: QueueView) -> None:
    box = view.findChild(QCheckBox, "queueAutomatic")
    assert box is not None
    with qtbot.waitSignal(view.automaticChanged) as changed:
        box.click()
    assert changed.args == [True]


def test_all_standings_are_painted(view: QueueView) -> None:
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    half = {"done": 0.5, "note": "5 of 10 steps"}
    rows = [
        QueueRow(str(place), "r", "p", standing, **(half if standing == Standing.RUNNING else {}), pictures=(picture,))  # type: ignore[arg-type]
        for place, standing in enumerate(Standing)
    ]
    view.resize(800, 700)
    show(view, rows)
    drawn = view.table.viewport().grab().toImage()
    middles = [view.table.visualRect(view.model.index(place, RUN)).center().y() for place in range(len(rows))]
    colours = [drawn.pixelColor(24, y).name() for y in middles]
    assert colours == ["#ff0000"] * len(rows)
