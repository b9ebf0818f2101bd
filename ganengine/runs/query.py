"""Finding runs by what one types, and putting them in order. Imports no torch."""

import math
import operator
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from ganengine.runs.summary import RunSummary

Test = Callable[[RunSummary], bool]
_TERM = re.compile(r'-?\w+(?::|[<>]=?|=)"[^"]*"?|-?"[^"]*"?|\S+')
_FIELD = re.compile(r"(\w+)(:|[<>]=?|=)(.*)", re.DOTALL)
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}

# What `name:text` looks at. A run has it where one of the texts contains what is asked for.
_TEXTS: dict[str, Callable[[RunSummary], Iterable[str]]] = {
    "name": lambda run: (run.name, run.title),
    "title": lambda run: (run.title,),
    "preset": lambda run: (run.preset,),
    "data": lambda run: (run.data,),
    "optimizer": lambda run: (run.optimizers,),
    "notes": lambda run: (run.notes,),
    "parent": lambda run: (run.parent.run,) if run.parent else (),
    "plan": lambda run: (run.group.name, run.group.id, run.group.variation) if run.group else (),
}
_OTHER_NAMES = {"optimizers": "optimizer", "note": "notes", "group": "plan", "tags": "tag", "steps": "step"}
_NUMBERS: dict[str, Callable[[RunSummary], float]] = {
    "step": lambda run: run.step,
    "minutes": lambda run: run.seconds / 60,
    "number": lambda run: run.number,
    "best": lambda run: run.best.value if run.best else math.nan,
}
_IS: dict[str, Test] = {
    "archived": lambda run: run.archived,
    "active": lambda run: run.is_active,
    "damaged": lambda run: bool(run.damage),
    "tagged": lambda run: bool(run.tags),
    "fork": lambda run: run.parent is not None,
}


def matches(summary: RunSummary, query: str) -> bool:
    """Whether a run has everything that is asked for; upper and lower case are the same.

    Args:
        query: words, all of which must occur in its name, title, tags, notes, preset, data, optimizers, status or
            plan; ``tag:x`` and ``status:x`` (beginnings), ``preset:x``, ``data:x``, ``optimizer:x``, ``name:x``,
            ``notes:x``, ``parent:x``, ``plan:x`` (parts), ``is:archived`` (or active, damaged, tagged, fork), and
            ``step>1000``, ``best<20``, ``minutes<=5``. A minus before one excludes it; quotes hold words together.
    """
    return all(test(summary) for test in _tests(query))


def asks_for_archived(query: str) -> bool:
    """Whether a query is about archived runs, which lists leave out otherwise."""
    return any(term.lstrip("-").casefold() == "is:archived" for term in _TERM.findall(query))


def sorted_runs(runs: Iterable[RunSummary], by: str, *, reverse: bool = False) -> list[RunSummary]:
    """Runs in the order that `SORTS` names; those that lack what it looks at come last in either direction.

    Raises:
        KeyError: there is no such order.
    """
    key, descending = SORTS[by]
    newest_first = sorted(runs, key=_age, reverse=True)
    having = [run for run in newest_first if key(run) is not None]
    having.sort(key=key, reverse=descending != reverse)
    return having + [run for run in newest_first if key(run) is None]


def _age(run: RunSummary) -> Any:
    return run.number, run.name


def _best(run: RunSummary) -> Any:
    """The good values first, of one metric after the other."""
    if run.best is None:
        return None
    return run.best.key, run.best.value if run.best.better == "lower" else -run.best.value


# Name of an order → its key (None: the run lacks it), and whether large ones come first.
SORTS: dict[str, tuple[Callable[[RunSummary], Any], bool]] = {
    "newest": (_age, True),
    "name": (lambda run: run.called.casefold(), False),
    "preset": (lambda run: run.preset.casefold() or None, False),
    "data": (lambda run: run.data.casefold() or None, False),
    "optimizers": (lambda run: run.optimizers.casefold() or None, False),
    "status": (lambda run: run.status or None, False),
    "step": (lambda run: run.step, True),
    "time": (lambda run: run.seconds, True),
    "best": (_best, False),
}


@lru_cache(maxsize=64)
def _tests(query: str) -> tuple[Test, ...]:
    return tuple(_test(term) for term in _TERM.findall(query) if term not in {"-", '"', '""'})


def _test(term: str) -> Test:
    if term.startswith("-"):
        test = _test(term[1:])
        return lambda run: not test(run)
    if found := _FIELD.fullmatch(term):
        name, sign, text = found.groups()
        name = _OTHER_NAMES.get(name.casefold(), name.casefold())
        if test_of_field := _field_test(name, sign, text.strip('"').casefold()):
            return test_of_field
    word = term.strip('"').casefold()
    return lambda run: word in _everything(run)


def _field_test(name: str, sign: str, text: str) -> Test | None:
    """The test that ``name:text`` asks for, or None where it is no such thing but a word."""
    if sign == ":":
        return _text_test(name, text)
    number, compare = _NUMBERS.get(name), _COMPARE[sign]
    if number is None:
        return None
    try:
        limit = float(text)
    except ValueError:
        return (lambda run: True) if not text else None  # it is still being typed
    return lambda run: bool(compare(number(run), limit))


def _text_test(name: str, text: str) -> Test | None:
    if name == "tag":
        return lambda run: any(tag.casefold().startswith(text) for tag in run.tags)
    if name == "status":
        return lambda run: run.status.startswith(text) or bool(run.damage and text and "damaged".startswith(text))
    if name == "is":
        known = [test for word, test in _IS.items() if word.startswith(text)]
        return (lambda run: not text or any(test(run) for test in known)) if known else None
    if texts := _TEXTS.get(name):
        return lambda run: any(text in found.casefold() for found in texts(run))
    return None


def _everything(run: RunSummary) -> str:
    plan = (run.group.name, run.group.variation) if run.group else ()
    words = (run.name, run.title, run.preset, run.data, run.optimizers, run.status, run.notes, *run.tags, *plan)
    return "\n".join(words).casefold()
