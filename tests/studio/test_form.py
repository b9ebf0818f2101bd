"""The experiment form, driven as a person does."""

from html import unescape
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ganengine.components import alternatives
from ganengine.config import TrainConfig, all_declarations, component_family
from ganengine.errors import ConfigError
from ganengine.networks.generators.dcgan import DCGANGenerator
from studio.form.draft import SECTIONS
from studio.form.form import ExperimentForm
from studio.form.head import PresetItem

PRESET = TrainConfig().with_changes({"preset": "digits-best"})
W = TypeVar("W", bound=QWidget)


def _every_kind() -> list[TrainConfig]:
    made = [PRESET]
    for section in SECTIONS:
        if family := component_family(section):
            made += [PRESET.with_changes({f"{section}.{family.tag}": kind}) for kind in alternatives(family)]
    return made


@pytest.fixture
def form(qtbot: QtBot) -> ExperimentForm:
    form = ExperimentForm()
    qtbot.addWidget(form)
    form.load(PRESET, baseline=PRESET)
    form.set_folded([])
    form.resize(320, 900)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    return form


def _find(form: ExperimentForm, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
    found = form.findChild(kind, name)
    assert found is not None, name
    return found


def _type(form: ExperimentForm, path: str, text: str, *, enter: bool = False) -> None:
    editor: Any = _find(form, path)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)
    if enter:
        QTest.keyClick(editor, Qt.Key.Key_Return)


def _choose(form: ExperimentForm, path: str, value: Any) -> None:
    combo = _find(form, path, QComboBox)
    assert combo.findData(value) >= 0
    combo.setCurrentIndex(combo.findData(value))


def _error(form: ExperimentForm, path: str) -> str:
    label = _find(form, f"error:{path}", QLabel)
    return label.text() if label.isVisible() else ""


def _reset(form: ExperimentForm, path: str) -> QToolButton:
    return _find(form, f"reset:{path}", QToolButton)


@pytest.mark.parametrize("config", _every_kind(), ids=lambda config: str(config.generator.kind))
def test_every_setting_has_an_explained_editor_and_comes_back_unchanged(
    form: ExperimentForm, config: TrainConfig
) -> None:
    form.load(config, baseline=PRESET)
    assert form.config() == config
    for declaration in all_declarations(config):
        editor = _find(form, declaration.path)
        assert declaration.description in unescape(editor.toolTip())
        assert editor.accessibleName() == declaration.title


def test_every_value_of_a_config_comes_back(form: ExperimentForm) -> None:
    config = PRESET.with_changes(
        {
            "data.resolution": 64,
            "generator.widths": (17, 256),
            "generator.leaky_slope": 0.123456789,
            "discriminator.spectral_norm": True,
            "loss.real_label": 0.9,
            "optimizer_d.betas": (0.25, 0.9999),
            "optimizer_g.eps": 1e-10,
            "training.length_in": "epochs",
            "training.seed": 2**31 - 1,
            "training.device": "cuda:3",
        }
    )
    form.load(config)
    assert form.config() == config


def test_a_typed_learning_rate_is_in_the_config(qtbot: QtBot, form: ExperimentForm) -> None:
    with qtbot.waitSignal(form.changed):
        _type(form, "optimizer_g.lr", "1e-3")
    assert form.config().get("optimizer_g.lr") == 1e-3
    assert form.config().get("optimizer_d.lr") == 2e-4


def test_another_optimizer_brings_its_own_fields_and_keeps_the_shared(form: ExperimentForm) -> None:
    _type(form, "optimizer_g.lr", "0.003")
    kind = _find(form, "optimizer_g.kind", QComboBox)
    kind.setFocus()
    QTest.keyClicks(kind, "RMS")
    assert form.config() == PRESET.with_changes({"optimizer_g.lr": 0.003}).with_changes({"optimizer_g.kind": "rmsprop"})
    assert form.findChild(QWidget, "optimizer_g.betas") is None
    assert _find(form, "optimizer_g.alpha").isVisible()
    assert form.findChild(QWidget, "optimizer_d.betas") is not None
    assert kind.hasFocus(), "the box that was used must still be there"
    assert "lecture" not in kind.itemData(kind.currentIndex(), Qt.ItemDataRole.ToolTipRole)
    assert "RMSprop" in kind.itemData(kind.currentIndex(), Qt.ItemDataRole.ToolTipRole)


