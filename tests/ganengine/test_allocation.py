"""Freed memory is used again, and costs no page faults."""

import subprocess
import sys

import pytest

_FAULTS = """
import resource, sys
from threading import Thread
import torch
from ganengine.allocation import keep_freed_memory
kept = len(sys.argv) > 1 and keep_freed_memory()
def work():
    for _ in range(12):
        torch.ones(8 * 2**20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        torch.ones(8 * 2**20)
    print(int(kept), resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = Thread(target=work)
thread.start()
thread.join()
"""


def _faults(*arguments: str) -> tuple[int, int]:
    result = subprocess.run([sys.executable, "-c", _FAULTS, *arguments], capture_output=True, text=True, check=True)
    kept, faults = map(int, result.stdout.split())
    return kept, faults


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives memory back so soon")
def test_large_tensors_are_made_without_page_faults() -> None:
    kept, faults = _faults("keep")
    if not kept:
        pytest.skip("another C library")
    _, before = _faults()
    assert faults < before / 10
