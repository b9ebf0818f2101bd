"""What becomes of a running training when the window is closed."""

from enum import StrEnum

from PySide6.QtWidgets import QWidget

from studio.messages import ask


class Closing(StrEnum):
    """The answers."""

    SAVE = "save"
    KEEP = "keep"
    DISCARD = "discard"


def ask_closing(parent: QWidget) -> Closing:
    """Ask; Escape means to keep training."""
    answer = ask(
        parent,
        "A training is running",
        "Save a checkpoint and quit, so that it can go on later from exactly here? Without saving, it can go on from "
        "its "
        "last checkpoint.",
        {
            Closing.SAVE.value: "Save and quit",
            Closing.KEEP.value: "Keep training",
            Closing.DISCARD.value: "Quit without saving",
        },
        cancel=Closing.KEEP.value,
    )
    return Closing(answer)
