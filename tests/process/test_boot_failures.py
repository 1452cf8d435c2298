"""A server whose first generation cannot serve ends at once, says why, and leaves nothing: no process, no file, no listener.

That no process is left and no address listened to is what kit.server's cage sees to, in every test here.
"""

import os
import socket
from pathlib import Path
from typing import NamedTuple

import pytest

from kit.server import APPS, Adapter


class Failure(NamedTuple):
    """The application, the exit code, and what the last line must say; with `frame`, a line of the traceback."""

    app: str
    code: int
    says: str
    frame: str = ""


FAILURES = {
    "no such module": Failure("no_such_package.wsgi", 100, "no_such_package"),
    "no such file": Failure("no_such_file.py", 100, "no_such_file.py"),
    "no such attribute": Failure("hello.py:aplication", 100, "aplication"),
    "nothing to call": Failure("no_application.py", 100, "neither `application` nor `app`"),
    "syntax error": Failure("broken.py", 1, "SyntaxError", "broken.py"),
    "exception": Failure("raises_at_import.py", 1, "KeyError: 'DATABASE_URL'", 'raises_at_import.py", line '),
    "module missing in the application": Failure("missing_module.py", 1, "ModuleNotFoundError", 'missing_module.py", line '),
    "SystemExit": Failure("exits_at_import.py", 1, "SystemExit: there is no database", 'exits_at_import.py", line '),
    "os._exit": Failure("dies_at_import.py", 1, "exit code 5"),
    "every fork dies": Failure("dies_at_fork.py", 111, "could not be forked: the process that should have forked it died"),
    "every worker dies": Failure("dies_at_boot.py", 1, "exit code 9"),
}
LAZY = ("no such file", "no such attribute", "exception", "SystemExit", "os._exit")


def left(server: Adapter) -> list[str]:
    """The files in its directory that were not there before."""
    return sorted(path.name for path in server.directory.iterdir() if path.suffix != ".py")


@pytest.mark.parametrize(("name", "lazy"), [(name, ()) for name in FAILURES] + [(name, ("--lazy-apps",)) for name in LAZY])
def test_a_broken_application_ends_it_at_once(name: str, lazy: tuple[str, ...]) -> None:
    """One fatal line, the application's own frames and nobody else's, the code, and no file left."""
    failure = FAILURES[name]
    server = Adapter(failure.app, "--workers=2", "--pidfile=pid", "--control=control", "--bind=unix:app.sock", *lazy)
    if failure.app == "broken.py":
        server.write("broken.py", (APPS / "syntax_error.broken").read_text())
    with server:
        assert server.process.exit_code() == failure.code
        fatal = server.wait_for("adapter: fatal: ")
        lines = server.log.all()
        assert failure.says in next(line for line in lines if "adapter: fatal: " in line), f"{fatal}"
        assert sum("adapter: fatal: " in line for line in lines) == 1
        frames = [line.partition("adapter: | ")[2] for line in lines if "adapter: | " in line]
        assert any(failure.frame in frame for frame in frames) or not failure.frame, "\n".join(lines)
        assert [frame for frame in frames if "adapter/" in frame or "<frozen" in frame] == []
        assert left(server) == []


@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)], ids=["preloaded", "lazy"])
def test_an_import_without_end_is_given_up(lazy: tuple[str, ...]) -> None:
    """After --boot-timeout it ends with 111, and the log has the stack of where the import hangs."""
    server = Adapter("endless_import.py", "--boot-timeout=4", "--pidfile=pid", *lazy)
    os.mkfifo(server.directory / "gate")
    with server:
        assert server.process.exit_code() == 111
        server.wait_for(r"adapter: fatal: .*boot.timeout")
        assert any('endless_import.py", line ' in line for line in server.log.all()), "\n".join(server.log.all())
        assert left(server) == ["gate"]


def test_a_busy_port_names_who_has_it() -> None:
    """111, the address, and the pid of its holder, before the application is imported."""
    with socket.create_server(("127.0.0.1", 0)) as busy:
        address = f"127.0.0.1:{busy.getsockname()[1]}"
        with Adapter("printing.py", "--pidfile=pid", bind=(address,), keeps_listener=True) as server:
            assert server.process.exit_code() == 111
            server.wait_for(rf"adapter: fatal: cannot bind {address}: address in use \(held by pid {os.getpid()}, ")
            assert not any("printed" in line for line in server.log.all())
            assert left(server) == []


def test_the_second_of_two_addresses_is_busy() -> None:
    """What was bound before is given back, the UNIX socket's file too."""
    with socket.create_server(("127.0.0.1", 0)) as busy:
        bind = ("unix:app.sock", f"127.0.0.1:{busy.getsockname()[1]}")
        with Adapter("hello.py", bind=bind, keeps_listener=True) as server:
            assert server.process.exit_code() == 111
            assert left(server) == []


WRONG = {
    "log file is a directory": (("--log-file=.",), 100, "log file"),
    "log file is a link": (("--log-file=link",), 100, "link"),
    "pidfile": (("--control=control", "--pidfile=nowhere/pid"), 111, "nowhere/pid"),
    "pidfile is a directory": (("--pidfile=.",), 100, "pidfile"),
    "control": (("--pidfile=pid", "--control=nowhere/control"), 111, "nowhere/control"),
    "control too long": (("--pidfile=pid", f"--control={'x' * 120}"), 100, "xxx"),
    "envdir with =": (("--envdir=bad",), 100, "A=B"),
    "config malformed": (("--config=bad/A=B",), 100, "A=B"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_path_is_told_in_a_sentence(name: str) -> None:
    """The path is named, no traceback is shown, the code is right, and what was made before is gone again."""
    options, code, says = WRONG[name]
    server = Adapter("hello.py", "--bind=unix:app.sock", *options)
    (server.directory / "bad").mkdir()
    (server.directory / "bad" / "A=B").write_text("[adapter\n")
    (server.directory / "link").symlink_to("target")
    with server:
        assert server.process.exit_code() == code, "\n".join(server.log.all())
        assert says in server.log.wait_for("adapter: fatal: .*").string
        assert not any("Traceback" in line for line in server.log.all())
        assert left(server) == ["bad", "link"]


def test_a_pidfile_in_use_is_respected() -> None:
    """A second server on the same pidfile ends with a sentence that names the first; the file stays the first one's."""
    with Adapter("hello.py", "--pidfile={directory}/pid") as first:
        first.wait_for("adapter: info: serving generation=")
        with Adapter("hello.py", f"--pidfile={first.directory}/pid", "--control=control") as second:
            assert second.process.exit_code() in (100, 111)
            assert f"pid {first.process.pid}" in second.log.wait_for("adapter: fatal: .*").string
            assert left(second) == []
        assert Path(first.directory / "pid").read_text().strip() == str(first.process.pid)


def test_a_stale_pidfile_is_taken_over() -> None:
    """A pidfile that nobody locks is stale, whatever process has its number; it is ours then, and gone at the end."""
    server = Adapter("hello.py", "--pidfile=pid")
    (server.directory / "pid").write_text("1\n")
    with server:
        server.wait_for("adapter: info: serving generation=")
        assert (server.directory / "pid").read_text() == f"{server.process.pid}\n"
        assert server.stop() == 0
        assert left(server) == []
