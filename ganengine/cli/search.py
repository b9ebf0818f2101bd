"""`ganengine search`."""

import time
from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import (
    Commands,
    add_changes,
    add_device,
    add_runs,
    add_steps,
    at_least,
    changes_of,
    runs_root,
)
from ganengine.cli.start import add_start, start_of
from ganengine.cli.table import print_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganengine.cli.carrying_out import CarryingOut, Watch
    from ganengine.queue.claims import Claim
    from ganengine.queue.search import Search, TrialResult

_LOOK_S = 0.5
_DESCRIPTION = """\
Search for good settings: Optuna proposes what to try next from what the trials before came to, and each trial is a run
in the queue, as any other. The best value that a run reached counts. The last line printed is the best run's folder.
The same command goes on where it was, also after a crash; with more --trials it searches on.
"""
_EXAMPLES = """\
examples:
  ganengine search --preset mnist-simple --steps 2000 --trials 20 \\
      --vary optimizer_g.lr,optimizer_d.lr=1e-5..1e-2:log --vary loss.kind=nonsaturating,hinge
  ganengine search --vary generator.latent_dim=16..128 --metric kid --trials 12 --prune --out best.toml
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("search", help="search for good settings", description=_DESCRIPTION, epilog=_EXAMPLES)
    add_start(parser)
    parser.add_argument(
        "--vary",
        action="append",
        required=True,
        metavar="PATH[,PATH]=LOW..HIGH[:log]|V1,V2",
        help="a range or values to choose from, for a setting or several together; may be repeated",
    )
    parser.add_argument("--metric", default="fid", metavar="NAME", help="what is to become better (default: fid)")
    parser.add_argument("--trials", type=at_least(1), required=True, metavar="N", help="how many runs, all together")
    parser.add_argument("--prune", action="store_true", help="give a run up that is worse than half of those before")
    parser.add_argument(
        "--ahead",
        type=at_least(1),
        default=1,
        metavar="N",
        help="how many trials wait or run at once, for several programs that carry out the queue (default: 1)",
    )
    parser.add_argument(
        "--seed", type=at_least(0), default=0, metavar="S", help="start of the search's random numbers (default: 0)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the best settings to this .toml file")
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Search, print a table, and the best run's folder."""
    from ganengine.cli.carrying_out import INTERRUPTED, CarryingOut, say
    from ganengine.queue.search import Search
    from ganengine.queue.spaces import parse_space
    from ganengine.queue.store import Queue

    base = start_of(arguments).with_changes(changes_of(arguments))
    spaces = [parse_space(text) for text in arguments.vary]
    queue = Queue(runs_root(arguments))
    search = Search(queue, base, spaces, arguments.metric, arguments.seed)
    if search.count:
        say(f"going on with a search that has {search.count} trials")
    carrying = CarryingOut(queue, search.group, watch=_pruner_for(search) if arguments.prune else lambda claim: None)
    with suppress(KeyboardInterrupt):
        _carry_out(search, carrying, arguments.trials, arguments.ahead)
        search.settle()
        _report(search, queue.root, arguments.out)
        if not carrying.interrupted:
            return 0 if search.best() else 1
    say("the same command goes on with the search")
    return INTERRUPTED


def _carry_out(search: "Search", carrying: "CarryingOut", total: int, ahead: int) -> None:
    """Propose, train, and take note, until there are as many trials as wanted or the user interrupts."""
    while not carrying.interrupted:
        search.settle()
        search.top_up(total, ahead)
        if search.is_over:
            return
        trained = len(carrying.items)
        carrying.run()
        if len(carrying.items) == trained:  # other programs train what there is
            time.sleep(_LOOK_S)


def _pruner_for(search: "Search") -> "Callable[[Claim], Watch | None]":
    from ganengine.queue.pruning import Pruner

    def watch(claim: "Claim") -> "Watch | None":
        trial = search.trial_of(claim.item)
        return Pruner(trial, search.key) if trial else None

    return watch


def _report(search: "Search", root: Path, out: Path | None) -> None:
    from ganengine.runs.files import write_text

    trials = search.trials()
    print_columns([("trial", "value", "status", "run", "settings"), *map(_row, trials)])
    best = search.best()
    if best is None:
        return
    if out is not None:
        write_text(out.expanduser(), search.settings(best.number).to_toml(), "the best settings")
    if best.item is not None and best.item.run:
        print((root / best.item.run).absolute())


def _row(trial: "TrialResult") -> tuple[str, ...]:
    value = "–" if trial.value is None else f"{trial.value:.4g}"
    return str(trial.number + 1), value, trial.state, trial.item.run if trial.item else "", trial.title
