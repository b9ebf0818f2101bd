"""Where the images of a grid go: whole numbers of device pixels, no Qt."""

from dataclasses import dataclass, replace
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
        blocks: into how many parts the rows are folded, which stand side by side.
        between: two of these.
    """

    count: int
    rows: int
    columns: int
    width: int
    height: int
    zoom: int
    gap: int
    blocks: int = 1
    between: int = 0

    @property
    def rows_high(self) -> int:
        """Rows of one block."""
        return ceil(self.rows / self.blocks)

    @property
    def block_width(self) -> int:
        """Width of one block."""
        return self.columns * (self.width * self.zoom + self.gap) + self.gap

    @property
    def total_width(self) -> int:
        return self.blocks * (self.block_width + self.between) - self.between

    @property
    def total_height(self) -> int:
        return self.rows_high * (self.height * self.zoom + self.gap) + self.gap

    def cell(self, index: int) -> tuple[int, int, int, int]:
        """x, y, width and height of one image."""
        row, column = divmod(index, self.columns)
        block, row = divmod(row, self.rows_high)
        width, height = self.width * self.zoom, self.height * self.zoom
        left = block * (self.block_width + self.between)
        return left + self.gap + column * (width + self.gap), self.gap + row * (height + self.gap), width, height

    def index_at(self, x: int, y: int) -> int | None:
        """The image at a point, or None between images and outside."""
        block, x = divmod(x, self.block_width + self.between)
        column, in_x = divmod(x - self.gap, self.width * self.zoom + self.gap)
        row, in_y = divmod(y - self.gap, self.height * self.zoom + self.gap)
        index = (block * self.rows_high + row) * self.columns + column
        on_image = in_x < self.width * self.zoom and in_y < self.height * self.zoom
        there = 0 <= block < self.blocks and 0 <= column < self.columns and 0 <= row < self.rows_high
        return index if on_image and there and index < self.count else None

    def beside(self, index: int, across: int, down: int) -> int:
        """The image next to one on the screen, in steps of -1, 0 or 1; the same where there is none."""
        row, column = divmod(index, self.columns)
        block, row = divmod(row, self.rows_high)
        row, column = row + down, column + across
        if not 0 <= column < self.columns:
            block, column = block + across, column % self.columns
        if not (0 <= row < self.rows_high and 0 <= block < self.blocks):
            return index
        found = (block * self.rows_high + row) * self.columns + column
        return found if found < self.count else index


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


def fold(grid: GridLayout, room: tuple[int, int], legible: int) -> GridLayout:
    """A grid whose rows belong together as they are: as large as it fits, its rows folded only if they must be.

    Args:
        grid: the grid; its zoom and blocks are ours to choose.
        room: width and height there is, in device pixels.
        legible: the zoom below which folding is better than looking at tiny images, and scrolling better than that.
    """
    plain = _largest(replace(grid, blocks=1), room)
    if plain is not None and plain.zoom >= legible:
        return plain
    folded = [_largest(replace(grid, blocks=blocks), room) for blocks in range(1, grid.rows + 1)]
    # The largest images; of those that are equally large, the fewest folds.
    best = max((each for each in folded if each), key=lambda each: (each.zoom, -each.blocks), default=None)
    if best is not None and best.zoom >= legible:
        return best
    across = [replace(grid, zoom=legible, blocks=blocks) for blocks in range(1, grid.rows + 1)]
    return ([each for each in across if each.total_width <= room[0]] or [best or replace(grid, zoom=1, blocks=1)])[-1]


def _largest(grid: GridLayout, room: tuple[int, int]) -> GridLayout | None:
    """The grid at the largest zoom at which it fits, or None."""
    for zoom in range(MAX_ZOOM, 0, -1):
        found = replace(grid, zoom=zoom)
        if found.total_width <= room[0] and found.total_height <= room[1]:
            return found
    return None
