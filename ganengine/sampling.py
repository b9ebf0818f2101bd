"""From generated tensors to pictures."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganengine.side_stream import HostCopy, to_host


def as_arrays(images: Tensor) -> NDArray[np.uint8]:
    """uint8 tensor [N, C, H, W] on any device → array [N, H, W, C]. This waits for the device."""
    array: NDArray[np.uint8] = on_their_way(images).get().numpy()
    return array


def on_their_way(images: Tensor) -> HostCopy:
    """The same as a tensor that is being copied to the host."""
    return to_host(images.permute(0, 2, 3, 1).contiguous())