def test_the_tab_key_follows_the_rows_after_a_rebuild(form: ExperimentForm) -> None:
    _choose(form, "optimizer_g.kind", "sgd")
    _find(form, "optimizer_g.kind").setFocus()
    seen = []
    for _ in range(6):
        QTest.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
        seen.append(form.focusWidget().objectName())
    names = [name for name in seen if not name.startswith("reset:")]
    assert names[:4] == [f"optimizer_g.{name}" for name in ("lr", "momentum", "dampening", "nesterov")]


def test_an_invalid_value_marks_its_row_until_it_is_mended(qtbot: QtBot, form: ExperimentForm) -> None:
    with qtbot.waitSignal(form.validityChanged) as told:
        _type(form, "optimizer_g.lr", "-1")
    assert told.args == [False]
    assert _error(form, "optimizer_g.lr") == "Must be more than 0, not -1"
    assert _error(form, "optimizer_d.lr") == ""
    assert form.problems() == [("optimizer_g.lr", "must be more than 0, not -1")]
    assert form.first_problem_text() == "Learning rate (Generator's optimizer) must be more than 0, not -1"
    with pytest.raises(ConfigError) as raised:
        form.config()
    assert raised.value.path == "optimizer_g.lr"

    with qtbot.waitSignal(form.validityChanged) as told:
        _type(form, "optimizer_g.lr", "0.01")
    assert told.args == [True]
    assert _error(form, "optimizer_g.lr") == ""
    assert form.first_problem_text() == ""
    assert form.config().get("optimizer_g.lr") == 0.01


def test_all_problems_are_told_at_once(form: ExperimentForm) -> None:
    _type(form, "training.batch_size", "1")
    _type(form, "generator.widths", "128, x")
    _type(form, "optimizer_d.betas.1", "1.5")
    assert dict(form.problems()) == {
        "training.batch_size": "must be at least 2, not 1",
        "generator.widths": "must be a whole number, not 'x'",
        "optimizer_d.betas": "must be less than 1, not 1.5",
    }
    assert all(_error(form, path) for path in dict(form.problems()))


def test_a_decimal_comma_is_explained(form: ExperimentForm) -> None:
    _type(form, "generator.dropout", "0,5")
    assert form.problems() == [("generator.dropout", "must be written without a comma, such as 0.5")]


def test_a_misfit_of_two_sections_marks_the_network(form: ExperimentForm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        DCGANGenerator, "problem_with", lambda self, shape: "makes no 64 pixels" if shape.resolution == 64 else None
    )
    _choose(form, "generator.kind", "dcgan")
    assert form.problems() == []
    _choose(form, "data.resolution", 64)
    assert _error(form, "generator.kind") == "Makes no 64 pixels"
    assert form.first_problem_text() == "Generator makes no 64 pixels"
    _choose(form, "generator.kind", "mlp")
    assert form.problems() == []


def test_a_value_without_effect_cannot_keep_a_person_from_starting(form: ExperimentForm) -> None:
    assert not _find(form, "training.epochs").isVisible()
    _type(form, "training.steps", "0")
    assert not _find(form, "training.epochs").isVisible()
    assert form.problems()
    _choose(form, "training.length_in", "epochs")
    assert _find(form, "training.epochs").isVisible()
    assert not _find(form, "training.steps").isVisible()
    assert form.config().get("training.steps") == PRESET.get("training.steps")


def test_what_differs_from_the_preset_can_be_reset(form: ExperimentForm) -> None:
    button = _reset(form, "optimizer_g.lr")
    title = _find(form, "formTitle", QLabel)
    assert not button.isVisible()
    assert title.text() == "digits-best"
    place = _find(form, "optimizer_g.lr").geometry()

    _type(form, "optimizer_g.lr", "0.005")
    _type(form, "training.batch_size", "128")
    assert button.isVisible()
    assert button.toolTip() == "Back to the preset's value: 0.0002"
    assert title.text() == "digits-best, 2 changed"
    assert _find(form, "optimizer_g.lr").geometry() == place, "nothing may jump"

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert form.config() == PRESET.with_changes({"training.batch_size": 128})
    assert not button.isVisible()
    QTest.mouseClick(_find(form, "resetAll"), Qt.MouseButton.LeftButton)
    assert form.config() == PRESET
    assert title.text() == "digits-best"


def test_another_kind_counts_as_one_change_and_can_be_reset(form: ExperimentForm) -> None:
    _choose(form, "optimizer_g.kind", "sgd")
    assert _find(form, "formTitle", QLabel).text() == "digits-best, 1 changed"
    QTest.mouseClick(_reset(form, "optimizer_g.kind"), Qt.MouseButton.LeftButton)
    assert form.config() == PRESET


