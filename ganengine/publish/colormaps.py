"""Colours for grey images: the usual colour maps of the sciences."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ganengine.export.grid import Images

# Every 5th of 256 colours; between them they are as good as straight. The maps are by N. J. Smith, S. van der Walt and
# E. Firing (viridis, magma, inferno), and J. R. Nuñez, C. R. Anderton and R. S. Renslow (cividis); all CC0.
_COLOURS = {
    "viridis": "440154 46085c 471063 481769 481d6f 482475 472a7a 46307e 453781 433d84 414287 3f4889 3d4e8a "
    "3a538b 38598c 355e8d 33638d 31688e 2e6d8e 2c718e 2a768e 297b8e 27808e 25848e 23898e 218e8d "
    "20928c 1f978b 1e9c89 1fa188 21a585 24aa83 28ae80 2eb37c 35b779 3dbc74 46c06f 50c46a 5ac864 "
    "65cb5e 70cf57 7cd250 89d548 95d840 a2da37 b0dd2f bddf26 cae11f d8e219 e5e419 f1e51d fde725",
    "magma": "000004 02020b 050416 090720 0e0b2b 140e36 1a1042 21114e 29115a 311165 390f6e 420f75 4a1079 "
    "52137c 5a167e 621980 6a1c81 721f81 792282 812581 892881 912b81 992d80 a1307e aa337d b2357b "
    "ba3878 c23b75 ca3e72 d2426f d9466b e04c67 e75263 ec5860 f1605d f4695c f7725c f97b5d fb8560 "
    "fc8e64 fd9869 fea16e feaa74 feb47b febd82 fec68a fecf92 fed89a fde2a3 fdebac fcf4b6 fcfdbf",
    "inferno": "000004 02020c 050417 0a0722 10092d 160b39 1e0c45 260c51 2f0a5b 380962 400a67 490b6a 510e6c "
    "59106e 61136e 69166e 71196e 781c6d 801f6c 88226a 902568 982766 a02a63 a82e5f b0315b b73557 "
    "bf3952 c63d4d cc4248 d34743 d94d3d df5337 e45a31 e9612b ed6925 f1711f f47918 f78212 f98b0b "
    "fa9407 fb9d07 fca60c fcb014 fbba1f fac42a f8cd37 f6d746 f4e156 f2ea69 f2f27d f5f992 fcffa4",
    "cividis": "00204d 002455 00275e 002b67 002e6f 00316f 00356e 12386d 1f3c6d 28406c 30436c 36476b 3d4a6b "
    "424e6b 48526b 4d556c 52596c 575c6d 5b606e 60646f 646770 696b71 6d6e72 727274 767676 7a7a78 "
    "7f7d78 848179 888579 8d8979 928d78 979178 9c9577 a19976 a69d75 aca174 b1a573 b6a971 bbae6f "
    "c1b26d c6b66b ccbb69 d1bf66 d7c463 dcc860 e2cd5c e8d259 edd654 f3db4f f9e04a ffe544 ffea46",
}


def coloured(images: Images, colormap: str) -> Images:
    """Grey images [..., 1] in colour [..., 3], or with black and white exchanged; images in colour as they are.

    Args:
        colormap: "none", "inverted", or the name of a map.
    """
    if images.shape[-1] != 1 or colormap == "none":
        return images
    return 255 - images if colormap == "inverted" else table(colormap)[images[..., 0]]


@cache
def table(colormap: str) -> NDArray[np.uint8]:
    """The colours [256, 3] of the values 0 to 255."""
    known = np.array([list(bytes.fromhex(colour)) for colour in _COLOURS[colormap].split()])
    places = np.linspace(0, 255, len(known))
    between = [np.interp(np.arange(256), places, channel) for channel in known.T]
    return np.stack(between, axis=1).round().astype(np.uint8)
