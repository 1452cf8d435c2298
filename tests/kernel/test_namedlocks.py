"""Locks by name: one holder among all processes and threads, and none when the holder has ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from adapter.unix.namedlocks import NamedLocks, create
from kit.pythons import NOBODY, ROOT

HOLDS = """
import os, sys
from adapter.unix.namedlocks import NamedLocks
fd, user = int(sys.argv[1]), int(sys.argv[2])
locks = NamedLocks(fd)  # as in a preloader, before it gives up its user; the file is opened after that
if user:
    os.setgroups([]); os.setresgid(user, user, user); os.setresuid(user, user, user)
for line in sys.stdin:
    verb, name = line.split()
    match verb:
        case "acquire": print(locks.acquire(name, wait=True), flush=True)
        case "try": print(locks.acquire(name, wait=False), flush=True)
        case "release": print(locks.release(name), flush=True)
        case "held": print(locks.held(name), flush=True)
        case "fork":
            if os.fork() == 0:
                if name == "forget":
                    locks.forget()
                print("forked", flush=True)
                os.read(int(sys.argv[3]), 1)
                os._exit(0)
"""


class Other:
    """A process with the same file."""

    def __init__(self, fd: int, user: int = 0) -> None:
        self._reader, self._writer = os.pipe()
        words = [sys.executable, "-c", HOLDS, str(fd), str(user), str(self._reader)]
        self.process = subprocess.Popen(
            words, pass_fds=[fd, self._reader], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def say(self, words: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ask(self, words: str) -> str:
        self.say(words)
        return self.hear()

    def end(self) -> None:
        os.close(self._writer)
        self.process.kill()
        self.process.communicate()
        os.close(self._reader)


@pytest.fixture
def file() -> Iterator[int]:
    fd = create()
    yield fd
    os.close(fd)


@pytest.fixture(params=[0, NOBODY], ids=["same user", "another user"])
def other(file: int, request: pytest.FixtureRequest) -> Iterator[Other]:
    one = Other(file, request.param)
    yield one
    one.end()


def test_one_holder_among_processes(file: int, other: Other) -> None:
    """What another process holds cannot be had, what it gave up can; other names are other locks."""
    ours = NamedLocks(file)
    assert other.ask("try a") == "True"
    assert ours.held("a")
    assert not ours.acquire("a", wait=False)
    assert ours.acquire("b", wait=False)
    assert other.ask("try b") == "False"
    assert other.ask("held b") == "True"
    assert other.ask("release a") == "None"
    assert not ours.held("a")
    assert ours.acquire("a", wait=True)
    ours.release("a")
    ours.release("b")
    assert other.ask("acquire b") == "True"


def test_the_end_of_its_holder_frees_it(file: int, other: Other) -> None:
    """kill -9 of the holder: who waits for the lock has it at once."""
    assert other.ask("acquire a") == "True"
    ours = NamedLocks(file)
    waiting = threading.Thread(target=ours.acquire, args=["a"], kwargs={"wait": True})
    waiting.start()
    other.process.kill()
    waiting.join(60)
    assert not waiting.is_alive()
    assert ours.held("a")


def test_a_child_of_its_holder_does_not_keep_it(file: int, other: Other) -> None:
    """A process that the holder forked lives on, having forgotten: the lock is free when the holder has ended."""
    assert other.ask("acquire a") == "True"
    other.say("fork forget")
    assert other.hear() == "forked"
    other.process.kill()
    other.process.wait()
    assert NamedLocks(file).acquire("a", wait=True)


def test_one_holder_among_threads(file: int) -> None:
    """Many threads count by turns: no count is lost."""
    ours = NamedLocks(file)
    counted = [0]

    def count() -> None:
        for _ in range(50):
            ours.acquire("a", wait=True)
            before = counted[0]
            counted[0] = before + 1
            ours.release("a")

    threads = [threading.Thread(target=count) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counted == [400]


def test_two_threads_that_only_wait_are_no_deadlock(file: int, other: Other) -> None:
    """One of our threads holds a, another waits for b, whose holder waits for a: it goes on as soon as a is given up."""
    ours = NamedLocks(file)
    ours.acquire("a", wait=True)
    assert other.ask("acquire b") == "True"
    waiting = threading.Thread(target=ours.acquire, args=["b"], kwargs={"wait": True})
    waiting.start()
    other.say("acquire a")
    ours.release("a")
    assert other.hear() == "True"
    assert other.ask("release b") == "None"
    waiting.join(60)
    assert not waiting.is_alive()


def test_what_is_not_held_cannot_be_given_up(file: int) -> None:
    """Also not what another process holds."""
    with pytest.raises(RuntimeError, match="the lock 'a' is not held by this process"):
        NamedLocks(file).release("a")
