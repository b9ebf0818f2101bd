"""What a run's report says, section by section. Texts from files are escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ganengine.components import Component
from ganengine.config import TrainConfig, all_declarations
from ganengine.console import duration
from ganengine.errors import ConfigError, DatasetError, GanEngineError
from ganengine.events import MetricsEvent
from ganengine.export.grid import compose_grid, near_square, read_sample
from ganengine.export.strip import captions_of, strip_of_run
from ganengine.publish.colormaps import coloured
from ganengine.publish.report import page
from ganengine.publish.report.curves import all_plots
from ganengine.runs.about import RunAbout, read_about
from ganengine.runs.directory import RunDirectory
from ganengine.runs.facts import best_from
from ganengine.values import short_value

_MOST_IMAGES = 100
_WIDTH = 440  # pixels that a grid has at least
_STRIP_ROWS, _STRIP_COLUMNS = 6, 7
_MOST_PARENTS = 50


@dataclass(frozen=True)
class Facts:
    """All that is known of the run, read once; what cannot be read is missing.

    Attributes:
        until: the step up to which the report goes, or None for all of it.
    """

    run: RunDirectory
    info: Mapping[str, Any]
    about: RunAbout
    config: TrainConfig | None
    metrics: Sequence[MetricsEvent]
    sample_steps: Sequence[int]
    until: int | None

    @classmethod
    def of(cls, run: RunDirectory, until: int | None = None) -> Facts:
        """Read a run, also a damaged one or one that is being trained."""
        try:
            config = run.config()
        except ConfigError:
            config = None
        metrics = [point for point in run.metrics() if until is None or point.step <= until]
        steps = [step for step in run.sample_steps() if until is None or step <= until]
        return cls(run, run.known_info(), read_about(run), config, metrics, steps, until)

    @property
    def title(self) -> str:
        """What the person calls it, or its folder's name."""
        return self.about.title or self.run.name


def sections(facts: Facts, colormap: str = "none") -> Iterator[str]:
    """The report's sections in order."""
    yield _head(facts)
    yield _images(facts, colormap)
    yield _curves(facts)
    yield _quality(facts)
    yield _history(facts)
    yield _settings(facts)
    yield _environment(facts)


def _head(facts: Facts) -> str:
    info, config = facts.info, facts.config
    step = facts.until if facts.until is not None else _whole(info.get("step"))
    total = _whole(info.get("total_steps"))
    times = [info.get("seconds") if facts.until is None else None, *(point.seconds for point in facts.metrics[-1:])]
    seconds = max((float(time) for time in times if isinstance(time, int | float)), default=0.0)
    best = best_from(info.get("best"))
    if best and facts.until is not None and best.step > facts.until:
        best = None
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in facts.about.tags)
    parameters = info.get("parameters")
    weights = parameters.get("generator") if isinstance(parameters, dict) else None
    cards = [
        ("Status", _text(info.get("status"))),
        ("Steps", f"{step:,}" + (f" of {total:,}" if total else "")),
        ("Epochs", f"{facts.metrics[-1].epoch:,.1f}" if facts.metrics else ""),
        ("Time spent training", duration(seconds)),
        ("Data", _text(info.get("data")) or (getattr(config.data, "source", "") if config else "")),
        (
            "Networks",
            " / ".join(dict.fromkeys(map(_short, (config.generator, config.discriminator)))) if config else "",
        ),
        ("Loss", _short(config.loss) if config else ""),
        ("Optimizers", _text(info.get("optimizers"))),
        ("Weights of G", f"{weights:,}" if isinstance(weights, int) else ""),
        ("Best", f"{best.title} {short_value(float(f'{best.value:.4g}'))} at step {best.step:,}" if best else ""),
    ]
    message = _text(info.get("message"))
    return "\n".join(
        [
            f"<h1>{escape(facts.title)}</h1>",
            page.paragraph(f"{facts.run.name} · a run of GAN Studio", "note"),
            f"<p>{tags}</p>" if tags else "",
            page.paragraph(facts.about.notes, "notes"),
            page.facts(cards),
            page.paragraph(message, "failed" if info.get("status") == "failed" else "note"),
        ]
    )


