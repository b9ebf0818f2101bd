"""Run directories as trainings leave them, made in no time: for tests and measurements of lists of thousands."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ganengine.config import TrainConfig
from ganengine.runs.directory import RunDirectory

PRESETS = ("mnist-simple", "digits-best", "faces-dense", "fashion-best", "letters-best")
DATA = ("mnist-5k", "mnist-5k", "faces", "fashion-mnist", "notMNIST")
OPTIMIZERS = ("Adam", "RMSprop", "SGD", "Adam / SGD")
STATUSES = ("finished", "finished", "finished", "stopped", "failed", "running")
TAGS = ("good", "baseline", "blurry", "collapse", "for-the-talk")
# A grey pixel: what is in a picture does not matter to a list.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")


def make_runs(root: Path, count: int, *, points: int = 50, samples: int = 4) -> list[Path]:
    """Write `count` runs under a root that has none, with a history of `points` lines each; every third is a fork.

    A run that says "running" was killed: nobody holds it.
    """
    pattern = RunDirectory.create(root, TrainConfig())
    settings = (pattern.path / "config.toml").read_bytes()
    info = json.loads((pattern.path / "run.json").read_text(encoding="utf-8"))
    folders = []
    for number in range(1, count + 1):
        name = name_of(number)
        folder = root / name
        if number == 1:
            pattern.path.rename(folder)
        _write(folder, settings, info | _state(number, points), points, samples)
        folders.append(folder)
    return folders


def name_of(number: int) -> str:
    """The folder's name of a synthetic run."""
    return f"{number:05d}-{PRESETS[number % len(PRESETS)]}"


def _state(number: int, points: int) -> dict[str, Any]:
    step = points * 10
    best = {"key": "eval/fid_own", "title": "FID (own classifier)", "value": 5 + number * 0.37 % 90, "step": step}
    started = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return {
        "id": f"{number:016x}",
        "status": STATUSES[number % len(STATUSES)],
        "preset": PRESETS[number % len(PRESETS)],
        "data": DATA[number % len(DATA)],
        "optimizers": OPTIMIZERS[number % len(OPTIMIZERS)],
        "parent": {"run": name_of(number // 2), "step": 100} if number % 3 == 2 else None,
        "parent_id": f"{number // 2:016x}" if number % 3 == 2 else None,
        "best": best | {"better": "lower"} if number % 3 else None,
        "created": started.isoformat(timespec="seconds"),
        "step": step,
        "total_steps": step * 2,
        "seconds": 12.5 + number,
        "device": "CPU",
    }


def _write(folder: Path, settings: bytes, info: dict[str, Any], points: int, samples: int) -> None:
    for name in ("samples", "checkpoints", "exports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_bytes(settings)
    (folder / "run.json").write_text(json.dumps(info, indent=2), encoding="utf-8")
    (folder / ".lock").touch()
    rows = (
        {"step": point * 10, "epoch": point / 50, "images": point * 320, "seconds": point * 0.2, "loss/g": 0.7}
        for point in range(1, points + 1)
    )
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for place in range(samples):
        step = info["step"] * (place + 1) // samples
        (folder / "samples" / f"step-{step:08d}.png").write_bytes(PIXEL)
    number = int(folder.name.partition("-")[0])
    if number % 4 == 0:
        about = {"title": f"Try {number}", "tags": [TAGS[number % len(TAGS)]], "notes": "worth a look"}
        (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
