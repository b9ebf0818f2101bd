"""A comparison of runs as one HTML file that needs nothing else: curves, images, and what differs."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from ganengine.alignment import Align, training_time
from ganengine.common_latents import CommonLatents
from ganengine.comparison import LOSSES, ComparedRun, Comparison, better_of
from ganengine.console import duration
from ganengine.export.comparison_grid import Theme, When, grids_of, moment_of, png_bytes
from ganengine.export.comparison_svg import RUN_COLOURS, plot, smoothed, swatch
from ganengine.runs.files import write_text
from ganengine.values import short_value

_ALONG: dict[Align, str] = {"step": "Step", "time": "Minutes of training"}
_ROLES = {"loss/d_real": "real", "loss/d_fake": "fake", "loss/g": "generator"}
_STYLE = """\
:root { color-scheme: %(schemes)s; --text: #1d1d21; --muted: #5f5f6a; --ground: #fff; --line: #dcdce1;
  --real: #0072b2; --fake: #c86400; --generator: #008a63; --error: #c0262d; %(light)s }
%(before)s:root { --text: #e6e6ea; --muted: #a3a3af; --ground: #1a1a1d; --line: #36363c;
  --real: #56b4e9; --fake: #f0a020; --generator: #2dbd8e; --error: #ff8078; %(dark)s }%(after)s
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--ground); margin: 24px auto;
  max-width: 1320px; padding: 0 20px; }
h1 { font-size: 1.5rem; margin-bottom: 0.2em; } h2 { font-size: 1.1rem; margin: 1.8em 0 0.6em; }
p.note, figcaption small, td small { color: var(--muted); }
.row { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
ul.legend { list-style: none; padding: 0; } .legend li { display: flex; gap: 8px; align-items: center; }
figure { margin: 0; flex: 1 1 240px; max-width: 420px; }
figure img { width: 100%%; image-rendering: pixelated; border: 1px solid var(--line); }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; margin-bottom: 4px; }
.plot { flex: 1 1 360px; max-width: 640px; } .swatch { width: 40px; height: 12px; flex: none; }
.dot { stroke-width: 1.7; fill: var(--ground); }
.curve, .swatch line { fill: none; stroke-width: 1.7; stroke-linejoin: round; }
.axis, .mark { fill: none; stroke: var(--line); } .axis { stroke: var(--muted); }
text { font: 11px system-ui, sans-serif; fill: var(--text); } .heading { font-size: 14px; font-weight: 600; }
.tick.y { text-anchor: end; } .tick.x, .empty { text-anchor: middle; } .empty { fill: var(--muted); }
.real { fill: var(--real); } .fake { fill: var(--fake); } .generator { fill: var(--generator); }
table { border-collapse: collapse; } th, td { text-align: left; padding: 4px 14px 4px 0; vertical-align: top;
  border-bottom: 1px solid var(--line); } td.number { font-variant-numeric: tabular-nums; }
