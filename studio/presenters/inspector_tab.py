"""Ties the inspector to the window: a click on an image opens its tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from studio.presenters.inspector import InspectorPresenter
from studio.presenters.inspector_directions import DirectionsPresenter
from studio.presenters.inspector_nearest import NearestPresenter
from studio.presenters.inspector_vary import VaryPresenter
from studio.presenters.inspector_walk import WalkPresenter
from studio.views.inspector_view import InspectorView

if TYPE_CHECKING:
    from studio.main_window import MainWindow

_PICK = "Click the image that the walk leads to."


class InspectorTab(QObject):
    """Where the window looks closely at single images. The tab comes with the first one.

    Attributes:
        view: the tab.
        inspector: fills it.
        walking: its page of walks.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._is_picking = False
        self._hid_plots = False
        self.view = InspectorView(window)
        self.view.hide()
        self.inspector = InspectorPresenter(window, self.view)
        NearestPresenter(self.inspector)
        VaryPresenter(self.inspector)
        DirectionsPresenter(self.inspector)
        self.walking = WalkPresenter(self.inspector, window.messages)
        self.walking.gridWanted.connect(self._pick)
        window.grid.canvas.set_clickable(True)
        window.grid.canvas.setToolTip("Click an image to look at it closely.\nArrow keys choose one, Enter opens it.")
        window.grid.imageClicked.connect(self._on_clicked)
        window.tabs.currentChanged.connect(self._on_tab)
        window.plots_dock.dockLocationChanged.connect(self._on_tab)

    def leave(self) -> None:
        """Put the window back as it is without the tab, and give up what is going on: the window closes."""
        self._show_plots()
        self.inspector.close()

    @Slot(int)
    def _on_clicked(self, index: int) -> None:
        if self._is_picking:
            if self.walking.lead_to(index):
                self._window.tabs.setCurrentWidget(self.view)
            return
        self.inspector.inspect(index)
        self._show_tab()

    def _show_tab(self) -> None:
        tabs = self._window.tabs
        if tabs.indexOf(self.view) < 0:
            tabs.addTab(self.view, "Inspector")
            tabs.setTabToolTip(tabs.indexOf(self.view), "One image, looked at closely")
        tabs.setCurrentWidget(self.view)

    @Slot()
    def _pick(self) -> None:
        """Let the walk's end be chosen in the grid."""
        self._is_picking = True
        self._window.tabs.setCurrentIndex(0)
        self._window.grid.set_message(_PICK)
        self._window.grid.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_tab(self) -> None:
        here = self._window.tabs.currentWidget() is self.view
        if self._is_picking and self._window.tabs.currentIndex() != 0:
            self._is_picking = False
            if self._window.grid.message == _PICK:
                self._window.grid.set_message("")
        if here:
            self._make_room()
        else:
            self._show_plots()

    def _make_room(self) -> None:
        """Where the plots stand below, there is no room for both."""
        dock = self._window.plots_dock
        below = self._window.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea
        if below and not dock.isHidden() and not dock.isFloating():
            self._hid_plots = True
            dock.hide()

    def _show_plots(self) -> None:
        if self._hid_plots:
            self._hid_plots = False
            self._window.plots_dock.show()
