"""Compiles the step of a training that is likely to be started soon."""

from ganengine import devices
from ganengine.config import TrainConfig
from ganengine.graph import store
from ganengine.graph.preparation import Preparation
from ganengine.graph.spec import StepSpec
from ganengine.shapes import ImageShape
from ganengine.stepping.tuning import Tuning, tuning

_last: list[Preparation] = []


def prepare_ahead(config: TrainConfig, shape: ImageShape, num_classes: int) -> bool:
    """Have the step of these settings ready before it is asked for; whether a compiler was started.

    One at a time: what was begun for other settings and no training has asked for is given up.

    Raises:
        ConfigError: the device does not exist.
        GraphUnusable: the compiler cannot be started.
    """
    if tuning(config) != Tuning.ON:
        return False
    spec = StepSpec(config, shape, num_classes, str(devices.resolve(config.training.device)))
    key = spec.key()
    if store.find(key) is not None or Preparation.under_way(key) is not None:
        return False
    while _last:
        earlier = _last.pop()
        if not earlier.is_wanted and not earlier.has_ended:
            earlier.end()
    _last.append(Preparation.of(spec))
    return True
