"""The step as PyTorch's compiler makes it: right, exactly resumable, and found again. One compilation for each kind."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ganengine.commands import Stop
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.events import NoteEvent, RunStatus
from ganengine.graph import preparation, store
from ganengine.graph.build import LIBRARY
from ganengine.presets import find_preset
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.trainer import Trainer
from tests.ganengine.graph_helpers import resumed
from tests.ganengine.helpers import QUICK, Script, Watcher, run_of, same

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PLAIN = {
    **QUICK,
    "training.cpu_threads": 1,
    "training.batch_size": 8,
    "training.steps": 40,
    "training.length_in": "steps",
}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "mnist-simple": ("mnist-simple", {}),
    "conditional dcgan": (
        "",
        {
            "generator.kind": "dcgan",
            "generator.width": 8,
            "discriminator.kind": "dcgan",
            "discriminator.width": 8,
            "discriminator.dropout": 0.3,
            "training.class_conditional": True,
            "loss.kind": "hinge",
        },
    ),
    "dense-bn": (
        "",
        {
            "generator.kind": "dense-bn",
            "generator.widths": [32, 48],
            "discriminator.widths": [32],
            "optimizer_g.kind": "rmsprop",
            "optimizer_d.kind": "rmsprop",
            "optimizer_g.lr": 1e-3,
            "optimizer_d.lr": 1e-3,
        },
    ),
    "dcgan with R1": (
        "",
        {
            "generator.kind": "dcgan",
            "generator.width": 8,
            "discriminator.kind": "dcgan",
            "discriminator.width": 8,
            "discriminator.spectral_norm": False,
            "regularization.r1_gamma": 1.0,
            "augment.mirror": True,
        },
    ),
}
# The distance between the weights of both ways, as a share of the way that they went.
AFTER_5, AFTER_40 = 1e-3, 0.05
STATE = ("step", "images", "players", "batches", "generator", "rng", "meter")

GO_ON = """
import sys
from pathlib import Path
import torch
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.graph import preparation
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.trainer import Trainer
preparation.Preparation.of = None  # all are there
data = ImageDataset(**torch.load(sys.argv[1]))
for path in sys.argv[2:]:
    run = RunDirectory.open(Path(path))
    run.acquire()
    checkpoint = load_checkpoint(run.checkpoints.path(20))
    trainer = Trainer(TrainConfig.parse(checkpoint["config"]), data, run, checkpoint=checkpoint)
    trainer.run()
    assert trainer.stepper.way.compiled
"""


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The compiled steps of all tests here."""
    yield tmp_path_factory.mktemp("graphs")
    assert not preparation._running


@pytest.fixture(autouse=True)
def _compiled(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(graphs))
    monkeypatch.setenv("GANENGINE_TUNING", "compiled")


def data() -> ImageDataset:
    generator = torch.Generator().manual_seed(5)
    images = torch.randint(0, 256, (40, 1, 28, 28), generator=generator, dtype=torch.uint8)
    labels = torch.randint(0, 3, (40,), generator=generator)
    return ImageDataset("noise", images, labels, ("a", "b", "c"))


def config_of(kind: str, changes: dict[str, Any] | None = None) -> TrainConfig:
    preset, own = KINDS[kind]
    base = find_preset(preset).config if preset else TrainConfig()
    return base.with_changes({**PLAIN, **own, **(changes or {})})


def started(kind: str, root: Path, changes: dict[str, Any] | None = None, watcher: Watcher | None = None) -> Trainer:
    config = config_of(kind, changes)
    directory = RunDirectory.create(root, config)
    directory.acquire()
    return Trainer(config, data(), directory, [watcher] if watcher else [])


def finished(trainer: Trainer) -> dict[str, Any]:
    """Run it, and what its last checkpoint holds."""
    assert trainer.run() is RunStatus.FINISHED
    return last(trainer)


def last(trainer: Trainer) -> dict[str, Any]:
    return load_checkpoint(run_of(trainer).checkpoints.path(trainer.step))


def share_apart(one: dict[str, Any], other: dict[str, Any], begin: dict[str, Any], network: str) -> float:
    """Distance of the weights as a share of the way that they went."""

    def gathered(state: dict[str, Any]) -> Tensor:
        names = [name for name in state[network] if name.endswith(("weight", "bias", "original"))]
        return torch.cat([state[network][name].detach().flatten() for name in names]).double()

    a, b, was = (gathered(state) for state in (one, other, begin))
    return float((a - b).norm() / (b - was).norm())


def beginning(trainer: Trainer) -> dict[str, Any]:
    """All weights, before it has run."""
    networks = trainer.players.networks()
    return {name: {key: value.clone() for key, value in part.state_dict().items()} for name, part in networks}


