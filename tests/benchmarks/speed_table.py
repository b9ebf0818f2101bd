"""The tables of the speed benchmark."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from contestants import EAGER, SHIPPED, Contestant
from works import Work


def compared(work: Work, threads: int, contestants: Sequence[Contestant]) -> str:
    """One work: everybody's speed, and how many times as fast the trainer is."""
    ours = next((one for one in contestants if one.entry.name == SHIPPED), contestants[0])
    words = f"{threads} thread{'s' if threads > 1 else ''}"
    lines = [
        f"**({work.key}) {work.title}; {words}**\n",
        f"| | steps/s | slowest – fastest | images/s | cores used | {ours.entry.name} is faster by |",
        "|---|---|---|---|---|---|",
    ]
    for one in contestants:
        spread = f"{_figure(min(one.speeds))} – {_figure(max(one.speeds))}"
        cells = [one.entry.name, _figure(one.speed), spread, f"{one.speed * work.batch:,.0f}"]
        lines.append(f"| {' | '.join([*cells, f'{statistics.mean(one.cores):.2f}', _ratio(ours, one)])} |")
    if "seconds_to_settle" in ours.ready:
        settled = "settled" if ours.ready["settled"] else "was NOT settled yet"
        lines.append(
            f"\n{ours.entry.name} {settled} after {ours.ready['seconds_to_settle']:.0f} s: {ours.ready['way']}."
        )
    known = {name: version for one in contestants for name, version in one.ready["versions"].items()}
    lines.append("Versions: " + ", ".join(f"{name} {version}" for name, version in sorted(known.items())) + ".")
    return "\n".join(lines)


def overview(results: Mapping[tuple[str, int], Sequence[Contestant]]) -> str:
    """Ratios of all works, one row a rival."""
    lines = ["| work | against | threads | times as fast | spread over the rounds |", "|---|---|---|---|---|"]
    for (key, threads), contestants in results.items():
        ours = next((one for one in contestants if one.entry.name == SHIPPED), None)
        if ours is None:
            continue
        for one in _rivals(contestants):
            ratio, spread = _ratio(ours, one).split(" ", 1)
            lines.append(f"| ({key}) | {one.entry.name} | {threads} | {ratio} | {spread.strip('()')} |")
    return "\n".join(lines)


def floor_table(
    results: Mapping[tuple[str, int], Sequence[Contestant]], floors: Mapping[int, Mapping[str, Any]]
) -> str:
    """How near the machine's floor the trainer is."""
    lines = [
        f"| {threads} thread{'s' if threads > 1 else ''}: peak {floor['peak'] / 1e9:,.0f} GFLOP/s, "
        f"memory {floor['bandwidth'] / 1e9:,.1f} GB/s"
        for threads, floor in floors.items()
    ]
    table = [" |\n".join(line.removeprefix("| ") for line in lines), ""]
    table += ["| work | threads | GFLOP a step | MB a step | floor ms | measured ms | share of the floor | eager |"]
    table.append("|---|---|---|---|---|---|---|---|")
    for (key, threads), contestants in results.items():
        floor = floors[threads]
        flops, moved = floor["steps"][key]
        least = max(flops / floor["peak"], moved / floor["bandwidth"])
        speeds = {one.entry.name: one.speed for one in contestants}
        ours, eager = speeds.get(SHIPPED), speeds.get(EAGER)
        took = f"{1000 / ours:.2f}" if ours else ""
        cells = [f"({key})", str(threads), f"{flops / 1e9:.2f}", f"{moved / 1e6:.1f}", f"{1000 * least:.2f}", took]
        table.append(f"| {' | '.join([*cells, _share(least, ours), _share(least, eager)])} |")
    return "\n".join(table)


def _rivals(contestants: Sequence[Contestant]) -> list[Contestant]:
    return [one for one in contestants if one.entry.name != SHIPPED]


def _ratio(ours: Contestant, other: Contestant) -> str:
    """Of the medians, and of the rounds that went worst and best for us."""
    if ours is other:
        return ""
    rounds = [mine / theirs for mine, theirs in zip(ours.speeds, other.speeds, strict=True)]
    return f"{ours.speed / other.speed:.2f}x ({min(rounds):.2f} – {max(rounds):.2f})"


def _share(least: float, speed: float | None) -> str:
    return f"{least * speed:.0%}" if speed else ""


def _figure(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 100 else f"{speed:.3g}"
