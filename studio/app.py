"""Starts the studio."""

from __future__ import annotations

import argparse
import faulthandler
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.main_window import MainWindow

ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


SWITCH_INTERVAL_S = 0.0005
"""After that long, a thread gives Python's lock to another that asks for it. The training asks at each step; by default
it would wait ten times as long while the window draws."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window and run until it is closed; returns the exit code."""
    options = _parser().parse_args(arguments)
    faulthandler.enable()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if problem := _no_display():
        print(problem, file=sys.stderr)
        return 1

    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from studio.icons import app_icon
    from studio.settings import Settings
    from studio.theme import apply_theme

    app = QApplication(sys.argv[:1])
    app.setApplicationName("GAN Studio")
    app.setOrganizationName("GAN Studio")
    app.setDesktopFileName("gan-studio")
    app.setWindowIcon(app_icon())
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "GAN Studio", "studio")
    settings = Settings(store)
    apply_theme(app, settings.theme)

    from studio.main_window import MainWindow

    window = MainWindow(store, options.runs or settings.runs_dir)
    sys.excepthook = _report(window)
    window.ready.connect(lambda: _obey(window, options))
    window.ready.connect(gc.freeze)  # torch and Qt stay: nobody need go through their objects again
    window.show()
    return app.exec()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gan-studio", description="Train GANs and watch them learn.")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--preset", metavar="NAME", help="settings to begin with; `ganengine list presets` names them")
    start.add_argument("--config", metavar="FILE", type=Path, help="a TOML file with settings to begin with")
    start.add_argument("--open", metavar="RUN", help="a run (its directory, name or number) or a checkpoint to open")
    parser.add_argument("--runs", metavar="DIR", type=Path, help="where runs are kept")
    parser.add_argument("--start", action="store_true", help="start training at once")
    return parser


def _no_display() -> str:
    """Why no window can be shown, or an empty text."""
    chosen = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform != "linux" or chosen:
        return ""
    return (
        "There is no display to show a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
        "Train without a window instead: ganengine train --preset digits-best"
    )


def _obey(window: MainWindow, options: argparse.Namespace) -> None:
    """Do what the command line asked for, once the engine is there."""
    workspace = window.workspace
    assert workspace is not None
    if options.open:
        workspace.open_named(options.open)
    elif workspace.use(preset=options.preset, config=options.config) and options.start:
        window.actions_.start.trigger()


def _report(window: MainWindow) -> ExceptHook:
    """A hook that shows what no part of the program expected, instead of losing it on a terminal nobody sees."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logging.getLogger("studio").error("unexpected error", exc_info=(kind, error, trace))
        window.messages.error("Something unexpected went wrong", f"{kind.__name__}: {error}. The log has the details.")

    return hook


if __name__ == "__main__":
    raise SystemExit(main())
