"""`ganengine evaluate`."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import Commands, UsageError, add_device, add_runs, at_least, checkpoint_named, runs_root
from ganengine.errors import DatasetError

if TYPE_CHECKING:
    from ganengine.data.dataset import ImageDataset
    from ganengine.data.progress import Tell
    from ganengine.metrics.evaluator import Evaluator, Make
    from ganengine.sampler import Sampler

_SAMPLES = 2000
_FEWEST = 100
_MOST = 50_000
_DESCRIPTION = """\
Measure how good the images of a trained generator are, against the real ones that it learned from: FID, KID, precision
and recall, and for data with classes which of them it makes. The features come from a small classifier that is trained
once on the same data and kept, or from Inception where its weights file is on this computer.
Compare only values with the same features, data and number of samples.
"""
_EXAMPLES = """\
examples:
  ganengine evaluate 3
  ganengine evaluate 3 --samples 10000 --json
  ganengine evaluate step-00005000.pt --features inception
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "evaluate", help="measure the quality of the images", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    parser.add_argument("name", metavar="RUN|CHECKPOINT", help="a run's directory, folder name or number, or a file")
    parser.add_argument(
        "--samples",
        type=at_least(_FEWEST),
        default=_SAMPLES,
        metavar="N",
        help=f"how many images (default: {_SAMPLES})",
    )
    parser.add_argument(
        "--features", choices=("own", "inception"), default="own", help="what looks at the images (default: own)"
    )
    parser.add_argument(
        "--seed", type=at_least(0), default=0, metavar="S", help="start of the random numbers (default: 0)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Measure, and print a table or a JSON object."""
    from ganengine.console import console_for
    from ganengine.events import Preparing

    if arguments.samples > _MOST:
        raise UsageError(f"--samples must be at most {_MOST:,}, not {arguments.samples:,}")
    path = checkpoint_named(runs_root(arguments), arguments.name)
    sampler = _sampler(path, arguments.device)
    with console_for(sys.stderr) as console:
        evaluator, values = _measured(sampler, arguments, lambda *work: console.notify(Preparing(*work)))
    facts = {
        "checkpoint": str(path.absolute()),
        "step": sampler.step,
        "samples": arguments.samples,
        "seed": arguments.seed,
        "features": evaluator.extractor.name,
        "extractor": evaluator.extractor.about,
    }
    if arguments.json:
        print(json.dumps({**facts, "values": values}))
    else:
        print(f"{path.name}: step {sampler.step:,}, {arguments.samples:,} images; {evaluator.extractor.about}")
        _print_table(evaluator, values)
    return 0


def _sampler(path: Path, device: str | None) -> "Sampler":
    import torch

    from ganengine.devices import cpu_threads
    from ganengine.sampler import Sampler

    torch.set_num_threads(cpu_threads(0))
    return Sampler.from_checkpoint(path, device or "auto")


def _measured(sampler: "Sampler", arguments: Namespace, tell: "Tell") -> "tuple[Evaluator, dict[str, float]]":
    from ganengine.metrics.evaluator import Evaluator

    dataset = sampler.config.data.load(tell)
    _check_data(sampler, dataset)
    evaluator = Evaluator(dataset, sampler.device, arguments.features, arguments.samples, arguments.seed, tell)
    return evaluator, evaluator.evaluate(_make(sampler, dataset))


def _make(sampler: "Sampler", dataset: "ImageDataset") -> "Make":
    """As the training does it: the same figures for the same checkpoint."""
    import torch

    from ganengine.batches import latents
    from ganengine.metrics.evaluator import labels_like

    def make(count: int, generator: "torch.Generator") -> "torch.Tensor":
        z = latents(count, sampler.config.generator.latent_dim, generator)
        labels = labels_like(dataset, count, generator) if sampler.classes else None
        return torch.from_numpy(sampler.images_of(z, labels)).permute(0, 3, 1, 2)

    return make


def _check_data(sampler: "Sampler", dataset: "ImageDataset") -> None:
    if dataset.shape != sampler.shape:
        raise DatasetError(
            f"The images of {dataset.name} are now {dataset.shape}, but this generator makes {sampler.shape}: "
            "the data have changed since the training."
        )
    if sampler.classes and (dataset.labels is None or len(dataset.classes) != len(sampler.classes)):
        raise DatasetError(
            f"{dataset.name} has {len(dataset.classes)} classes now, but this generator makes {len(sampler.classes)}: "
            "the data have changed since the training."
        )


def _print_table(evaluator: "Evaluator", values: dict[str, float]) -> None:
    rows = [
        (metric.full_title(evaluator.extractor.name), f"{values[key]:.4g}", f"{metric.better} is better")
        for key, metric in evaluator.metrics.items()
    ]
    titles, numbers = (max(len(row[column]) for row in rows) for column in (0, 1))
    for title, number, better in rows:
        print(f"{title:<{titles}}  {number:>{numbers}}  {better}")
