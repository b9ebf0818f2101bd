"""Messages float: they move nothing in the window, and cover nothing of what must stay free below them."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.messages import Messages
from studio.overlay import WIDEST, Overlay


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    above, below = QWidget(objectName="above"), QWidget(objectName="below")
    below.setFixedHeight(80)
    column.setSpacing(0)
    column.addWidget(above, 1)
    column.addWidget(below)
    host.messages = Messages(host)  # type: ignore[attr-defined]
    host.messages.bar.setParent(host)  # type: ignore[attr-defined]
    Overlay(host.messages.bar, below)  # type: ignore[attr-defined]
    host.resize(900, 600)
    host.show()
    qtbot.waitExposed(host)
    return host


def test_a_message_moves_nothing_and_stays_inside(host: QWidget, qtbot: QtBot) -> None:
    above, messages = host.findChild(QWidget, "above"), host.messages  # type: ignore[attr-defined]
    place = above.geometry()
    messages.error("The checkpoint was not loaded", "holiday.pt is not a checkpoint. " * 12)
    qtbot.waitUntil(lambda: messages.bar.width() == WIDEST)
    assert above.geometry() == place
    assert place.contains(messages.bar.geometry())
    assert messages.bar.geometry().bottom() == place.bottom()
    one = messages.bar.height()

    messages.warning("Another")
    qtbot.waitUntil(lambda: messages.bar.height() > one)
    assert messages.bar.geometry().bottom() == place.bottom()

    host.resize(400, 500)
    qtbot.waitUntil(lambda: messages.bar.width() == 400)
    assert messages.bar.height() > one, "the lines are broken for the new width"

    host.findChild(QWidget, "below").hide()
    qtbot.waitUntil(lambda: messages.bar.geometry().bottom() == host.rect().bottom())
