"""What the form says in words: of the preset, and of sections that are folded."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from studio.form.form import ExperimentForm
from studio.form.head import PresetItem
from studio.form.header import SectionHeader


@pytest.fixture
def form(qtbot: QtBot) -> ExperimentForm:
    form = ExperimentForm()
    qtbot.addWidget(form)
    form.set_presets([PresetItem("mine", "Mine", "Watch <this>.", "A text", ("Change that.",))])
    return form


def test_the_preset_says_what_to_look_for(form: ExperimentForm) -> None:
    form.load(TrainConfig(preset="mine"), baseline=None)
    text, toggle = form.findChild(QLabel, "presetNote"), form.findChild(QToolButton, "presetNoteToggle")
    assert not text.isVisibleTo(form)
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert text.isVisibleTo(form)
    assert all(words in text.text() for words in ("Watch &lt;this&gt;.", "Change that.", "From: A text"))


def test_settings_without_a_preset_say_nothing(form: ExperimentForm) -> None:
    form.load(TrainConfig(preset="of old"), baseline=None)
    assert not form.findChild(QToolButton, "presetNoteToggle").isVisibleTo(form)


def test_a_folded_section_of_switches_says_what_is_on(form: ExperimentForm) -> None:
    header = form.findChild(SectionHeader, "header:regularization")
    form.load(TrainConfig(), baseline=None)
    assert header.summary == "off"
    assert not header.isChecked(), "folded at first"
    form.load(TrainConfig().with_changes({"regularization.r1_gamma": 2.0}), baseline=None)
    assert header.summary == "R1 weight 2"
