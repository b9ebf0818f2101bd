"""`ganengine queue`."""

from argparse import Namespace
from typing import TYPE_CHECKING

from ganengine.cli.options import (
    Commands,
    Parser,
    UsageError,
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
    from ganengine.queue.items import Item
    from ganengine.queue.store import Queue

_DESCRIPTION = """\
Runs that wait to be trained one after the other. The queue is kept beside the runs, and the studio shows the same one:
it outlives every program that carries it out, and several may do so at once.
"""
_EXAMPLES = """\
examples:
  ganengine queue add --preset faces-dense --repeat 3
  ganengine queue list
  ganengine queue move 7 1          run 7 is the next one
  ganengine queue skip 8
  ganengine queue run               train what waits, also what a crash interrupted
  ganengine queue retry 5 --anew

`ganengine sweep` and `ganengine search` put their runs into the queue, too.
"""


def add(commands: Commands) -> None:
    """Declare the command with its actions."""
    parser = commands.add_parser(
        "queue", help="train runs one after the other", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    _add_list(actions)
    _add_add(actions)
    _add_run(actions)
    for name, text, action in (
        ("pause", "begin no further run; what is being trained goes on", _pause),
        ("go-on", "end the pause; then `ganengine queue run` trains what waits", _go_on),
        ("clear", "take all that ended out of the queue; the runs themselves stay", _clear),
    ):
        _action(actions, name, text, action)
    _several(_action(actions, "remove", "take runs out of the queue; what was trained of them stays", _remove))
    _several(_action(actions, "skip", "pass runs over", _skip))
    retry = _action(actions, "retry", "let runs that failed, were stopped or skipped wait once more", _retry)
    _several(retry)
    retry.add_argument("--anew", action="store_true", help="begin again, rather than go on from the last checkpoint")
    move = _action(actions, "move", "change the order", _move)
    move.add_argument("name", metavar="NUMBER", help="which")
    move.add_argument("place", type=at_least(1), metavar="PLACE", help="1 is the first of those that wait")


def _action(actions: Commands, name: str, text: str, action: object) -> Parser:
    parser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    add_runs(parser)
    parser.set_defaults(run=action)
    return parser


def _several(parser: Parser) -> None:
    parser.add_argument("names", nargs="+", metavar="NUMBER", help="as `ganengine queue list` shows them")


def _add_list(actions: Commands) -> None:
    _action(actions, "list", "show what waits, runs, and has ended", _list)


def _add_add(actions: Commands) -> None:
    parser = _action(actions, "add", "put a run at the end of the queue", _add)
    add_start(parser)
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_repeat(parser)


def add_repeat(parser: Parser) -> None:
    """`--repeat N`."""
    parser.add_argument(
        "--repeat", type=at_least(1), default=1, metavar="N", help="train each N times, with seeds that count up"
    )


def _add_run(actions: Commands) -> None:
    parser = _action(actions, "run", "train what waits, one after the other, and what was interrupted", _run)
    parser.add_argument("--wait", action="store_true", help="then stay, and train what is added later, until Ctrl-C")


def _queue(arguments: Namespace) -> "Queue":
    from ganengine.queue.store import Queue

    return Queue(runs_root(arguments))


def _items(queue: "Queue", names: list[str]) -> "list[Item]":
    from ganengine.queue.store import queue_item

    return [queue_item(queue, name) for name in dict.fromkeys(names)]


# -- looking -----------------------------------------------------------------------------------------------------------


def _list(arguments: Namespace) -> int:
    from ganengine.cli.carrying_out import say

    queue = _queue(arguments)
    snapshot = queue.snapshot()
    for notice in snapshot.notices:
        say(notice)
    if snapshot.notices:
        queue.forget_notices()
    if not snapshot.items:
        say("the queue is empty")
        return 0
    waiting = [item.id for item in snapshot.items if item.is_due]
    rows = [_row(queue, item, waiting) for item in snapshot.items]
    print_columns([("number", "place", "run", "plan", "status", "folder", "step", "note"), *rows])
    if snapshot.paused:
        say("the queue is paused; `ganengine queue go-on` ends that")
    return 0


def _row(queue: "Queue", item: "Item", waiting: list[str]) -> tuple[str, ...]:
    place = str(waiting.index(item.id) + 1) if item.id in waiting else ""
    status = "interrupted" if item.interrupted else item.status.value
    plan = f"{item.group.name} ({item.group.index + 1} of {item.group.count})" if item.group else ""
    return str(item.number), place, item.title, plan, status, item.run, _step(queue, item), item.reason


def _step(queue: "Queue", item: "Item") -> str:
    from ganengine.errors import RunError
    from ganengine.queue.store import run_directory

    run = run_directory(queue, item)
    if run is None:
        return ""
    try:
        info = run.info()
    except RunError:
        return "damaged"
    return f"{info.get('step', 0)} of {info['total_steps']}" if info.get("total_steps") else ""


# -- changing ----------------------------------------------------------------------------------------------------------


def _add(arguments: Namespace) -> int:
    from ganengine.plans import Plan

    config = start_of(arguments).with_changes(changes_of(arguments))
    queue = _queue(arguments)
    if arguments.repeat > 1:
        items = queue.add(Plan.of_one(config).repeated(arguments.repeat).runs())
    else:
        items = (queue.add_config(config),)
    for item in items:
        print(item.number)
    return 0


def _remove(arguments: Namespace) -> int:
    queue = _queue(arguments)
    queue.remove(*(item.id for item in _items(queue, arguments.names)))
    return 0


def _skip(arguments: Namespace) -> int:
    queue = _queue(arguments)
    for item in _items(queue, arguments.names):
        queue.skip(item.id)
    return 0


def _retry(arguments: Namespace) -> int:
    queue = _queue(arguments)
    for item in _items(queue, arguments.names):
        queue.retry(item.id, anew=arguments.anew)
    return 0


def _move(arguments: Namespace) -> int:
    queue = _queue(arguments)
    (item,) = _items(queue, [arguments.name])
    waiting = [each.id for each in queue.items() if each.is_due and each.id != item.id]
    if not item.is_due:
        raise UsageError(f"run {item.number} of the queue does not wait: it is {item.status.value}")
    ids = [each.id for each in queue.items() if each.id != item.id]
    later = waiting[arguments.place - 1 :]
    queue.move(item.id, ids.index(later[0]) if later else len(ids))
    return 0


def _pause(arguments: Namespace) -> int:
    _queue(arguments).set_paused(True)
    return 0


def _go_on(arguments: Namespace) -> int:
    _queue(arguments).set_paused(False)
    return 0


def _clear(arguments: Namespace) -> int:
    _queue(arguments).clear()
    return 0


def _run(arguments: Namespace) -> int:
    from ganengine.cli.carrying_out import INTERRUPTED, CarryingOut, say
    from ganengine.queue.items import ItemStatus

    queue = _queue(arguments)
    if queue.snapshot().paused and not arguments.wait:
        raise UsageError("the queue is paused; `ganengine queue go-on` ends that")
    carrying = CarryingOut(queue)
    carrying.run()
    if arguments.wait:
        carrying.stay()
    for run in carrying.trained:
        print(run.path.absolute())
    if carrying.interrupted:
        say("`ganengine queue run` goes on from there")
        return INTERRUPTED
    if not carrying.items:
        say("nothing waits in the queue")
    return 1 if any(item.status == ItemStatus.FAILED for item in carrying.items) else 0
