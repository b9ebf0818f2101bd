"""What a training will take on the disk, told before it begins, beside what it then takes."""

from pathlib import Path
from typing import Any

import pytest

from ganengine.footprint import footprint
from ganengine.runs.size import size_of
from tests.ganengine.helpers import make_trainer, quick_config, random_digits, run_of

WIDE = {"generator.widths": [200], "discriminator.widths": [300]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"training.ema_halflife_images": 0},
        {"optimizer_g.kind": "sgd", "optimizer_d.kind": "rmsprop"},
        {"generator.kind": "dcgan", "discriminator.kind": "dcgan"},
    ],
)
def test_it_is_as_large_as_told(changes: dict[str, Any], runs_dir: Path) -> None:
    networks = {} if "generator.kind" in changes else WIDE
    trainer = make_trainer(runs_dir, {"training.steps": 1, **networks, **changes})
    trainer.run()
    told = footprint(trainer.config, random_digits().shape, dataset_size=20)
    size = size_of(run_of(trainer))
    assert told.checkpoint == pytest.approx(size.checkpoints.bytes / size.checkpoints.count, rel=0.1)
    assert size.samples.bytes / size.samples.count <= told.sample * 1.1 + 500


def test_the_policy_bounds_the_whole() -> None:
    config = quick_config(
        {"recording.keep_checkpoints": 2, "recording.spread_checkpoints": 5, "recording.keep_samples": 100}
    )
    told = footprint(config, random_digits().shape)
    assert (told.checkpoints, told.samples) == (7, 100)
    assert told.total == 7 * told.checkpoint + 100 * told.sample
    assert "7 checkpoints" in str(told)
    assert "100 samples" in str(told)