def _images(facts: Facts, colormap: str) -> str:
    if not facts.sample_steps:
        return page.section("Generated images", page.paragraph("The run has no samples yet.", "note"))
    step = facts.sample_steps[-1]
    figures = []
    try:
        sample = read_sample(facts.run.sample_path(step))
        images = sample.images if sample.columns else sample.images[:_MOST_IMAGES]
        columns = sample.columns or near_square(len(images))[1]
        scale = max(1, -(-_WIDTH // (columns * images.shape[2])))
        grid = coloured(compose_grid(images, -(-len(images) // columns), columns, scale=scale), colormap)
        when = captions_of(facts.run, [step], "step")[0]
        figures.append(page.picture(grid, when.capitalize(), f"{len(images)} generated images of {when}"))
        if len(facts.sample_steps) > 1:
            strip = strip_of_run(
                facts.run, columns=_STRIP_COLUMNS, rows=_STRIP_ROWS, colormap=colormap, until=facts.until
            )
            text = "Over time: each row is one latent vector"
            figures.append(page.picture(strip, text, "The same latent vectors from the first sample to the last"))
    except DatasetError as error:
        figures.append(page.paragraph(str(error), "failed"))
    return page.section("Generated images", '<div class="row">', *figures, "</div>")


def _curves(facts: Facts) -> str:
    plots = all_plots(facts.metrics, _evaluations(facts.metrics))
    if not plots:
        return page.section("Curves", page.paragraph("Nothing was measured yet.", "note"))
    return page.section("Curves", '<div class="plots">', *plots, "</div>")


def _quality(facts: Facts) -> str:
    from ganengine.metrics.measures.base import by_key

    rows = []
    known = by_key()
    for key, title in _evaluations(facts.metrics).items():
        found = [(point.values[key], point.step) for point in facts.metrics if key in point.values]
        better = known[key][0].better if key in known else "lower"
        best = (min if better == "lower" else max)(found)
        last = found[-1]
        rows.append((title, f"{_number(best[0])} (step {best[1]:,})", _number(last[0]), f"{better} is better"))
    return page.section("Quality", page.table(("Metric", "Best", "Last", ""), rows)) if rows else ""


def _history(facts: Facts) -> str:
    """Where the run comes from, and what was changed while it ran."""
    lines = _lineage(facts.run)
    rows = []
    for event in facts.run.events():
        step = _whole(event.get("step"))
        if facts.until is not None and step > facts.until:
            continue
        if event.get("event") == "edit" and isinstance(event.get("changes"), dict):
            for path, values in event["changes"].items():
                old, new = values if isinstance(values, list) and len(values) == 2 else (None, values)
                rows.append((f"{step:,}", str(path), f"{short_value(old)} → {short_value(new)}"))
        elif event.get("event") == "alert":
            rows.append((f"{step:,}", "Noticed", _text(event.get("message"))))
    changes = page.table(("Step", "Setting", "Change"), rows) if rows else ""
    return page.section("History", *(page.paragraph(line) for line in lines), changes)


def _lineage(run: RunDirectory) -> list[str]:
    """A sentence for each ancestor, the nearest first; those that are gone are known by name only."""
    lines: list[str] = []
    child, seen = run, {run.name}
    while len(lines) < _MOST_PARENTS:
        parent = child.known_info().get("parent")
        if not isinstance(parent, dict) or not isinstance(name := parent.get("run"), str) or name in seen:
            break
        lines.append(f"{child.name} was forked from {name} at step {_whole(parent.get('step')):,}.")
        seen.add(name)
        child = RunDirectory(run.path.parent / name)
        if "/" in name or "\\" in name or not (child.path / "run.json").is_file():
            break
    return lines


def _settings(facts: Facts) -> str:
    config = facts.config
    if config is None:
        try:
            facts.run.config()
        except GanEngineError as error:
            return page.section("Settings", page.paragraph(f"They cannot be read: {error}", "failed"))
        return ""
    rows: list[str] = []
    group = ""
    for found in all_declarations(config):
        section = found.path.partition(".")[0]
        if section != group:
            group = section
            title = TrainConfig.model_fields[section].title or section
            rows.append(f'<tr class="group"><th colspan="3">{escape(title)}</th></tr>')
        if found.only_when and str(config.get(f"{section}.{found.only_when[0]}")).lower() != found.only_when[1].lower():
            continue
        value = config.get(found.path)
        shown = found.label_of(value) if found.choices else short_value(value)
        unit = f" {found.unit}" if found.unit else ""
        kind = "changed" if value != found.default and found.name != "kind" else ""
        rows.append(page.row((found.title, f"{shown}{unit}", found.path), kind))
    body = '<div class="scroll"><table class="settings"><tbody>\n' + "\n".join(rows) + "\n</tbody></table></div>"
    note = page.paragraph("As the run began. What differs from the defaults is bold.", "note")
    return page.section("Settings", note, body)


def _environment(facts: Facts) -> str:
    info = facts.info
    versions = info.get("versions")
    rows = [
        ("Device", _text(info.get("device"))),
        ("Seed", str(info.get("seed", ""))),
        ("Created", _text(info.get("created"))),
        *((str(name), str(value)) for name, value in (versions.items() if isinstance(versions, dict) else ())),
    ]
    return page.section("Environment", page.table(("", ""), [row for row in rows if row[1]]))


def _evaluations(metrics: Sequence[MetricsEvent]) -> dict[str, str]:
    from ganengine.metrics.measures.base import by_key

    found = {key for point in metrics for key in point.values if key.startswith("eval/")}
    titles = {key: title for key, (_, title) in by_key().items()}
    return {
        key: titles.get(key, key) for key in [*(key for key in titles if key in found), *sorted(found - set(titles))]
    }


def _short(part: Component) -> str:
    """E.g. "DCGAN" of "DCGAN (convolutions)"."""
    return part.title.partition(" (")[0]


def _number(value: float) -> str:
    return short_value(float(f"{value:.4g}"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
