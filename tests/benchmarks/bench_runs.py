"""How long two thousand runs take to be listed, kept up to date, filtered and opened, and how much memory that costs.

    python tests/benchmarks/bench_runs.py [--count 2000] [--points 200] [--samples 20] [--limits]

Everything is measured in a process of its own, which has loaded no torch, on synthetic runs that lie in the file
system's cache, as they do a second after anybody looked. `--old` takes away what only newer versions write into
`run.json`, so that the settings of every run have to be read. `--limits` fails where it takes longer than promised.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from synthetic_runs import make_runs

LIMITS = {"first list": 1.0, "refresh": 0.2, "refresh, one changed": 0.2, "filter": 0.05, "sort": 0.05, "family": 0.05}
MOST_MEMORY_MIB = 50.0

MEASURE = """
import json, os, resource, sys, time
from dataclasses import replace
from pathlib import Path

from ganengine.runs.about import RunAbout, write_about
from ganengine.runs.index import RunIndex, matches
from ganengine.runs.lineage import family_of
from ganengine.runs.query import SORTS, sorted_runs

root = Path(sys.argv[1])
names = sorted(os.listdir(root))
names = [name for name in names if not name.startswith(".")]

def memory():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

def timed(work, times=1):
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), max(seconds)

before = memory()
index, found = RunIndex(root), {}
found["first list"] = timed(lambda: index.refresh())
start, rounds = time.perf_counter(), 1
while not index.refresh().is_complete:
    rounds += 1
found["rest of old runs"] = (time.perf_counter() - start,) * 2
found["refresh"] = timed(lambda: index.refresh(), 10)

def change(number=[0]):
    number[0] += 1
    write_about(root / names[number[0] % len(names)], RunAbout(tags=(f"t{number[0]}",)))

def changed():
    changes = index.refresh()
    assert len(changes.changed) == 1, changes

seconds = []
for _ in range(10):
    change()
    seconds.append(timed(changed)[0])
found["refresh, one changed"] = min(seconds), max(seconds)
typed = ["m", "mn", "tag:good", "status:fin preset:faces", "best<20 -tag:bad", "worth a look nothing"]
found["filter"] = timed(lambda: None)
seconds = [timed(lambda: [run for run in index.runs if matches(run, query)], 5) for query in typed]
found["filter"] = min(low for low, _ in seconds), max(high for _, high in seconds)
seconds = [timed(lambda: sorted_runs(index.runs, by), 3) for by in SORTS]
found["sort"] = min(low for low, _ in seconds), max(high for _, high in seconds)
found["family"] = timed(lambda: family_of(index.runs, names[-1]), 5)
after_list = memory()
for number in range(200):  # what a browser does all day
    change(); index.refresh()
print(json.dumps({"seconds": found, "runs": len(index), "damaged": sum(bool(run.damage) for run in index.runs),
    "MiB": [after_list - before, memory() - after_list], "torch": "torch" in sys.modules}))
"""


def forget_the_new(folders: list[Path]) -> None:
    """Make runs as older versions left them."""
    for folder in folders:
        info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        for key in ("data", "optimizers", "images_shape", "best", "settings", "id"):
            info.pop(key, None)
        (folder / "run.json").write_text(json.dumps(info), encoding="utf-8")


def main() -> None:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="runs")
    parser.add_argument("--points", type=int, default=200, help="lines of history of each")
    parser.add_argument("--samples", type=int, default=20, help="samples of each")
    parser.add_argument("--old", action="store_true", help="runs of an older version")
    parser.add_argument("--limits", action="store_true", help="exit with 1 where the limits are not kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folders = make_runs(Path(temporary) / "runs", options.count, points=options.points, samples=options.samples)
        if options.old:
            forget_the_new(folders)
        command = [sys.executable, "-c", MEASURE, str(folders[0].parent)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        parser.exit(1, done.stderr)
    result = json.loads(done.stdout)
    kept = True
    print(f"{result['runs']:,} runs, {result['damaged']} damaged")
    for what, (low, high) in result["seconds"].items():
        limit = LIMITS.get(what)
        kept &= limit is None or high <= limit
        print(
            f"{what:22} {low * 1000:8.1f} to {high * 1000:8.1f} ms" + (f"   limit {limit * 1000:.0f}" if limit else "")
        )
    listed, later = result["MiB"]
    kept &= (listed < MOST_MEMORY_MIB or options.old) and later < MOST_MEMORY_MIB / 5  # old settings need torch
    print(f"memory: {listed:.1f} MiB for the list, {later:.1f} MiB more after 200 refreshes")
    print(f"torch was {'loaded' if result['torch'] else 'not loaded'}")
    if options.limits and not kept:
        parser.exit(1, "the limits were not kept\n")


if __name__ == "__main__":
    main()
