"""The augmentations pixel by pixel: what moves, what is covered, what stays, and that gradients follow exactly."""

from collections import Counter

import pytest
import torch
from torch import Tensor

from ganengine.augment.base import Augmentation
from ganengine.augment.color import Color, brightness, contrast, saturation
from ganengine.augment.cutout import Cutout
from ganengine.augment.mirror import Mirror
from ganengine.augment.translation import Translation
from ganengine.fields import declarations
from ganengine.parts import active, members, section_of
from tests.ganengine.waiting import Calls

SECTION = section_of(Augmentation, "Augment", "All of them.")
DIFFERENTIABLE = [Color(color=True), Translation(translation=0.125), Cutout(cutout=0.5)]
ALL = [Mirror(mirror=True), *DIFFERENTIABLE]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(3)


def images(count: int = 6, channels: int = 3, height: int = 16, width: int = 16) -> Tensor:
    """No pixel is 0, and none equals another."""
    return torch.linspace(0.1, 1, count * channels * height * width).view(count, channels, height, width)


def name(part: Augmentation) -> str:
    return type(part).__name__


def shifted(image: Tensor, dy: int, dx: int) -> Tensor:
    """An image [C, H, W] moved down and right, the rest 0."""
    out = torch.zeros_like(image)
    height, width = image.shape[1:]
    to_y, to_x = slice(max(0, dy), height + min(0, dy)), slice(max(0, dx), width + min(0, dx))
    from_y, from_x = slice(max(0, -dy), height - max(0, dy)), slice(max(0, -dx), width - max(0, dx))
    out[:, to_y, to_x] = image[:, from_y, from_x]
    return out


def test_mirror_flips_about_half_of_the_real_images() -> None:
    given = images(2000, 1, 2, 3)
    got = Mirror(mirror=True).real(given)
    flipped = (got == given.flip(3)).flatten(1).all(1)
    kept = (got == given).flatten(1).all(1)
    assert (flipped ^ kept).all()
    assert flipped.double().mean().item() == pytest.approx(0.5, abs=0.04)


def test_what_an_augmentation_does_not_do_it_leaves_alone() -> None:
    given = images()
    assert Mirror(mirror=True).both(given) is given
    assert all(part.real(given) is given for part in DIFFERENTIABLE)


@pytest.mark.parametrize(("height", "width", "ratio", "most_y", "most_x"), [(8, 8, 0.125, 1, 1), (12, 16, 0.2, 2, 3)])
def test_translation_moves_whole_images_exactly(
    height: int, width: int, ratio: float, most_y: int, most_x: int
) -> None:
    given = images(300, 2, height, width)
    got = Translation(translation=ratio).both(given)
    moves: Counter[tuple[int, int]] = Counter()
    candidates = [(dy, dx) for dy in range(-most_y, most_y + 1) for dx in range(-most_x, most_x + 1)]
    for before, after in zip(given, got, strict=True):
        (move,) = [(dy, dx) for dy, dx in candidates if torch.equal(shifted(before, dy, dx), after)]
        moves[move] += 1
    assert set(moves) == set(candidates), "every move happens, and no other"
    assert max(moves.values()) < 300 / 3


def test_translations_gradient_is_one_where_a_pixel_is_still_seen() -> None:
    given = images(20).requires_grad_()
    got = Translation(translation=0.25).both(given)
    (gradient,) = torch.autograd.grad(got.sum(), given)
    seen = torch.stack([torch.isin(before, after) for before, after in zip(given, got, strict=True)])
    assert torch.equal(gradient, seen.float())
    assert 0 < gradient.sum() < gradient.numel()


def test_a_shift_of_less_than_half_a_pixel_is_none() -> None:
    given = images()
    assert torch.equal(Translation(translation=0.02).both(given), given)


@pytest.mark.parametrize(("height", "width", "ratio", "high", "wide"), [(16, 16, 0.5, 8, 8), (10, 14, 0.3, 3, 4)])
def test_cutout_covers_a_square_that_may_stick_out(height: int, width: int, ratio: float, high: int, wide: int) -> None:
    given = images(400, 3, height, width)
    got = Cutout(cutout=ratio).both(given)
    covered = got == 0
    assert torch.equal(covered, covered[:, :1].expand_as(covered)), "in all channels alike"
    assert torch.equal(got[~covered], given[~covered])
    heights, widths, places = set(), set(), set()
    for mask in covered[:, 0]:
        rows, columns = mask.any(1).nonzero().flatten().tolist(), mask.any(0).nonzero().flatten().tolist()
        assert mask.sum() == len(rows) * len(columns), "a rectangle"
        assert rows == list(range(rows[0], rows[-1] + 1))
        assert columns == list(range(columns[0], columns[-1] + 1))
        heights.add(len(rows))
        widths.add(len(columns))
        places.add((rows[0], columns[0]))
    assert max(heights) == high
    assert max(widths) == wide
    assert min(heights) < high, "sometimes it sticks out"
    assert len(places) > 30


