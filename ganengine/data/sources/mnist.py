"""MNIST."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from ganengine.data.named.grey import GreySet


class MNIST(GreySet):
    """70,000 handwritten digits, 60,000 of them for training.

    LeCun, Bottou, Bengio & Haffner 1998: Gradient-based learning applied to document recognition, Proceedings of the
    IEEE 86 (11).
    """

    title: ClassVar[str] = "MNIST"
    source: Literal["mnist"] = "mnist"
    folder: ClassVar[str] = "MNIST"
    megabytes: ClassVar[Mapping[str, int]] = {"train": 10, "test": 2}
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
