"""What is offered for export, and what is written."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from ganengine.export.grid import save_sample
from ganengine.export.strip import strip_of_run
from ganengine.runs.directory import RunDirectory
from studio.presenters.checkpoints import Sources, write
from studio.views.export_dialog import Exportable, ExportChoice, ExportDialog, ImageSource

DIGITS = np.random.default_rng(0).integers(0, 256, (20, 6, 6, 1), dtype=np.uint8)
COLOURS = DIGITS.repeat(3, axis=3)
Make = Callable[[Exportable], ExportDialog]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made(there: Exportable) -> ExportDialog:
        dialog = ExportDialog(there)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return made


def part(dialog: ExportDialog, kind: type[QWidget], name: str) -> QWidget:
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def choose(dialog: ExportDialog, source: ImageSource) -> None:
    box = dialog.findChild(QComboBox, "exportSource")
    assert box is not None
    box.setCurrentIndex(box.findData(source.value))
    assert box.currentData() == source.value


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened)


def test_the_grid_of_classes_keeps_its_shape(make: Make) -> None:
    choice = make(Exportable(count=80, step=5, tile=(28, 28), columns=8)).choice()
    assert (choice.rows, choice.columns) == (10, 8)
    assert make(Exportable(count=64, step=5, tile=(28, 28))).choice().columns == 8


def test_dark_on_light_is_offered_for_grey_images_and_as_they_are_seen(make: Make) -> None:
    seen = make(Exportable(count=4, step=1, tile=(6, 6), grey=True, inverted=True))
    assert seen.choice().inverted
    assert part(seen, QCheckBox, "exportInverted").isVisible()
    assert not make(Exportable(count=4, step=1, tile=(6, 6), grey=True)).choice().inverted
    assert not part(make(Exportable(count=4, step=1, tile=(6, 6))), QCheckBox, "exportInverted").isVisible()


def test_a_strip_is_offered_where_there_are_samples(make: Make) -> None:
    without = make(Exportable(count=4, step=1, tile=(6, 6), moments=1))
    sources = part(without, QComboBox, "exportSource")
    assert isinstance(sources, QComboBox)
    assert sources.findData(ImageSource.STRIP.value) == -1
    dialog = make(Exportable(count=20, step=9, tile=(28, 28), moments=5, by_epoch=True))
    choose(dialog, ImageSource.STRIP)
    choice = dialog.choice()
    assert (choice.rows, choice.columns, choice.captions) == (4, 5, "epoch")
    assert choice.scale * 28 >= 64
    columns = part(dialog, QSpinBox, "exportColumns")
    assert isinstance(columns, QSpinBox)
    assert columns.maximum() == 5
    assert not part(dialog, QCheckBox, "exportSingles").isEnabled()
    choose(dialog, ImageSource.SHOWN)
    assert (dialog.choice().rows, dialog.choice().columns, dialog.choice().captions) == (4, 4, "none")


def test_more_rows_than_a_sample_has_cannot_be_exported(make: Make) -> None:
    dialog = make(Exportable(count=3, step=9, tile=(28, 28), moments=5))
    choose(dialog, ImageSource.STRIP)
    rows = part(dialog, QSpinBox, "exportRows")
    assert isinstance(rows, QSpinBox)
    rows.setValue(4)
    summary, buttons = part(dialog, QLabel, "exportSummary"), dialog.findChild(QDialogButtonBox)
    assert isinstance(summary, QLabel)
    assert buttons is not None
    assert "fewer rows" in summary.text()
    assert not buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()
    rows.setValue(3)
    assert "5 moments" in summary.text()
    assert buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


def grid_choice(**more: object) -> ExportChoice:
    plain = {"rows": 2, "columns": 3, "padding": 1, "scale": 1, "caption": "", "singles": False, "seed": 0}
    return ExportChoice(ImageSource.SHOWN, **{**plain, **more})  # type: ignore[arg-type]


def test_dark_on_light_reaches_the_file_with_its_ground(tmp_path: Path) -> None:
    nowhere = Sources(None, None)
    plain = picture(write(grid_choice(), DIGITS, nowhere, tmp_path / "plain.png"))
    dark_on_light = picture(write(grid_choice(inverted=True), DIGITS, nowhere, tmp_path / "dark"))
    assert (dark_on_light == 255 - plain).all()
    plain = picture(write(grid_choice(), COLOURS, nowhere, tmp_path / "plain.png"))
    assert (picture(write(grid_choice(inverted=True), COLOURS, nowhere, tmp_path / "c.png")) == plain).all()


def test_a_strip_is_written_from_the_samples_of_the_run(tmp_path: Path, runs_dir: Path) -> None:
    run = RunDirectory.create(runs_dir, TrainConfig())
    for step in (0, 10, 20):
        save_sample(run.sample_path(step), np.roll(DIGITS, step), step)
    choice = ExportChoice(ImageSource.STRIP, 2, 3, 1, 4, "", False, 0, inverted=True, captions="step")
    made = picture(write(choice, DIGITS, Sources(None, run.path / "samples"), tmp_path / "strip.png"))
    expected = strip_of_run(run, columns=3, rows=2, captions="step", scale=4, padding=1, invert=True)
    assert (made == expected[:, :, 0]).all()
