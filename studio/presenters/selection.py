"""Which images of a data set are looked at, a page at a time. Knows no widget."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


class Selection:
    """The images of a class, or those that the check found, in a shuffled order that is always the same.

    Shuffled, because files come sorted by class: the first ones would show only one.

    Attributes:
        indices: of all selected images.
        start: where the page begins.
    """

    def __init__(self, count: int, labels: Indices | None) -> None:
        self._all = np.random.default_rng(0).permutation(count)
        self._labels = labels
        self.indices: Indices = self._all
        self.start = 0

    def choose(self, class_index: int | None, among: Sequence[int] | None = None) -> None:
        """Select the images of one class, or of all.

        Args:
            among: only these, in their own order.
        """
        chosen = self._all if among is None else np.asarray(among, dtype=np.int64)
        if class_index is not None and self._labels is not None:
            chosen = chosen[self._labels[chosen] == class_index]
        self.indices, self.start = chosen, 0

    def page(self, size: int) -> Indices:
        """The images of the page."""
        return self.indices[self.start : self.start + size]

    def turn(self, pages: int, size: int) -> None:
        """Go on or back by whole pages, as far as there are images."""
        start = max(0, self.start + pages * size)
        if start < max(1, len(self.indices)):
            self.start = start
