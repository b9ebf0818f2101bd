"""Parts of the inspector and of the grid that leads to it, by themselves."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.theme import colour
from studio.views.captioned_images import CaptionedImages, placing_for
from studio.views.grid_layout import GridLayout
from studio.views.sample_grid import SampleGrid
from studio.views.score_scale import ScoreScale

IMAGES = np.arange(20 * 8 * 8, dtype=np.uint8).reshape(20, 8, 8, 1)


def test_arrow_keys_go_where_they_point() -> None:
    grid = GridLayout(count=7, rows=3, columns=3, width=8, height=8, zoom=1, gap=1)
    assert grid.beside(0, 1, 0) == 1
    assert grid.beside(2, 1, 0) == 2  # at the edge
    assert grid.beside(1, 0, 1) == 4
    assert grid.beside(4, 0, 1) == 4  # there is no image below the fifth
    assert grid.beside(6, 0, -1) == 3
    assert grid.beside(0, -1, 0) == grid.beside(0, 0, -1) == 0


def test_in_folded_rows_the_next_block_is_to_the_right() -> None:
    folded = GridLayout(count=12, rows=4, columns=3, width=8, height=8, zoom=1, gap=1, blocks=2)
    assert folded.beside(2, 1, 0) == 6
    assert folded.beside(6, -1, 0) == 2
    assert folded.beside(3, 0, 1) == 3
    assert folded.beside(9, 0, 1) == 9
    for index in range(12):  # beside is where the eye sees it
        x, y, _width, _height = folded.cell(index)
        right = folded.beside(index, 1, 0)
        if right != index:
            assert folded.cell(right)[1] == y
            assert folded.cell(right)[0] > x
    assert replace(folded, blocks=1).beside(2, 1, 0) == 2


@pytest.fixture
def grid(qtbot: QtBot) -> SampleGrid:
    made = SampleGrid()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.set_images(IMAGES)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_keys_do_nothing_in_a_grid_in_which_nothing_can_be_clicked(qtbot: QtBot, grid: SampleGrid) -> None:
    clicked: list[int] = []
    grid.imageClicked.connect(clicked.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(grid.canvas, key)
    assert grid.canvas.chosen is None
    grid.canvas.set_clickable(True)
    qtbot.keyClick(grid.canvas, Qt.Key.Key_Return)  # nothing is chosen yet
    assert clicked == []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Enter):
        qtbot.keyClick(grid.canvas, key)
    assert clicked == [1]


def test_a_chosen_image_is_brought_into_view_and_has_a_ring(grid: SampleGrid) -> None:
    grid.canvas.set_clickable(True)
    grid.set_shape(20, 1)
    grid.set_zoom(12)
    plain = grid.canvas.viewport().grab().toImage()
    grid.canvas.choose(15)
    assert grid.canvas.verticalScrollBar().value() > 0
    top, _left = grid.canvas.image_origin()
    _, y, _, height = grid.canvas.layouts[0].cell(15)
    assert top + y >= 0
    assert top + y + height <= grid.canvas.viewport().height()
    grid.canvas.choose(0)
    assert grid.canvas.verticalScrollBar().value() < 40
    grid.canvas.verticalScrollBar().setValue(0)
    assert grid.canvas.viewport().grab().toImage() != plain


def test_the_pointer_says_what_can_be_clicked(grid: SampleGrid) -> None:
    grid.canvas.set_clickable(True)
    viewport = grid.canvas.viewport()
    top, left = grid.canvas.image_origin()
    x, y, width, height = grid.canvas.layouts[0].cell(0)
    QTest.mouseMove(viewport, QPoint(1, 1))
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor
    QTest.mouseMove(viewport, QPoint(left + x + width // 2, top + y + height // 2))
    assert viewport.cursor().shape() == Qt.CursorShape.PointingHandCursor


@pytest.mark.parametrize("room", [QSize(440, 500), QSize(200, 300), QSize(900, 200), QSize(150, 120)])
@pytest.mark.parametrize("side", [28, 64, 128])
def test_all_captioned_images_are_seen(room: QSize, side: int) -> None:
    count, line, gap = 8, 30, 10
    placing = placing_for(count, QSize(side, side), room, QSizeF(60, line), gap)
    rows = -(-count // placing.columns)
    if placing.zoom > 0.25:
        assert placing.columns * (side * placing.zoom + gap) <= room.width() + 1
        assert rows * (side * placing.zoom + line + gap) <= room.height() + 1
    assert placing.zoom < 1 or placing.zoom == int(placing.zoom)
    assert placing.columns == 1 or placing.columns * (60 + gap) <= room.width()  # no caption runs into the next


def test_the_images_of_a_strip_stand_in_one_row() -> None:
    assert placing_for(7, QSize(28, 28), QSize(440, 110), QSizeF(40, 20), 4, fixed=7).columns == 7
    assert placing_for(7, QSize(28, 28), QSize(440, 110), QSizeF(40, 20), 4, fixed=7).zoom == 2
    assert 0 < placing_for(7, QSize(64, 64), QSize(440, 110), QSizeF(40, 20), 4, fixed=7).zoom < 1


def test_captions_are_told_to_those_who_cannot_see_them(qtbot: QtBot) -> None:
    made = CaptionedImages("images", "Nearest", "real")
    qtbot.addWidget(made)
    made.show_images(IMAGES[:2], ["0.1", "0.2"])
    assert (made.count, made.accessibleDescription()) == (2, "0.1; 0.2")
    made.clear()
    assert made.count == 0


def test_the_line_stands_where_the_answer_is(qtbot: QtBot) -> None:
    scale = ScoreScale()
    qtbot.addWidget(scale)
    assert scale.isHidden()
    scale.show_answers([2.0, 2.5, 3.0] * 20, [-3.0, -2.5, -2.0] * 20)
    scale.resize(240, 62)

    def place(logit: float) -> int:
        """The column of the line: where a row above the hills is darkest."""
        scale.show_answer(None)
        before = scale.grab().toImage()
        scale.show_answer(logit)
        after = scale.grab().toImage()
        changed = [x for x in range(240) if any(before.pixel(x, y) != after.pixel(x, y) for y in range(16, 58))]
        return changed[len(changed) // 2]

    assert place(-2.5) < 80 < place(0.0) < 160 < place(2.5)
    assert place(-99.0) < place(-2.5)  # beyond all others, at the edge
    assert colour("real") != colour("fake")
