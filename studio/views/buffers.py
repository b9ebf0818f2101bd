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

    @property
    def nbytes(self) -> int:
        """What the storage takes, also where it is not used yet."""
        return self._storage.nbytes

    def view(self, start: int = 0) -> Floats:
        """The values from ``start`` on, shape [n], not copied: valid until the next change."""
        return self._storage[start : self._length]

    def extend(self, values: Floats) -> None:
        needed = self._length + len(values)
        if needed > len(self._storage):
            grown = np.empty(1 << (needed - 1).bit_length())
            grown[: self._length] = self.view()
            self._storage = grown
        self._storage[self._length : needed] = values
        self._length = needed

    def truncate(self, length: int) -> None:
        """Keep at most the first ``length`` values."""
        self._length = min(self._length, length)
