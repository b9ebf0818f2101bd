"""Regularizers, one a file; any number of them may be on at once."""

from ganengine.regularizers.base import Regularizer as Regularizer
