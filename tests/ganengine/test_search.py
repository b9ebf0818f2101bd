"""A search over the queue: spaces, trials that are ordinary runs, and going on after a crash."""

import math
from pathlib import Path
from typing import Any

import pytest

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, QueueError
from ganengine.events import RunStatus
from ganengine.judge import Judge
from ganengine.queue.claims import Claim
from ganengine.queue.search import Search
from ganengine.queue.spaces import Choice, Range, fitted, parse_space, settings_of, title_of
from ganengine.queue.store import Queue
from ganengine.queue.worker import carry_out
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.helpers import quick_config
from tests.ganengine.queue_helpers import train
from tests.ganengine.test_cli import SMALL, Cli, cli

__all__ = ["cli"]

LR = "optimizer_g.lr,optimizer_d.lr=1e-6..1.0:log"
BEST_LR = 3e-3

# -- spaces ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "space"),
    [
        (LR, Range(("optimizer_g.lr", "optimizer_d.lr"), 1e-6, 1.0, log=True)),
        ("training.d_steps=1..5", Range(("training.d_steps",), 1, 5, whole=True)),
        ("a.b= -1 .. 2.5 ", Range(("a.b",), -1, 2.5)),
        ("a.b=16..128: log", Range(("a.b",), 16, 128, log=True, whole=True)),
        ("loss.kind=hinge,lsgan", Choice(("loss.kind",), ("hinge", "lsgan"))),
        ("generator.widths=[8],[8, 16]", Choice(("generator.widths",), ([8], [8, 16]))),
        ('data.path="a..b",c', Choice(("data.path",), ("a..b", "c"))),
    ],
)
def test_what_may_be_searched(text: str, space: Range | Choice) -> None:
    assert parse_space(text) == space


