"""Whether a run is taken, asked without taking it. Imports no torch."""

import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".lock"


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock file; never makes one, and hinders only who asks for it at that moment.

    A place that cannot be asked (read-only for us, or gone) counts as free.
    """
    if sys.platform == "win32":
        return path.exists() and _cannot_be_taken(path)
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who ask do not see each other
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


def _cannot_be_taken(path: Path) -> bool:
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False
