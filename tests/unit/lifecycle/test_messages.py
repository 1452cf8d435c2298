"""What master, preloaders and workers say to each other survives the wire, and strangers to this version."""

import json
from typing import get_args

import pytest

from adapter.lifecycle.messages import _KINDS, HasFailed, IsReady, Message, from_plain, to_plain

every = pytest.mark.parametrize("kind", get_args(Message), ids=lambda kind: kind.__name__)


@every
def test_round_trip(kind):
    """Each message comes out of the wire as it went in."""
    message = kind()

    assert from_plain(json.loads(json.dumps(to_plain(message)))) == message


@every
def test_defaults(kind):
    """Each key has a default, so that who does not send it is understood."""
    assert set(kind._fields) == set(kind._field_defaults)


def test_every_kind_has_a_name():
    """No message exists that the wire has no name for, nor the other way round."""
    assert set(_KINDS.values()) == set(get_args(Message))


def test_newer_neighbour():
    """Keys we do not know are left out; a sentence we do not know is none."""
    assert from_plain({"say": "failed", "error": "x", "since": 7}) == HasFailed("x")
    assert from_plain({"say": "dance"}) is None
    assert from_plain({}) is None


def test_older_neighbour():
    """Keys that are missing have their defaults."""
    assert from_plain({"say": "ready"}) == IsReady()
    assert from_plain({"say": "failed"}) == HasFailed()
