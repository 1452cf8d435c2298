"""The cage of kit.server: whatever a program leaves behind is seen, named, and gone afterwards."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from kit.server import Adapter, Caged, fields, listening, wait_until_gone

BACKGROUND = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(f"grandchild pid={os.getpid()}", flush=True)
        signal.pause()
    os._exit(0)
os.wait()
"""


def python(tmp_path: Path, text: str, stdin: int = -1) -> Caged:
    """A caged Python that runs the text."""
    return Caged([sys.executable, "-c", text], tmp_path, dict(os.environ), stdin=stdin)


def test_the_exit_code_and_the_log_are_told(tmp_path: Path) -> None:
    """Both streams come as lines, the exit code as the program gave it, and nothing is left."""
    caged = python(tmp_path, "import sys; print('one'); sys.stderr.write('two\\n'); sys.exit(7)")
    assert caged.exit_code() == 7
    assert caged.end() == []
    assert sorted(caged.log.all()) == ["one", "two"]


def test_an_orphan_is_found_and_killed(tmp_path: Path) -> None:
    """A grandchild that left session and parent is still ours: named when the test ends, and killed."""
    caged = python(tmp_path, BACKGROUND)
    pid = int(fields(caged.log.wait_for("grandchild pid=").string)["pid"])
    assert caged.exit_code() == 0
    assert pid in caged.processes()
    assert [left.split()[1] for left in caged.end()] == [f"{pid}:"]
    wait_until_gone(pid)


def test_it_waits_until_the_last_has_gone(tmp_path: Path) -> None:
    """When the program was killed, the end of those it left behind can be waited for."""
    caged = python(tmp_path, BACKGROUND + "signal.pause()")
    pid = int(fields(caged.log.wait_for("grandchild pid=").string)["pid"])
    caged.signal(signal.SIGKILL)
    assert caged.exit_code() == -signal.SIGKILL
    os.kill(pid, signal.SIGTERM)
    caged.wait_alone()
    caged.log.wait_for_end()
    assert caged.end() == []


def test_a_line_that_never_comes_fails_at_the_end_of_the_log(tmp_path: Path) -> None:
    """Waiting for a line ends when nobody can write it any more, and shows the lines that came."""
    caged = python(tmp_path, "print('something else')")
    with pytest.raises(AssertionError, match=r"(?s)it has ended.*something else"):
        caged.log.wait_for("never", timeout=600)
    caged.end()


def test_fd_0_can_be_a_listener(tmp_path: Path) -> None:
    """The program finds the socket it was given as its fd 0, and no other descriptor of ours."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        text = "import os, socket; print('fds', *sorted(os.listdir('/proc/self/fd'))); print(socket.socket(fileno=0).getsockname()[1])"
        caged = python(tmp_path, text, stdin=listener.fileno())
        caged.log.wait_for(f"^{listener.getsockname()[1]}$")
        caged.log.wait_for("^fds 0 1 2 3$")  # 3 is the directory that is being listed
        assert caged.exit_code() == 0
        assert caged.end() == []


def test_listening_tells_who_listens(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An address is listened to until its listener is closed, connections to it or not."""
    path = str(tmp_path_factory.mktemp("u") / "s")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.create_server(path, family=socket.AF_UNIX):
        port = tcp.getsockname()[1]
        assert listening(f"127.0.0.1:{port}")
        assert listening(f"unix:{path}")
        with socket.create_connection(("127.0.0.1", port)):
            accepted = tcp.accept()[0]
            tcp.close()
            assert not listening(f"127.0.0.1:{port}")
            accepted.close()
    assert not listening(f"unix:{path}")


def test_a_leftover_fails_the_test(capfd: pytest.CaptureFixture[str]) -> None:
    """A server that leaves a process behind fails the test that started it, and shows its log."""
    server = Adapter("hello.py", bind=())
    server.program = (sys.executable, "-c", BACKGROUND)
    with pytest.raises(AssertionError, match=r"a process is left: pid"), server:
        server.process.exit_code()
    assert "grandchild pid=" in capfd.readouterr().err
    assert server.directory.is_dir()
