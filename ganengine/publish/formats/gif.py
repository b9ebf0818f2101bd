"""Films as GIF."""

from typing import ClassVar, Literal

from ganengine.fields import setting
from ganengine.publish.filming import Film


class GIF(Film):
    """A film that plays by itself on any page, of up to 256 colours a frame."""

    title: ClassVar[str] = "Film (GIF)"
    suffix: ClassVar[str] = ".gif"
    order: ClassVar[int] = 40
    kind: Literal["gif"] = "gif"
    fps: float = setting(
        12.0, title="Frames a second", description="How quickly the frames follow each other.", gt=0.0, le=50.0
    )

    @property
    def frames_per_second(self) -> float:
        return self.fps
