"""Optimizers, one a file, each with the fields that torch gives it."""

from ganengine.optimizers.base import Optimizer as Optimizer
