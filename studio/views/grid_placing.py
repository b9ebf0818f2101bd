"""Where panels of images go beside each other, in device pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from PySide6.QtCore import QSize

from studio.views.grid_layout import GridLayout, Shape, choose_shape, fitting_zoom, fold, readable_shape
from studio.views.grid_panel import Panel

GAP = 2
"""Between images, in device pixels."""
MARGIN = 8
HEADING = 26
BETWEEN = 24
"""Between two panels."""
SPACE = 16
"""Between two blocks of folded rows, in points."""
LEGIBLE = 28
"""Points; rows of classes whose images would be narrower are folded or scrolled instead."""


@dataclass(frozen=True)
class Placed:
    """A panel, its layout, and where its images begin in the content, in device pixels.

    The names of its rows stand left of x, in a strip as wide as the gutter.
    """

    panel: Panel
    layout: GridLayout
    x: int
    y: int
    gutter: int = 0


@dataclass(frozen=True)
class Surface:
    """What there is to place panels on.

    Attributes:
        size: in points, without scroll bars: as large as fits must not depend on what was shown before.
        ratio: device pixels a point.
        shape: rows and columns asked for.
        zoom: device pixels for a source pixel, or None for as large as fits.
    """

    size: QSize
    ratio: float
    shape: Shape
    zoom: int | None


def place(panels: Sequence[Panel], gutters: Sequence[int], on: Surface) -> tuple[tuple[Placed, ...], QSize]:
    """Lay panels out beside each other, centred; also the size of the whole.

    Args:
        panels: at least one of them with images.
        gutters: the width that the names of each panel's rows take, in device pixels.
        on: the room there is.
    """
    by_row = [shows_rows(panel, on.shape) for panel in panels]
    used = [gutter if rows else 0 for gutter, rows in zip(gutters, by_row, strict=True)]
    layouts = _layouts(panels, used, on)
    margin, between, heading = (round(size * on.ratio) for size in (MARGIN, BETWEEN, HEADING))
    width = sum(layout.total_width for layout in layouts) + sum(used) + between * (len(layouts) - 1) + 2 * margin
    height = max(layout.total_height for layout in layouts) + heading + 2 * margin
    full = on.size * on.ratio
    x = margin + max(0, (full.width() - width) // 2)
    y = margin + heading + max(0, (full.height() - height) // 2)
    placed = []
    for panel, layout, gutter in zip(panels, layouts, used, strict=True):
        placed.append(Placed(panel, layout, x + gutter, y, gutter))
        x += gutter + layout.total_width + between
    return tuple(placed), QSize(width, height)


def shows_rows(panel: Panel, wanted: Shape) -> bool:
    """Whether each row of a panel is what its name says, and not just where images happen to be."""
    return panel.columns > 0 and (wanted == Shape() or wanted.columns == panel.columns)


def _layouts(panels: Sequence[Panel], gutters: Sequence[int], on: Surface) -> list[GridLayout]:
    count = len(panels)
    room = (
        max(1, int((on.size.width() - 2 * MARGIN - (count - 1) * BETWEEN) * on.ratio - sum(gutters)) // count),
        max(1, int((on.size.height() - 2 * MARGIN - HEADING) * on.ratio)),
    )
    # A panel without images borrows the layout of the one beside it.
    filled = next(panel for panel in panels if panel.cells)
    chosen = [
        _by_row(panel, filled, gutter, room, on) if shows_rows(panel, on.shape) else _plain(panel, filled, room, on)
        for panel, gutter in zip(panels, gutters, strict=True)
    ]
    zoom = on.zoom or min(layout.zoom for layout in chosen)
    return [replace(layout, zoom=zoom) for layout in chosen]


def _plain(panel: Panel, filled: Panel, room: tuple[int, int], on: Surface) -> GridLayout:
    """Images in any order: rows and columns as asked for, or so that they come out largest."""
    cells = panel.cells or filled.cells
    image = (cells[0].width(), cells[0].height())
    shape = choose_shape(on.shape, len(cells), image, room, GAP)
    if on.zoom is None and on.shape == Shape():
        shape = readable_shape(shape, image, room, GAP)
    count = min(len(panel.cells), shape[0] * shape[1])
    return GridLayout(count, *shape, *image, fitting_zoom(shape, image, room, GAP), GAP)


def _by_row(panel: Panel, filled: Panel, gutter: int, room: tuple[int, int], on: Surface) -> GridLayout:
    """Rows that are one thing each."""
    cells = panel.cells or filled.cells
    width, height = cells[0].width(), cells[0].height()
    rows = on.shape.rows or ceil(len(cells) / panel.columns)
    count = min(len(panel.cells), rows * panel.columns)
    space = round(SPACE * on.ratio) + gutter
    grid = GridLayout(count, rows, panel.columns, width, height, 1, GAP, between=space)
    return fold(grid, room, legible=ceil(LEGIBLE * on.ratio / width))
