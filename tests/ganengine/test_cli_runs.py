"""`ganengine runs`: what it lists, and what one says of a run with it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.runs.about import RunAbout, read_about, write_about
from ganengine.runs.directory import Parent, RunDirectory
from tests.benchmarks.synthetic_runs import make_runs
from tests.ganengine.helpers import quick_config

ROOT = Path(__file__).parents[2]


class Runs:
    """Runs `ganengine runs` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> list[str]:
        """The lines that a command printed, without the spaces that make columns."""
        assert main(["runs", *map(str, arguments)]) == 0, self._capsys.readouterr().err
        return [" ".join(line.split()) for line in self._capsys.readouterr().out.splitlines()]

    def fails(self, *arguments: object) -> str:
        assert main(["runs", *map(str, arguments)]) == 2
        out, complaint = self._capsys.readouterr()
        assert out == ""
        assert complaint.count("\n") == 1
        return complaint


@pytest.fixture
def runs(capsys: pytest.CaptureFixture[str]) -> Runs:
    return Runs(capsys)


def create(root: Path, preset: str = "a", parent: Parent | None = None, **info: object) -> RunDirectory:
    run = RunDirectory.create(root, quick_config({"preset": preset}), parent)
    run.update_info({"status": "finished", "step": 6, "total_steps": 6, "seconds": 61.0, **info})
    return run


def listed(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines[1:]]


BEST = {"key": "eval/fid_own", "title": "FID (own classifier)", "value": 12.345678, "step": 5, "better": "lower"}


def test_runs_are_listed_with_what_is_worth_knowing(runs: Runs, runs_dir: Path) -> None:
    assert runs() == [f"There are no runs in {runs_dir}."]
    create(runs_dir, "a")
    create(runs_dir, "b", best=BEST, status="failed")
    write_about(runs_dir / "00001-a", RunAbout("First try", ("good",)))
    create(runs_dir, "c")
    (runs_dir / "00003-c" / "run.json").write_text("{", encoding="utf-8")
    assert runs() == [
        "run status step best time data optimizers said",
        "00003-c damaged 0 – 0:00 mnist-5k Adam run.json is damaged: it is cut off, or no longer text.",
        "00002-b failed 6 of 6 12.35 FID (own classifier) 1:01 mnist-5k Adam",
        '00001-a finished 6 of 6 – 1:01 mnist-5k Adam "First try" good',
    ]


def test_a_query_an_order_and_a_limit(runs: Runs, runs_dir: Path) -> None:
    make_runs(runs_dir, 12, points=2, samples=0)
    assert listed(runs("--limit", 3)) == ["00012-faces-dense", "00011-digits-best", "00010-mnist-simple"]
    assert listed(runs("--sort", "newest", "--reverse", "--limit", 1)) == ["00001-digits-best"]
    assert listed(runs("data:faces", "step>10")) == ["00012-faces-dense", "00007-faces-dense", "00002-faces-dense"]
    assert listed(runs("faces", "status:stopped", "--sort", "time")) == []
    assert listed(runs("faces", "minutes<0.3", "--sort", "time", "--reverse"))[0] == "00002-faces-dense"
    assert listed(runs("--", "-data:mnist-5k", "-faces", "-fashion"))[0] == "00009-letters-best"
    assert runs("nowhere") == ["No run is like that."]


def test_archived_runs_are_listed_only_if_asked_for(runs: Runs, runs_dir: Path) -> None:
    create(runs_dir, "a")
    create(runs_dir, "b")
    assert runs("archive", 1) == ["00001-a archived"]
    assert listed(runs()) == ["00002-b"]
    assert listed(runs("--all")) == ["00002-b", "00001-a"]
    assert listed(runs("is:archived")) == ["00001-a"]
    runs("archive", "1", "2")
    assert runs() == ["All runs are archived; --all lists them."]
    runs("archive", "2", "--undo")
    assert listed(runs()) == ["00002-b"]


def test_tags_titles_and_notes(runs: Runs, runs_dir: Path) -> None:
    run = create(runs_dir, "a")
    assert runs("tag", 1, "good", "for the talk") == ["00001-a good for-the-talk"]
    runs("tag", 1, "good", "new")
    assert read_about(run).tags == ("good", "for-the-talk", "new")
    runs("tag", 1, "for the talk", "absent", "--undo")
    assert read_about(run).tags == ("good", "new")
    runs("rename", 1, "My", "best", "one")
    runs("note", run.path, "Sevens look like ones.")
    assert read_about(run) == RunAbout("My best one", ("good", "new"), "Sevens look like ones.")
    runs("rename", 1)
    runs("note", 1)
    assert read_about(run) == RunAbout("", ("good", "new"))
    assert run.path.name == "00001-a"


def test_one_run_in_full(runs: Runs, runs_dir: Path) -> None:
    mother = create(runs_dir, "a", best=BEST)
    mark = mother.info()["id"]
    create(runs_dir, "b", Parent("00001-a", 400, mark))
    create(runs_dir, "c", Parent("00001-a", 200, mark))
    create(runs_dir, "d", Parent("00002-b", 500))
    write_about(mother, RunAbout("Mother", ("good",), "One.\nTwo."))
    with (mother.path / "metrics.jsonl").open("w", encoding="utf-8") as file:
        file.write('{"step": 5}\n{"st')
    lines = runs("show", 1)
    assert "best FID (own classifier) 12.35 at step 5" in lines
    assert "tags good" in lines
    assert lines[lines.index("family") + 1 : lines.index("family") + 5] == [
        '00001-a "Mother" ←',
        "├─ 00003-c from step 200",
        "└─ 00002-b from step 400",
        "└─ 00004-d from step 500",
    ]
    assert lines[lines.index("notes") + 1 :][:2] == ["One.", "Two."]
    assert lines[-2:] == ["damaged", "The last line of metrics.jsonl is cut off; the points before it are whole."]
    assert "from 00001-a, step 400" in runs("show", "2")
    assert "family" not in runs("show", create(runs_dir, "alone").path)


def test_rows_for_other_programs(runs: Runs, runs_dir: Path) -> None:
    create(runs_dir, "a", Parent("00000-x", 3), best=BEST)
    (line,) = runs("--json")
    row = json.loads(line)
    assert (row["name"], row["status"], row["step"]) == ("00001-a", "finished", 6)
    assert row["path"] == str(runs_dir / "00001-a")
    assert row["best"]["value"] == 12.345678
    assert row["parent"]["run"] == "00000-x"
    assert row["created"].startswith("20")
    assert row["thumbnail"] is None
    assert runs("nowhere", "--json") == []


def test_what_makes_no_sense_is_said(runs: Runs, runs_dir: Path) -> None:
    create(runs_dir, "a")
    assert "There is no run '7'" in runs.fails("tag", 7, "good")
    assert "There are 00001-a." in runs.fails("show", 7)
    assert "name at least one tag" in runs.fails("tag", 1)
    assert "name a run" in runs.fails("archive")
    assert "name one run" in runs.fails("show", 1, 2)
    assert "--undo goes with tag and archive" in runs.fails("--undo")
    assert "--undo goes with tag and archive" in runs.fails("rename", 1, "x", "--undo")
    assert "invalid choice: 'colour'" in runs.fails("--sort", "colour")


def test_listing_runs_needs_no_torch(runs_dir: Path) -> None:
    """It would take seconds to load, for a list of a few lines."""
    create(runs_dir, "a")
    code = (
        "import sys; from ganengine.cli import main; code = main(['runs']); main(['runs', 'tag', '1', 'x']);"
        "sys.exit(code or 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "00001-a" in done.stdout
