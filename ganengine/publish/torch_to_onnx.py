"""Turns the generator of a checkpoint into an ONNX file, and checks that both make the same images.

It runs in a process of its own, ``python -m ganengine.publish.torch_to_onnx CHECKPOINT OUT RUN``: torch's exporter sets
switches of the whole process, which a training beside it, in a thread of the studio, must not feel.
"""

import sys
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganengine.errors import GanEngineError, UnfaithfulCopy
from ganengine.publish.network import notes_on, plain_network
from ganengine.sampler import Sampler

TOLERANCE = 1e-4
"""Largest difference of any value of an image, whose values go from -1 to 1."""

_BATCHES = (1, 7)
_WORKED_WITH = 2  # any number but 1, which would be taken for a constant
FAILED = 3
"""Exit code where the last line of stderr is meant for the user."""


def convert(checkpoint: Path, out: Path, run: str = "") -> float:
    """Write the generator as ONNX; returns the largest difference that was found between both.

    The network takes ``z`` float32 [batch, latent_dim] and, where it knows classes, ``labels`` int64 [batch], and gives
    ``images`` float32 [batch, channels, height, width] in [-1, 1]; the batch may have any size.

    Raises:
        CheckpointError, ConfigError: the checkpoint cannot be used.
        UnfaithfulCopy: onnxruntime computes other images from the file.
    """
    sampler = Sampler.from_checkpoint(checkpoint, "cpu")
    G = plain_network(sampler.generator)
    model = _exported(G, _inputs(sampler, _WORKED_WITH))
    for key, value in notes_on(sampler, run).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    content: bytes = model.SerializeToString()
    difference = largest_difference(content, G, sampler)
    if not difference <= TOLERANCE:
        raise UnfaithfulCopy(
            f"The ONNX network differs from the original by up to {difference:.2g}, which is more than {TOLERANCE:g}. "
            "Nothing was written."
        )
    out.write_bytes(content)
    return difference


def largest_difference(content: bytes, G: nn.Module, sampler: Sampler) -> float:
    """The largest absolute difference between the images of an ONNX file and those of a network."""
    import onnxruntime  # type: ignore[import-untyped]

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    worst = 0.0
    for size in _BATCHES:
        inputs = _inputs(sampler, size)
        (images,) = session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})
        difference = (torch.from_numpy(images) - G(*inputs.values())).abs().max()
        worst = max(worst, float("inf") if difference.isnan() else float(difference))
    return worst


def _inputs(sampler: Sampler, size: int) -> dict[str, Tensor]:
    """Input's name → values: what the network may be given in earnest."""
    generator = torch.Generator().manual_seed(size)
    inputs = {"z": torch.randn(size, sampler.config.generator.latent_dim, generator=generator)}
    if sampler.classes:
        inputs["labels"] = torch.arange(size) % len(sampler.classes)
    return inputs


def _exported(G: nn.Module, inputs: dict[str, Tensor]) -> Any:
    import onnx

    batch = {0: torch.export.Dim("batch", min=1)}
    with warnings.catch_warnings():
        # Both inputs and the output have one and the same batch size, and share its name: that is what is meant.
        warnings.filterwarnings("ignore", message=".*The axis name: batch will not be used.*", category=UserWarning)
        program = torch.onnx.export(
            G,
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=["images"],
            dynamic_shapes=tuple(batch for _ in inputs),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Convert what the arguments name."""
    checkpoint, out, run = sys.argv[1:]
    torch.set_num_threads(1)
    try:
        convert(Path(checkpoint), Path(out), run)
    except (GanEngineError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