def test_cutouts_gradient_is_zero_under_the_cover_and_one_elsewhere() -> None:
    given = images(20).requires_grad_()
    got = Cutout(cutout=0.5).both(given)
    (gradient,) = torch.autograd.grad(got.sum(), given)
    assert torch.equal(gradient, (got != 0).float())


def test_brightness_adds_one_number_to_an_image() -> None:
    added = (brightness(images(500)) - images(500)).flatten(1)
    torch.testing.assert_close(added, added[:, :1].expand_as(added), rtol=0, atol=1e-5)
    assert -0.5 <= added.min() < -0.45
    assert 0.45 < added.max() <= 0.5
    assert len(added[:, 0].unique()) > 400


def test_saturation_scales_what_is_not_grey() -> None:
    given = torch.rand(500, 3, 4, 4)
    got = saturation(given)
    grey = given.mean(1, keepdim=True)
    torch.testing.assert_close(got.mean(1, keepdim=True), grey)
    scale = (got - grey).flatten(1).norm(dim=1) / (given - grey).flatten(1).norm(dim=1)
    torch.testing.assert_close((given - grey) * scale[:, None, None, None] + grey, got)
    assert 0.0 <= scale.min() < 0.1
    assert 1.9 < scale.max() <= 2.0


def test_saturation_leaves_grey_images_and_grey_pixels_alone() -> None:
    grey = images(channels=1)
    assert saturation(grey) is grey
    torch.testing.assert_close(saturation(grey.expand(-1, 3, -1, -1)), grey.expand(-1, 3, -1, -1))


def test_contrast_scales_the_distance_to_the_mean() -> None:
    given = torch.rand(500, 1, 4, 4)
    got = contrast(given)
    mean = given.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(got.mean((1, 2, 3), keepdim=True), mean)
    scale = (got - mean).flatten(1).norm(dim=1) / (given - mean).flatten(1).norm(dim=1)
    torch.testing.assert_close((given - mean) * scale[:, None, None, None] + mean, got)
    assert 0.5 <= scale.min() < 0.55
    assert 1.45 < scale.max() <= 1.5


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("part", DIFFERENTIABLE, ids=name)
def test_gradients_flow_through_twice(part: Augmentation, channels: int) -> None:
    given = (torch.rand(2, channels, 5, 6, dtype=torch.float64) * 2 - 1).requires_grad_()

    def both(x: Tensor) -> Tensor:
        torch.manual_seed(8)
        return part.both(x).square()

    assert torch.autograd.gradcheck(both, given)
    assert torch.autograd.gradgradcheck(both, given)


@pytest.mark.parametrize("part", ALL, ids=name)
def test_images_are_changed_each_in_its_own_way_and_the_same_way_for_the_same_seed(part: Augmentation) -> None:
    given = images(1).expand(32, -1, -1, -1)
    torch.manual_seed(5)
    got = part.both(part.real(given))
    assert len(got.flatten(1).unique(dim=0)) > 1
    assert not torch.equal(part.both(part.real(given)), got)
    torch.manual_seed(5)
    assert torch.equal(part.both(part.real(given)), got)
    assert torch.equal(given, images(1).expand(32, -1, -1, -1)), "what was given is not changed"


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
@pytest.mark.parametrize("part", ALL, ids=name)
def test_shape_and_precision_stay(part: Augmentation, dtype: torch.dtype) -> None:
    got = part.both(part.real(images(height=10, width=7).to(dtype)))
    assert got.shape == (6, 3, 10, 7)
    assert got.dtype == dtype


def test_the_settings_of_all_stand_in_one_section_and_say_what_is_on() -> None:
    assert [found.name for found in declarations(SECTION)] == ["mirror", "color", "translation", "cutout"]
    assert active(Augmentation, SECTION()) == []
    for part in ALL:
        assert active(Augmentation, SECTION(**part.model_dump())) == [part]
    together = {name: value for part in ALL for name, value in part.model_dump().items()}
    assert active(Augmentation, SECTION(**together)) == ALL
    assert {type(part) for part in ALL} == set(members(Augmentation))


@pytest.mark.parametrize("part", ALL, ids=name)
def test_no_augmentation_waits_for_a_value(part: Augmentation) -> None:
    given = images().requires_grad_()
    with Calls() as calls:
        torch.autograd.grad(part.both(part.real(given)).sum(), given)
    assert calls.counts.total() > 4, "the mode saw it"
    assert calls.waits == {}


@pytest.mark.cuda
@pytest.mark.parametrize("part", ALL, ids=name)
def test_no_augmentation_waits_for_the_gpu(part: Augmentation) -> None:
    given = images().cuda().requires_grad_()
    torch.autograd.grad(part.both(part.real(given)).sum(), given)  # libraries may wait the first time
    torch.cuda.set_sync_debug_mode("error")
    try:
        torch.autograd.grad(part.both(part.real(given)).sum(), given)
    finally:
        torch.cuda.set_sync_debug_mode("default")
