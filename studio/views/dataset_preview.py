"""The Data tab: what the training images are like."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.views.dataset_bars import BrightnessChart, ClassBars
from studio.views.dataset_controls import DatasetControls
from studio.views.dataset_facts import DatasetFacts
from studio.views.grid_panel import Images
from studio.views.left_out_dialog import LeftOutDialog, left_out_text
from studio.views.notice import Notice
from studio.views.preview_grid import PreviewGrid

WHAT_A_CHECK_DOES = "Looks at every image for duplicates and for images that show nearly nothing."


class DatasetPreview(QWidget):
    """Real images with their classes and brightness, and what is wrong with them; or why there are none.

    Signals:
        noticePressed(): the button of `notice`, which stands in place of the images.
        checkPressed(): the button of `findings`, under the charts.

    Attributes:
        notice: says why there are no images, and what to do.
        findings: the data check.
        controls, grid: which images are shown, and the images.
        facts: what is shown; None while the notice is.
    """

    noticePressed = Signal()
    checkPressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetPreview")
        self.setAccessibleName("Data")
        self.facts: DatasetFacts | None = None
        self.notice = Notice("datasetNotice", Qt.AlignmentFlag.AlignHCenter)
        self.findings = Notice("datasetCheck", Qt.AlignmentFlag.AlignLeft)
        self.controls = DatasetControls()
        self.grid = PreviewGrid()
        self._classes = ClassBars()
        self._brightness = BrightnessChart()
        self._name = QLabel()
        self._summary = QLabel()
        self._left_out = self._make_left_out()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.notice.page())
        self._pages.addWidget(self._make_content())
        self.notice.pressed.connect(self.noticePressed)
        self.findings.pressed.connect(self.checkPressed)

    def show_notice(self, text: str, action: str = "", tip: str = "") -> None:
        """Say why there are no images."""
        self.facts = None
        self.notice.show_text(text, action, tip)
        self._pages.setCurrentIndex(0)

    def show_progress(self, what: str, done: int, total: int, action: str = "Cancel") -> None:
        """Say how far the preparation of the images is."""
        self.facts = None
        self.notice.show_progress(what, done, total, action)
        self._pages.setCurrentIndex(0)

    def show_facts(self, facts: DatasetFacts) -> None:
        """Show a data set; its images follow with `show_images`."""
        self.facts = facts
        self._name.setText(facts.name)
        self._summary.setText(facts.summary())
        self._left_out.setText(left_out_text(len(facts.left_out)) if facts.left_out else "no files left out")
        self._left_out.setEnabled(bool(facts.left_out))
        self._left_out.setFlat(not facts.left_out)
        self._left_out.setAccessibleName(self._left_out.text())
        self._classes.show_classes(facts.classes)
        self._brightness.show_histogram(facts.histogram, facts.looked_at)
        self.grid.set_side(facts.side)
        self.controls.show_classes(facts.classes)
        self.controls.show_findings(None, None)
        self.findings.show_text(WHAT_A_CHECK_DOES, "Check data", "Look at every image")
        self._pages.setCurrentIndex(1)

    def show_images(self, images: Images, first: int, total: int) -> None:
        """Show one page, uint8 [N, H, W, C], of which the first is number `first`, counted from 0."""
        name = self.controls.class_name
        self.grid.empty_text = "None of these images are of this class" if name else "There are no such images"
        self.grid.show_page(images, f"Real images{f' of class {name}' if name else ''}")
        self.controls.show_place(first + 1, first + len(images), total)

    @Slot()
    def show_left_out(self) -> None:
        """List the files that were left out, with the reasons."""
        if self.facts and self.facts.left_out:
            LeftOutDialog(self.facts.left_out, self.window()).open()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_left_out(self) -> QPushButton:
        button = QPushButton()
        button.setObjectName("datasetLeftOut")
        button.setToolTip("Files that could not be used, each with the reason")
        button.clicked.connect(self.show_left_out)
        return button

    def _make_content(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(self._make_head())
        column.addWidget(self.controls)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("datasetSplitter")
        split.setChildrenCollapsible(False)
        split.addWidget(self.grid)
        split.addWidget(self._make_side())
        split.setStretchFactor(0, 1)
        split.setSizes([460, 220])
        column.addWidget(split, 1)
        return page

    def _make_head(self) -> QHBoxLayout:
        self._name.setObjectName("datasetName")
        self._name.setAccessibleName("Name of the data set")
        self._name.setProperty("heading", True)
        self._summary.setObjectName("datasetSummary")
        self._summary.setAccessibleName("The data set in numbers")
        for label in (self._name, self._summary):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._summary)
        line = QHBoxLayout()
        line.addLayout(words, 1)
        line.addWidget(self._left_out)
        return line

    def _make_side(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(6)
        for title, widget in (
            ("Data check", self.findings),
            ("Images of each class", self._classes),
            ("Brightness", self._brightness),
        ):
            heading = QLabel(title)
            heading.setProperty("muted", True)
            column.addWidget(heading)
            column.addWidget(widget)
            column.addSpacing(8)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("datasetSide")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumWidth(190)
        area.setWidget(content)
        return area
