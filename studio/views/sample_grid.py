"""The star of the window: what the generator makes, with the real images beside it on request."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from studio.icons import icon
from studio.theme import theme_notifier
from studio.views.grid_canvas import GridCanvas
from studio.views.grid_controls import GridControls, Mode
from studio.views.grid_panel import Images, Panel, PanelRole, check_images, to_cells

MOST_REAL = 64
"""How many real images are shown where nothing else says how many."""


class SampleGrid(QWidget):
    """Images in rows and columns, at a whole number of screen pixels a pixel.

    Before there are generated images, the real ones are shown in their place.

    Signals:
        freshNoiseRequested(): show images from new random numbers; again with each press.
        fixedNoiseRequested(): show the fixed ones again.
        copyRequested(): the grid was copied to the clipboard.
        imageClicked(int), realImageClicked(int): index of the image.
        shapeChanged(int, int): rows and columns shown now.

    Attributes:
        canvas: the surface with the images.
        controls: the row above.
        step: the step that the generated images are from, or None.
    """

    freshNoiseRequested = Signal()
    fixedNoiseRequested = Signal()
    copyRequested = Signal()
    imageClicked = Signal(int)
    realImageClicked = Signal(int)
    shapeChanged = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sampleGrid")
        self.setAccessibleName("Generated images")
        self.step: int | None = None
        self._images: dict[PanelRole, Images] = {}
        self._caption = ""
        self._columns, self._labels = 0, tuple[str, ...]()
        self._placeholder = "Images appear here when a training starts"
        self.controls = GridControls(self)
        self._message = self._make_message()
        self.canvas = GridCanvas(self)
        self._copy_action = self._make_copy_action()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addWidget(self._message)
        column.addWidget(self.canvas, 1)
        self._cells: dict[PanelRole, list[QImage]] = {"fake": [], "real": []}
        self._connect()
        self._restyle()
        self._refresh()

    def _make_message(self) -> QLabel:
        message = QLabel(self)
        message.setObjectName("sampleGridMessage")
        message.setAccessibleName("What to do next")
        message.setWordWrap(True)
        message.setMargin(8)
        message.hide()
        return message

    def _make_copy_action(self) -> QAction:
        action = QAction("Copy the grid", self)
        action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self.copy)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        controls, canvas = self.controls, self.canvas
        controls.modeChanged.connect(self._refresh)
        controls.shapeChanged.connect(self._shape_wanted)
        controls.inkChanged.connect(self._ink_changed)
        controls.zoomRequested.connect(self._zoom_by)
        controls.freshRequested.connect(self._fresh)
        controls.fixedRequested.connect(self._fixed)
        controls.copyRequested.connect(self.copy)
        canvas.zoomRequested.connect(self._zoom_by)
        canvas.imageClicked.connect(self._clicked)
        canvas.layoutChanged.connect(self._layout_changed)
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(self._open_menu)
        theme_notifier().themeChanged.connect(self._restyle)

    # Images

    def set_images(
        self, images: Images, caption: str = "", step: int | None = None, columns: int = 0, labels: Sequence[str] = ()
    ) -> None:
        """Show generated images.

        Args:
            images: uint8 [N, H, W, C], C is 1 or 3.
            caption: goes into the heading, e.g. "Step 1,200".
            step: the step they are from.
            columns: how many belong together in a row, e.g. those of one class; 0 where any number will do.
            labels: names of these rows.

        Raises:
            ValueError: the array is not of this kind.
        """
        self._set("fake", images)
        self._caption, self.step = caption, step
        self._columns, self._labels = columns, tuple(labels)
        self._refresh()

    def set_real_images(self, images: Images) -> None:
        """Show real images, as `set_images` takes them: beside the generated ones, or until there are any."""
        self._set("real", images)
        self._refresh()

    def clear_real_images(self) -> None:
        """Forget the real images: others are chosen, and are not there yet."""
        self._images.pop("real", None)
        self._cells["real"] = []
        self._refresh()

    def clear_images(self) -> None:
        """Forget the generated images; the real ones stay."""
        self._images.pop("fake", None)
        self._cells["fake"] = []
        self._caption, self.step = "", None
        self._columns, self._labels = 0, ()
        self.set_fresh_noise(False)
        self._refresh()

    def _set(self, role: PanelRole, images: Images) -> None:
        check_images(images)
        self._images[role] = images
        self._cells[role] = to_cells(images, self.controls.inverted)

    # Sentences

    def set_placeholder(self, text: str) -> None:
        """What stands in the middle while there are no images at all."""
        self._placeholder = text
        self._refresh()

    def set_message(self, text: str) -> None:
        """A sentence in a strip above the images; none hides the strip."""
        self._message.setText(text)
        self._message.setVisible(bool(text))

    @property
    def message(self) -> str:
        """The sentence above the images."""
        return self._message.text()

    # Modes

    @property
    def mode(self) -> Mode:
        """What the user chose to see."""
        return self.controls.mode

    def set_mode(self, mode: Mode) -> None:
        """Choose what to see, as if by hand."""
        self.controls.mode_box.setCurrentIndex(self.controls.mode_box.findData(mode))

    def set_shape(self, rows: int, columns: int) -> None:
        """Choose rows and columns, as if by hand; 0 for automatic."""
        self.controls.rows.setValue(rows)
        self.controls.columns.setValue(columns)

    def set_inverted(self, inverted: bool) -> None:
        """Show grey images dark on light, or as they are, as if by hand."""
        self.controls.ink.setChecked(inverted)

    def set_zoom(self, zoom: int | None) -> None:
        """Screen pixels for one pixel of an image, 1 to 16; None for as large as fits."""
        self.canvas.zoom = zoom
        self.canvas.arrange()
        self._layout_changed()

    @property
    def fresh_noise(self) -> bool:
        """Whether fresh noise was asked for, rather than the fixed one."""
        return self.controls.fixed.isEnabled()

    def set_fresh_noise(self, fresh: bool) -> None:
        """Tell that fresh noise is shown, or the fixed one again. Emits nothing."""
        self.controls.fixed.setEnabled(fresh)

    # Out

    def composed_image(self) -> QImage:
        """The grid as it is shown, without heading: one pixel for each screen pixel. Null without images."""
        return self.canvas.composed_image()

    def copy(self) -> None:
        """Put `composed_image` on the clipboard."""
        image = self.composed_image()
        if not image.isNull():
            QGuiApplication.clipboard().setImage(image)
            self.copyRequested.emit()

    # Within

    def _panels(self) -> list[Panel]:
        fake, real = self._fake_panel(), self._real_panel()
        if self.mode is Mode.SIDE_BY_SIDE:
            return [fake, real] if fake.cells or real.cells else []
        if self.mode is Mode.GENERATED and fake.cells:
            return [fake]
        return [real] if real.cells else []

    def _fake_panel(self) -> Panel:
        heading = f"Generated · {self._caption}" if self._caption else "Generated"
        sentence = "Generated images appear here when a training starts"
        return Panel("fake", heading, sentence, self._cells["fake"], self._columns, self._labels)

    def _real_panel(self) -> Panel:
        cells = self._cells["real"]
        shape = self.controls.shape
        wanted = shape.rows * shape.columns or len(self._cells["fake"]) or MOST_REAL
        columns = self._columns if self.mode is Mode.SIDE_BY_SIDE else 0
        return Panel("real", "Real images", "The real images are not loaded", cells[:wanted], columns)

    def _refresh(self) -> None:
        self.canvas.empty_text = self._empty_text()
        self.canvas.set_panels(self._panels())
        fake, real = bool(self._cells["fake"]), bool(self._cells["real"])
        self._copy_action.setEnabled(fake or real)
        self.controls.copy.setEnabled(fake or real)
        self.controls.fresh.setEnabled(fake)

    def _empty_text(self) -> str:
        if self.mode is Mode.REAL and self._cells["fake"]:
            return "The real images are not loaded"
        return self._placeholder

    def _shape_wanted(self) -> None:
        self.canvas.shape = self.controls.shape
        self._refresh()

    def _ink_changed(self) -> None:
        for role, images in self._images.items():
            self._cells[role] = to_cells(images, self.controls.inverted)
        self._refresh()

    def _zoom_by(self, step: int) -> None:
        self.set_zoom(self.canvas.zoomed(step))

    def _layout_changed(self) -> None:
        self.controls.show_zoom(self.canvas.zoom_shown, self.canvas.zoom is None)
        layouts = self.canvas.layouts
        if layouts:
            self.shapeChanged.emit(layouts[0].rows, layouts[0].columns)

    def _fresh(self) -> None:
        self.set_fresh_noise(True)
        self.freshNoiseRequested.emit()

    def _fixed(self) -> None:
        self.set_fresh_noise(False)
        self.fixedNoiseRequested.emit()

    def _clicked(self, role: str, index: int) -> None:
        (self.imageClicked if role == "fake" else self.realImageClicked).emit(index)

    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._copy_action)
        fresh = menu.addAction(icon("dice"), "Fresh noise", self._fresh)
        fresh.setEnabled(self.controls.fresh.isEnabled())
        fixed = menu.addAction("Back to the fixed noise", self._fixed)
        fixed.setEnabled(self.fresh_noise)
        menu.addSeparator()
        menu.addAction(icon("fit"), "As large as fits", lambda: self._zoom_by(0))
        menu.popup(self.canvas.viewport().mapToGlobal(position))

    def _restyle(self) -> None:
        scheme = theme_notifier().scheme
        self._message.setStyleSheet(
            f"background: {scheme.info_back}; color: {scheme.text}; border-left: 3px solid {scheme.accent};"
        )
        self.canvas.viewport().update()
