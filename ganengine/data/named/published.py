"""Where torchvision says that data sets are published.

Importing torchvision takes seconds: nothing here runs before a file is missing.
"""

from collections.abc import Mapping
from typing import Any

from ganengine.data.named.download import DownloadFailed, RemoteFile


def of_mnist_kind(name: str) -> Mapping[str, RemoteFile]:
    """The files of torchvision's `MNIST`, `FashionMNIST` or `KMNIST`."""
    table = _table(name)
    return {file: RemoteFile(file, tuple(f"{m}{file}" for m in table.mirrors), md5) for file, md5 in table.resources}


def of_emnist() -> Mapping[str, RemoteFile]:
    """The one archive that holds all of EMNIST."""
    table = _table("EMNIST")
    return {"gzip.zip": RemoteFile("gzip.zip", (table.url,), table.md5)}


def of_cifar10() -> Mapping[str, RemoteFile]:
    """The archive of CIFAR-10."""
    table = _table("CIFAR10")
    return {table.filename: RemoteFile(table.filename, (table.url,), table.tgz_md5)}


def of_svhn() -> Mapping[str, RemoteFile]:
    """The cropped digits of SVHN."""
    return {name: RemoteFile(name, (url,), md5) for url, name, md5 in _table("SVHN").split_list.values()}


def _table(name: str) -> Any:
    try:
        import torchvision.datasets

        return getattr(torchvision.datasets, name)
    except (ImportError, RuntimeError, AttributeError) as error:
        raise DownloadFailed(f"torchvision, which knows the address, cannot be loaded: {error}") from error
