"""Facts, orders and sentences are records that are told apart by their type."""

import pytest

from adapter.lifecycle.cases import Case


class Stop(Case):
    code: int


class Wait(Case):
    code: int
    seconds: float = 1.5


def test_equality():
    """Equal are those of one kind with equal fields, and their hashes; however they were made."""
    assert Wait(3) == Wait(seconds=1.5, code=3) != Wait(3, 2.0)
    assert hash(Wait(3)) == hash(Wait(seconds=1.5, code=3))
    assert Stop(3) != Wait(3, 1.5)
    assert Stop(3) not in [3, (3,), Wait(3)]


def test_as_shown():
    """It shows its kind and all its fields, in their order."""
    assert repr(Wait(seconds=2.0, code=3)) == "Wait(code=3, seconds=2.0)"


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, 2.0, 3), {}), ((1,), {"code": 1}), ((1,), {"minutes": 2}), ((), {"seconds": 2.0})]
)
def test_other_fields(values, named):
    """A field that is missing, unknown or said twice is a TypeError."""
    with pytest.raises(TypeError):
        Wait(*values, **named)


def test_frozen():
    """What has happened, been ordered or been said is not changed any more."""
    case = Wait(3)
    with pytest.raises(AttributeError, match=r"Wait\.code"):
        case.code = 4
    assert case.code == 3
