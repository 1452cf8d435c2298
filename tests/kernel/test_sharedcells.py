"""Shared memory in cells: whole records for whoever reads, whatever becomes of whoever writes."""

import fcntl
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from adapter.scoreboard import cells
from adapter.scoreboard.figures import Counters, Now, Record
from adapter.unix import sharedcells

WRITER = """
    import os, sys
    from adapter.scoreboard import cells
    from adapter.scoreboard.figures import Counters, Now, Record
    from adapter.unix import sharedcells
    for cell in range(int(sys.argv[2]), int(sys.argv[3])):
        if not os.fork():
            break
    else:
        while True:
            try:
                os.wait()
            except ChildProcessError:
                sys.exit()
    sequence = 0
    writing = sharedcells.Writing(int(sys.argv[1]), cells.offset(cell), cells.SIZE)
    while True:
        sequence += 1
        writing.put(*cells.write(sequence, Record(Now(cell), Counters(*[sequence] * len(Counters._fields)))))
        if sequence == 1:
            os.write(1, b"%d\\n" % os.getpid())
"""


@pytest.fixture
def fd():
    opened = sharedcells.create(cells.header())
    yield opened
    os.close(opened)


def writers(fd, first, count):
    """The parent of `count` processes that each write a cell without a pause, and their process ids, once all have begun."""
    words = [sys.executable, "-c", textwrap.dedent(WRITER), str(fd), str(first), str(first + count)]
    parent = subprocess.Popen(words, pass_fds=[fd], stdout=subprocess.PIPE)
    assert parent.stdout
    return parent, [int(parent.stdout.readline()) for _ in range(count)]


def kill(parent, pids):
    """All of them, at once; their parent ends when it has reaped the last."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    parent.communicate()


def read(fd, cell):
    """The record in a cell."""
    found = cells.read(sharedcells.read(fd, cells.offset(cell), cells.SIZE))
    assert found is not None
    return found


def test_it_is_no_bodys_to_inherit(fd):
    """It is close-on-exec, says what it is, and cannot be made shorter by any process that has it."""
    assert not os.get_inheritable(fd)
    assert cells.shape(sharedcells.read(fd, 0, cells.SIZE)) == cells.Shape(cells.VERSION, cells.SIZE)
    with pytest.raises(PermissionError):
        os.ftruncate(fd, 0)
    assert fcntl.fcntl(fd, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK


def test_a_new_cell_is_empty(fd):
    """It grows by the cell that is asked for, and what another had left there is gone."""
    sharedcells.clear(fd, cells.offset(5), cells.SIZE)
    assert os.fstat(fd).st_size == cells.offset(6)
    sharedcells.Writing(os.dup(fd), cells.offset(5), cells.SIZE).put(*cells.write(1, Record()))
    assert read(fd, 5) == (1, Record())
    sharedcells.clear(fd, cells.offset(5), cells.SIZE)
    assert sharedcells.read(fd, cells.offset(5), cells.SIZE) == bytes(cells.SIZE)


def test_readers_see_whole_records(fd):
    """While a process writes without a pause, each of thousands of readings is one record, and none is older than the last."""
    sharedcells.clear(fd, cells.offset(1), cells.SIZE)
    parent, pids = writers(fd, 1, 1)
    try:
        last = readings = 0
        deadline = time.monotonic() + 60
        while readings < 5_000 or last < 1_000:  # on a busy machine one of the two may get to run long before the other
            assert time.monotonic() < deadline, f"{(readings, last)}"
            found = cells.read(sharedcells.read(fd, cells.offset(1), cells.SIZE))
            if found is None:
                continue  # it wrote both halves while we read; the next reading will do
            sequence, record = found
            assert set(record.counters) == {sequence}
            assert sequence >= last
            last, readings = sequence, readings + 1
    finally:
        kill(parent, pids)


def test_killed_while_it_writes(fd):
    """Fifty processes killed by SIGKILL amid their writing each leave a whole record behind."""
    for cell in range(1, 51):
        sharedcells.clear(fd, cells.offset(cell), cells.SIZE)
    for first in range(1, 51, 10):
        kill(*writers(fd, first, 10))
    for cell in range(1, 51):
        sequence, record = read(fd, cell)
        assert record.now == Now(cell)
        assert record.counters == Counters(*[sequence] * len(Counters._fields))
