"""The pictures of the speed benchmark, in the forms in which the contestants take them."""

import tarfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganengine import places
from ganengine.data.sources.folder import FolderSource
from ganengine.data.sources.mnist_5k import MNIST5k

_FACES = "faces_5k.tar"


def prepare(folder: Path) -> str:
    """Write digits/images.npy, faces/images.npy (uint8 [N, C, H, W]) and faces/folder/all/*.jpg; says what they are."""
    digits, faces = folder / "digits", folder / "faces"
    digits.mkdir(parents=True)
    np.save(digits / "images.npy", MNIST5k().load().images.numpy())
    pictures = faces / "folder" / "all"
    pictures.mkdir(parents=True)
    archive = places.data_root() / _FACES
    if archive.exists():
        with tarfile.open(archive) as file:
            file.extractall(folder / "unpacked", filter="data")
        for number, path in enumerate(sorted((folder / "unpacked").rglob("*.jpg"))):
            path.rename(pictures / f"{number:05}.jpg")
        what = f"{archive.name}, {len(list(pictures.iterdir())):,} faces of 96×96"
    else:
        make_pictures(pictures, 2000)
        what = "2,000 made-up pictures of 96×96 (no faces in $GAN_STUDIO_DATA)"
    source = FolderSource.model_validate({"path": str(faces / "folder"), "resolution": 64, "channels": "colour"})
    np.save(faces / "images.npy", source.load().images.numpy())
    return what


def make_pictures(folder: Path, count: int) -> None:
    """JPEGs of 96×96 of smooth random colours, about as large as a face's."""
    generator = torch.Generator().manual_seed(0)
    for number in range(count):
        coarse = torch.rand(1, 3, 12, 12, generator=generator)
        smooth = torch.nn.functional.interpolate(coarse, size=96, mode="bicubic").clamp(0, 1)[0]
        noisy = (smooth + 0.02 * torch.randn(3, 96, 96, generator=generator)).clamp(0, 1)
        pixels = (noisy * 255).byte().permute(1, 2, 0).contiguous().numpy()
        Image.fromarray(pixels).save(folder / f"{number:05}.jpg", quality=90)
