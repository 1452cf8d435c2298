"""The access log's thread: nothing noted is lost while the file takes it; what it does not take is counted, and nobody waits."""

import os
import threading
import time
from pathlib import Path

import pytest

from adapter.log import Log
from adapter.protocols.entry import Entry
from adapter.roles.worker.accesslog import AccessLog
from kit.lines import Lines


def entry(number: int) -> Entry:
    """The number is its status."""
    return (number, 0, 0.0, 0.0, "", "", "", "", "", "", "", None)


def line(said: Entry, _offset: float) -> str:
    """A line that tells the number."""
    return f"{said[0]} {'x' * 90}\n"


def numbers(text: str) -> list[int]:
    """Those that the lines tell."""
    return [int(each.split(" ")[0]) for each in text.splitlines()]


class Told:
    """The server's log, as lines."""

    def __init__(self) -> None:
        outlet, self._inlet = os.pipe()
        self.lines = Lines(os.fdopen(outlet))
        self.log = Log(self._inlet, stamp=False)

    def close(self) -> None:
        """No more."""
        os.close(self._inlet)
        self.lines.close()


@pytest.fixture
def told():
    """The server's log."""
    told = Told()
    yield told
    told.close()


def opened(path: Path) -> int:
    """For appending."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def test_everything_is_written(tmp_path: Path, told: Told) -> None:
    """Ten thousand by four threads, and a last one just before the end: each is there once, and those of one thread in order."""
    access = AccessLog(line, told.log, room=100_000)
    access.open(opened(tmp_path / "log"))

    def note(first: int) -> None:
        for number in range(first, first + 2500):
            access.add(entry(number))

    threads = [threading.Thread(target=note, args=(first,)) for first in range(0, 10_000, 2500)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    access.add(entry(10_000))
    access.close(30)
    found = numbers((tmp_path / "log").read_text())
    assert sorted(found) == list(range(10_001))
    for first in range(0, 10_000, 2500):
        mine = [number for number in found if first <= number < first + 2500]
        assert mine == sorted(mine)
    assert told.lines.all() == []


def test_one_is_written_soon(told: Told) -> None:
    """A single request after a rest is in the file without another following; again and again."""
    outlet, inlet = os.pipe()
    access = AccessLog(line, told.log)
    access.open(inlet)
    with os.fdopen(outlet) as read:
        for number in range(10):
            access.add(entry(number))
            assert numbers(read.readline()) == [number]
        access.close(30)
        assert read.read() == ""


def test_at_rest_it_sleeps(tmp_path: Path, told: Told) -> None:
    """With nothing to write the thread is not woken: it uses no processor, and its voluntary switches stand still."""
    access = AccessLog(line, told.log)
    access.open(opened(tmp_path / "log"))
    access.add(entry(1))
    status = Path(f"/proc/self/task/{access._thread.native_id}/status")

    def switches() -> str:
        return next(each for each in status.read_text().splitlines() if each.startswith("voluntary"))

    while (tmp_path / "log").stat().st_size == 0 or not access._resting:
        time.sleep(0.01)
    time.sleep(0.2)
    before = switches()
    time.sleep(0.5)  # the time of this test: nothing is to happen in it
    assert switches() == before
    access.close(30)


def test_a_reader_that_does_not_read_costs_lines_and_no_time(told: Told) -> None:
    """The pipe is full: what is noted past the room is lost and counted, noting never waits, and both are told; once it is read
    again, the rest is written.
    """
    outlet, inlet = os.pipe()
    access = AccessLog(line, told.log, room=1000)
    access.open(inlet)
    began = time.monotonic()
    for number in range(100_000):
        access.add(entry(number))
    assert time.monotonic() - began < 60
    told.lines.wait_for("adapter: warning: the access log cannot keep up: lines are lost")
    with os.fdopen(outlet) as read:
        lost = 0
        found = []
        closing = threading.Thread(target=lambda: access.close(30))
        closing.start()
        found = numbers(read.read())
        closing.join()
    lost = int(told.lines.wait_for("adapter: warning: the access log is written again lost=(.*)")[1])
    assert found == sorted(set(found))
    assert len(found) >= 1000
    assert len(found) + lost == 100_000


def test_the_end_waits_for_a_stuck_reader_only_so_long(told: Told) -> None:
    """Nobody reads, and we are to end: after the patience given the lines are lost, and the log says how many."""
    outlet, inlet = os.pipe()
    access = AccessLog(line, told.log)
    access.open(inlet)
    for number in range(2000):
        access.add(entry(number))
    access.close(0.2)
    lines = int(told.lines.wait_for("adapter: warning: the access log does not take its last lines lines=(.*)")[1])
    assert 500 < lines <= 2000
    with os.fdopen(outlet) as read:
        assert len(numbers(read.read())) == 2000  # the thread was left alone, not killed


def test_a_broken_pipe_is_told_once_and_a_new_file_is_written(tmp_path: Path, told: Told) -> None:
    """Whoever read is gone: one line in the log, however many are lost; after `reopen` all goes on, and the loss is told."""
    outlet, inlet = os.pipe()
    os.close(outlet)
    access = AccessLog(line, told.log)
    access.open(inlet)
    for number in range(3):
        access.add(entry(number))
        while access._lost <= number:
            time.sleep(0.001)
    access.open(opened(tmp_path / "log"))
    access.add(entry(3))
    access.close(30)
    assert numbers((tmp_path / "log").read_text()) == [3]
    assert told.lines.wait_for("written again lost=(.*)")[1] == "3"
    said = [each for each in told.lines.all() if "cannot write the access log" in each]
    assert len(said) == 1
    assert "Broken pipe" in said[0]


def test_a_full_disk_is_told_and_tried_again(tmp_path: Path, told: Told) -> None:
    """ENOSPC is told once, nobody spins, and a file with room takes over at `reopen`."""
    access = AccessLog(line, told.log)
    access.open(os.open("/dev/full", os.O_WRONLY))
    for number in range(1000):
        access.add(entry(number))
    told.lines.wait_for("adapter: error: cannot write the access log: .*No space left")
    access.open(opened(tmp_path / "log"))
    access.add(entry(1000))
    access.close(30)
    assert numbers((tmp_path / "log").read_text())[-1] == 1000
    lost = int(told.lines.wait_for("written again lost=(.*)")[1])
    assert lost + len(numbers((tmp_path / "log").read_text())) == 1001


def test_reopened_among_many_nothing_is_lost(tmp_path: Path, told: Told) -> None:
    """Files change under a stream of requests: each line is in one of them, whole, and in order."""
    access = AccessLog(line, told.log, room=1_000_000)
    access.open(opened(tmp_path / "log.0"))
    for number in range(20_000):
        access.add(entry(number))
        if number % 1000 == 999:
            access.open(opened(tmp_path / f"log.{number // 1000 + 1:02d}"))
    access.close(30)
    found = [number for path in sorted(tmp_path.iterdir()) for number in numbers(path.read_text())]
    assert found == list(range(20_000))
    assert told.lines.all() == []


def test_a_bug_in_a_line_costs_that_batch_only(tmp_path: Path, told: Told) -> None:
    """Should making a line ever fail, it is told with its traceback, and later ones are written."""

    def fails(said: Entry, offset: float) -> str:
        if said[0] == 0:
            raise ZeroDivisionError("a bug")
        return line(said, offset)

    access = AccessLog(fails, told.log)
    access.open(opened(tmp_path / "log"))
    access.add(entry(0))
    told.lines.wait_for("ZeroDivisionError: a bug")
    access.add(entry(1))
    access.close(30)
    assert numbers((tmp_path / "log").read_text()) == [1]
