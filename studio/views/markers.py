"""Thin vertical lines with a text in a plot: the edits made while a training ran."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt

from studio.theme import colour, theme_notifier
from studio.views.plot_parts import backdrop, line_pen, make_line

HOVER_DISTANCE = 6
"""How near to a marker, in pixels, the pointer has to be to read it."""


@dataclass(frozen=True)
class Marker:
    """One edit.

    Attributes:
        step: where it was made.
        text: what was changed.
        line: the item in the plot.
        label: its text, shown while the pointer is near.
    """

    step: int
    text: str
    line: Any
    label: Any


class Markers:
    """The markers of one plot."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._markers: list[Marker] = []

    def add(self, step: int, text: str, x: float) -> None:
        """Draw one more; ``x`` is the step in the unit of the x-axis."""
        line = make_line(self._plot, 5)
        label = pg.InfLineLabel(line, text=_escaped(text), position=1.0, anchors=[(0, 0), (1, 0)])
        label.hide()
        self._markers.append(Marker(step, text, line, label))
        line.setPos(x)
        line.show()
        self.restyle()

    def clear(self) -> None:
        """Take all away."""
        for marker in self._markers:
            self._plot.removeItem(marker.line)
            # Else Qt deletes the label with its line, and Python once more: a crash.
            marker.label.setParentItem(None)
        self._markers.clear()

    def place(self, x_of: Callable[[int], float]) -> None:
        """Move all to where their step is on the x-axis now."""
        for marker in self._markers:
            marker.line.setPos(x_of(marker.step))

    def hover(self, x: float | None, pixel_width: float) -> str:
        """Show the text of the nearest marker and give it back, if the pointer is near one."""
        near = None
        if x is not None and self._markers:
            near = min(self._markers, key=lambda marker: abs(marker.line.value() - x))
            if abs(near.line.value() - x) > HOVER_DISTANCE * pixel_width:
                near = None
        for marker in self._markers:
            marker.label.setVisible(marker is near)
        return near.text if near else ""

    def texts(self) -> list[str]:
        """What the markers say, in the order they were made."""
        return [marker.text for marker in self._markers]

    def restyle(self) -> None:
        """Take the theme's colours."""
        for marker in self._markers:
            marker.line.setPen(line_pen(colour("muted"), Qt.PenStyle.DashLine))
            marker.label.setColor(colour("warning"))
            marker.label.fill = backdrop(theme_notifier().scheme)


def _escaped(text: str) -> str:
    # pyqtgraph formats the text with the line's value.
    return text.replace("{", "{{").replace("}", "}}")
