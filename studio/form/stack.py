"""The sections under each other, in a scroll area."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from ganengine.config import TrainConfig
from studio.form.draft import SECTIONS
from studio.form.row import SettingRow
from studio.form.section import FormSection
from studio.theme import colour, theme_notifier

FOLDED_AT_FIRST = (
    "discriminator",
    "loss",
    "regularization",
    "augment",
    "schedule",
    "compute",
    "evaluation",
    "recording",
)


class SectionStack(QScrollArea):
    """All sections of `TrainConfig`, in its order. Scrolls up and down only.

    Attributes:
        sections: by name.

    Signals:
        edited(path), committed(path): from the rows.
    """

    edited = Signal(str)
    committed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("formScroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the rows do not change their width when a section is folded.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._locked = False
        self.sections = {name: self._made(name) for name in SECTIONS}
        self._nothing = QLabel()
        self._lay_out()
        theme_notifier().themeChanged.connect(self._colour_locked)

    def rows(self) -> Iterator[SettingRow]:
        """Every row that there is now, in order."""
        for section in self.sections.values():
            yield from section.rows.values()

    def section_of(self, path: str) -> FormSection | None:
        """The section that a path lies in."""
        return self.sections.get(path.partition(".")[0])

    def row(self, path: str) -> SettingRow | None:
        """The row that stands for `path`; a section's own problem is shown at its choice of a kind."""
        section = self.section_of(path)
        if section is None:
            return None
        return section.rows.get(path) or section.rows.get(section.tag) or next(iter(section.rows.values()))

    def show_matching(self, text: str) -> None:
        """Show only rows in which each word of `text` occurs."""
        words = text.casefold().split()
        count = sum(section.show_matching(words) for section in self.sections.values())
        self._nothing.setText(f"No setting matches “{text.strip()}”.")
        self._nothing.setVisible(count == 0)

    def go_to(self, row: SettingRow) -> None:
        """Unfold the row's section, bring the row into view and give it the focus."""
        section = self.section_of(row.path)
        if section is not None:
            section.header.setChecked(True)
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        # The rows take their places when the event loop runs next.
        QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row, 0, 40))

    def folded(self) -> list[str]:
        """Names of the sections that are folded."""
        return [name for name, section in self.sections.items() if not section.header.isChecked()]

    def set_folded(self, names: Sequence[str]) -> None:
        """Fold these sections and unfold the others."""
        for name, section in self.sections.items():
            section.header.setChecked(name not in names)

    def chain_tab_stops(self, first: QWidget) -> None:
        """Let the Tab key go from `first` through the rows as they stand; new ones would come last."""
        stops: list[QWidget] = [first]
        for section in self.sections.values():
            stops.append(section.header)
            for row in section.rows.values():
                stops += row.stops()
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def set_locked(self, locked: bool) -> None:
        """Whether most rows are locked because a training runs."""
        self._locked = locked
        self._colour_locked()

    @Slot()
    def _colour_locked(self) -> None:
        # What is running must be readable, so its locked fields are not as pale as disabled ones elsewhere.
        kinds = ", ".join(f"{kind}:disabled" for kind in ("QAbstractSpinBox", "QComboBox", "QLineEdit"))
        sheet = f"{kinds} {{ color: {colour('muted').name()}; }}" if self._locked else ""
        if self.styleSheet() != sheet:
            self.setStyleSheet(sheet)

    def _made(self, name: str) -> FormSection:
        info = TrainConfig.model_fields[name]
        section = FormSection(name, info.title or name, info.description or "")
        section.edited.connect(self.edited)
        section.committed.connect(self.committed)
        section.header.setChecked(name not in FOLDED_AT_FIRST)
        return section

    def _lay_out(self) -> None:
        content = QWidget()
        lines = QVBoxLayout(content)
        lines.setContentsMargins(4, 0, 4, 8)
        lines.setSpacing(2)
        for section in self.sections.values():
            lines.addWidget(section)
        self._nothing.setObjectName("formFilterEmpty")
        self._nothing.setWordWrap(True)
        self._nothing.setContentsMargins(8, 8, 8, 8)
        self._nothing.hide()
        lines.addWidget(self._nothing)
        lines.addStretch(1)
        self.setWidget(content)
