"""--uid and --gid: the application runs as nobody; the master keeps what it needs to go on."""

import os
import socket
from pathlib import Path

import pytest

from kit.commands import answer, facts, preloaders, reload
from kit.pythons import NOBODY
from kit.server import Adapter

WHO = """
import json
import os

AT_IMPORT = [*os.getresuid(), *os.getresgid()]


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    own = {"import": AT_IMPORT, "now": [*os.getresuid(), *os.getresgid()], "groups": os.getgroups(), "umask": os.umask(0o22)}
    return [json.dumps(own).encode()]
"""


def user_of(pid: int) -> list[int]:
    """Real, effective, saved and filesystem user (proc(5), status)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Uid:"))
    return [int(word) for word in line.split()[1:]]


@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)])
def test_the_application_runs_as_nobody(lazy: tuple[str, ...]) -> None:
    """From its first import on, with none of root's groups; the master stays root, and a reload works."""
    server = Adapter("who.py", f"--uid={NOBODY}", f"--gid={NOBODY}", "--umask=027", "--control=control", *lazy)
    server.write("who.py", WHO)
    server.directory.chmod(0o755)
    with server:
        address = server.address
        for _ in range(2):
            found = facts(address)
            assert found["import"] == found["now"] == [NOBODY] * 6
            assert found["groups"] in ([], [NOBODY])
            assert found["umask"] == 0o27
            assert user_of(server.process.pid) == [os.getuid()] * 4
            for pid in (*preloaders(server), *(each.pid for each in server.ready()[-1:])):
                assert user_of(pid) == [NOBODY] * 4
            reload(server)


def test_its_workers_die_with_the_master_all_the_same() -> None:
    """Having given up their user they still see the master's death."""
    server = Adapter("hello.py", f"--uid={NOBODY}", f"--gid={NOBODY}", "--workers=2")
    server.directory.chmod(0o755)
    with server:
        assert answer(server.address) == b"hello\n"
        server.process.signal(9)
        server.process.wait_alone()


def test_a_unix_socket_is_the_users() -> None:
    """The socket belongs to --uid and --gid, so that mode 600 is for the application's user."""
    server = Adapter("hello.py", f"--uid={NOBODY}", f"--gid={NOBODY}", bind=("unix:app.sock",))
    server.directory.chmod(0o755)
    with server:
        server.wait_for("adapter: info: serving generation=")
        found = (server.directory / "app.sock").stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (NOBODY, NOBODY, 0o600)
        server.reload()


def test_a_unix_socket_is_its_proxys() -> None:
    """--socket-owner wins over --uid; a reload with other words changes who may connect, under the same socket."""
    server = Adapter(
        "hello.py", f"--uid={NOBODY}", f"--gid={NOBODY}", "--config={directory}/adapter.toml", bind=("unix:app.sock",)
    )
    server.directory.chmod(0o755)
    server.write("adapter.toml", "[adapter]\nsocket_owner = ':1234'\nsocket_mode = '660'\n")
    with server:
        server.wait_for("adapter: info: serving generation=")
        path = server.directory / "app.sock"
        before = path.stat()
        assert (before.st_uid, before.st_gid, before.st_mode & 0o777) == (NOBODY, 1234, 0o660)
        server.write("adapter.toml", "[adapter]\nsocket_owner = '1235:1236'\nsocket_mode = '600'\n")
        reload(server)
        after = path.stat()
        assert (after.st_uid, after.st_gid, after.st_mode & 0o777) == (1235, 1236, 0o600)
        assert before.st_ino == after.st_ino


def test_a_port_of_root_is_bound_at_start_and_in_a_reload() -> None:
    """Ports below 1024 are for root: bound before the workers give it up, another one in a reload after that."""
    first, second = low_ports()
    server = Adapter("who.py", f"--uid={NOBODY}", f"--gid={NOBODY}", "--config={directory}/adapter.toml", bind=())
    server.directory.chmod(0o755)
    server.write("who.py", WHO)
    server.write("adapter.toml", f"[adapter]\nbind = ['127.0.0.1:{first}']\n")
    with server:
        assert facts(server.address)["now"] == [NOBODY] * 6
        server.write("adapter.toml", f"[adapter]\nbind = ['127.0.0.1:{first}', '127.0.0.1:{second}']\n")
        server.reload()
        assert [facts(address)["now"] for address in server.addresses] == [[NOBODY] * 6] * 2
        assert server.addresses == [f"127.0.0.1:{first}", f"127.0.0.1:{second}"]


def low_ports() -> list[int]:
    """Two ports below 1024 that are free now; there is no port 0 for those."""
    found: list[int] = []
    for port in range(1023, 500, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == 2:
            return found
    raise AssertionError("no free port below 1024")


def test_no_worker_has_a_capability() -> None:
    """Preloader and workers have none of root's, not even one to be raised again; the master keeps them."""
    server = Adapter("hello.py", f"--uid={NOBODY}", f"--gid={NOBODY}")
    server.directory.chmod(0o755)
    with server:
        assert answer(server.address) == b"hello\n"
        for pid in (*preloaders(server), *(each.pid for each in server.ready())):
            assert capabilities(pid) == {"CapInh": 0, "CapPrm": 0, "CapEff": 0, "CapAmb": 0}
        assert capabilities(server.process.pid)["CapEff"] != 0


def capabilities(pid: int) -> dict[str, int]:
    """The sets of a process (proc(5), status); the bounding set, which only says what a set-user-ID program may get, left out."""
    lines = [line.split(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Cap")]
    return {name: int(value, 16) for name, value in lines if name != "CapBnd"}


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--uid=nosuchuser", "--uid: 'nosuchuser' is not a user of this system, by name or number"),
        ("--gid=nosuchgroup", "--gid: 'nosuchgroup' is not a group of this system, by name or number"),
        (
            "--socket-owner=root:nosuchgroup",
            "--socket-owner: 'root:nosuchgroup' is not a user, a user:group or a :group of this system, by name or number",
        ),
    ],
)
def test_who_does_not_exist_is_named(option: str, sentence: str) -> None:
    """An unknown user or group ends the start with its name, before anything is bound."""
    with Adapter("hello.py", option) as server:
        assert server.process.exit_code() == 100
        assert server.log.wait_for("adapter: fatal: ").string.rstrip().endswith(sentence)


def test_an_application_that_nobody_may_read_is_told() -> None:
    """A directory closed to the user: the first boot ends with the application's name, and leaves nothing."""
    server = Adapter("hello.py", f"--uid={NOBODY}", f"--gid={NOBODY}")
    with server:
        assert server.process.exit_code() in (1, 100)
        assert "hello.py" in server.log.wait_for("adapter: fatal: .*").string
