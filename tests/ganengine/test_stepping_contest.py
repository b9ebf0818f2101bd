"""Which way to take steps, by a clock that is counted."""

import random
from collections.abc import Callable

import pytest

from ganengine.stepping.contest import Contest, Way

ONE, TWO, FOUR = Way(False, 1), Way(False, 2), Way(False, 4)
GRAPH_ONE, GRAPH_TWO = Way(True, 1), Way(True, 2)
Speeds = Callable[[Way, float], float]


class Driven:
    """Steps taken with a contest.

    Attributes:
        now: seconds so far.
        ways: of each step.
        spent: seconds in each way.
        choices: what each round of trials ended with.
    """

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.now = 0.0
        self.ways: list[Way] = []
        self.spent: dict[Way, float] = {}
        self.choices: list[Way] = []

    def drive(self, seconds: float, speeds: Speeds) -> "Driven":
        """Take steps for so long, each of which takes what `speeds` says of its way and the moment."""
        end = self.now + seconds
        while self.now < end:
            way = self.contest.now
            took = speeds(way, self.now)
            self.ways.append(way)
            self.spent[way] = self.spent.get(way, 0.0) + took
            self.now += took
            if self.contest.took(took):
                self.choices.append(self.contest.now)
        return self


def fixed(**seconds: float) -> Speeds:
    named = {"one": ONE, "two": TWO, "four": FOUR, "graph_one": GRAPH_ONE, "graph_two": GRAPH_TWO}
    table = {named[name]: value for name, value in seconds.items()}
    return lambda way, now: table[way]


def contest_of(first: Way, *others: Way) -> Contest:
    contest = Contest(first)
    contest.enter(*others)
    return contest


@pytest.mark.parametrize("first", [ONE, TWO, FOUR])
@pytest.mark.parametrize(("quickest", "speeds"), [(ONE, (2, 3, 5)), (TWO, (3, 2, 5)), (FOUR, (5, 3, 2))])
def test_the_quickest_is_found_from_wherever_it_began(
    first: Way, quickest: Way, speeds: tuple[float, float, float]
) -> None:
    one, two, four = (milliseconds / 1000 for milliseconds in speeds)
    driven = Driven(contest_of(first, ONE, TWO, FOUR)).drive(5.0, fixed(one=one, two=two, four=four))
    assert driven.contest.now == quickest
    assert driven.contest.is_settled
    assert driven.spent[quickest] > 4.0, "trials are short"


def test_alone_nothing_is_ever_tried() -> None:
    driven = Driven(Contest(ONE)).drive(100.0, lambda way, now: 0.1 if now > 50 else 0.01)
    assert not driven.choices
    assert set(driven.ways) == {ONE}


def test_a_tie_keeps_the_present_one() -> None:
    for first, other in ((ONE, TWO), (TWO, ONE)):
        driven = Driven(contest_of(first, other)).drive(100.0, fixed(one=0.01, two=0.0099))
        assert set(driven.choices) == {first}


def test_each_gets_at_least_some_steps_and_the_first_of_them_do_not_count() -> None:
    taken: list[Way] = []

    def cold(way: Way, now: float) -> float:
        """Graph steps are quicker, but for the first ones of each trial."""
        run = 0
        for earlier in reversed(taken):
            if earlier != way:
                break
            run += 1
        taken.append(way)
        return 0.02 if way == ONE else 0.5 if run < 2 else 0.01

    driven = Driven(contest_of(ONE, GRAPH_ONE)).drive(5.0, cold)
    assert driven.contest.now == GRAPH_ONE
    assert driven.contest.seconds == {ONE: 0.02, GRAPH_ONE: 0.01}


def test_a_hopeless_one_is_not_suffered() -> None:
    """Such as two threads beside a busy core: its trial ends after a few steps."""
    driven = Driven(contest_of(ONE, TWO)).drive(1.0, fixed(one=0.002, two=0.001))  # now it knows what it can have
    assert driven.contest.now == TWO
    driven.contest.enter(FOUR)
    driven.drive(3.0, fixed(one=0.002, two=0.001, four=0.08))
    assert driven.contest.now == TWO
    assert driven.ways.count(FOUR) <= 4


def test_where_all_are_slow_a_trial_is_short() -> None:
    driven = Driven(contest_of(ONE, TWO)).drive(40.0, fixed(one=2.0, two=1.8))
    assert driven.contest.now == TWO
    assert driven.ways[:10].count(ONE) <= 5


def busy_between(start: float, end: float) -> Speeds:
    """Two threads are quicker, but many times slower while something else keeps one of two cores busy."""

    def speeds(way: Way, now: float) -> float:
        alone = {ONE: 0.006, TWO: 0.0045, GRAPH_ONE: 0.003, GRAPH_TWO: 0.002}[way]
        if not start <= now < end:
            return alone
        return alone * (1.1 if way.threads == 1 else 12.0)

    return speeds


def test_a_way_that_becomes_slow_is_left_and_comes_back_later() -> None:
    driven = Driven(contest_of(ONE, TWO, GRAPH_ONE, GRAPH_TWO))
    speeds = busy_between(10.0, 100.0)
    driven.drive(10.0, speeds)
    assert driven.contest.now == GRAPH_TWO
    before = dict(driven.spent)
    driven.drive(89.0, speeds)
    assert driven.contest.now == GRAPH_ONE
    wasted = sum(driven.spent.get(way, 0.0) - before.get(way, 0.0) for way in (ONE, TWO, GRAPH_TWO))
    assert wasted < 0.1 * 89, "beside a busy core at least 90 % of the time goes into the best way"
    driven.drive(30.0, speeds)
    assert driven.contest.now == GRAPH_TWO


