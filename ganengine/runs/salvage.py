"""What a run's other files tell where its `run.json` does not. Imports no torch by itself."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ganengine.runs.facts import FORMAT, facts_of, is_number, whole
from ganengine.runs.files import read_json_lines
from ganengine.runs.tail import last_record


def salvaged_info(folder: Path) -> dict[str, Any]:
    """Entries of a `run.json` as far as settings, history and checkpoints tell them, without a status."""
    last, _ = last_record(folder / "metrics.jsonl")
    seconds = last.get("seconds")
    checkpoints = (path.stem.partition("-")[2] for path in (folder / "checkpoints").glob("step-*.pt"))
    steps = [int(step) for step in checkpoints if step.isdecimal()]
    return {
        "format": FORMAT,
        **_facts(folder / "config.toml"),
        "parent": _parent(folder / "events.jsonl"),
        "group": None,
        "step": max(whole(last.get("step")), *steps, 0),
        "seconds": seconds if is_number(seconds) else 0.0,
    }


def _facts(path: Path) -> dict[str, Any]:
    try:
        created = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        return {"created": created, **facts_of(tomllib.loads(path.read_text(encoding="utf-8")))}
    except (OSError, ValueError, OverflowError, RecursionError):
        return {}


def _parent(events: Path) -> dict[str, Any] | None:
    """The run that it was forked from: a fork's history says so at its end, after what it took over."""
    forks = [event for event in read_json_lines(events) if event.get("event") == "fork"]
    if not forks or not isinstance(forks[-1].get("run"), str):
        return None
    return {"run": forks[-1]["run"], "step": whole(forks[-1].get("step"))}
