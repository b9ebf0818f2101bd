"""One run's directory: settings, state, history, samples and checkpoints."""

import json
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ganengine.config import TrainConfig
from ganengine.errors import RunError, StorageError
from ganengine.events import MetricsEvent, RunStatus
from ganengine.plans import Group
from ganengine.runs.about import FILE as ABOUT
from ganengine.runs.checkpoints import CheckpointFolder
from ganengine.runs.creation import new_folder
from ganengine.runs.damage import load_config
from ganengine.runs.facts import FORMAT, facts_of, fingerprint, whole
from ganengine.runs.files import append_json_line, end_last_line, read_json_lines, write_text
from ganengine.runs.finding import find_folder, run_folders
from ganengine.runs.locks import LOCK, is_locked
from ganengine.runs.salvage import salvaged_info
from ganengine.runs.scan import is_run, read_info
from ganengine.runs.summary import Parent as Parent  # noqa: PLC0414  # known from here
from ganengine.shapes import ImageShape

_SAMPLE = re.compile(r"step-(\d+)\.png")
_FOLDERS = ("samples", "checkpoints", "exports")


class RunDirectory:
    """A run on disk, e.g. `<runs>/00007-mnist-simple/`.

    Attributes:
        path: the directory.
        checkpoints: its checkpoints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = CheckpointFolder(path / "checkpoints")
        self._lock = FileLock(path / LOCK, thread_local=False)

    @classmethod
    def create(
        cls,
        root: Path,
        config: TrainConfig,
        parent: Parent | None = None,
        group: Group | None = None,
        images_shape: ImageShape | None = None,
        queued: str = "",
    ) -> "RunDirectory":
        """A new directory under the runs root, with the next free number and the settings in it.

        Other processes see it when it is complete, and never before.

        Raises:
            StorageError: it could not be made.
        """
        settings = config.to_toml()
        info = _first_info(config, settings, parent, group, images_shape) | ({"queued": queued} if queued else {})

        def fill(folder: Path) -> None:
            for name in _FOLDERS:
                (folder / name).mkdir()
            write_text(folder / "config.toml", settings, "the settings")
            write_text(folder / "run.json", _json(info), "the run's state")

        return cls(new_folder(root, config.preset, fill))

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """An existing run, also a damaged one.

        Raises:
            RunError: there is none at `path`.
        """
        if not is_run(path):
            raise RunError(f"{path} is not a run: it holds no run.json.")
        return cls(path)

    @property
    def name(self) -> str:
        """The folder's name, e.g. `00007-mnist-simple`."""
        return self.path.name

    # -- what is in it ---------------------------------------------------------------------------------------------

    def config(self) -> TrainConfig:
        """The settings that the run began with.

        Raises:
            ConfigError: the file is missing, damaged or of a newer version.
        """
        return load_config(self.path)

    def info(self) -> dict[str, Any]:
        """The content of `run.json`; its `status` tells the truth even where the process was killed.

        Raises:
            RunError: the file is missing or damaged.
        """
        info = self._read_info()
        unfinished = {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED}
        if info.get("status") in unfinished and not self.is_active():
            info["status"] = RunStatus.STOPPED.value
        return info

    def known_info(self) -> dict[str, Any]:
        """As `info`; of a run whose `run.json` is missing or damaged, what its other files tell. Never raises."""
        try:
            return self.info()
        except RunError:
            status = RunStatus.RUNNING if self.is_active() else RunStatus.STOPPED
            return salvaged_info(self.path) | {"status": status.value}

    def _read_info(self) -> dict[str, Any]:
        info, problem = read_info(self.path)
        if not info:
            raise RunError(f"{self.path}: {problem}")
        return info

    def metrics(self) -> list[MetricsEvent]:
        """The whole history; damaged lines are passed over."""
        return list(self.each_metrics())

    def each_metrics(self) -> Iterator[MetricsEvent]:
        """As `metrics`, one after the other: of a long training, all together are larger than memory."""
        rows = read_json_lines(self.path / "metrics.jsonl")
        return (point for row in rows if (point := metrics_of(row)) is not None)

    def events(self) -> list[dict[str, Any]]:
        """Edits, alerts and checkpoints, oldest first."""
        return list(read_json_lines(self.path / "events.jsonl"))

    def sample_path(self, step: int) -> Path:
        """Where the samples of a step are or would be."""
        return self.path / "samples" / f"step-{step:08d}.png"

    def sample_steps(self) -> list[int]:
        """Steps with samples, in order."""
        found = (_SAMPLE.fullmatch(path.name) for path in (self.path / "samples").glob("*.png"))
        return sorted(int(match[1]) for match in found if match)

    # -- writing: only by the process that holds the lock ------------------------------------------------------------

    def acquire(self) -> None:
        """Take the run for this process; the lock goes with the process, however it ends.

        Raises:
            RunError: another training has it, or it is gone.
        """
        if not self.path.is_dir():
            raise RunError(f"There is no run {self.path} any more.")  # the lock would make an empty one
        try:
            self._lock.acquire(timeout=0.5, poll_interval=0.02)  # whoever asks `is_active` has it for a moment
        except Timeout:
            raise RunError(f"{self.name} is being trained already, here or in another program.") from None
        except OSError as error:
            raise StorageError("the run", self.path, error) from error

    def release(self) -> None:
        """Give the run free."""
        self._lock.release()

    def is_active(self) -> bool:
        """Whether some process is training it now."""
        return self._lock.is_locked or is_locked(self.path / LOCK)

    def update_info(self, changes: dict[str, Any]) -> None:
        """Change fields of `run.json`; one that is missing or damaged is begun anew, with what other files tell."""
        try:
            info = self._read_info()
        except RunError:
            info = salvaged_info(self.path)
        write_text(self.path / "run.json", _json(info | changes), "the run's state")

    def clean(self) -> None:
        """Delete what a crash left half-written, but what the person says of the run, which needs no lock."""
        for leftover in [*self.path.glob(".*.tmp"), *self.path.glob("*/.*.tmp")]:
            if not leftover.name.startswith(f".{ABOUT}."):
                leftover.unlink(missing_ok=True)

    def append_metrics(self, event: MetricsEvent) -> None:
        """Add one point to the history."""
        place = {"step": event.step, "epoch": event.epoch, "images": event.images, "seconds": round(event.seconds, 3)}
        append_json_line(self.path / "metrics.jsonl", place | dict(event.values))

    def append_event(self, record: dict[str, Any]) -> None:
        """Add one record, with the time, to the events."""
        append_json_line(self.path / "events.jsonl", {"time": now(), **record})

    def forget_after(self, step: int) -> None:
        """Drop the history after a step, which is about to be made again from its checkpoint.

        Raises:
            StorageError: it could not be written anew.
        """
        try:
            for name in ("metrics.jsonl", "events.jsonl"):
                _keep_rows_until(self.path / name, step)
            for later in self.sample_steps():
                if later > step:
                    self.sample_path(later).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError("the history", self.path, error) from error

    def copy_history(self, source: "RunDirectory", step: int) -> None:
        """Take over another run's history and samples up to and including a step, so that a fork is whole by itself."""
        try:
            for name in ("metrics.jsonl", "events.jsonl"):
                if rows := _rows_until(source.path / name, step):
                    _write_rows(self.path / name, rows)
            for sample in source.sample_steps():
                if sample <= step:
                    with suppress(FileNotFoundError):  # it is being trained, and thinned out its samples
                        shutil.copyfile(source.sample_path(sample), self.sample_path(sample))
        except OSError as error:
            raise StorageError("the history", self.path, error) from error


