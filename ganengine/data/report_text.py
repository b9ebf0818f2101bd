"""The data check's report as text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ganengine.data.dataset import LeftOut

if TYPE_CHECKING:
    from ganengine.data.check import DataReport, Originals

_SHOWN = 10  # of a list
_EXAMPLES = 3  # files named for each reason
_BARS = "▁▂▃▄▅▆▇█"
_BINS = 32
_UNEVEN = 3  # the largest class against the smallest


def written(report: "DataReport") -> str:
    """Several lines: what there is, then what may be wrong with it."""
    left_out = f"; {_files(len(report.left_out))} left out" if report.left_out else ""
    lines = [f"{report.name}: {_images(report.count)} of {report.shape}{left_out}"]
    if report.originals:
        lines += _original_lines(report.originals)
    lines += _class_lines(report.classes)
    lines.append(f"  values        mean {report.mean:.0f}, standard deviation {report.spread:.0f} (of 0 to 255)")
    lines.append(f"                0 {_bars(report.histogram)} 255")
    lines += _doubtful_lines(report)
    lines += _left_out_lines(report.left_out)
    return "\n".join(lines)


def by_reason(left_out: Iterable[LeftOut]) -> dict[str, list[LeftOut]]:
    """Files left out, by the general part of their reason (up to the first colon), the most frequent first."""
    groups: dict[str, list[LeftOut]] = {}
    for item in left_out:
        groups.setdefault(item.reason.partition(":")[0].partition(" (")[0], []).append(item)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _original_lines(originals: "Originals") -> Iterator[str]:
    sizes = [f"{width}×{height} ({count:,})" for (width, height), count in originals.sizes]
    yield f"  sizes         {_first(sizes, originals.different_sizes)}"
    if originals.different_sizes > 1:
        (narrow, wide), (low, high) = originals.widths, originals.heights
        yield f"                from {narrow} to {wide} pixels wide, from {low} to {high} high"
    yield f"  colours       {_first([f'{mode} ({count:,})' for mode, count in originals.modes], len(originals.modes))}"
    if originals.animated:
        yield f"  animated      {_files(originals.animated)}, of which only the first frame is used"
    if originals.ignored:
        yield f"  ignored       {_files(originals.ignored)} of other kinds, e.g. texts"


def _class_lines(classes: Sequence[tuple[str, int]]) -> Iterator[str]:
    if not classes:
        yield "  classes       none"
        return
    names = [f"{name} ({count:,})" for name, count in classes]
    yield f"  classes       {len(classes)}: {_first(names, len(names))}"
    least, most = min(classes, key=lambda one: one[1]), max(classes, key=lambda one: one[1])
    if most[1] > _UNEVEN * least[1]:
        yield f"                uneven: {most[0]} has {most[1]:,} images, {least[0]} has {least[1]:,}"


def _doubtful_lines(report: "DataReport") -> Iterator[str]:
    if report.superfluous:
        numbers = [" = ".join(map(str, group[:4])) for group in report.duplicates]
        yield f"  duplicates    {_images(report.superfluous)}, numbers {_first(numbers, len(numbers))}"
    if report.blanks:
        yield f"  nearly blank  {_images(len(report.blanks))}, numbers {_first(report.blanks, len(report.blanks))}"
    if not report.superfluous and not report.blanks:
        yield "  duplicates    none; no blank images"


def _left_out_lines(left_out: Sequence[LeftOut]) -> Iterator[str]:
    if not left_out:
        return
    yield f"{_files(len(left_out))} left out:"
    for reason, items in by_reason(left_out).items():
        yield f"  {reason}: {_files(len(items))}"
        for item in items[:_EXAMPLES]:
            yield f"      {_printable(item.name)}: {item.reason}"
        if len(items) > _EXAMPLES:
            yield f"      and {len(items) - _EXAMPLES:,} more"


def _bars(histogram: Sequence[int]) -> str:
    step = len(histogram) // _BINS
    bins = [sum(histogram[start : start + step]) for start in range(0, len(histogram), step)]
    highest = max(*bins, 1)
    # Square roots: a black background must not hide everything else.
    return "".join(" " if not count else _BARS[round((count / highest) ** 0.5 * (len(_BARS) - 1))] for count in bins)


def _first(items: Iterable[object], count: int) -> str:
    shown = list(map(str, items))[:_SHOWN]
    return ", ".join(shown) + (f", … ({count:,} in all)" if count > len(shown) else "")


def _printable(name: str) -> str:
    """A file's name as a terminal may show it: no control characters from an archive reach it."""
    return "".join(sign if sign.isprintable() else "�" for sign in name)


def _images(count: int) -> str:
    return f"{count:,} image" + ("" if count == 1 else "s")


def _files(count: int) -> str:
    return f"{count:,} file" + ("" if count == 1 else "s")
