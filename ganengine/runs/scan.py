"""One run's row of the list, from a few small reads. Imports no torch."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ganengine.events import RunStatus
from ganengine.runs import damage
from ganengine.runs.about import FILE as ABOUT
from ganengine.runs.about import read_about
from ganengine.runs.facts import best_from, is_number, whole
from ganengine.runs.locks import LOCK, is_locked
from ganengine.runs.summary import Parent, RunGroup, RunSummary
from ganengine.runs.tail import last_record

UNFINISHED = frozenset({RunStatus.QUEUED.value, RunStatus.RUNNING.value, RunStatus.PAUSED.value})
# Any change of what a row is made from changes one of these.
_WATCHED = ("run.json", ABOUT, "config.toml", "metrics.jsonl", "samples")

Stamp = tuple[tuple[int, int, int] | None, ...]


def stamp_of(folder: str) -> Stamp:
    """What the file system says of a run's files without opening them; equal stamps mean that nothing changed."""
    return tuple(_stat(f"{folder}/{name}") for name in _WATCHED)


def is_run(folder: Path) -> bool:
    """Whether a folder is a run's, also that of one which lost its `run.json`."""
    try:
        if any((folder / name).is_file() for name in ("run.json", "config.toml", "metrics.jsonl")):
            return True
        return next((folder / "checkpoints").glob("step-*.pt"), None) is not None
    except OSError:
        return False  # not ours to look into


def number_of(name: str) -> int:
    """The number at the beginning of a run's folder name, or 0."""
    number = name.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def read_info(folder: Path) -> tuple[dict[str, Any], str]:
    """The content of `run.json`, as far as it is ours; and what is wrong with it, in one sentence."""
    try:
        found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, damage.NO_INFO
    except OSError as error:
        return {}, f"run.json cannot be read: {error.strerror or error}."
    except (ValueError, RecursionError):
        return {}, damage.CUT_INFO
    if not isinstance(found, dict) or not isinstance(found.get("status"), str):
        return {}, damage.FOREIGN_INFO
    return found, damage.newer_format(found)


def read_row(folder: Path) -> RunSummary:
    """The row of a run, without a look into its settings."""
    info, problem = read_info(folder)
    is_active = is_locked(folder / LOCK)
    unfinished = info.get("status") in UNFINISHED or not info
    last, cut_off = last_record(folder / "metrics.jsonl")
    if cut_off and not problem and not is_active and not is_locked(folder / LOCK):
        problem = damage.CUT_METRICS
    about = read_about(folder)
    step = max(whole(info.get("step")), whole(last.get("step")))
    return RunSummary(
        path=folder,
        number=number_of(folder.name),
        name=folder.name,
        title=about.title,
        preset=_text(info.get("preset")),
        data=_text(info.get("data")),
        optimizers=_text(info.get("optimizers")),
        status=_status(info, is_active=is_active),
        step=step,
        total_steps=whole(info.get("total_steps")),
        seconds=max(_seconds(info), _seconds(last)),
        created=_time(info.get("created")) or _changed(folder / "config.toml"),
        best=best_from(info.get("best")),
        parent=_parent(info.get("parent"), _text(info.get("parent_id"))),
        group=_group(info.get("group")),
        tags=about.tags,
        notes=about.notes,
        archived=about.archived,
        thumbnail=_newest_sample(folder, step, is_settled=not unfinished),
        damage=problem,
        is_active=is_active,
        message=_text(info.get("message")),
        id=_text(info.get("id")),
    )


def _status(info: dict[str, Any], *, is_active: bool) -> str:
    """The truth also where a process was killed; "" where nothing is known."""
    status: str = info.get("status", RunStatus.RUNNING.value)
    if status in UNFINISHED and not is_active:
        return RunStatus.STOPPED.value if info else ""
    return status


def _stat(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # ten thousand of them: pathlib would double the time
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _newest_sample(folder: Path, step: int, *, is_settled: bool) -> Path | None:
    """The newest sample; a training that ended made one of its last step, which spares a look through a thousand."""
    samples = folder / "samples"
    if is_settled and (last := samples / f"step-{step:08d}.png").exists():
        return last
    try:
        names = [name for name in os.listdir(samples) if name.startswith("step-") and name.endswith(".png")]  # noqa: PTH208
    except OSError:
        return None
    # Eight digits, and more only where there are more: the longest, and of these the last.
    return samples / max(names, key=lambda name: (len(name), name)) if names else None


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _changed(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _parent(entry: Any, mark: str) -> Parent | None:
    if not isinstance(entry, dict) or not _text(entry.get("run")):
        return None
    return Parent(entry["run"], whole(entry.get("step")), mark)


def _group(entry: Any) -> RunGroup | None:
    if not isinstance(entry, dict) or not _text(entry.get("id")):
        return None
    name, variation = _text(entry.get("name")), _text(entry.get("variation"))
    return RunGroup(entry["id"], name, variation, whole(entry.get("index")), whole(entry.get("count")))


def _seconds(entry: dict[str, Any]) -> float:
    value = entry.get("seconds")
    return max(0.0, float(value)) if is_number(value) else 0.0  # type: ignore[arg-type]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
