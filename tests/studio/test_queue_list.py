"""Which single moves put several runs of the queue to another place."""

from itertools import combinations

from studio.presenters.queue_list import moves


def test_single_moves_lead_to_the_order_that_was_wanted() -> None:
    order = list("abcdef")
    for size in range(1, 5):
        for moved in combinations(order, size):
            for place in range(len(order) + 1):
                before = [one for one in order[:place] if one not in moved]
                after = [one for one in order[place:] if one not in moved]
                now = list(order)
                for one, to in moves(order, moved, place):
                    now.remove(one)
                    now.insert(to, one)
                assert now == [*before, *moved, *after], (moved, place)


def test_what_stands_there_already_is_not_moved() -> None:
    assert moves(list("abc"), ["b"], 1) == []
    assert moves(list("abc"), ["b"], 2) == []
    assert moves(list("abc"), ["unknown"], 0) == []
