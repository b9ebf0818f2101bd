"""Adversarial losses, one a file. They take logits: the discriminator never ends in a sigmoid."""

from ganengine.losses.base import Loss as Loss
