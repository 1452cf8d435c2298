"""When a worker writes its cell, and what."""

import os

import pytest

from adapter.roles.worker.scoring import Score
from adapter.scoreboard import cells
from adapter.scoreboard.figures import STATES, Counters, Now
from adapter.scoreboard.latency import NONE
from adapter.unix import sharedcells


class Pretend:
    """A server whose numbers are set by the test."""

    def __init__(self):
        self.counted = Counters()
        self.flying = 0
        self.running = []
        self.latency = NONE
        self.threads = self
        self.more = False
        self.draining = False

    def counters(self):
        return self.counted

    def report(self):
        return {"connections": 3, "in_flight": self.flying, "waiting": 0}

    def calls(self):
        return self.running

    def serve(self, requests, seconds=0.001):
        """So many more requests, each taking so long."""
        more = Counters(requests=requests, running=round(requests * seconds * 1e6))
        self.counted = self.counted.plus(more)


@pytest.fixture
def board():
    fd = sharedcells.create(cells.header())
    sharedcells.clear(fd, cells.offset(0), cells.SIZE)
    yield fd
    os.close(fd)


@pytest.fixture
def server():
    return Pretend()


@pytest.fixture
def score(board, server):
    writing = sharedcells.Writing(os.dup(board), cells.offset(0), cells.SIZE)
    return Score(server, writing, Now(7, 1, 3, 812), threads=4)


def read(board):
    """Sequence and record."""
    return cells.read(sharedcells.read(board, cells.offset(0), cells.SIZE)) or (0, None)


def test_the_beginning(board, score):
    """Before the first request it says who it is, and how much memory it has."""
    score.write()
    sequence, record = read(board)

    assert sequence == 1
    assert record.now[:4] == (7, 1, 3, 812)
    assert record.now.threads == 4
    assert record.now.resident > 1 << 20
    assert STATES[record.now.state] == "serving"


def test_news_is_written_at_once(board, score, server):
    """Whenever it is asked and something is new, that is told; when nothing is, nothing is written."""
    score.write()
    for tick in range(1, 11):
        server.serve(10)
        score.tick(100 + tick * 0.005)
        assert read(board)[1].counters.requests == tick * 10
    sequence, _ = read(board)
    for tick in range(11, 100):
        score.tick(100 + tick * 0.005)
    assert read(board)[0] == sequence


def test_constant_news_are_written_now_and_then(board, score, server):
    """Under load a record is written every 0.1 s; the last news never wait for others."""
    server.more = True
    for tick in range(200):
        server.serve(10)
        score.tick(100 + tick * 0.005)
    sequence, _ = read(board)
    assert 9 <= sequence <= 11
    server.serve(10)
    server.more = False
    score.tick(101.0)
    assert read(board)[1].counters.requests == 2010


def test_one_long_request(board, score, server):
    """A request that lasts is told at once, and then once a second, for the processor time and memory it takes."""
    server.flying, server.running = 1, [("GET /slow\x1b[31m", 0.004, 99)]
    score.tick(100.0)
    score.tick(100.005)
    for tick in range(400):
        score.tick(100.01 + tick * 0.005)
    sequence, record = read(board)

    assert sequence <= 4
    assert record.now.busy == 1
    assert record.running[0].line == "GET /slow\\x1b[31m"


def test_the_oldest_requests(board, score, server):
    """Of many, those that have lasted longest, the longest first; long lines are cut."""
    server.running = [("GET /" + str(number) + "x" * 300, number / 10, number) for number in range(20)]
    score.write()
    running = read(board)[1].running

    assert [line.split("x")[0] for _, line in running] == [f"GET /{number}" for number in range(19, 11, -1)]
    assert all(len(line) == cells.LONGEST_LINE for _, line in running)
    assert [each.began for each in running] == sorted(each.began for each in running)


def test_the_average(board, score, server):
    """The running average is half the old and half the new, as uWSGI's."""
    server.serve(10, seconds=0.010)
    score.tick(100.0)
    server.serve(10, seconds=0.020)
    score.tick(101.0)

    assert read(board)[1].now.average == 15_000


def test_draining_is_told(board, score, server):
    """One that was told to drain says so."""
    server.draining = True
    score.write()

    assert STATES[read(board)[1].now.state] == "draining"


def test_nowhere(server):
    """Without a cell it serves all the same."""
    score = Score(server, None, Now(), threads=1)
    score.write()
    score.tick(1.0)
