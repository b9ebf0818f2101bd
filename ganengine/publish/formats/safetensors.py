"""The generator's weights as safetensors."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.runs.files import write_atomically

if TYPE_CHECKING:
    from ganengine.publish.source import Source


class SafeTensors(Publication):
    """The generator's weights with all its settings, in a file that can run no code."""

    title: ClassVar[str] = "Weights (safetensors)"
    suffix: ClassVar[str] = ".safetensors"
    needs: ClassVar[Needs] = "generator"
    order: ClassVar[int] = 70
    kind: Literal["safetensors"] = "safetensors"
    precision: Literal["float32", "float16"] = setting(
        "float32",
        title="Precision",
        description="Float32 is exact; float16 is half as large, and the images differ by less than one can see.",
    )

    def describe(self, source: "Source") -> str:
        return f"The weights of {source.checkpoint_path().name}, and the settings of the run"

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        import torch
        from safetensors.torch import save

        from ganengine.publish.network import notes_on, plain_network

        tell("Reading the generator", 0, 0)
        sampler = source.sampler
        kind = getattr(torch, self.precision)
        weights = {
            name: (tensor.to(kind) if tensor.is_floating_point() else tensor).contiguous()
            for name, tensor in plain_network(sampler.generator).state_dict().items()
        }
        content = save(weights, {"format": "pt", **notes_on(sampler, source.name)})
        out = with_suffix(out, self.suffix)
        tell("Writing the weights", 0, 0)
        write_atomically(out, lambda file: _ignore(file.write(content)), "the weights")
        return out

    def file_name(self, source: "Source") -> str:
        return f"{source.name}-{source.checkpoint_path().stem}{self.suffix}"


def _ignore(_: object) -> None:
    return None
