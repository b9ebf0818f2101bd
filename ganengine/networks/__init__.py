"""Generators and discriminators, one architecture a file."""

from ganengine.networks.discriminators.base import Discriminator as Discriminator
from ganengine.networks.generators.base import Generator as Generator
