"""What went wrong in a training, in words that help."""

import torch

from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.devices import memory, memory_figures, memory_in_use
from ganengine.errors import OutOfMemory, TrainingDiverged
from ganengine.memory_estimate import largest_batch
from ganengine.runs.checkpoints import CheckpointFolder

_NAMES = {
    "loss/d_real": "the discriminator's loss on real images",
    "loss/d_fake": "the discriminator's loss on generated images",
    "loss/d": "the discriminator's loss",
    "loss/g": "the generator's loss",
    "grad/d": "the discriminator's gradient",
    "grad/g": "the generator's gradient",
}


def diverged(what: str, step: int, config: TrainConfig, checkpoints: CheckpointFolder) -> TrainingDiverged:
    """The error for a value that is no longer a finite number."""
    name = _NAMES.get(what, what)
    steps = checkpoints.steps()
    kept = f"The checkpoint of step {steps[-1]:,} is good." if steps else "There is no checkpoint yet."
    rate_g, rate_d = config.optimizer_g.lr, config.optimizer_d.lr
    return TrainingDiverged(
        f"The training blew up: {name} was no longer a finite number by step {step:,}. {kept} Try lower learning rates "
        f"(they were {rate_g:g} for the generator and {rate_d:g} for the discriminator), or turn on spectral norm."
    )


def explained(error: Exception, config: TrainConfig, device: torch.device, dataset: ImageDataset) -> Exception:
    """`OutOfMemory` where memory ran out, with a batch size that would fit, else the error as it is."""
    on_cpu = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    if not (on_cpu or isinstance(error, torch.OutOfMemoryError)):
        return error
    if device.type == "cuda":
        torch.cuda.empty_cache()
    fitting = _fitting_batch(config, device, dataset)
    smaller = f"a smaller batch size ({fitting:,} should fit)" if fitting else "a smaller batch size"
    return OutOfMemory(
        f"The memory of {device} is not enough for a batch of {config.training.batch_size} images with these networks: "
        f"{memory_figures(device)} after what was tried. Choose {smaller} or narrower networks."
    )


def _fitting_batch(config: TrainConfig, device: torch.device, dataset: ImageDataset) -> int:
    """A batch size below the one that was tried, or 0 where none is known to fit."""
    classes = len(dataset.classes) if config.training.class_conditional else 0
    free = memory(device).free + (memory_in_use(device) if device.type == "cuda" else 0)  # what it held is free again
    try:
        found = largest_batch(config, dataset.shape, classes, dataset.count, free, device)
    except Exception:  # advice must not hide what went wrong
        return 0
    half = config.training.batch_size // 2  # at most, for the estimate may have thought that it would go well
    return min(found, 1 << (half.bit_length() - 1)) if half > 1 else 0
