"""The shape of one image."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageShape:
    """Channels (1 grey, 3 RGB) and the side of a square image in pixels."""

    channels: int
    resolution: int

    @property
    def size(self) -> int:
        """Number of values in one image."""
        return self.channels * self.resolution * self.resolution

    def __str__(self) -> str:
        return f"{self.resolution}×{self.resolution}×{self.channels}"
