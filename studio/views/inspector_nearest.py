"""The inspector's first page: the real images that resemble the image most."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.theme import colour, theme_notifier
from studio.views.captioned_images import CaptionedImages
from studio.views.combo import FocusedWheelCombo
from studio.views.grid_panel import Images
from studio.views.notice import Notice

_NOTICE = 360


class NearestPage(QWidget):
    """Nearest real images with their distances, and whether the image is a copy.

    Signals:
        spaceChosen(str): "pixels" or "features".
        noticePressed(): the button of `notice`.

    Attributes:
        images: the real images.
        notice: says why there are none, or how far the search is.
    """

    spaceChosen = Signal(str)
    noticePressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorNearest")
        self._space = FocusedWheelCombo()
        self._space.setObjectName("inspectorSpace")
        self._space.setAccessibleName("What must be alike")
        self._space.setToolTip(
            "Pixels: the same brightness at the same place.\nWhat is seen: the same thing, as a small classifier sees "
            "it that is trained once on your images; the first time that takes some seconds."
        )
        self._space.addItem("Pixels", "pixels")
        self._space.addItem("What is seen in them", "features")
        self._space.currentIndexChanged.connect(lambda: self.spaceChosen.emit(self.space))
        self._reading = QLabel()
        self._reading.setObjectName("inspectorReading")
        self._reading.setAccessibleName("Whether it is a copy")
        self._reading.setTextFormat(Qt.TextFormat.PlainText)
        self._reading.setWordWrap(True)
        self._reading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._reading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._is_alarming = False
        self.images = CaptionedImages("inspectorReal", "Nearest real images", "real")
        self.notice = Notice("inspectorNearestNotice", Qt.AlignmentFlag.AlignLeft)
        self.notice.setFixedWidth(_NOTICE)
        self.notice.pressed.connect(self.noticePressed)
        self._lay_out()
        theme_notifier().themeChanged.connect(self._restyle)

    @property
    def space(self) -> str:
        """What must be alike."""
        return str(self._space.currentData())

    @property
    def reading(self) -> str:
        """What the distance means."""
        return self._reading.text()

    def show_found(self, images: Images, captions: Sequence[str], reading: str, *, alarming: bool) -> None:
        """Show real images uint8 [N, H, W, C]."""
        self.notice.hide()
        self._is_alarming = alarming
        self._reading.setText(reading)
        self._reading.show()
        self._restyle()
        self.images.show_images(images, captions)
        self.images.show()

    def show_progress(self, what: str, done: int, total: int) -> None:
        """Say how far the search is."""
        self._show_notice()
        self.notice.show_progress(what, done, total)

    def show_reason(self, text: str, action: str = "") -> None:
        """Say why there is nothing."""
        self._show_notice()
        self.notice.show_text(text, action, action)

    def _show_notice(self) -> None:
        self._reading.hide()
        self.images.hide()
        self.notice.show()

    def _restyle(self) -> None:
        alarm = f"color: {colour('warning').name()}; font-weight: 600;"
        self._reading.setStyleSheet(alarm if self._is_alarming else "")

    def _lay_out(self) -> None:
        label = QLabel("Alike in")
        label.setBuddy(self._space)
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self._space)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._reading)
        column.addWidget(self.notice)
        column.addWidget(self.images, 1)
        column.addStretch(0)
        column.setAlignment(self.notice, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
