"""The Inspector tab: which image is looked at, with which checkpoint, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from ganengine.events import CheckpointEvent
from studio.latest import Latest
from studio.presenters import inspector_work as work
from studio.presenters.inspector_work import Images, Item, Looked, NoCheckpoint, Origin
from studio.session import message_for
from studio.tasks import BackgroundTasks
from studio.views.inspector_view import InspectorView

if TYPE_CHECKING:
    from ganengine.inspection.report import Background
    from ganengine.inspection.subject import Latent, Subject
    from studio.main_window import MainWindow


class InspectorPresenter(QObject):
    """Makes the image again from the checkpoint nearest to the shown step, beside a training too, and asks D.

    Signals:
        itemChanged(): another image is inspected, or with another checkpoint.
        inkChanged(): grey images are to be shown dark on light now, or no longer.

    Attributes:
        view: the tab.
        subject: the checkpoint, or None.
        item: the image, or None.
        looked: the image as it was made, with D's answer, or None.
        quick, long, films: background tasks; what takes seconds does not hold up the rest.
    """

    itemChanged = Signal()
    inkChanged = Signal()

    def __init__(self, window: MainWindow, view: InspectorView) -> None:
        super().__init__(window)
        self.view = view
        self.subject: Subject | None = None
        self.item: Item | None = None
        self.looked: Looked | None = None
        self.origin: Origin | None = None
        self.background: Background | None = None
        self.quick, self.long, self.films = BackgroundTasks(self), BackgroundTasks(self), BackgroundTasks(self)
        self._window = window
        self._history: list[Item] = []
        self._pending: Origin | None = None
        self._newer: Path | None = None
        self._before: Background | None = None
        self._latest = Latest(self.quick, self.complain, self)
        facts = view.facts
        facts.classChosen.connect(self._choose_class)
        facts.backWanted.connect(self._go_back)
        facts.copyImageWanted.connect(self._copy_image)
        facts.copyLatentWanted.connect(self._copy_latent)
        facts.saveWanted.connect(self._save)
        facts.newerWanted.connect(self._take_newer)
        view.noticePressed.connect(window.session.save_checkpoint)
        window.session.checkpointSaved.connect(self._on_checkpoint)
        window.grid.controls.inkChanged.connect(self._show_looked)
        window.grid.controls.inkChanged.connect(self.inkChanged)

    def close(self) -> None:
        """Give everything up. For the end of the program."""
        self._latest.forget()
        for tasks in (self.quick, self.long, self.films):
            tasks.close()

    # -- which image ---------------------------------------------------------------------------------------------------

    def origin_of(self, index: int) -> Origin | None:
        """Where an image of the grid comes from; None where the grid is empty."""
        gallery, loaded = self._window.gallery, None
        shown = gallery.shown
        if shown is None or index >= len(shown.images):
            return None
        run = gallery.samples_dir.parent if gallery.samples_dir else None
        if self._window.workspace is not None:
            loaded = self._window.workspace.experiment.loaded
        alone = loaded.path if run is None and loaded is not None else None
        return Origin(index, len(shown.images), shown.seed, shown.step, run, shown.checkpoint or alone)

    @Slot(int)
    def inspect(self, index: int) -> None:
        """Look at an image of the grid."""
        origin = self.origin_of(index)
        if origin is not None:
            self._open(origin)

    def go_to(self, item: Item) -> None:
        """Look at an image that was made from the one before."""
        if self.item is not None:
            self._history.append(self.item)
        self._look_at(item)

    def _open(self, origin: Origin) -> None:
        self._pending = origin
        known, device = self.subject, "cpu" if self._window.session.is_active else "auto"
        if not self.view.has_content:
            self.view.show_notice("Reading the checkpoint…")

        def read() -> tuple[Origin, Subject, Item]:
            subject = work.opened(origin, known, device)
            return origin, subject, work.item_of(subject, origin)

        self._latest.ask(read, self._on_opened)

    def _on_opened(self, found: tuple[Origin, Subject, Item]) -> None:
        origin, subject, item = found
        is_other = subject is not self.subject
        self.origin, self.subject, self._pending = origin, subject, None
        self._history.clear()
        if is_other:
            self._show_subject(subject)
        self._look_at(item)

    def _show_subject(self, subject: Subject) -> None:
        self._newer = None
        self.view.facts.show_newer(None)
        self.view.facts.show_subject(subject.classes)
        self.view.facts.scale.forget()
        before, self.background = self.background, None
        self._before = before or self._before

    def _look_at(self, item: Item) -> None:
        subject = self.subject
        assert subject is not None
        self._latest.ask(lambda: work.look(subject, item.latent), lambda looked: self._on_looked(item, looked))

    def _on_looked(self, item: Item, looked: Looked) -> None:
        self.item, self.looked = item, looked
        self._show_looked()
        self.view.show_content()
        self.itemChanged.emit()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def ink(self, images: Images) -> Images:
        """Images as the grid shows them: grey ones dark on light where that was chosen."""
        return 255 - images if self.is_inverted and images.shape[-1] == 1 else images

    @property
    def is_inverted(self) -> bool:
        """Whether grey images are shown dark on light."""
        return self._window.gallery.inverted

    @Slot()
    def _show_looked(self) -> None:
        if self.item is None or self.looked is None or self.subject is None:
            return
        label = self.item.latent.label
        self.view.facts.picture.show_image(self.ink(self.looked.image))
        self.view.facts.show_image(
            self.item.title, self._origin_text(), self.item.place, label, can_go_back=bool(self._history)
        )
        self.show_score()

    def show_score(self) -> None:
        """D's answer, among others where these are known."""
        if self.looked is None or self.subject is None:
            return
        facts, score = self.view.facts, self.looked.score
        facts.show_score(work.describe_score(self.subject, score, self.background))
        if self.background is not None:
            scale = self.background.scale
            facts.scale.show_answers(scale.real.tolist(), scale.fake.tolist())
        facts.scale.show_answer(score.logit)

    def _origin_text(self) -> str:
        assert self.subject is not None
        assert self.origin is not None
        step, shown = self.subject.step, self.origin.step
        run = f"{self.origin.run.name}, " if self.origin.run else f"{self.subject.path.name}, "
        made = f"{run}made by the checkpoint of step {step:,}"
        return made if step == shown else f"{made}, the nearest to the step {shown:,} that was shown"

    def complain(self, error: Exception) -> None:
        """Tell the person why something cannot be done."""
        if isinstance(error, NoCheckpoint) and not self.view.has_content:
            self._ask_for_checkpoint(str(error))
        elif isinstance(error, NoCheckpoint):
            self._window.messages.warning(str(error))
        else:
            self._pending = None
            if not self.view.has_content:
                self.view.show_notice(message_for(error))
            self._window.messages.error("The image cannot be inspected", message_for(error))

    def _ask_for_checkpoint(self, why: str) -> None:
        session = self._window.session
        ours = self._pending is not None and self._pending.run is not None and self._pending.run == session.run_path
        if session.is_active and ours:
            self.view.show_notice(
                f"{why}\nThe image is shown as soon as there is one.",
                "Save one now",
                "Save a checkpoint now, which is never deleted (Ctrl+S)",
            )
        else:
            self.view.show_notice(why)

    @Slot(object)
    def _on_checkpoint(self, event: CheckpointEvent) -> None:
        run = event.path.parent.parent
        if self._pending is not None and self._pending.run == run:
            self._open(self._pending)
        elif self.subject is not None and self.origin is not None and self.origin.run == run:
            self._newer = event.path
            self.view.facts.show_newer(event.step)

    @Slot()
    def _take_newer(self) -> None:
        newer, item, origin = self._newer, self.item, self.origin
        if newer is None or item is None or origin is None:
            return
        self._newer = None
        self.view.facts.show_newer(None)

        def read() -> Subject:
            now = work.newest_of(newer)
            return work.opened(work.at(origin, now), self.subject, "cpu" if self._window.session.is_active else "auto")

        def show(subject: Subject) -> None:
            self.subject, self.origin = subject, work.at(origin, None, step=subject.step)
            self._show_subject(subject)
            self._look_at(item)

        self._latest.ask(read, show)

    # -- the buttons ---------------------------------------------------------------------------------------------------

    @Slot(int)
    def _choose_class(self, label: int) -> None:
        if self.item is not None and label != self.item.latent.label:
            item = self.item
            self.go_to(Item(item.latent.of_class(label), item.title, item.place))

    @Slot()
    def _go_back(self) -> None:
        if self._history:
            self._look_at(self._history.pop())

    @Slot()
    def _copy_image(self) -> None:
        picture = self.view.facts.picture.image
        if picture is not None:
            QGuiApplication.clipboard().setImage(picture)
            self._window.messages.info("The image is on the clipboard.")

    @Slot()
    def _copy_latent(self) -> None:
        if text := self._facts_text():
            QGuiApplication.clipboard().setText(text)
            self._window.messages.info("The latent vector is on the clipboard, with all that makes this image again.")

    @Slot()
    def _save(self) -> None:
        text, looked = self._facts_text(), self.looked
        if text is None or looked is None or self.item is None:
            return
        name = self.item.title.lower().replace(" ", "-")
        path = self.ask_where("Save image", f"{name}.png", "PNG pictures (*.png)")
        if path is not None:
            image = self.ink(looked.image)
            self.quick.run(
                lambda: work.save_image(path, image, text),
                lambda where: self._window.messages.info(f"Saved the image to {where}."),
                lambda error: self._window.messages.error("The image was not saved", message_for(error)),
            )

    def ask_where(self, title: str, name: str, kinds: str) -> Path | None:
        """Ask for a file to write; it begins in the run's own exports."""
        run = self.origin.run if self.origin else None
        folder = run / "exports" if run and (run / "exports").is_dir() else Path.home()
        text, _ = QFileDialog.getSaveFileName(self._window, title, str(folder / name), kinds)
        return Path(text) if text else None

    def _facts_text(self) -> str | None:
        if self.subject is None or self.item is None or self.origin is None:
            return None
        return work.facts_text(self.subject, self.item, self.origin)

    @property
    def latent(self) -> Latent | None:
        """What the image is made from."""
        return self.item.latent if self.item else None

    def take_background(self) -> Background | None:
        """What was known of the real images with the checkpoint before, once."""
        before, self._before = self._before, None
        return before
