"""Settings that several schedules have."""

from ganengine.fields import setting


def final_setting() -> float:
    """Where the learning rate ends."""
    final: float = setting(
        0.0,
        title="Final share",
        description="What is left of the learning rate at the training's end: 0 nothing, 0.1 a tenth, 1 all of it.",
        applies="now",
        ge=0.0,
        le=1.0,
    )
    return final