def test_the_quickest_is_still_watched_after_a_long_time() -> None:
    driven = Driven(contest_of(TWO, ONE)).drive(60, fixed(one=0.03, two=0.02))
    assert driven.contest.now == TWO

    driven.drive(5, fixed(one=0.03, two=0.3))

    assert driven.contest.now == ONE


def test_a_graph_that_was_timed_in_a_bad_moment_is_tried_again() -> None:
    def speeds(way: Way, now: float) -> float:
        return 0.02 if way == ONE else 0.03 if now < 1 else 0.01

    driven = Driven(contest_of(ONE, GRAPH_ONE)).drive(2, speeds)
    assert driven.contest.now == ONE

    driven.drive(4, speeds)

    assert driven.contest.now == GRAPH_ONE


def test_one_that_comes_late_gets_its_second_chance_as_soon() -> None:
    def speeds(way: Way, now: float) -> float:
        return 0.02 if way == ONE else 0.03 if way == TWO or now < 61 else 0.01

    driven = Driven(contest_of(ONE, TWO)).drive(60, speeds)
    driven.contest.enter(GRAPH_ONE)
    driven.drive(2, speeds)
    assert driven.contest.now == ONE

    driven.drive(4, speeds)

    assert driven.contest.now == GRAPH_ONE


def test_what_lost_in_a_bad_moment_gets_its_next_chance_soon_and_then_rarely() -> None:
    def speeds(way: Way, now: float) -> float:
        return 0.02 if way == ONE else 0.06 if now < 2 else 0.01

    driven = Driven(contest_of(ONE, TWO)).drive(6, speeds)
    assert driven.contest.now == TWO

    lasting = Driven(contest_of(ONE, TWO)).drive(120, fixed(one=0.02, two=0.06))
    assert lasting.contest.now == ONE
    assert len(lasting.choices) <= 9


def test_a_busy_core_does_not_bring_back_what_was_quick_while_it_was_idle() -> None:
    """Eager steps with two threads were timed alone; compared with those times of now they would look quick."""

    def speeds(way: Way, now: float) -> float:
        alone = {ONE: 0.006, TWO: 0.0028, GRAPH_ONE: 0.003, GRAPH_TWO: 0.002}[way]
        return alone if now < 10.0 else alone * (1.1 if way.threads == 1 else 20.0)

    driven = Driven(contest_of(ONE, TWO, GRAPH_ONE, GRAPH_TWO)).drive(10.0, speeds)
    assert driven.contest.now == GRAPH_TWO
    eager = driven.spent[ONE] + driven.spent[TWO]
    driven.drive(60.0, speeds)
    assert driven.spent[ONE] + driven.spent[TWO] == eager


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("step", [0.002, 0.02, 0.2])
def test_steady_noise_makes_no_endless_trials(seed: int, step: float) -> None:
    chance = random.Random(seed)
    alone = {ONE: 1.0, TWO: 0.8, FOUR: 0.82}
    driven = Driven(contest_of(ONE, TWO, FOUR))
    driven.drive(200.0, lambda way, now: step * alone[way] * chance.uniform(0.8, 1.2))
    changes = sum(a != b for a, b in zip(driven.choices, driven.choices[1:], strict=False))
    assert changes <= 12, "at most about one in each time of patience"
    assert len(driven.choices) <= 25
    assert driven.spent[ONE] < 0.15 * 200


def test_a_restless_machine_makes_rarer_and_rarer_trials() -> None:
    """Twice as slow every other second: whatever was timed is soon wrong."""
    driven = Driven(contest_of(ONE, TWO))
    driven.drive(100.0, lambda way, now: (0.01 if way == ONE else 0.008) * (1 + int(now) % 2))
    assert len(driven.choices) <= 30


# -- coming and going --------------------------------------------------------------------------------------------------


def test_another_way_may_enter_in_the_middle() -> None:
    driven = Driven(contest_of(ONE, TWO)).drive(3.0, fixed(one=0.01, two=0.008))
    driven.contest.enter(GRAPH_ONE, GRAPH_TWO)
    assert not driven.contest.is_settled
    driven.drive(3.0, fixed(one=0.01, two=0.008, graph_one=0.005, graph_two=0.006))
    assert driven.contest.now == GRAPH_ONE
    assert driven.contest.is_settled


def test_another_way_may_enter_while_one_is_on_trial() -> None:
    speeds = fixed(one=0.01, two=0.008, graph_one=0.005, graph_two=0.006)
    for steps in range(1, 40):
        driven = Driven(contest_of(ONE, TWO))
        driven.drive(steps * 0.008, speeds)
        driven.contest.enter(GRAPH_ONE, GRAPH_TWO)
        driven.drive(5.0, speeds)
        assert driven.contest.now == GRAPH_ONE, steps
        assert set(driven.contest.seconds) == {ONE, TWO, GRAPH_ONE, GRAPH_TWO}


def test_it_says_what_it_is_in_words() -> None:
    assert str(ONE) == "step by step, 1 thread"
    assert str(GRAPH_TWO) == "one compiled graph a step, 2 threads"
