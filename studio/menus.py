"""The menus and the toolbar."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QDockWidget, QLabel, QMainWindow, QSizePolicy, QToolBar, QToolButton, QWidget

from studio.actions import Actions
from studio.icons import set_icon


def make_menus(window: QMainWindow, actions: Actions, docks: Sequence[QDockWidget]) -> None:
    """Fill the menu bar."""
    bar = window.menuBar()
    file = bar.addMenu("&File")
    file.addActions([actions.new_run, actions.load_checkpoint, actions.save_checkpoint])
    file.addSeparator()
    file.addActions([actions.export_grid, actions.import_run])
    file.addSeparator()
    file.addActions([actions.load_preset, actions.save_preset])
    file.addSeparator()
    file.addActions([actions.open_runs_folder, actions.choose_runs_folder])
    file.addSeparator()
    file.addAction(actions.quit)
    training = bar.addMenu("&Training")
    training.addActions([actions.start, actions.pause, actions.step, actions.stop])
    training.addSeparator()
    training.addActions([actions.compare_runs, actions.compare_existing])
    training.addSeparator()
    training.addActions([actions.vary_settings, actions.add_to_queue, actions.queue_go_on])
    training.addSeparator()
    training.addActions([actions.evaluate, actions.fresh_noise, actions.find_setting])
    view = bar.addMenu("&View")
    for dock in docks:
        view.addAction(dock.toggleViewAction())
    view.addSeparator()
    theme = view.addMenu("Theme")
    theme.addActions(list(actions.themes.values()))
    bar.addMenu("&Help").addAction(actions.about)


def dress_toggle(dock: QDockWidget, name: str, icon: str, shortcut: str, tip: str) -> QAction:
    """The action that shows and hides a dock, with an icon and a key."""
    action = dock.toggleViewAction()
    action.setObjectName(f"action{name}")
    action.setShortcut(QKeySequence(shortcut))
    action.setToolTip(f"{tip} ({shortcut})")
    action.setStatusTip(tip)
    set_icon(action, icon)
    return action


def make_toolbar(window: QMainWindow, actions: Actions, devices: QComboBox, shows: Sequence[QAction] = ()) -> QToolBar:
    """Start, Pause, Step, Stop | new run, save and load, export | what is shown | device."""
    bar = QToolBar("Training")
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bar.addActions([actions.start, actions.pause, actions.step, actions.stop, actions.compare_runs])
    bar.addSeparator()
    for action in (actions.new_run, actions.save_checkpoint, actions.load_checkpoint, actions.export_grid, *shows):
        if shows and action is shows[0]:
            bar.addSeparator()
        bar.addAction(action)
        button = bar.widgetForAction(action)
        if isinstance(button, QToolButton):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text())
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    label = QLabel("Device ")
    label.setBuddy(devices)
    bar.addWidget(label)
    bar.addWidget(devices)
    return bar
