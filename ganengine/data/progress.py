"""How long work on data says how far it is, and how it is cancelled."""

from collections.abc import Callable

# (what is being done, done, total); a total of 0 means that it is not known. It may raise `Cancelled`.
Tell = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""
