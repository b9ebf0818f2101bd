"""Settings that several formats have in common, declared once."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from ganengine.fields import setting

Which = Literal["shown", "new"]
# On the command line a text may look like a number.
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]
Caption = Literal["none", "step", "text"]
Colormap = Literal["none", "inverted", "viridis", "magma", "inferno", "cividis"]

IMAGES_TITLES = {"shown": "those shown", "new": "new ones"}


def images_setting() -> Any:
    """Which images."""
    return setting(
        "shown",
        title="Images",
        description="The images shown: those that the grid shows now, or from the command line the run's own sample. "
        "New images are made from new random numbers by the newest checkpoint.",
        labels=IMAGES_TITLES,
    )


def seed_setting(**options: Any) -> Any:
    """Start of the random numbers."""
    return setting(
        0,
        title="Seed",
        description="Start of the random numbers that new images are made from; the same seed gives the same images.",
        ge=0,
        le=2**31 - 1,
        **options,
    )


def label_setting(**options: Any) -> Any:
    """Which class."""
    return setting(
        "",
        title="Class",
        description="Only images of this class, by its name or number. Empty takes a share of every class. For "
        "generators that know classes.",
        **options,
    )


def rows_setting(default: int, most: int, description: str, **options: Any) -> Any:
    """Rows of images."""
    return setting(default, title="Rows", description=description, ge=0 if not default else 1, le=most, **options)


def columns_setting(default: int, most: int, description: str, **options: Any) -> Any:
    """Columns of images."""
    return setting(default, title="Columns", description=description, ge=0 if not default else 1, le=most, **options)


def padding_setting() -> Any:
    """Room between images."""
    return setting(
        2, title="Padding", description="Room between the images and around them.", unit="pixels", ge=0, le=64
    )


def scale_setting(default: int, description: str = "Each pixel is drawn so many times across and down.") -> Any:
    """Enlargement."""
    return setting(default, title="Scale", description=description, unit="×", ge=0 if not default else 1, le=32)


def colormap_setting() -> Any:
    """Colours of grey images."""
    return setting(
        "none",
        title="Colours",
        description="How grey images are coloured: as they are, dark on light as ink on paper, or through one of the "
        "usual colour maps. Images in colour stay as they are.",
        labels={
            "none": "as they are",
            "inverted": "dark on light",
            "viridis": "viridis",
            "magma": "magma",
            "inferno": "inferno",
            "cividis": "cividis",
        },
    )
