"""The inspector's third page: a walk from the image to another one."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.icons import set_icon
from studio.theme import align_spin_box
from studio.views.big_image import BigImage
from studio.views.captioned_images import CaptionedImages
from studio.views.combo import FocusedWheelSpin
from studio.views.grid_panel import Images
from studio.views.notice import Notice

FRAMES = 60
_FPS = 30
_STRIP = 7  # images of the walk that stand beside each other
_THUMB = QSize(72, 72)
_NOTICE = 360
_STRIP_HEIGHT = 110


class WalkPage(QWidget):
    """Start and end, the walk as a film and as a strip, and what to save of it.

    Signals:
        gridWanted(), randomWanted(): where the walk leads to is to be chosen.
        wanted(): the walk is to be made anew; see `frames` and `is_loop`.
        exportWanted(): it is to be saved.
        cancelPressed(): what is going on is to be given up.

    Attributes:
        start, end: what it leads from and to.
        film: the walk, image by image.
        strip: some of its images.
        notice: what to do, or how far it is.
    """

    gridWanted = Signal()
    randomWanted = Signal()
    wanted = Signal()
    exportWanted = Signal()
    cancelPressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorWalk")
        self.start = BigImage("inspectorWalkStart", "The walk begins here")
        self.end = BigImage("inspectorWalkEnd", "The walk ends here")
        self.film = BigImage("inspectorWalkFilm", "The walk as a film")
        self.strip = CaptionedImages("inspectorWalkStrip", "Images of the walk", "fake")
        self.strip.setMaximumHeight(_STRIP_HEIGHT)
        self.notice = Notice("inspectorWalkNotice", Qt.AlignmentFlag.AlignLeft)
        self._grid = self._make_button(
            "inspectorWalkGrid", "Choose…", "", "Click the image that it leads to in the Images tab"
        )
        self._random = self._make_button("inspectorWalkRandom", "Random", "dice", "To any image, of the same class")
        self._play = self._make_button("inspectorWalkPlay", "Play", "play", "Play the walk as a film")
        self._export = self._make_button(
            "inspectorWalkExport", "Save walk…", "export", "Save it as a film (MP4 or GIF) or as a strip (PNG)"
        )
        self._frames = self._make_frames()
        self._loop = QCheckBox("and back")
        self._loop.setObjectName("inspectorWalkLoop")
        self._loop.setAccessibleName("And back to the first image")
        self._loop.setToolTip("Go back to the first image, so that the film can repeat for ever")
        self._images: Images | None = None
        self._place = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // _FPS)
        self._connect()
        self._lay_out()
        self.forget()

    # -- what is wanted ------------------------------------------------------------------------------------------------

    @property
    def frames(self) -> int:
        """Images of the whole walk."""
        return self._frames.value()

    @property
    def is_loop(self) -> bool:
        """Whether it goes back to its beginning."""
        return self._loop.isChecked()

    @property
    def is_playing(self) -> bool:
        """Whether the film runs."""
        return self._timer.isActive()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_start(self, image: Images) -> None:
        """Show where it leads from, uint8 [H, W, C]."""
        self.start.show_image(image)

    def show_end(self, image: Images) -> None:
        """Show where it leads to, uint8 [H, W, C]."""
        self.end.show_image(image)

    def show_walk(self, images: Images) -> None:
        """Show the images uint8 [F, H, W, C] of a walk, and play it."""
        self._images, self._place = images, 0
        self.notice.hide()
        self.film.show()
        self.strip.show()
        self.film.show_image(images[0])
        count = min(len(images), _STRIP)
        chosen = [place * (len(images) - 1) // max(1, count - 1) for place in range(count)]
        places = [f"{place / (len(images) - 1):.0%}".replace("%", " %") for place in chosen]
        self.strip.show_images(images[chosen], places, columns=count)
        self._play.setEnabled(True)
        self._export.setEnabled(True)
        if self.isVisible():
            self._start()

    def show_progress(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        self.notice.show()
        self.notice.show_progress(what, done, total)

    def hide_progress(self) -> None:
        """It is over."""
        self.notice.hide()

    def show_text(self, text: str) -> None:
        """Say something in place of the film."""
        self._stop()
        self.film.hide()
        self.strip.hide()
        self.notice.show()
        self.notice.show_text(text)

    def forget(self) -> None:
        """There is no walk."""
        self._images = None
        self.end.show_nothing("?")
        self._play.setEnabled(False)
        self._export.setEnabled(False)
        self.show_text(
            "Choose another image, and see what lies between: the latent vector turns from one to the other."
        )

    # -- the film ------------------------------------------------------------------------------------------------------

    def _toggle(self) -> None:
        if self._timer.isActive():
            self._stop()
        else:
            self._start()

    def _start(self) -> None:
        if self._images is not None:
            self._timer.start()
            set_icon(self._play, "pause")
            self._play.setText("Pause")

    def _stop(self) -> None:
        self._timer.stop()
        set_icon(self._play, "play")
        self._play.setText("Play")

    def _next(self) -> None:
        if self._images is None:
            return
        count = len(self._images)
        self._place += 1
        # A walk that does not come back by itself is played forwards and backwards.
        period = count if self.is_loop else max(1, 2 * count - 2)
        place = self._place % period
        self.film.show_image(self._images[place if place < count else period - place])

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_button(self, name: str, text: str, icon: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.rstrip("…"))
        button.setToolTip(tip)
        if icon:
            set_icon(button, icon)
        return button

    def _make_frames(self) -> FocusedWheelSpin:
        spin = FocusedWheelSpin()
        spin.setObjectName("inspectorWalkFrames")
        spin.setAccessibleName("Images of the walk")
        spin.setToolTip("How many images the whole walk has: 30 are one second of a film")
        spin.setRange(4, 900)
        spin.setValue(FRAMES)
        spin.setKeyboardTracking(False)
        align_spin_box(spin)
        return spin

    def _connect(self) -> None:
        self._grid.clicked.connect(self.gridWanted)
        self._random.clicked.connect(self.randomWanted)
        self._play.clicked.connect(self._toggle)
        self._export.clicked.connect(self.exportWanted)
        self._frames.valueChanged.connect(self.wanted)
        self._loop.toggled.connect(self.wanted)
        self._timer.timeout.connect(self._next)
        self.notice.setFixedWidth(_NOTICE)
        self.notice.pressed.connect(self.cancelPressed)

    def _lay_out(self) -> None:
        for thumb in (self.start, self.end):
            thumb.setFixedSize(_THUMB)
        arrow = QLabel("→")
        label = QLabel("Images")
        label.setBuddy(self._frames)
        choose = QHBoxLayout()
        choose.setSpacing(6)
        choose.addWidget(self._grid)
        choose.addWidget(self._random)
        choose.addStretch(1)
        settings = QHBoxLayout()
        settings.setSpacing(6)
        settings.addWidget(label)
        settings.addWidget(self._frames)
        settings.addWidget(self._loop)
        settings.addStretch(1)
        actions = QVBoxLayout()
        actions.setSpacing(6)
        actions.addLayout(choose)
        actions.addLayout(settings)
        actions.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(8)
        for widget in (self.start, arrow, self.end):
            top.addWidget(widget)
        top.addLayout(actions, 1)
        below = QHBoxLayout()
        below.addWidget(self._play)
        below.addWidget(self._export)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(self.film, 3)
        column.addLayout(below)
        column.addWidget(self.strip, 2)
        column.addStretch(0)
        column.setAlignment(self.notice, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
