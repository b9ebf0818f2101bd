"""What the inspector computes, in the background."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganengine.errors import CheckpointError, RunError

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.data.dataset import ImageDataset
    from ganengine.data.progress import Tell
    from ganengine.inspection.critic import Score
    from ganengine.inspection.directions import Directions
    from ganengine.inspection.report import Background, Likeness
    from ganengine.inspection.subject import Latent, Subject

Images = NDArray[np.uint8]


class NoCheckpoint(RunError):
    """A run has none yet."""


@dataclass(frozen=True)
class Origin:
    """Which image of the grid.

    Attributes:
        index: its place, from 0.
        count: how many images the grid shows.
        seed: of the fresh noise that it is from; None for the run's own samples.
        step: that the grid shows.
        run: its run, or None where a checkpoint lies alone.
        checkpoint: the file to make it from; None for the run's nearest to the step.
    """

    index: int
    count: int
    seed: int | None
    step: int
    run: Path | None
    checkpoint: Path | None = None


@dataclass(frozen=True)
class Item:
    """An image that is or was inspected.

    Attributes:
        latent: what it is made from.
        title: what it is called.
        place: where its latent vector comes from, in words.
    """

    latent: Latent
    title: str
    place: str


@dataclass(frozen=True)
class Looked:
    """The image uint8 [H, W, C] of an item, and D's answer to it."""

    image: Images
    score: Score


def checkpoint_of(origin: Origin) -> Path:
    """The file that the image is made from.

    Raises:
        NoCheckpoint: there is none yet.
    """
    from ganengine.runs.directory import RunDirectory

    if origin.checkpoint is not None:
        return origin.checkpoint
    if origin.run is None:
        raise NoCheckpoint("There is no generator yet: start a training or load a checkpoint.")
    folder = RunDirectory.open(origin.run).checkpoints
    step = folder.nearest(origin.step)
    if step is None:
        raise NoCheckpoint(f"{origin.run.name} has no checkpoint yet; images are made again from one.")
    return folder.path(step)


def opened(origin: Origin, known: Subject | None, device: str) -> Subject:
    """The networks of the origin's checkpoint; those that are known already are not read again."""
    from ganengine.inspection.subject import Subject

    path = checkpoint_of(origin)
    if known is not None and known.path == path and known.is_current():
        return known
    try:
        return Subject.from_checkpoint(path, device)
    except CheckpointError:
        if path.exists() or origin.checkpoint is not None:
            raise
        return Subject.from_checkpoint(checkpoint_of(origin), device)  # thinned out meanwhile


def item_of(subject: Subject, origin: Origin) -> Item:
    """The origin's image. Quick.

    Raises:
        CheckpointError: the checkpoint knows of no such image.
    """
    try:
        latent = subject.latent(origin.index, origin.seed, origin.count)
    except IndexError as error:
        raise CheckpointError(
            f"{subject.path.name} made {subject.fixed_count()} images, and this is number {origin.index + 1}: it "
            "belongs to another run."
        ) from error
    place = "of the run's fixed noise" if origin.seed is None else f"of the fresh noise with seed {origin.seed}"
    return Item(latent, f"Image {origin.index + 1}", f"Latent vector {origin.index + 1} {place}")


def look(subject: Subject, latent: Latent) -> Looked:
    """Make the image, and ask D."""
    import torch

    image = subject.image(latent)
    labels = None if latent.label is None else torch.tensor([latent.label])
    return Looked(image[0], subject.critic.scores(image, labels)[0])


def describe_score(subject: Subject, score: Score, background: Background | None) -> str:
    """D's answer in plain words."""
    from ganengine.inspection.critic import explain

    standing = background.scale.standing(score) if background else None
    return explain(score, standing, calibrated=subject.critic.is_calibrated)


@dataclass(frozen=True)
class Real:
    """The real images of one configuration of the data, kept so that they are loaded once."""

    config: TrainConfig
    dataset: ImageDataset


def background_of(
    subject: Subject, before: Background | None, real: Real | None, tell: Tell
) -> tuple[Background, Real]:
    """The real images, and D's answers to some of them."""
    from ganengine.inspection.data import training_images
    from ganengine.inspection.report import Background

    config = subject.sampler.config
    if real is None or real.config.data != config.data:
        real = Real(config, training_images(config, subject.sampler.shape, len(subject.classes), tell))
    made = Background(subject, real.dataset, tell)
    if before is not None:
        made.take_over(before)
    return made, real