def now() -> str:
    """The time as ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def metrics_of(row: dict[str, Any]) -> MetricsEvent | None:
    """What a line of `metrics.jsonl` says; None for one without a step. What is no number is left out."""
    values = {key: value for key, value in row.items() if isinstance(value, int | float)}
    step = values.pop("step", None)
    if not isinstance(step, int):
        return None
    epoch, images, seconds = values.pop("epoch", 0.0), whole(values.pop("images", 0)), values.pop("seconds", 0.0)
    return MetricsEvent(step, epoch, images, seconds, values)


def list_runs(root: Path) -> list[RunDirectory]:
    """All runs under a root, also damaged ones, oldest first; other folders are passed over."""
    return [RunDirectory(path) for path in run_folders(root)]


def find_run(root: Path, name: str) -> RunDirectory:
    """A run by its path, its folder's name, or its number.

    Raises:
        RunError: there is none, or more than one.
    """
    return RunDirectory(find_folder(root, name))


def _keep_rows_until(path: Path, step: int) -> None:
    end_last_line(path)
    kept = _rows_until(path, step)
    if len(kept) < len(list(read_json_lines(path))):
        _write_rows(path, kept)


def _rows_until(path: Path, step: int) -> list[dict[str, Any]]:
    return [row for row in read_json_lines(path) if whole(row.get("step")) <= step]


def _write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    write_text(path, "".join(json.dumps(row) + "\n" for row in rows), path.name)


def _json(info: dict[str, Any]) -> str:
    return json.dumps(info, indent=2) + "\n"


def _first_info(
    config: TrainConfig, settings: str, parent: Parent | None, group: Group | None, shape: ImageShape | None
) -> dict[str, Any]:
    shape = shape or config.data.image_shape()
    return {
        "format": FORMAT,
        "id": secrets.token_hex(8),
        "status": RunStatus.QUEUED.value,
        **facts_of(config.model_dump(mode="json")),
        "images_shape": [shape.channels, shape.resolution, shape.resolution] if shape else None,
        "settings": fingerprint(settings.encode()),
        "parent": {"run": parent.run, "step": parent.step} if parent else None,
        "parent_id": parent.id or None if parent else None,
        "group": asdict(group) if group else None,
        "best": None,
        "created": now(),
        "seed": config.training.seed,
        "step": parent.step if parent else 0,
        "seconds": 0.0,
        "versions": {
            "python": platform.python_version(),
            "gan-studio": version("gan-studio"),
            "torch": version("torch"),
        },
    }
