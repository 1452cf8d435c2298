"""What the log says of those who are gone."""

import os
import threading

import pytest

from adapter.roles.lastwords import LastWords, Words
from adapter.roles.worker.stacks import stacks
from adapter.unix.witness import Witness

CALL = '  File "/x/shop.py", line 3 in view\n  File "/x/adapter/roles/serving/showing.py", line 15 in show\n'
WAITS = '  File "/x/adapter/roles/serving/threads.py", line 9 in _serve\n'


def stack(*threads, head="", current=None):
    """As faulthandler writes it: of these threads, each at a call or not."""
    words = [
        f"{'Current t' if each == current else 'T'}hread 0x{each:016x} (most recent call first):\n{what}"
        for each, what in threads
    ]
    return head + "\n".join(words)


SEGV = "Fatal Python error: Segmentation fault\n\n"
ABRT = "Fatal Python error: Aborted\n\n"
CASES = [
    (stack((103, CALL), (100, CALL), (7, WAITS), head=SEGV, current=103), "/3"),
    (stack((100, CALL), (103, CALL), head=SEGV, current=103), "/3"),
    (stack((100, CALL), (101, CALL), (103, WAITS), head=SEGV, current=103), "/0, /1"),
    (stack((100, CALL), (103, CALL), head=ABRT, current=103), "/3, /0"),
    (stack((100, CALL), (102, WAITS), current=102), "/0"),
    (stack(*((100 + each, CALL) for each in range(5)), current=104), "/4, /0, /1, and 2 more"),
    (
        "Thread 0x0000000000000066 app-1 (most recent call last):\n" + CALL.replace(" in ", ", in ") + "    shared.answer()\n",
        "/2",
    ),
    (stack((99, CALL), head=SEGV, current=99), ""),
    (stack((100, WAITS), (101, WAITS)), ""),
    ("Fatal Python error: Segmentation fault\n\nnonsense 0x", ""),
]


@pytest.fixture
def child():
    """A words, and the witness that child 1 was given."""
    words = LastWords()
    witness = Witness(os.dup(words.open(1)))
    yield words, witness
    witness.close()
    words.keep_only([])


@pytest.mark.parametrize(("shown", "request_"), CASES)
def test_requests(child, shown, request_):
    """Named are those whose threads are in a call; the one alone whose thread killed the worker by what it did."""
    words, witness = child
    cells = witness.cells()
    for number in range(5):
        cells[100 + number](f"/{number}".encode())
    os.write(witness.fd, shown.encode())

    assert words.take(1) == Words(request_, shown)
    assert words.take(1) == Words(), "told twice"


def test_strangers_have_nothing_to_tell(child):
    """Who has no witness, or no more, left nothing."""
    words, _ = child
    words.keep_only([2])

    assert words.take(1) == words.take(7) == Words()


def test_across_an_exec(child):
    """A later image reads the same witnesses, by their descriptors."""
    words, witness = child
    witness.cells()[100](b"/0")
    os.write(witness.fd, CASES[4][0].encode())
    later = LastWords()
    later.restore({str(number): os.dup(fd) for number, fd in words.to_plain().items()})

    assert later.take(1) == Words("/0", CASES[4][0])
    assert words.fds() == list(words.to_plain().values())
    later.keep_only([])


def test_stacks_of_our_own():
    """Each thread by its name and ident, in a form that requests can be told by."""
    shown = stacks()

    assert f"Thread 0x{threading.get_ident():016x} {threading.current_thread().name} (most recent call last):" in shown
    assert "in test_stacks_of_our_own" in shown
