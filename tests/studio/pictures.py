"""Folders of small pictures for tests."""

from pathlib import Path

import numpy as np
from PIL import Image


def make_pictures(folder: Path, count: int, *, side: int = 28, seed: int = 0) -> None:
    """Write so many different grey PNGs."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed)
    for number in range(count):
        pixels = noise.integers(0, 256, (side, side), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03d}.png")


def make_messy_folder(folder: Path) -> None:
    """Ten cats and four dogs, among them a copy and a blank one; and three files that cannot be used."""
    make_pictures(folder / "cats", 8)
    make_pictures(folder / "dogs", 4, seed=1)
    (folder / "cats" / "copy.png").write_bytes((folder / "cats" / "000.png").read_bytes())
    Image.fromarray(np.full((28, 28), 7, np.uint8)).save(folder / "cats" / "blank.png")
    (folder / "cats" / "zero.jpg").write_bytes(b"")
    (folder / "dogs" / "letter.png").write_text("Dear dog,")
    (folder / "dogs" / "cut.png").write_bytes((folder / "cats" / "001.png").read_bytes()[:200])
