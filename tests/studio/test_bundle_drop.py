"""A run bundle is known by what is in it, whatever it is called."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.publish.base import publication
from ganengine.publish.source import Source
from ganengine.runs.directory import list_runs
from studio.main_window import MainWindow
from tests.ganengine.helpers import make_trainer


def test_a_renamed_bundle_is_imported_not_taken_for_pictures(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path / "elsewhere", {"training.steps": 4}, dataset=MNIST5k().load())
    trainer.run()
    bundle = publication("bundle", {}).write(Source(trainer.directory), tmp_path / "friend.zip")
    assert window.workspace is not None
    before = window.workspace.form.config().data
    window.workspace.take_dropped(bundle)
    qtbot.waitUntil(lambda: len(list_runs(runs_dir)) == 1, timeout=30_000)
    assert list_runs(runs_dir)[0].checkpoints.steps() == [4]
    assert window.workspace.form.config().data == before
