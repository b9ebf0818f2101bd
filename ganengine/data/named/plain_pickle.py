"""The one harmless use of pickle: dictionaries of bytes, lists, numbers and arrays of bytes.

CIFAR-10 is published as pickles, and a pickle can run any program. This reader never looks anything up: the few names
that such files contain stand for small classes of this module, and every other name is refused.
"""

import pickle
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray


def load(file: IO[bytes]) -> Any:
    """What a file holds; text of Python 2 comes as bytes.

    Raises:
        ValueError: it holds something else, or is no pickle.
    """
    try:
        return _resolved(_Reader(file, encoding="bytes").load())
    except ValueError:
        raise
    except Exception as error:  # damaged pickles raise almost anything
        raise ValueError(f"it is no plain pickle: {error}") from error


class _Bytes:
    """An array of uint8 while it is put together."""

    def __init__(self, *_: object) -> None:
        self.array: NDArray[np.uint8] | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, is_fortran, raw = state
        if not isinstance(kind, _Kind) or not isinstance(raw, bytes) or is_fortran:
            raise ValueError("an array in it does not hold bytes")
        self.array = np.frombuffer(bytearray(raw), dtype=np.uint8).reshape(shape)


class _Kind:
    """The type of an array's items; only uint8 is taken."""

    def __init__(self, name: object, *_: object) -> None:
        if name not in ("u1", b"u1"):
            raise ValueError("an array in it does not hold bytes")

    def __setstate__(self, state: object) -> None:
        pass


def _encoded(text: str, coding: str) -> bytes:
    return text.encode("latin-1" if coding in {"latin1", "latin-1"} else "ascii")


class _Reader(pickle.Unpickler):
    known = {  # noqa: RUF012
        ("numpy.core.multiarray", "_reconstruct"): _Bytes,
        ("numpy._core.multiarray", "_reconstruct"): _Bytes,
        ("numpy", "ndarray"): _Bytes,
        ("numpy", "dtype"): _Kind,
        ("_codecs", "encode"): _encoded,
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self.known[module, name]
        except KeyError:
            raise ValueError(f"it asks for {module}.{name}, which no data set needs") from None


def _resolved(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _resolved(value) for key, value in found.items()}
    return found.array if isinstance(found, _Bytes) else found
