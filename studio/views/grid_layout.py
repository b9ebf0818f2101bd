"""Where the images of a grid go: whole numbers of device pixels, no Qt."""

from dataclasses import dataclass
from math import ceil

MAX_ZOOM = 16
ENOUGH = 16
"""So many images, side by side with others, still say what there is."""


@dataclass(frozen=True)
class Shape:
    """The shape that was asked for; 0 leaves a number to us."""

    rows: int = 0
    columns: int = 0


@dataclass(frozen=True)
class GridLayout:
    """A grid of equal images in device pixels: each source pixel is a block of ``zoom`` × ``zoom``.

    Attributes:
        count: how many images are shown, at most rows × columns.
        width, height: of one image, in source pixels.
        gap: between images and around them.
    """

    count: int
    rows: int
    columns: int
    width: int
    height: int
    zoom: int
    gap: int

    @property
    def total_width(self) -> int:
        return self.columns * (self.width * self.zoom + self.gap) + self.gap

    @property
    def total_height(self) -> int:
        return self.rows * (self.height * self.zoom + self.gap) + self.gap

    def cell(self, index: int) -> tuple[int, int, int, int]:
        """x, y, width and height of one image."""
        row, column = divmod(index, self.columns)
        width, height = self.width * self.zoom, self.height * self.zoom
        return self.gap + column * (width + self.gap), self.gap + row * (height + self.gap), width, height

    def index_at(self, x: int, y: int) -> int | None:
        """The image at a point, or None between images and outside."""
        column, in_x = divmod(x - self.gap, self.width * self.zoom + self.gap)
        row, in_y = divmod(y - self.gap, self.height * self.zoom + self.gap)
        index = row * self.columns + column
        inside = in_x < self.width * self.zoom and in_y < self.height * self.zoom
        return index if inside and 0 <= column < self.columns and row >= 0 and index < self.count else None


def choose_shape(wanted: Shape, count: int, image: tuple[int, int], room: tuple[int, int], gap: int) -> tuple[int, int]:
    """Rows and columns: as wanted, and what was left open so that the images come out largest.

    Args:
        wanted: what the user asked for.
        count: how many images there are, at least 1.
        image: width and height of one image in source pixels.
        room: width and height there is, in device pixels.
        gap: between images.
    """
    if wanted.rows and wanted.columns:
        return wanted.rows, wanted.columns
    if wanted.columns:
        return max(1, ceil(count / wanted.columns)), wanted.columns
    if wanted.rows:
        return wanted.rows, max(1, ceil(count / wanted.rows))
    shapes = [(ceil(count / columns), columns) for columns in range(1, count + 1)]

    def goodness(shape: tuple[int, int]) -> tuple[int, int, float]:
        rows, columns = shape
        empty = rows * columns - count
        squareness = -abs(columns * image[0] / room[0] - rows * image[1] / room[1])
        return fitting_zoom(shape, image, room, gap), -empty, squareness

    return max(shapes, key=goodness)


def readable_shape(shape: tuple[int, int], image: tuple[int, int], room: tuple[int, int], gap: int) -> tuple[int, int]:
    """Fewer rows and columns where the images would else be tiny: twice their size, if enough of them fit so."""
    if fitting_zoom(shape, image, room, gap) > 1:
        return shape
    columns, rows = ((room[axis] - gap) // (2 * image[axis] + gap) for axis in (0, 1))
    return (rows, columns) if rows * columns >= ENOUGH else shape


def fitting_zoom(shape: tuple[int, int], image: tuple[int, int], room: tuple[int, int], gap: int) -> int:
    """The largest whole zoom at which the grid fits, at least 1 and at most `MAX_ZOOM`."""
    rows, columns = shape
    across = (room[0] - gap * (columns + 1)) // (columns * image[0])
    down = (room[1] - gap * (rows + 1)) // (rows * image[1])
    return max(1, min(across, down, MAX_ZOOM))
