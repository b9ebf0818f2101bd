"""Families of runs: who was forked from whom. Imports no torch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ganengine.runs.summary import Parent, RunSummary


@dataclass(frozen=True)
class Node:
    """A run among its descendants.

    Attributes:
        name: the run's folder name.
        summary: None for a run that is gone, of which only its children know.
        step: where it branched off its parent; 0 for the first of a family.
        children: what was forked from it, by the step where it branched off.
    """

    name: str
    summary: RunSummary | None
    step: int = 0
    children: tuple["Node", ...] = ()

    def __iter__(self) -> Iterator["Node"]:
        """This one and all below it, each before its children."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


def family_of(summaries: Iterable[RunSummary], name: str) -> Node:
    """The tree that a run is in, from its first ancestor down.

    A parent that is gone stands in the tree without a summary, so that its children stay a family.

    Raises:
        KeyError: there is no run of that name.
    """
    kin = _Kin(summaries)
    return kin.tree(kin.first_ancestor(name))


def parent_of(summaries: Iterable[RunSummary], name: str) -> RunSummary | None:
    """The run that a run was forked from, where it is there.

    Raises:
        KeyError: there is no run of that name.
    """
    kin = _Kin(summaries)
    return kin.runs.get(kin.parents.get(kin.runs[name].name, ""))


class _Kin:
    """Who is whose parent.

    Attributes:
        runs: by folder name.
        parents: folder name → the parent's, which for one that is gone is a name that no run has.
    """

    def __init__(self, summaries: Iterable[RunSummary]) -> None:
        self.runs: dict[str, RunSummary] = {run.name: run for run in summaries}
        by_id = _by_id(self.runs)
        self.parents = {
            run.name: self._named(run.parent, by_id) for run in self.runs.values() if run.parent and run.parent.run
        }
        self._children: dict[str, list[RunSummary]] = defaultdict(list)
        for child, parent in self.parents.items():
            self._children[parent].append(self.runs[child])

    def first_ancestor(self, name: str) -> str:
        """The name at the top of a run's family; of a circle, which only a damaged `run.json` can make, the run."""
        here, seen = self.runs[name].name, set()
        while here in self.parents and here not in seen:
            seen.add(here)
            here = self.parents[here]
        return name if here in self.parents else here

    def tree(self, top: str) -> Node:
        """The family below a name, without going in circles."""
        order, seen, waiting = [], {top}, [top]
        while waiting:  # not by recursion: a chain of forks may be long
            name = waiting.pop()
            order.append(name)
            below = [child.name for child in self._children.get(name, []) if child.name not in seen]
            seen.update(below)
            waiting.extend(below)
        nodes: dict[str, Node] = {}
        for name in reversed(order):
            run = self.runs.get(name)
            step = run.parent.step if run and run.parent and name != top else 0
            children = [nodes.pop(child.name) for child in self._children.get(name, []) if child.name in nodes]
            nodes[name] = Node(_plain(name), run, step, tuple(sorted(children, key=_place)))
        return nodes[top]

    def _named(self, parent: Parent, by_id: Mapping[str, str]) -> str:
        """The parent's folder name as it is now; a run of that name that is another one does not count."""
        if parent.id and parent.id in by_id:
            return by_id[parent.id]
        namesake = self.runs.get(parent.run)
        if namesake is None or not (parent.id and namesake.id) or namesake.id == parent.id:
            return parent.run
        return f"{parent.run}{_GONE}{parent.id}"


# Behind the name of a run that is gone where another has its name; no folder's name holds it.
_GONE = "\0"


def _plain(name: str) -> str:
    return name.partition(_GONE)[0]


def _by_id(runs: Mapping[str, RunSummary]) -> dict[str, str]:
    """Run's own mark → folder name; a mark that two folders have (one is a copy) tells nothing."""
    found: dict[str, str] = {}
    doubled: set[str] = set()
    for run in runs.values():
        if run.id in found:
            doubled.add(run.id)
        elif run.id:
            found[run.id] = run.name
    return {mark: name for mark, name in found.items() if mark not in doubled}


def _place(node: Node) -> tuple[int, int, str]:
    return node.step, node.summary.number if node.summary else 0, node.name
