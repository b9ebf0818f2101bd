"""Time to quality: seconds of training until 95 % of the default preset's digits are surely digits.

    python tests/benchmarks/bench_quality.py [--preset digits-best] [--goal 0.95] [--seconds 45] [--plain-seconds 120]

GAN Studio's trainer as shipped, from the call that Start makes, against the plain PyTorch loop of the same networks,
loss, optimizers and average. Both are seen every second and scored afterwards, so that scoring costs no training time:
1,000 samples each, by the classifier of bench_digits.py. Reached is the first second from which on two in a row are at
the goal. `--limits` fails where it is not reached 3 times as soon.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import torch
from digit_scorer import DigitScorer

from ganengine.latents import class_blocks
from ganengine.players import sample
from ganengine.presets import find_preset

_PEERS = Path(__file__).parent / "peers"
_ASKED, _GOAL_S = 3.0, 20.0
Curve = list[tuple[float, int, float]]


def train(script: str, preset: str, seconds: float, out: Path, variables: dict[str, str]) -> None:
    """In a process of its own, alone on the machine."""
    environment = {**os.environ, "PYTHONPATH": str(_PEERS.parents[2]), **variables}
    command = [sys.executable, str(_PEERS / script), preset, str(seconds), str(out)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def curve_of(preset: str, path: Path, scorer: DigitScorer, goal: float) -> Curve:
    """Seconds, step and confident share of each snapshot, up to the second in a row at the goal."""
    config = find_preset(preset).config
    data = config.data.load()
    classes = len(data.classes) if config.training.class_conditional else 0
    G = config.generator.build(data.shape, classes)
    z = torch.randn(1000, config.generator.latent_dim, generator=torch.Generator().manual_seed(1))
    labels = class_blocks(1000, classes)
    curve: Curve = []
    for seconds, step, state in torch.load(path, weights_only=True):
        G.load_state_dict(state)
        curve.append((seconds, step, scorer.score(sample(G, z, labels)).confident))
        if reached(curve, goal):
            break
    return curve


def reached(curve: Curve, goal: float) -> tuple[float, int] | None:
    """Seconds and step at which two in a row began to be at the goal."""
    for first, second in pairwise(curve):
        if min(first[2], second[2]) >= goal:
            return first[:2]
    return None


def main() -> None:
    """Train, score, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="digits-best")
    parser.add_argument("--goal", type=float, default=0.95)
    parser.add_argument("--seconds", type=float, default=45.0, help="that ours trains")
    parser.add_argument("--plain-seconds", type=float, default=120.0, help="that the plain loop trains")
    parser.add_argument("--eager", action="store_true", help="ours also without its compiled step")
    parser.add_argument("--limits", action="store_true", help="exit with 1 where it is not 3 times as soon")
    options = parser.parse_args()
    scripts = {
        "GAN Studio": ("our_digits.py", options.seconds, {}),
        "plain PyTorch loop": ("plain_digits.py", options.plain_seconds, {}),
    }
    if options.eager:
        scripts["GAN Studio, eager"] = ("our_digits.py", options.seconds, {"GANENGINE_TUNING": "off"})
    found: dict[str, tuple[float, int] | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (script, seconds, variables) in scripts.items():
            train(script, options.preset, seconds, Path(folder) / f"{name}.pt", variables)
        scorer = DigitScorer()
        print(f"scorer: learnt from {scorer.source}; {scorer.accuracy:.1%} right on digits it never saw\n")
        print(f"| `{options.preset}` | s to {options.goal:.0%} confident | step | at 10, 20, 30, 40 s |")
        print("|---|---|---|---|")
        for name in scripts:
            curve = curve_of(options.preset, Path(folder) / f"{name}.pt", scorer, options.goal)
            found[name] = reached(curve, options.goal)
            seconds, step = found[name] or (f"not within {curve[-1][0]:.0f}", curve[-1][1])
            shown = f"{seconds:.1f}" if isinstance(seconds, float) else seconds
            then = (next((share for at, _, share in curve if at >= second), None) for second in (10, 20, 30, 40))
            shares = ", ".join("–" if share is None else f"{share:.0%}" for share in then)
            print(f"| {name} | {shown} | {step:,} | {shares} |", flush=True)
    ours, plain = found["GAN Studio"], found["plain PyTorch loop"]
    sooner = (plain[0] if plain else options.plain_seconds) / ours[0] if ours else 0.0
    print(f"\n{'at least ' if ours and not plain else ''}{sooner:.1f} times as soon ({_ASKED:g} asked for)", end="; ")
    print(f"goal for `{options.preset}`: {_GOAL_S:g} s")
    if options.limits and sooner < _ASKED:
        sys.exit(1)


if __name__ == "__main__":
    main()
