"""Films, written frame by frame: nothing but the frame at hand is in memory, however long the film."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from ganengine.errors import PublishError
from ganengine.export.grid import Images
from ganengine.publish.gif import GifEncoder
from ganengine.publish.mp4 import Mp4Encoder
from ganengine.runs.files import being_written


class Encoder(Protocol):
    """Writes frames into a file."""

    def add(self, frame: Images, times: int) -> None:
        """Show a frame uint8 [H, W, C] for so many frame times."""

    def close(self) -> None:
        """Write what is still to be written."""


_ENCODERS: dict[str, type[GifEncoder] | type[Mp4Encoder]] = {".gif": GifEncoder, ".mp4": Mp4Encoder}


class FilmWriter:
    """Writes a GIF or an MP4, as the path's ending says; a context manager.

    The film takes its place when the block ends well; after an error, or a cancellation, nothing of it stays::

        with FilmWriter(Path("walk.mp4"), fps=30) as film:
            for frame in frames:
                film.add(frame)

    Raises:
        PublishError: the path ends otherwise, or there was not one frame.
        StorageError: it could not be written.
    """

    def __init__(self, path: Path, fps: float) -> None:
        if path.suffix.lower() not in _ENCODERS:
            raise PublishError(f"A film's name ends in .gif or .mp4, and {path.name} does not.")
        self._path = path
        self._fps = fps
        self._stack = ExitStack()
        self._file: BinaryIO | None = None
        self._encoder: Encoder | None = None

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(being_written(self._path, "the film"))
        self._stack.push(self._finish)
        return self

    def add(self, frame: Images, times: int = 1) -> None:
        """Add a frame uint8 [H, W, C], with 1 or 3 channels, which is seen for so many frame times.

        All frames have the size of the first.
        """
        assert self._file is not None, "not within the block"
        if self._encoder is None:
            height, width = frame.shape[:2]
            self._encoder = _ENCODERS[self._path.suffix.lower()](self._file, width, height, self._fps)
        self._encoder.add(frame, times)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)

    def _finish(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Before the file takes its place, or is thrown away."""
        if error is not None:
            if self._encoder is not None:
                with suppress(Exception):  # the first error says why; this only gives memory free
                    self._encoder.close()
        elif self._encoder is None:
            raise PublishError("There is no frame to make a film of.")
        else:
            self._encoder.close()
