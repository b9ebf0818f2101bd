"""How the form writes and reads numbers, and how far its arrow keys go."""

import pytest

from ganengine.config import TrainConfig, all_declarations
from ganengine.fields import Declaration
from studio.form.stepping import stepped
from studio.form.wording import format_number, number_complaint, read_number, short_title, tooltip


def _declared(path: str) -> Declaration:
    return next(found for found in all_declarations(TrainConfig()) if found.path == path)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2e-4, "0.0002"),
        (1e-8, "1e-8"),
        (1.0, "1"),
        (0.0, "0"),
        (64, "64"),
        (1.5e-7, "1.5e-7"),
        (1e22, "1e22"),
        (-0.5, "-0.5"),
    ],
)
def test_numbers_are_written_short_and_read_back_the_same(number: float, text: str) -> None:
    assert format_number(number) == text
    assert read_number(text, whole=False) == number


@pytest.mark.parametrize(("text", "number"), [("64", 64), ("1e4", 10_000), ("64.0", 64), ("-3", -3)])
def test_whole_numbers_may_be_written_in_several_ways(text: str, number: int) -> None:
    read = read_number(text, whole=True)
    assert read == number
    assert isinstance(read, int)


@pytest.mark.parametrize("text", ["", "abc", "0,5", "1.5", "nan", "inf", "--1"])
def test_what_is_no_whole_number_stays_text(text: str) -> None:
    assert read_number(text, whole=True) == text


def test_a_comma_is_explained() -> None:
    assert number_complaint("0,5", whole=False) == "must be written without a comma, such as 0.5"
    assert number_complaint("5,000", whole=True) == "must be written without a comma, such as 5000"
    assert number_complaint("", whole=True) == "is empty; type a whole number"
    assert number_complaint("two", whole=False) == "must be a number, not 'two'"
    assert number_complaint("2", whole=False) == ""


def test_the_tooltip_tells_bounds_unit_and_default() -> None:
    assert "From 2 to 65,536 images. Default 64." in tooltip(_declared("training.batch_size"))
    assert "More than 0, at most 10. Default 0.0002." in tooltip(_declared("optimizer_g.lr"))
    assert "Default off." in tooltip(_declared("optimizer_g.amsgrad"))
    assert "Default 0.5, 0.999." in tooltip(_declared("optimizer_g.betas"))


def test_a_title_is_shortened_to_what_stands_before_the_brackets() -> None:
    assert short_title("MLP (dense layers)") == "MLP"


@pytest.mark.parametrize(
    ("path", "value", "above", "below"),
    [
        ("optimizer_g.lr", 2e-4, 2.5e-4, 1.6e-4),
        ("optimizer_g.lr", 9.9, 10.0, 8.0),
        ("optimizer_g.lr", -1.0, 2e-4, 2e-4),
        ("generator.dropout", 0.3, 0.31, 0.29),
        ("generator.dropout", 0.0, 0.01, 0.0),
        ("generator.dropout", 0.99, 0.99, 0.98),
        ("optimizer_g.weight_decay", 1e-4, 1.25e-4, 8e-5),
        ("training.batch_size", 64, 128, 32),
        ("training.batch_size", 2, 3, 2),
        ("training.batch_size", 65_536, 65_536, 32_768),
        ("training.steps", 5000, 7000, 3000),
        ("training.seed", 41, 42, 40),
        ("training.seed", 0, 1, 0),
    ],
)
def test_a_step_goes_to_the_next_round_number_within_bounds(
    path: str, value: float, above: float, below: float
) -> None:
    declaration = _declared(path)
    assert stepped(value, True, declaration) == pytest.approx(above)
    assert stepped(value, False, declaration) == pytest.approx(below)


def test_steps_reach_every_bound_and_never_pass_it() -> None:
    for declaration in all_declarations(TrainConfig()):
        if declaration.annotation not in (int, float):
            continue
        for up in (True, False):
            value = declaration.default
            for _ in range(3000):
                after = stepped(value, up, declaration)
                assert declaration.minimum is None or after >= declaration.minimum, declaration.path
                assert declaration.maximum is None or after <= declaration.maximum, declaration.path
                if after == value:
                    break
                assert (after > value) == up, declaration.path
                value = after
