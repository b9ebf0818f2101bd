"""Settings that several optimizers have."""

from ganengine.fields import setting


def lr_setting(default: float) -> float:
    """The learning rate; what is usual differs between optimizers."""
    lr: float = setting(
        default,
        title="Learning rate",
        description="How large a step the weights take. Too high and training blows up, too low and nothing happens. "
        "May be changed while training.",
        applies="now",
        gt=0.0,
        le=10.0,
    )
    return lr


def eps_setting(default: float = 1e-8) -> float:
    """What is added to the divisor."""
    eps: float = setting(
        default,
        title="Epsilon",
        description="Keeps the division by the running average stable.",
        gt=0.0,
        le=1.0,
    )
    return eps


def momentum_setting() -> float:
    """How much of the last step is kept."""
    momentum: float = setting(
        0.0,
        title="Momentum",
        description="How much of the last step is kept; 0.9 is common, 0 turns it off.",
        ge=0.0,
        lt=1.0,
    )
    return momentum


def weight_decay_setting(default: float = 0.0) -> float:
    """The weight of the L2 penalty."""
    weight_decay: float = setting(
        default,
        title="Weight decay",
        description="Pulls weights towards zero (L2 penalty). 0 turns it off.",
        ge=0.0,
        le=1.0,
    )
    return weight_decay
