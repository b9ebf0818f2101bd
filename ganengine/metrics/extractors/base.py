"""What every feature extractor offers."""

from typing import ClassVar

from torch import Tensor

from ganengine.metrics.measures.base import EXTRACTORS, Features


class Extractor:
    """Turns images into features.

    Attributes:
        name: as in the keys of the metrics: ``own`` or ``inception``.
        identity: tells its weights apart from any others'.
        portion: how many images it takes at once.
        about: one line for people on what it is.
    """

    name: ClassVar[str]
    portion: ClassVar[int]
    identity: str
    about: str

    @property
    def title(self) -> str:
        """What people call it."""
        return EXTRACTORS[self.name]

    def features(self, images: Tensor) -> Features:
        """Of images uint8 [n, C, H, W] on any device."""
        raise NotImplementedError
