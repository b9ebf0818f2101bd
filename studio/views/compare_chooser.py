"""Which of many runs are shown: a row of toggles."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QWidget

from studio.views.run_looks import SWATCH, run_icon

LONGEST = 180


class CompareChooser(QWidget):
    """A button a run; those that are shown are pressed and wear their line.

    Signals:
        toggled(int, bool): the person wants to see this run, or no longer.

    Attributes:
        buttons: one a run.
    """

    toggled = Signal(int, bool)

    def __init__(self, least: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareChooser")
        self.setAccessibleName("Runs to show")
        self._least, self._most = least, most
        self._looks: dict[int, int] = {}
        self.buttons: list[QToolButton] = []
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setContentsMargins(0, 6, 0, 0)
        self._inside = QWidget()
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        area = QScrollArea()
        area.setObjectName("compareChooserScroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._inside)
        area.setFixedHeight(self.fontMetrics().height() + 12 + area.horizontalScrollBar().sizeHint().height())
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self._note, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(area, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_runs(self, labels: Sequence[str]) -> None:
        """Offer these."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._make_button(index, label) for index, label in enumerate(labels)]
        for index, button in enumerate(self.buttons):
            self._row.insertWidget(index, button)

    def show_chosen(self, looks: dict[int, int]) -> None:
        """Press the buttons of the runs that are shown; run → number of its colour and dash."""
        self._looks = dict(looks)
        full, few = len(looks) >= self._most, len(looks) <= self._least
        for index, button in enumerate(self.buttons):
            chosen = index in looks
            button.blockSignals(True)
            button.setChecked(chosen)
            button.blockSignals(False)
            button.setEnabled(not (few if chosen else full))
            button.setToolTip(self._tip(button.accessibleName(), chosen=chosen, fixed=not button.isEnabled()))
        self._note.setText(f"{len(looks)} of {len(self.buttons)} runs:")
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours."""
        for index, button in enumerate(self.buttons):
            shown = index in self._looks
            style = Qt.ToolButtonStyle
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if shown else style.ToolButtonTextOnly)
            if shown:
                button.setIcon(run_icon(self._looks[index], self.devicePixelRatioF()))

    @property
    def chosen(self) -> Collection[int]:
        """The runs that are shown."""
        return self._looks.keys()

    def _make_button(self, index: int, label: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"compareChoose{index}")
        button.setAccessibleName(label)
        button.setText(" " + button.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, LONGEST))
        button.setIconSize(SWATCH)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.toggled.connect(lambda on, index=index: self.toggled.emit(index, on))
        return button

    def _tip(self, label: str, *, chosen: bool, fixed: bool) -> str:
        label = label.replace("<", "‹")
        if fixed:
            why = f"at least {self._least} are shown" if chosen else f"{self._most} are shown: switch one off first"
            return f"{label}\n{why[0].upper()}{why[1:]}."
        return f"{label}\nClick to {'leave it out' if chosen else 'show it'}."

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
