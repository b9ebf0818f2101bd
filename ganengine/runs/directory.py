"""One run's directory: settings, state, history, samples and checkpoints."""

import json
import platform
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ganengine.config import TrainConfig
from ganengine.errors import RunError, StorageError
from ganengine.events import MetricsEvent, RunStatus
from ganengine.plans import Group
from ganengine.runs.checkpoints import CheckpointFolder
from ganengine.runs.files import append_json_line, end_last_line, read_json_lines, write_text

FORMAT = 1
_SAMPLE = re.compile(r"step-(\d+)\.png")
_FOLDERS = ("samples", "checkpoints", "exports")


@dataclass(frozen=True)
class Parent:
    """Where a run was forked from: the parent's folder name and the step."""

    run: str
    step: int


class RunDirectory:
    """A run on disk, e.g. `<runs>/00007-mnist-simple/`.

    Attributes:
        path: the directory.
        checkpoints: its checkpoints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = CheckpointFolder(path / "checkpoints")
        self._lock = FileLock(path / ".lock", thread_local=False)

    @classmethod
    def create(
        cls, root: Path, config: TrainConfig, parent: Parent | None = None, group: Group | None = None
    ) -> "RunDirectory":
        """A new directory under the runs root, with the next free number and the settings in it.

        Raises:
            StorageError: it could not be made.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
            with FileLock(root / ".lock"):
                path = root / f"{_next_number(root):05d}-{_slug(config.preset)}"
                path.mkdir()
            for folder in _FOLDERS:
                (path / folder).mkdir()
        except OSError as error:
            raise StorageError("a new run", root, error) from error
        run = cls(path)
        write_text(path / "config.toml", config.to_toml(), "the settings")
        run.update_info(_first_info(config, parent, group))
        return run

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """An existing run.

        Raises:
            RunError: there is none at `path`.
        """
        if not (path / "run.json").is_file():
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
        return TrainConfig.load(self.path / "config.toml")

    def info(self) -> dict[str, Any]:
        """The content of `run.json`; its `status` tells the truth even where the process was killed.

        Raises:
            RunError: the file is damaged.
        """
        info = self._read_info()
        unfinished = {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED}
        if info.get("status") in unfinished and not self.is_active():
            info["status"] = RunStatus.STOPPED.value
        return info

    def _read_info(self) -> dict[str, Any]:
        try:
            info = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError(f"{self.path / 'run.json'} is damaged: {error}.") from error
        if not isinstance(info, dict):
            raise RunError(f"{self.path / 'run.json'} is damaged: it is not an object.")
        return info

    def metrics(self) -> list[MetricsEvent]:
        """The whole history; damaged lines are passed over."""
        return [
            MetricsEvent(
                step=row.pop("step"),
                epoch=row.pop("epoch", 0.0),
                images=row.pop("images", 0),
                seconds=row.pop("seconds", 0.0),
                values=row,
            )
            for row in read_json_lines(self.path / "metrics.jsonl")
            if isinstance(row.get("step"), int)
        ]

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
            RunError: another training has it.
        """
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
        if self._lock.is_locked:
            return True
        try:
            with FileLock(self.path / ".lock", timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False  # a read-only place: nobody can be training there

    def update_info(self, changes: dict[str, Any]) -> None:
        """Change fields of `run.json`; one that is damaged is begun anew."""
        try:
            info = self._read_info()
        except RunError:
            info = {}
        write_text(self.path / "run.json", json.dumps(info | changes, indent=2) + "\n", "the run's state")

    def clean(self) -> None:
        """Delete what a crash left half-written."""
        for leftover in [*self.path.glob(".*.tmp"), *self.path.glob("*/.*.tmp")]:
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
                if (source.path / name).exists():
                    shutil.copyfile(source.path / name, self.path / name)
            for sample in source.sample_steps():
                if sample <= step:
                    shutil.copyfile(source.sample_path(sample), self.sample_path(sample))
        except OSError as error:
            raise StorageError("the history", self.path, error) from error
        self.forget_after(step)


def now() -> str:
    """The time as ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def list_runs(root: Path) -> list[RunDirectory]:
    """All runs under a root, oldest first; other folders are passed over."""
    if not root.is_dir():
        return []
    return [RunDirectory(path) for path in sorted(root.iterdir()) if (path / "run.json").is_file()]


def find_run(root: Path, name: str) -> RunDirectory:
    """A run by its path, its folder's name, or its number.

    Raises:
        RunError: there is none, or more than one.
    """
    if (Path(name) / "run.json").is_file():
        return RunDirectory.open(Path(name))
    runs = list_runs(root)
    matching = [run for run in runs if run.name == name or _has_number(run, name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise RunError(f"There are {len(matching)} runs called {name!r} in {root}; give the whole folder name.")
    raise RunError(f"There is no run {name!r} in {root}.")


def _keep_rows_until(path: Path, step: int) -> None:
    end_last_line(path)
    rows = list(read_json_lines(path))
    kept = [row for row in rows if row.get("step", 0) <= step]
    if len(kept) < len(rows):
        write_text(path, "".join(json.dumps(row) + "\n" for row in kept), path.name)


def _has_number(run: RunDirectory, name: str) -> bool:
    number = run.name.partition("-")[0]
    return name.isdecimal() and number.isdecimal() and int(number) == int(name)


def _next_number(root: Path) -> int:
    numbers = (path.name.partition("-")[0] for path in root.iterdir() if path.is_dir())
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "run"


def _first_info(config: TrainConfig, parent: Parent | None, group: Group | None) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "status": RunStatus.QUEUED.value,
        "preset": config.preset,
        "parent": {"run": parent.run, "step": parent.step} if parent else None,
        "group": asdict(group) if group else None,
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
