"""Compiles a step, in a process of its own: `python -m ganengine.graph.build SPEC.json FOLDER`.

Tracing and compiling take tens of seconds of Python and of the C++ compiler. Here they neither hold the training's
interpreter nor, with the lowest priority, its core.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from ganengine.graph.spec import StepSpec

LIBRARY, DESCRIPTION = "step.so", "step.json"


def main(arguments: list[str]) -> int:
    """Compile; the last line of the error output says why it could not be done."""
    source, folder = map(Path, arguments)
    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
    else:
        psutil.Process().nice(15)
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    from ganengine.errors import GanEngineError
    from ganengine.graph.spec import StepSpec

    try:
        build(StepSpec.from_json(json.loads(source.read_text(encoding="utf-8"))), folder)
    except GanEngineError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:  # whatever a compiler may say: the reader wants its gist
        print(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}", file=sys.stderr)
        return 1
    return 0


def build(spec: "StepSpec", folder: Path) -> None:
    """Write the compiled step of a spec and its description into an existing folder.

    Raises:
        NotTraceable: something in the settings cannot be part of a graph.
        Exception: whatever the compiler raises.
    """
    import torch

    from ganengine.graph.compiler import compile_graph
    from ganengine.graph.trace import trace

    torch.set_num_threads(1)
    device = torch.device(spec.device)
    traced = trace(spec.config, spec.shape, spec.num_classes, device)
    compile_graph(traced.graph, traced.example, folder / LIBRARY)
    description = traced.description() | {"digest": digest_of(folder / LIBRARY)}
    (folder / DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")


def digest_of(library: Path) -> str:
    """Of a library's content: to load a damaged one would end the process, or worse.

    Raises:
        OSError: it cannot be read.
    """
    return hashlib.blake2b(library.read_bytes(), digest_size=16).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
