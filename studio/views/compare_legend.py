"""Which curve is whose, where all runs are in one plot: a button a run, which shows or hides its curves."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from studio.views.run_looks import SWATCH, RunLook, run_icon

WIDEST = 260


class CompareLegend(QWidget):
    """Buttons in one row or two.

    Signals:
        hiddenChanged(object): the frozenset of the runs that are to be left out.
    """

    hiddenChanged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareLegend")
        self.setAccessibleName("Runs in the plots")
        self._runs: Sequence[RunLook] = ()
        self._buttons: list[QToolButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2)
        self._grid.setVerticalSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def hidden(self) -> frozenset[int]:
        """The runs that are left out."""
        return frozenset(index for index, button in enumerate(self._buttons) if not button.isChecked())

    def set_runs(self, runs: Sequence[RunLook]) -> None:
        """Begin anew with these, all of them shown."""
        for button in self._buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._runs = runs
        self._buttons = [self._make_button(index, run) for index, run in enumerate(runs)]
        self._place()

    def _make_button(self, index: int, run: RunLook) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"compareCurve{index}")
        button.setAccessibleName(f"Show the curves of {run.label}")
        button.setToolTip(f"{run.label}\nClick to hide or show the curves.".replace("<", "‹"))
        button.setIcon(run_icon(run.look, self.devicePixelRatioF()))
        button.setIconSize(SWATCH)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setStyleSheet("QToolButton { padding: 1px 4px; } QToolButton:checked { background: transparent; }")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setChecked(True)
        button.toggled.connect(self._on_toggled)
        return button

    def _on_toggled(self) -> None:
        for run, button in zip(self._runs, self._buttons, strict=True):
            font = button.font()
            font.setStrikeOut(not button.isChecked())
            button.setFont(font)
            button.setAccessibleDescription("shown" if button.isChecked() else f"{run.label} is hidden")
        self.hiddenChanged.emit(self.hidden)

    def _place(self) -> None:
        """In one row if all names can be read there, else in two; what is still too long is cut."""
        count = len(self._buttons)
        wanted = [
            min(button.fontMetrics().horizontalAdvance(run.label) + SWATCH.width() + 24, WIDEST)
            for button, run in zip(self._buttons, self._runs, strict=True)
        ]
        across = count if sum(wanted) + 2 * count <= self.width() or count < 4 else -(-count // 2)
        share = self.width() // max(across, 1) - 2
        for index, (run, button) in enumerate(zip(self._runs, self._buttons, strict=True)):
            room = min(share, WIDEST) - SWATCH.width() - 22
            button.setText(" " + button.fontMetrics().elidedText(run.label, Qt.TextElideMode.ElideRight, room))
            self._grid.addWidget(button, *divmod(index, across))
        for column in range(self._grid.columnCount() + 1):
            self._grid.setColumnStretch(column, int(column == across))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def restyle(self) -> None:
        """Take the theme's colours."""
        for run, button in zip(self._runs, self._buttons, strict=True):
            button.setIcon(run_icon(run.look, self.devicePixelRatioF()))
