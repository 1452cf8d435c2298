"""--idle-cheap: no worker while nobody comes, and nobody who comes notices more than a fork."""

import http.client
import os
from signal import SIGALRM, SIGHUP, SIGKILL
from time import monotonic

import pytest

from kit.asked import Asked
from kit.commands import adapter, answer, listens, preloaders, reload, status
from kit.pythons import NOBODY
from kit.server import Adapter
from kit.until import until

ASLEEP = "adapter: info: idle: no worker until somebody comes"
WOKEN = "adapter: info: somebody has come: workers are forked"


def asleep(server: Adapter, since: int = 0) -> None:
    """Until no worker is left."""
    server.wait_for(ASLEEP, since=since)
    found = until(lambda: status(server), lambda found: not found["workers"])
    assert found["asleep"] and found["whole"]


def cheap(*more: str) -> Adapter:
    """A server that sleeps soon."""
    return Adapter("hello.py", "--control=control", "--idle-cheap=0.3", *more)


@pytest.mark.parametrize("workers", ["1", "3", "2:4"])
def test_down_to_none_and_back(workers: str) -> None:
    """It sleeps, is ready all the same, answers who comes, and sleeps again; the listener and the preloader stay."""
    with cheap(f"--workers={workers}") as server:
        asleep(server)
        loaded = preloaders(server)
        for _ in range(3):
            mark = server.log.mark()
            assert answer(server.address) == b"hello\n"
            asleep(server, since=mark)
            assert adapter("status", "control", "--ready", cwd=server.directory).returncode == 0
            assert listens(server.process.pid, server.address)
        assert preloaders(server) == loaded
        server.wait_for(WOKEN)


def test_nobody_who_comes_at_once_is_lost() -> None:
    """Twenty that come together, while nobody is there, are all answered."""
    with cheap("--workers=2") as server:
        for _ in range(5):
            mark = server.log.mark()
            asked = [Asked(server.address, "/") for _ in range(20)]
            assert {each.answer() for each in asked} == {(200, b"hello\n")}
            asleep(server, since=mark)


def test_who_holds_a_connection_is_not_idle() -> None:
    """A client that keeps its connection keeps the workers, and its next request is answered on it; then all go."""
    with cheap("--workers=2", "--keepalive-timeout=2") as server:
        host, _, port = server.address.rpartition(":")
        kept = http.client.HTTPConnection(host, int(port), timeout=60)
        begin = monotonic()
        kept.request("GET", "/")
        assert kept.getresponse().read() == b"hello\n"
        mark = server.log.mark()
        server.wait_for(ASLEEP, since=mark)
        assert monotonic() - begin > 2.0, "it went while a connection was kept"
        assert kept.sock.recv(1) == b""
        kept.close()
        asleep(server, since=mark)


@pytest.mark.parametrize("number", [SIGHUP, SIGALRM])
def test_a_reload_while_asleep(number: int) -> None:
    """The new generation becomes ready, serves whoever comes, and goes to sleep like the one before; also across the exec."""
    with cheap("--workers=2") as server:
        asleep(server)
        mark = server.log.mark()
        reload(server, number)
        asleep(server, since=mark)
        assert status(server)["generation"] == 2
        assert answer(server.address) == b"hello\n"


def test_a_broken_deploy_while_asleep() -> None:
    """It is refused, and who comes then is served by the code before."""
    server = Adapter("app.py", "--control=control", "--idle-cheap=0.3")
    server.install("hello.py", "app.py")
    with server:
        asleep(server)
        server.write("app.py", "def application(:\n")
        assert "SyntaxError" in server.refuse_reload()
        assert status(server)["asleep"]
        assert answer(server.address) == b"hello\n"


def test_a_rollback_while_asleep() -> None:
    """It goes back, from memory, and sleeps."""
    with cheap("--rollback-window=60") as server:
        asleep(server)
        mark = server.log.mark()
        server.reload()
        asleep(server, since=mark)
        mark = server.log.mark()
        assert adapter("ctl", "control", "rollback", "--wait", cwd=server.directory).returncode == 0
        assert status(server)["generation"] == 1
        asleep(server, since=mark)
        assert answer(server.address) == b"hello\n"


def test_a_pause_while_asleep() -> None:
    """Who comes waits until it is over."""
    with cheap() as server:
        asleep(server)
        assert adapter("ctl", "control", "pause", cwd=server.directory).returncode == 0
        asked = Asked(server.address, "/")
        assert status(server)["workers"] == []
        assert adapter("ctl", "control", "resume", cwd=server.directory).returncode == 0
        assert asked.answer() == (200, b"hello\n")


def test_a_stop_and_a_dead_preloader_while_asleep() -> None:
    """The preloader is loaded anew, who comes is answered; a stop finds nobody to drain and ends with 0."""
    with cheap() as server:
        asleep(server)
        mark = server.log.mark()
        os.kill(preloaders(server)[0], SIGKILL)
        assert answer(server.address) == b"hello\n"
        server.wait_for("adapter: info: serving generation=2", since=mark)
        asleep(server, since=mark)
        assert server.stop() == 0


def test_as_nobody() -> None:
    """Workers forked long after root was given up are as those before."""
    server = cheap(f"--uid={NOBODY}", f"--gid={NOBODY}")
    server.directory.chmod(0o755)
    with server:
        asleep(server)
        assert answer(server.address) == b"hello\n"
