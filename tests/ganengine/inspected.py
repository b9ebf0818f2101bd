"""Tiny trained checkpoints to look at single images with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ganengine.data.dataset import ImageDataset
from tests.ganengine.helpers import make_trainer

COUNT = 6  # images of a sample


def labelled_noise(count: int = 30, classes: int = 3) -> ImageDataset:
    """Grey noise of 8×8 pixels in three classes, always the same."""
    generator = torch.Generator().manual_seed(5)
    images = torch.randint(0, 256, (count, 1, 8, 8), generator=generator, dtype=torch.uint8)
    return ImageDataset("noise", images, torch.arange(count) % classes, tuple("abc"[:classes]))


def plain_checkpoint(root: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """The checkpoint of a few steps without classes."""
    return _trained(root, {"recording.sample_count": COUNT, **(changes or {})})


def conditional_checkpoint(root: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """The same with three classes."""
    return _trained(root, {"recording.sample_count": COUNT, "training.class_conditional": True, **(changes or {})})


def _trained(root: Path, changes: Mapping[str, Any]) -> Path:
    trainer = make_trainer(root, changes, dataset=labelled_noise())
    trainer.run()
    found = trainer.directory.checkpoints.latest()
    assert found is not None
    return found
