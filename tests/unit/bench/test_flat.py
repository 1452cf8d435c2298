"""What is said of a master that was looked at over many reloads."""

import pytest

from bench.flat import Look, verdict

USUAL = [Look(0, 8.6, 27), *(Look(done, 8.9 + 0.1 * (done % 200 > 0), 30 + done % 300 // 100) for done in range(100, 1100, 100))]


def later(memory, descriptors):
    """The same, so much more from 700 on."""
    return [
        each if each.reloads < 600 else Look(each.reloads, each.memory + memory, each.descriptors + descriptors) for each in USUAL
    ]


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        (USUAL, []),
        (later(0.5, 0), ["the second half needs 0.50 MB more than the first"]),
        (later(0, 2), ["2 descriptors more in the second half"]),
        (later(3.5, 0), ["the second half needs 3.50 MB more than the first", "more than 12 MB"]),
    ],
)
def test_verdict(looks, said):
    """Growth, too much memory and lost descriptors are told; what goes up and down is none of them."""
    assert verdict(looks) == said
