"""Vary settings: choose them, give each its values, see which runs that makes."""

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ganengine.config import TrainConfig
from ganengine.plans import Plan
from studio.icons import icon, set_icon
from studio.theme import align_spin_box, colour
from studio.views.combo import FocusedWheelSpin
from studio.views.plan_dialog_axis import AxisCard, axes_of
from studio.views.plan_dialog_fields import FieldList
from studio.views.plan_dialog_values import SEED, Checked, check, fields_of

_WAIT_MS = 120  # after the last key, before all combinations are looked at
_MOST_SEEDS = 100
_HINT = "Tick the settings to vary on the left. Several give all combinations of their values."


class PlanDialog(QDialog):
    """Settings on the left, their values in the middle, the runs that come of it on the right.

    Attributes:
        plan: the plan, while it can be carried out; else None.
        starts_now: whether the person wants it to begin at once.
        fields: the list of settings.
        cards: path → the card of a setting that is varied.
        runs: the names of the runs.
    """

    def __init__(self, base: TrainConfig, *, can_start: bool = True, parent: QWidget | None = None) -> None:
        """
        Args:
            can_start: whether nothing is trained now, so that the runs could begin.
        """
        super().__init__(parent)
        self.setObjectName("planDialog")
        self.setWindowTitle("Vary settings")
        self.resize(960, 600)
        self.plan: Plan | None = None
        self.starts_now = False
        self.cards: dict[str, AxisCard] = {}
        self._base = base
        self._known = {field.path: field for field in fields_of(base)}
        self.fields = FieldList(list(self._known.values()))
        self.runs = _run_list()
        self._can_start = can_start
        self._seeds = self._make_seeds()
        self._title = self._make_title()
        self._count = QLabel()
        self._count.setObjectName("planCount")
        self._count.setProperty("heading", True)
        self._problem = QLabel()
        self._problem.setObjectName("planProblem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._hint = QLabel(_HINT)
        self._hint.setWordWrap(True)
        self._hint.setProperty("muted", True)
        self._column = QVBoxLayout()
        self._add, self._start = self._make_buttons()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_WAIT_MS)
        self._soon.timeout.connect(self.look)
        self._lay_out()
        self.fields.ticked.connect(self._on_ticked)
        self._seeds.valueChanged.connect(self._look_soon)
        self._title.textChanged.connect(self._look_soon)
        self.look()
        self.fields.setFocus()

    def vary(self, path: str) -> AxisCard:
        """Vary a setting; its card."""
        self.fields.tick(path)
        return self.cards[path]

    @Slot()
    def look(self) -> None:
        """See which runs come of what is given, and what is wrong with them."""
        self._soon.stop()
        axes = axes_of(list(self.cards.values()))
        if axes is None:
            found = Checked(None, "Some values cannot be used: see beside them.", {})
        else:
            seeds = self._seeds.value() if self._seeds.isEnabled() else 1
            found = check(self._base, axes, seeds, self._title.text().strip())
        self.plan = found.plan if found.plan and not found.broken else None
        self._title.setPlaceholderText(found.plan.title if found.plan else "A name for these runs")
        self._show(found)

    # -- inside --------------------------------------------------------------------------------------------------------

    @Slot()
    def _look_soon(self) -> None:
        self._soon.start()

    def _show(self, found: Checked) -> None:
        count = len(found.variations)
        self._count.setText("No runs yet" if not count else "1 run" if count == 1 else f"{count} runs")
        self.runs.clear()
        for index, variation in enumerate(found.variations):
            item = QListWidgetItem(variation.name)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 8))
            item.setToolTip(found.broken.get(index, variation.name))
            if index in found.broken:
                item.setIcon(icon("error", "error"))
                item.setForeground(QBrush(colour("error")))
            self.runs.addItem(item)
        first = next(iter(found.broken.values()), "")
        self._problem.setText(first or found.problem)
        self._problem.setStyleSheet(f"color: {colour('error' if first else 'muted').name()};")
        self._problem.setVisible(bool(first or found.problem))
        self._add.setEnabled(self.plan is not None)
        self._start.setEnabled(self.plan is not None and self._can_start)

    @Slot(str, bool)
    def _on_ticked(self, path: str, on: bool) -> None:
        if on and path not in self.cards:
            card = AxisCard(self._known[path], self._base)
            card.changed.connect(self._look_soon)
            card.removed.connect(lambda which: self.fields.tick(which, False))
            card.twinTaken.connect(self._on_twin)
            self.cards[path] = card
            self._column.insertWidget(len(self.cards) - 1, card)
            card.edit()
        elif not on and path in self.cards:
            card = self.cards.pop(path)
            self.fields.lock(card.field.twin, False)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._hint.setVisible(not self.cards)
        self._seeds.setEnabled(SEED not in self.cards)
        self._soon.start()

    @Slot(str, bool)
    def _on_twin(self, path: str, on: bool) -> None:
        if on:
            self.fields.tick(path, False)
        self.fields.lock(path, on)

    @Slot()
    def _accept(self) -> None:
        self.look()
        if self.plan is not None:
            self.starts_now = self.sender() is self._start
            self.accept()

    def _make_seeds(self) -> FocusedWheelSpin:
        spin = FocusedWheelSpin()
        spin.setObjectName("planSeeds")
        spin.setAccessibleName("Seeds for each combination")
        spin.setToolTip("Train each combination this many times, with a seed of its own each: chance or effect?")
        spin.setRange(1, _MOST_SEEDS)
        align_spin_box(spin)
        return spin

    def _make_title(self) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName("planTitle")
        line.setAccessibleName("Name of the plan")
        line.setToolTip("What the queue and the comparison call these runs")
        line.setMaxLength(80)
        return line

    def _make_buttons(self) -> tuple[QPushButton, QPushButton]:
        add, start = QPushButton("Add to the queue"), QPushButton("Start now")
        add.setObjectName("planAdd")
        add.setToolTip("Put the runs at the end of the queue")
        set_icon(add, "queue-add")
        start.setObjectName("planStart")
        start.setToolTip(
            "Begin with the first run at once" if self._can_start else "Something is trained: add them to the queue"
        )
        (start if self._can_start else add).setProperty("primary", True)
        for button in (add, start):
            button.setAutoDefault(False)  # Return in a field must not begin a training
            button.setAccessibleName(button.text())
            button.clicked.connect(self._accept)
        return add, start

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(12)
        sides.addWidget(self.fields, 10)
        sides.addLayout(self._middle(), 11)
        sides.addLayout(self._right(), 8)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton(self._add, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self._start, QDialogButtonBox.ButtonRole.ActionRole)
        box.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(sides, 1)
        column.addWidget(box)

    def _middle(self) -> QVBoxLayout:
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, 4, 0)
        cards.setSpacing(8)
        self._column.setSpacing(8)
        cards.addWidget(self._hint)
        cards.addLayout(self._column)
        cards.addStretch(1)
        area = QScrollArea()
        area.setObjectName("planCards")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        label = QLabel("Seeds for each combination")
        label.setBuddy(self._seeds)
        seeds = QHBoxLayout()
        seeds.addWidget(label, 1)
        seeds.addWidget(self._seeds)
        column = QVBoxLayout()
        column.addWidget(_heading("Values"))
        column.addWidget(area, 1)
        column.addLayout(seeds)
        return column

    def _right(self) -> QVBoxLayout:
        label = QLabel("Name")
        label.setBuddy(self._title)
        name = QHBoxLayout()
        name.addWidget(label)
        name.addWidget(self._title, 1)
        column = QVBoxLayout()
        column.addWidget(self._count)
        column.addWidget(self.runs, 1)
        column.addWidget(self._problem)
        column.addLayout(name)
        return column


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("heading", True)
    return label


def _run_list() -> QListWidget:
    runs = QListWidget()
    runs.setObjectName("planRuns")
    runs.setAccessibleName("The runs that would be made")
    runs.setToolTip("What differs in each run, in the order of training")
    runs.setUniformItemSizes(True)
    runs.setIconSize(QSize(14, 14))
    return runs
