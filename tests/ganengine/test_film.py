"""Films, read back by other libraries than the ones that wrote them."""

import errno
import os
import tracemalloc
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ganengine.errors import PublishError, StorageError
from ganengine.publish.film import FilmWriter
from tests.ganengine.helpers import FullDisk
from tests.ganengine.publishing import files_in, played

Frames = list[NDArray[np.uint8]]


def moving(count: int, height: int = 46, width: int = 61, channels: int = 1) -> Frames:
    """A bright bar that moves to the right over a dark ground."""
    frames = [np.full((height, width, channels), 20, np.uint8) for _ in range(count)]
    for number, frame in enumerate(frames):
        frame[:, 4 * number : 4 * number + 8, -1] = 220
    return frames


def film(path: Path, frames: Frames, fps: float = 25.0) -> Path:
    with FilmWriter(path, fps) as writer:
        for frame in frames:
            writer.add(frame)
    return path


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_shows_every_frame_for_its_time(tmp_path: Path, channels: int) -> None:
    frames = moving(9, channels=channels)
    with FilmWriter(tmp_path / "a.gif", 30) as writer:
        for number, frame in enumerate(frames):
            writer.add(frame, times=1 if number < 8 else 30)
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == 9
        assert picture.info["loop"] == 0, "for ever"
        times = []
        for number, frame in enumerate(frames):
            picture.seek(number)
            times.append(picture.info["duration"])
            found = np.asarray(picture.convert("RGB"))
            assert np.array_equal(found, frame.repeat(3, axis=2) if channels == 1 else frame), number
    assert sum(times) == pytest.approx(1000 * 38 / 30, abs=10), "rounding does not add up"


def test_a_gif_of_many_colours_is_close_to_them(tmp_path: Path) -> None:
    across, down = np.meshgrid(np.arange(64), np.arange(64))
    frame = np.stack([across * 4, down * 4, (across + down) * 2], axis=2).astype(np.uint8)
    film(tmp_path / "a.gif", [frame, frame[::-1].copy()])
    with Image.open(tmp_path / "a.gif") as picture:
        picture.seek(1)
        found = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(found - frame[::-1]).mean() < 8


@pytest.mark.parametrize("channels", [1, 3])
def test_an_mp4_is_played_by_ffmpeg(tmp_path: Path, channels: int) -> None:
    frames = moving(9, 47, 61, channels)
    path = film(tmp_path / "a.mp4", frames, fps=12.5)
    said, found = played(path)
    assert "Video: h264" in said
    assert "yuv420p" in said, "what browsers play"
    assert "12.50 fps" in said
    assert found.shape == (9, 48, 62, 3), "odd sides are made even"
    assert imageio_ffmpeg.count_frames_and_secs(str(path)) == (9, pytest.approx(9 / 12.5, abs=0.01))
    for frame, seen in zip(frames, found, strict=True):
        colour = frame.repeat(3, axis=2) if channels == 1 else frame
        assert np.abs(seen[:47, :61].astype(int) - colour).mean() < (2 if channels == 1 else 8)


def test_an_mp4_keeps_its_colours(tmp_path: Path) -> None:
    colours = [(220, 30, 30), (30, 200, 60), (40, 60, 220), (240, 240, 240), (200, 120, 0)]
    frame = np.zeros((32, 32 * len(colours), 3), np.uint8)
    for number, colour in enumerate(colours):
        frame[:, 32 * number : 32 * number + 32] = colour
    said, found = played(film(tmp_path / "a.mp4", [frame] * 3))
    assert "smpte170m" in said, "a player need not guess"
    for number, colour in enumerate(colours):
        assert found[1, 16, 32 * number + 16].tolist() == pytest.approx(colour, abs=4), colour


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    peaks = []
    for count in (4, 40):
        tracemalloc.start()
        film(tmp_path / f"{count}.gif", [frame] * count)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + frame.nbytes, peaks


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_film_that_is_given_up_leaves_the_old_one(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"the old one")

    def give_up() -> None:
        with FilmWriter(path, 25) as writer:
            for frame in moving(3):
                writer.add(frame)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert path.read_bytes() == b"the old one"
    assert files_in(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_full_disk_leaves_no_half_film(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FullDisk(monkeypatch, room=200)
    with pytest.raises(StorageError, match=rf"the film.*{os.strerror(errno.ENOSPC)}"):
        film(tmp_path / f"a{suffix}", moving(9))
    assert not files_in(tmp_path)


def test_what_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"\.gif or \.mp4"):
        FilmWriter(tmp_path / "a.avi", 25)
    with pytest.raises(PublishError, match="no frame"):
        film(tmp_path / "a.gif", [])
    assert not files_in(tmp_path)
