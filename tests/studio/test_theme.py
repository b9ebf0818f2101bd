"""Both themes can be read, are complete, and follow the desktop."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.colours import DARK, LIGHT, Role, Scheme
from studio.theme import (
    align_spin_box,
    apply_theme,
    colour,
    is_dark,
    palette,
    resources,
    style_sheet,
    theme_notifier,
)

SCHEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


@pytest.fixture(autouse=True)
def _undressed_afterwards(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, "light")
    qapp.setStyleSheet("")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2 defines it, 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read(scheme: Scheme) -> None:
    grounds = (scheme.window, scheme.base, scheme.raised, scheme.hover)
    pairs = [(text, ground) for text in (scheme.text, scheme.muted) for ground in grounds]
    pairs += [(scheme.of(role), ground) for role in ("warning", "error", "accent") for ground in grounds[:3]]
    pairs += [
        (scheme.text, scheme.pressed),
        (scheme.link, scheme.base),
        (scheme.on_accent, scheme.accent),
        (scheme.on_accent, scheme.accent_hover),
        (scheme.on_selection, scheme.selection),
        (scheme.text, scheme.selection),
    ]
    pairs += [(scheme.text, back) for back in (scheme.info_back, scheme.warning_back, scheme.error_back)]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_curves_and_focus_stand_out(scheme: Scheme) -> None:
    drawn = (scheme.real, scheme.fake, scheme.generator, scheme.focus, scheme.of("accent"))
    grounds = (scheme.window, scheme.base)
    assert [(c, g) for c in drawn for g in grounds if contrast(c, g) < 3] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_real_is_blue_fake_orange_generator_green(scheme: Scheme) -> None:
    hues = [QColor(c).hsvHue() for c in (scheme.real, scheme.fake, scheme.generator)]
    assert 195 <= hues[0] <= 210
    assert 25 <= hues[1] <= 42
    assert 155 <= hues[2] <= 170


@pytest.mark.parametrize("scheme", SCHEMES)
def test_palette_pairs_can_be_read(scheme: Scheme) -> None:
    made, role = palette(scheme), QPalette.ColorRole
    for text, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.PlaceholderText, role.Base),
        (role.HighlightedText, role.Highlight),
        (role.Link, role.Base),
        (role.BrightText, role.Window),
    ):
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            assert contrast(made.color(group, text).name(), made.color(group, ground).name()) >= 4.5, text


@pytest.mark.parametrize("scheme", SCHEMES)
def test_style_sheet_is_complete(scheme: Scheme) -> None:
    sheet = style_sheet(scheme)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    pictures = set(re.findall(r'url\("([^"]+)"\)', sheet))
    assert len(pictures) >= 10
    assert [path for path in pictures if not QSvgRenderer(path).isValid()] == []


def test_small_drawings_have_the_themes_colours() -> None:
    for drawing in (resources() / "theme").glob("*.svg"):
        scheme = DARK if "-dark" in drawing.name else LIGHT
        used = set(re.findall(r"#[0-9a-f]{6}", drawing.read_text(encoding="utf-8")))
        assert used, drawing.name
        assert used <= set(asdict(scheme).values()), drawing.name


def test_choice_dresses_the_application(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "light")
    assert not is_dark()
    with qtbot.waitSignal(theme_notifier().themeChanged, timeout=1000):
        apply_theme(qapp, "dark")
    assert is_dark()
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.window in qapp.styleSheet()
    assert {role: colour(role).name() for role in get_args(Role)} == {role: DARK.of(role) for role in get_args(Role)}


def test_same_theme_again_says_nothing(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "dark")
    with qtbot.assertNotEmitted(theme_notifier().themeChanged):
        apply_theme(qapp, "dark")


def test_system_follows_the_desktop(qapp: QApplication) -> None:
    hints = qapp.styleHints()
    apply_theme(qapp, "system")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert is_dark()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not is_dark()


def test_own_choice_does_not_follow_the_desktop(qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not is_dark()


def test_unknown_choice_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="sepia"):
        apply_theme(qapp, "sepia")  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_combo_box_shows_its_arrow(qapp: QApplication, qtbot: QtBot, choice: str) -> None:
    apply_theme(qapp, choice)  # type: ignore[arg-type]
    box = QComboBox()
    qtbot.addWidget(box)
    box.resize(120, 28)
    box.show()
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    area = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxArrow, box
    )
    colours = colours_in(box.grab(area).toImage())
    ground = theme_notifier().scheme.base
    assert max(contrast(c, ground) for c in colours) > 3


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_hint_in_an_empty_field_can_be_read(qapp: QApplication, qtbot: QtBot, choice: str) -> None:
    apply_theme(qapp, choice)  # type: ignore[arg-type]
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setPlaceholderText("█████")
    field.resize(120, 28)
    field.show()
    scheme = theme_notifier().scheme
    assert scheme.muted in colours_in(field.grab().toImage())


@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox, QComboBox, QCheckBox, QPushButton, QToolButton])
def test_keyboard_focus_can_be_seen(qapp: QApplication, qtbot: QtBot, kind: type[QWidget]) -> None:
    apply_theme(qapp, "dark")
    window, field, other = QWidget(), kind(), QLineEdit()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.addWidget(other)
    layout.addWidget(field)
    with qtbot.waitActive(window):
        window.show()
    other.setFocus()
    assert DARK.focus not in colours_in(field.grab().toImage())
    field.setFocus()
    assert DARK.focus in colours_in(field.grab().toImage())


def test_spin_box_text_starts_where_other_text_does(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "light")
    starts = []
    for field in (QSpinBox(), QLineEdit("0")):
        qtbot.addWidget(field)
        if isinstance(field, QSpinBox):
            align_spin_box(field)
        field.resize(120, 28)
        field.show()
        image = field.grab().toImage()
        row = range(3, 60)
        starts.append(min(x for x in row for y in range(8, 20) if image.pixelColor(x, y).lightness() < 128))
    assert abs(starts[0] - starts[1]) <= 1


def colours_in(image: QImage) -> set[str]:
    """All the colours of an image, as ``#rrggbb``."""
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
