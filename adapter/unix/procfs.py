"""What the kernel tells of another process (proc(5)). Nothing raises: of one that is gone, or another user's, nothing is known."""

import os
from collections.abc import Iterator
from typing import NamedTuple


class Process(NamedTuple):
    """As it was just now. `name` is its comm: at most 15 characters, and its own to change."""

    pid: int
    parent: int
    state: str  # R, S, D, Z…
    name: str
    words: tuple[str, ...] = ()  # its command line


def pids() -> list[int]:
    """Everybody we can see."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def process(pid: int) -> Process | None:
    """None when there is none."""
    found = _stat(pid)
    return found and found._replace(words=tuple(words(pid, "cmdline")))


def parent(pid: int) -> int:
    """0: nobody we can see."""
    found = _stat(pid)
    return found.parent if found else 0


def _stat(pid: int) -> Process | None:
    before, _, after = read(pid, "stat").rpartition(")")
    if not after:
        return None
    # The name in parentheses may hold anything, so the numbers are counted from the last parenthesis.
    state, above = after.split()[:2]
    return Process(pid, int(above), state, before.partition("(")[2])


def ancestors(pid: int) -> tuple[Process, ...]:
    """Its parent, that one's parent, up to process 1."""
    found: list[Process] = []
    above = parent(pid)
    while above and (each := process(above)) is not None:
        found.append(each)
        above = each.parent
    return tuple(found)


def below(pid: int) -> list[int]:
    """Its children, and theirs."""
    parents = {each: parent(each) for each in pids()}
    found, waiting = [], [pid]
    while waiting:
        above = waiting.pop()
        children = [each for each, its in parents.items() if its == above]
        found += children
        waiting += children
    return found


def words(pid: int, name: str) -> list[str]:
    """`cmdline` or `environ`, word by word."""
    return [word for word in read(pid, name).split("\0") if word]


def environ(pid: int) -> dict[str, str]:
    """The environment that its image was started with."""
    named = (word.partition("=") for word in words(pid, "environ"))
    return {name: value for name, equals, value in named if equals}


def directory(pid: int) -> str:
    """Where it is; empty when that is not known."""
    return _link(pid, "cwd")


def is_beside_us(pid: int, kind: str) -> bool:
    """Does it live in the same namespace of this kind (`net`, `mnt`, `pid`; namespaces(7)) as we do?"""
    theirs = _link(pid, f"ns/{kind}")
    return bool(theirs) and theirs == _link(os.getpid(), f"ns/{kind}")


def status(pid: int) -> dict[str, str]:
    """/proc/PID/status, by its names."""
    rows = (line.partition(":") for line in read(pid, "status").splitlines())
    return {name: value.strip() for name, _, value in rows}


def limits(pid: int) -> dict[str, int | None]:
    """The soft limits, by the names in /proc/PID/limits (`Max open files`); None: unlimited."""
    found: dict[str, int | None] = {}
    for line in read(pid, "limits").splitlines()[1:]:
        name, soft = line[:25].strip(), line[25:].split()[:1]
        if soft:
            found[name] = int(soft[0]) if soft[0].isdigit() else None
    return found


def kernel(name: str) -> str:
    """/proc/sys/NAME, as it is for ourselves; empty when there is none."""
    return _text(f"/proc/sys/{name}").strip()


def read(pid: int, name: str) -> str:
    """/proc/PID/NAME; empty when there is none, or it is not for us to read."""
    return _text(f"/proc/{pid}/{name}")


def open_files(pid: int) -> Iterator[tuple[int, str]]:
    """Its descriptors, and what each leads to."""
    try:
        numbers = [int(name) for name in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return
    for number in numbers:
        if target := _link(pid, f"fd/{number}"):
            yield number, target


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read())
    except OSError:
        return ""


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""
