"""Vary settings: which runs come of what is ticked and typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from studio.views.plan_dialog import PlanDialog
from studio.views.plan_dialog_values import fields_of, read_values
from tests.studio.queue_helpers import tiny

BASE = tiny(50)


@pytest.fixture
def dialog(qtbot: QtBot) -> PlanDialog:
    made = PlanDialog(BASE)
    qtbot.addWidget(made)
    return made


def type_values(dialog: PlanDialog, path: str, text: str) -> None:
    """Vary a setting by what is typed."""
    card = dialog.cards.get(path) or dialog.vary(path)
    line = card.findChild(QLineEdit, f"varyValues:{path}")
    assert line is not None
    line.setText(text)
    dialog.look()


def tick(dialog: PlanDialog, path: str, *values: object) -> None:
    """Vary a setting by ticks, and by these only."""
    card = dialog.cards.get(path) or dialog.vary(path)
    for box in card.findChildren(QCheckBox):
        if box.objectName().startswith("varyTick:"):
            box.setChecked(box.objectName().rpartition(":")[2] in {str(value) for value in values})
    dialog.look()


def names(dialog: PlanDialog) -> list[str]:
    return [dialog.runs.item(place).text() for place in range(dialog.runs.count())]


def button(dialog: PlanDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None
    return found


def seeds(dialog: PlanDialog, count: int) -> None:
    spin = dialog.findChild(QSpinBox, "planSeeds")
    assert spin is not None
    spin.setValue(count)
    dialog.look()


def text(dialog: PlanDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def test_at_first_there_is_nothing_to_add(dialog: PlanDialog) -> None:
    assert text(dialog, "planCount") == "No runs yet"
    assert not button(dialog, "planAdd").isEnabled()
    assert not button(dialog, "planStart").isEnabled()


def test_all_combinations_are_made(dialog: PlanDialog) -> None:
    tick(dialog, "optimizer_g.kind", "sgd", "adam")
    type_values(dialog, "training.batch_size", "8, 16")
    assert text(dialog, "planCount") == "4 runs"
    assert names(dialog) == ["Adam, batch size 8", "Adam, batch size 16", "SGD, batch size 8", "SGD, batch size 16"]
    assert dialog.plan is not None
    made = dialog.plan.configs()
    assert [(config.optimizer_g.kind, config.training.batch_size) for config in made] == [
        ("adam", 8), ("adam", 16), ("sgd", 8), ("sgd", 16)
    ]  # fmt: skip
    assert {config.optimizer_d.kind for config in made} == {BASE.optimizer_d.kind}


def test_both_networks_can_take_the_same_value(dialog: PlanDialog) -> None:
    tick(dialog, "optimizer_g.kind", "sgd", "rmsprop")
    dialog.vary("optimizer_d.kind")
    twin = dialog.cards["optimizer_g.kind"].findChild(QCheckBox, "varyTwin:optimizer_g.kind")
    assert twin is not None
    twin.setChecked(True)
    dialog.look()
    assert "optimizer_d.kind" not in dialog.cards  # it goes with the other now
    assert dialog.plan is not None
    kinds = {(config.optimizer_g.kind, config.optimizer_d.kind) for config in dialog.plan.configs()}
    assert kinds == {("sgd", "sgd"), ("rmsprop", "rmsprop")}


def test_repeats_over_seeds(dialog: PlanDialog) -> None:
    seeds(dialog, 3)
    assert dialog.plan is not None
    assert [config.training.seed for config in dialog.plan.configs()] == [0, 1, 2]
    assert dialog.plan.title == "3 seeds"
    type_values(dialog, "optimizer_g.lr", "1e-4, 1e-3")
    assert len(names(dialog)) == 6
    # Where the seed itself is varied, there is nothing to repeat over.
    type_values(dialog, "training.seed", "7, 8")
    spin = dialog.findChild(QSpinBox, "planSeeds")
    assert spin is not None
    assert not spin.isEnabled()
    assert len(names(dialog)) == 4


@pytest.mark.parametrize(
    ("path", "typed", "complaint"),
    [
        ("optimizer_g.lr", "0.1, 1000", "Must be at most 10"),
        ("optimizer_g.lr", "0.1, fast", "Each must be a number, not 'fast'"),
        ("optimizer_g.lr", "0.1,, 0.2", "nothing between two commas"),
        ("optimizer_g.lr", " ", "at least one"),
        ("training.batch_size", "8, 8.5", "Each must be a whole number"),
        ("training.batch_size", "8, 8", "8 stands there twice"),
        ("optimizer_g.betas", "0.5, 0.9", "in brackets"),
    ],
)
def test_what_cannot_be_used_is_said_beside_it(dialog: PlanDialog, path: str, typed: str, complaint: str) -> None:
    type_values(dialog, path, typed)
    assert complaint in dialog.cards[path].problem
    assert dialog.plan is None
    assert not button(dialog, "planAdd").isEnabled()


def test_lists_are_typed_in_brackets(dialog: PlanDialog) -> None:
    type_values(dialog, "optimizer_g.betas", "[0.5, 0.9], [0, 0.99]")
    assert dialog.plan is not None
    found = [config.optimizer_g.model_dump()["betas"] for config in dialog.plan.configs()]
    assert found == [(0.5, 0.9), (0.0, 0.99)]


def test_combinations_that_cannot_be_trained_are_marked(dialog: PlanDialog) -> None:
    tick(dialog, "loss.kind", "wasserstein", "hinge")
    tick(dialog, "generator.kind", "mlp", "dcgan")
    type_values(dialog, "generator.widths", "[8], [16]")
    broken = [place for place in range(dialog.runs.count()) if not dialog.runs.item(place).icon().isNull()]
    assert len(broken) == 4
    assert all("DCGAN" in names(dialog)[place] for place in broken)
    assert "generator.widths" in text(dialog, "planProblem")
    assert dialog.plan is None


def test_too_many_are_refused(dialog: PlanDialog) -> None:
    type_values(dialog, "training.seed", ", ".join(map(str, range(600))))
    assert "600 combinations; at most 500" in text(dialog, "planProblem")
    assert dialog.plan is None


def test_settings_are_found_by_their_names(dialog: PlanDialog) -> None:
    line = dialog.findChild(QLineEdit, "planFilter")
    assert line is not None
    line.setText("batch size")
    assert dialog.fields.shown() == ["training.batch_size"]
    line.setText("memorise the discriminator knows which")
    assert "training.batch_size" not in dialog.fields.shown()


def test_the_cross_takes_a_setting_out_again(qtbot: QtBot, dialog: PlanDialog) -> None:
    tick(dialog, "optimizer_g.kind", "sgd", "adam")
    dialog.cards["optimizer_g.kind"].removed.emit("optimizer_g.kind")
    dialog.look()
    assert dialog.cards == {}
    assert dialog.plan is None


def test_the_buttons_say_what_was_wanted(qtbot: QtBot, dialog: PlanDialog) -> None:
    seeds(dialog, 2)
    title = dialog.findChild(QLineEdit, "planTitle")
    assert title is not None
    title.setText("Is it chance?")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(button(dialog, "planAdd"), Qt.MouseButton.LeftButton)
    assert not dialog.starts_now
    assert dialog.plan is not None
    assert {run.group.name for run in dialog.plan.runs()} == {"Is it chance?"}
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(button(dialog, "planStart"), Qt.MouseButton.LeftButton)
    assert dialog.starts_now


def test_return_in_a_field_begins_nothing(qtbot: QtBot, dialog: PlanDialog) -> None:
    type_values(dialog, "optimizer_g.lr", "1e-4, 1e-3")
    line = dialog.cards["optimizer_g.lr"].findChild(QLineEdit)
    assert line is not None
    dialog.show()
    with qtbot.assertNotEmitted(dialog.accepted):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    dialog.close()


def test_while_something_trains_it_can_only_wait(qtbot: QtBot) -> None:
    dialog = PlanDialog(BASE, can_start=False)
    qtbot.addWidget(dialog)
    seeds(dialog, 2)
    assert button(dialog, "planAdd").isEnabled()
    assert not button(dialog, "planStart").isEnabled()


def test_every_setting_reads_back_its_own_value() -> None:
    for field in fields_of(BASE):
        if not field.choices and field.now not in (None, ""):
            values, complaint = read_values(field, field.text(field.now))
            assert complaint == ""
            assert BASE.with_changes({field.path: values[0]}) == BASE, field.path
