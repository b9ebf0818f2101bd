"""The data check: every figure against what was put in."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganengine.data import check as check_module
from ganengine.data.check import DataReport, check, check_dataset
from ganengine.data.dataset import ImageDataset, LeftOut
from ganengine.data.report_text import by_reason
from ganengine.data.sources.folder import FolderSource
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.errors import Cancelled
from ganengine.shapes import ImageShape
from tests.ganengine.pictures import RED, encoded, noise, plain, write_files


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))


def random_images(count: int = 20) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def report(tmp_path: Path) -> DataReport:
    """Of a folder with something of everything."""
    flat = encoded(plain(RED))
    files = {
        **{f"A/{number}.png": encoded(noise(number)) for number in range(8)},
        **{f"B/{number}.jpg": encoded(noise(90 + number, (40, 50)), "JPEG") for number in range(2)},
        "A/copy.png": encoded(noise(3)),
        "A/flat.png": flat,
        "A/grey.png": encoded(noise(50, channels=1)),
        "A/moving.gif": encoded(noise(7), "GIF", save_all=True, append_images=[noise(8)]),
        "B/empty.png": b"",
        "B/small.png": encoded(plain(RED, (2, 3))),
        "B/tiny.png": encoded(plain(RED, (1, 1))),
        "notes.txt": b"hello",
    }
    return check(FolderSource(path=str(write_files(tmp_path / "mixed", files))))


def test_a_folder_with_something_of_everything(report: DataReport) -> None:
    assert report.name == "mixed"
    assert report.count == 14
    assert report.shape == ImageShape(3, 32)
    assert report.classes == (("A", 12), ("B", 2))
    assert report.duplicates == ((3, 8),), "in the order of names: 0 … 7, copy, flat, grey, moving"
    assert report.superfluous == 1
    assert report.blanks == (9,)
    assert len(report.left_out) == 3
    found = report.originals
    assert found is not None
    assert found.sizes == (((32, 32), 11), ((40, 50), 2), ((16, 16), 1))
    assert (found.different_sizes, found.widths, found.heights) == (3, (16, 40), (16, 50))
    assert dict(found.modes) == {"RGB": 12, "L": 1, "P": 1}
    assert (found.animated, found.ignored) == (1, 1)


def test_the_text_says_all_of_it(report: DataReport) -> None:
    text = report.as_text()
    for expected in (
        "mixed: 14 images of 32×32×3; 3 files left out",
        "32×32 (11), 40×50 (2), 16×16 (1)",
        "from 16 to 40 pixels wide, from 16 to 50 high",
        "RGB (12)",
        "1 file, of which only the first frame is used",
        "1 file of other kinds",
        "2: A (12), B (2)",
        "uneven: A has 12 images, B has 2",
        "1 image, numbers 3 = 8",
        "1 image, numbers 9",
        "3 files left out:",
        "  too small: 2 files",
        "B/tiny.png: too small: 1×1 pixels; at least 8×8 are needed",
        "B/empty.png: empty file (0 bytes)",
    ):
        assert expected in text, expected


def test_figures_of_pixels() -> None:
    images = random_images()
    report = check_dataset(ImageDataset("random", images))
    values = images.double()
    assert report.mean == pytest.approx(values.mean().item())
    assert report.spread == pytest.approx(values.std(correction=0).item())
    assert report.histogram == tuple(np.bincount(images.numpy().reshape(-1), minlength=256).tolist())
    assert report.classes == ()
    assert report.originals is None
    assert (report.duplicates, report.blanks) == ((), ())


@pytest.mark.parametrize("portion", [1, 2000, 10**9])
def test_duplicates_and_blanks_are_found_across_portions(monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(check_module, "_PORTION", portion)
    images = random_images()
    images[[7, 19, 11]] = images[[2, 2, 5]]
    images[4] = 200
    images[13] = torch.full((3, 16, 16), 30, dtype=torch.uint8)
    images[13, :, 3, 4] = 40  # a speck
    images[14] = 30
    images[14, :, :4] = 60  # a stripe is something
    report = check_dataset(ImageDataset("some", images))
    assert report.duplicates == ((2, 7, 19), (5, 11))
    assert report.superfluous == 3
    assert report.blanks == (4, 13)


def test_large_images_are_no_blanks() -> None:
    images = torch.full((2, 3, 512, 512), 255, dtype=torch.uint8)
    images[0, ..., :256] = 0
    assert check_dataset(ImageDataset("large", images)).blanks == (1,)


def test_the_built_in_digits() -> None:
    report = check(MNIST5k())
    assert report.count == 5000
    assert report.classes == tuple((str(digit), 500) for digit in range(10))
    assert report.blanks == ()
    assert "uneven" not in report.as_text()


def test_progress_and_cancel() -> None:
    def cancel(what: str, done: int, total: int) -> None:
        assert (what, total) == ("Checking images", 20)
        raise Cancelled

    with pytest.raises(Cancelled):
        check_dataset(ImageDataset("random", random_images()), cancel)


def test_reasons_are_grouped() -> None:
    reasons = ["too small: 1×1", "empty file (0 bytes)", "too small: 2×2", "damaged (x)", "too small: 1×1"]
    groups = by_reason(LeftOut(str(number), reason) for number, reason in enumerate(reasons))
    assert {reason: [item.name for item in items] for reason, items in groups.items()} == {
        "too small": ["0", "2", "4"],
        "empty file": ["1"],
        "damaged": ["3"],
    }
    assert next(iter(groups)) == "too small"


def test_names_from_archives_cannot_command_the_terminal() -> None:
    dataset = ImageDataset("x", random_images(), left_out=(LeftOut("\x1b[2Jevil\n.png", "empty file (0 bytes)"),))
    text = check_dataset(dataset).as_text()
    assert "\x1b" not in text
    assert "evil" in text
