"""Listeners handed down by those who start us, in all their conventions."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.pythons import said_by

REPORT = """
    import json, os, sys
    from adapter.exits import Fatal
    from adapter.unix import inherited
    environ = {name: value.replace("ME", str(os.getpid())).replace("PARENT", str(os.getppid())) for name, value in os.environ.items()}
    try:
        found = inherited.inherited(environ, os.getpid())
    except Fatal as fatal:
        print(fatal.code, fatal)
    else:
        print(json.dumps([
            [one.address, one.owned, one.name, list(one.numbers), one.socket.get_inheritable(), one.socket.getblocking()] for one in found
        ]))
"""

CASES = [
    ({"LISTEN_FDS": "2", "LISTEN_PID": "ME"}, [("", 3), ("", 4)]),
    ({"LISTEN_FDS": "2", "LISTEN_PID": "ME", "LISTEN_FDNAMES": "web:admin"}, [("web", 3), ("admin", 4)]),
    ({"LISTEN_FDS": "2", "LISTEN_PID": "ME", "LISTEN_FDNAMES": "web"}, [("", 3), ("", 4)]),
    ({"LISTEN_FDS": "0", "LISTEN_PID": "ME"}, []),
    ({"LISTEN_FDS": "2", "LISTEN_PID": "1"}, []),
    ({"LISTEN_FDS": "2"}, []),
    ({"EINHORN_FD_COUNT": "2", "EINHORN_FD_0": "4", "EINHORN_FD_1": "3"}, [("", 4), ("", 3)]),
    ({"EINHORN_FD_COUNT": "1", "EINHORN_FD_0": "3", "EINHORN_MASTER_PID": "PARENT"}, [("", 3)]),
    ({"EINHORN_FD_COUNT": "1", "EINHORN_FD_0": "3", "EINHORN_MASTER_PID": "1"}, []),
    ({"SERVER_STARTER_PORT": "127.0.0.1:1=3;/run/a=b.sock=4"}, [("", 3), ("", 4)]),
    ({"SERVER_STARTER_PORT": "8000=3", "EINHORN_FD_COUNT": "1", "EINHORN_FD_0": "3"}, [("", 3)]),
    ({}, []),
]


@pytest.fixture
def two() -> Iterator[dict[int, socket.socket]]:
    """What the child has as 3 and 4."""
    first, second = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    yield {3: first, 4: second}
    first.close()
    second.close()


def _fds(sockets: dict[int, socket.socket]) -> dict[int, int]:
    return {number: sock.fileno() for number, sock in sockets.items()}


def _address(sock: socket.socket) -> str:
    return "{}:{}".format(*sock.getsockname())


@pytest.mark.parametrize(("env", "expected"), CASES)
def test_every_convention(two: dict[int, socket.socket], env: dict[str, str], expected: list[tuple[str, int]]) -> None:
    """Exactly the listeners that are meant for this process are adopted: not owned, close-on-exec, non-blocking."""
    said = json.loads(said_by(REPORT, fds=_fds(two), **env))
    assert said == [[_address(two[number]), False, name, [number], False, False] for name, number in expected]


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (
            {"LISTEN_FDS": "many", "LISTEN_PID": "ME"},
            "100 the environment has LISTEN_FDS='many', which names no descriptors; unset it",
        ),
        ({"LISTEN_FDS": "-1", "LISTEN_PID": "ME"}, "100 the environment has LISTEN_FDS='-1'"),
        (
            {"LISTEN_FDS": "3", "LISTEN_PID": "ME", "LISTEN_FDNAMES": "a:b:c"},
            "100 fd 5 (LISTEN_FDS, c) is a socket that does not listen",
        ),
        ({"EINHORN_FD_COUNT": "1"}, "100 the environment has EINHORN_FD_0=''"),
        ({"EINHORN_FD_COUNT": "1", "EINHORN_FD_0": "99"}, "100 fd 99 (EINHORN_FD_0) is not open"),
        ({"SERVER_STARTER_PORT": "8000"}, "100 the environment has SERVER_STARTER_PORT='8000'"),
        ({"SERVER_STARTER_PORT": "8000=6"}, "100 fd 6 (SERVER_STARTER_PORT, 8000=6) is not a socket"),
    ],
)
def test_broken_promises_are_named(two: dict[int, socket.socket], env: dict[str, str], sentence: str) -> None:
    """A variable that makes no sense, and a descriptor that is no listener, are refused by name."""
    ours, theirs = socket.socketpair()
    with ours, theirs, open(os.devnull, "rb") as null:
        said = said_by(REPORT, fds={**_fds(two), 5: ours.fileno(), 6: null.fileno()}, **env)
    assert said.startswith(sentence)
    assert "Traceback" not in said


INETD = """
    import os, sys
    from adapter.unix import inherited
    told = os.dup(7)
    [one] = inherited.inherited(os.environ, os.getpid())
    null = os.stat("/dev/null")
    nulls = [fd for fd in (0, 1, 2) if os.path.samestat(os.fstat(fd), null)]
    print("stray")
    os.write(told, repr((one.address, one.socket.fileno() > 2, one.numbers, nulls, os.get_inheritable(0))).encode())
"""


@pytest.mark.parametrize(("same", "nulls"), [((0,), [0]), ((0, 1), [0, 1]), ((0, 1, 2), [0, 1, 2])])
def test_standard_descriptors_are_freed(tmp_path: Path, same: tuple[int, ...], nulls: list[int]) -> None:
    """A listening fd 0 is moved away; every one of 0, 1, 2 that was the same socket is /dev/null afterwards, the others stay."""
    read, write = os.pipe()
    spare = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT)
    with socket.create_server(("127.0.0.1", 0)) as given:
        said_by(INETD, fds={1: spare, 2: spare, **dict.fromkeys(same, given.fileno()), 7: write})
        os.close(write)
        assert os.read(read, 1000).decode() == repr((_address(given), True, (0,), nulls, True))
    os.close(read)
    os.close(spare)


def test_one_socket_by_two_numbers_is_one_listener(two: dict[int, socket.socket]) -> None:
    """The same socket at 0 and at 3 is adopted once, and no second copy stays open to keep it alive."""
    code = REPORT + "\n    try:\n        os.fstat(3)\n    except OSError:\n        print('closed')\n"
    given = two[3].fileno()
    listed, closed = said_by(code, fds={0: given, 3: given}, LISTEN_FDS="1", LISTEN_PID="ME", LISTEN_FDNAMES="web").splitlines()
    assert json.loads(listed) == [[_address(two[3]), False, "web", [0, 3], False, False]]
    assert closed == "closed"


def test_a_connection_on_standard_input_is_no_listener() -> None:
    """A connected fd 0 (inetd `nowait`) is left alone."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert said_by(REPORT, fds={0: ours.fileno()}) == "[]"


def test_the_variables_are_known() -> None:
    """What describes descriptors is kept from the application; what merely sounds like it is not."""
    from adapter.unix.inherited import describes_descriptors

    ours = [
        "LISTEN_FDS",
        "LISTEN_FDNAMES",
        "LISTEN_PID",
        "LISTEN_PIDFDID",
        "EINHORN_FD_0",
        "EINHORN_MASTER_PID",
        "SERVER_STARTER_PORT",
    ]
    assert all(map(describes_descriptors, ours))
    assert not any(map(describes_descriptors, ["PATH", "LISTEN", "LISTEN_ADDRESS", "EINHORN"]))
