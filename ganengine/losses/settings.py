"""Settings that several losses have."""

from ganengine.fields import setting


def real_label_setting() -> float:
    """The discriminator's target for real images: one-sided label smoothing, Salimans et al. 2016, section 3.4."""
    real_label: float = setting(
        1.0,
        title="Real label",
        description="What the discriminator is told a real image is worth. 0.9 instead of 1 (one-sided label "
        "smoothing) keeps it from becoming over-confident.",
        gt=0.5,
        le=1.0,
    )
    return real_label
