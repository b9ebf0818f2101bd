"""The look of the studio: light, dark, or as the desktop has it.

`apply_theme(app, "system")` once at the start; after that `colour("real")` gives the right blue for now, and
`theme_notifier().themeChanged` says when to ask again.
"""

from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

from studio.colours import DARK, LIGHT, Role, Scheme

Choice = Literal["system", "light", "dark"]


class Theme(QObject):
    """The theme in force. There is one, `theme_notifier()`.

    Attributes:
        choice: what the person chose.
        scheme: the colours that follow from it.

    Signals:
        themeChanged(): the colours are others now; whoever paints with `colour` should paint again.
    """

    themeChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: Choice = "system"
        self.scheme: Scheme = LIGHT
        self._listening = False

    def apply(self, app: QApplication, choice: Choice) -> None:
        """Dress the whole application, and from now on follow the desktop if `choice` is "system"."""
        self.choice = choice
        hints = QGuiApplication.styleHints()
        if not self._listening:
            hints.colorSchemeChanged.connect(self._on_system_changed)
            self._listening = True
            app.setStyle("Fusion")
        # Also tells the desktop how to draw our title bar, where it listens. Unknown means "as the system has it".
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        hints.setColorScheme(wanted.get(choice, Qt.ColorScheme.Unknown))
        dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
        self._dress(app, DARK if dark else LIGHT)

    def is_dark(self) -> bool:
        """Whether light text stands on a dark ground now."""
        return self.scheme is DARK

    @Slot(Qt.ColorScheme)
    def _on_system_changed(self, now: Qt.ColorScheme) -> None:
        app = QApplication.instance()
        if self.choice == "system" and isinstance(app, QApplication):
            self._dress(app, DARK if now == Qt.ColorScheme.Dark else LIGHT)

    def _dress(self, app: QApplication, scheme: Scheme) -> None:
        changed = scheme is not self.scheme
        self.scheme = scheme
        app.setPalette(palette(scheme))
        sheet = style_sheet(scheme)
        if app.styleSheet() != sheet:
            app.setStyleSheet(sheet)
        if changed:
            self.themeChanged.emit()


@cache
def theme_notifier() -> Theme:
    """The one `Theme`, whose `themeChanged` plots and icons listen to."""
    return Theme()


def apply_theme(app: QApplication, choice: Choice) -> None:
    """Dress the application in the light or dark theme, or in the one that the desktop has.

    Raises:
        ValueError: `choice` is none of "system", "light" and "dark".
    """
    if choice not in get_args(Choice):
        raise ValueError(f"no theme is called {choice!r}; there are {', '.join(get_args(Choice))}")
    theme_notifier().apply(app, choice)


def is_dark() -> bool:
    """Whether the theme in force is the dark one."""
    return theme_notifier().is_dark()


def colour(role: Role) -> QColor:
    """The colour that stands for `role` in the theme in force; readable on the window and on a plot."""
    return QColor(theme_notifier().scheme.of(role))


def align_spin_box(box: QAbstractSpinBox) -> None:
    """Start a spin box's text where that of the other fields starts; Qt ignores a style sheet's padding there."""
    edit = box.findChild(QLineEdit)
    if edit is not None:
        edit.setTextMargins(7, 0, 0, 0)


def palette(scheme: Scheme) -> QPalette:
    """All roles that Fusion paints with, for enabled and for disabled widgets."""
    role = QPalette.ColorRole
    colours = {
        role.Window: scheme.window,
        role.WindowText: scheme.text,
        role.Base: scheme.base,
        role.AlternateBase: scheme.window,
        role.Text: scheme.text,
        role.Button: scheme.raised,
        role.ButtonText: scheme.text,
        role.BrightText: scheme.error,
        role.ToolTipBase: scheme.raised,
        role.ToolTipText: scheme.text,
        role.PlaceholderText: scheme.muted,
        role.Highlight: scheme.selection,
        role.HighlightedText: scheme.on_selection,
        role.Accent: scheme.accent,
        role.Link: scheme.link,
        role.LinkVisited: scheme.link,
        role.Light: scheme.hover,
        role.Midlight: scheme.hover,
        role.Mid: scheme.border,
        role.Dark: scheme.line,
        role.Shadow: scheme.line,
    }
    made = QPalette()
    for key, value in colours.items():
        made.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(scheme.disabled))
    made.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(scheme.window))
    return made


@cache
def style_sheet(scheme: Scheme) -> str:
    """The style sheet with this scheme's colours filled in."""
    template = Template((resources() / "theme.qss").read_text(encoding="utf-8"))
    art = (resources() / "theme").as_posix()
    return template.substitute(asdict(scheme), art=art, kind="dark" if scheme is DARK else "light")


@cache
def resources() -> Path:
    """The folder of icons, presets and theme, wherever the program is installed."""
    return Path(str(files("resources")))
