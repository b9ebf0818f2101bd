"""A grid with one class a row: exactly its columns, named, folded where it is low, and the user's shape wins."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QImage
from pytestqt.qtbot import QtBot

from studio.views.grid_canvas import GridCanvas
from studio.views.grid_controls import Mode
from studio.views.grid_layout import GridLayout, fold
from studio.views.row_labels import gutter_for
from studio.views.sample_grid import SampleGrid

CLASSES = tuple("0123456789")
DIGITS = np.random.default_rng(0).integers(0, 256, (80, 28, 28, 1), dtype=np.uint8)


@pytest.fixture
def grid(qtbot: QtBot) -> Iterator[SampleGrid]:
    widget = SampleGrid()
    qtbot.addWidget(widget)
    widget.resize(700, 740)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    widget.close()


def only_layout(grid: SampleGrid) -> GridLayout:
    (layout,) = grid.canvas.layouts
    return layout


def left_strip(canvas: GridCanvas) -> np.ndarray:
    """What is painted left of the images, [H, W, 3]."""
    top, left = canvas.image_origin()
    image = canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    # A copy, for the image is gone when this returns.
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)[top:, :left].copy()


def test_each_class_is_a_row_with_its_name_beside_it(grid: SampleGrid) -> None:
    grid.set_images(DIGITS, "Step 5", 5, columns=8, labels=CLASSES)
    layout = only_layout(grid)
    assert (layout.rows, layout.columns, layout.blocks, layout.zoom) == (10, 8, 1, 2)
    strip = left_strip(grid.canvas)
    _, top, _, height = layout.cell(0)
    for row in range(10):
        ink = strip[row * (height + layout.gap) + top :][:height]
        assert ink.min() < 160, f"no name beside row {row}"


def test_without_classes_nothing_stands_beside_the_images(grid: SampleGrid) -> None:
    grid.set_images(DIGITS)
    assert (left_strip(grid.canvas) == 255).all()
    grid.set_images(DIGITS, columns=8, labels=CLASSES)
    grid.clear_images()
    grid.set_images(DIGITS)
    assert (left_strip(grid.canvas) == 255).all()


def test_the_users_own_shape_wins(grid: SampleGrid) -> None:
    grid.set_images(DIGITS, columns=8, labels=CLASSES)
    grid.set_shape(0, 20)
    assert (only_layout(grid).rows, only_layout(grid).columns) == (4, 20)
    assert (left_strip(grid.canvas) == 255).all()  # a row is no class any more
    grid.set_shape(3, 8)
    assert (only_layout(grid).rows, only_layout(grid).columns, only_layout(grid).count) == (3, 8, 24)
    assert (left_strip(grid.canvas) < 255).any()
    grid.set_shape(0, 0)
    assert (only_layout(grid).rows, only_layout(grid).columns) == (10, 8)


def test_a_low_window_folds_the_rows_and_clicks_find_the_image(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.resize(700, 260)
    grid.set_images(DIGITS, columns=8, labels=CLASSES)
    layout = only_layout(grid)
    assert (layout.rows, layout.columns, layout.blocks, layout.zoom) == (10, 8, 2, 1)
    assert grid.canvas.verticalScrollBar().maximum() == 0
    top, left = grid.canvas.image_origin()
    x, y, width, height = layout.cell(5 * 8 + 3)  # class 5 stands right of class 0
    assert y == layout.cell(0)[1]
    with qtbot.waitSignal(grid.imageClicked) as clicked:
        at = QPoint(left + x + width // 2, top + y + height // 2)
        qtbot.mouseClick(grid.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [43]


def test_real_images_beside_have_the_same_shape(grid: SampleGrid) -> None:
    grid.set_real_images(DIGITS)
    grid.set_images(DIGITS, columns=8, labels=CLASSES)
    grid.set_mode(Mode.SIDE_BY_SIDE)
    fake, real = grid.canvas.layouts
    assert (real.rows, real.columns, real.zoom) == (fake.rows, fake.columns, fake.zoom)


def test_many_classes_are_legible_and_scroll_only_if_they_must(grid: SampleGrid) -> None:
    letters = tuple(f"letter {index}" for index in range(26))
    grid.set_images(DIGITS.repeat(2, axis=0)[: 26 * 3], columns=3, labels=letters)
    layout = only_layout(grid)
    assert layout.blocks > 1
    assert layout.zoom >= 1
    assert grid.canvas.verticalScrollBar().maximum() == 0
    grid.resize(360, 300)
    assert only_layout(grid).zoom >= 1
    assert grid.canvas.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize(
    ("rows", "room", "legible", "expected"),
    [
        (10, (700, 700), 1, (1, 2)),  # zoom 2 in one piece
        (10, (560, 200), 1, (2, 1)),  # folded once
        (10, (300, 200), 1, (1, 1)),  # no room to fold: scrolled
        (10, (1200, 330), 2, (2, 2)),  # larger when folded
        (10, (300, 330), 2, (1, 1)),  # too narrow for images as large as they should be
    ],
)
def test_folding(rows: int, room: tuple[int, int], legible: int, expected: tuple[int, int]) -> None:
    layout = fold(GridLayout(rows * 8, rows, 8, 28, 28, 1, 2, between=20), room, legible)
    assert (layout.blocks, layout.zoom) == expected


def test_every_cell_of_a_folded_grid_is_found_again() -> None:
    layout = GridLayout(75, 10, 8, 5, 7, 2, 3, blocks=3, between=17)
    cells = [layout.cell(index) for index in range(75)]
    for index, (x, y, width, height) in enumerate(cells):
        assert layout.index_at(x, y) == layout.index_at(x + width - 1, y + height - 1) == index
        assert x + width < layout.total_width
        assert y + height < layout.total_height
    assert len(set(cells)) == 75
    assert layout.index_at(layout.block_width + 5, 10) is None
    assert layout.index_at(-1, 10) is None


def test_long_names_are_cut_and_none_take_no_room(qapp: object) -> None:
    assert gutter_for((), QFont(), 1.0) == 0
    short, long = gutter_for(("a",), QFont(), 1.0), gutter_for(("a" * 200,), QFont(), 1.0)
    assert short < long <= 104
    assert gutter_for(("a",), QFont(), 2.0) > short
