"""What is wrong with a run's files, in sentences for people. Imports no torch by itself."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganengine import __version__
from ganengine.errors import CheckpointError, ConfigError
from ganengine.runs.facts import FORMAT

if TYPE_CHECKING:
    from ganengine.config import TrainConfig

NO_INFO = "run.json is missing, and with it the run's state and origin."
CUT_INFO = "run.json is damaged: it is cut off, or no longer text."
FOREIGN_INFO = "run.json was not written by GAN Studio."
CUT_METRICS = "The last line of metrics.jsonl is cut off; the points before it are whole."
NO_CONFIG = "config.toml is missing, and with it the settings."
_SECTIONS = {"data", "generator", "discriminator", "loss", "optimizer_g", "optimizer_d", "training", "recording"}
FOREIGN_CONFIG = "config.toml is not a file of GAN Studio's settings, or not all of one."
_UNKNOWN = ("there is no such setting", "does not exist for the kind")


def newer_format(info: Mapping[str, Any]) -> str:
    """What to say of a run in a format that only a newer version knows; "" of any other."""
    number = info.get("format", 0)
    if isinstance(number, int) and number <= FORMAT:
        return ""
    return f"This run was made by a newer version of GAN Studio{_which(info)}; update to open all of it."


def settings_of(folder: Path, info: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The settings that a run began with as nested plain values, as far as they can be read; and what is wrong."""
    try:
        settings = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, NO_CONFIG
    except OSError as error:
        return {}, f"config.toml cannot be read: {error.strerror or error}."
    except (ValueError, RecursionError) as error:  # TOML's and Unicode's errors are ValueErrors
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not text"
        return {}, f"config.toml is damaged: {reason}."
    return settings, _problem_of(settings, info)


def _problem_of(settings: Mapping[str, Any], info: Mapping[str, Any]) -> str:
    if not _is_ours(settings):
        return FOREIGN_CONFIG
    from ganengine.config import TrainConfig

    try:
        config = TrainConfig.parse(settings)
    except ConfigError as error:
        return _misfit(error, info)
    # Missing settings would silently get their defaults; only older versions knew fewer of them.
    same_version = info.get("settings") and _made_by(info) == __version__
    return FOREIGN_CONFIG if same_version and _misses_some(settings, config.model_dump(mode="json")) else ""


def damages(folder: Path) -> list[str]:
    """Everything that is wrong with a run, one sentence each; looks into every file, which takes a moment."""
    from ganengine.runs.locks import LOCK, is_locked
    from ganengine.runs.scan import read_info

    info, problem = read_info(folder)
    found = [problem, settings_of(folder, info)[1]]
    is_active = is_locked(folder / LOCK)
    for name in ("metrics.jsonl", "events.jsonl"):
        found.append(_broken_lines(folder / name, is_active=is_active))
    found += _broken_checkpoints(folder / "checkpoints")
    found.append(_broken_samples(folder / "samples"))
    return [sentence for sentence in found if sentence]


def readable_config(folder: Path) -> "TrainConfig":
    """The settings that a run began with or, where `config.toml` does not tell, those of its newest sound checkpoint.

    Raises:
        ConfigError: of `config.toml`, where no checkpoint can be read either.
    """
    try:
        return load_config(folder)
    except ConfigError:
        from ganengine.runs.checkpoints import CheckpointFolder, checkpoint_config, load_checkpoint

        kept = CheckpointFolder(folder / "checkpoints")
        for step in reversed(kept.steps()):
            try:
                return checkpoint_config(load_checkpoint(kept.path(step)))
            except CheckpointError:
                continue
        raise


def load_config(folder: Path) -> "TrainConfig":
    """The settings in `config.toml`.

    Raises:
        ConfigError: it is missing, damaged, foreign or of a newer version.
    """
    from ganengine.config import TrainConfig, read_toml

    path = folder / "config.toml"
    try:
        settings = read_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("", f"{path} cannot be read: {error}") from error
    if not _is_ours(settings):
        raise ConfigError("", f"{path}: {FOREIGN_CONFIG}")
    return TrainConfig.parse(settings)


def _is_ours(settings: Mapping[str, Any]) -> bool:
    """Whether it has what the settings of every version have."""
    return settings.keys() >= _SECTIONS


def _misses_some(settings: Mapping[str, Any], complete: Mapping[str, Any]) -> bool:
    for name, value in complete.items():
        found = settings.get(name)
        if found is None and value is not None:  # TOML has no word for nothing
            return True
        if isinstance(value, dict) and isinstance(found, dict) and _misses_some(found, value):
            return True
    return False


def _misfit(error: ConfigError, info: Mapping[str, Any]) -> str:
    message = error.message.partition(";")[0]  # without a hint to somebody who types
    first = f"{error.path}: {message}" if error.path else message
    if any(hint in message for _, message in error.problems for hint in _UNKNOWN) or newer_version(info):
        return f"config.toml was written by another, perhaps newer version of GAN Studio{_which(info)} ({first})."
    return f"config.toml has a value that cannot be used ({first})."


def newer_version(info: Mapping[str, Any]) -> bool:
    """Whether `run.json` names a version of this program that is newer than the one that runs."""
    made_by = _numbers(_made_by(info))
    return bool(made_by) and made_by > _numbers(__version__)


def _which(info: Mapping[str, Any]) -> str:
    return f" ({_made_by(info)})" if newer_version(info) else ""


def _made_by(info: Mapping[str, Any]) -> str:
    versions = info.get("versions")
    made_by = versions.get("gan-studio") if isinstance(versions, dict) else None
    return made_by if isinstance(made_by, str) else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _broken_lines(path: Path, *, is_active: bool) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror or error}."
    *lines, rest = data.split(b"\n")
    broken = sum(not _is_record(line) for line in lines if line.strip())
    if broken:
        return f"{path.name} has {broken} {'line' if broken == 1 else 'lines'} that cannot be read and are passed over."
    if rest.strip() and not is_active:
        return f"The last line of {path.name} is cut off; the points before it are whole."
    return ""


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _broken_checkpoints(folder: Path) -> Iterator[str]:
    """Whether each is whole, by the checksums in it; not whether this version can use it."""
    from ganengine.runs.checkpoints import CheckpointFolder, check_archive

    kept = CheckpointFolder(folder)
    for step in kept.steps():
        try:
            check_archive(kept.path(step))
        except CheckpointError as error:
            yield str(error)


def _broken_samples(folder: Path) -> str:
    broken = [path.name for path in sorted(folder.glob("step-*.png")) if not _is_whole_png(path)]
    if not broken:
        return ""
    return f"{broken[0]}{f' and {len(broken) - 1} more samples' if len(broken) > 1 else ''} cannot be shown: cut off."


def _is_whole_png(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(8)
            file.seek(-min(12, file.seek(0, 2)), 2)
            return start == b"\x89PNG\r\n\x1a\n" and file.read().endswith(b"IEND\xaeB`\x82")
    except OSError:
        return False
