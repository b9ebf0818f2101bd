"""Checkpoints: everything a training needs to go on exactly, in one file of tensors and plain values."""

import pickle
import re
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import torch

from ganengine.config import TrainConfig
from ganengine.errors import CheckpointError, ConfigError, NewerVersionError
from ganengine.runs.files import write_atomically, write_text
from ganengine.runs.thinning import kept

FORMAT = "gan-studio-checkpoint"
VERSION = 1
_NAME = re.compile(r"step-(\d+)\.pt")
# An archive's flag for a folder. No checksum covers it, and torch reads an entry that has it as something else.
_FOLDER = 0x10
_REQUIRED = ("config", "step", "players", "fixed_z")


def save_checkpoint(path: Path, content: dict[str, Any]) -> None:
    """Write a complete checkpoint, or none.

    Raises:
        StorageError: it could not be written; whatever was there before is intact.
    """
    payload = {"format": FORMAT, "version": VERSION, **content}

    def write(file: BinaryIO) -> None:
        try:
            torch.save(payload, file)
        except RuntimeError as error:
            if isinstance(error.__context__, OSError):  # torch hides the disk's own reason behind its own
                raise error.__context__ from None
            raise

    write_atomically(path, write, "the checkpoint")


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU. Nothing in it is executed (`weights_only`).

    Raises:
        CheckpointError: one sentence on why the file cannot be used.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no file {path}.")
    check_archive(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise CheckpointError(f"{path.name} was not made by GAN Studio, and could run foreign code: refused.") from None
    except Exception as error:  # whole, as its checksums show, and yet not what torch writes
        raise CheckpointError(f"{path.name} is not a checkpoint of GAN Studio.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError(f"{path.name} is a PyTorch file, but not a checkpoint of GAN Studio.")
    if content.get("version", 0) > VERSION:
        raise NewerVersionError(f"{path.name} was made by a newer version of GAN Studio; update to open it.")
    if missing := [key for key in _REQUIRED if key not in content]:
        raise CheckpointError(f"{path.name} is damaged: it holds no {missing[0]}.")
    return content


def checkpoint_config(content: dict[str, Any]) -> TrainConfig:
    """The settings that were in force when the checkpoint was made.

    Raises:
        CheckpointError: they cannot be used here, e.g. an architecture that this version does not know.
    """
    try:
        return TrainConfig.parse(content["config"])
    except ConfigError as error:
        raise CheckpointError(f"This checkpoint has settings that this version cannot use ({error}).") from error


def step_of(path: Path) -> int | None:
    """The step in a checkpoint's file name, or None for other files."""
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else None


class CheckpointFolder:
    """The checkpoints of one run: `step-00001200.pt`.

    A `.keep` file beside one says that it is never deleted, a `.best` file that it was measured as the best so far.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, step: int) -> Path:
        """Where the checkpoint of a step is or would be."""
        return self.directory / f"step-{step:08d}.pt"

    def steps(self) -> list[int]:
        """Steps with a complete checkpoint, in order."""
        found = (step_of(path) for path in self.directory.glob("step-*.pt"))
        return sorted(step for step in found if step is not None)

    def latest(self) -> Path | None:
        """The newest checkpoint, or None."""
        steps = self.steps()
        return self.path(steps[-1]) if steps else None

    def is_kept(self, step: int) -> bool:
        """Whether the user asked to keep it."""
        return self._keep_file(step).exists()

    def keep(self, step: int) -> None:
        """Never delete this one."""
        write_text(self._keep_file(step), "", "the mark on the checkpoint")

    def best(self) -> int | None:
        """The step of the checkpoint that was measured as the best so far, or None."""
        marked = [step for step in self.steps() if self._best_mark(step).exists()]
        return marked[-1] if marked else None

    def mark_best(self, step: int) -> None:
        """Keep this one as the best so far, in place of the one before."""
        write_text(self._best_mark(step), "", "the mark on the checkpoint")
        for mark in self.directory.glob("step-*.best"):
            if mark != self._best_mark(step):
                mark.unlink(missing_ok=True)

    def nearest(self, step: int) -> int | None:
        """The newest checkpoint at or before a step; where there is none before, the first after; None without any."""
        steps = self.steps()
        return max((known for known in steps if known <= step), default=steps[0] if steps else None)

    def size(self) -> int:
        """Bytes of all checkpoints; one that vanishes meanwhile counts nothing."""
        total = 0
        for path in self.directory.glob("step-*.pt"):
            with suppress(OSError):
                total += path.stat().st_size
        return total

    def prune(self, keep_last: int, spread: int = 0, every: int = 1) -> None:
        """Delete automatic checkpoints but the last `keep_last`, at most `spread` of the older ones, and the best.

        Args:
            every: steps between two automatic ones; see `thinning.kept`.
        """
        best = self.best()
        automatic = [step for step in self.steps() if not self.is_kept(step) and step != best]
        for step in set(automatic) - kept(automatic, keep_last, spread, every):
            self.path(step).unlink(missing_ok=True)

    def set_aside_after(self, step: int) -> None:
        """Rename later checkpoints, which were passed over as damaged: they must not count as the newest ones."""
        for later in self.steps():
            if later > step:
                self.path(later).replace(self.path(later).with_suffix(".damaged"))

    def _best_mark(self, step: int) -> Path:
        return self.path(step).with_suffix(".best")

    def _keep_file(self, step: int) -> Path:
        return self.path(step).with_suffix(".keep")


def check_archive(path: Path) -> None:
    """Compare the file with the checksums in it. torch does not: a flipped bit would load as a wrong weight.

    Raises:
        CheckpointError: it is damaged, or not a checkpoint.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                broken = archive.testzip() or any(entry.external_attr & _FOLDER for entry in archive.infolist())
                problem = "damaged and cannot be read" if broken else ""
        else:
            problem = _reason_not_zip(path)
    except Exception as error:  # zipfile raises a good dozen of kinds
        raise CheckpointError(f"{path.name} is damaged and cannot be read.") from error
    if problem:
        raise CheckpointError(f"{path.name} is {problem}.")


def _reason_not_zip(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    return "damaged: its end is missing" if start == b"PK" else "not a checkpoint"
