"""Kuzushiji-MNIST."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from ganengine.data.named.grey import GreySet


class KMNIST(GreySet):
    """70,000 letters of old Japanese cursive script in ten classes, 60,000 of them for training.

    Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto & Ha 2018: Deep learning for classical Japanese literature,
    arXiv:1812.01718.
    """

    title: ClassVar[str] = "Kuzushiji-MNIST"
    source: Literal["kmnist"] = "kmnist"
    folder: ClassVar[str] = "KMNIST"
    megabytes: ClassVar[Mapping[str, int]] = {"train": 18, "test": 3}
    classes: ClassVar[tuple[str, ...]] = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