.failed { color: var(--error); } .best { font-weight: 700; }
.best::before { content: "★ "; } .scroll { overflow-x: auto; }
"""


def save_html(
    path: Path,
    comparison: Comparison,
    when: When = None,
    *,
    latents: CommonLatents | None = None,
    theme: Theme = "auto",
    smoothing: float = 0.0,
) -> None:
    """Write the report.

    Args:
        when: the images' moment, by default the newest that all have; the curves are drawn over what it counts.
        latents: make the images of these, instead of showing each run's own samples.
        theme: "auto" is light or dark as whoever reads it has set.
        smoothing: weight of the losses' moving average, from 0 to less than 1.

    Raises:
        ConfigError, OutOfMemory: the images cannot be made here.
        StorageError: it could not be written; a file that was there before is intact.
    """
    page = html_report(comparison, when, latents=latents, theme=theme, smoothing=smoothing)
    write_text(path, page, "the comparison")


def html_report(
    comparison: Comparison,
    when: When = None,
    *,
    latents: CommonLatents | None = None,
    theme: Theme = "auto",
    smoothing: float = 0.0,
) -> str:
    """The report as a page without scripts and without links. Names from files are escaped; arguments as above."""
    title, align = escape(comparison.title), moment_of(comparison, when).align
    sections = [
        _legend(comparison.runs),
        _images(comparison, when, latents),
        _curves("Losses", comparison.runs, LOSSES, align, smoothing),
        _curves("Quality", comparison.runs, comparison.evaluations, align) if comparison.evaluations else "",
        _outcomes(comparison),
        _differences(comparison),
    ]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            # Whatever a run's files hold, the page runs nothing and loads nothing.
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
            "style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>\n<style>\n{_style(theme)}</style>\n</head>\n<body>",
            f'<h1>{title}</h1>\n<p class="note">Made by GAN Studio</p>',
            *filter(None, sections),
            "</body>\n</html>\n",
        ]
    )


def _style(theme: Theme) -> str:
    grounds = [
        " ".join(f"--run{index}: {pair[ground]};" for index, pair in enumerate(RUN_COLOURS)) for ground in (0, 1)
    ]
    runs = "".join(f".run{index} {{ stroke: var(--run{index}); }}\n" for index in range(len(RUN_COLOURS)))
    schemes = "light dark" if theme == "auto" else theme
    # What is dark holds always, never, or as whoever reads it has set.
    before, after = {
        "auto": ("@media (prefers-color-scheme: dark) { ", " }"),
        "light": ("@media not all { ", " }"),
        "dark": ("", ""),
    }[theme]
    pieces = {"light": grounds[0], "dark": grounds[1], "before": before, "after": after, "schemes": schemes}
    return _STYLE % pieces + runs


def _legend(runs: Sequence[ComparedRun]) -> str:
    lines = [
        f"<li>{swatch(index)} <b>{escape(run.label)}</b> <span>{escape(run.name)}</span> {_status(run)}</li>"
        for index, run in enumerate(runs)
    ]
    return '<ul class="legend">\n' + "\n".join(lines) + "\n</ul>"


def _images(comparison: Comparison, when: When, latents: CommonLatents | None) -> str:
    figures = []
    for index, (run, grid) in enumerate(zip(comparison.runs, grids_of(comparison, when, latents), strict=True)):
        heading = f"{swatch(index)} <b>{escape(run.label)}</b>"
        if grid is None:
            nothing = "No checkpoint" if latents else "No samples"
            figures.append(f"<figure><figcaption>{heading}</figcaption><p>{nothing}</p></figure>")
            continue
        data = b64encode(png_bytes(grid)).decode("ascii")
        at = run.clock.seconds_at(grid.step)
        alt = escape(f"Images generated by {run.label} at step {grid.step:,}")
        figures.append(
            f"<figure><figcaption>{heading} <small>{escape(grid.text)} · {training_time(at)}</small></figcaption>"
            f'<img alt="{alt}" src="data:image/png;base64,{data}"></figure>'
        )
    note = (
        '<p class="note">All are made from the same latent vectors: images at the same place have the same one.</p>\n'
        if latents
        else ""
    )
    moment = escape(moment_of(comparison, when).text)
    return f'<h2>Generated images {moment}</h2>\n{note}<div class="row">\n' + "\n".join(figures) + "\n</div>"


def _curves(
    heading: str, runs: Sequence[ComparedRun], titles: Mapping[str, str], align: Align, smoothing: float = 0.0
) -> str:
    labels = [run.label for run in runs]
    plots = [
        plot(
            title,
            labels,
            [smoothed(run.curve_along(key, align), smoothing) for run in runs],
            _ROLES.get(key, ""),
            along=_ALONG[align],
            dots=key not in LOSSES,
        )
        for key, title in titles.items()
    ]
    return f'<h2>{heading}</h2>\n<div class="row">\n' + "\n".join(plots) + "\n</div>"


def _outcomes(comparison: Comparison) -> str:
    head = ("Run", "Status", "Steps", "Time", *LOSSES.values(), *comparison.evaluations.values())
    winners = {key: _winner(comparison.runs, key) for key in comparison.evaluations}
    rows = [
        (
            f"<b>{escape(run.label)}</b><br><small>{escape(run.name)}</small>",
            _status(run),
            f"{run.step:,}",
            duration(run.seconds),
            *(_number(run.last(key)) for key in LOSSES),
            *(_evaluation(run, key, is_best=run is winner) for key, winner in winners.items()),
        )
        for run in comparison.runs
    ]
    return "<h2>Outcome</h2>\n" + _table(head, rows)


def _winner(runs: Sequence[ComparedRun], key: str) -> ComparedRun | None:
    """The run with the best value of an evaluation; None where there is nothing to choose from."""
    found = [(best.value, run) for run in runs if (best := run.best(key))]
    if len(found) < 2:
        return None
    return (min if better_of(key) == "lower" else max)(found, key=lambda each: each[0])[1]


def _evaluation(run: ComparedRun, key: str, *, is_best: bool) -> str:
    """The best value, where it was, and the last one."""
    best, last = run.best(key), run.last(key)
    if best is None:
        return _number(last)
    mark = ' class="best"' if is_best else ""
    return f"<span{mark}>{_number(best.value)}</span><br><small>at step {best.step:,}; last {_number(last)}</small>"


def _differences(comparison: Comparison) -> str:
    if not comparison.differences:
        return "<h2>What differs</h2>\n<p>All settings are the same.</p>"
    rows = [
        (
            f"{escape(found.title)}<br><small>{escape(found.path)}</small>",
            *(escape(found.text(index)) for index in range(len(comparison.runs))),
        )
        for found in comparison.differences
    ]
    return "<h2>What differs</h2>\n" + _table(("Setting", *(run.label for run in comparison.runs)), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells of `rows` are HTML already, those of `head` are plain text."""
    first = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "\n".join("<tr>" + "".join(f'<td class="number">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{first}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _status(run: ComparedRun) -> str:
    why = f": {escape(run.message)}" if run.message else ""
    failed = ' class="failed"' if run.status == "failed" else ""
    return f"<span{failed}>{escape(run.status)}{why}</span>"


def _number(value: float | None) -> str:
    return "–" if value is None else short_value(float(f"{value:.4g}"))
