"""Line icons in the theme's own text colour.

`set_icon(action, "save")` puts an icon on an action or a button and keeps its colour right when the theme changes;
`icon("save")` makes one for now.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Protocol, cast

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.colours import Role, Scheme
from studio.theme import resources, theme_notifier

SIZES = (16, 20, 24, 32)
APP_SIZES = (16, 24, 32, 48, 64, 128, 256)


class HasIcon(Protocol):
    """What an icon can be put on: a `QAction`, any button, a window."""

    def setIcon(self, icon: QIcon, /) -> None: ...


def icon(name: str, role: Role | None = None) -> QIcon:
    """Make the icon called `name` in the colours of the theme in force, with a dimmed variant for "disabled".

    Args:
        name: a file in resources/icons, without ".svg".
        role: a meaning to take the colour of; else the text colour.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    return _made(name, role, theme_notifier().scheme, _device_ratios())


def set_icon(target: HasIcon, name: str, role: Role | None = None) -> None:
    """Put the icon called `name` on `target`, now and again after each change of theme; a later call replaces it."""
    owner = cast(QObject, target)
    dresser = owner.findChild(_Dresser, "", Qt.FindChildOption.FindDirectChildrenOnly)
    if dresser is None:
        dresser = _Dresser(owner)
    dresser.wear(name, role)


@cache
def app_icon() -> QIcon:
    """The icon of the program itself, the same in both themes."""
    made = QIcon()
    svg = _source("app")
    for size in APP_SIZES:
        made.addPixmap(_pixmap(svg, size, 1.0))
    return made


def pixmap(name: str, size: int, ratio: float = 1.0, role: Role | None = None) -> QPixmap:
    """Draw an icon at `size` points for a screen of `ratio` pixels a point."""
    return _pixmap(_coloured(name, _colour(role, theme_notifier().scheme)), size, ratio)


class _Dresser(QObject):
    """Keeps one icon on its parent; gone with its parent."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._name = ""
        self._role: Role | None = None
        theme_notifier().themeChanged.connect(self._dress)

    def wear(self, name: str, role: Role | None) -> None:
        """Choose another icon."""
        self._name, self._role = name, role
        self._dress()

    @Slot()
    def _dress(self) -> None:
        cast(HasIcon, self.parent()).setIcon(icon(self._name, self._role))


@lru_cache(maxsize=256)
def _made(name: str, role: Role | None, scheme: Scheme, ratios: tuple[float, ...]) -> QIcon:
    made = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, _colour(role, scheme)),
        (QIcon.Mode.Disabled, scheme.disabled),
    ):
        svg = _coloured(name, colour)
        for pixels in _pixel_sizes(ratios):
            # Without a ratio of their own, Qt takes the one with the right number of pixels for each screen.
            made.addPixmap(_pixmap(svg, pixels, 1.0), mode)
    return made


def _colour(role: Role | None, scheme: Scheme) -> str:
    return scheme.text if role is None else scheme.of(role)


def _pixel_sizes(ratios: Iterable[float]) -> list[int]:
    return sorted({round(size * ratio) for size in SIZES for ratio in ratios})


def _device_ratios() -> tuple[float, ...]:
    """Pixels a point of the screens there are, always with 1 and 2."""
    return tuple(sorted({1.0, 2.0} | {screen.devicePixelRatio() for screen in QGuiApplication.screens()}))


@cache
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _coloured(name: str, colour: str) -> str:
    return _source(name).replace("currentColor", QColor(colour).name())


def _pixmap(svg: str, size: int, ratio: float) -> QPixmap:
    pixels = round(size * ratio)
    drawn = QPixmap(pixels, pixels)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
