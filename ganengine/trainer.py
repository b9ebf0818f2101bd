"""The training loop, with all that can be asked of it while it runs."""

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from ganengine import devices
from ganengine.commands import (
    Command,
    CommandQueue,
    Continue,
    Edit,
    Evaluate,
    MakeSamples,
    Pause,
    SaveCheckpoint,
    StepOnce,
    Stop,
)
from ganengine.config import TrainConfig, changed_paths, live_paths
from ganengine.data.dataset import ImageDataset
from ganengine.errors import Cancelled, ConfigError, GanEngineError, StorageError
from ganengine.events import (
    AlertEvent,
    CheckpointEvent,
    EditEvent,
    MetricsEvent,
    NoteEvent,
    Progress,
    RunStarted,
    RunStatus,
    StatusChanged,
    TrainingObserver,
)
from ganengine.fit import check_fit
from ganengine.judge import Judge
from ganengine.meter import not_finite
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.runs.checkpoints import save_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.runs.recorder import Recorder
from ganengine.sample_maker import SampleMaker
from ganengine.side_stream import Arrivals
from ganengine.speed import Speedometer
from ganengine.state import TrainingState
from ganengine.stepping.stepper import Stepper
from ganengine.stop_watch import StopWatch
from ganengine.trouble import diverged, explained
from ganengine.voice import Voice


