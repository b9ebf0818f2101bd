"""Icons exist, are sharp, dim when disabled and take the theme's colours."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from studio.colours import DARK, LIGHT
from studio.icons import app_icon, icon, pixmap, set_icon
from studio.theme import apply_theme, resources

NAMES = sorted(path.stem for path in (resources() / "icons").glob("*.svg") if path.stem != "app")
WANTED = """
    start pause step stop save load export new-run folder copy dice real-images theme search reset warning error
    info play preset-save chevron-down chevron-left chevron-right zoom-in zoom-out fit close compare
    archive eye fork more rename runs tag trash
    arrow-down arrow-up check clock queue queue-add skip tidy vary
"""


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "light")
    yield
    apply_theme(qapp, "light")
    qapp.setStyleSheet("")


def strongest(drawn: QPixmap) -> QColor:
    """The colour of the most opaque pixel."""
    image = drawn.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=QColor.alpha)


def near(one: QColor, other: str) -> bool:
    """Whether two colours differ by rounding only."""
    wanted = QColor(other)
    return all(
        abs(a - b) <= 3
        for a, b in zip(
            (one.red(), one.green(), one.blue()), (wanted.red(), wanted.green(), wanted.blue()), strict=True
        )
    )


def test_every_icon_is_there() -> None:
    assert set(NAMES) == set(WANTED.split())


@pytest.mark.parametrize("name", NAMES)
def test_icon_is_a_line_drawing_that_takes_colour(name: str) -> None:
    text = (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke-width") == "1.75"
    assert not re.search(r"#[0-9a-fA-F]{3}", text)
    assert strongest(pixmap(name, 20)).alpha() > 200


def test_icon_is_sharp_at_100_and_200_percent(qapp: QApplication) -> None:
    for points in (16, 20, 24, 32):
        for ratio in (1.0, 2.0):
            drawn = icon("save").pixmap(QSize(points, points), ratio)
            assert drawn.width() == points * ratio
            # Not a smaller picture blown up: drawn at this size it is the same.
            assert drawn.toImage() == pixmap("save", points, ratio).toImage()


def test_disabled_icon_is_dimmed() -> None:
    size = QSize(24, 24)
    assert near(strongest(icon("stop").pixmap(size)), LIGHT.text)
    assert near(strongest(icon("stop").pixmap(size, QIcon.Mode.Disabled)), LIGHT.disabled)


def test_role_gives_the_colour() -> None:
    assert near(strongest(icon("error", "error").pixmap(QSize(24, 24))), LIGHT.error)


def test_set_icon_follows_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    action = QAction(button)
    set_icon(button, "save")
    set_icon(action, "stop")
    set_icon(action, "save")
    apply_theme(qapp, "dark")
    for target in (button, action):
        drawn = target.icon().pixmap(QSize(24, 24))
        assert near(strongest(drawn), DARK.text)
        assert drawn.toImage() == pixmap("save", 24).toImage()


def test_theme_may_change_after_a_button_is_gone(qapp: QApplication) -> None:
    button = QToolButton()
    set_icon(button, "save")
    del button
    apply_theme(qapp, "dark")
    assert near(strongest(icon("save").pixmap(QSize(24, 24))), DARK.text)


def test_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_app_icon_has_all_sizes(qapp: QApplication) -> None:
    assert {size.width() for size in app_icon().availableSizes()} >= {16, 32, 64, 256}
