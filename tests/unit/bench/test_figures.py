"""Statistics of the bench."""

import pytest

from bench.figures import Figure, figure, largest_share, median, percentile, ratio, turns


@pytest.mark.parametrize(("values", "middle"), [([3], 3), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5)])
def test_median(values, middle):
    """The middle value, whatever the order; of an even number the mean of the two in the middle."""
    assert median(values) == middle


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.991, 100), (1, 100), (0, 1)])
def test_percentile(share, value):
    """The nearest rank: the least value that so many do not exceed."""
    assert percentile(list(range(100, 0, -1)), share) == value


@pytest.mark.parametrize("thought", [median, lambda values: percentile(values, 0.5)])
def test_nothing(thought):
    """Of nothing there is no median and no percentile."""
    with pytest.raises(ValueError, match="of nothing"):
        thought([])


def test_figure():
    """A figure is the median of the rounds that have the measure, with least, most, and all their errors."""
    samples = [{"rate": 3.0, "errors": 1}, {"rate": 1.0}, {"rate": 2.0, "errors": 2}, {"other": 9.0, "errors": 5}]

    assert figure(samples, "rate") == Figure(2.0, 1.0, 3.0, 3)
    assert figure(samples, "none") is None


def test_ratio():
    """A ratio is of medians; what was not measured, or is nothing, has none."""
    two, eight, nothing = Figure(2, 1, 3, 0), Figure(8, 1, 9, 0), Figure(0, 0, 0, 0)

    assert ratio(eight, two) == 4
    assert [ratio(None, two), ratio(two, None), ratio(two, nothing)] == [None, None, None]


def test_largest_share():
    """The busiest against a fair share: 1 is fair, the number of workers is one who did all."""
    assert largest_share([5, 5, 5, 5], 4) == 1
    assert largest_share([20], 4) == 4
    assert largest_share([], 4) == 0


def test_turns():
    """Each round has everybody once, and each begins with another."""
    assert turns(["a", "b", "c"], 4) == [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]]
    assert turns([], 2) == [[], []]
