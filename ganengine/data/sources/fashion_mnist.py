"""Fashion-MNIST."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from ganengine.data.named.grey import GreySet


class FashionMNIST(GreySet):
    """70,000 small grey pictures of clothes in ten classes, 60,000 of them for training.

    Xiao, Rasul & Vollgraf 2017: Fashion-MNIST, a novel image dataset for benchmarking machine learning algorithms,
    arXiv:1708.07747.
    """

    title: ClassVar[str] = "Fashion-MNIST"
    source: Literal["fashion-mnist"] = "fashion-mnist"
    folder: ClassVar[str] = "FashionMNIST"
    megabytes: ClassVar[Mapping[str, int]] = {"train": 26, "test": 4}
    classes: ClassVar[tuple[str, ...]] = (
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    )
