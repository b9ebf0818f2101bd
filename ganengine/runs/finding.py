"""Where the runs under a root are. Imports no torch."""

from pathlib import Path

from ganengine.errors import RunError
from ganengine.runs.scan import is_run, number_of

_SHOWN = 5  # a message lists at most so many runs


def run_folders(root: Path) -> list[Path]:
    """The folders of all runs under a root, also of damaged ones, oldest first; other folders are passed over."""
    try:
        found = sorted(path for path in root.iterdir() if not path.name.startswith("."))
    except OSError:
        return []
    return [path for path in found if is_run(path)]


def find_folder(root: Path, name: str) -> Path:
    """A run's folder by its path, its name, or its number.

    Raises:
        RunError: there is none, or more than one.
    """
    if name and is_run(Path(name)):
        return Path(name)
    number = int(name) if name.isascii() and name.isdecimal() else 0
    matching = [path for path in run_folders(root) if path.name == name or (number and number_of(path.name) == number)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise RunError(f"There are {len(matching)} runs called {name!r} in {root}; give the whole folder name.")
    raise RunError(f"There is no run {name!r} in {root}.")


def told_which_there_are(error: RunError, root: Path) -> RunError:
    """The error with the names of the newest runs, for somebody who mistyped one."""
    names = [path.name for path in run_folders(root)]
    shown = ("…, " if len(names) > _SHOWN else "") + ", ".join(names[-_SHOWN:])
    return RunError(f"{error} {f'There are {shown}.' if names else 'There are no runs there yet.'}")
