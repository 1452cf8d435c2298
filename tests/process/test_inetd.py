"""`adapter inetd` on a connection, as inetd, xinetd, tcpserver and socat hand it over."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kit.lines import Lines
from kit.serving import GET, PATIENCE, Client, get, post

APPS = Path(__file__).parent.parent / "apps"
ROOT = Path(__file__).parent.parent.parent


PATH_OF = """import sys

def application(environ, start_response):
    body = "\\n".join(sys.path).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


WAITED = """import atexit, sys

def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "1")])
    return [b"5"]

# Python's own module for it is loaded when we first have to wait.
atexit.register(lambda: print("waited", "select" in sys.modules, file=sys.stderr))
"""
LAST = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


class Inetd:
    """`adapter inetd APP` with `theirs` as descriptors 0, 1 and (`stderr` "same") 2; else its stderr is `log`."""

    def __init__(
        self, directory, app, *options, theirs=None, stderr="log", env=None, stdin=None, stdout=None, command=("-m", "adapter")
    ):
        self.client = None
        if theirs is None and stdin is None:
            ours, theirs = socket.socketpair()
            self.client = Client(ours)
        if (APPS / app).exists():
            shutil.copy(APPS / app, directory)
        self.log = None
        writer = subprocess.STDOUT
        if stderr == "log":
            reader, writer = os.pipe()
            self.log = Lines(os.fdopen(reader, errors="replace"))
        self.process = subprocess.Popen(
            [sys.executable, *command, "inetd", app, *options],
            stdin=theirs if stdin is None else stdin,
            stdout=theirs if stdout is None else stdout,
            stderr=writer,
            cwd=directory,
            env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
        )
        if theirs is not None:
            theirs.close()
        if self.log:
            os.close(writer)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.kill()
        self.process.wait()
        if self.client:
            self.client.socket.close()
        if self.log:
            self.log.close()
            if kind is not None:
                print("its log:", *self.log.all(), sep="\n")

    def exit_code(self):
        """When it ends."""
        return self.process.wait(PATIENCE)


def test_requests_on_one_connection(tmp_path):
    """Several requests, pipelined too, are answered on the one connection; at its end we exit 0."""
    with Inetd(tmp_path, "validated.py", stderr="same") as inetd:
        inetd.client.send(post("/", b"12345"))
        assert inetd.client.response().body == b"5\n"
        inetd.client.send(post("/", b"1") + post("/", b"12") + post("/", b"123", "Connection: close"))
        assert [inetd.client.response().body for _ in range(3)] == [b"1\n", b"2\n", b"3\n"]
        assert inetd.client.at_end()
        inetd.client.socket.close()
        assert inetd.exit_code() == 0


