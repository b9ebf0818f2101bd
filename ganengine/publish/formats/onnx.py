"""The generator as ONNX."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.errors import PublishError, UnfaithfulCopy
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.runs.files import write_atomically

if TYPE_CHECKING:
    from ganengine.publish.source import Source

_WHAT = "Converting the generator"
_POLL_S = 0.1


class ONNX(Publication):
    """The generator for other programs and languages, checked to make the same images as here."""

    title: ClassVar[str] = "Generator (ONNX)"
    suffix: ClassVar[str] = ".onnx"
    needs: ClassVar[Needs] = "generator"
    order: ClassVar[int] = 60
    kind: Literal["onnx"] = "onnx"

    def describe(self, source: "Source") -> str:
        return f"The generator of {source.checkpoint_path().name}, compared with the original through onnxruntime"

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        out = with_suffix(out, self.suffix)
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "generator.onnx"
            _convert(source.checkpoint_path(), made, source.name, tell)
            write_atomically(out, lambda file: _ignore(file.write(made.read_bytes())), "the generator")
        return out

    def file_name(self, source: "Source") -> str:
        return f"{source.name}-{source.checkpoint_path().stem}{self.suffix}"


def _convert(checkpoint: Path, out: Path, run: str, tell: Tell) -> None:
    """See `ganengine.publish.torch_to_onnx`, which runs in a process of its own."""
    command = [sys.executable, "-m", "ganengine.publish.torch_to_onnx", str(checkpoint), str(out), run]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as process,
    ):
        try:
            while process.poll() is None:
                tell(_WHAT, 0, 0)
                _wait(process)
        except BaseException:
            process.kill()
            raise
        if process.returncode:
            raise _failure(process.returncode, said)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return


def _failure(code: int, said: IO[bytes]) -> Exception:
    from ganengine.publish.torch_to_onnx import FAILED

    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    last = lines[-1] if lines else f"exit code {code}"
    if code != FAILED:
        return PublishError(f"The generator cannot be turned into ONNX: {last}")
    return UnfaithfulCopy(last) if last.startswith("The ONNX network") else PublishError(last)


def _ignore(_: object) -> None:
    return None
