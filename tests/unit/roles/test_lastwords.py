"""What the log says of those who are gone."""

import os

import pytest

from adapter.roles.lastwords import LastWords, Words
from adapter.unix.witness import Witness

FATAL = "Fatal Python error: Segmentation fault\n\nCurrent thread 0x{:016x} (most recent call first):\n  File x\n\nThread 0x0000000000000007 (most recent call first):\n"


@pytest.fixture
def child():
    """A words, and the witness that child 1 was given."""
    words = LastWords()
    witness = Witness(os.dup(words.open(1)))
    yield words, witness
    witness.close()
    words.keep_only([])


def test_the_thread_that_died_names_the_request(child):
    """Of several requests in progress the one is named whose thread got the fatal signal."""
    words, witness = child
    for number in range(5):
        witness.cell(number, 100 + number).begin(f"GET /{number}".encode())
    os.write(witness.fd, FATAL.format(103).encode())

    assert words.take(1) == Words("GET /3", FATAL.format(103))


@pytest.mark.parametrize("stack", ["", FATAL.format(99), "Current thread 0x0000000000000065 (most recent call first):\n"])
def test_who_cannot_be_told_apart_is_named_with_the_others(child, stack):
    """Without a fatal stack, or of a thread at no request: all are named, the first few by name."""
    words, witness = child
    for number in range(5):
        witness.cell(number, 100 + number).begin(f"GET /{number}".encode())
    os.write(witness.fd, stack.encode())

    assert words.take(1).request == "GET /0, GET /1, GET /2, and 2 more"


def test_strangers_have_nothing_to_tell(child):
    """Who has no witness, or no more, left nothing."""
    words, _ = child
    words.keep_only([2])

    assert words.take(1) == words.take(7) == Words()


def test_across_an_exec(child):
    """A later image reads the same witnesses, by their descriptors."""
    words, witness = child
    witness.cell(0, 1).begin(b"GET /")
    later = LastWords()
    later.restore({str(number): os.dup(fd) for number, fd in words.to_plain().items()})

    assert later.take(1) == Words("GET /", "")
    assert words.fds() == list(words.to_plain().values())
    later.keep_only([])
