"""The run browser's parts by themselves: table, search, details and lineage over rows that exist nowhere."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganengine.runs.lineage import family_of
from ganengine.runs.query import matches
from ganengine.runs.summary import RunSummary
from studio.presenters.runs_lineage import lineage_items
from studio.theme import apply_theme
from studio.views import run_browser_text as text
from studio.views.lineage_view import ROW, TOP, LineageItem, LineageView
from studio.views.run_browser import RunBrowser
from studio.views.run_browser_details import RunDetails
from studio.views.run_browser_model import Column, RunTableModel
from studio.views.run_browser_search import SearchField
from tests.studio.run_browser_helpers import NOON, ROOT, fid, fork_of, row


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "light")
    yield
    qapp.setStyleSheet("")


class Asked:
    """Stands in for the thumbnails, and remembers of which runs they were wanted."""

    def __init__(self) -> None:
        self.runs: set[int] = set()

    def __call__(self, run: RunSummary) -> list[QPixmap]:
        self.runs.add(run.number)
        return []


def browser(qtbot: QtBot, runs: list[RunSummary], width: int = 1100) -> tuple[RunBrowser, Asked]:
    asked = Asked()
    model = RunTableModel(matches)
    shown = RunBrowser(model, asked)
    model.setParent(shown)
    qtbot.addWidget(shown)
    model.set_runs(runs)
    shown.show_table()
    shown.resize(width, 340)
    shown.show()
    qtbot.waitExposed(shown)
    return shown, asked


def numbers(view: RunBrowser) -> list[int]:
    return [run.number for run in view.model.rows]


def chosen(view: RunBrowser) -> list[int]:
    return [run.number for run in view.table.chosen]


# -- the table ------------------------------------------------------------


def test_the_newest_come_first_and_archived_ones_only_on_request(qtbot: QtBot) -> None:
    view, _ = browser(qtbot, [row(1), row(2, archived=True), row(3)])
    assert numbers(view) == [3, 1]
    assert view.count_text == "2 runs · 1 archived"
    view.model.search("", with_archived=True)
    assert numbers(view) == [3, 2, 1]


def test_what_was_not_measured_comes_last_whichever_way_it_is_sorted(qtbot: QtBot) -> None:
    view, _ = browser(qtbot, [row(1, best=fid(5)), row(2), row(3, best=fid(2)), row(4)])
    view.table.sortByColumn(Column.BEST, Qt.SortOrder.AscendingOrder)
    assert numbers(view) == [3, 1, 4, 2]
    view.table.sortByColumn(Column.BEST, Qt.SortOrder.DescendingOrder)
    assert numbers(view) == [1, 3, 4, 2]


def test_the_search_narrows_the_table_and_says_what_it_found(qtbot: QtBot) -> None:
    view, _ = browser(qtbot, [row(1, tags=("good",)), row(2, archived=True), row(3, title="Sevens")])
    view.model.search("tag:good")
    view.show_count()
    assert (numbers(view), view.count_text) == ([1], "1 of 2 runs · 1 archived")
    view.model.search("eights")
    view.show_count()
    assert (numbers(view), view.table.empty_text) == (
        [],
        "No run matches “eights”. Archived runs were not searched.",
    )


def test_choice_and_place_outlast_new_runs_sorting_and_search(qtbot: QtBot) -> None:
    runs = [row(number, tags=("good",) if number % 2 else ()) for number in range(1, 60)]
    view, _ = browser(qtbot, runs)
    assert view.table.choose(ROOT / "00011-digits")
    told: list[list[int]] = []
    view.table.chosenChanged.connect(lambda: told.append(chosen(view)))
    scrolled = view.table.verticalScrollBar().value()
    assert scrolled > 0
    view.model.set_runs([*runs, row(60)])
    assert (chosen(view), view.table.verticalScrollBar().value()) == ([11], scrolled)
    view.table.sortByColumn(Column.STEPS, Qt.SortOrder.AscendingOrder)
    view.model.search("tag:good")
    assert (chosen(view), view.table.currentIndex().row(), told) == ([11], 5, [])
    view.model.search("tag:other")
    assert (chosen(view), told) == ([], [[]])


def test_a_change_of_one_run_leaves_the_table_in_place(qtbot: QtBot) -> None:
    view, _ = browser(qtbot, [row(1), row(2), row(3)])
    changed: list[int] = []
    view.model.dataChanged.connect(lambda first, last: changed.extend(range(first.row(), last.row() + 1)))
    with qtbot.assertNotEmitted(view.model.modelReset):
        view.model.set_runs([row(1), row(2, status="running"), row(3)])
    assert changed == [1]


def test_the_run_that_is_trained_here_is_ahead_of_its_files(qtbot: QtBot) -> None:
    running = row(2, status="running", step=100, total_steps=400, is_active=True)
    view, _ = browser(qtbot, [row(1), running])
    view.model.set_live(running.path, 300, 400)
    cell = view.model.index(0, Column.STATUS)
    assert (view.model.data(cell), view.model.rows[0].step) == ("running 75%", 300)
    view.model.set_runs([row(1), running])  # a look at the files, which are behind
    assert view.model.rows[0].step == 300
    view.model.set_live(None)
    assert view.model.rows[0].step == 100


def test_only_runs_in_sight_are_asked_for_images(qtbot: QtBot) -> None:
    view, asked = browser(qtbot, [row(number) for number in range(1, 2001)])
    view.grab()
    assert 3 <= len(asked.runs) < 20
    assert min(asked.runs) > 1980
    view.table.verticalScrollBar().setValue(view.table.verticalScrollBar().maximum())
    view.grab()
    assert 1 in asked.runs
    assert len(asked.runs) < 40


def test_return_and_double_click_open(qtbot: QtBot) -> None:
    view, _ = browser(qtbot, [row(1), row(2)])
    opened: list[Path] = []
    view.table.opened.connect(opened.append)
    view.table.choose(ROOT / "00001-digits")
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    place = view.table.visualRect(view.model.index(0, Column.NAME)).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [path.name for path in opened] == ["00001-digits", "00002-digits"]


def test_columns_come_and_go_with_the_room_until_the_person_chooses(qtbot: QtBot) -> None:
    view, _ = browser(qtbot, [row(1)], width=700)
    header = view.table.horizontalHeader()
    assert header.isSectionHidden(Column.PRESET)
    view.resize(2400, 340)
    assert not header.isSectionHidden(Column.PRESET)
    data = next(action for action in view.table.columns_menu().actions() if action.text() == "Data")
    assert view.table.columns_state().isEmpty()
    data.setChecked(False)
    view.resize(2300, 340)
    assert header.isSectionHidden(Column.DATA)
    other, _ = browser(qtbot, [row(1)], width=700)
    other.table.restore_columns(view.table.columns_state())
    assert other.table.horizontalHeader().isSectionHidden(Column.DATA)
    assert not other.table.horizontalHeader().isSectionHidden(Column.PRESET)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_run_can_be_painted(qtbot: QtBot, qapp: QApplication, theme: Any) -> None:
    apply_theme(qapp, theme)
    kinds = [
        row(1, damage="config.toml is missing."),
        row(2, status="running", is_active=True, step=3, total_steps=9, tags=tuple(f"tag-{n}" for n in range(30))),
        row(3, status="", step=0, total_steps=0, created=None, title="A name that is much too long for it" * 5),
        row(4, archived=True, parent=fork_of(1, 50), best=fid(1234.5)),
    ]
    view, _ = browser(qtbot, kinds, width=2400)
    view.model.search("", with_archived=True)
    view.grab()
    cells = {column: view.model.data(view.model.index(0, column)) for column in Column}
    assert (cells[Column.BEST], cells[Column.PARENT]) == ("FID 1,234", "#1 at 50")
    assert view.model.data(view.model.index(3, Column.STATUS), Qt.ItemDataRole.ToolTipRole) == "config.toml is missing."


# -- the search field ------------------------------------------------------------


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # of the offscreen platform
def test_the_last_word_is_completed_from_what_there_is(qtbot: QtBot) -> None:
    field = SearchField()
    qtbot.addWidget(field)
    field.learn([row(1, tags=("good", "good-hands")), row(2, preset="faces")])
    field.show()
    QTest.keyClicks(field, "seven -tag:g")
    assert field.suggestions() == ["tag:good", "tag:good-hands"]
    field._completer.activated.emit("tag:good")
    assert field.text() == "seven -tag:good "
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


# -- the details ------------------------------------------------------------


def details(qtbot: QtBot) -> RunDetails:
    view = RunDetails()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    return view


def test_what_is_being_typed_outlasts_a_look_at_the_files(qtbot: QtBot) -> None:
    view = details(qtbot)
    view.show_run(row(1, title="Old", notes="known"), [])
    said: list[tuple[str, str]] = []
    view.notesEdited.connect(lambda path, notes: said.append((path.name, notes)))
    view.titleEdited.connect(lambda path, title: said.append((path.name, title)))
    view.title.selectAll()
    QTest.keyClicks(view.title, "Sevens")
    view.notes.appendPlainText("they lean")
    view.show_run(row(1, title="Old", notes="known", step=900), [])
    assert (view.title.text(), view.notes.toPlainText()) == ("Sevens", "known\nthey lean")
    view.show_run(row(2), [])  # another run: what was typed belongs to the one before
    assert said == [("00001-digits", "Sevens"), ("00001-digits", "known\nthey lean")]
    assert (view.title.text(), view.notes.toPlainText()) == ("", "")
    view.show_message("Choose a run")
    assert len(said) == 2


def test_what_another_program_wrote_is_taken_over(qtbot: QtBot) -> None:
    view = details(qtbot)
    view.show_run(row(1, tags=("one",)), [])
    view.show_run(row(1, tags=("one", "two"), title="New", notes="seen"), [])
    assert (view.tags.text(), view.title.text(), view.notes.toPlainText()) == ("one, two", "New", "seen")


def test_facts_are_those_of_the_chosen_run_only(qtbot: QtBot) -> None:
    view = details(qtbot)
    view.show_run(row(3, best=fid(7.25, 200), parent=fork_of(1, 100), message="D has won.", status="failed"), [])
    view.show_size(ROOT / "00003-digits", "34 MB")
    facts = view.facts()
    assert facts["Status"] == "failed · 300 steps"
    assert (facts["Because"], facts["Best"]) == ("D has won.", "FID (own classifier) 7.25 at step 200")
    assert (facts["Forked from"], facts["On disk"]) == ("#1 digits at 100", "34 MB")
    view.show_run(row(4, damage="run.json is damaged."), [])
    assert not {"Because", "Best", "Forked from", "On disk"} & set(view.facts())
    assert not view._damage_box.isHidden()
    view.show_size(ROOT / "00003-digits", "34 MB")  # an answer that came too late
    assert "On disk" not in view.facts()


def test_facts_and_lineage_take_turns_where_there_is_no_room(qtbot: QtBot) -> None:
    view = details(qtbot)
    view.show_run(row(1), lineage_items(family_of([row(1)], "00001-digits")))
    assert view.lineage.isVisible()
    assert view.title.isVisible()
    view.resize(300, 300)
    assert (view.title.isVisible(), view.lineage.isVisible()) == (True, False)
    view._tabs.setCurrentIndex(1)
    assert (view.title.isVisible(), view.lineage.isVisible()) == (False, True)


# -- the lineage ------------------------------------------------------------

FAMILY = [
    row(1, step=600),
    row(2, step=900, parent=fork_of(1, 400)),
    row(3, step=500, parent=fork_of(1, 200)),
    row(4, step=1200, parent=fork_of(2, 700), best=fid(1.5, 1100)),
    row(5, step=800, parent=fork_of(2, 500), status="failed"),
]


def lineage(qtbot: QtBot, items: list[LineageItem], current: Path) -> LineageView:
    view = LineageView()
    qtbot.addWidget(view)
    view.resize(420, 320)
    view.show()
    view.show_items(items, current)
    return view


def test_no_branch_crosses_the_bar_of_another_run(qtbot: QtBot) -> None:
    items = lineage_items(family_of(FAMILY, "00003-digits"))
    assert [item.path.name[4] for item in items if item.path] == ["1", "2", "4", "5", "3"]
    assert [(item.start, item.end, item.parent) for item in items][:3] == [(0, 600, -1), (400, 900, 0), (700, 1200, 1)]
    view = lineage(qtbot, items, FAMILY[2].path)
    canvas = view.canvas
    canvas.grab()
    for index, item in enumerate(items):
        x = canvas.bar(index).left()
        for between in range(item.parent + 1, index) if item.parent >= 0 else ():
            assert not canvas.bar(between).left() + 1 < x < canvas.bar(between).right() - 1
    assert canvas.bar(2).right() == max(canvas.bar(index).right() for index in range(5))
    assert items[2].best == 1100


def test_runs_are_chosen_in_the_lineage_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    items = lineage_items(family_of(FAMILY, "00001-digits"))
    view = lineage(qtbot, items, FAMILY[0].path)
    canvas = view.canvas
    picked, opened = [], []
    canvas.runChosen.connect(lambda path: picked.append(path.name[4]))
    canvas.runOpened.connect(lambda path: opened.append(path.name[4]))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, TOP + 2 * ROW + 10))
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert (picked, opened) == (["4", "5"], ["5"])


def test_a_parent_that_is_gone_is_shown_and_passed_over(qtbot: QtBot) -> None:
    orphans = [row(7, step=900, parent=fork_of(6, 300)), row(8, step=700, parent=fork_of(6, 500))]
    items = lineage_items(family_of(orphans, "00007-digits"))
    assert [(item.path is None, item.start, item.end) for item in items] == [
        (True, 0, 500),
        (False, 500, 700),
        (False, 300, 900),
    ]
    view = lineage(qtbot, items, orphans[1].path)
    canvas = view.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Up)  # what is gone cannot be chosen
    assert canvas.current == orphans[1].path
    canvas.grab()


def test_a_long_chain_of_forks_has_a_lineage() -> None:
    chain = [row(1), *(row(number, parent=fork_of(number - 1, 10 * number)) for number in range(2, 1500))]
    items = lineage_items(family_of(chain, "00700-digits"))
    assert [item.parent for item in items] == list(range(-1, 1498))


# -- words ------------------------------------------------------------


def test_times_and_numbers_as_people_say_them() -> None:
    seconds = (0.4, 59.6, 185, 3600, 93_784)
    assert [text.duration(span) for span in seconds] == ["0 s", "1 min", "3 min 5 s", "1 h", "1 d 2 h"]
    assert [text.number(value) for value in (0.03124, 3.214, 19.44, 1240.4)] == ["0.03124", "3.21", "19.4", "1,240"]
    noon = NOON.astimezone()
    assert text.moment(noon, noon) == f"today {noon.hour}:{noon.minute:02d}"
    assert text.moment(noon - timedelta(days=1), noon).startswith("yesterday ")
    assert text.moment(noon - timedelta(days=400), noon) == f"29 {noon - timedelta(days=400):%b} 2025"
    assert text.tags_of(" good, digits ,,good") == ("good", "digits")
    assert [text.short_name(name) for name in ("00007-faces-best", "odd", "00003-")] == [
        "#7 faces-best",
        "odd",
        "00003-",
    ]