@pytest.mark.parametrize("options", [(), ("--keepalive-timeout=5", "--max-body", "10M")], ids=["as it is", "with options"])
def test_start_up_is_cheap(tmp_path, options):
    """A connection pays for nothing it does not use: of Python's modules only these few, to the end of its request; none of the master's."""
    shutil.copy(APPS / "modules.py", tmp_path)
    # -S: a virtualenv's .pth files import what they like. Not -m, which imports half the library to find us.
    told = subprocess.run(
        [sys.executable, "-S", "-c", "import gc, os, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    command = ("-S", "-c", "import sys; from adapter.__main__ import main; sys.exit(main())")
    with Inetd(tmp_path, "modules", *options, command=command) as inetd:
        inetd.client.send(GET)
        names = set(inetd.client.response().body.decode().split()) - set(told.stdout.split())
    ours = {name for name in names if name.partition(".")[0] == "adapter"}
    assert names - ours <= {"modules", "_socket", "select"}
    assert "adapter.roles.inetd.inetd" in ours
    assert not any(name.startswith(("adapter.lifecycle", "adapter.roles.worker", "adapter.cli")) for name in ours)


def test_an_application_may_call_a_module_select(tmp_path):
    """Python's own is loaded when we first have to wait, by when the application's directory comes first; it is found all the same."""
    (tmp_path / "select.py").write_text("raise LookupError('this is the shop')\n")
    with Inetd(tmp_path, "hello.py") as inetd:
        for _ in range(2):
            inetd.client.send(GET)
            assert inetd.client.response().body == b"hello\n"
        inetd.client.socket.shutdown(socket.SHUT_WR)
        assert inetd.client.at_end()
        assert inetd.exit_code() == 0


def test_the_commands_directory_holds_no_modules(tmp_path):
    """What lies beside the command `adapter` is nothing to import: the application's directory comes first in its path."""
    (tmp_path / "shop.py").write_text(PATH_OF)
    program = Path(sys.executable).with_name("adapter")
    ours, theirs = socket.socketpair()
    client = Client(ours)
    with ours, subprocess.Popen([program, "inetd", "shop"], stdin=theirs, stdout=theirs, cwd=tmp_path) as process:
        theirs.close()
        client.send(GET)
        path = client.response().body.decode().splitlines()
        ours.shutdown(socket.SHUT_WR)
        assert client.at_end()
        assert process.wait(PATIENCE) == 0
    assert path[0] == str(tmp_path)
    assert str(program.parent) not in path


def test_half_close_after_the_request(tmp_path):
    """A client that has sent all and said so gets its response."""
    with Inetd(tmp_path, "hello.py") as inetd:
        inetd.client.send(GET)
        inetd.client.socket.shutdown(socket.SHUT_WR)
        assert inetd.client.response().body == b"hello\n"
        assert inetd.client.at_end()
        assert inetd.exit_code() == 0


@pytest.mark.parametrize(
    ("request_", "waits"),
    [(LAST, False), (LAST + b"x", True), (post("/", b"1", "Connection: close"), True)],
    ids=["good-bye", "and more", "a body"],
)
def test_who_has_said_good_bye_is_not_waited_for(tmp_path, request_, waits):
    """A client that says it has sent its last request, and has, need not close for us to end; one that sends more, or a body, is heard out."""
    (tmp_path / "shop.py").write_text(WAITED)
    ours, theirs = socket.socketpair()
    client = Client(ours)
    client.send(request_)
    with Inetd(tmp_path, "shop", theirs=theirs) as inetd, ours:
        assert client.response().body == b"5"
        assert client.at_end()
        inetd.log.wait_for(f"waited {waits}")
        assert inetd.exit_code() == 0


def test_tcp_connection(tmp_path):
    """The addresses are the socket's; what the environment says of an outer program's client does not count."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = Client(socket.create_connection(listener.getsockname()))
        theirs, _ = listener.accept()
        with Inetd(tmp_path, "descriptors.py", theirs=theirs, env={"TCPREMOTEIP": "192.0.2.1"}), client:
            client.send(GET)
            environ = json.loads(client.response().body)["environ"]
            assert environ["REMOTE_ADDR"] == "127.0.0.1"
            assert environ["REMOTE_PORT"] == str(client.socket.getsockname()[1])
            assert environ["SERVER_PORT"] == str(listener.getsockname()[1])
            assert (environ["wsgi.run_once"], environ["wsgi.multiprocess"], environ["wsgi.multithread"]) == (True, True, False)


@pytest.mark.parametrize("stderr", ["same", "log"])
def test_the_application_cannot_touch_the_connection(tmp_path, stderr):
    """Descriptors 0 to 2 are no longer the connection, and no child of the application inherits it."""
    with Inetd(tmp_path, "descriptors.py", stderr=stderr, env={"SOCAT_PEERADDR": "192.0.2.7", "SOCAT_PEERPORT": "77"}) as inetd:
        inetd.client.send(GET)
        found = json.loads(inetd.client.response().body)
        assert found["standard"][0] == "/dev/null"
        assert not any(name.startswith("socket:") for name in found["standard"])
        assert found["inherited"] == []
        assert (found["environ"]["REMOTE_ADDR"], found["environ"]["REMOTE_PORT"]) == ("192.0.2.7", "77")


def test_what_the_application_prints_is_for_the_log(tmp_path):
    """Whatever it prints, wherever, the client gets the response and nothing else."""
    log = tmp_path / "log"
    with Inetd(tmp_path, "printing.py", f"--log-file={log}", stderr="same") as inetd:
        inetd.client.send(get("/", "Connection: close"))
        assert inetd.client.response().body == b"hello\n"
        assert inetd.client.at_end()
        inetd.client.socket.close()
        assert inetd.exit_code() == 0
    for noise in ("stdout at import", "stderr at import", "fd 1 at import", "stdout at request", "wsgi.errors at request"):
        assert noise in log.read_text()


def test_stderr_of_its_own_is_kept(tmp_path):
    """tcpserver's stderr is a log: what is printed goes there."""
    with Inetd(tmp_path, "printing.py") as inetd:
        inetd.client.send(GET)
        assert inetd.client.response().body == b"hello\n"
        inetd.log.wait_for("printed to stderr at import")
        inetd.log.wait_for("written to fd 1 at import")


def test_pipes(tmp_path):
    """Two pipes are a connection as well; stderr on the second is not for the client either."""
    read_theirs, write_ours = os.pipe()
    read_ours, write_theirs = os.pipe()
    with Inetd(tmp_path, "printing.py", stdin=read_theirs, stdout=write_theirs, stderr="stdout"):
        os.close(read_theirs)
        os.close(write_theirs)
        os.write(write_ours, GET + get("/", "Connection: close"))
        with os.fdopen(read_ours, "rb") as answers:
            text = answers.read()
        os.close(write_ours)
        assert text.count(b"HTTP/1.1 200 OK") == 2
        assert b"printed" not in text
        assert b"written" not in text


@pytest.mark.parametrize(
    ("app", "options", "code", "said"),
    [
        ("raises_at_import.py", [], 1, "KeyError: 'DATABASE_URL'"),
        ("nosuch.py", [], 100, "nosuch.py"),
        ("hello.py", ["--no-such-option"], 100, "no option --no-such-option"),
        ("hello.py", ["--threads=x"], 100, "--threads"),
        ("hello.py", ["--log-file=/nonexistent/log"], 100, "/nonexistent/log"),
    ],
)
def test_a_server_that_cannot_start_says_so_to_both(tmp_path, app, options, code, said):
    """The client gets a 500 without details, the log the reason, the supervisor the code."""
    with Inetd(tmp_path, app, *options) as inetd:
        inetd.client.send(GET)
        response = inetd.client.response()
        assert response.status == 500
        assert said.encode() not in response.body
        inetd.client.socket.close()
        inetd.log.wait_for(said)
        assert inetd.exit_code() == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_idle(tmp_path, number):
    """Idle, we go at once, with 0."""
    with Inetd(tmp_path, "hello.py") as inetd:
        inetd.client.send(GET)
        inetd.client.response()
        inetd.process.send_signal(number)
        assert inetd.client.at_end()
        inetd.client.socket.close()
        assert inetd.exit_code() == 0


def test_a_signal_while_a_request_runs(tmp_path):
    """The request is finished; its response says close when it had not begun."""
    with Inetd(tmp_path, "slow.py") as inetd:
        inetd.client.send(get("/slow?seconds=0.3"))
        inetd.log.wait_for("slow: begun")
        inetd.process.send_signal(signal.SIGTERM)
        assert inetd.client.response().body == b"slow\n"
        assert inetd.client.at_end()
        inetd.client.socket.close()
        assert inetd.exit_code() == 0


def test_a_signal_while_a_request_arrives(tmp_path):
    """A request that has begun to arrive is taken in, and answered with close."""
    with Inetd(tmp_path, "hello.py") as inetd:
        inetd.client.send(GET)
        inetd.client.response()
        inetd.client.send(GET[:20])
        while inetd.client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and unread(inetd.client.socket):
            pass
        inetd.process.send_signal(signal.SIGTERM)
        inetd.client.send(GET[20:])
        assert inetd.client.response().close
        inetd.client.socket.close()
        assert inetd.exit_code() == 0


@pytest.mark.parametrize(
    ("option", "sent", "status"),
    [
        ("--header-timeout=200ms", b"", 0),
        ("--header-timeout=200ms", GET[:10], 408),
        ("--body-timeout=200ms", post("/", b"123")[:-1], 408),
        ("--keepalive-timeout=200ms", GET, 200),
        ("--max-body=2", post("/", b"123"), 413),
        ("--max-body=2", b"BROKEN\r\n\r\n", 400),
    ],
)
def test_limits(tmp_path, option, sent, status):
    """Limits are the worker's, and the end of each is the end of us, with 0."""
    with Inetd(tmp_path, "hello.py", option) as inetd:
        inetd.client.send(sent)
        if status:
            assert inetd.client.response().status == status
        assert inetd.client.at_end()
        inetd.client.socket.close()
        assert inetd.exit_code() == 0


def test_expect_continue(tmp_path):
    """The client is told to go on."""
    with Inetd(tmp_path, "validated.py") as inetd:
        whole = post("/", b"123", "Expect: 100-continue")
        inetd.client.send(whole[:-3])
        assert inetd.client.response().status == 100
        inetd.client.send(whole[-3:])
        assert inetd.client.response().body == b"3\n"


def test_a_client_that_reads_nothing(tmp_path):
    """Is given up after --write-timeout; that is no failure of ours."""
    with Inetd(tmp_path, "big.py", "--write-timeout=200ms") as inetd:
        inetd.client.send(GET)
        assert inetd.exit_code() == 0


def test_a_large_response_arrives_whole(tmp_path):
    """Every byte of it."""
    with Inetd(tmp_path, "big.py") as inetd:
        inetd.client.send(get("/?bytes=3000000", "Connection: close"))
        assert inetd.client.response().body == b"0123456789" * 300_000


def test_no_connection_at_all(tmp_path):
    """Descriptor 0 closed, or a datagram socket: one sentence and 100."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, Inetd(tmp_path, "hello.py", theirs=theirs) as inetd:
        assert inetd.exit_code() == 100
        inetd.log.wait_for("adapter: fatal: inetd needs a stream socket")


def test_wait_mode(tmp_path):
    """A listening descriptor 0 makes us a server that can be reloaded and stopped; the log never goes to the listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        log = tmp_path / "log"
        log.touch()
        with Inetd(tmp_path, "hello.py", f"--log-file={log}", theirs=listener.dup(), stderr="same") as inetd:

            def ask():
                with Client(socket.create_connection(listener.getsockname(), PATIENCE)) as client:
                    client.send(get("/", "Connection: close"))
                    return client.response().body

            with subprocess.Popen(["tail", "-n", "+1", "-F", str(log)], stdout=subprocess.PIPE, text=True) as tail:
                lines = Lines(tail.stdout)
                assert ask() == b"hello\n"
                inetd.process.send_signal(signal.SIGHUP)
                lines.wait_for("serving generation=2")
                assert ask() == b"hello\n"
                inetd.process.send_signal(signal.SIGTERM)
                assert inetd.process.wait(PATIENCE) == 0
                tail.terminate()
                lines.close()


def unread(sock):
    """Bytes that the other side has not read yet."""
    import fcntl
    import termios

    with contextlib.suppress(OSError):
        return int.from_bytes(fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return 0


def test_proxies_are_believed_where_asked(tmp_path):
    """X-Forwarded-For and -Proto count here too, of whom --forwarded-allow-ips names, and of nobody else."""
    asked = get("/environ", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "Connection: close")
    for option, expected in (("--forwarded-allow-ips=unix", ("192.0.2.1", "https")), ("--forwarded-allow-ips=::1", ("", "http"))):
        with Inetd(tmp_path, "behind.py", option) as inetd:
            inetd.client.send(asked)
            told = json.loads(inetd.client.response().body)
            assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == expected


def test_access_log(tmp_path):
    """Each request of the connection is a line, written when it has ended; what was no request is one too."""
    with Inetd(tmp_path, "hello.py", f"--access-log={tmp_path}/access.log", "--access-log-format=common") as inetd:
        inetd.client.send(GET)
        assert inetd.client.response().status == 200
        inetd.client.send(b"NONSENSE\r\n\r\n")
        assert inetd.client.response().status == 400
        inetd.client.socket.close()
        assert inetd.process.wait(PATIENCE) == 0
    lines = (tmp_path / "access.log").read_text().splitlines()
    assert [line.partition("] ")[2] for line in lines] == ['"GET / HTTP/1.1" 200 6', '"-" 400 16']
