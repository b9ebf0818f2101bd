"""`ganengine runs`."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from ganengine.cli.options import Commands, UsageError, add_runs, at_least, folder_named, runs_root
from ganengine.cli.table import print_columns

if TYPE_CHECKING:
    from pathlib import Path

    from ganengine.runs.about import RunAbout
    from ganengine.runs.summary import RunSummary

_SORTS = ("newest", "name", "preset", "data", "optimizers", "status", "step", "time", "best")
_DESCRIPTION = """\
List runs, the newest first, or those that a QUERY finds: words, and tag:x, status:x, preset:x, data:x, optimizer:x,
parent:x, plan:x, is:archived (or active, damaged, tagged, fork), step>1000, best<20, minutes<5. A minus before one
excludes it (after --, so that it is not taken for an option). Archived runs are listed only if asked for.

Or, with an action, say something of a run. None of it touches what a training wrote:
  show RUN             everything known of it: its forks, its notes, and what is damaged
  tag RUN TAG...       put tags on it, or take them off with --undo
  rename RUN TITLE     give it a title; its folder keeps its name; without TITLE take the title away
  note RUN TEXT        write a note; without TEXT take the note away
  archive RUN...       leave runs out of lists; --undo brings them back
"""
_EXAMPLES = """\
examples:
  ganengine runs
  ganengine runs mnist status:finished --sort best
  ganengine runs 'best<20' tag:good
  ganengine runs -- -tag:bad
  ganengine runs tag 7 good --runs ~/gan-runs
  ganengine runs show 7
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "runs", help="find runs, tag, name and archive them", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="a query, or an action and its run")
    parser.add_argument("--sort", choices=_SORTS, default="newest", help="the order of the list (default: newest)")
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument("--limit", type=at_least(1), metavar="N", help="list at most N runs")
    parser.add_argument("--all", action="store_true", help="list archived runs too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for other programs")
    parser.add_argument("--undo", action="store_true", help="with tag: take the tags off; with archive: bring back")
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """List runs, or do what the first word says."""
    words: list[str] = arguments.words
    action = _ACTIONS.get(words[0]) if words else None
    if arguments.undo and (action is None or words[0] not in {"tag", "archive"}):
        raise UsageError("--undo goes with tag and archive")
    if action is None:
        _list(arguments)
    elif len(words) < 2:
        raise UsageError(f"runs {words[0]}: name a run, e.g. `ganengine runs {words[0]} 3`")
    else:
        action(arguments, words[1:])
    return 0


def _list(arguments: Namespace) -> None:
    from ganengine.runs.index import RunIndex
    from ganengine.runs.query import asks_for_archived, matches, sorted_runs

    root, query = runs_root(arguments), " ".join(arguments.words)
    index = RunIndex(root)
    index.refresh(seconds=inf)
    with_archived = arguments.all or asks_for_archived(query)
    found = [run for run in index.runs if matches(run, query) and (with_archived or not run.archived)]
    found = sorted_runs(found, arguments.sort, reverse=arguments.reverse)[: arguments.limit]
    if arguments.json:
        for row in found:
            print(json.dumps(_plain(row), ensure_ascii=False))
        return
    if not found:
        hidden = len(index) and not query
        print("All runs are archived; --all lists them." if hidden else _nothing(root, bool(index.runs)))
        return
    print_columns([("run", "status", "step", "best", "time", "data", "optimizers", "said"), *map(_cells, found)])


def _nothing(root: "Path", there_are_some: bool) -> str:
    return "No run is like that." if there_are_some else f"There are no runs in {root}."


def _cells(row: "RunSummary") -> tuple[str, ...]:
    from ganengine.console import duration

    said = [f'"{row.title}"' if row.title else "", *row.tags, "archived" if row.archived else ""]
    return (
        row.name,
        "damaged" if row.damage else row.status,
        f"{row.step:,}" + (f" of {row.total_steps:,}" if row.total_steps else ""),
        f"{_value(row.best.value)} {row.best.title}" if row.best else "–",
        duration(row.seconds),
        row.data or "?",
        row.optimizers or "?",
        " ".join(word for word in said if word) or (row.damage if row.damage else ""),
    )


