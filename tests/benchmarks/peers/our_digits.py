"""A preset in GAN Studio's own trainer, from the call that Start makes; writes what the plain loop writes."""

import argparse
import copy
import tempfile
import time
from pathlib import Path

import torch

from ganengine.commands import Stop
from ganengine.events import Event
from ganengine.launch import new_run
from ganengine.presets import find_preset
from ganengine.trainer import Trainer


class Snapshots:
    """What the generator was every second.

    Attributes:
        trainer: to be set before it runs.
    """

    trainer: Trainer

    def __init__(self, began: float, seconds: float) -> None:
        self._began, self._until = began, seconds
        self.taken: list[tuple[float, int, dict[str, torch.Tensor]]] = []

    def notify(self, event: Event) -> None:
        """Take one where it is time."""
        seconds = time.perf_counter() - self._began
        if getattr(event, "step", 0) and seconds >= len(self.taken) + 1:
            players = self.trainer.players
            shown = players.G if players.G_ema is None else players.G_ema
            self.taken.append((seconds, self.trainer.step, copy.deepcopy(shown.state_dict())))
        if seconds >= self._until:
            self.trainer.commands.send(Stop(save=False))


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("seconds", type=float)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    changes = {"training.length_in": "steps", "training.steps": 100_000_000}
    config = find_preset(options.preset).config.with_changes(changes)
    snapshots = Snapshots(time.perf_counter(), options.seconds)
    with tempfile.TemporaryDirectory() as folder:
        trainer = snapshots.trainer = new_run(config, Path(folder), [snapshots])
        trainer.run()
    torch.save(snapshots.taken, options.out)


if __name__ == "__main__":
    main()
