"""--uid and --gid: the application runs as nobody; the master keeps what it needs to go on."""

import os
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


def test_an_application_that_nobody_may_read_is_told() -> None:
    """A directory closed to the user: the first boot ends with the application's name, and leaves nothing."""
    server = Adapter("hello.py", f"--uid={NOBODY}", f"--gid={NOBODY}")
    with server:
        assert server.process.exit_code() in (1, 100)
        assert "hello.py" in server.log.wait_for("adapter: fatal: .*").string
