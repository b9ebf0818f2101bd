"""GAN Studio's own trainer as a person would have it: recorded, logged and sampled as its preset says."""

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from torch_side import versions, wait_for_device
from turns import Turns, next_turn, processor_seconds
from works import WORKS, Work, threads

from ganengine.commands import Continue, Pause, Stop
from ganengine.config import TrainConfig
from ganengine.events import Event, RunStatus, StatusChanged
from ganengine.launch import new_run
from ganengine.presets import find_preset
from ganengine.trainer import Trainer


def config_of(work: Work, folder: Path) -> TrainConfig:
    """The work in our own settings; what they do not name is as it comes."""
    changes: dict[str, Any] = {
        "training.length_in": "steps",
        "training.steps": 100_000_000,
        "training.cpu_threads": threads(),
        "training.batch_size": work.batch,
    }
    if work.is_faces:
        pictures = {"data.source": "folder", "data.path": str(folder / "folder")}
        changes |= pictures | {"data.resolution": work.side, "data.channels": "colour"}
    if work.key == "a":
        return find_preset("mnist-simple").config.with_changes(changes)
    if work.key == "b":
        return find_preset("faces-dense").config.with_changes(changes)
    for player in ("generator", "discriminator"):
        changes |= {f"{player}.kind": "dcgan", f"{player}.width": 64, f"{player}.spectral_norm": False}
    for optimizer in ("optimizer_g", "optimizer_d"):
        settings = {"kind": "adam", "lr": work.lr, "betas": (work.beta1, work.beta2)}
        changes |= {f"{optimizer}.{name}": value for name, value in settings.items()}
    changes |= {
        "generator.latent_dim": work.latent_dim,
        "discriminator.norm": "batch" if ("norm", 512) in work.discriminator else "none",
        "discriminator.dropout": next((layer[1] for layer in work.discriminator if layer[0] == "dropout"), 0.0),
        "loss.kind": "nonsaturating",
        "loss.real_label": work.real_label,
        "training.ema_halflife_images": 0,
    }
    return TrainConfig().with_changes(changes)


class Watch:
    """Notes when the training said how far it is, and what it is doing.

    Attributes:
        points: (perf_counter, step) of every event with a step.
        paused: set while it waits.
    """

    def __init__(self) -> None:
        self.points: list[tuple[float, int]] = []
        self.paused = threading.Event()

    def notify(self, event: Event) -> None:
        """Take note."""
        is_pause = isinstance(event, StatusChanged) and event.status == RunStatus.PAUSED
        if is_pause:
            wait_for_device()
        if (step := getattr(event, "step", None)) is not None:
            self.points.append((time.perf_counter(), step))
        if is_pause:
            self.paused.set()


def train_for(trainer: Trainer, watch: Watch, seconds: float, lead: float) -> dict[str, float]:
    """One turn, from another thread than the trainer's."""
    watch.paused.clear()
    watch.points.clear()
    began, processor = time.perf_counter(), processor_seconds()
    trainer.commands.send(Continue())
    time.sleep(lead + seconds)
    trainer.commands.send(Pause())
    watch.paused.wait()
    processor = (processor_seconds() - processor) / (time.perf_counter() - began)
    first = next(point for point in watch.points if point[0] >= began + lead)
    last = watch.points[-1]
    return {
        "steps": last[1] - first[1],
        "seconds": last[0] - first[0],
        "processor_seconds": processor * (last[0] - first[0]),
    }


def settle(trainer: Trainer, watch: Watch, at_most: float) -> dict[str, Any]:
    """Train until the trainer has made up its mind how to compute, without measuring."""
    began = time.perf_counter()
    while True:
        train_for(trainer, watch, 1.0, 0.0)
        seconds, settled = time.perf_counter() - began, has_settled(trainer)
        if settled or seconds > at_most:
            way = str(getattr(stepper_of(trainer), "way", ""))
            return {"settled": settled, "seconds_to_settle": seconds, "way": way}


def has_settled(trainer: Trainer) -> bool:
    """Whether the compiled step is there, or given up, and every trial is over."""
    stepper = stepper_of(trainer)
    if stepper is None or os.environ.get("GANENGINE_TUNING") == "off":
        return True
    if hasattr(stepper, "is_settled"):
        return bool(stepper.is_settled)
    return bool((stepper._graph or stepper._source is None) and stepper._contest.is_settled)


def stepper_of(trainer: Trainer) -> Any:
    """What chooses how a step is taken, if there is one."""
    return getattr(trainer, "stepper", None) or getattr(trainer, "_stepper", None)


def main() -> None:
    """Train in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("images", type=Path)
    parser.add_argument("--settle", type=float, default=180.0, help="seconds after which it is measured as it is")
    options = parser.parse_args()
    work, turns, watch = WORKS[options.work], Turns(), Watch()
    with tempfile.TemporaryDirectory() as folder:
        trainer = new_run(config_of(work, options.images), Path(folder), [watch])
        trainer.commands.send(Pause())

        def in_turns() -> None:
            watch.paused.wait()
            found = settle(trainer, watch, options.settle)
            counts = list(trainer.players.parameter_counts().values())
            turns.answer({"parameters": counts, "versions": versions(), **found})
            while (wanted := next_turn()) is not None:
                turns.answer(train_for(trainer, watch, *wanted))
            trainer.commands.send(Stop(save=False))
            trainer.commands.send(Continue())

        threading.Thread(target=in_turns, daemon=True).start()
        trainer.run()


if __name__ == "__main__":
    main()
