"""Publishes what is looked at, in any format that the engine knows; and opens run bundles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from ganengine.errors import ConfigError
from ganengine.fields import declarations
from ganengine.publish.base import Publication, formats, publication, with_suffix
from ganengine.publish.source import Shown, Source
from ganengine.runs.directory import RunDirectory
from studio.messages import Messages, ask
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks, Preparation
from studio.views.publish_dialog import FormatItem, PublishDialog

if TYPE_CHECKING:
    from ganengine.export.grid import Images
    from studio.presenters.checkpoints import CheckpointPresenter
    from studio.presenters.gallery import GalleryPresenter

_PREFIX = "publish"
_SETTLE_MS = 120  # between the last keystroke and the preview


class PublishPresenter(QObject):
    """Fills the `PublishDialog` from the declarations of the formats, and does what it asks for.

    Signals:
        imported(object): a bundle has become the run at this path.

    Attributes:
        dialog: the dialog while it is open, else None.
    """

    imported = Signal(object)

    def __init__(
        self,
        session: Session,
        gallery: GalleryPresenter,
        checkpoints: CheckpointPresenter,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.dialog: PublishDialog | None = None
        self._session, self._gallery, self._checkpoints = session, gallery, checkpoints
        self._messages, self._window = messages, window
        self._tasks = BackgroundTasks(self)  # its own: a hundred thousand images must not keep others waiting
        self._source = Source()
        self._kind = "grid"
        self._remembered: dict[str, dict[str, Any]] = {}
        self._writing: Preparation | None = None
        self._looks = 0  # previews asked for; the answers to earlier ones are of no interest
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._look)

    # -- opening -------------------------------------------------------------------------------------------------------

    @Slot()
    def export(self) -> None:
        """Publish what is looked at: the images shown, and the run and checkpoint that they come from."""
        shown, samples = self._gallery.shown, self._gallery.samples_dir
        checkpoint = shown.checkpoint if shown else None
        if checkpoint is None and not self._session.is_active:
            checkpoint = self._checkpoints.newest
        run = RunDirectory(samples.parent) if samples else None
        seen = Shown(shown.images, shown.step, shown.columns) if shown else None
        self.open(Source(run, checkpoint, shown=seen))

    def open_run(self, path: Path, kind: str = "report", step: int | None = None) -> None:
        """Publish a run that need not be the one shown; up to a step of it, or all."""
        self.open(Source(RunDirectory(path), step=step), kind)

    def open(self, source: Source, kind: str = "") -> None:
        """Ask how a source is to be published."""
        if self._writing is not None:
            self._messages.info("Something is being exported. Wait until it is done, or stop it.")
            return
        self._source = source
        self._kind = kind or self._kind
        if self.dialog is None:
            self.dialog = self._make_dialog()
        items = [FormatItem(name, cls.title, cls.summary()) for name, cls in formats().items()]
        self.dialog.set_formats(items, self._kind)
        self.dialog.setWindowTitle(f"Export: {source.name}" if source.run or source.checkpoint else "Export")
        self._show_format(self._kind)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def close(self) -> None:
        """Stop what is being written and close the dialog. For the end of the program."""
        self._settled.stop()
        self._tasks.close()
        self._writing = None
        if self.dialog is not None:
            self.dialog.show_working(False)
            self.dialog.close()

    def _make_dialog(self) -> PublishDialog:
        dialog = PublishDialog(self._window)
        dialog.formatChosen.connect(self._show_format)
        dialog.changed.connect(self._on_changed)
        dialog.saveRequested.connect(self._save)
        dialog.cancelRequested.connect(self._stop)
        dialog.closed.connect(self._on_closed)
        return dialog

    # -- the form ------------------------------------------------------------------------------------------------------

    @Slot(str)
    def _show_format(self, kind: str) -> None:
        assert self.dialog is not None
        self._kind = kind
        cls = formats()[kind]
        wanted = [found for found in declarations(cls, _PREFIX) if found.name != "kind"]
        suited = {**cls.beginning(self._source), **self._looked_at(cls)}
        beginning = {found.name: suited.get(found.name, found.default) for found in wanted}
        # What follows from the images shown is looked up anew; all else is as it was left.
        kept = {name: value for name, value in self._remembered.get(kind, {}).items() if name not in suited}
        self.dialog.show_format(cls.summary(), wanted, beginning, kept)
        self.dialog.show_picture(None, "")
        self._on_changed()

    def _looked_at(self, cls: type[Publication]) -> dict[str, Any]:
        """What the grid itself has set: black and white exchanged."""
        return {"colormap": "inverted"} if self._gallery.inverted and "colormap" in cls.model_fields else {}

    @Slot()
    def _on_changed(self) -> None:
        assert self.dialog is not None
        self._remembered[self._kind] = self.dialog.form.values()
        made = self._made()
        if made is None:
            return
        problem = made.problem_with(self._source)
        self.dialog.show_verdict(problem or made.describe(self._source), can_save=not problem)
        self._looks += 1
        if problem:
            self._settled.stop()
            self.dialog.show_picture(None, "")
        else:
            self._settled.start()

    def _made(self) -> Publication | None:
        """The publication that the form describes; None where a value cannot be used, which is then marked."""
        assert self.dialog is not None
        try:
            made = publication(self._kind, self.dialog.form.values())
        except ConfigError as error:
            self.dialog.form.show_problems(dict(error.problems))
            self.dialog.show_verdict("Mend what is marked.", can_save=False)
            return None
        self.dialog.form.show_problems({})
        return made

    # -- the preview ---------------------------------------------------------------------------------------------------

    @Slot()
    def _look(self) -> None:
        made = self._made() if self.dialog is not None and self._writing is None else None
        if made is None:
            return
        source, look = self._source, self._looks
        self._tasks.run(
            lambda: made.preview(source),
            lambda picture: self._show_preview(look, picture),
            lambda error: self._show_no_preview(look, message_for(error)),
        )

    def _show_preview(self, look: int, picture: Images | None) -> None:
        if self.dialog is None or look != self._looks:
            return
        self.dialog.show_picture(None if picture is None else _image(picture), "There is no picture of this.")

    def _show_no_preview(self, look: int, why: str) -> None:
        if self.dialog is not None and look == self._looks:
            self.dialog.show_picture(None, "")
            self.dialog.show_verdict(why, can_save=False)

    # -- writing -------------------------------------------------------------------------------------------------------

    @Slot()
    def _save(self) -> None:
        made = self._made()
        if self.dialog is None or made is None or self._writing is not None:
            return
        target = self._ask_where(made)
        if target is None:
            return
        source = self._source
        self._looks += 1
        self._settled.stop()
        self.dialog.show_working(True)
        self._writing = self._tasks.prepare(
            lambda tell: made.write(source, target, tell),
            self._tell,
            lambda where: self._on_written(made, where),
            self._on_failed,
        )

    def _tell(self, what: str, done: int, total: int) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(what, done, total)

    def _on_written(self, made: Publication, where: Path) -> None:
        self._end()
        if self.dialog is not None:
            self.dialog.close()
        opened = where if made.suffix == ".html" else where.parent if made.suffix else where
        text = "Open it" if made.suffix == ".html" else "Show the folder"
        self._messages.info(f"Exported {where.name} to {where.parent}.", action=text, on_action=lambda: _open(opened))

    def _on_failed(self, error: Exception) -> None:
        self._end()
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_verdict(message_for(error), can_save=False)
        else:
            self._messages.error("The export failed", message_for(error))

    @Slot()
    def _stop(self) -> None:
        if self._writing is None:
            return
        self._writing.cancel()
        self._end()
        self._messages.info("The export was stopped; nothing of it was kept.")
        self._on_changed()

    def _end(self) -> None:
        self._writing = None
        if self.dialog is not None:
            self.dialog.show_working(False)

    @Slot()
    def _on_closed(self) -> None:
        self._settled.stop()
        self._looks += 1
        self._source = Source()  # its network may hold much of a GPU's memory
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _ask_where(self, made: Publication) -> Path | None:
        run = self._source.run.path if self._source.run else self._session.run_path
        folder = run / "exports" if run and (run / "exports").is_dir() else Path.home()
        proposal = str(folder / made.file_name(self._source))
        if not made.suffix:
            text, _ = QFileDialog.getSaveFileName(self.dialog, "Name of the new folder", proposal)
            return Path(text) if text else None
        kind = f"{made.title} (*{made.suffix})"
        text, _ = QFileDialog.getSaveFileName(self.dialog, "Export", proposal, kind)
        if not text:
            return None
        target = with_suffix(Path(text), made.suffix)
        if target != Path(text) and target.exists() and not self._may_replace(target):
            return None  # the file dialog has asked for the name without its ending
        return target

    def _may_replace(self, target: Path) -> bool:
        choices = {"replace": "Replace it", "keep": "Keep it"}
        return ask(self.dialog, f"Replace {target.name}?", "There is a file of that name.", choices) == "replace"

    # -- bundles -------------------------------------------------------------------------------------------------------

    @Slot()
    def choose_bundle(self) -> None:
        """Ask for a run bundle, and open it."""
        text, _ = QFileDialog.getOpenFileName(
            self._window, "Import a run", str(Path.home()), "Run bundles (*.zip);;All files (*)"
        )
        if text:
            self.import_bundle(Path(text))

    def import_bundle(self, bundle: Path) -> None:
        """Make a run of a bundle, in the background; see `imported`."""
        from ganengine.publish.unpacking import unpack

        root = self._session.runs_dir
        self._messages.info(f"Importing {bundle.name}…")
        self._tasks.run(
            lambda: unpack(bundle, root).path,
            self._on_imported,
            lambda error: self._messages.error("The run was not imported", message_for(error)),
        )

    def _on_imported(self, path: Path) -> None:
        opens: Callable[[], object] = lambda: self._checkpoints.load(path)  # noqa: E731
        self._messages.info(f"Imported {path.name}.", action="Open it", on_action=opens)
        self.imported.emit(path)


def _image(picture: Images) -> QImage:
    """An image [H, W, C] for Qt, which takes a copy."""
    height, width, channels = picture.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(picture.tobytes(), width, height, width * channels, kind).copy()


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
