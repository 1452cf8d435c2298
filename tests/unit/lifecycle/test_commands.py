"""Two reloads that are asked for become one."""

from itertools import product

import pytest

from adapter.lifecycle.commands import RELOADS, Command, joined


@pytest.mark.parametrize(("one", "other"), list(product(RELOADS, RELOADS)))
def test_joined(one, other):
    """It does all that either does, in whatever order they came."""
    both = joined(one, other)

    assert both is joined(other, one)
    assert both in RELOADS
    assert both.reexecutes == (one.reexecutes or other.reexecutes)
    assert both.cuts == (one.cuts or other.cuts)


def test_alike():
    """Two alike are that one; the gentlest of two gentle ones is left."""
    assert [joined(each, each) for each in RELOADS] == list(RELOADS)
    assert joined(Command.WORKERS_RELOAD, Command.CHAIN_RELOAD) is Command.CHAIN_RELOAD
