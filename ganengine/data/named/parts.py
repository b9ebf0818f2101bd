"""The setting that says which part of a published data set is used."""

from typing import Any

from ganengine.fields import setting


def part_setting() -> Any:
    """Declare ``part``: Literal["train", "test", "all"]."""
    return setting(
        "train",
        title="Part",
        description="Which of the published images are used: those meant for training, those held back for tests, "
        "or all of them.",
        labels={"train": "Training images", "test": "Test images", "all": "All images"},
    )
