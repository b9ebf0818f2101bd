"""Grids, single images, strips and films of a run."""

import shutil
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganengine.errors import Cancelled, CheckpointError, ConfigError, PublishError, StorageError
from ganengine.export.grid import compose_grid, inverted, load_sample, with_caption
from ganengine.export.strip import strip_of_run
from ganengine.publish.base import formats, publication, with_suffix
from ganengine.publish.colormaps import coloured, table
from ganengine.publish.source import Shown, Source
from ganengine.runs.directory import RunDirectory
from tests.ganengine.helpers import FullDisk
from tests.ganengine.publishing import files_in, pixels, played, tiny_run

DIGITS = np.random.default_rng(0).integers(0, 256, (20, 6, 6, 1), dtype=np.uint8)
COLOURS = DIGITS.repeat(3, axis=3)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    return tiny_run(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """A run whose generator knows the ten digits."""
    changes = {"training.class_conditional": True, "recording.sample_count": 20}
    return tiny_run(tmp_path_factory.mktemp("runs"), changes)


def shown(images: np.ndarray, step: int = 7, columns: int = 0) -> Source:
    return Source(shown=Shown(images, step, columns))


# -- the family --------------------------------------------------------------------------------------------------------


def test_every_format_is_found_and_has_what_people_read() -> None:
    assert list(formats()) == [
        "grid",
        "images",
        "strip",
        "gif",
        "mp4",
        "onnx",
        "safetensors",
        "report",
        "tensorboard",
        "bundle",
    ]
    for cls in formats().values():
        assert cls.title
        assert cls.summary().endswith(".")
        assert cls.needs in ("run", "generator", "images")


def test_what_cannot_be_asked_for() -> None:
    with pytest.raises(ConfigError, match="there is no format 'bmp'; there are grid, images"):
        publication("bmp", {})
    with pytest.raises(ConfigError, match="rowz: grid has no such setting; did you mean rows"):
        publication("grid", {"rowz": 3})
    with pytest.raises(ConfigError, match="x: onnx has no such setting; it has none"):
        publication("onnx", {"x": 3})
    with pytest.raises(ConfigError) as caught:
        publication("grid", {"rows": -1, "scale": 0.5})
    assert dict(caught.value.problems) == {
        "rows": "must be at least 0, not -1",
        "scale": "must be a whole number, not 0.5",
    }


def test_endings() -> None:
    assert with_suffix(Path("a"), ".png") == Path("a.png")
    assert with_suffix(Path("a.PNG"), ".png") == Path("a.PNG")
    assert with_suffix(Path("step 1.5"), ".png") == Path("step 1.5.png")
    assert with_suffix(Path("a.b"), "") == Path("a.b")


# -- colours -----------------------------------------------------------------------------------------------------------


def test_colour_maps_are_the_usual_ones() -> None:
    known = {"viridis": ("440154", "fde725"), "magma": ("000004", "fcfdbf"), "inferno": ("000004", "fcffa4")}
    for name, ends in known.items():
        colours = table(name)
        assert colours.shape == (256, 3)
        assert (bytes(colours[0]).hex(), bytes(colours[-1]).hex()) == ends
        brightness = colours.astype(float) @ (0.2126, 0.7152, 0.0722)
        assert (np.diff(brightness) > -0.6).all(), f"{name} does not become ever brighter"
    assert tuple(table("viridis")[128]) == pytest.approx((33, 145, 140), abs=2)


def test_only_grey_images_are_coloured() -> None:
    assert coloured(DIGITS, "viridis").shape == (20, 6, 6, 3)
    assert (coloured(DIGITS, "inverted") == 255 - DIGITS).all()
    for name in ("none", "inverted", "viridis"):
        assert coloured(COLOURS, name) is COLOURS


# -- grids -------------------------------------------------------------------------------------------------------------


def test_a_grid_of_the_images_shown(tmp_path: Path) -> None:
    made = publication("grid", {"rows": 2, "columns": 3, "padding": 1, "scale": 2})
    out = made.write(shown(DIGITS), tmp_path / "a")
    assert out == tmp_path / "a.png"
    assert (pixels(out) == compose_grid(DIGITS, 2, 3, padding=1, scale=2)[..., 0]).all()


def test_dark_on_light_reaches_the_file_with_its_ground(tmp_path: Path) -> None:
    def written(images: np.ndarray, **more: object) -> np.ndarray:
        made = publication("grid", {"rows": 2, "columns": 3, **more})
        return pixels(made.write(shown(images), tmp_path / "a.png"))

    assert (written(DIGITS, colormap="inverted") == 255 - written(DIGITS)).all()
    assert (written(COLOURS, colormap="inverted") == written(COLOURS)).all()
    assert (inverted(DIGITS) == 255 - DIGITS).all()


def test_the_caption_is_not_coloured(tmp_path: Path) -> None:
    made = publication("grid", {"rows": 4, "columns": 5, "scale": 8, "colormap": "magma", "caption": "step"})
    found = pixels(made.write(shown(DIGITS, step=1200), tmp_path / "a.png"))
    grid = coloured(compose_grid(DIGITS, 4, 5, padding=2, scale=8), "magma")
    assert (found == with_caption(grid, "Step 1,200")).all()
    assert (found[-1] == 255).all()
    own = publication("grid", {"rows": 4, "columns": 5, "scale": 8, "caption": "text", "text": "Mine"})
    found = pixels(own.write(shown(DIGITS), tmp_path / "b.png"))
    assert (found == with_caption(compose_grid(DIGITS, 4, 5, padding=2, scale=8), "Mine")[..., 0]).all()


def test_a_grid_suits_what_is_shown() -> None:
    grid = formats()["grid"]
    assert grid.beginning(shown(np.zeros((80, 4, 4, 1), np.uint8), columns=8)) == {"rows": 10, "columns": 8}
    assert grid.beginning(shown(np.zeros((64, 4, 4, 1), np.uint8))) == {"rows": 8, "columns": 8}
    assert grid.beginning(shown(np.zeros((6, 4, 4, 1), np.uint8))) == {"rows": 2, "columns": 3}
    assert grid.beginning(shown(np.zeros((3, 4, 4, 1), np.uint8))) == {"rows": 1, "columns": 1}


def test_more_images_than_are_shown(tmp_path: Path, run: RunDirectory) -> None:
    made = publication("grid", {"rows": 5, "columns": 5})
    assert "only 20" in made.problem_with(shown(DIGITS))
    with pytest.raises(PublishError, match="fewer rows or columns, or new images"):
        made.write(shown(DIGITS), tmp_path / "a.png")
    assert not files_in(tmp_path)
    new = publication("grid", {"rows": 5, "columns": 5, "images": "new", "padding": 0, "scale": 1})
    assert "no checkpoint" in new.problem_with(shown(DIGITS))
    source = Source(run)
    found = pixels(new.write(source, tmp_path / "b.png"))
    assert (found == compose_grid(source.sampler.images(25, 0), 5, 5, padding=0)[..., 0]).all()
    one = publication("grid", {"rows": 7})
    assert one.problem_with(shown(DIGITS)) == "", "the last row may have gaps"


def test_a_grid_of_a_run_and_of_a_step_of_it(tmp_path: Path, run: RunDirectory) -> None:
    made = publication("grid", {"padding": 0, "scale": 1, "rows": 2, "columns": 3})
    for step, expected in ((None, 6), (4, 4), (0, 0)):
        found = pixels(made.write(Source(run, step=step), tmp_path / f"{expected}.png"))
        images = load_sample(run.sample_path(expected))
        assert (found == compose_grid(images, 2, 3, padding=0)[..., 0]).all(), step


def test_a_checkpoint_that_lies_alone(tmp_path: Path, run: RunDirectory) -> None:
    alone = shutil.copyfile(run.checkpoints.path(3), tmp_path / "from a friend.pt")
    source = Source.of_path(alone)
    assert source.run is None
    found = pixels(publication("grid", {"padding": 0, "scale": 1}).write(source, tmp_path / "a.png"))
    assert (found == compose_grid(load_sample(run.sample_path(3)), 2, 3, padding=0)[..., 0]).all()
    inside = Source.of_path(run.checkpoints.path(3))
    assert (inside.name, inside.step) == (run.name, 3)


def test_images_of_one_class(tmp_path: Path, classes: RunDirectory) -> None:
    source = Source(classes)
    sampler = source.sampler
    for label in ("3", 3):
        made = publication("grid", {"images": "new", "label": label, "rows": 2, "columns": 2, "scale": 1, "padding": 0})
        found = pixels(made.write(source, tmp_path / "a.png"))
        assert (found == compose_grid(sampler.images(4, 0, 3), 2, 2, padding=0)[..., 0]).all()
    assert publication("grid", {"images": "new", "label": "cat"}).problem_with(source) == (
        "There is no class 'cat'; there are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9."
    )


def test_a_class_of_a_generator_that_knows_none(run: RunDirectory, tmp_path: Path) -> None:
    made = publication("grid", {"images": "new", "label": "3"})
    with pytest.raises(PublishError, match="knows no classes"):
        made.write(Source(run), tmp_path / "a.png")


# -- single images -----------------------------------------------------------------------------------------------------


def test_single_images(tmp_path: Path, run: RunDirectory) -> None:
    source = Source(run)
    made = publication("images", {"images": "new", "count": 300, "seed": 4, "scale": 2})
    told: list[tuple[int, int]] = []
    out = made.write(source, tmp_path / "many", lambda what, done, total: told.append((done, total)))
    assert out == tmp_path / "many"
    assert files_in(out) == [f"image-{number:05d}.png" for number in range(300)]
    expected = source.sampler.images(300, 4)
    for number in (0, 255, 256, 299):
        large = expected[number, :, :, 0].repeat(2, axis=0).repeat(2, axis=1)
        assert (pixels(out / f"image-{number:05d}.png") == large).all(), number
    assert told[-1] == (300, 300)


def test_single_images_of_what_is_shown(tmp_path: Path) -> None:
    out = publication("images", {"colormap": "viridis"}).write(shown(DIGITS), tmp_path / "few")
    assert len(files_in(out)) == 20
    assert (pixels(out / "image-00003.png") == coloured(DIGITS, "viridis")[3]).all()


def test_given_up_half_way_nothing_stays(tmp_path: Path, run: RunDirectory) -> None:
    def give_up(what: str, done: int, total: int) -> None:
        if done >= 64:
            assert any((tmp_path / name).is_dir() for name in files_in(tmp_path)), "it was not half done"
            raise Cancelled("Cancelled.")

    made = publication("images", {"images": "new", "count": 200})
    with pytest.raises(Cancelled):
        made.write(Source(run), tmp_path / "many", give_up)
    assert not files_in(tmp_path)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    made = publication("images", {})
    (tmp_path / "mine").mkdir()
    made.write(shown(DIGITS), tmp_path / "mine")
    with pytest.raises(PublishError, match="is not empty"):
        made.write(shown(DIGITS[:3]), tmp_path / "mine")
    assert len(files_in(tmp_path / "mine")) == 20
    (tmp_path / "file").write_text("mine")
    with pytest.raises(PublishError, match="is a file"):
        made.write(shown(DIGITS), tmp_path / "file")


@pytest.mark.parametrize("kind", ["grid", "images", "strip", "gif", "report", "bundle", "safetensors"])
def test_a_full_disk_leaves_no_half(
    kind: str, tmp_path: Path, run: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    FullDisk(monkeypatch, room=150)
    with pytest.raises(StorageError, match="No space left"):
        publication(kind, {}).write(Source(run), tmp_path / "out")
    assert not files_in(tmp_path)


# -- strips and films --------------------------------------------------------------------------------------------------


def test_a_strip_is_written_from_the_samples(tmp_path: Path, run: RunDirectory) -> None:
    values = {"rows": 2, "columns": 3, "padding": 1, "scale": 4}
    out = publication("strip", values).write(Source(run), tmp_path / "a.png")
    assert (pixels(out) == strip_of_run(run, captions="step", **values)[..., 0]).all()
    early = publication("strip", {**values, "captions": "none"}).write(Source(run, step=2), tmp_path / "b.png")
    columns = [load_sample(run.sample_path(step))[[0, 3]] for step in (0, 1, 2)]
    order = np.concatenate([column[row : row + 1] for row in range(2) for column in columns])
    assert (pixels(early) == compose_grid(order, 2, 3, padding=1, scale=4)[..., 0]).all()


def test_a_strip_needs_samples_and_rows(run: RunDirectory, tmp_path: Path) -> None:
    assert publication("strip", {}).problem_with(Source()) == "This needs a run, and there is only a checkpoint."
    assert "Each sample has 6 images" in publication("strip", {"rows": 7}).problem_with(Source(run))
    empty = RunDirectory.create(tmp_path / "empty", run.config())
    with pytest.raises(PublishError, match="no samples yet"):
        publication("strip", {}).write(Source(empty), tmp_path / "a.png")
    assert formats()["strip"].beginning(Source(run)) == {"rows": 4, "columns": 7}


def test_a_film_of_the_training(tmp_path: Path, run: RunDirectory) -> None:
    values = {"rows": 2, "columns": 3, "padding": 0, "scale": 2, "captions": "none", "fps": 10, "hold": 1.5}
    out = publication("gif", values).write(Source(run), tmp_path / "a")
    with Image.open(out) as film:
        assert film.n_frames == 7
        for step in (0, 6):
            film.seek(step)
            expected = compose_grid(load_sample(run.sample_path(step)), 2, 3, padding=0, scale=2)
            assert (np.asarray(film.convert("L")) == expected[..., 0]).all()
        assert film.info["duration"] == 1600, "the last stands still"


def test_a_film_of_at_most_so_many_moments(tmp_path: Path, run: RunDirectory) -> None:
    made = publication("gif", {"most": 3})
    assert made.describe(Source(run)).startswith("3 frames")
    with Image.open(made.write(Source(run), tmp_path / "a.gif")) as film:
        assert film.n_frames == 3
        film.seek(2)
        assert np.asarray(film.convert("L"))[-4:].min() == 255, "the caption's strip"


def test_a_sample_that_a_training_thins_out_is_passed_over(tmp_path: Path, run: RunDirectory) -> None:
    copied = RunDirectory(Path(shutil.copytree(run.path, tmp_path / "copy")))
    source = Source(copied)
    assert source.sample_steps == list(range(7))
    copied.sample_path(3).unlink()
    with Image.open(publication("gif", {}).write(source, tmp_path / "a.gif")) as film:
        assert film.n_frames == 6
    publication("tensorboard", {}).write(source, tmp_path / "events")
    with zipfile.ZipFile(publication("bundle", {}).write(source, tmp_path / "b")) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 6


def test_a_walk_comes_back_to_its_beginning(tmp_path: Path, run: RunDirectory) -> None:
    values = {"subject": "walk", "seconds": 2, "fps": 6, "stops": 3, "rows": 1, "columns": 2, "padding": 0, "scale": 4}
    source = Source(run)
    out = publication("mp4", values).write(source, tmp_path / "walk.mp4")
    frames = played(out)[1].astype(int)
    assert len(frames) == 12
    from ganengine.latents import latents_of_seed

    z = latents_of_seed(0, 6, 4, source.sampler.device).reshape(2, 3, 4)
    for frame, stop in ((0, 0), (4, 1), (8, 2)):
        stops = compose_grid(source.sampler.images_of(z[:, stop]), 1, 2, padding=0, scale=4)
        assert np.abs(frames[frame] - stops).mean() < 6, f"frame {frame} is not stop {stop}"
    steps = [np.abs(frames[number] - frames[number - 1]).mean() for number in range(12)]
    assert steps[0] < 2 * max(steps[1:]), "a jump where it repeats"
    assert min(steps[1:]) > 0


def test_what_a_film_needs(run: RunDirectory, tmp_path: Path) -> None:
    alone = Source(checkpoint=run.checkpoints.path(3))
    assert formats()["mp4"].beginning(alone) == {"subject": "walk"}
    assert "needs a run" in publication("mp4", {}).problem_with(alone)
    assert publication("mp4", {"subject": "walk"}).problem_with(alone) == ""
    with pytest.raises(CheckpointError, match=r"no checkpoint of step 4; there are those of step 3, 6"):
        _ = Source(run, step=4).sampler
    assert "no checkpoint of step 4" in publication("gif", {"subject": "walk"}).problem_with(Source(run, step=4))


@pytest.mark.parametrize("kind", ["grid", "images", "strip", "gif", "mp4"])
def test_what_is_previewed_looks_like_what_is_written(kind: str, run: RunDirectory) -> None:
    made = publication(kind, {})
    found = made.preview(Source(run))
    assert found is not None
    assert found.dtype == np.uint8
    assert found.ndim == 3
    assert made.describe(Source(run))


def test_memory_does_not_grow_with_the_number_of_images(tmp_path: Path, run: RunDirectory) -> None:
    """The benchmark writes 100,000; this is the same with few."""
    source = Source(run)
    peaks = []
    for count in (300, 3000):
        tracemalloc.start()
        publication("images", {"images": "new", "count": count}).write(source, tmp_path / str(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 400_000, f"{peaks}; the images alone are {3000 * 28 * 28:,} bytes"
