"""The Inspector tab: one image, looked at closely."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QStackedLayout, QTabWidget, QWidget

from studio.views.inspector_directions import DirectionsPage
from studio.views.inspector_facts import InspectorFacts
from studio.views.inspector_nearest import NearestPage
from studio.views.inspector_vary import VaryPage
from studio.views.inspector_walk import WalkPage
from studio.views.notice import Notice

_SIDE = 240


class InspectorView(QWidget):
    """The image with its facts on the left; on the right what resembles it, and what lies around it.

    Signals:
        pageChanged(): another page is looked at; see `page`.
        noticePressed(): the button of `notice`.

    Attributes:
        notice: stands in place of it all while there is no image.
        facts: the left side.
        nearest, vary, walk, directions: the pages.
    """

    pageChanged = Signal()
    noticePressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorView")
        self.setAccessibleName("Inspector")
        self.notice = Notice("inspectorNotice", Qt.AlignmentFlag.AlignHCenter)
        self.facts = InspectorFacts()
        self.nearest, self.vary, self.walk = NearestPage(), VaryPage(), WalkPage()
        self.directions = DirectionsPage()
        self._tabs = QTabWidget()
        self._tabs.setObjectName("inspectorTabs")
        self._tabs.setAccessibleName("What to do with the image")
        self._tabs.setDocumentMode(True)
        for page, title, tip in (
            (self.nearest, "Nearest", "The real images that resemble it most: has the generator memorised them?"),
            (self.vary, "Vary", "Images around it"),
            (self.walk, "Walk", "From it to another image, through those between"),
            (self.directions, "Directions", "Change it along what changes images most"),
        ):
            self._tabs.addTab(page, title)
            self._tabs.setTabToolTip(self._tabs.indexOf(page), tip)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.notice.page())
        self._pages.addWidget(self._make_content())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.notice.pressed.connect(self.noticePressed)
        self._tabs.currentChanged.connect(self.pageChanged)

    @property
    def page(self) -> QWidget:
        """The page that is looked at."""
        found = self._tabs.currentWidget()
        assert found is not None
        return found

    def show_page(self, page: QWidget) -> None:
        """Look at a page, as if by hand."""
        self._tabs.setCurrentWidget(page)

    def show_content(self) -> None:
        """There is an image."""
        self._pages.setCurrentIndex(1)

    @property
    def has_content(self) -> bool:
        """Whether an image is shown, and not a notice."""
        return self._pages.currentIndex() == 1

    def show_notice(self, text: str, action: str = "", tip: str = "") -> None:
        """Say why there is no image, or not yet."""
        self.notice.show_text(text, action, tip)
        self._pages.setCurrentIndex(0)

    def _make_content(self) -> QWidget:
        page = QWidget()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("inspectorSplit")
        split.setChildrenCollapsible(False)
        split.addWidget(self.facts)
        split.addWidget(self._tabs)
        split.setStretchFactor(1, 1)
        split.setSizes([_SIDE, 2 * _SIDE])
        self.facts.setMinimumWidth(170)
        self._tabs.setMinimumWidth(260)
        line = QHBoxLayout(page)
        line.setContentsMargins(10, 8, 10, 8)
        line.addWidget(split)
        return page
