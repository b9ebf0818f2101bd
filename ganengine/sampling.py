"""From generated tensors to pictures."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def as_arrays(images: Tensor) -> NDArray[np.uint8]:
    """uint8 tensor [N, C, H, W] on any device → array [N, H, W, C]."""
    array: NDArray[np.uint8] = images.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return array
