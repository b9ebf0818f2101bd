"""Keeps freed memory for the next step, where glibc would give it back and fetch it anew, page by page."""

import ctypes
import platform
from functools import cache

# From malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_MORE_AT_A_TIME = 64 * 2**20


@cache
def keep_freed_memory() -> bool:
    """From now on, in this process; whether it could be done.

    A step frees all that it computed, and needs as much at once again. By default glibc hands each block of some
    megabytes back to the system, whose every page then costs a fault: a third of the time of a step of wide networks.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    settings = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, _MORE_AT_A_TIME))
    return all(library.mallopt(name, value) == 1 for name, value in settings)
