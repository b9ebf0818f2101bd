"""Settings that several optimizers have."""

from typing import Annotated

from pydantic import Field

from ganengine.fields import setting

Beta = Annotated[float, Field(ge=0.0, lt=1.0)]
Betas = tuple[Beta, Beta]


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


def betas_setting() -> Betas:
    """What Adam and its kin remember. GANs use a beta1 of 0 to 0.5 rather than 0.9 (Radford et al. 2016, DCGAN)."""
    betas: Betas = setting(
        (0.5, 0.999),
        title="Betas",
        description="How long the running averages of the gradient and of its square remember, each from 0 up to but "
        "not including 1. GANs like a first beta of 0.5 or less.",
    )
    return betas


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


def weight_decay_setting() -> float:
    """The weight of the L2 penalty."""
    weight_decay: float = setting(
        0.0,
        title="Weight decay",
        description="Pulls weights towards zero (L2 penalty). 0 turns it off.",
        ge=0.0,
        le=1.0,
    )
    return weight_decay


def decoupled_setting() -> bool:
    """Whether weight decay acts on the weights themselves (Loshchilov & Hutter 2019, AdamW)."""
    decoupled: bool = setting(
        False,
        title="Decoupled decay",
        description="Take the weight decay straight off the weights, as AdamW does, and not through the gradient.",
    )
    return decoupled


def amsgrad_setting() -> bool:
    """Reddi et al. 2018, "On the Convergence of Adam and Beyond"."""
    amsgrad: bool = setting(
        False,
        title="AMSGrad",
        description="Never lets the running average of squared gradients shrink (Reddi et al. 2018).",
    )
    return amsgrad
