"""Finding and sorting runs by what one types, what a person says of them, and their families."""

from dataclasses import replace
from pathlib import Path

import pytest

from ganengine.errors import StorageError
from ganengine.runs.about import RunAbout, read_about, write_about
from ganengine.runs.lineage import Node, family_of, parent_of
from ganengine.runs.query import SORTS, asks_for_archived, matches, sorted_runs
from ganengine.runs.summary import BestValue, Parent, RunGroup, RunSummary

RUN = RunSummary(
    Path("/runs/00007-mnist-simple"),
    7,
    "00007-mnist-simple",
    title="Slow Learner",
    preset="mnist-simple",
    data="mnist-5k",
    optimizers="Adam / SGD",
    status="finished",
    step=1200,
    total_steps=2000,
    seconds=90.0,
    best=BestValue("eval/fid_own", "FID (own classifier)", 20.5, 1000),
    parent=Parent("00003-digits-best", 400),
    group=RunGroup("abc", "Learning rates", "lr 0.001", 0, 2),
    tags=("good", "for-the-talk"),
    notes="Sevens look like ones.",
)


# -- queries -----------------------------------------------------------------------------------------------------------

FOUND = [
    *("", "  ", "mnist", "MNIST", "slow", "learner slow", '"slow learner"', "7-mnist", "sevens", "talk", "rates"),
    *("tag:good", "tag:GO", "tags:for-the-talk", "tag:good tag:for", "-tag:bad", "-bad", "-tag:bad mnist"),
    *("status:finished", "status:fin", "preset:simple", "data:5k", "optimizer:sgd", "optimizers:adam", "name:slow"),
    *("title:learner", "notes:ones", 'notes:"like ones"', 'notes:"like on', "parent:00003", "plan:rates", "group:abc"),
    *("is:fork", "is:tagged", "-is:archived", "-is:damaged", "-is:active", "is:", "tag:", "status:", "best<"),
    *("step>1000", "step>=1200", "step=1200", "steps<1300", "best<21", "best>=20.5", "minutes<2", "minutes=1.5"),
    *("number=7", "number>6 number<8", "Adam", "adam /", '"Adam / SGD"', "-", '"'),
]
MISSED = [
    *("slow quick", "-slow", '"learner slow"', "tag:bad", "tag:talk", "-tag:good", "status:failed", "status:damaged"),
    *("preset:faces", "data:faces", "optimizer:rmsprop", "parent:00007", "is:archived", "is:damaged", "is:active"),
    *("step>1200", "best<20", "best>21", "minutes>2", "number=8", "12:30", "colour:blue", "step>many", "is:blue"),
    *("mnist -status:finished", '"mnist sevens"', "eval/fid"),
]


@pytest.mark.parametrize("query", FOUND)
def test_a_run_is_found(query: str) -> None:
    assert matches(RUN, query)


@pytest.mark.parametrize("query", MISSED)
def test_a_run_is_not_found(query: str) -> None:
    assert not matches(RUN, query)


def test_what_a_run_lacks_does_not_match() -> None:
    plain = RunSummary(Path("/runs/x"), 0, "x")
    for query in ("best<20", "best>=20", "best=0", "parent:0", "plan:a", "is:fork", "tag:", "status:stopped"):
        assert not matches(plain, query), query
    assert matches(plain, "x")
    assert matches(plain, "step=0")


def test_damaged_and_active_and_archived_runs_are_found() -> None:
    damaged = replace(RUN, damage="run.json is missing.", status="")
    assert matches(damaged, "status:damaged")
    assert matches(damaged, "is:damaged")
    assert not matches(RUN, "is:damaged")
    assert matches(replace(RUN, is_active=True), "is:active")
    assert matches(replace(RUN, archived=True), "is:arch")
    assert [asks_for_archived(text) for text in ("is:archived x", "-is:Archived", "archived", "")] == [True, True, 0, 0]


def named(number: int, **values: object) -> RunSummary:
    name = f"{number:05d}-run"
    return replace(RunSummary(Path("/runs") / name, number, name), **values)  # type: ignore[arg-type]


def numbers(runs: list[RunSummary]) -> list[int]:
    return [run.number for run in runs]


def test_runs_are_sorted_and_what_lacks_a_value_comes_last() -> None:
    low = {"key": "eval/fid_own", "title": "FID", "step": 1}
    high = {"key": "eval/precision_own", "title": "Precision", "step": 1, "better": "higher"}
    runs = [
        named(1, best=BestValue(value=30.0, **low), step=5, title="b"),  # type: ignore[arg-type]
        named(2, best=BestValue(value=10.0, **low), step=9, title="C"),  # type: ignore[arg-type]
        named(3, best=BestValue(value=0.5, **high), step=7, title="a"),  # type: ignore[arg-type]
        named(4, best=BestValue(value=0.9, **high), step=1, preset="x"),  # type: ignore[arg-type]
        named(5),
    ]
    assert numbers(sorted_runs(runs, "newest")) == [5, 4, 3, 2, 1]
    assert numbers(sorted_runs(runs, "newest", reverse=True)) == [1, 2, 3, 4, 5]
    assert numbers(sorted_runs(runs, "best")) == [2, 1, 4, 3, 5]
    assert numbers(sorted_runs(runs, "best", reverse=True)) == [3, 4, 1, 2, 5]
    assert numbers(sorted_runs(runs, "step")) == [2, 3, 1, 4, 5]
    assert numbers(sorted_runs(runs, "name")) == [4, 5, 3, 1, 2]
    assert numbers(sorted_runs(runs, "preset")) == [4, 5, 3, 2, 1]
    for by in SORTS:
        assert sorted(numbers(sorted_runs(runs, by))) == [1, 2, 3, 4, 5]
    with pytest.raises(KeyError):
        sorted_runs(runs, "colour")


