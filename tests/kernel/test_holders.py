"""Who holds an address: told by name, never by a whole command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.unix import holders, listeners
from kit.pythons import ROOT

LISTEN = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); sys.stdin.read()"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["web.py", "--password=x"], "web.py"),
        (["-W", "error", "-u", "web.py", "secret"], "web.py"),
        (["-m", "web", "secret"], "web"),
        (["-c", LISTEN], "python"),
    ],
)
def test_a_python_program_is_called_by_its_name(tmp_path: Path, options: list[str], name: str) -> None:
    """A holder run by Python is called by its script or module; arguments and -c code are not shown."""
    (tmp_path / "web.py").write_text(LISTEN)
    with subprocess.Popen(
        [sys.executable, *options], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        said = holders.of_tcp("127.0.0.1", port)
        process.communicate()
    assert said is not None
    assert said.startswith(f"pid {process.pid}, {name}")
    assert " " not in said.removeprefix(f"pid {process.pid}, ")


def test_a_master_is_named_rather_than_its_children(tmp_path: Path) -> None:
    """When a whole family shares the socket, the one named is the parent."""
    code = f"import os; exec({LISTEN.replace('print', 'os.fork() and print')!r})"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        said = holders.of_tcp("127.0.0.1", port)
        process.communicate()
    assert (said or "").startswith(f"pid {process.pid}, ")


def test_nobody() -> None:
    """A free port, an unused path and a dead pid have no holder."""
    listener = listeners.bind_tcp("127.0.0.1", 0, backlog=1)
    port = listener.socket.getsockname()[1]
    listeners.close(listener)
    assert holders.of_tcp("127.0.0.1", port) is None
    assert holders.of_unix("/nowhere/at/all.sock") is None
    assert holders.describe(2**22 + 1) is None


def test_a_path_with_blanks(tmp_path: Path) -> None:
    """The kernel's table is read right when a path holds blanks."""
    path = str(tmp_path / "a b  c.sock")
    listener = listeners.bind_unix(path, backlog=1, mode=0o600)
    assert (holders.of_unix(path) or "").startswith(f"pid {os.getpid()}, ")
    listeners.close(listener)
