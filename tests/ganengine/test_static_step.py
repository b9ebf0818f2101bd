"""A step that is recorded once and replayed reads and writes the same addresses each time."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganengine.eager import eager_step
from ganengine.events import RunStatus
from ganengine.graph.figures import FigureLayout
from ganengine.graph.slots import slots
from ganengine.graph.static import StaticStep
from ganengine.graph.trace import example_batch, trace
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.shapes import ImageShape
from tests.ganengine.helpers import make_trainer, quick_config

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)


class Recorder:
    """Stands in for a CUDA graph: a replay does again what was recorded, and sees no other tensors."""

    def __init__(self) -> None:
        self.recorded = 0

    def __call__(self, step):  # type: ignore[no-untyped-def]
        self.recorded += 1
        return step


def test_inputs_are_copied_to_where_they_were_when_it_was_recorded() -> None:
    seen: list[tuple[list[int], list[Tensor]]] = []

    def run(inputs: Sequence[Tensor]) -> None:
        seen.append(([tensor.data_ptr() for tensor in inputs], [tensor.clone() for tensor in inputs]))

    recorder = Recorder()
    step = StaticStep(run, recorder)
    given = [[torch.randn(3), torch.randint(9, (2, 2))] for _ in range(4)]
    for inputs in given:
        step(inputs)
    assert recorder.recorded == 1
    assert len(seen) == 4
    assert len({tuple(addresses) for addresses, _ in seen}) == 1
    own = {tensor.data_ptr() for inputs in given for tensor in inputs}
    assert own.isdisjoint(seen[0][0])
    for inputs, (_, values) in zip(given, seen, strict=True):
        torch.testing.assert_close(values, inputs, rtol=0, atol=0)


def test_a_replayed_graph_changes_the_state_where_it_lies() -> None:
    config = quick_config({"generator.norm": "batch", "training.batch_size": 6})
    torch.manual_seed(0)
    traced = trace(config, SHAPE, 0, CPU)

    def trained(replays: bool) -> tuple[dict[str, Tensor], list[int], list[int]]:
        torch.manual_seed(1)
        players = Players.build(config, SHAPE, CPU)
        batches = [example_batch(config, SHAPE, 0, CPU) for _ in range(5)]
        eager_step(config, Rules.of(config), players, batches[0], 1.0)  # the optimizers get their memory
        figures = torch.ones(FigureLayout.of(config).total)
        state = slots(players)
        bound = [*(tensor.detach() for tensor in state.values()), torch.zeros(len(traced.metrics))]

        def run(given: Sequence[Tensor]) -> None:
            with torch.no_grad():
                traced.graph(*bound, *given)

        step = StaticStep(run, Recorder()) if replays else run
        before = [tensor.data_ptr() for tensor in state.values()]
        for batch in batches[1:]:
            step([*batch.tensors(), figures])
        return state, before, [tensor.data_ptr() for tensor in slots(players).values()]

    direct, _, _ = trained(replays=False)
    replayed, before, after = trained(replays=True)
    assert before == after
    torch.testing.assert_close(replayed, direct, rtol=0, atol=0)


@pytest.mark.cuda
def test_a_training_on_the_gpu_goes_over_to_a_recorded_step(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = {}
    for tuning in ("off", "compiled"):
        monkeypatch.setenv("GANENGINE_TUNING", tuning)
        trainer = make_trainer(
            runs_dir, {"training.device": "cuda", "training.steps": 20, "compute.precision": "float32"}
        )
        assert trainer.run() is RunStatus.FINISHED
        assert trainer.stepper.way.compiled == (tuning == "compiled")
        ended[tuning] = trainer.players.state_dict()["G"]
    torch.testing.assert_close(ended["compiled"], ended["off"], rtol=0.05, atol=1e-3)
