"""Which way to take steps is the quickest, found by timing real ones."""

import math
from collections import deque
from dataclasses import dataclass
from itertools import islice
from statistics import median

_WARM_UP = 2  # steps of a trial that do not count: caches are cold, threads asleep
_STEPS, _SECONDS = 6, 0.15  # a trial has at least so many steps, and takes at least so long;
_FEW_STEPS, _MANY_SECONDS = 2, 1.0  # or so many of slow ones
_PATIENCE_S = 1.0  # after a trial before the next; doubled each time the machine turns out to be restless
_FIRST_RETRY_S = 2.5  # doubled each time: the first trials fall into the busiest seconds of a training
_SLOWER = 1.25  # than it was: then something else wants the processor, and all are tried anew
_HOPELESS = 4.0  # times slower than another
_MARGIN = 0.97  # of the present way's time that another must beat, so that a tie changes nothing


@dataclass(frozen=True)
class Way:
    """One way to take steps.

    Attributes:
        compiled: as one graph.
        threads: on the CPU.
    """

    compiled: bool
    threads: int

    def __str__(self) -> str:
        mode = "one compiled graph a step" if self.compiled else "step by step"
        return f"{mode}, {self.threads} thread{'s' if self.threads > 1 else ''}"


class Contest:
    """Says before each step which way to take it, and is told how long it took.

    Each candidate gets a trial of a few real steps, none of which is lost; the quickest stays. It is watched: where it
    becomes much slower than it was, or after a while in which more threads might have become free, all try again.

    Attributes:
        now: the way to take the next step.
        seconds: median seconds a step of each way in its last trial.
    """

    def __init__(self, first: Way, retry_s: float = 20.0) -> None:
        """
        Args:
            retry_s: seconds at most after which those that may have lost in a bad moment are tried again.
        """
        self.now = first
        self.seconds: dict[Way, float] = {}
        self._longest_rest_s = retry_s
        self._rest_s = min(_FIRST_RETRY_S, retry_s)
        self._candidates = [first]
        self._round: list[Way] = []  # those that the present trials choose among
        self._waiting: deque[Way] = deque()
        self._trial: list[float] = []
        self._in_trial = False
        self._recent: deque[float] = deque(maxlen=256)
        self._since = 0.0
        self._patience_s = _PATIENCE_S

    @property
    def is_settled(self) -> bool:
        """Whether no trial is under way."""
        return not self._in_trial and not self._waiting

    def enter(self, *ways: Way) -> None:
        """Let these compete as well, beginning with the next step."""
        self._candidates += [way for way in ways if way not in self._candidates]
        self._rest_s = min(_FIRST_RETRY_S, self._longest_rest_s)
        self._try(self._candidates)

    def took(self, seconds: float) -> bool:
        """How long the step took; True where the choice of the best was made anew."""
        if self._in_trial:
            self._trial.append(seconds)
            return self._trial_is_over() and self._next()
        if self._waiting:
            return self._next()
        self._watch(seconds)
        return False

    def _try(self, ways: list[Way]) -> None:
        # The present one last: it is timed in the same moment as the others, and a settled one need not be left first.
        self._round = list(ways)
        self._waiting = deque([*(way for way in ways if way != self.now), self.now])
        self._recent.clear()
        self._since = 0.0

    def _trial_is_over(self) -> bool:
        counted = self._trial[_WARM_UP:]
        enough = len(counted) >= _STEPS and sum(counted) >= _SECONDS
        if enough or (len(counted) >= _FEW_STEPS and (sum(counted) >= _MANY_SECONDS or self._is_hopeless(counted))):
            self.seconds[self.now] = median(counted)
            return True
        return False

    def _is_hopeless(self, counted: list[float]) -> bool:
        """One that is many times slower need not be suffered to the end."""
        return median(counted) > _HOPELESS * min(self.seconds.values(), default=math.inf)

    def _next(self) -> bool:
        self._trial.clear()
        self._in_trial = bool(self._waiting)
        if self._waiting:
            self.now = self._waiting.popleft()
            return False
        self.now = self._best()
        return True

    def _best(self) -> Way:
        # Not among those of an earlier round: the machine was less busy then.
        timed = [way for way in self._round if way in self.seconds]
        best = min(timed, key=self.seconds.__getitem__)
        is_better = self.now not in timed or self.seconds[best] < _MARGIN * self.seconds[self.now]
        return best if is_better else self.now

    def _watch(self, seconds: float) -> None:
        self._recent.append(seconds)
        self._since += seconds
        peers = [way for way in self._candidates if way.compiled == self.now.compiled]
        has_rested = self._since >= self._rest_s
        if has_rested:
            self._patience_s = _PATIENCE_S
        if has_rested and any(self._may_have_been_unlucky(way) for way in self._candidates):
            self._rest_s = min(2 * self._rest_s, self._longest_rest_s)
            self._try(peers if self.now.compiled else self._candidates)
        # Fewer threads are the cure for a busy machine; more of them never are.
        elif any(way.threads < self.now.threads for way in peers) and self._is_slower(seconds):
            self._patience_s = min(2 * self._patience_s, self._longest_rest_s)
            self._try(peers)

    def _may_have_been_unlucky(self, way: Way) -> bool:
        """Whether it is one that a busy machine holds back: compiled just then, or with more threads than now."""
        return way.compiled >= self.now.compiled and way != self.now and way.threads >= self.now.threads

    def _is_slower(self, newest: float) -> bool:
        limit = _SLOWER * self.seconds.get(self.now, math.inf)
        if newest <= limit or self._since < self._patience_s:
            return False
        together = 0.0
        for count, seconds in enumerate(reversed(self._recent), 1):
            together += seconds
            if count >= _STEPS and together >= _SECONDS:
                return median(islice(reversed(self._recent), count)) > limit
        return False
