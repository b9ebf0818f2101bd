"""`ganengine sweep`."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.compare import make_folder
from ganengine.cli.options import (
    Commands,
    UsageError,
    add_changes,
    add_device,
    add_runs,
    add_steps,
    changes_of,
    runs_root,
)
from ganengine.cli.queue import add_repeat
from ganengine.cli.start import add_start, start_of
from ganengine.cli.table import print_columns

if TYPE_CHECKING:
    from ganengine.plans import Compare, Plan, PlannedRun
    from ganengine.queue.store import Queue
    from ganengine.runs.directory import RunDirectory

_DESCRIPTION = """\
Train several runs, one after the other, that differ in what --vary names, and set them side by side in one HTML file,
whose path is the last line printed. Several --vary give all combinations; without any, the preset's own comparison is
made. A run that fails does not stop the next; Ctrl-C saves and ends it, and what is left waits in the queue, as it does
after a crash: `ganengine queue run` goes on.
What the base changes from the defaults, such as a learning rate, holds for each run that has such a setting.
"""
_EXAMPLES = """\
examples:
  ganengine sweep --preset faces-dense
  ganengine sweep --preset mnist-simple --vary optimizer_g.kind,optimizer_d.kind=sgd,rmsprop,adam --steps 2000
  ganengine sweep --vary optimizer_g.lr=1e-4,1e-3 --repeat 3 --steps 500
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "sweep", help="train runs that differ in some settings", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    add_start(parser)
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="PATH[,PATH]=V1,V2",
        help="the values that a setting, or several together, take in turn; may be repeated",
    )
    add_repeat(parser)
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where comparison.html goes (default: comparisons, beside the runs)"
    )
    parser.add_argument(
        "--later", action="store_true", help="only put the runs into the queue, and print their numbers"
    )
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Train the runs, print a table, and write the comparison."""
    from ganengine.queue.store import Queue

    planned = _plan(arguments).runs()  # the last moment for a bad value to be seen
    root = runs_root(arguments)
    queue = Queue(root)
    if arguments.later:
        return _wait_in_queue(queue, planned)
    return _carry_out(queue, planned, arguments.out or root / "comparisons", named=arguments.out is not None)


def _plan(arguments: Namespace) -> "Plan":
    from ganengine.plans import Plan, parse_vary

    base = start_of(arguments).with_changes(changes_of(arguments))
    compare = None if arguments.vary else _compare_of(arguments)
    if arguments.vary:
        plan = Plan.of_axes(base, [parse_vary(text) for text in arguments.vary])
    elif compare is not None:
        plan = compare.plan(base)
    elif arguments.repeat > 1:
        plan = Plan.of_one(base)
    else:
        raise UsageError("say what to vary, e.g. --vary optimizer_g.kind=sgd,rmsprop,adam: there is no [compare] table")
    return plan.repeated(arguments.repeat)


def _compare_of(arguments: Namespace) -> "Compare | None":
    from ganengine.presets import DEFAULT, find_preset, load_preset

    path: Path | None = arguments.config
    return (load_preset(path) if path else find_preset(arguments.preset or DEFAULT)).compare


def _carry_out(queue: "Queue", planned: "Sequence[PlannedRun]", folder: Path, *, named: bool) -> int:
    from ganengine.cli.carrying_out import FAILED, INTERRUPTED, CarryingOut, say
    from ganengine.queue.items import ItemStatus
    from ganengine.queue.store import run_directory

    group = planned[0].group.id
    ours = {item.id for item in queue.add(planned)}
    carrying = CarryingOut(queue, group)
    carrying.run()
    carrying.wait_for_others()
    items = [item for item in queue.items() if item.id in ours]
    if trained := [run for item in items if (run := run_directory(queue, item)) is not None]:
        _report(sorted(trained, key=lambda run: run.name), folder, named=named)
    if carrying.interrupted:
        if waiting := [item for item in items if item.is_due]:
            say(f"{len(waiting)} of {len(planned)} runs wait in the queue; `ganengine queue run` goes on with them")
        return INTERRUPTED
    return FAILED if any(item.status == ItemStatus.FAILED for item in items) else 0


def _wait_in_queue(queue: "Queue", planned: "Sequence[PlannedRun]") -> int:
    from ganengine.cli.carrying_out import say

    for item in queue.add(planned):
        print(item.number)
    say(f"{len(planned)} runs wait in the queue; `ganengine queue run` trains them")
    return 0


def _report(trained: "Sequence[RunDirectory]", folder: Path, *, named: bool) -> None:
    from ganengine.comparison import LOSSES, compare_runs
    from ganengine.console import duration
    from ganengine.export.comparison import save_html

    comparison = compare_runs(trained)
    keys = [*LOSSES, *comparison.evaluations]
    titles = [*LOSSES.values(), *comparison.evaluations.values()]
    rows = [
        (run.label, run.name, run.status, f"{run.step:,}", duration(run.seconds), *(_number(run.last(k)) for k in keys))
        for run in comparison.runs
    ]
    print_columns([("variation", "run", "status", "steps", "time", *titles), *rows])
    numbers = [run.name.partition("-")[0] for run in trained]
    out = folder / ("comparison.html" if named else f"{numbers[0]}-to-{numbers[-1]}.html")
    make_folder(folder)
    save_html(out, comparison)
    print(out.absolute())


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
