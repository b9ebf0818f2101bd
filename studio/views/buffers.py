"""Numbers that grow at their end."""

import numpy as np

from studio.views.smoothing import Floats


class Buffer:
    """A float64 array that grows at its end; its storage doubles, so that growing is cheap on average."""

    def __init__(self) -> None:
        self._storage = np.empty(256)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def view(self, start: int = 0) -> Floats:
        """The values from ``start`` on, shape [n], not copied: valid until the next change."""
        return self._storage[start : self._length]

    def extend(self, values: Floats) -> None:
        needed = self._length + len(values)
        if needed > len(self._storage):
            grown = np.empty(max(needed, 2 * len(self._storage)))
            grown[: self._length] = self.view()
            self._storage = grown
        self._storage[self._length : needed] = values
        self._length = needed

    def truncate(self, length: int) -> None:
        """Keep at most the first ``length`` values."""
        self._length = min(self._length, length)
