"""Makes the environments that the peers of the speed benchmark run in, once, in a cache folder.

    python tests/benchmarks/peer_environment.py [--again]

TensorFlow has one of its own. Lightning and torchgan have another that shares the PyTorch of this one, so that both
sides compute with the same. The folder is `$XDG_CACHE_HOME/gan-studio-bench`, by default in `~/.cache`.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
sys.path.insert(0, str(PEERS))  # the works are described there, for both sides
KINDS = ("tensorflow", "torch")


def cache_folder() -> Path:
    """Where environments and prepared pictures are."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "gan-studio-bench"


def python_of(kind: str, *, again: bool = False) -> Path:
    """The interpreter of an environment, which is made where it is not there, or not of these requirements.

    Raises:
        subprocess.CalledProcessError: it could not be made, e.g. without a network.
    """
    requirements = PEERS / f"requirements-{kind}.txt"
    shares = sysconfig.get_path("purelib") if kind == "torch" else ""
    made_of = hashlib.sha256(f"{requirements.read_text()}{sys.version}{shares}".encode()).hexdigest()
    folder = cache_folder() / kind
    python, mark = folder / "bin" / "python", folder / "made-of"
    if not again and mark.is_file() and mark.read_text() == made_of:
        return python
    print(f"Making the environment {folder} for {requirements.name} ...", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps"]
    subprocess.run([*install, "--requirement", requirements], check=True, stdout=sys.stderr)
    if shares:
        (next(folder.glob("lib/python*/site-packages")) / "shared.pth").write_text(f"{shares}\n")
    mark.write_text(made_of)
    return python


def main() -> None:
    """Make both, and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", action="store_true", help="make them anew")
    options = parser.parse_args()
    for kind in KINDS:
        print(python_of(kind, again=options.again))


if __name__ == "__main__":
    main()
