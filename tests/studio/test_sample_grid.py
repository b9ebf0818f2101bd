from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.views.grid_controls import Mode
from studio.views.grid_layout import GridLayout, Shape, choose_shape, fitting_zoom, readable_shape
from studio.views.sample_grid import SampleGrid

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (12, 7, 5, 1), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (6, 9, 9, 3), dtype=np.uint8)


@pytest.fixture
def grid(qtbot: QtBot) -> Iterator[SampleGrid]:
    widget = SampleGrid()
    qtbot.addWidget(widget)
    widget.resize(700, 500)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    widget.close()


def pixels(image: QImage) -> np.ndarray:
    """[H, W, 3]"""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return flat[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()


def assert_blocks(shown: np.ndarray, layout: GridLayout, images: np.ndarray) -> None:
    """Every source pixel is a block of zoom × zoom."""
    assert layout.count > 0
    for index in range(layout.count):
        x, y, width, height = layout.cell(index)
        expected = images[index].repeat(layout.zoom, 0).repeat(layout.zoom, 1)
        cell = shown[y : y + height, x : x + width]
        np.testing.assert_array_equal(cell, np.broadcast_to(expected, cell.shape))


@pytest.mark.parametrize("images", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("zoom", [None, 1, 2, 3, 7, 16])
def test_each_pixel_is_a_block(grid: SampleGrid, images: np.ndarray, zoom: int | None) -> None:
    grid.set_images(images)
    grid.set_zoom(zoom)
    (layout,) = grid.canvas.layouts
    image = grid.composed_image()
    assert (image.width(), image.height()) == (layout.total_width, layout.total_height)
    assert_blocks(pixels(image), layout, images)


def test_the_screen_shows_the_same_blocks(grid: SampleGrid) -> None:
    grid.set_images(GREY)
    shown, image = pixels(grid.canvas.viewport().grab().toImage()), pixels(grid.composed_image())
    top, left = grid.canvas.image_origin()
    found = shown[top : top + image.shape[0], left : left + image.shape[1]]
    np.testing.assert_array_equal(found, image)


def test_fit_is_the_largest_whole_zoom(grid: SampleGrid) -> None:
    grid.set_images(GREY)
    grid.set_shape(3, 4)
    (layout,) = grid.canvas.layouts
    room = grid.canvas.viewport().size()
    assert layout.zoom > 1
    assert layout.total_height <= room.height()
    larger = GridLayout(12, 3, 4, 5, 7, layout.zoom + 1, layout.gap)
    assert layout.zoom == 16 or larger.total_height > room.height() - 46 or larger.total_width > room.width() - 20


def test_rows_and_columns(grid: SampleGrid) -> None:
    grid.set_images(GREY)
    shapes = []
    for rows, columns in ((2, 3), (0, 3), (5, 0), (3, 4)):
        grid.set_shape(rows, columns)
        (layout,) = grid.canvas.layouts
        shapes.append((layout.rows, layout.columns, layout.count))
    assert shapes == [(2, 3, 6), (4, 3, 12), (5, 3, 12), (3, 4, 12)]


def test_auto_makes_the_images_as_large_as_can_be() -> None:
    assert choose_shape(Shape(), 64, (28, 28), (600, 600), 2) == (8, 8)
    wide = choose_shape(Shape(), 64, (28, 28), (1200, 300), 2)
    zoom = fitting_zoom(wide, (28, 28), (1200, 300), 2)
    others = [(-(-64 // columns), columns) for columns in range(1, 65)]
    assert zoom == max(fitting_zoom(shape, (28, 28), (1200, 300), 2) for shape in others)


def test_copy_puts_the_grid_on_the_clipboard(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.set_images(GREY)
    grid.set_shape(3, 4)
    grid.set_zoom(4)
    with qtbot.waitSignal(grid.copyRequested):
        qtbot.mouseClick(grid.controls.copy, Qt.MouseButton.LeftButton)
    image = QGuiApplication.clipboard().image()
    assert image.size() == QSize(4 * (5 * 4 + 2) + 2, 3 * (7 * 4 + 2) + 2)
    assert_blocks(pixels(image), grid.canvas.layouts[0], GREY)


def test_side_by_side(grid: SampleGrid) -> None:
    grid.set_real_images(255 - GREY)
    grid.set_mode(Mode.SIDE_BY_SIDE)
    fake, real = grid.canvas.layouts
    assert (fake.count, real.count) == (0, 12)
    grid.set_images(GREY, "Step 1,200", 1200)
    fake, real = grid.canvas.layouts
    assert fake == real
    shown = pixels(grid.composed_image())
    assert_blocks(shown, fake, GREY)
    assert_blocks(shown[:, -real.total_width :], real, 255 - GREY)


def test_real_images_stand_in_until_there_are_generated_ones(grid: SampleGrid) -> None:
    grid.set_placeholder("The images are loading…")
    assert grid.composed_image().isNull()
    assert grid.canvas.empty_text == "The images are loading…"
    assert not grid.controls.copy.isEnabled()
    grid.set_real_images(COLOUR)
    assert_blocks(pixels(grid.composed_image()), grid.canvas.layouts[0], COLOUR)
    grid.set_images(GREY)
    assert_blocks(pixels(grid.composed_image()), grid.canvas.layouts[0], GREY)
    grid.clear_images()
    assert_blocks(pixels(grid.composed_image()), grid.canvas.layouts[0], COLOUR)


def test_new_images_of_the_same_kind_change_no_layout(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.set_images(GREY, "Step 1", 1)
    before = grid.canvas.layouts
    with qtbot.assertNotEmitted(grid.shapeChanged):
        grid.set_images(255 - GREY, "Step 1,000,000, fresh noise", 1_000_000)
    assert grid.canvas.layouts == before
    assert grid.step == 1_000_000
    assert_blocks(pixels(grid.composed_image()), before[0], 255 - GREY)


def test_the_caller_may_reuse_its_array(grid: SampleGrid) -> None:
    images = GREY.copy()
    grid.set_images(images)
    images[:] = 0
    assert_blocks(pixels(grid.composed_image()), grid.canvas.layouts[0], GREY)


def test_dark_on_light_inverts_grey_but_not_colour(grid: SampleGrid) -> None:
    grid.set_images(GREY)
    grid.controls.ink.click()
    assert_blocks(pixels(grid.composed_image()), grid.canvas.layouts[0], 255 - GREY)
    grid.set_images(COLOUR)
    assert_blocks(pixels(grid.composed_image()), grid.canvas.layouts[0], COLOUR)


def test_zoom_by_buttons_keys_and_wheel(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.set_images(GREY)
    grid.set_zoom(3)
    qtbot.mouseClick(grid.controls.larger, Qt.MouseButton.LeftButton)
    assert grid.canvas.layouts[0].zoom == 4
    qtbot.keyClick(grid.canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(grid.canvas, Qt.Key.Key_Minus)
    assert grid.canvas.layouts[0].zoom == 2
    wheel = QWheelEvent(
        QPointF(50, 50),
        QPointF(50, 50),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid.canvas.viewport(), wheel)
    assert grid.canvas.layouts[0].zoom == 3
    assert not grid.controls.fit.isChecked()
    qtbot.keyClick(grid.canvas, Qt.Key.Key_0)
    assert grid.canvas.zoom is None
    assert grid.controls.fit.isChecked()


def test_what_does_not_fit_scrolls(grid: SampleGrid) -> None:
    grid.set_images(GREY)
    grid.set_shape(12, 1)
    grid.set_zoom(16)
    bar = grid.canvas.verticalScrollBar()
    assert bar.maximum() > 0
    grid.set_zoom(None)
    assert bar.maximum() == 0


@pytest.mark.parametrize("index", [0, 5, 11])
def test_a_click_names_the_image(qtbot: QtBot, grid: SampleGrid, index: int) -> None:
    grid.set_images(GREY)
    grid.set_shape(3, 4)
    x, y, width, height = grid.canvas.layouts[0].cell(index)
    top, left = grid.canvas.image_origin()
    ratio = grid.devicePixelRatioF()
    at = QPointF((left + x + width // 2) / ratio, (top + y + height // 2) / ratio).toPoint()
    with qtbot.waitSignal(grid.imageClicked) as clicked:
        qtbot.mouseClick(grid.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [index]
    with qtbot.assertNotEmitted(grid.imageClicked):
        qtbot.mouseClick(grid.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at - QPoint(0, at.y() - 2))


def test_fresh_noise_and_back(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.set_images(GREY)
    assert not grid.controls.fixed.isEnabled()
    for _ in range(2):
        with qtbot.waitSignal(grid.freshNoiseRequested):
            qtbot.mouseClick(grid.controls.fresh, Qt.MouseButton.LeftButton)
    assert grid.fresh_noise
    with qtbot.waitSignal(grid.fixedNoiseRequested):
        qtbot.mouseClick(grid.controls.fixed, Qt.MouseButton.LeftButton)
    assert not grid.fresh_noise


def test_the_message_strip(grid: SampleGrid) -> None:
    grid.set_message("Press Start.")
    assert grid.message == "Press Start."
    above = grid.canvas.y()
    grid.set_message("")
    grid.layout().activate()
    assert grid.canvas.y() < above


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((4, 8, 8, 1), np.float32),
        np.zeros((4, 8, 8), np.uint8),
        np.zeros((4, 8, 8, 2), np.uint8),
        np.zeros((0, 8, 8, 1), np.uint8),
    ],
)
def test_other_arrays_are_refused(grid: SampleGrid, images: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        grid.set_images(images)
    assert grid.composed_image().isNull()


@pytest.mark.parametrize("width", [400, 700])
def test_no_control_is_cut_off(qtbot: QtBot, grid: SampleGrid, width: int) -> None:
    grid.resize(width, 500)
    qtbot.waitUntil(lambda: grid.width() == width)
    grid.controls.layout().activate()
    for control in (grid.controls.mode_box, grid.controls.fixed, grid.controls.copy, grid.controls.fit):
        right = control.mapTo(grid, QPoint(control.width(), 0)).x()
        assert right <= width
        assert control.width() >= control.minimumSizeHint().width()


def test_white_images_can_be_told_from_a_white_ground(grid: SampleGrid) -> None:
    grid.set_images(np.full((4, 28, 28, 1), 255, np.uint8))
    (layout,) = grid.canvas.layouts
    x, y, width, _ = layout.cell(0)
    shown = pixels(grid.composed_image())
    assert tuple(shown[y, x]) == (255, 255, 255)
    for edge in (shown[y + 5, x + width], shown[y - 1, x + 5]):
        assert max(edge) < 240


def test_the_images_are_not_tiny_in_little_room() -> None:
    room = (318, 650)
    shape = choose_shape(Shape(), 64, (28, 28), room, 2)
    assert fitting_zoom(shape, (28, 28), room, 2) == 1
    better = readable_shape(shape, (28, 28), room, 2)
    assert fitting_zoom(better, (28, 28), room, 2) == 2
    assert better[0] * better[1] >= 16
    assert readable_shape((8, 8), (64, 64), room, 2) == (8, 8), "too few would be left"