class Trainer:
    """One training, from its first step or from a checkpoint, on the thread that calls `run`.

    Attributes:
        config: the settings in force; a live edit replaces it as a whole.
        commands: where any thread leaves its requests.
        state: networks, data, random numbers and counters.
        directory: where everything is written.
        stepper: takes the steps, in the way that is quickest here.
    """

    def __init__(
        self,
        config: TrainConfig,
        dataset: ImageDataset,
        directory: RunDirectory,
        observers: Sequence[TrainingObserver] = (),
        *,
        checkpoint: dict[str, Any] | None = None,
        patient: bool = False,
    ) -> None:
        """Build everything, without training yet.

        Args:
            config: the settings, also where they differ from those in the checkpoint in what may change.
            dataset: the real images.
            directory: where everything is written; this process must hold its lock.
            observers: told of everything that happens, after it was written down.
            checkpoint: content of the checkpoint to go on from exactly.
            patient: on a full disk wait for somebody to make room, instead of ending as failed.

        Raises:
            ConfigError: batch size or architecture do not fit the data, or the device does not exist.
            CheckpointError: the checkpoint belongs to other data or another architecture.
            OutOfMemory: the device's memory does not hold data and networks.
        """
        check_fit(config, dataset)
        self.config = config
        self._rules = Rules.of(config)
        self.commands = CommandQueue()
        self.directory = directory
        self._stops = StopWatch(directory, dataset)
        self._voice = Voice(Recorder(directory), [self._stops, *observers], pause=self._hold if patient else None)
        self._device = devices.resolve(config.training.device)
        self._speed = Speedometer()
        self._arrivals = Arrivals()
        self._steps_allowed: int | None = None  # None: as many as there are; 0: paused
        self._save_at_end = True
        self._saved_step = -1
        self._save_due = False  # there was no room for the last checkpoint
        self._entered = False
        try:
            self.state = TrainingState(config, dataset, self._device)
            if checkpoint is not None:
                self.state.load_state_dict(checkpoint, config)
                if checkpoint["config"] == config.model_dump(mode="json"):
                    self._saved_step = self.state.step
            self._judge = Judge(self.state, self._voice.prepare)
            self.stepper = Stepper(config, self.state, self._note)
            self._samples = SampleMaker(self.state, directory, self._voice, self._arrivals)
        except RuntimeError as error:
            raise explained(error, config, self._device, dataset) from error

    @property
    def step(self) -> int:
        """Updates of the generator done."""
        return self.state.step

    @property
    def players(self) -> Players:
        """The networks and their optimizers."""
        return self.state.players

    @property
    def total_steps(self) -> int:
        """Steps at which the training ends."""
        training = self.config.training
        if training.length_in == "steps":
            return training.steps
        return math.ceil(training.epochs * self.state.batches.per_epoch / training.d_steps)

    def run(self) -> RunStatus:
        """Train until the end, a `Stop`, or an error; returns how it ended and gives the run directory's lock back.

        Raises:
            TrainingDiverged, OutOfMemory, StorageError: after the run was marked as failed.
        """
        try:
            self._begin()
            while self.step < self.total_steps and not self._rule() and self._obey():
                self._train_step()
                self._report()
            return self._end()
        except Exception as error:
            reason = explained(error, self.config, self._device, self.state.dataset)
            self._fail(reason)
            if reason is error:
                raise
            raise reason from error
        finally:
            self.state.leave()
            self.directory.release()

    def _rule(self) -> str:
        """Why a stop rule ends the training before its last step, or nothing."""
        return self._stops.reason(self.state.seconds) if self.step < self.total_steps else ""

    # -- one step ------------------------------------------------------------------------------------------------------

    def _train_step(self) -> None:
        self.stepper.step(self.config, self._rules, self._rate_factor(), self._seconds_left() or math.inf)

    def _rate_factor(self, step: int | None = None) -> float:
        """What the schedule multiplies the learning rates with in a step, by default the next one."""
        return self.config.schedule.factor(self.step if step is None else step, self.total_steps)

    # -- what is told and kept -----------------------------------------------------------------------------------------

    def _report(self) -> None:
        self._arrivals.deliver()
        recording = self.config.recording
        always = self.step >= self.total_steps or self._steps_allowed == 0
        if always or self.step % recording.log_every == 0:
            self._log()
        if always or self.step % recording.sample_every == 0:
            self._sample()
        if self.config.evaluation.every and self.step % self.config.evaluation.every == 0:
            self._evaluate()
        if recording.checkpoint_every and self.step % recording.checkpoint_every == 0:
            self._save(kept=False)
        if self._speed.is_due(self.state.images) or always:
            self._tell_progress()
        if self._steps_allowed == 0 and self._voice.status == RunStatus.PAUSED:
            self._voice.announce(StatusChanged(self.step, RunStatus.PAUSED))  # the answer to a single step

    def _log(self) -> None:
        reading = self.state.meter.take()
        factor = self._rate_factor(self.step - 1)
        rates = {"lr/g": self.config.optimizer_g.lr * factor, "lr/d": self.config.optimizer_d.lr * factor}
        speed = {"speed/images_per_s": round(self._speed.images_per_s, 1)}
        at = self.step, self.state.epoch, self.state.images, self.state.seconds

        def tell(arrived: Tensor) -> None:
            means = reading.named(arrived)
            self._check_finite(means, at[0])
            self._voice.tell(MetricsEvent(*at, means | rates | speed))

        self._arrivals.expect(reading.copy, tell)
        self._arrivals.deliver(wait=self._tells_at_once)

    def _sample(self) -> None:
        self._samples.keep(self.config)
        self._arrivals.deliver(wait=self._tells_at_once)

    @property
    def _tells_at_once(self) -> bool:
        """Whether to wait for values: where what they say, or somebody who is looking, decides about the next step."""
        config = self.config
        return config.compute.deterministic or config.stopping.on_collapse or self._steps_allowed == 0

    def _evaluate(self) -> None:
        """Measure the images' quality; where that is not possible, say so and go on."""
        self._arrivals.deliver(wait=True)
        try:
            values = self._judge.measure(self.config)
        except Cancelled:
            return  # whoever gave it up asks for something else next
        except (GanEngineError, RuntimeError) as error:
            reason = explained(error, self.config, self._device, self.state.dataset)
            self._voice.tell(AlertEvent(self.step, f"The images were not evaluated. {reason}"))
            return
        self._voice.tell(MetricsEvent(self.step, self.state.epoch, self.state.images, self.state.seconds, values))
        if self._judge.is_best(self.config, values):
            self._saved_step = -1  # a checkpoint holds the best value too
            self._save(kept=False, best=True)
        self._speed.restart(self.state.images)

    def _save(self, *, kept: bool, best: bool = False) -> None:
        """Save a checkpoint of this step, unless the weights are broken; patiently, pause where the disk is full."""
        self._arrivals.deliver(wait=True)
        self._check_finite(self.state.meter.peek(), self.step)
        if not self.players.are_finite():
            raise diverged("a weight", self.step, self.config, self.directory.checkpoints)
        try:
            self._write_checkpoint(kept, best)
        except StorageError as error:
            self._save_due = True
            self._voice.no_room(error, self.step)

    def _write_checkpoint(self, kept: bool, best: bool) -> None:
        folder = self.directory.checkpoints
        path = folder.path(self.step)
        if kept:
            folder.keep(self.step)
        if self.step != self._saved_step:
            save_checkpoint(path, self.state_dict())
            self._saved_step, self._save_due = self.step, False
        if best:
            folder.mark_best(self.step)
        recording = self.config.recording
        folder.prune(recording.keep_checkpoints, recording.spread_checkpoints, recording.checkpoint_every)
        self._voice.tell(CheckpointEvent(self.step, path, folder.is_kept(self.step)))

    def _check_finite(self, means: dict[str, float], step: int) -> None:
        if broken := not_finite(means):
            raise diverged(broken[0], step, self.config, self.directory.checkpoints)

    def _tell_progress(self) -> None:
        state, speed, memory = self.state, self._speed.images_per_s, devices.memory_in_use(self._device)
        left = self._seconds_left()
        self._voice.announce(Progress(self.step, self.total_steps, state.epoch, state.images, speed, left, memory))

    def _seconds_left(self) -> float | None:
        training, speed = self.config.training, self._speed.images_per_s
        images = max(self.total_steps - self.step, 0) * training.batch_size * training.d_steps
        return images / speed if speed else None

    def _note(self, message: str) -> None:
        self._voice.tell(NoteEvent(self.step, message))

    def _hold(self) -> None:
        self._steps_allowed = 0

    # -- beginning and end ---------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        name = torch.cuda.get_device_name(self._device) if self._device.type == "cuda" else "CPU"
        counts = self.players.parameter_counts()
        classes = self.state.classes
        self._voice.tell(
            RunStarted(self.directory.path, self.config, self.step, self.total_steps, name, counts, classes)
        )
        self._voice.set_status(RunStatus.RUNNING, self.step)
        self.state.enter()
        self._entered = True
        self._speed.restart(self.state.images)
        if self.step not in self.directory.sample_steps():
            self._sample()

    def _end(self) -> RunStatus:
        self._arrivals.deliver(wait=True)
        rule = self._rule()
        finished = self.step >= self.total_steps or bool(rule)
        while self._save_at_end and self.step != self._saved_step:
            self._save(kept=False)
            if self.step != self._saved_step:  # no room on the disk: wait for an answer
                self._obey()
        self._answer_the_rest()
        if self._save_at_end and self.step not in self.directory.sample_steps():
            self._sample()
        self._arrivals.deliver(wait=True)
        self._tell_progress()
        with suppress(StorageError):  # no room: not worth failing for
            self.directory.update_info({"seconds": round(self.state.seconds, 2)})
        if rule:
            self._voice.tell(AlertEvent(self.step, rule))
        self._voice.set_status(RunStatus.FINISHED if finished else RunStatus.STOPPED, self.step, rule)
        return self._voice.status

    def _fail(self, reason: Exception) -> None:
        with suppress(Exception):  # what came before it is still told, where that is possible
            self._arrivals.deliver(wait=True)
        try:
            self._voice.set_status(RunStatus.FAILED, self.step, str(reason))
        except StorageError:  # then at least the observers hear of it
            self._voice.announce(StatusChanged(self.step, RunStatus.FAILED, str(reason)))

    def state_dict(self) -> dict[str, Any]:
        """The content of a checkpoint of this step."""
        self.stepper.settle()
        return self.state.state_dict(self.config, entered=self._entered)

    # -- requests ------------------------------------------------------------------------------------------------------

    def _obey(self) -> bool:
        """Do what was asked for since the last step, and wait while paused; False ends the training."""
        while (command := self._next_command()) is not None:
            match command:
                case Stop(save=save):
                    self._save_at_end = save
                    return False
                case Pause():
                    self._steps_allowed = 0
                case Continue():
                    self._steps_allowed = None
                    self._speed.restart(self.state.images)
                    if self._save_due:
                        self._save(kept=False)
                case StepOnce():
                    self._steps_allowed = 1
                    break
                case SaveCheckpoint():
                    self._save(kept=True)
                case Edit(changes=changes):
                    self._edit(changes)
                case MakeSamples(seed=seed, count=count):
                    self._samples.show(self.config, seed, count)
                case Evaluate():
                    self._evaluate()
        if self._steps_allowed is None:
            self._voice.set_status(RunStatus.RUNNING, self.step)
        else:
            self._steps_allowed = 0
        return True

    def _answer_the_rest(self) -> None:
        """Requests that came during the last step: what was saved must be kept, what was wanted be shown."""
        while (command := self.commands.take(wait=False)) is not None:
            match command:
                case SaveCheckpoint():
                    self._save(kept=True)
                case MakeSamples(seed=seed, count=count):
                    self._samples.show(self.config, seed, count)

    def _next_command(self) -> Command | None:
        paused = self._steps_allowed == 0
        self._arrivals.deliver(wait=paused)
        if paused and self._voice.status != RunStatus.PAUSED:
            self._tell_progress()
            self._voice.set_status(RunStatus.PAUSED, self.step)
        return self.commands.take(wait=paused)

    def _edit(self, changes: Any) -> None:
        try:
            if frozen := set(changes) - live_paths(self.config):
                raise ConfigError(min(frozen), "cannot change while training; it needs a new run")
            new = self.config.with_changes(changes)
        except ConfigError as error:
            self._voice.tell(AlertEvent(self.step, str(error)))
            return
        if differences := changed_paths(self.config, new):
            self.config = new
            self.players.apply_settings(new)
            self._rules = Rules.of(new)
            self._saved_step = -1  # a checkpoint holds the settings too
            self._voice.tell(EditEvent(self.step, new, differences, self.total_steps))
