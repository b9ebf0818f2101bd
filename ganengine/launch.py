"""Three ways to a training: a new run, an exact continuation, a fork."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ganengine.config import TrainConfig, changed_paths, live_paths
from ganengine.data.progress import Tell
from ganengine.devices import resolve
from ganengine.errors import CheckpointError, ConfigError, NewerVersionError, RunError
from ganengine.events import Preparing, TrainingObserver
from ganengine.fit import check_fit
from ganengine.plans import Group
from ganengine.runs.checkpoints import checkpoint_config, load_checkpoint, save_checkpoint
from ganengine.runs.creation import discard_folder
from ganengine.runs.directory import Parent, RunDirectory
from ganengine.runs.history import config_at
from ganengine.runs.scan import is_run as is_run_folder
from ganengine.runs.scan import read_info
from ganengine.trainer import Trainer


def new_run(
    config: TrainConfig,
    root: Path,
    observers: Sequence[TrainingObserver] = (),
    *,
    patient: bool = False,
    group: Group | None = None,
    queued: str = "",
) -> Trainer:
    """A training from the first step, in a new run directory whose lock is held.

    Args:
        group: the plan that the run belongs to.
        queued: the queue's item that it carries out, so that the item is found again after a crash.

    Raises:
        ConfigError, DatasetError: before anything is written.
        Cancelled: from an observer that was told of the preparation.
        StorageError, OutOfMemory: the run could not be made.
    """
    resolve(config.training.device)
    dataset = config.data.load(_teller(observers))
    check_fit(config, dataset)
    directory = RunDirectory.create(root, config, group=group, images_shape=dataset.shape, queued=queued)
    directory.acquire()
    return _or_discard(directory, lambda: Trainer(config, dataset, directory, observers, patient=patient))


def begin_again(
    directory: RunDirectory,
    config: TrainConfig,
    observers: Sequence[TrainingObserver] = (),
    *,
    patient: bool = False,
) -> Trainer:
    """A training from the first step in the directory of a run that has no checkpoint to go on from.

    What was written down of it is forgotten, for it is about to be made again.

    Raises:
        RunError: it is being trained already.
        ConfigError, DatasetError, OutOfMemory: it cannot begin.
    """
    directory.acquire()

    def build() -> Trainer:
        trainer = Trainer(config, config.data.load(_teller(observers)), directory, observers, patient=patient)
        directory.clean()
        directory.forget_after(-1)
        return trainer

    return _or_release(directory, build)


def resume_run(
    directory: RunDirectory,
    observers: Sequence[TrainingObserver] = (),
    *,
    changes: Mapping[str, Any] | None = None,
    patient: bool = False,
) -> Trainer:
    """Go on exactly from the last complete checkpoint, in the same run directory, whose lock is then held.

    A checkpoint that was damaged later is passed over for the one before it.

    Args:
        changes: dotted path → value, for settings that may change in a running training, e.g. its length.

    Raises:
        RunError: it is being trained already, or has no checkpoint.
        CheckpointError, ConfigError, DatasetError: it cannot go on with what is there.
    """
    directory.acquire()

    def build() -> Trainer:
        checkpoint = _last_good(directory)
        config = _with_live_changes(checkpoint_config(checkpoint), changes or {})
        dataset = config.data.load(_teller(observers))
        trainer = Trainer(config, dataset, directory, observers, checkpoint=checkpoint, patient=patient)
        directory.clean()
        directory.checkpoints.set_aside_after(trainer.step)
        directory.forget_after(trainer.step)
        if differences := changed_paths(_as_written_down(directory, checkpoint), config):
            directory.append_event({"step": trainer.step, "event": "edit", "changes": _plain(differences)})
        return trainer

    return _or_release(directory, build)


def fork_run(
    checkpoint_path: Path,
    root: Path,
    observers: Sequence[TrainingObserver] = (),
    *,
    changes: Mapping[str, Any] | None = None,
    patient: bool = False,
) -> Trainer:
    """A new run that goes on from any checkpoint; the run that it comes from is left as it is.

    Args:
        changes: dotted path → value, for anything that does not change the networks' shapes.

    Raises:
        CheckpointError: the file cannot be used, or the changes ask for other networks.
        ConfigError, DatasetError: it cannot go on with what is there.
    """
    checkpoint = load_checkpoint(checkpoint_path)
    config = checkpoint_config(checkpoint).with_changes(changes or {})
    resolve(config.training.device)
    dataset = config.data.load(_teller(observers))
    source = checkpoint_path.parent.parent
    is_run = checkpoint_path.parent.name == "checkpoints" and is_run_folder(source)
    mark = str(read_info(source)[0].get("id") or "") if is_run else ""
    parent = Parent(source.name if is_run else checkpoint_path.name, checkpoint["step"], mark)
    directory = RunDirectory.create(root, config, parent, images_shape=dataset.shape)
    directory.acquire()

    def build() -> Trainer:
        try:
            trainer = Trainer(config, dataset, directory, observers, checkpoint=checkpoint, patient=patient)
        except CheckpointError as error:
            raise _with_suspects(error, changes or {}) from error
        if is_run:
            directory.copy_history(RunDirectory(source), trainer.step)
        differences = _plain(changed_paths(checkpoint_config(checkpoint), config))
        directory.append_event({"step": trainer.step, "event": "fork", "run": parent.run, "changes": differences})
        save_checkpoint(directory.checkpoints.path(trainer.step), trainer.state_dict())
        return trainer

    return _or_discard(directory, build)


def _teller(observers: Sequence[TrainingObserver]) -> Tell:
    """Tells all observers how far the preparation of the data is."""

    def tell(what: str, done: int, total: int) -> None:
        for observer in observers:
            observer.notify(Preparing(what, done, total))

    return tell


def _with_suspects(error: CheckpointError, changes: Mapping[str, Any]) -> CheckpointError:
    """The error with the changes that may have caused it."""
    suspects = [path for path in changes if path.startswith(("generator.", "discriminator.", "data."))]
    if not suspects:
        return error
    return CheckpointError(f"{error} What was changed: {', '.join(suspects)}. Put it back, or start a new run.")


def _as_written_down(directory: RunDirectory, checkpoint: dict[str, Any]) -> TrainConfig:
    """The settings that the run's files tell of for the checkpoint's step.

    They may know of a change after the checkpoint, at the same step, that went with a crash.
    """
    try:
        return config_at(directory, checkpoint["step"])
    except (ConfigError, RunError):
        return checkpoint_config(checkpoint)


def _plain(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {path: list(values) for path, values in changes.items()}


def _with_live_changes(config: TrainConfig, changes: Mapping[str, Any]) -> TrainConfig:
    new = config.with_changes(changes)
    allowed = live_paths(config) | {"training.device"}
    for path in changed_paths(config, new):
        if path not in allowed:
            raise ConfigError(path, "cannot change when a run goes on; fork the run instead")
    return new


def _last_good(directory: RunDirectory) -> dict[str, Any]:
    damaged: CheckpointError | None = None
    for step in reversed(directory.checkpoints.steps()):
        try:
            return load_checkpoint(directory.checkpoints.path(step))
        except NewerVersionError:
            raise
        except CheckpointError as error:
            damaged = damaged or error
    if damaged:
        raise damaged
    raise RunError(f"{directory.name} has no checkpoint to go on from; start it anew.")


def _or_discard(directory: RunDirectory, build: Callable[[], Trainer]) -> Trainer:
    """As `_or_release`, for a run that is new: where it cannot be built, nothing of it stays."""
    try:
        return build()
    except BaseException:
        discard_folder(directory.path)  # while nobody else can take it
        directory.release()
        shutil.rmtree(directory.path, ignore_errors=True)  # what could not be deleted while it was taken
        raise


def _or_release(directory: RunDirectory, build: Callable[[], Trainer]) -> Trainer:
    try:
        return build()
    except BaseException:
        directory.release()
        raise
