"""The training engine of GAN Studio: everything that trains, samples and stores, without any window."""

import os

__version__ = "0.1.0"

# Read by OpenMP when torch is first imported. By itself, a thread that waits for the others spins for so long that two
# threads of a small network beside one busy program are a hundred times slower than one; so it soon gives the core up.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
