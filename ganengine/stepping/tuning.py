"""Whether, and between what, a training may choose by timing."""

import os
from enum import StrEnum

import psutil
import torch

from ganengine.config import TrainConfig


class Tuning(StrEnum):
    """How freely: not at all, by timing, or compiled in any case and from the second step on."""

    OFF = "off"
    ON = "on"
    COMPILED = "compiled"


def tuning(config: TrainConfig) -> Tuning:
    """By timing, but for where the same bits are wanted each time, or `$GANENGINE_TUNING` says something else."""
    if config.compute.deterministic:
        return Tuning.OFF
    asked = os.environ.get("GANENGINE_TUNING", "")
    return Tuning(asked) if asked in set(Tuning) else Tuning.ON


def thread_choices(config: TrainConfig, device: torch.device, present: int) -> list[int]:
    """Numbers of threads worth a trial: one, half of the cores and all; only the present one where it was set."""
    if device.type != "cpu" or config.training.cpu_threads:
        return [present]
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return sorted({1, max(1, cores // 2), cores, present})