def test_the_filter_finds_settings_by_name_path_description_and_choice(form: ExperimentForm) -> None:
    form.set_folded(["recording", "optimizer_g"])
    assert not _find(form, "recording.sample_every").isVisible()
    form.focus_filter()
    box = _find(form, "formFilter", QLineEdit)
    assert box.hasFocus()

    QTest.keyClicks(box, "timeline")
    assert _find(form, "recording.sample_every").isVisible(), "found by its description in a folded section"
    assert not _find(form, "section:training").isVisible()
    box.setText("optimizer_g.lr")
    assert _find(form, "optimizer_g.lr").isVisible()
    assert not _find(form, "optimizer_d.lr").isVisible()
    box.setText("batch SIZE")
    assert _find(form, "training.batch_size").isVisible()
    box.setText("RMSprop")
    assert _find(form, "optimizer_d.kind").isVisible()
    box.setText("xyzzy")
    assert _find(form, "formFilterEmpty", QLabel).text() == "No setting matches “xyzzy”."

    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""
    assert _find(form, "training.batch_size").isVisible()
    assert not _find(form, "recording.sample_every").isVisible(), "folded as before"
    assert not _find(form, "training.epochs").isVisible(), "still without effect"


def test_a_section_folds_by_keyboard_and_says_what_is_chosen(form: ExperimentForm) -> None:
    header: Any = _find(form, "header:optimizer_g")
    assert header.summary == "Adam, 0.0002"
    header.setFocus()
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert not _find(form, "optimizer_g.lr").isVisible()
    assert form.folded() == ["optimizer_g"]
    QTest.keyClick(header, Qt.Key.Key_Right)
    assert _find(form, "optimizer_g.lr").isVisible()
    _type(form, "optimizer_g.lr", "-1")
    assert "1 changed, 1 to mend" in header.accessibleDescription()


def test_a_problem_from_outside_is_brought_into_view(qtbot: QtBot, form: ExperimentForm) -> None:
    form.resize(320, 400)
    form.set_folded(["training"])
    _find(form, "formFilter", QLineEdit).setText("optimizer")
    assert form.show_problem("training.device", "is not on this machine")
    device = _find(form, "training.device", QComboBox)
    scroll = _find(form, "formScroll", QScrollArea)
    qtbot.waitUntil(lambda: scroll.viewport().rect().contains(device.mapTo(scroll.viewport(), device.rect().center())))
    assert device.hasFocus()
    assert _error(form, "training.device") == "Is not on this machine"
    assert form.problems() == [], "it may work at the next try"
    _choose(form, "training.device", "cpu")
    assert _error(form, "training.device") == ""
    assert not form.show_problem("nowhere.at_all", "x")
    assert form.show_problem("generator", "does not fit")
    assert _error(form, "generator.kind") == "Does not fit"


def test_while_a_training_runs_only_live_settings_may_change(form: ExperimentForm) -> None:
    form.set_running(PRESET)
    note = _find(form, "runningNote", QLabel)
    assert note.isVisible()
    assert note.text().startswith("Running “digits-best”.")
    for declaration in all_declarations(PRESET):
        editor = _find(form, declaration.path)
        assert editor.isEnabled() == (declaration.applies == "now"), declaration.path
        if declaration.applies != "now":
            assert "Needs a new run." in editor.toolTip()
    assert not _find(form, "presetCombo").isEnabled()

    form.set_running(None)
    assert not note.isVisible()
    assert _find(form, "training.batch_size").isEnabled()
    assert "Needs a new run" not in _find(form, "training.batch_size").toolTip()
    assert _find(form, "presetCombo").isEnabled()


def test_the_form_shows_what_is_running(form: ExperimentForm) -> None:
    _type(form, "training.batch_size", "nonsense")
    other = PRESET.with_changes({"optimizer_g.kind": "sgd", "training.batch_size": 16})
    form.set_running(other)
    assert form.config() == other
    assert not _find(form, "optimizer_g.momentum").isEnabled()


