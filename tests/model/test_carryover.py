"""Any state at all survives being carried over; anything at all can be read."""

import json

from hypothesis import given
from hypothesis import strategies as st

from adapter.lifecycle.carryover import from_plain, to_plain
from adapter.lifecycle.state import Generation, State, Worker

instants = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(float, instants)
# Strategies are made from the records' own types, so a new field is tested without being named here.
states = st.builds(
    State,
    workers=st.lists(st.from_type(Worker), max_size=4).map(tuple),
    generations=st.lists(st.from_type(Generation), max_size=3).map(tuple),
    change=st.from_type(State.__annotations__["change"]),
    queued=st.from_type(State.__annotations__["queued"]),
    leaving=st.from_type(State.__annotations__["leaving"]),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | instants | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(states)
def test_round_trip(state):
    """What is carried over as JSON is what was there."""
    assert from_plain(json.loads(json.dumps(to_plain(state)))) == state


@given(states, st.data())
def test_older_neighbour(state, data):
    """Whatever is missing has its default; the rest is as it was."""
    plain = to_plain(state)
    missing = data.draw(st.sets(st.sampled_from(sorted(plain))))
    read = from_plain({name: value for name, value in plain.items() if name not in missing})

    for name in set(plain) - {"version"}:
        assert getattr(read, name) == getattr(State() if name in missing else state, name)


@given(states, st.dictionaries(st.text(max_size=9).map(lambda name: f"new {name}"), values, max_size=3))
def test_newer_neighbour(state, more):
    """What we do not know is left out, at any depth."""
    plain = {**to_plain(state), **more}
    plain["workers"] = [{**worker, **more} for worker in plain["workers"]]

    assert from_plain(json.loads(json.dumps(plain))) == state


@given(st.dictionaries(st.sampled_from(sorted(to_plain(State()))), values))
def test_nonsense(plain):
    """Nothing that is left to us keeps us from starting."""
    assert isinstance(from_plain(plain), State)
