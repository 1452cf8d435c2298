"""A cell is whole at every instant, and readable by versions that know more or less."""

from struct import Struct

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.scoreboard import cells, latency
from adapter.scoreboard.figures import Counters, Now, Record, Running

word = st.integers(0, (1 << 64) - 1)
lines = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=cells.LONGEST_LINE)
records = st.builds(
    Record,
    st.builds(Now, *[word] * len(Now._fields)),
    st.builds(Counters, *[word] * len(Counters._fields)),
    st.tuples(*[word] * latency.BUCKETS),
    st.lists(st.builds(Running, word, lines), max_size=cells.MOST_RUNNING).map(tuple),
)
FIRST = Record(Now(7, 0, 3, 812), Counters(requests=10), running=(Running(5, "GET /a"),))
SECOND = Record(Now(7, 0, 3, 812), Counters(requests=11))


def written(cell, sequence, record):
    """The cell after this record was written whole."""
    where, data = cells.write(sequence, record)
    return cell[:where] + data + cell[where + len(data) :]


def an_old_one():
    """A cell with a history."""
    cell = bytes(cells.SIZE)
    for sequence in range(1, 6):
        cell = written(cell, sequence, FIRST)
    return cell


@settings(deadline=None)  # a busy machine is no bug
@given(records)
def test_round_trip(record):
    """What is read is what was written."""
    assert cells.read(written(bytes(cells.SIZE), 1, record)) == (1, record)


def test_killed_at_any_byte():
    """However much of a record was written when its writer died, the one read is that record or the one before, whole."""
    old = an_old_one()
    where, data = cells.write(6, SECOND)
    found = {cells.read(old[:where] + data[:cut] + old[where + cut :]) for cut in range(len(data) + 1)}

    assert found == {(5, FIRST), (6, SECOND)}


@settings(deadline=None)  # a busy machine is no bug
@given(st.data())
def test_written_in_any_order(data):
    """The same whichever bytes of it were there already when it was read: nobody promises us an order."""
    old = bytearray(an_old_one())
    where, new = cells.write(6, SECOND)
    for place in data.draw(st.sets(st.integers(0, len(new) - 1))):
        old[where + place] = new[place]

    assert cells.read(bytes(old)) in {(5, FIRST), (6, SECOND)}


@settings(deadline=None)  # a busy machine is no bug
@given(st.binary(max_size=cells.SIZE))
def test_nonsense(data):
    """Nothing that lies in a cell is taken for a record by accident, or is an error."""
    assert cells.read(data) is None
    cells.unpack(data)
    cells.shape(data)


def test_impossible_numbers():
    """A clock that went backwards, a count beyond all bounds: the nearest number that can be written, and no error."""
    found = cells.unpack(cells.pack(Record(Now(-5, 1), Counters(1 << 70), (-1,) * latency.BUCKETS)))

    assert found == Record(Now(0, 1), Counters((1 << 64) - 1))


def test_nothing_yet():
    """A new cell holds no record."""
    assert cells.read(bytes(cells.SIZE)) is None


def test_it_fits():
    """The largest record fits into half a cell."""
    longest = Running((1 << 64) - 1, "x" * 1000)
    where, data = cells.write((1 << 64) - 1, Record(running=(longest,) * 50))

    assert where + len(data) <= cells.SIZE
    found = cells.read(written(bytes(cells.SIZE), 1, Record(running=(longest,) * 50)))
    assert found is not None
    assert [each.line for each in found[1].running] == ["x" * cells.LONGEST_LINE] * cells.MOST_RUNNING


def test_lines_stay_printable_ascii():
    """A line that is not ASCII is shown escaped, never cut into something else."""
    found = cells.unpack(cells.pack(Record(running=(Running(1, "GET /\u00fc"),))))

    assert found is not None
    assert found.running[0].line == "GET /\\xfc"


def numbers(now, counters, buckets):
    """A record as another version may have packed it."""
    words = [*now, *counters, *buckets]
    return Struct("<4H").pack(len(now), len(counters), len(buckets), 0) + Struct(f"<{len(words)}Q").pack(*words)


def test_an_older_version():
    """Numbers that it did not have yet are 0."""
    found = cells.unpack(numbers([7, 0, 3], [10, 1], [4, 5]))

    assert found == Record(Now(7, 0, 3), Counters(10, 1), (4, 5) + (0,) * (latency.BUCKETS - 2))


def test_a_newer_version():
    """Numbers that we do not know are left out; what it counted in buckets beyond ours took longer than all of ours."""
    now = range(1, len(Now._fields) + 4)
    counters = range(1, len(Counters._fields) + 3)
    found = cells.unpack(numbers(now, counters, [1] * (latency.BUCKETS + 5)))

    assert found == Record(
        Now(*range(1, len(Now._fields) + 1)),
        Counters(*range(1, len(Counters._fields) + 1)),
        (1,) * (latency.BUCKETS - 1) + (6,),
    )


def test_header():
    """A scoreboard says what it is."""
    assert cells.shape(cells.header()) == cells.Shape(cells.VERSION, cells.SIZE)
    assert cells.shape(b"something else entirely") is None
    assert cells.offset(0) == cells.SIZE
