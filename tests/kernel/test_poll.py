"""Waiting for descriptors, by a `select` that is loaded when something has to be waited for."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from adapter.poll import readable, writable

ROOT = Path(__file__).parent.parent.parent


def test_what_can_be_read() -> None:
    """Those that have something, or whose other end is gone; nothing after the time."""
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    with ours, theirs:
        assert readable([ours.fileno(), reader], 0) == []
        assert readable([ours.fileno(), reader], -1.0) == []
        os.write(writer, b"x")
        assert readable([ours.fileno(), reader], 60) == [reader]
        theirs.close()
        assert readable([ours.fileno(), reader], 60) == [ours.fileno(), reader]
    os.close(reader)
    os.close(writer)


def test_what_can_be_written() -> None:
    """As long as there is room, or when nobody is left to read: the write says so."""
    reader, writer = os.pipe2(os.O_NONBLOCK)
    assert writable(writer, 0)
    try:
        while True:
            os.write(writer, bytes(65536))
    except BlockingIOError:
        assert not writable(writer, 0.01)
    os.close(reader)
    assert writable(writer, 60)
    os.close(writer)


LATE = """
import os, sys
from adapter.poll import writable
assert "select" not in sys.modules
sys.path.insert(0, os.getcwd())
if sys.argv[1:]:
    import select
    assert select.MINE
print(writable(1, 0))
import select
print(hasattr(select, "MINE"))
"""


def said(directory: Path, *words: str) -> list[str]:
    """Run LATE where the application has a module called `select`."""
    (directory / "select.py").write_text("MINE = True\n")
    return subprocess.run(
        [sys.executable, "-c", LATE, *words],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def test_an_application_may_call_a_module_select(tmp_path: Path) -> None:
    """What comes first in the path by then is not taken for Python's own, nor replaced by it when it was there before."""
    assert said(tmp_path) == ["True", "False"]
    assert said(tmp_path, "first") == ["True", "True"]