# -- what the person says ----------------------------------------------------------------------------------------------


def test_what_is_said_is_read_back(tmp_path: Path) -> None:
    assert read_about(tmp_path) == RunAbout()
    about = RunAbout("Ein schöner Lauf", ("gut", "数字"), "Zeile 1\nZeile 2\n", archived=True)
    write_about(tmp_path, about)
    assert read_about(tmp_path) == about
    assert "schöner" in (tmp_path / "about.json").read_text(encoding="utf-8"), "readable by hand"
    with pytest.raises(StorageError):
        write_about(tmp_path / "absent", about)


def test_tags_are_words_each_once(tmp_path: Path) -> None:
    write_about(tmp_path, RunAbout(tags=("for the talk", "a,b", " good ", "good", "", "-x", ":")))
    assert read_about(tmp_path).tags == ("for-the-talk", "a-b", "good", "x")


# -- families ----------------------------------------------------------------------------------------------------------


def fork(
    number: int, parent: int | str | None = None, step: int = 0, mark: str = "", parent_mark: str = ""
) -> RunSummary:
    name = parent if isinstance(parent, str) else f"{parent or 0:05d}-run"
    return named(number, parent=Parent(name, step, parent_mark) if parent else None, id=mark)


def drawn(node: Node) -> str:
    """A family as text: name@step(children), a run that is gone with a question mark."""
    below = ",".join(map(drawn, node.children))
    name = node.name.partition("-")[0].lstrip("0") + ("" if node.summary else "?")
    return f"{name}@{node.step}" + (f"({below})" if below else "")


def test_a_family_is_the_same_from_each_of_its_members() -> None:
    runs = [fork(1), fork(2, 1, 500), fork(3, 1, 100), fork(4, 2, 900), fork(5), fork(6, 1, 100)]
    for number in (1, 2, 3, 4, 6):
        assert drawn(family_of(runs, f"{number:05d}-run")) == "1@0(3@100,6@100,2@500(4@900))"
    assert drawn(family_of(runs, "00005-run")) == "5@0"
    with pytest.raises(KeyError):
        family_of(runs, "00009-run")
    top = family_of(runs, "00001-run")
    assert [node.name[:5] for node in top] == ["00001", "00003", "00006", "00002", "00004"]


def test_children_of_a_run_that_is_gone_stay_a_family() -> None:
    runs = [fork(2, 1, 500), fork(3, 1, 100), fork(4, 3, 200)]
    assert drawn(family_of(runs, "00002-run")) == "1?@0(3@100(4@200),2@500)"
    assert parent_of(runs, "00002-run") is None
    parent = parent_of(runs, "00004-run")
    assert parent
    assert parent.number == 3


def test_a_run_that_was_renamed_on_disk_stays_the_parent() -> None:
    runs = [fork(9, mark="m"), fork(2, "00001-run", 500, parent_mark="m")]
    assert drawn(family_of(runs, "00002-run")) == "9@0(2@500)"


def test_another_run_that_got_the_parents_name_is_not_the_parent() -> None:
    runs = [fork(1, mark="other"), fork(2, 1, 500, mark="b", parent_mark="m"), fork(3, 1, 10, parent_mark="other")]
    assert drawn(family_of(runs, "00002-run")) == "1?@0(2@500)"
    assert drawn(family_of(runs, "00001-run")) == "1@0(3@10)"
    assert parent_of(runs, "00002-run") is None


def test_a_copied_folder_has_the_same_mark_and_names_decide() -> None:
    runs = [fork(1, mark="m"), fork(7, mark="m"), fork(2, 1, 500, parent_mark="m")]
    assert drawn(family_of(runs, "00002-run")) == "1@0(2@500)"
    assert drawn(family_of(runs, "00007-run")) == "7@0"


def test_circles_of_damaged_files_come_to_an_end() -> None:
    runs = [fork(1, 3, 5), fork(2, 1, 6), fork(3, 2, 7), fork(4, 4, 8), fork(5, 3, 9)]
    assert drawn(family_of(runs, "00001-run")) == "1@0(2@6(3@7(5@9)))"
    assert {node.name[4] for node in family_of(runs, "00002-run")} == {"1", "2", "3", "5"}
    assert drawn(family_of(runs, "00004-run")) == "4@0"
    assert drawn(family_of(runs, "00005-run")).startswith("5@0") or "5@9" in drawn(family_of(runs, "00005-run"))


def test_a_long_chain_of_forks_is_no_problem() -> None:
    runs = [fork(1), *(fork(number, number - 1, number * 10) for number in range(2, 3001))]
    chain = list(family_of(runs, "03000-run"))
    assert [node.summary.number for node in chain if node.summary] == list(range(1, 3001))
