"""What `run.json` says of a run's settings, so that a list need not read these. Imports no torch by itself."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ganengine.runs.summary import BestValue

FORMAT = 1
_ARCHIVES = (".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".tar", ".zip", ".npy", ".npz")


def facts_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of `run.json` that tell of nested plain settings; also of such as only a newer version can use."""
    return {
        "preset": _text(settings.get("preset")) or "custom",
        "data": data_name(_section(settings, "data")),
        "optimizers": optimizer_names(settings),
    }


def data_name(data: Mapping[str, Any]) -> str:
    """E.g. "mnist-5k"; the user's own pictures by the name of their folder or archive."""
    source, path = _text(data.get("source")), _text(data.get("path")).strip()
    if source != "folder" or not path:
        return source
    name = Path(path).expanduser().name or path
    for ending in _ARCHIVES:
        name = name.removesuffix(ending)
    return name or path


def optimizer_names(settings: Mapping[str, Any]) -> str:
    """E.g. "Adam", or "Adam / SGD" where the generator's is another than the discriminator's."""
    titles = [_optimizer_title(_text(_section(settings, name).get("kind"))) for name in ("optimizer_g", "optimizer_d")]
    return " / ".join(dict.fromkeys(title for title in titles if title))


def fingerprint(content: bytes) -> str:
    """Of the settings as written, by which `run.json` knows them again."""
    return hashlib.sha256(content).hexdigest()[:32]


def best_key(settings: Mapping[str, Any]) -> str:
    """The metric key by which the settings judge a run, e.g. ``eval/fid_own``; "" where they name none."""
    evaluation = _section(settings, "evaluation")
    name, features = _text(evaluation.get("best_by")), _text(evaluation.get("features"))
    return f"eval/{name}_{features}" if name and features else ""


def better_of(best: BestValue | None, step: int, values: Mapping[str, Any], preferred: str) -> BestValue | None:
    """The best so far after another evaluation.

    Args:
        best: the best before it, if any.
        values: metric key → value; those that are no evaluation are passed over.
        preferred: the key to judge by; where it was never measured, the first of the metrics that was.
    """
    if not any(key.startswith("eval/") for key in values):
        return best
    from ganengine.metrics.measures.base import by_key

    known = by_key()
    order = dict.fromkeys([preferred, *known])
    for key in order:
        value = values.get(key)
        if key not in known or not is_number(value):
            if best is not None and key == best.key:
                return best  # judged by something that comes before the rest
            continue
        metric, title = known[key]
        found = BestValue(key, title, float(value or 0), step, metric.better)
        return found if best is None or best.key != key or _improves(found, best) else best
    return best


def best_of(points: Iterable[tuple[int, Mapping[str, Any]]], preferred: str) -> BestValue | None:
    """The best of a history of (step, values)."""
    best: BestValue | None = None
    for step, values in points:
        best = better_of(best, step, values, preferred)
    return best


def best_from(entry: Any) -> BestValue | None:
    """The best value as `run.json` holds it, or None."""
    if not isinstance(entry, dict) or not is_number(entry.get("value")):
        return None
    better = "higher" if entry.get("better") == "higher" else "lower"
    key = _text(entry.get("key"))
    return BestValue(key, _text(entry.get("title")) or key, float(entry["value"]), whole(entry.get("step")), better)


def is_number(value: Any) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def whole(value: Any) -> int:
    """A whole number that is not negative, or 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _improves(found: BestValue, best: BestValue) -> bool:
    return found.value < best.value if found.better == "lower" else found.value > best.value


def _optimizer_title(kind: str) -> str:
    if not kind:
        return ""
    from ganengine.components import alternatives
    from ganengine.optimizers.base import Optimizer

    known = alternatives(Optimizer).get(kind)
    return known.title.partition(" (")[0] if known else kind


def _section(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = settings.get(name)
    return section if isinstance(section, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
