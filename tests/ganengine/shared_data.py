"""Real data sets for tests, where this machine has them: beside the project, or where $GAN_STUDIO_DATA says."""

import os
from pathlib import Path

import pytest

# Read at import: tests set the variable to folders of their own.
_ROOTS = [
    Path(os.environ.get("GAN_STUDIO_DATA", "/nonexistent")),
    *(parent / "shared" / "data" for parent in Path(__file__).resolve().parents),
]


def shared_data(name: str) -> Path:
    """A file or folder of the shared data; the test is skipped where it is absent."""
    for root in _ROOTS:
        if (root / name).exists():
            return root / name
    pytest.skip(f"needs {name} in $GAN_STUDIO_DATA")
