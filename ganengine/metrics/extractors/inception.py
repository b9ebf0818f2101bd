"""Features by the Inception network of the papers, where its weights file is on this computer."""

from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from ganengine.errors import ConfigError
from ganengine.metrics.extractors.base import Extractor
from ganengine.metrics.measures.base import Features
from ganengine.places import data_root

FILE = "weights-inception-2015-12-05-6726825d.pth"
ADDRESS = f"https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/{FILE}"
_LAYER = "2048"
_PATH = "evaluation.features"


class Inception(Extractor):
    """Inception v3 as in the original FID: the 2,048 numbers of its last pooling layer. Never downloads anything."""

    name: ClassVar[str] = "inception"
    portion: ClassVar[int] = 64

    def __init__(self, device: torch.device) -> None:
        """Read the weights.

        Raises:
            ConfigError: they are not there, or the file is damaged; the message says what to put where.
        """
        path = weights_file()
        try:
            self._network = _network(path).to(device)
        except Exception as error:  # unpickling and wrong weights raise a good dozen of kinds
            problem = f"{path} is not the weights file of Inception; get it again from {ADDRESS}"
            raise ConfigError(_PATH, problem) from error
        self._device = device
        self.identity = FILE
        self.about = "Inception v3, trained on ImageNet"

    @torch.no_grad()
    def features(self, images: Tensor) -> Features:
        coloured = images.to(self._device).expand(-1, 3, -1, -1)
        return Features(self._network(coloured)[0].float().cpu())


def weights_file() -> Path:
    """Where the weights are: among the named data sets or in torch's own download folder.

    Raises:
        ConfigError: in neither.
    """
    for folder in (data_root(), Path(torch.hub.get_dir()) / "checkpoints"):
        if (folder / FILE).is_file():
            return folder / FILE
    raise ConfigError(
        _PATH,
        f"Inception needs its weights, which are not on this computer: get {ADDRESS} (91 MB) and put it into "
        f"{data_root()}, or choose the own classifier",
    )


def _network(path: Path) -> Any:
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    # The library unpickles without this guard; what passes it runs no code of the file's.
    weights = torch.load(path, map_location="cpu", weights_only=True)

    class Network(FeatureExtractorInceptionV3):  # type: ignore[misc, unused-ignore]
        def load_state_dict(self, state_dict: Any, *_: Any, **__: Any) -> Any:
            return super().load_state_dict(weights, assign=True)

    with torch.device("meta"):  # no weight is initialised, for that would draw random numbers
        return Network(Inception.name, [_LAYER], feature_extractor_weights_path=str(path))
