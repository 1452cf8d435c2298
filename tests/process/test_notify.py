"""What a service manager is told by sd_notify(3): how we stand, at each change and not before it is so; and that nothing there can hurt."""

import time
from pathlib import Path
from signal import SIGALRM, SIGHUP

import pytest

from kit.commands import answer, facts
from kit.notified import Notified
from kit.server import Adapter


def test_a_life_is_told() -> None:
    """READY once a worker answers; RELOADING with the time, then READY when the new code answers; STOPPING with the time it may take."""
    with (
        Notified() as manager,
        Adapter("environment.py", "--workers=2", "--drain-timeout=3", env=manager.env) as server,
    ):
        assert manager.wait_for("READY=1").fields["STATUS"] == "generation 1 serves with 2 workers"
        first, *_ = manager.all()
        assert first.fields["STATUS"].startswith("starting")
        assert "READY" not in first.fields
        answer(server.addresses[0])

        for version, signal in (("2", SIGHUP), ("3", SIGALRM)):
            server.write("version", version)
            mark, before = manager.mark(), time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            server.signal(signal)
            assert int(manager.wait_for("RELOADING=1", since=mark).fields["MONOTONIC_USEC"]) >= before
            manager.wait_for("READY=1", since=mark)
            assert facts(server.addresses[0])["version"] == version
            assert [name for each in manager.all(mark) for name in each.fields if name in ("RELOADING", "READY")] == [
                "RELOADING",
                "READY",
            ]

        mark = manager.mark()
        assert server.stop() == 0
        ends = manager.wait_for("STOPPING=1", since=mark).fields
        assert 3_000_000 < int(ends["EXTEND_TIMEOUT_USEC"]) <= 6_000_000
        assert not any("MAINPID" in each.fields for each in manager.all())


def test_a_failed_reload_is_told() -> None:
    """RELOADING, then READY, for the old generation serves; the status line has the reason until a reload goes well."""
    with Notified() as manager, Adapter("hello.py", env=manager.env) as server:
        manager.wait_for("READY=1")
        server.write("hello.py", "import nowhere\n")
        mark = manager.mark()
        server.refuse_reload(SIGALRM)
        told = manager.wait_for("READY=1", since=mark).fields["STATUS"]
        assert told.startswith("generation 1 serves with 1 worker; the last reload failed: ")
        assert "nowhere" in told
        assert "RELOADING" in manager.all(mark)[0].fields
        server.install("hello.py", "hello.py")
        mark = manager.mark()
        server.reload()
        assert manager.wait_for("READY=1", since=mark).fields["STATUS"].endswith("serves with 1 worker")


def test_nobody_inherits_the_way_to_the_service_manager() -> None:
    """Neither the application, before and after a reload, nor what tries a new image, can speak for us."""
    env = {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}
    with Notified() as manager, Adapter("surroundings.py", env={**manager.env, **env}) as server:
        for _ in range(2):
            seen = facts(server.address)["env"]
            assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & seen.keys()
            server.reload()
        assert b"NOTIFY_SOCKET" not in Path(f"/proc/{server.process.pid}/environ").read_bytes()  # since the exec


def test_the_watchdog_hears_from_the_loop() -> None:
    """WATCHDOG=1 at least twice in its time, also from the image after a reload; not when it is another process's."""
    with Notified() as manager, Adapter("hello.py", env={**manager.env, "WATCHDOG_USEC": "1000000"}) as server:
        server.wait_for("adapter: info: serving generation=1")
        for _ in range(2):
            for _ in range(2):
                manager.wait_for("WATCHDOG=1", since=manager.mark())
            server.reload()
    with (
        Notified() as manager,
        Adapter("hello.py", env={**manager.env, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"}) as server,
    ):
        server.wait_for("adapter: info: serving generation=1")
        assert server.stop() == 0
        assert not [each for each in manager.all() if "WATCHDOG" in each.fields]


def test_a_wrapper_is_told_of() -> None:
    """Somebody stands between systemd and us: MAINPID says who we are; here at an abstract address."""
    with Notified(abstract=True) as manager, Adapter("hello.py", env={**manager.env, "SYSTEMD_EXEC_PID": "1"}) as server:
        assert manager.wait_for("MAINPID=.*").fields["MAINPID"] == str(server.process.pid)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("{directory}/nobody", "no such file or directory"),
        ("{directory}/hello.py", "connection refused"),
        ("@adapter-nobody-listens", "connection refused"),
        ("vsock:2:1", "is no path and no @NAME"),
        ("/" + "x" * 200, "too long"),
    ],
)
def test_nobody_listens(address: str, why: str) -> None:
    """No socket, no listener, no address: one line, whatever happens; and the server serves, reloads and stops."""
    server = Adapter("hello.py")
    server._env["NOTIFY_SOCKET"] = address.replace("{directory}", str(server.directory))
    with server:
        answer(server.address)
        server.reload(SIGALRM)
        assert server.stop() == 0
        (said,) = [line for line in server.log.all() if "warning" in line]
        assert why in said


def test_a_service_manager_that_does_not_read() -> None:
    """Its queue is full: it is told when it reads again, in order, and nobody waits for it meanwhile."""
    with Notified(reads=False) as manager, Adapter("hello.py", env=manager.env) as server:
        for _ in range(5):
            server.wait_for("adapter: info: serving generation=")
            server.reload(SIGALRM)
        answer(server.address)
        manager.read()
        manager.wait_for("STATUS=generation 6 serves .*")
        told = [each.fields["STATUS"] for each in manager.all()]
        serving = [int(words.split()[1]) for words in told if words.startswith("generation")]
        assert serving == sorted(serving)
        assert server.stop() == 0
        manager.wait_for("STOPPING=1")
