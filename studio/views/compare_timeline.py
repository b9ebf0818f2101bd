"""The timeline of a comparison, which may count time instead of steps."""

from typing import Literal

from PySide6.QtWidgets import QWidget

from studio.views.timeline import Timeline

Counts = Literal["step", "time"]
TICKS_A_SECOND = 10


class CompareTimeline(Timeline):
    """Places are steps, or tenths of a second spent training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: Counts = "step"
        for child in (self, *self.findChildren(QWidget)):
            child.setObjectName(child.objectName().replace("timeline", "compareTimeline"))

    def _text(self) -> str:
        place = self.current_step
        if place is None or self.counts == "step":
            return super()._text()
        return f"{_clock(place)} of {_clock(self.steps[-1])}"


def _clock(place: int) -> str:
    from ganengine.alignment import training_time

    return training_time(place / TICKS_A_SECOND)
