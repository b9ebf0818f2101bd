"""The timeline under the grid: back to any earlier sample, or all of them as a film."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from studio.colours import Role
from studio.icons import set_icon
from studio.views.combo import FocusedWheelCombo
from studio.views.step_slider import Mark, StepSlider

SPEEDS = (2, 5, 10, 30)
DEFAULT_SPEED = 10
NARROW = 460
"""Below this width the choice of speed is left out."""
MUTED: Role = "muted"
CHANGED: Role = "warning"
EMPTY_TEXT = "No samples yet: start a training"


class Timeline(QWidget):
    """A slider over the steps at which there are samples.

    While live it stays at the newest sample. Whoever looks at an earlier one is not moved by new ones; reaching the
    newest again, by hand or at the end of the film, is live again.

    Signals:
        stepSelected(int): an earlier sample was chosen, by hand or by the film.
        liveRequested(): the newest sample is to be shown, and those after it.
    """

    stepSelected = Signal(int)
    liveRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline of samples")
        self._steps: list[int] = []
        self._epochs: dict[int, float] = {}
        self._checkpoints: tuple[int, ...] = ()
        self._edits: tuple[int, ...] = ()
        self._live = True
        self._place, self._direction = 0, 1  # where the slider was last, and which way it went
        self._film = QTimer(self)
        self._film.timeout.connect(self._next_frame)
        self._play = self._make_button("timelinePlay", "play", "Play", "Play the samples as a film (Space)")
        self._slider = self._make_slider()
        self._speed = self._make_speed()
        self._label = self._make_label()
        self._live_button = self._make_button("timelineLive", None, "Live", "Show the newest sample (End)")
        self._live_button.setCheckable(True)
        self._lay_out()
        self._play.clicked.connect(self._toggle_film)
        self._slider.valueChanged.connect(self._moved_by_hand)
        self._speed.currentIndexChanged.connect(self._set_speed)
        self._live_button.clicked.connect(self.go_live)
        self._refresh()

    # Building

    def _make_button(self, name: str, icon: str | None, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if icon:
            set_icon(button, icon)
            button.setIconSize(QSize(16, 16))
        return button

    def _make_slider(self) -> StepSlider:
        slider = StepSlider(Qt.Orientation.Horizontal, self)
        slider.setObjectName("timelineSlider")
        slider.setAccessibleName("Step of the sample shown")
        slider.setToolTip(
            "Drag to go back to an earlier sample.\nLeft and right, Home and End; Space plays.\n"
            "Ticks below it: checkpoints in grey; changed settings, or a fork, in colour."
        )
        slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        slider.setMinimumWidth(50)
        slider.spacePressed.connect(self._toggle_film)
        return slider

    def _make_speed(self) -> QComboBox:
        combo = FocusedWheelCombo(self)
        combo.setObjectName("timelineSpeed")
        combo.setAccessibleName("Speed of the film")
        combo.setToolTip("Speed of the film: samples a second")
        for speed in SPEEDS:
            combo.addItem(f"{speed} / s", speed)
        combo.setCurrentIndex(SPEEDS.index(DEFAULT_SPEED))
        return combo

    def _make_label(self) -> QLabel:
        label = QLabel(self)
        label.setObjectName("timelineLabel")
        label.setAccessibleName("Sample shown")
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return label

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        row.addWidget(self._label)
        row.addWidget(self._speed)
        row.addWidget(self._live_button)

    def minimumSizeHint(self) -> QSize:
        """Room for all but the speed, which gives way first."""
        hint = super().minimumSizeHint()
        spare = 0 if self._speed.isHidden() else self._speed.sizeHint().width() + 8
        return QSize(hint.width() - spare, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._speed.setVisible(event.size().width() >= NARROW)

    # What is there

    @property
    def current_step(self) -> int | None:
        """The step of the sample shown, or None without samples."""
        return self._steps[self._slider.value()] if self._steps else None

    @property
    def is_live(self) -> bool:
        """Whether the newest sample is followed."""
        return self._live

    @property
    def is_playing(self) -> bool:
        """Whether the film runs."""
        return self._film.isActive()

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps at which there are samples."""
        return tuple(self._steps)

    def set_steps(self, steps: Sequence[int], epochs: Sequence[float] = ()) -> None:
        """Take these samples in place of all, and go live. Emits nothing."""
        self._stop_film()
        self._checkpoints = self._edits = ()
        self._steps = sorted(set(steps))
        self._epochs = dict(zip(steps, epochs, strict=False))
        self._live = True
        self._show(len(self._steps) - 1)

    def add_step(self, step: int, epoch: float | None = None) -> None:
        """There is one more sample. While live the slider goes along, else it stays. Emits nothing."""
        if epoch is not None:
            self._epochs[step] = epoch
        shown = self.current_step
        place = bisect_left(self._steps, step)
        if self._steps[place : place + 1] != [step]:
            self._steps.insert(place, step)
        newest = len(self._steps) - 1
        self._show(newest if self._live or shown is None else self._steps.index(shown))

    def discard(self, steps: Iterable[int]) -> None:
        """These samples are gone. Emits nothing, unless the one looked at is among them: then that before it is."""
        shown, gone = self.current_step, set(steps)
        self._steps = [step for step in self._steps if step not in gone]
        if self._live or shown is None or not self._steps:
            self._show(len(self._steps) - 1)
            return
        self._show(max(0, bisect_left(self._steps, shown + 1) - 1))
        if shown in gone:
            self._moved_by_hand(self._slider.value())

    def set_marks(self, checkpoints: Iterable[int], edits: Iterable[int]) -> None:
        """Show where there are checkpoints, and where settings changed, until there are other samples."""
        self._checkpoints, self._edits = tuple(checkpoints), tuple(edits)
        self._show_marks()

    def _show_marks(self) -> None:
        marks: list[Mark] = []
        for steps, role in ((self._checkpoints, MUTED), (self._edits, CHANGED)):
            marks += [(self._along(step), role) for step in steps if self._steps and self._steps[0] <= step]
        self._slider.set_marks([mark for mark in marks if mark[0] <= 1])

    def _along(self, step: int) -> float:
        """Where a step lies between the samples around it, from 0 to 1; more where it is after them all."""
        place = bisect_left(self._steps, step)
        if place == len(self._steps):
            return 2.0
        if self._steps[place] > step:
            before, after = self._steps[place - 1], self._steps[place]
            return (place - 1 + (step - before) / (after - before)) / max(1, len(self._steps) - 1)
        return place / max(1, len(self._steps) - 1)

    def neighbours(self, count: int) -> list[int]:
        """Steps that are likely to be looked at next, the likeliest first: onwards, and a few behind."""
        if not self._steps:
            return []
        at, onwards = self._slider.value(), self._direction
        places = [at + onwards * away for away in range(1, count + 1)]
        places += [at - onwards * away for away in range(1, count // 4 + 1)]
        return [self._steps[place] for place in places if 0 <= place < len(self._steps)]

    def clear(self) -> None:
        """Forget all samples and go live. Emits nothing."""
        self.set_steps(())

    def select(self, step: int) -> None:
        """Go to the sample at this step, or to the one before it, as if by hand."""
        if self._steps:
            self._slider.setValue(max(0, bisect_left(self._steps, step + 1) - 1))

    def go_live(self) -> None:
        """Show the newest sample, and those after it."""
        self._stop_film()
        self._live = True
        self._show(len(self._steps) - 1)
        self.liveRequested.emit()

    # The film

    def _toggle_film(self) -> None:
        if self.is_playing:
            self._stop_film()
        elif len(self._steps) > 1:
            self._start_film()
        self._refresh()

    def _start_film(self) -> None:
        if self._slider.value() == len(self._steps) - 1:
            self._slider.setValue(0)
        self._film.start(1000 // int(self._speed.currentData()))
        self._show_play_button()

    def _stop_film(self) -> None:
        self._film.stop()
        self._show_play_button()

    def _next_frame(self) -> None:
        self._slider.setValue(self._slider.value() + 1)

    def _set_speed(self) -> None:
        if self.is_playing:
            self._film.start(1000 // int(self._speed.currentData()))

    def _show_play_button(self) -> None:
        set_icon(self._play, "pause" if self.is_playing else "play")
        self._play.setAccessibleName("Pause" if self.is_playing else "Play")

    # Moving

    def _moved_by_hand(self, place: int) -> None:
        self._direction = 1 if place >= self._place else -1
        self._place = place
        if place == len(self._steps) - 1:
            self.go_live()
            return
        self._live = False
        self._refresh()
        self.stepSelected.emit(self._steps[place])

    def _show(self, place: int) -> None:
        """Move the slider without a signal."""
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(0, len(self._steps) - 1))
        self._slider.setPageStep(max(1, len(self._steps) // 10))
        self._slider.setValue(max(0, place))
        self._slider.blockSignals(False)
        self._show_marks()
        self._place = self._slider.value()
        self._refresh()

    def _refresh(self) -> None:
        several = len(self._steps) > 1
        self._slider.setEnabled(several)
        self._play.setEnabled(several)
        self._speed.setEnabled(several)
        self._live_button.setEnabled(bool(self._steps))
        self._live_button.setChecked(self._live)
        self._label.setText(self._text())
        if self._steps:
            # The widest text so far: nothing jumps while the film runs.
            metrics, last = self._label.fontMetrics(), f"{self._steps[-1]:,}"
            epoch = f" · epoch {max(self._epochs.values()):,.1f}" if self._epochs else ""
            widest = f"step {last} of {last}{epoch}"
            self._label.setMinimumWidth(metrics.horizontalAdvance("".join("0" if c.isdigit() else c for c in widest)))
        else:
            self._label.setMinimumWidth(0)

    @property
    def text(self) -> str:
        """The label."""
        return self._label.text()

    def _text(self) -> str:
        step = self.current_step
        if step is None:
            return EMPTY_TEXT
        epoch = f" · epoch {self._epochs[step]:,.1f}" if step in self._epochs else ""
        return f"step {step:,} of {self._steps[-1]:,}{epoch}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() == Qt.Key.Key_Space:
            self._toggle_film()
        elif event.key() == Qt.Key.Key_Home:
            self._slider.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.go_live()
        elif event.key() in keys:
            self._slider.setValue(self._slider.value() + keys[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop_film()
