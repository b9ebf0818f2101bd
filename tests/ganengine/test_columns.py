import json
from pathlib import Path

import numpy as np

from ganengine.runs.columns import read_columns


def written(folder: Path, *lines: str) -> Path:
    path = folder / "metrics.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def point(step: int, **values: object) -> str:
    return json.dumps({"step": step, "epoch": step / 10, "images": step, "seconds": step / 2, **values})


def test_portions_hold_all_rows_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, *(point(step, loss=step * 2) for step in range(10)))
    portions = list(read_columns(path, rows=4))
    assert [len(portion.steps) for portion in portions] == [4, 4, 2]
    assert np.concatenate([portion.steps for portion in portions]).tolist() == list(range(10))
    assert portions[1].epochs.tolist() == [0.4, 0.5, 0.6, 0.7]
    assert portions[1].seconds.tolist() == [2.0, 2.5, 3.0, 3.5]
    assert portions[2].values["loss"].tolist() == [16.0, 18.0]


def test_only_until_a_step(tmp_path: Path) -> None:
    (portion,) = read_columns(written(tmp_path, point(1), point(2), point(3)), until=2)
    assert portion.steps.tolist() == [1, 2]
    assert list(read_columns(tmp_path / "none")) == []


def test_gaps_and_damage(tmp_path: Path) -> None:
    path = written(tmp_path, point(1, a=1.0), "{", point(2, b=2.0, words="no"), '{"loss": 1}', point(3, a="x", b=None))
    (portion,) = read_columns(path)
    assert portion.steps.tolist() == [1, 2, 3]
    assert set(portion.values) == {"a", "b"}
    np.testing.assert_array_equal(portion.values["a"], [1.0, np.nan, np.nan])
    np.testing.assert_array_equal(portion.values["b"], [np.nan, 2.0, np.nan])
