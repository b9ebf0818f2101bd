"""MP4 (H.264), one frame at a time, through PyAV."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, BinaryIO, cast

import numpy as np

from ganengine.errors import PublishError
from ganengine.export.grid import Images

# The first of them that PyAV has here. At this quality x264 leaves few artefacts around small pixels: a viewer's
# scaling should be the worst that happens to them.
_CODECS = {"libx264": {"crf": "15", "preset": "medium"}, "libopenh264": {"b": "8M"}, "h264_videotoolbox": {"b": "8M"}}
_BT601 = 6  # SMPTE 170M, by which the colours are converted; without saying so, players guess by the film's height
_LIMITED = 1


class Mp4Encoder:
    """Writes a film that browsers and players show: H.264, 4:2:0. An odd side gets one more row or column of pixels."""

    def __init__(self, file: BinaryIO, width: int, height: int, fps: float) -> None:
        import av

        self._rate = Fraction(fps).limit_denominator(1000)
        self._target = _Target(file)
        self._container: Any = av.open(self._target, mode="w", format="mp4")
        codec = next((name for name in _CODECS if name in av.codecs_available), None)
        if codec is None:
            raise PublishError("The installed PyAV cannot make H.264 films. Reinstall it, or make a GIF.")
        self._stream = cast(Any, self._container.add_stream(codec, rate=self._rate, options=_CODECS[codec]))
        self._stream.width, self._stream.height = width + width % 2, height + height % 2
        self._stream.pix_fmt = "yuv420p"
        self._stream.thread_count = 1  # a training may want the others
        context = self._stream.codec_context
        context.color_range = _LIMITED
        context.colorspace = context.color_primaries = context.color_trc = _BT601
        self._shown = 0

    def add(self, frame: Images, times: int) -> None:
        """Show a frame for so many frame times."""
        import av

        picture = _even(frame.repeat(3, axis=2) if frame.shape[2] == 1 else frame)
        for _ in range(times):
            image = av.VideoFrame.from_ndarray(picture, format="rgb24")
            image.pts, image.time_base = self._shown, 1 / self._rate
            with self._disk_heard():
                self._container.mux(self._stream.encode(image))
            self._shown += 1

    def close(self) -> None:
        """Write the end."""
        with self._disk_heard():
            try:
                self._container.mux(self._stream.encode())
            finally:
                self._container.close()

    @contextmanager
    def _disk_heard(self) -> Iterator[None]:
        """PyAV hides the disk's own reason behind its own."""
        import av

        try:
            yield
        except av.FFmpegError as error:
            if self._target.error is not None:
                raise self._target.error from error
            raise


class _Target:
    """A file that remembers why it could not be written."""

    def __init__(self, file: BinaryIO) -> None:
        self.error: OSError | None = None
        self.seek, self.tell, self.read = file.seek, file.tell, file.read
        self._file = file

    def write(self, data: bytes) -> int:
        """Write, and remember what was wrong."""
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise


def _even(frame: Images) -> Images:
    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(frame)
