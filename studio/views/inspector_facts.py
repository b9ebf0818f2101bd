"""The inspected image, and what is known of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.icons import set_icon
from studio.views.big_image import BigImage
from studio.views.combo import FocusedWheelCombo
from studio.views.score_scale import ScoreScale


class InspectorFacts(QWidget):
    """The left side of the inspector.

    Signals:
        classChosen(int): make the image of another class.
        backWanted(), copyLatentWanted(), copyImageWanted(), saveWanted(): the buttons.
        newerWanted(): look at it with the newest checkpoint.

    Attributes:
        picture: the image.
        scale: D's answer among others.
    """

    classChosen = Signal(int)
    backWanted = Signal()
    copyLatentWanted = Signal()
    copyImageWanted = Signal()
    saveWanted = Signal()
    newerWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorFacts")
        self.picture = BigImage("inspectorPicture", "The inspected image")
        self.scale = ScoreScale()
        self._title = _label("inspectorTitle", "Which image", heading=True)
        self._origin = _label("inspectorOrigin", "Where it comes from", muted=True)
        self._score = _label("inspectorScore", "What the discriminator thinks")
        self._latent = _label("inspectorLatent", "Its latent vector", muted=True)
        self._class = FocusedWheelCombo()
        self._class_row = self._make_class_row()
        self._back = _button("inspectorBack", "Back", "reset", "The image that was inspected before")
        self._copy_latent = _button(
            "inspectorCopyLatent", "Copy latent", "copy", "Copy the latent vector and all that makes this image again"
        )
        self._copy_image = _button("inspectorCopyImage", "Copy image", "copy", "Copy the image to the clipboard")
        self._save = _button("inspectorSave", "Save…", "save", "Save the image as a PNG, its latent vector with it")
        self._newer = QPushButton()
        self._newer.setObjectName("inspectorNewer")
        self._newer.hide()
        self._lay_out()
        self._class.activated.connect(self.classChosen)
        self._back.clicked.connect(self.backWanted)
        self._copy_latent.clicked.connect(self.copyLatentWanted)
        self._copy_image.clicked.connect(self.copyImageWanted)
        self._save.clicked.connect(self.saveWanted)
        self._newer.clicked.connect(self.newerWanted)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_subject(self, classes: Sequence[str]) -> None:
        """Offer these classes; none where the generator knows none."""
        self._class.clear()
        for name in classes:
            self._class.addItem(name)
        self._class_row.setVisible(bool(classes))

    def show_image(self, title: str, origin: str, latent: str, label: int | None, *, can_go_back: bool) -> None:
        """Say what the image is."""
        self._title.setText(title)
        self._origin.setText(origin)
        self._latent.setText(latent)
        if label is not None:
            self._class.setCurrentIndex(label)
        self._back.setEnabled(can_go_back)

    def show_score(self, text: str) -> None:
        """Say what D thinks of it."""
        self._score.setText(text)

    def show_newer(self, step: int | None) -> None:
        """Offer a newer checkpoint, or none."""
        if step is not None:
            self._newer.setText(f"Look with step {step:,}")
            self._newer.setAccessibleName(self._newer.text())
            self._newer.setToolTip("The training has saved a newer checkpoint: make the same image with that one")
        self._newer.setVisible(step is not None)

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """Title, origin, score and latent, as they are read."""
        return self._title.text(), self._origin.text(), self._score.text(), self._latent.text()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_class_row(self) -> QWidget:
        self._class.setObjectName("inspectorClass")
        self._class.setAccessibleName("Class of the image")
        self._class.setToolTip("Make the image of another class, from the same latent vector")
        label = QLabel("Class")
        label.setBuddy(self._class)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label)
        line.addWidget(self._class, 1)
        return row

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in (self._back, self._copy_image, self._save):
            buttons.addWidget(button)
        buttons.addStretch(1)
        latent = QHBoxLayout()
        latent.setSpacing(2)
        latent.addWidget(self._latent, 1)
        latent.addWidget(self._copy_latent, 0, Qt.AlignmentFlag.AlignTop)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 6, 0)
        inside.setSpacing(6)
        inside.setSizeConstraint(QLayout.SizeConstraint.SetMinAndMaxSize)
        for widget in (self._title, self._origin, self._newer, self._class_row, self._score, self.scale):
            inside.addWidget(widget)
        inside.addLayout(latent)
        inside.addStretch(1)
        area = QScrollArea()
        area.setObjectName("inspectorFactsScroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.picture)
        column.addLayout(buttons)
        column.addWidget(area, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A square, unless that leaves too little for the words.
        self.picture.setFixedHeight(max(80, min(event.size().width(), event.size().height() * 45 // 100)))


def _label(name: str, title: str, *, heading: bool = False, muted: bool = False) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if heading:
        label.setProperty("heading", True)
    if muted:
        label.setProperty("muted", True)
    return label


def _button(name: str, text: str, icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setAccessibleName(text)
    button.setToolTip(f"{text.rstrip('…')}: {tip[0].lower()}{tip[1:]}" if text != "Back" else tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    set_icon(button, icon)
    return button
