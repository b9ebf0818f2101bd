"""Films as MP4."""

from typing import ClassVar, Literal

from ganengine.fields import setting
from ganengine.publish.filming import Film


class MP4(Film):
    """A film for players, talks and the web: small, and in full colour (H.264)."""

    title: ClassVar[str] = "Film (MP4)"
    suffix: ClassVar[str] = ".mp4"
    order: ClassVar[int] = 50
    kind: Literal["mp4"] = "mp4"
    fps: float = setting(
        24.0, title="Frames a second", description="How quickly the frames follow each other.", gt=0.0, le=120.0
    )

    @property
    def frames_per_second(self) -> float:
        return self.fps
