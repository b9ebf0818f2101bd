"""The command line as a process: signals, closed pipes, and a quick start."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.cli.running import Interrupts
from ganengine.commands import CommandQueue, Stop
from ganengine.events import RunStatus
from ganengine.runs.directory import RunDirectory, list_runs

SMALL = [
    *("--preset", "mnist-simple", "--device", "cpu", "--set", "training.batch_size=8"),
    *("--set", "generator.widths=[8]", "--set", "discriminator.widths=[8]", "--set", "recording.sample_count=4"),
]


class NeverEnding:
    """Stands in for a `Trainer`."""

    def __init__(self) -> None:
        self.commands = CommandQueue()


def test_the_first_interrupt_stops_and_the_second_quits() -> None:
    before = signal.getsignal(signal.SIGINT)
    trainer = NeverEnding()
    with Interrupts() as interrupts:
        interrupts.stop_instead(trainer)  # type: ignore[arg-type]
        signal.raise_signal(signal.SIGINT)
        assert trainer.commands.take(wait=False) == Stop(save=True)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_before_the_training_quits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("ganengine.launch.check_fit", interrupted)
    assert main(["train", *SMALL, "--steps", "5"]) == 130
    assert capsys.readouterr().err == "ganengine: interrupted\n"


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> object:
    """Starts `python -m ganengine` with pipes; what still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ganengine", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_saves_and_the_run_goes_on(start: Start, number: int) -> None:
    process = start("train", *SMALL, "--steps", "1000000")
    assert process.stderr is not None
    assert "1,000,000 steps" in process.stderr.readline()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    run = RunDirectory.open(Path(out.splitlines()[-1]))
    assert "Stopping and saving" in err
    assert run.info()["status"] == RunStatus.STOPPED
    (step,) = run.checkpoints.steps()
    assert main(["resume", str(run.path), "--steps", str(step + 2)]) == 0
    assert run.checkpoints.steps()[-1] == step + 2


def test_a_closed_pipe_ends_no_training(start: Start, runs_dir: Path) -> None:
    process = start("train", *SMALL, "--steps", "5")
    assert process.stderr is not None
    assert process.stdout is not None
    process.stderr.close()
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    (run,) = list_runs(runs_dir)
    assert run.info()["status"] == "finished"


def test_list_into_a_closed_pipe_is_quiet(start: Start) -> None:
    process = start("list", "optimizers")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0


def in_a_new_process(code: str) -> Sequence[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_command_line_is_there_before_torch() -> None:
    modules = in_a_new_process("import sys, ganengine.cli; print(*sys.modules)")
    assert not {"torch", "pydantic", "numpy"} & set(modules)
