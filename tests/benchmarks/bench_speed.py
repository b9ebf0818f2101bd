"""Steps a second of the shipped trainer, side by side with the alternatives and with the machine's floor.

    python tests/benchmarks/bench_speed.py [--works a,b,c,d] [--threads 1,2] [--rounds 4] [--quick] [--all]

Each contestant is a process that trains when it is its turn, so that all meet the same machine. The trainer is the
whole one: it draws images, logs, samples and saves as its preset says; it is measured once it has settled on how it
computes, and how long that took is told. The peers come from environments of their own (peer_environment.py). On CUDA
the table is short: the trainer, its own eager step, and the loop over JPEGs with two workers.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from contestants import EAGER, ENTRIES, SHIPPED, Contestant, Entry, take_turns
from peer_environment import KINDS, PEERS, cache_folder, python_of
from speed_data import prepare
from speed_table import compared, floor_table, overview
from works import WORKS, Work, parameter_counts

# A step of (d) takes most of a second.
_TURN_FACTOR = {"d": 3.0}
_LEAD_S = 0.3


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", default=",".join(WORKS), help="letters, with commas")
    parser.add_argument("--threads", default="1,2", help="numbers of threads, with commas")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn; longer for (d)")
    parser.add_argument("--quick", action="store_true", help="two short rounds")
    parser.add_argument("--only", default="", help="contestants whose names contain one of these words, with commas")
    parser.add_argument("--all", action="store_true", help="also Keras loops that do another step, or print nothing")
    parser.add_argument("--cold", action="store_true", help="forget the compiled steps of earlier runs first")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 2, 0.7
    began = time.perf_counter()
    on_cuda = torch.cuda.is_available()
    counts = [1] if on_cuda else [int(count) for count in options.threads.split(",")]
    entries = [entry for entry in (on_cuda_only() if on_cuda else ENTRIES) if _is_wanted(entry, options)]
    entries = with_environments(entries)
    with tempfile.TemporaryDirectory(prefix="gan-studio-bench-") as temporary:
        folder = Path(temporary)
        print(machine(prepare(folder)))
        cache = folder / "cache" if options.cold else cache_folder() / "studio"
        results: dict[tuple[str, int], list[Contestant]] = {}
        floors: dict[int, dict[str, Any]] = {}
        for threads in counts:
            floors[threads] = measure_floor(threads)
            for key in options.works.split(","):
                images = folder / ("faces" if WORKS[key].is_faces else "digits")
                taking_part = [entry for entry in entries if key in entry.works]
                results[key, threads] = compete(WORKS[key], taking_part, images, threads, cache, options)
                print("\n" + compared(WORKS[key], threads, results[key, threads]), flush=True)
    print("\n" + overview(results))
    print("\n" + floor_table(results, floors))
    print(f"\nAll of it took {(time.perf_counter() - began) / 60:.1f} minutes.")


def compete(
    work: Work, entries: list[Entry], images: Path, threads: int, cache: Path, options: argparse.Namespace
) -> list[Contestant]:
    """All turns of one work; everybody has the same networks."""
    with contextlib.ExitStack() as ends:
        taking_part: list[Contestant] = []
        for entry in entries:
            contestant = Contestant(entry, work.key, images, threads, cache)
            ends.callback(contestant.end)
            # One after the other: the trainer times itself while it settles.
            try:
                contestant.wait_until_ready()
            except RuntimeError as error:
                if entry.name in {SHIPPED, EAGER}:
                    raise
                print(f"({work.key}) left out: {error}", file=sys.stderr)
                continue
            if contestant.ready["parameters"] != parameter_counts(work):
                raise AssertionError(f"{entry.name} has other networks: {contestant.ready}")
            taking_part.append(contestant)
            _tell(f"({work.key}) {threads} threads: {entry.name} is ready")
        seconds = options.seconds * _TURN_FACTOR.get(work.key, 1.0)
        take_turns(taking_part, options.rounds, seconds, _LEAD_S, _tell)
        return taking_part


def on_cuda_only() -> list[Entry]:
    """The short list."""
    ours = [entry for entry in ENTRIES if entry.name in {SHIPPED, EAGER}]
    plain = next(entry for entry in ENTRIES if entry.script == "plain_torch.py")
    return [*ours, replace(plain, name=f"{plain.name}, 2 workers", works="d", options=("--workers", "2"))]


def with_environments(entries: list[Entry]) -> list[Entry]:
    """Those whose environment is there or can be made; says which are left out."""
    left = list(entries)
    for kind in KINDS:
        if any(entry.environment == kind for entry in left):
            try:
                python_of(kind)
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"Left out, for their environment could not be made ({error}):", file=sys.stderr)
                print("  " + ", ".join(entry.name for entry in left if entry.environment == kind), file=sys.stderr)
                left = [entry for entry in left if entry.environment != kind]
    return left


def measure_floor(threads: int) -> dict[str, Any]:
    """FLOPs and bytes a step, peak and bandwidth."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    environment["PYTHONPATH"] = str(PEERS.parents[2])
    command = [sys.executable, str(Path(__file__).parent / "floor.py")]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def machine(data: str) -> str:
    """What this is measured on."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    device = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {name}, {os.cpu_count()} cores{device}; {platform.platform()}; "
        f"Python {platform.python_version()}, torch {torch.__version__}; {data}"
    )


def _is_wanted(entry: Entry, options: argparse.Namespace) -> bool:
    if options.only:
        return any(word in entry.name for word in options.only.split(","))
    return options.all or not entry.is_extra


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
