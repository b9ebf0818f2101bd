"""Presets: settings worth starting from, ours and the user's own, as TOML files."""

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import tomli_w
from pydantic import BaseModel, ConfigDict, ValidationError

from ganengine.config import TrainConfig, read_toml
from ganengine.errors import ConfigError, StorageError
from ganengine.places import user_presets_folder
from ganengine.plans import Compare
from ganengine.runs.files import write_text

DEFAULT = "digits-best"
T = TypeVar("T", bound=BaseModel)


class About(BaseModel):
    """What a preset says of itself, in its `[about]` table.

    Attributes:
        title: for the list.
        source: the text or paper that it reproduces.
        note: a paragraph on what to look for.
        try_next: suggested things to change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    source: str = ""
    note: str = ""
    try_next: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preset:
    """A named set of settings.

    Attributes:
        mine: whether it is the user's own, and did not come with the program.
        compare: the runs that are worth making of it beside each other, or None.
    """

    name: str
    about: About
    config: TrainConfig
    mine: bool = False
    compare: Compare | None = None


def all_presets() -> list[Preset]:
    """The built-in presets, the default first, then the user's own that can be read."""
    own = sorted(user_presets_folder().glob("*.toml")) if user_presets_folder().is_dir() else []
    found = [load_preset(path) for path in _built_in()]
    for path in own:
        try:
            found.append(load_preset(path, mine=True))
        except ConfigError:
            continue  # of another version, or broken by hand; loading it by itself says why
    return sorted(found, key=lambda preset: (preset.mine, preset.name != DEFAULT, preset.name))


def find_preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        ConfigError: there is none.
    """
    presets = {preset.name: preset for preset in all_presets()}
    if name not in presets:
        raise ConfigError("preset", f"there is no preset {name!r}; there are {', '.join(presets)}")
    return presets[name]


def load_preset(path: Path, *, mine: bool = False) -> Preset:
    """Read a preset, or any config file; the file's name is the preset's.

    Raises:
        ConfigError: it cannot be read, or has a value that cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("", f"{path} cannot be read: {error}") from error
    name = path.stem
    values: dict[str, Any] = read_toml(text, with_about=True)
    about = _table(About, values.pop("about", {"title": name}), "about", path)
    compare = _table(Compare, values.pop("compare"), "compare", path) if "compare" in values else None
    return Preset(name, about, TrainConfig.parse(values | {"preset": name}), mine, compare)


def _table(model: type[T], values: Any, name: str, path: Path) -> T:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(name, f"{path.name} has a [{name}] table that is not understood: {error}") from error


def save_preset(
    name: str, config: TrainConfig, title: str = "", note: str = "", compare: Compare | None = None
) -> Preset:
    """Keep settings as the user's own preset; one of the same name is replaced.

    Raises:
        ConfigError: the name cannot be used.
        StorageError: it could not be written.
    """
    if not re.fullmatch(r"[\w][\w .-]{0,60}", name):
        raise ConfigError("preset", f"{name!r} cannot be a preset's name; use letters, digits, spaces, - and _")
    if name in {path.stem for path in _built_in()}:
        raise ConfigError("preset", f"{name!r} is a built-in preset; choose another name")
    try:
        user_presets_folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("the preset", user_presets_folder(), error) from error
    path = user_presets_folder() / f"{name}.toml"
    own = config.with_changes({"preset": name})
    about = {"title": title or name, "note": note}
    tables: dict[str, Any] = {"about": about}
    if compare:
        tables["compare"] = compare.model_dump(mode="json", exclude_defaults=True)
    write_text(path, tomli_w.dumps(tables | own.model_dump(mode="json")), "the preset")
    return load_preset(path, mine=True)


def _built_in() -> list[Path]:
    folder = Path(str(files("resources") / "presets"))
    return sorted(folder.glob("*.toml"))
