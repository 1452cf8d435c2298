"""Every order in which a supervisor's signal, its word in `supervise/status` and our looking at it can happen."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.lifecycle.commands import Command
from adapter.lifecycle.restarting import Told, Want, rewritten, terminated, told

PID = 81


def daemontools(want: str, pid: int = PID) -> bytes:
    """Its status: 18 bytes."""
    return bytes(12) + pid.to_bytes(4, "little") + b"\0" + want.encode()


def runit(want: str, pid: int = PID, *, term: bool = False) -> bytes:
    """Its status: 20 bytes."""
    return daemontools(want, pid) + bytes((term, 1))


class Supervisor(NamedTuple):
    """How its file is written, and the steps of each letter: `TERM` or what is written."""

    write: object
    letters: dict[str, tuple[str, ...]]


SUPERVISE = Supervisor(daemontools, {"t": ("TERM",), "d": ("TERM", "d"), "u": ("u",), "o": ("\0",)})
RUNSV = Supervisor(runit, {"t": ("TERM", "same"), "d": ("d", "TERM"), "u": ("u",), "o": ("d",)})
BOTH = pytest.mark.parametrize("supervisor", [SUPERVISE, RUNSV], ids=["supervise", "runsv"])


def played(supervisor: Supervisor, letters: str, pauses: list[bool]) -> list[Command]:
    """What we ask for; after each step of the supervisor's we get to run when `pauses` says so, and in the end."""
    want, signalled, written, asked = "u", False, False, []

    def run() -> None:
        nonlocal signalled, written
        status = supervisor.write(want)
        if written:
            asked.append(rewritten(status, PID))
        if signalled:
            asked.append(terminated(status, PID))
        signalled = written = False

    steps = [step for letter in letters for step in supervisor.letters[letter]]
    for step, pause in zip(steps, [*pauses, *[False] * len(steps)], strict=False):
        if step == "TERM":
            signalled = True
        else:
            want, written = (want if step == "same" else step), True
        if pause:
            run()
    run()
    return [each for each in asked if each is not Command.NOTHING]


SCHEDULE = st.lists(st.booleans(), max_size=24)


@BOTH
@given(letters=st.text("tduo", max_size=8), pauses=SCHEDULE)
def test_down_is_always_a_stop(supervisor: Supervisor, letters: str, pauses: list[bool]) -> None:
    """Whatever went before and whenever we look: after `svc -d`, `sv down` we have been asked to stop."""
    assert Command.STOP in played(supervisor, letters + "d", pauses)


@BOTH
@given(letters=st.text("tu", max_size=8), pauses=SCHEDULE)
def test_who_is_wanted_up_never_stops(supervisor: Supervisor, letters: str, pauses: list[bool]) -> None:
    """`svc -t`, `sv restart`, as often as one likes: a reload, never a stop."""
    asked = played(supervisor, letters, pauses)
    assert set(asked) == ({Command.RELOAD} if "t" in letters else set())


@BOTH
@given(pauses=SCHEDULE)
def test_once_ends_with_the_next_term(supervisor: Supervisor, pauses: list[bool]) -> None:
    """`svc -o`, `sv once` on a running service: nothing now, also after a restart that was a reload; TERM is then the end."""
    assert played(supervisor, "o", pauses) == []
    assert played(supervisor, "to", [True, True]) == [Command.RELOAD]
    assert played(supervisor, "ot", pauses) == [Command.STOP]


WORDS = [
    (daemontools("u"), Told(Want.UP, late=True)),
    (daemontools("d"), Told(Want.DOWN, late=True)),
    (daemontools("\0"), Told(Want.ONCE, late=True)),
    (runit("u"), Told(Want.UP)),
    (runit("u", term=True), Told(Want.UP)),
    (runit("d"), Told(Want.DOWN)),
    (daemontools("u", 82), Told(Want.UNKNOWN)),
    (runit("u", 0), Told(Want.UNKNOWN)),
    (runit("\0"), Told(Want.UNKNOWN)),
    (daemontools("x"), Told(Want.UNKNOWN, late=True)),
    (bytes(35), Told(Want.UNKNOWN)),  # s6's
    (b"", Told(Want.UNKNOWN)),
]


@pytest.mark.parametrize(("status", "means"), WORDS)
def test_words(status: bytes, means: Told) -> None:
    """Only what is said of us, in one of the two forms, is believed; anything else is a stop."""
    assert told(status, PID) == means
    assert terminated(status, PID) is (Command.RELOAD if means.want is Want.UP else Command.STOP)


@given(st.binary(max_size=40))
def test_any_bytes(status: bytes) -> None:
    """No file, whatever is in it, makes it fail."""
    assert terminated(status, PID) in {Command.RELOAD, Command.STOP}
    assert rewritten(status, PID) in {Command.NOTHING, Command.STOP}