@pytest.mark.parametrize(
    "text",
    [
        "a.b",
        "a.b=",
        "a.b=1..",
        "a.b=2..1",
        "a.b=1..1",
        "a.b=0..1:log",
        "a.b=1..2:lin",
        "=1..2",
        "a.b=x..y",
        "a=true..2",
    ],
)
def test_what_cannot_be_searched(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_space(text)


def test_spaces_are_tried_before_the_first_run() -> None:
    base = TrainConfig()
    gamma, steps = fitted([parse_space("regularization.r1_gamma=0..10"), parse_space("training.d_steps=1..3")], base)
    assert isinstance(gamma, Range)
    assert not gamma.whole, "not each setting is a whole number that is written as one"
    assert isinstance(steps, Range)
    assert steps.whole
    for text, path in (
        ("optimizer_g.lrr=1e-4..1e-2", "optimizer_g.lrr"),
        ("training.batch_size=1..64", "training.batch_size"),
        ("loss.kind=hinge,nonsense", "loss.kind"),
        ("training.d_steps=1..2.5", "training.d_steps"),
    ):
        with pytest.raises(ConfigError) as caught:
            fitted([parse_space(text)], base)
        assert caught.value.path == path
    with pytest.raises(ConfigError, match="twice"):
        fitted([parse_space("training.seed=1..5"), parse_space("training.seed=7,8")], base)


def test_a_setting_of_one_kind_counts_only_where_that_is_chosen() -> None:
    spaces = fitted(
        [parse_space("optimizer_g.momentum=0..0.9"), parse_space("optimizer_g.kind=adam,sgd")], TrainConfig()
    )
    sgd = settings_of(TrainConfig(), spaces, [0.25, "sgd"])
    assert (sgd.optimizer_g.kind, sgd.get("optimizer_g.momentum")) == ("sgd", 0.25)
    assert settings_of(TrainConfig(), spaces, [0.25, "adam"]) == TrainConfig()
    assert title_of(spaces, [0.25, "sgd"]) == "momentum 0.25, SGD"


# -- the search --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """How good a learning rate is can be computed; hinge is a little worse."""

    def measure(judge: Judge, config: TrainConfig) -> dict[str, float]:
        off = math.log10(config.optimizer_g.lr / BEST_LR)
        return {"eval/fid_own": off**2 + (config.loss.kind == "hinge"), "eval/recall_own": -(off**2)}

    monkeypatch.setattr(Judge, "measure", measure)


def make(root: Path, *texts: str, metric: str = "fid", changes: dict[str, Any] | None = None) -> Search:
    spaces = [parse_space(text) for text in texts or (LR,)]
    return Search(Queue(root), quick_config({"training.steps": 2, **(changes or {})}), spaces, metric)


def carry_on(search: Search, total: int) -> None:
    queue = search._queue
    while True:
        search.settle()
        search.top_up(total)
        if search.is_over:
            return
        carry_out(queue, train, group=search.group)


def rates(search: Search) -> list[float]:
    """The learning rates in the order of the trials."""
    trials = sorted(search.trials(), key=lambda trial: trial.number)
    return [search.settings(trial.number).optimizer_g.lr for trial in trials]


def test_it_finds_the_better_region_and_each_trial_is_a_run(runs_dir: Path) -> None:
    search = make(runs_dir, LR, "loss.kind=nonsaturating,hinge")
    carry_on(search, 16)
    best = search.best()
    assert best is not None
    assert best.item is not None
    assert abs(math.log10(search.settings(best.number).optimizer_g.lr / BEST_LR)) < 0.5
    found = rates(search)
    off = [abs(math.log10(rate / BEST_LR)) for rate in found]
    assert sum(off[10:]) / 6 < 0.75 * sum(off[:6]) / 6, "the later trials are nearer than those at random"
    runs = list_runs(runs_dir)
    assert len(runs) == 16
    assert {run.info()["group"]["id"] for run in runs} == {search.group}
    assert [run.config().optimizer_g.lr for run in runs] == found
    assert [run.config().optimizer_d.lr for run in runs] == found
    assert runs[0].config().evaluation.best_by == "fid"
    assert all(float(f"{rate:.4g}") == rate for rate in found), "numbers that one can type"


def test_of_some_metrics_more_is_better(runs_dir: Path) -> None:
    search = make(runs_dir, metric="recall")
    carry_on(search, 4)
    off = [abs(math.log10(rate / BEST_LR)) for rate in rates(search)]
    best = search.best()
    assert best is not None
    assert best.number == off.index(min(off))


def test_made_again_it_goes_on_and_proposes_the_same(runs_dir: Path, tmp_path: Path) -> None:
    first = make(runs_dir)
    carry_on(first, 5)
    again = make(runs_dir)
    assert again.group == first.group
    assert again.count == 5
    carry_on(again, 9)
    straight = make(tmp_path / "straight")
    carry_on(straight, 9)
    assert rates(again) == rates(straight)
    assert again.count == 9
    carry_on(again, 9)
    assert again.count == 9
    assert make(runs_dir, "training.d_steps=1..2").count == 0, "another search"


def test_a_crash_at_any_place_loses_nothing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = make(runs_dir)
    carry_on(search, 2)
    with monkeypatch.context() as patch:  # between the proposal and the queue
        patch.setattr(Queue, "add", crash)
        with pytest.raises(KeyboardInterrupt):
            search.top_up(6)
    search = make(runs_dir)
    assert not search.is_over
    search.settle()
    assert search.is_over, "the proposal is forgotten"
    (item,) = search.top_up(6)
    search = make(runs_dir)  # between the queue and the training
    assert search.top_up(6) == ()
    claim = Queue(runs_dir).claim_next(search.group)
    assert claim is not None
    assert claim.item.id == item.id
    assert train(claim) == RunStatus.FINISHED
    claim._lock.release()  # between the training and saying so
    journal = next((runs_dir / ".queue").glob("search-*.journal"))
    with journal.open("ab") as file:  # in the middle of writing
        file.write(b'{"op_code": 6, "wor')
    search = make(runs_dir)
    carry_on(search, 6)
    assert search.count == 6
    assert len(list_runs(runs_dir)) == 6


def crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_programs_with_one_search(runs_dir: Path) -> None:
    one, other = make(runs_dir), make(runs_dir)
    assert len(one.top_up(5, ahead=2)) == 2
    assert other.top_up(5, ahead=2) == ()
    first, second = (search._queue.claim_next(search.group) for search in (one, other))
    assert first is not None
    assert second is not None
    for claim in (second, first):
        claim.done(train(claim))
    other.settle()
    one.settle()
    assert one.is_over
    assert len(other.top_up(5, ahead=2)) == 2
    carry_out(one._queue, train, group=one.group)
    carry_on(one, 5)
    assert other.is_over
    assert other.count == one.count == 5
    assert len(list_runs(runs_dir)) == 5
    assert [trial.number for trial in other.trials()] == [trial.number for trial in one.trials()]


def test_trials_that_fail_or_are_taken_away_do_not_end_it(runs_dir: Path) -> None:
    search = make(runs_dir)

    def fail_first(claim: Claim) -> RunStatus:
        if claim.item.group and claim.item.group.index == 0:
            raise QueueError("no luck")
        return train(claim)

    search.top_up(4, ahead=3)
    queue = search._queue
    queue.remove(queue.items()[1].id)
    queue.skip(queue.items()[1].id)
    carry_out(queue, fail_first, group=search.group)
    search.settle()
    assert search.is_over
    assert search.count == 2, "the one that was removed does not count"
    assert sorted(trial.state for trial in search.trials()) == ["failed", "removed", "skipped"]
    assert search.best() is None
    carry_on(search, 4)
    assert search.best() is not None
    assert search.count == 4


def test_settings_that_do_not_go_together_cost_a_trial_and_no_run(runs_dir: Path) -> None:
    base = {"loss.kind": "wasserstein", "loss.clip": 0.0}
    search = make(runs_dir, "loss.clip=0.0,0.01", "regularization.gp_weight=0.0,1.0", changes=base)
    carry_on(search, 6)
    assert search.count == 6
    assert 0 < len(list_runs(runs_dir)) < 6


def test_how_often_it_is_measured(runs_dir: Path) -> None:
    assert make(runs_dir, changes={"training.steps": 1000}).base.evaluation.every == 200
    assert make(runs_dir, changes={"training.steps": 1}).base.evaluation.every == 1
    assert make(runs_dir, changes={"training.steps": 1000, "evaluation.every": 30}).base.evaluation.every == 30
    with pytest.raises(ConfigError) as caught:
        make(runs_dir, changes={"training.length_in": "epochs"})
    assert caught.value.path == "evaluation.every"
    with pytest.raises(ConfigError, match="must be one of fid"):
        make(runs_dir, metric="beauty")


def test_a_damaged_study_is_one_sentence(runs_dir: Path) -> None:
    carry_on(make(runs_dir), 1)
    journal = next((runs_dir / ".queue").glob("search-*.journal"))
    journal.write_text("nonsense\n" + journal.read_text())
    with pytest.raises(QueueError, match="is damaged"):
        make(runs_dir)


# -- the command -------------------------------------------------------------------------------------------------------

TINY = [*SMALL, "--steps", "2", "--vary", LR]


def test_the_command_searches_tells_and_goes_on(cli: Cli, runs_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "best.toml"
    assert cli("search", *TINY, "--trials", "4", "--out", out) == 0, cli.err
    header, *rows, place = cli.out.splitlines()
    assert header.split() == ["trial", "value", "status", "run", "settings"]
    values = [float(row.split()[1]) for row in rows]
    assert values == sorted(values)
    best = RunDirectory.open(Path(place))
    assert rows[0].split()[3] == best.name
    assert TrainConfig.load(out) == best.config()
    assert cli("search", *TINY, "--trials", "6") == 0
    assert "going on with a search that has 4 trials" in cli.err
    assert len(list_runs(runs_dir)) == 6
    assert len(cli.out.splitlines()) == 8


def test_what_the_user_got_wrong(cli: Cli, runs_dir: Path) -> None:
    two = ("--trials", "2")
    assert "optimizer_g.lrr" in cli.fails("search", *SMALL, *two, "--steps", "2", "--vary", "optimizer_g.lrr=1..2")
    assert "one of fid" in cli.fails("search", *TINY, *two, "--metric", "beauty")
    assert "--vary" in cli.fails("search", *SMALL, *two)
    assert not (runs_dir / ".queue").exists()


def test_hopeless_runs_are_given_up(cli: Cli, runs_dir: Path) -> None:
    arguments = [*SMALL, "--steps", "20", "--vary", LR, "--set", "evaluation.every=2", "--trials", "14", "--prune"]
    assert cli("search", *arguments) == 0, cli.err
    runs = list_runs(runs_dir)
    stopped = [run for run in runs if run.info()["status"] == "stopped"]
    assert len(runs) == 14
    assert 0 < len(stopped) < 8
    assert all(run.info()["step"] < 20 for run in stopped)
    reasons = {item.run: item.reason for item in Queue(runs_dir).items()}
    assert all("Given up by the search" in reasons[run.name] for run in stopped)
    measured = {run.name: math.log10(run.config().optimizer_g.lr / BEST_LR) ** 2 for run in runs}
    assert min(measured[run.name] for run in stopped) > min(measured.values())
