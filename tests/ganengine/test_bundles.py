"""Run bundles: what goes out comes in again on another machine, and nothing else does."""

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ganengine.cli import main
from ganengine.errors import Cancelled, PublishError, StorageError
from ganengine.events import RunStatus
from ganengine.launch import new_run, resume_run
from ganengine.publish import unpacking
from ganengine.publish.base import publication
from ganengine.publish.bundles import limit_of
from ganengine.publish.source import Source
from ganengine.publish.unpacking import is_bundle, unpack
from ganengine.runs.about import RunAbout, read_about, write_about
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.helpers import quick_config, run_of, same
from tests.ganengine.publishing import FEW, files_in, tiny_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    made = tiny_run(tmp_path_factory.mktemp("runs"))
    write_about(made, RunAbout("My digits", ("good",), "Look at the sevens."))
    return made


@pytest.fixture
def bundle(run: RunDirectory, tmp_path: Path) -> Path:
    return publication("bundle", {}).write(Source(run), tmp_path / "a")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The runs folder of another machine."""
    return tmp_path / "elsewhere"


def contents(run: RunDirectory) -> dict[str, bytes]:
    files = (path for path in sorted(run.path.rglob("*")) if path.is_file() and path.name != ".lock")
    return {path.relative_to(run.path).as_posix(): path.read_bytes() for path in files}


def repacked(bundle: Path, change: Callable[[dict[str, bytes]], Any]) -> Path:
    """The bundle with other content, under the same name."""
    with zipfile.ZipFile(bundle) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    change(files)
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return bundle


# -- there and back ----------------------------------------------------------------------------------------------------


def test_any_zip_program_reads_it(run: RunDirectory, bundle: Path, tmp_path: Path) -> None:
    assert bundle == tmp_path / "a.zip"
    shutil.unpack_archive(bundle, tmp_path / "unpacked")
    found = contents(RunDirectory(tmp_path / "unpacked"))
    expected = contents(run)
    del expected["checkpoints/step-00000003.pt"]  # only the newest goes along
    assert json.loads(found.pop("bundle.json"))["run"] == run.name
    assert found == expected


def test_a_run_comes_out_as_it_went_in(run: RunDirectory, bundle: Path, elsewhere: Path) -> None:
    there = unpack(bundle, elsewhere)
    assert there.name == "00001-tiny"
    found, expected = contents(there), contents(run)
    info = json.loads(found.pop("run.json"))
    assert info.pop("imported")["from"] == "a.zip"
    assert info == json.loads(expected.pop("run.json"))
    del expected["checkpoints/step-00000003.pt"]
    assert found == expected
    assert read_about(there).title == "My digits"
    assert files_in(elsewhere) == [".last-number", ".lock", "00001-tiny"]


def test_it_goes_on_exactly(tmp_path: Path, elsewhere: Path) -> None:
    """Half of a training here, the other half there, is the same as all of it here."""
    whole = new_run(quick_config({**FEW, "training.steps": 12}), tmp_path / "whole")
    whole.run()
    first = tiny_run(tmp_path / "here")
    there = unpack(publication("bundle", {}).write(Source(first), tmp_path / "half"), elsewhere)
    shutil.rmtree(first.path)
    second = resume_run(there, changes={"training.steps": 12})
    assert second.step == 6
    assert second.run() is RunStatus.FINISHED
    expected = load_checkpoint(run_of(whole).checkpoints.path(12))
    found = load_checkpoint(run_of(second).checkpoints.path(12))
    for key in ("players", "generator", "rng", "batches", "meter", "images"):
        assert same(found[key], expected[key]), key
    for continued, uninterrupted in zip(there.metrics(), run_of(whole).metrics(), strict=True):
        timed = {"speed/images_per_s": 0.0}
        assert {**continued.values, **timed} == {**uninterrupted.values, **timed}


def test_what_goes_along_can_be_chosen(run: RunDirectory, tmp_path: Path) -> None:
    def names(**values: object) -> set[str]:
        path = publication("bundle", values).write(Source(run), tmp_path / "a.zip")
        with zipfile.ZipFile(path) as archive:
            return {name.partition("/")[0] + name[-3:] for name in archive.namelist() if "/" in name}

    assert names(checkpoints="none", samples=False) == set()
    assert names(checkpoints="none") == {"samples" + "png"}
    path = publication("bundle", {"checkpoints": "all"}).write(Source(run), tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        assert {"checkpoints/step-00000003.pt", "checkpoints/step-00000006.pt"} <= set(archive.namelist())


def test_twice_the_same_bundle_are_two_runs(bundle: Path, elsewhere: Path) -> None:
    runs = [unpack(bundle, elsewhere), unpack(bundle, elsewhere)]
    assert [run.name for run in list_runs(elsewhere)] == ["00001-tiny", "00002-tiny"]
    assert runs[0].info()["id"] != runs[1].info()["id"]


def test_a_run_that_is_trained_while_it_is_packed(tmp_path: Path, elsewhere: Path) -> None:
    run = tiny_run(tmp_path / "here")
    run.update_info({"status": "running"})
    run.acquire()
    try:
        there = unpack(publication("bundle", {}).write(Source(run), tmp_path / "a"), elsewhere)
    finally:
        run.release()
    assert json.loads((there.path / "run.json").read_text())["status"] == "stopped"


def test_packing_and_unpacking_can_be_given_up(
    run: RunDirectory, bundle: Path, tmp_path: Path, elsewhere: Path
) -> None:
    def stop(what: str, done: int, total: int) -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        publication("bundle", {}).write(Source(run), tmp_path / "b.zip", stop)
    with pytest.raises(Cancelled):
        unpack(bundle, elsewhere, stop)
    assert files_in(tmp_path) == ["a.zip", "elsewhere"]
    assert not files_in(elsewhere)


def test_the_command_line(
    run: RunDirectory, tmp_path: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.run.zip"
    assert main(["export", str(run.path), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert main(["import", str(out), "--runs", str(elsewhere)]) == 0
    assert capsys.readouterr().out.strip() == str(elsewhere / "00001-tiny")
    assert main(["import", str(tmp_path / "nothing.zip"), "--runs", str(elsewhere)]) == 2
    assert "There is no file" in capsys.readouterr().err


# -- what may come from anybody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/etc/evil",
        "samples/../../evil",
        "samples\\..\\..\\evil.png",
        "C:\\evil.png",
        "samples/step-1.png/../../x",
        "samples/step-00000001.PNG",
        "checkpoints/step-00000001.pt.exe",
        "checkpoints/",
        "evil.py",
        ".lock",
        "samples/step-0000000000001.png",
        "samples/step-٣.png",
        "run.json\n",
        "",
    ],
)
def test_no_other_name_is_unpacked(name: str, bundle: Path, elsewhere: Path, tmp_path: Path) -> None:
    assert not limit_of(name)
    before = {path for path in tmp_path.rglob("*") if elsewhere not in path.parents and path != elsewhere}
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name or "x"), b"evil")
    with pytest.raises(PublishError, match=r"which no run has: refused"):
        unpack(bundle, elsewhere)
    assert not list_runs(elsewhere)
    after = {path for path in tmp_path.rglob("*") if elsewhere not in path.parents and path != elsewhere}
    assert after == before
    assert not elsewhere.exists() or not files_in(elsewhere)


def test_no_links(bundle: Path, elsewhere: Path) -> None:
    link = zipfile.ZipInfo("log.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "log.txt"}
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PublishError, match=r"'log\.txt', which is not a plain file"):
        unpack(bundle, elsewhere)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_file_twice(bundle: Path, elsewhere: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("log.txt", b"another")
    with pytest.raises(PublishError, match="holds a file twice"):
        unpack(bundle, elsewhere)


def test_nothing_larger_than_it_can_be(bundle: Path, elsewhere: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "about.json"}
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("about.json", b" " * (2 << 20))  # two kilobytes, packed
    with pytest.raises(PublishError, match=r"'about\.json', which is larger"):
        unpack(bundle, elsewhere)


def test_not_more_than_was_announced(bundle: Path, elsewhere: Path) -> None:
    """An entry that says it is small, and is not."""
    content = bundle.read_bytes()
    with zipfile.ZipFile(bundle) as archive:
        size = archive.getinfo("metrics.jsonl").file_size
    announced, small = size.to_bytes(4, "little"), (10).to_bytes(4, "little")
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"metrics.jsonl"))
    assert content[place + 24 : place + 28] == announced
    bundle.write_bytes(content[: place + 24] + small + content[place + 28 :])
    with pytest.raises(PublishError, match="not a run bundle, or is damaged"):
        unpack(bundle, elsewhere)
    assert not files_in(elsewhere)


def test_no_room(bundle: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(bundle.parent)._replace(free=1000)
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: free)
    with pytest.raises(PublishError, match=r"not enough room in .*: the run needs"):
        unpack(bundle, elsewhere)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.undo()
    monkeypatch.setattr(unpacking, "_extract", full)
    with pytest.raises(StorageError, match="No space left"):
        unpack(bundle, elsewhere)
    assert not files_in(elsewhere)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda files: files.pop("config.toml"), r"holds no config\.toml"),
        (lambda files: files.update({"config.toml": b"[generator]\nkind = 'x'"}), "cannot be used here: generator"),
        (lambda files: files.update({"run.json": b"[]"}), r"run\.json says nothing"),
        (lambda files: files.update({"run.json": b"[" * 100_000}), r"run\.json says nothing"),
        (lambda files: files.update({"samples/step-00000006.png": b"MZ"}), r"step-00000006\.png, which is not a pict"),
        (lambda files: files.update({"bundle.json": b"{}"}), "not a run bundle"),
        (
            lambda files: files.update({"bundle.json": b'{"format": "gan-studio-run", "version": 2}'}),
            "made by a newer version",
        ),
        (lambda files: files.update({"bundle.json": files.pop("bundle.json")}), "not a run bundle"),
    ],
    ids=["no-config", "config", "info", "deep", "picture", "manifest", "newer", "order"],
)
def test_what_is_no_run(change: Callable[[dict[str, bytes]], Any], message: str, bundle: Path, elsewhere: Path) -> None:
    repacked(bundle, change)
    with pytest.raises(PublishError, match=message):
        unpack(bundle, elsewhere)
    assert not elsewhere.exists() or not files_in(elsewhere)


def test_damaged_bundles(bundle: Path, elsewhere: Path) -> None:
    content = bundle.read_bytes()
    for broken in (b"", b"no zip at all", content[: len(content) // 2], content[:200] + b"x" * 90 + content[290:]):
        bundle.write_bytes(broken)
        with pytest.raises(PublishError, match="not a run bundle"):
            unpack(bundle, elsewhere)
        assert not elsewhere.exists() or not files_in(elsewhere)


def test_a_checkpoint_that_would_run_code_is_refused_when_it_is_read(bundle: Path, elsewhere: Path) -> None:
    import pickle

    from ganengine.errors import CheckpointError

    class Evil:
        def __reduce__(self) -> Any:
            return (Path.write_text, (elsewhere / "evil", "ran"))

    there = unpack(
        repacked(bundle, lambda files: files.update({"checkpoints/step-00000006.pt": pickle.dumps(Evil())})), elsewhere
    )
    with pytest.raises(CheckpointError):
        Source(there).sampler.images(1, 0)
    assert not (elsewhere / "evil").exists()


def test_which_zips_are_bundles(bundle: Path, tmp_path: Path) -> None:
    assert is_bundle(bundle)
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        archive.writestr("cat.png", b"")
    assert not is_bundle(tmp_path / "pictures.zip")
    (tmp_path / "text.zip").write_text("no zip")
    assert not is_bundle(tmp_path / "text.zip")
    assert not is_bundle(tmp_path / "nothing.zip")
