"""The parts of the comparison: plots, images that fit, and the dialog that chooses runs."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.views.compare_dialog import CompareDialog, RunEntry
from studio.views.compare_plots import ComparePlots
from studio.views.fitted_canvas import FittedCanvas, visible_shape
from studio.views.series import History, MetricsRow


def test_what_the_dialog_takes(qtbot: QtBot) -> None:
    entries = [RunEntry(Path(f"/runs/{number}"), f"0000{number}-x", "", "finished") for number in range(8, 0, -1)]
    dialog = CompareDialog(entries, {Path("/runs/8")})
    qtbot.addWidget(dialog)
    compare_button = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Compare")
    assert not compare_button.isEnabled()
    for row in range(1, 8):
        dialog.runs.item(row).setCheckState(Qt.CheckState.Checked)
        assert compare_button.isEnabled() == (row <= 5)
    dialog.runs.item(7).setCheckState(Qt.CheckState.Unchecked)
    dialog.runs.item(6).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.chosen == [Path(f"/runs/{number}") for number in range(3, 9)]


def test_all_curves_in_one_plot(qtbot: QtBot) -> None:
    plots = ComparePlots()
    qtbot.addWidget(plots)
    plots.resize(600, 300)
    plots.show()
    histories = [History() for _ in range(3)]
    for index, history in enumerate(histories):
        values = {"loss/d_real": index + 1.0, "loss/d_fake": 0.5, "loss/g": float("nan")}
        history.extend([MetricsRow(step, 0.0, 0, step * 6.0, values) for step in (10, 20, 30)])
    plots.set_runs(histories, [0, 1, 2])
    plots.set_way("overlaid")
    plots.redraw_now()
    assert set(plots.plots) == {("loss/d_real", 0), ("loss/d_fake", 0), ("loss/g", 0)}
    for index in range(3):
        assert plots.plots["loss/d_real", 0].drawn(index)[1].tolist() == [index + 1.0] * 3
        assert plots.plots["loss/g", 0].drawn(index)[1].tolist() == []
    low, high = plots.plots["loss/d_real", 0].ranges[1]
    assert low < 1.0
    assert high > 3.0
    plots.set_way("columns")
    plots.redraw_now()
    assert len(plots.plots) == 9
    plots.show_places([20, None, 30])
    assert plots.plots["loss/d_real", 0].corner == "D real  1.000"
    assert plots.plots["loss/d_real", 1].corner == "D real"


def test_images_are_never_scrolled_and_rows_of_classes_stay_whole(qtbot: QtBot) -> None:
    canvas = FittedCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(200, 160)
    canvas.show()
    images = np.arange(80, dtype=np.uint8)[:, None, None, None] * np.ones((1, 28, 28, 1), dtype=np.uint8)
    canvas.show_images(images, "Step 1", columns=8)
    assert not canvas.horizontalScrollBar().maximum()
    assert not canvas.verticalScrollBar().maximum()
    (layout,) = canvas.layouts
    assert canvas.shown == layout.rows * layout.columns < 80
    picture = canvas.composed_image()
    for row in range(layout.rows):
        left, top, *_ = layout.cell(row * layout.columns)
        colour = picture.pixelColor(left + 5, top + picture.height() - layout.total_height + 5)
        assert colour.red() == 8 * row  # each row begins with its class' first image
    canvas.show_nothing("gone")
    assert canvas.shown == 0


@pytest.mark.parametrize(
    ("count", "image", "room", "most", "shape"),
    [
        (64, (28, 28), (1000, 1000), None, (8, 8)),
        (64, (28, 28), (190, 130), None, (4, 6)),
        (64, (28, 28), (365, 255), None, (4, 6)),
        (64, (64, 64), (300, 300), None, (4, 4)),
        (64, (96, 96), (100, 100), None, (1, 1)),
        (80, (28, 28), (1000, 1000), (10, 8), (10, 8)),
        (9, (28, 28), (400, 300), None, (3, 3)),
    ],
)
def test_what_fits(
    count: int, image: tuple[int, int], room: tuple[int, int], most: tuple[int, int] | None, shape: tuple[int, int]
) -> None:
    assert visible_shape(count, image, room, 2, most) == shape
