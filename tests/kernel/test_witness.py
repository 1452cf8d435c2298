"""What a process leaves behind is still there when it is gone, or stuck with the interpreter's lock held."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from adapter.unix.witness import _TEXT, CELLS, SHOW, Cells, Witness
from kit.pythons import ROOT

DEATHS = {
    "SIGSEGV": "ctypes.string_at(0)",
    "SIGABRT": "os.abort()",
    "SIGFPE": "os.kill(os.getpid(), signal.SIGFPE)",
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
}
ATTENDED = """
import ctypes, os, signal, sys, threading, time
from adapter.unix.witness import Witness
witness = Witness(int(sys.argv[1]))
witness.attend()
witness.show_on_request()

def die_here():
    {how}

witness.cells()[threading.get_ident()](b"GET /deadly")
die_here()
"""


def run(code: str, witness: Witness) -> "subprocess.Popen[str]":
    """A program with this witness."""
    words = [sys.executable, "-c", code, str(witness.fd)]
    return subprocess.Popen(
        words, pass_fds=[witness.fd], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]}
    )


@pytest.mark.parametrize("number", DEATHS)
def test_it_outlives_the_process(number: str) -> None:
    """Whatever signal ends a process, its request is known; and its stack, unless it was SIGKILL."""
    witness = Witness.create()
    with run(ATTENDED.format(how=DEATHS[number]), witness) as process:
        assert process.wait() == -signal.Signals[number]
    assert list(witness.requests().values()) == ["GET /deadly"]
    stack = witness.take_stacks()
    assert ("in die_here" in stack) == (number != "SIGKILL")
    assert witness.take_stacks() == "", "told twice"
    witness.close()


def test_it_speaks_for_who_is_stuck_in_c() -> None:
    """A process that holds the interpreter's lock in C shows the stack of each thread on SHOW, and lives on."""
    witness = Witness.create()
    stuck = """
    threading.Thread(target=time.sleep, args=[60], daemon=True).start()
    os.write(1, b"stuck\\n")
    while True:
        ctypes.PyDLL(None).poll(None, 0, 60_000)"""
    with run(ATTENDED.format(how=stuck), witness) as process:
        assert process.stdout and process.stdout.readline() == "stuck\n"
        process.send_signal(SHOW)
        shown = ""
        while shown.count("most recent call first") < 2 or "<module>" not in shown:  # looked at, not taken: it is being written
            assert process.poll() is None
            shown = os.pread(witness.fd, 1 << 16, _TEXT).decode()
        assert "in die_here" in witness.take_stacks()
        process.kill()
    witness.close()


def test_cells() -> None:
    """Each thread has a cell of its own; a long line is shortened, the next one takes its place; past the last cell nothing is noted."""
    witness = Witness.create()
    cells = witness.cells()
    assert witness.requests() == {}
    cells[1000](b"x" * 500)
    cells[1001](b"GET /\xff\n")
    assert witness.requests() == {1000: "x" * 120, 1001: "GET /\xff\n"}
    cells[1000](b"short")
    assert witness.requests() == {1000: "short", 1001: "GET /\xff\n"}
    for thread in range(2000, 2000 + CELLS):
        cells[thread](b"one of many")
    assert len(witness.requests()) == CELLS
    witness.close()


def test_without_a_witness_nothing_is_noted() -> None:
    """Who has no memory for it pays a look-up, and goes on."""
    cells = Cells()
    assert cells[1](b"GET /") is None
    assert list(cells) == [1]


def test_too_much_is_cut() -> None:
    """Text without end (a program may write there what it likes) is read up to a bound, and gone."""
    witness = Witness.create()
    for _ in range(5):
        os.write(witness.fd, b"y" * 100_000)
    text = witness.take_stacks()
    assert len(text) < 300_000
    assert text.endswith("[…]\n")
    assert witness.take_stacks() == ""
    witness.close()


def test_threads_do_not_disturb_each_other() -> None:
    """Threads that get their cells at the same moment, and write them however they interleave, each find their own line."""
    witness = Witness.create()
    cells = witness.cells()
    together = threading.Barrier(8)

    def write(number: int) -> None:
        together.wait()
        for _ in range(2000):
            cells[5000 + number](f"GET /{number}".encode() * 10)
        cells[5000 + number](f"GET /{number}".encode())

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert witness.requests() == {5000 + number: f"GET /{number}" for number in range(8)}
    witness.close()