def _show(arguments: Namespace, names: Sequence[str]) -> None:
    from ganengine.runs.damage import damages
    from ganengine.runs.index import RunIndex
    from ganengine.runs.lineage import family_of

    folder = folder_named(runs_root(arguments), _only(names, "show"))
    index = RunIndex(folder.absolute().parent)
    index.refresh(seconds=inf)
    row = index.get(folder.absolute().name)
    if row is None:
        raise UsageError(f"{folder} is gone")
    print_columns([(name, text) for name, text in _facts(row) if text])
    family = family_of(index.runs, row.name)
    if family.children:
        print("\nfamily")
        for line in _drawn(family, row.name):
            print(f"  {line}")
    if row.notes:
        print(f"\nnotes\n  {row.notes.strip().replace(chr(10), chr(10) + '  ')}")
    if wrong := damages(folder):
        print("\ndamaged")
        for sentence in wrong:
            print(f"  {sentence}")


def _facts(row: "RunSummary") -> Iterator[tuple[str, str]]:
    from ganengine.console import duration

    best = row.best
    yield "run", row.name
    yield "title", row.title
    yield "folder", str(row.path)
    yield "status", row.status + (f": {row.message}" if row.message else "")
    yield "step", f"{row.step:,}" + (f" of {row.total_steps:,}" if row.total_steps else "")
    yield "time", duration(row.seconds)
    yield "best", f"{best.title} {_value(best.value)} at step {best.step:,}" if best else ""
    yield "preset", row.preset
    yield "data", row.data
    yield "optimizers", row.optimizers
    yield "created", f"{row.created.astimezone():%Y-%m-%d %H:%M}" if row.created else ""
    yield "from", f"{row.parent.run}, step {row.parent.step:,}" if row.parent else ""
    yield "plan", f"{row.group.name}: {row.group.variation}" if row.group else ""
    yield "tags", " ".join(row.tags)
    yield "archived", "yes" if row.archived else ""


def _drawn(node: Any, here: str, first: str = "", rest: str = "") -> Iterator[str]:
    """The family as lines of a tree."""
    known = node.summary
    title = f' "{known.title}"' if known and known.title else ""
    gone = "" if known else " (gone)"
    place = f" from step {node.step:,}" if first else ""
    yield f"{first}{node.name}{title}{place}{gone}{' ←' if node.name == here else ''}"
    for child in node.children:
        is_last = child is node.children[-1]
        yield from _drawn(child, here, rest + ("└─ " if is_last else "├─ "), rest + ("   " if is_last else "│  "))


def _tag(arguments: Namespace, words: Sequence[str]) -> None:
    from ganengine.runs.about import clean_tags

    name, *tags = words
    if not tags:
        raise UsageError("runs tag: name at least one tag, e.g. `ganengine runs tag 3 good`")
    tags = clean_tags(tags)
    gone = set(tags) if arguments.undo else set()
    new = [] if arguments.undo else tags
    _change(
        arguments,
        name,
        lambda about: replace(about, tags=tuple(tag for tag in (*about.tags, *new) if tag not in gone)),
    )


def _rename(arguments: Namespace, words: Sequence[str]) -> None:
    _change(arguments, words[0], lambda about: replace(about, title=" ".join(words[1:]).strip()))


def _note(arguments: Namespace, words: Sequence[str]) -> None:
    _change(arguments, words[0], lambda about: replace(about, notes=" ".join(words[1:])))


def _archive(arguments: Namespace, names: Sequence[str]) -> None:
    for name in names:
        _change(arguments, name, lambda about: replace(about, archived=not arguments.undo))


def _change(arguments: Namespace, name: str, change: "Callable[[RunAbout], RunAbout]") -> None:
    from ganengine.runs.about import change_about

    folder = folder_named(runs_root(arguments), name)
    about = change_about(folder, change)
    said = [f'"{about.title}"' if about.title else "", *about.tags, "archived" if about.archived else ""]
    print("  ".join([folder.name, *(word for word in said if word)]))


def _only(names: Sequence[str], action: str) -> str:
    if len(names) > 1:
        raise UsageError(f"runs {action}: name one run")
    return names[0]


def _plain(row: "RunSummary") -> dict[str, Any]:
    from dataclasses import asdict

    plain = asdict(row)
    plain["created"] = row.created.isoformat() if row.created else None
    return plain | {name: str(plain[name]) if plain[name] else None for name in ("path", "thumbnail")}


def _value(value: float) -> str:
    return f"{value:.4g}"


_ACTIONS: dict[str, Callable[[Namespace, Sequence[str]], None]] = {
    "show": _show,
    "tag": _tag,
    "rename": _rename,
    "note": _note,
    "archive": _archive,
}