def eagerly(kind: str, root: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]) -> dict[str, Any]:
    """What the same training comes to without a compiler."""
    with monkeypatch.context() as patch:
        patch.setenv("GANENGINE_TUNING", "off")
        trainer = started(kind, root, changes)
        state = finished(trainer)
    assert not trainer.stepper.way.compiled
    return state


def assert_close(found: dict[str, Any], expected: dict[str, Any], begin: dict[str, Any], tolerance: float) -> None:
    for network in begin:
        share = share_apart(found["players"], expected["players"], begin, network)
        print(f"{network} {share:.1e}")
        assert share <= tolerance, network
    for key in ("step", "images", "batches", "generator", "rng"):
        assert same(found[key], expected[key]), key


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("changes", "tolerance"),
    [
        ({"training.steps": 5}, AFTER_5),
        ({"training.steps": 40}, AFTER_40),
        ({"training.steps": 10, "schedule.kind": "linear", "schedule.warmup_steps": 5}, AFTER_5),
    ],
    ids=["5 steps", "40 steps", "schedule"],
)
def test_it_goes_where_the_eager_step_goes(
    kind: str, changes: dict[str, Any], tolerance: float, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = started(kind, runs_dir, changes)
    begin = beginning(compiled)
    found = finished(compiled)
    assert compiled.stepper.way.compiled
    assert_close(found, eagerly(kind, runs_dir, monkeypatch, changes), begin, tolerance)


@pytest.fixture
def only_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is compiled any more."""
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **options: pytest.fail("it is there already"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("only_found")
def test_it_is_found_the_second_time_and_gives_the_same_bits(kind: str, runs_dir: Path) -> None:
    trainers = [started(kind, runs_dir) for _ in range(2)]
    one, other = (finished(trainer) for trainer in trainers)
    assert all(trainer.stepper.way.compiled for trainer in trainers)
    for key in STATE:
        assert same(one[key], other[key]), key


@pytest.fixture
def halves(runs_dir: Path) -> dict[str, Trainer]:
    """Of each kind a training that was stopped after 20 steps."""
    found = {}
    for kind in KINDS:
        found[kind] = started(kind, runs_dir)
        found[kind].commands = Script(found[kind], (20, Stop()))  # type: ignore[assignment]
        assert found[kind].run() is RunStatus.STOPPED
    return found


def test_a_new_process_goes_on_with_the_same_bits(halves: dict[str, Trainer], runs_dir: Path, tmp_path: Path) -> None:
    images = data()
    given = {"name": "noise", "images": images.images, "labels": images.labels, "classes": images.classes}
    torch.save(given, tmp_path / "data.pt")
    paths = [str(trainer.directory.path) for trainer in halves.values()]
    command = [sys.executable, "-c", GO_ON, str(tmp_path / "data.pt"), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for kind, half in halves.items():
        whole = finished(started(kind, runs_dir))
        resumed_state = load_checkpoint(run_of(half).checkpoints.path(40))
        for key in STATE:
            assert same(resumed_state[key], whole[key]), (kind, key)


def test_a_checkpoint_goes_on_in_the_other_way(
    halves: dict[str, Trainer], runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, half in halves.items():
        compiled = started(kind, runs_dir)
        begin = beginning(compiled)
        whole = finished(compiled)
        monkeypatch.setenv("GANENGINE_TUNING", "off")
        assert_close(finished(resumed(run_of(half), data())), whole, begin, AFTER_40)
        first = started(kind, runs_dir)
        first.commands = Script(first, (20, Stop()))  # type: ignore[assignment]
        first.run()
        monkeypatch.setenv("GANENGINE_TUNING", "compiled")
        second = resumed(run_of(first), data())
        assert_close(finished(second), whole, begin, AFTER_40)
        assert second.stepper.way.compiled


@pytest.mark.parametrize("damage", [0, 1000, -1])
def test_a_damaged_library_does_no_harm(
    damage: int, graphs: Path, tmp_path: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To load half a library can end the process; here nothing can be compiled in its place."""
    kind, watcher = "mnist-simple", Watcher()
    shutil.copytree(graphs, tmp_path / "copy")
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "copy"))
    trainer = started(kind, runs_dir, watcher=watcher)
    libraries = list(store.root().glob(f"*/{LIBRARY}"))
    assert len(libraries) >= len(KINDS)
    for library in libraries:
        library.write_bytes(library.read_bytes()[:damage])

    def refuse(*args: Any, **options: Any) -> None:
        raise OSError("not now")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    found = finished(trainer)
    expected = eagerly(kind, runs_dir, monkeypatch, {})
    for key in STATE:
        assert same(found[key], expected[key]), key
    assert any("not now" in event.message for event in watcher.of(NoteEvent))
