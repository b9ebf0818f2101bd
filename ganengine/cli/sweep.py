"""`ganengine sweep`."""

import sys
import traceback
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
from ganengine.cli.start import add_start, start_of
from ganengine.cli.table import print_columns
from ganengine.errors import GanEngineError

if TYPE_CHECKING:
    from ganengine.plans import Compare, Plan, PlannedRun
    from ganengine.runs.directory import RunDirectory

FAILED, INTERRUPTED = 1, 130
_DESCRIPTION = """\
Train several runs, one after the other, that differ in what --vary names, and set them side by side in one HTML file,
whose path is the last line printed. Several --vary give all combinations; without any, the preset's own comparison is
made. A run that fails does not stop the next; Ctrl-C saves and ends them all.
What the base changes from the defaults, such as a learning rate, holds for each run that has such a setting.
"""
_EXAMPLES = """\
examples:
  ganengine sweep --preset faces-dense
  ganengine sweep --preset mnist-simple --vary optimizer_g.kind,optimizer_d.kind=sgd,rmsprop,adam --steps 2000
  ganengine sweep --vary optimizer_g.lr=1e-4,1e-3 --vary training.seed=0,1,2 --steps 500
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
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where comparison.html goes (default: comparisons, beside the runs)"
    )
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Train the runs, print a table, and write the comparison."""
    plan = _plan(arguments)
    planned = plan.runs()  # the last moment for a bad value to be seen
    root = runs_root(arguments)
    sweep = _Sweep(root, len(planned))
    sweep.train_all(planned)
    if sweep.trained:
        _report(sweep.trained, arguments.out or root / "comparisons", named=arguments.out is not None)
    if sweep.interrupted:
        return INTERRUPTED
    return FAILED if sweep.failed else 0


def _plan(arguments: Namespace) -> "Plan":
    from ganengine.plans import Plan, parse_vary

    base = start_of(arguments).with_changes(changes_of(arguments))
    if arguments.vary:
        return Plan.of_axes(base, [parse_vary(text) for text in arguments.vary])
    compare = _compare_of(arguments)
    if compare is None:
        raise UsageError("say what to vary, e.g. --vary optimizer_g.kind=sgd,rmsprop,adam: there is no [compare] table")
    return compare.plan(base)


def _compare_of(arguments: Namespace) -> "Compare | None":
    from ganengine.presets import DEFAULT, find_preset, load_preset

    path: Path | None = arguments.config
    return (load_preset(path) if path else find_preset(arguments.preset or DEFAULT)).compare


class _Sweep:
    """Carries a plan out.

    Attributes:
        trained: the runs that have a directory.
        failed: whether any failed.
        interrupted: whether the user ended it all.
    """

    def __init__(self, root: Path, count: int) -> None:
        self.trained: list[RunDirectory] = []
        self.failed = self.interrupted = False
        self._root, self._count = root, count

    def train_all(self, planned: "Sequence[PlannedRun]") -> None:
        """Train one after the other, until the end or an interruption."""
        for each in planned:
            _say(f"run {each.group.index + 1} of {self._count}: {each.group.variation}")
            try:
                self._train(each)
            except KeyboardInterrupt:
                self.interrupted = True
            if self.interrupted:
                return

    def _train(self, planned: "PlannedRun") -> None:
        from ganengine.cli.running import Place, train
        from ganengine.events import RunStatus
        from ganengine.launch import new_run
        from ganengine.runs.directory import RunDirectory

        place = Place()
        try:
            status = train(lambda observers: new_run(planned.config, self._root, observers, group=planned.group), place)
            self.interrupted = status != RunStatus.FINISHED
        except Exception as error:
            self.failed = True
            if not isinstance(error, GanEngineError):
                traceback.print_exc()
            _say(f"{planned.group.variation} failed: {error}")
        finally:
            if place.directory:
                self.trained.append(RunDirectory(place.directory))


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


def _say(text: str) -> None:
    print(f"ganengine: {text}", file=sys.stderr, flush=True)
