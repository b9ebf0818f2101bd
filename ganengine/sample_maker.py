"""The samples of a training: those of every so many steps, which are kept, and new ones on request."""

from torch import Tensor

from ganengine.config import TrainConfig
from ganengine.errors import StorageError
from ganengine.events import FreshSamplesEvent, SamplesEvent
from ganengine.export.grid import save_sample
from ganengine.latents import class_blocks, latents_of_seed
from ganengine.runs.directory import RunDirectory
from ganengine.runs.thinning import SampleThinning
from ganengine.sampling import as_arrays, on_their_way
from ganengine.side_stream import Arrivals
from ganengine.state import TrainingState
from ganengine.voice import Voice


class SampleMaker:
    """Makes images, writes them down, and tells of them."""

    def __init__(self, state: TrainingState, directory: RunDirectory, voice: Voice, arrivals: Arrivals) -> None:
        """
        Args:
            arrivals: what waits for its way from the device, so that everything is told in order.
        """
        self._state = state
        self._directory = directory
        self._voice = voice
        self._arrivals = arrivals
        self._thinning = SampleThinning(directory)

    def keep(self, config: TrainConfig) -> None:
        """Images from the run's own latent vectors, for the timeline."""
        fixed, recording, step, epoch = self._state.fixed, config.recording, self._state.step, self._state.epoch

        def arrived(images: Tensor) -> None:
            pictures, path = images.numpy(), self._directory.sample_path(step)
            try:
                save_sample(path, pictures, step, fixed.columns)
                dropped = self._thinning.added(step, recording.keep_samples, recording.sample_every)
                self._voice.tell(SamplesEvent(step, epoch, pictures, path, fixed.columns, dropped))
            except StorageError as error:
                self._voice.no_room(error, step)

        self._arrivals.expect(on_their_way(self._state.players.sample(fixed.z, fixed.labels)), arrived)

    def show(self, config: TrainConfig, seed: int, count: int) -> None:
        """New images, which are not kept."""
        device = self._state.device
        z = latents_of_seed(seed, count, config.generator.latent_dim, device)
        labels = class_blocks(count, len(self._state.classes))
        images = self._state.players.sample(z, None if labels is None else labels.to(device))
        self._voice.announce(FreshSamplesEvent(self._state.step, as_arrays(images)))
