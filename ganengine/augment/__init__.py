"""Augmentations, one a file; any number of them may be on at once."""

from ganengine.augment.base import Augmentation as Augmentation
