"""Errors that a user can act on.

Each message is one or two plain sentences that say what is wrong, where, and what to do. The studio shows
them as they are; the command line prints them and exits with `exit_code`.
"""

from collections.abc import Sequence
from pathlib import Path


class GanEngineError(Exception):
    """Base of all errors with a message meant for the user."""

    exit_code = 1


class ConfigError(GanEngineError):
    """A hyperparameter has a value that cannot be used.

    Attributes:
        path: dotted path of the field, e.g. ``optimizer_g.lr``.
        message: what is wrong with it, without the path.
        problems: every (path, message) found; the first is `path`, `message`.
    """

    exit_code = 2

    def __init__(self, path: str, message: str, problems: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message
        self.problems = list(problems) or [(path, message)]


class DatasetError(GanEngineError):
    """The images cannot be found or read."""

    exit_code = 2


class CheckpointError(GanEngineError):
    """A file is not a usable checkpoint of this program."""

    exit_code = 2


class NewerVersionError(CheckpointError):
    """A checkpoint is fine, but only a newer version of this program can read it."""


class RunError(GanEngineError):
    """A run directory is missing, damaged, or in use."""

    exit_code = 2


class QueueError(GanEngineError):
    """Something that the queue cannot do, or a queue that cannot be used."""

    exit_code = 2


class StorageError(GanEngineError):
    """Something could not be written: the disk is full, read-only or gone."""

    def __init__(self, what: str, path: Path, cause: OSError) -> None:
        reason = cause.strerror or str(cause)
        super().__init__(
            f"Could not write {what} to {path}: {reason}. Everything saved before is intact; "
            "free some space or choose another runs folder, then go on."
        )


class PublishError(GanEngineError):
    """What is to be published cannot be made from what there is, or would be in the way of something."""

    exit_code = 2


class UnfaithfulCopy(GanEngineError):
    """A network that was published answers otherwise than the one that it was made from."""


class TrainingDiverged(GanEngineError):
    """A loss or a weight became infinite or not a number."""


class OutOfMemory(GanEngineError):
    """The device's memory did not hold the networks and one batch."""


class Cancelled(GanEngineError):
    """The user asked to stop what was being prepared."""

    exit_code = 130
