"""The training engine of GAN Studio: everything that trains, samples and stores, without any window."""

__version__ = "0.1.0"