def test_a_live_edit_is_sent_once_when_it_is_done_and_only_if_valid(qtbot: QtBot, form: ExperimentForm) -> None:
    sent: list[dict[str, Any]] = []
    form.liveEdit.connect(sent.append)
    _type(form, "optimizer_g.lr", "0.0002", enter=True)
    assert sent == [], "nothing runs yet"
    form.set_running(PRESET)
    _type(form, "optimizer_g.lr", "0.001")
    assert sent == [], "half-way through typing"
    QTest.keyClick(_find(form, "optimizer_g.lr"), Qt.Key.Key_Return)
    assert sent == [{"optimizer_g.lr": 0.001}]
    _find(form, "formFilter").setFocus()
    assert len(sent) == 1, "leaving the field is not another edit"

    _type(form, "optimizer_d.lr", "-5", enter=True)
    assert len(sent) == 1
    assert _error(form, "optimizer_d.lr")
    _type(form, "recording.log_every", "50")
    _find(form, "formFilter").setFocus()
    assert sent[1:] == [{"recording.log_every": 50}], (
        "leaving the field is enough, and another's problem is no hindrance"
    )
    QTest.keyClick(_find(form, "recording.sample_every"), Qt.Key.Key_Up)
    assert sent[2:] == [{"recording.sample_every": 150}]
    _choose(form, "training.length_in", "epochs")
    assert sent[3:] == [{"training.length_in": "epochs"}]


def test_the_engine_has_the_last_word_but_not_over_what_is_being_typed(form: ExperimentForm) -> None:
    sent: list[dict[str, Any]] = []
    form.liveEdit.connect(sent.append)
    form.set_running(PRESET)
    _type(form, "optimizer_g.lr", "0.001", enter=True)
    _type(form, "optimizer_d.lr", "0.00")
    form.apply_live(PRESET.with_changes({"optimizer_g.lr": 0.0008, "recording.log_every": 7}))
    assert _find(form, "optimizer_g.lr").value() == 0.0008  # type: ignore[attr-defined]
    assert _find(form, "recording.log_every").value() == 7  # type: ignore[attr-defined]
    assert _find(form, "optimizer_d.lr").lineEdit().text() == "0.00"  # type: ignore[attr-defined]
    QTest.keyClicks(_find(form, "optimizer_d.lr"), "4")
    QTest.keyClick(_find(form, "optimizer_d.lr"), Qt.Key.Key_Return)
    assert sent[1:] == [{"optimizer_d.lr": 0.004}]


def test_presets_are_offered_chosen_and_shown(qtbot: QtBot, form: ExperimentForm) -> None:
    chosen: list[str] = []
    form.presetChosen.connect(chosen.append)
    form.set_presets(
        [
            PresetItem("mine", "My own", "Mine.", mine=True),
            PresetItem("digits-best", "Digits, best", "Sharp digits."),
            PresetItem("tutorial", "Tutorial", "As in the tutorial."),
        ]
    )
    combo = _find(form, "presetCombo", QComboBox)
    assert combo.currentText() == "Digits, best"
    assert [combo.itemData(row) for row in range(combo.count())] == ["digits-best", "tutorial", None, "mine"]
    form.load(PRESET.with_changes({"preset": "tutorial"}))
    assert combo.currentText() == "Tutorial"
    form.load(PRESET.with_changes({"preset": "gone"}))
    assert combo.currentIndex() == -1
    assert chosen == []
    combo.setFocus()
    QTest.keyClicks(combo, "My")
    assert chosen == ["mine"]
    with qtbot.waitSignal(form.savePresetRequested):
        QTest.mouseClick(_find(form, "savePreset"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(form.loadPresetRequested):
        QTest.mouseClick(_find(form, "loadPreset"), Qt.MouseButton.LeftButton)


def test_devices_are_offered(form: ExperimentForm) -> None:
    form.set_devices([("auto", "auto (best available)"), ("cpu", "cpu"), ("cuda:0", "cuda:0 — Big, 24 GB")])
    _choose(form, "training.device", "cuda:0")
    assert form.config().get("training.device") == "cuda:0"


@pytest.mark.parametrize("width", [280, 320, 500])
def test_nothing_is_wider_than_the_form(form: ExperimentForm, width: int) -> None:
    _type(form, "optimizer_g.lr", "a very long text that is no number at all and goes on")
    form.resize(width, 700)
    scroll = _find(form, "formScroll", QScrollArea)
    content = scroll.widget()
    assert form.width() == width
    assert content.width() == scroll.viewport().width()
    for declaration in all_declarations(PRESET):
        editor = _find(form, declaration.path)
        if editor.isVisible():
            right = editor.mapTo(content, editor.rect().topRight()).x()
            assert right < content.width() - 20, f"{declaration.path} leaves no room for its reset button"
            assert editor.width() >= (100 if declaration.annotation is not bool else 10), declaration.path