def captions(background: Background, likeness: Likeness) -> tuple[Images, list[str]]:
    """The real images uint8 [N, H, W, C] that were found, and what stands below each."""
    from ganengine.sampling import as_arrays

    dataset = background.dataset
    found = likeness.neighbours
    images = as_arrays(dataset.images[[each.index for each in found]])
    lines = []
    for each in found:
        name = f" · {dataset.classes[int(dataset.labels[each.index])]}" if dataset.labels is not None else ""
        mirrored = "\nmirrored" if each.mirrored else ""
        lines.append(f"{each.distance:.3f}{name}\nno. {each.index + 1:,}{mirrored}")
    return images, lines


def varied(subject: Subject, latent: Latent, strength: float, count: int, seed: int) -> tuple[Any, Images]:
    """Latent vectors [count, latent_dim] around one, and their images."""
    from ganengine.inspection.variations import variations

    z = variations(latent.z, strength, count, seed)
    return z, subject.images(z, latent.label)


def walked(subject: Subject, stops: Sequence[Latent], frames: int, closed: bool, tell: Tell) -> tuple[Images, Images]:
    """The images uint8 [F, H, W, C] of a walk, and that of its last stop [H, W, C]."""
    from ganengine.inspection.walks import walk, walk_images

    way = walk(stops, frames, len(subject.classes), closed=closed)
    images = []
    for number, image in enumerate(walk_images(subject, way)):
        tell("Making the walk", number, len(way))
        images.append(image)
    return np.stack(images), subject.image(stops[-1])[0]


def write_walk(
    subject: Subject, stops: Sequence[Latent], frames: int, closed: bool, path: Path, invert: bool, tell: Tell
) -> Path:
    """Save a walk as the path's ending says; films of small images are enlarged so that they can be seen."""
    from ganengine.inspection import walk_files
    from ganengine.inspection.walks import walk

    strip = path.suffix.lower() == ".png"
    way = walk(stops, 10 if strip else frames, len(subject.classes), closed=closed and not strip)
    scale = max(1, (64 if strip else 256) // subject.sampler.shape.resolution)
    walk_files.write_walk(path, subject, way, scale=scale, invert=invert, tell=tell)
    return path


def found_directions(subject: Subject, label: int | None, count: int) -> Directions:
    """The principal directions of the generator."""
    from ganengine.inspection.directions import directions_of

    return directions_of(subject, label, count)


def moved(subject: Subject, latent: Latent, directions: Directions, amounts: Sequence[float]) -> tuple[Latent, Images]:
    """A latent moved along directions, and its image uint8 [H, W, C]."""
    import torch

    from ganengine.inspection.subject import Latent

    steps = torch.tensor(list(amounts))[: len(directions.vectors)]
    there = Latent(directions.moved(latent.z, steps), latent.label)
    return there, subject.image(there)[0]


def facts_text(subject: Subject, item: Item, origin: Origin) -> str:
    """All that makes the image again, as JSON."""
    label = item.latent.label
    return json.dumps(
        {
            "image": item.title,
            "checkpoint": str(subject.path),
            "step": subject.step,
            "index": origin.index,
            "seed": origin.seed,
            "count": origin.count,
            "class": None if label is None else subject.classes[label],
            "z": [float(f"{number:.9g}") for number in item.latent.z.tolist()],
        }
    )


def save_image(path: Path, image: Images, facts: str) -> Path:
    """Write the image as a PNG with its facts in it."""
    from ganengine.export.grid import save_png

    path = path if path.suffix.lower() == ".png" else path.with_name(path.name + ".png")
    save_png(path, image, json.loads(facts))
    return path


def newest_of(path: Path) -> Path:
    """The newest checkpoint of the run that a checkpoint lies in."""
    from ganengine.runs.checkpoints import CheckpointFolder

    return CheckpointFolder(path.parent).latest() or path


def at(origin: Origin, checkpoint: Path | None, step: int | None = None) -> Origin:
    """The same image with another checkpoint, or at another step."""
    return replace(origin, checkpoint=checkpoint, step=origin.step if step is None else step)


def within(title: str) -> str:
    """A title within a sentence."""
    return title[:1].lower() + title[1:]
