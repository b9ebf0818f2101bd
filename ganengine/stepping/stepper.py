"""Takes a training's steps, each in the way that is quickest on this machine at this moment."""

import math
import time
from collections.abc import Callable

import torch

from ganengine.batch import Batch, next_batch
from ganengine.config import TrainConfig
from ganengine.eager import eager_step
from ganengine.graph.errors import GraphUnusable
from ganengine.graph.spec import StepSpec
from ganengine.rules import Rules
from ganengine.state import TrainingState
from ganengine.stepping.contest import Contest, Way
from ganengine.stepping.graph_source import GraphSource
from ganengine.stepping.graph_step import GraphStep, check_agreement
from ganengine.stepping.tuning import Tuning, thread_choices, tuning


class Stepper:
    """Begins eagerly, has the step compiled meanwhile, and goes over to it when it is ready, right, and quicker.

    Attributes:
        way: how the last step was taken.
    """

    def __init__(self, config: TrainConfig, state: TrainingState, tell: Callable[[str], None]) -> None:
        """
        Args:
            tell: hears in a sentence what was chosen and what could not be had.
        """
        self._state = state
        self._tell = tell
        self.way = Way(False, state.threads)
        self._contest = Contest(self.way)
        self._threads = [state.threads]
        self._said: Way | None = None
        self._remember = False
        self._graph: GraphStep | None = None
        self._source: GraphSource | None = None
        self._began = state.seconds
        self._tuning = tuning(config)
        if self._tuning != Tuning.OFF:
            self._source = GraphSource(self._spec(config))
        if self._tuning == Tuning.ON:
            self._threads = thread_choices(config, state.device, state.threads)
            if len(self._threads) > 1:
                self._contest.enter(*self._ways(compiled=False))

    def step(self, config: TrainConfig, rules: Rules, factor: float, seconds_left: float = math.inf) -> None:
        """Take the next one; `factor` is the schedule's.

        Args:
            seconds_left: what the training will still take, about; a short rest is not worth a compiler's work.
        """
        self._use(self._contest.now)
        started = time.perf_counter()
        state, batch = self._state, next_batch(config, self._state)
        self._look_for_graph(config, rules, batch, factor, seconds_left)
        if self.way.compiled and self._graph is not None:
            self._graph.take(config, batch, factor)
            state.meter.counted()
        else:
            state.meter.add(eager_step(config, rules, state.players, batch, factor))
        if state.device.type == "cuda" and not self._contest.is_settled:
            torch.cuda.synchronize(state.device)
        state.step += 1
        took = time.perf_counter() - started
        state.seconds += took
        if self._contest.took(took):
            self._say_choice()

    @property
    def is_settled(self) -> bool:
        """Whether the compiled step is in the contest or given up, no trial is under way, and its outcome is in use."""
        is_known = self._graph is not None or self._source is None
        return is_known and self._contest.is_settled and self._contest.now == self.way

    def settle(self) -> None:
        """Bring up to date what a checkpoint holds of the optimizers."""
        if self.way.compiled and self._graph is not None:
            self._graph.settle()

    def _use(self, way: Way) -> None:
        if way == self.way:
            return
        if way.threads != self.way.threads:
            torch.set_num_threads(way.threads)
            self._state.threads = way.threads
        if self.way.compiled and not way.compiled:
            self.settle()
        elif way.compiled and not self.way.compiled and self._graph is not None:
            self._graph.enter(self._state.players, self._state.meter)
        self.way = way

    def _look_for_graph(
        self, config: TrainConfig, rules: Rules, batch: Batch, factor: float, seconds_left: float
    ) -> None:
        """Let the compiled step compete as soon as it is there; the first step of all is eager in any case."""
        if self._source is None or self._graph is not None or not self._optimizers_remember(config):
            return
        try:
            folder = self._source.poll(self._state.seconds - self._began, seconds_left)
            if folder is None and self._tuning == Tuning.COMPILED:
                folder = self._source.wait()
            if folder is not None:
                self._try(GraphStep(folder, self._state.device), config, rules, batch, factor)
        except (GraphUnusable, RuntimeError) as error:
            self._source = None
            self._tell(f"The step is not compiled: {error}. Training goes on step by step.")

    def _try(self, graph: GraphStep, config: TrainConfig, rules: Rules, batch: Batch, factor: float) -> None:
        check_agreement(graph, config, rules, self._state.players, batch, factor)
        self._graph = graph
        if self._tuning == Tuning.COMPILED:
            self._contest = Contest(Way(True, self.way.threads))
            self._use(self._contest.now)
        else:
            self._contest.enter(*self._ways(compiled=True))

    def _optimizers_remember(self, config: TrainConfig) -> bool:
        """Whether they have taken a step, now or in the checkpoint."""
        if not self._remember:
            optimizers = self._state.players.optimizers()
            self._remember = all(found.state or not config.get(name).state_names() for name, _, found in optimizers)
        return self._remember

    def _ways(self, compiled: bool) -> list[Way]:
        return [Way(compiled, threads) for threads in self._threads]

    def _say_choice(self) -> None:
        """Once for each change: a machine with other work makes many trials."""
        if self._contest.now == self._said:
            return
        self._said = self._contest.now
        seconds = self._contest.seconds
        times = ", ".join(f"{way}: {1 / seconds[way]:,.1f} steps/s" for way in sorted(seconds, key=seconds.__getitem__))
        self._tell(f"Goes on with {self._contest.now} ({times}).")

    def _spec(self, config: TrainConfig) -> StepSpec:
        state = self._state
        return StepSpec(config, state.dataset.shape, len(state.classes), str(state.device))
