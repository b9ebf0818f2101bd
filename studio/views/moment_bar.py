"""What held at the step that is looked at, and what can be done from there."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.icons import set_icon
from studio.theme import theme_notifier
from studio.views.compare_column import ElidedLabel

NARROW = 620
"""Points; below it the buttons are short, or only icons."""


@dataclass(frozen=True)
class Moment:
    """A step of a run, in words.

    Attributes:
        settings: those in force, in a few words.
        edits: the newest live edit until there, and how many there are; "" for none.
        checkpoint: which one is nearest, and how far away it is; "" where the run has none.
    """

    step: int
    settings: str
    edits: str = ""
    checkpoint: str = ""

    @property
    def second_line(self) -> str:
        """Checkpoint and edits."""
        return " · ".join(part for part in (self.checkpoint or "No checkpoint yet", self.edits) if part)


class MomentBar(QFrame):
    """Two lines of text, and the buttons beside them.

    Signals:
        generateRequested(): new images are wanted from the nearest checkpoint.
        forkRequested(): a new run is to begin there.
        exportRequested(): the images shown are to be saved.
        detailsRequested(): all settings, edits and checkpoints are to be shown.

    Attributes:
        moment: what is shown, or None.
    """

    generateRequested = Signal()
    forkRequested = Signal()
    exportRequested = Signal()
    detailsRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("momentBar")
        self.setAccessibleName("The step that is looked at")
        self.moment: Moment | None = None
        self._settings = ElidedLabel("momentSettings", "")
        self._facts = ElidedLabel("momentFacts", "")
        self._details = self._tool("momentDetails", "info", "Details", "All settings in force at this step, and edits")
        self._generate = self._push("momentGenerate", "dice", "Generate anew")
        self._export = self._tool("momentExport", "export", "Export these images", "Save the images shown (Ctrl+E)")
        self._fork = self._push("momentFork", "", "Fork from here…")
        self._details.clicked.connect(self.detailsRequested)
        self._generate.clicked.connect(self.generateRequested)
        self._export.clicked.connect(self.exportRequested)
        self._fork.clicked.connect(self.forkRequested)
        self._lay_out()
        theme_notifier().themeChanged.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_moment(self, moment: Moment | None) -> None:
        """Describe this step; None hides the bar."""
        before, self.moment = self.moment, moment
        if moment is not None and moment != before:
            self._settings.set_full_text(moment.settings)
            self._facts.set_full_text(moment.second_line)
            self._offer(moment.checkpoint)
        self.setVisible(moment is not None)

    def _offer(self, checkpoint: str) -> None:
        why_not = "The run has no checkpoint yet to go on from"
        tips = {
            self._generate: f"Images from new random numbers, made by the {checkpoint[:1].lower()}{checkpoint[1:]}",
            self._fork: "Put the nearest checkpoint into the form: change what you like, then Continue begins a new "
            "run from there",
        }
        for button, tip in tips.items():
            button.setEnabled(bool(checkpoint))
            button.setToolTip(tip if checkpoint else why_not)

    def _push(self, name: str, icon: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        if icon:
            set_icon(button, icon)
        return button

    def _tool(self, name: str, icon: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setIconSize(QSize(16, 16))
        set_icon(button, icon)
        return button

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._settings)
        texts.addWidget(self._facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 8, 5)
        row.setSpacing(6)
        row.addLayout(texts, 1)
        for button in (self._details, self._export, self._generate, self._fork):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = event.size().width() >= NARROW
        self._generate.setText("Generate anew" if roomy else "")
        self._fork.setText("Fork from here…" if roomy else "Fork…")

    def _restyle(self) -> None:
        scheme = theme_notifier().scheme
        self.setStyleSheet(f"#momentBar {{ border: none; border-top: 1px solid {scheme.line}; }}")
        self._facts.setStyleSheet(f"color: {scheme.muted};")
