"""Order of the images: every epoch a permutation, seeded, exactly resumable; and the state of random generators."""

import pytest
import torch

from ganengine.batches import ShuffledBatches, latents, rng_state, set_rng_state

CPU = torch.device("cpu")


def batches(count: int = 23, batch_size: int = 5, seed: int = 1) -> ShuffledBatches:
    return ShuffledBatches(count, batch_size, seed, CPU)


def drawn(source: ShuffledBatches, number: int) -> list[list[int]]:
    return [source.next().tolist() for _ in range(number)]


def numbers(source: ShuffledBatches, number: int) -> list[int]:
    return [index for batch in drawn(source, number) for index in batch]


def test_an_epoch_repeats_nothing_and_drops_the_rest() -> None:
    source = batches()
    assert source.per_epoch == 4
    for epoch in range(3):
        seen = numbers(source, 4)
        assert source.epoch == epoch
        assert len(set(seen)) == 20
        assert set(seen) <= set(range(23))


def test_an_epoch_that_divides_evenly_shows_every_image() -> None:
    source = batches(count=20)
    assert sorted(numbers(source, 4)) == list(range(20))
    assert sorted(numbers(source, 4)) == list(range(20))


def test_epochs_differ_and_so_do_seeds() -> None:
    source = batches()
    first, second = drawn(source, 4), drawn(source, 4)
    assert first != second
    assert first == drawn(batches(), 4)
    assert first != drawn(batches(seed=2), 4)


def test_what_one_epoch_drops_another_shows() -> None:
    assert set(numbers(batches(), 12)) == set(range(23))


def test_types() -> None:
    found = batches().next()
    assert found.dtype == torch.int64
    assert found.shape == (5,)


@pytest.mark.parametrize("done", [0, 1, 3, 4, 5, 8, 11])
def test_it_goes_on_from_its_state(done: int) -> None:
    source = batches()
    drawn(source, done)
    state = source.state_dict()
    expected = drawn(source, 9)
    again = batches()
    again.load_state_dict(state)
    assert drawn(again, 9) == expected
    assert again.state_dict() == source.state_dict()


def test_latents_are_standard_normal_and_seeded() -> None:
    z = latents(2000, 10, torch.Generator().manual_seed(4))
    assert z.shape == (2000, 10)
    assert z.mean().item() == pytest.approx(0.0, abs=0.03)
    assert z.std().item() == pytest.approx(1.0, abs=0.03)
    assert torch.equal(z, latents(2000, 10, torch.Generator().manual_seed(4)))
    assert not torch.equal(z, latents(2000, 10, torch.Generator().manual_seed(5)))


def test_the_global_random_state_is_put_back() -> None:
    state = rng_state(CPU)
    first = torch.rand(5)
    torch.rand(5)
    set_rng_state(state, CPU)
    assert torch.equal(torch.rand(5), first)


def test_a_state_from_a_gpu_is_usable_without_one() -> None:
    set_rng_state({**rng_state(CPU), "cuda": torch.zeros(16, dtype=torch.uint8)}, CPU)


def test_with_repeats_every_batch_is_drawn_from_all_images() -> None:
    batches = ShuffledBatches(100, 50, 3, CPU, repeats=True)
    epoch = torch.cat([batches.next(), batches.next()])
    assert len(epoch.unique()) < 80, "63 of 100 are expected, and 100 without repeats"
    assert (
        len(torch.cat([ShuffledBatches(100, 50, seed, CPU, repeats=True).next() for seed in range(40)]).unique()) == 100
    )

    state = batches.state_dict()
    expected = [batches.next() for _ in range(3)]
    again = ShuffledBatches(100, 50, 3, CPU, repeats=True)
    again.load_state_dict(state)
    assert all(torch.equal(a, b) for a, b in zip(expected, (again.next() for _ in range(3)), strict=True))
