"""Deaths nobody asked for: of a worker, of the preloader, of the master, at any time. Who is left does what was promised."""

import os
import sys
from signal import SIGHUP, SIGKILL, SIGSTOP, SIGTERM

import pytest

from kit.asked import Asked
from kit.commands import Line, answer, free, preloaders, reload, status
from kit.server import Adapter, wait_until_gone


def gated(*options: str) -> Adapter:
    """A server of gated.py, not started yet."""
    server = Adapter("gated.py", *options)
    os.mkfifo(server.directory / "gate")
    return server


def hold(server: Adapter, address: str) -> tuple[Asked, int]:
    """A request that is under way until `let_go`, and the worker that has it."""
    mark = server.log.mark()
    asked = Asked(address, "/gated")
    return asked, int(server.log.wait_for(r"gated: begun pid=(\d+)", since=mark)[1])


def let_go(server: Adapter) -> None:
    """Open the gate."""
    (server.directory / "gate").write_bytes(b"go\n")


def test_a_killed_worker_is_replaced_and_its_neighbour_not_disturbed() -> None:
    """kill -9 of one worker: another is ready in its slot, and the request that a neighbour works on is finished by it."""
    with gated("--workers=2", "--control=control") as server:
        asked, busy = hold(server, server.address)
        victim = next(each for each in server.ready() if each.pid != busy)
        os.kill(victim.pid, SIGKILL)
        server.wait_for(rf"adapter: info: ready worker=3 slot={victim.slot} ")
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        assert {each["pid"] for each in status(server)["workers"]} > {busy}
        assert status(server)["respawns"] == 1


def test_a_killed_preloader_is_loaded_anew() -> None:
    """kill -9 of the preloader: its workers serve on until those of a new one are ready; a request in flight is finished."""
    with gated("--workers=2", "--control=control") as server:
        address = server.address
        asked, _ = hold(server, address)
        (preloader,) = preloaders(server)
        os.kill(preloader, SIGKILL)
        server.wait_for(r"adapter: error: the preloader died: killed by signal 9 \(SIGKILL\)")
        server.wait_for("adapter: info: serving generation=2 workers=2")
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        assert answer(address) == b"gated\n"
        reload(server)


def test_a_preloader_killed_in_a_reload_ends_the_reload() -> None:
    """kill -9 of the new generation's preloader while it imports: the reload is refused, the old generation serves."""
    with Adapter("hello.py", "--workers=2", "--control=control") as server:
        address = server.address
        os.mkfifo(server.directory / "gate")
        server.install("endless_import.py", "hello.py")
        mark = server.signal(SIGHUP)
        pid = int(server.log.wait_for(r"endless_import: begun pid=(\d+)", since=mark)[1])
        os.kill(pid, SIGKILL)
        server.wait_for("adapter: error: reload failed: the preloader died: killed by signal 9", since=mark)
        assert answer(address) == b"hello\n"
        assert status(server)["generation"] == 1


def test_a_stopped_worker_is_killed_at_the_drain_deadline() -> None:
    """A worker that SIGSTOP holds cannot drain: after the deadline it is killed, and the reload has not waited for it."""
    with Adapter("hello.py", "--workers=2", "--drain-timeout=1") as server:
        address = server.address
        (victim, _) = server.ready()
        os.kill(victim.pid, SIGSTOP)
        server.reload()
        server.wait_for(rf"adapter: error: killed at the drain deadline worker={victim.worker} .*pid={victim.pid}")
        wait_until_gone(victim.pid)
        assert answer(address) == b"hello\n"


def test_a_stopped_worker_does_not_hold_up_a_stop() -> None:
    """The same at a stop: the server ends, with 0."""
    with Adapter("hello.py", "--workers=2", "--drain-timeout=1") as server:
        server.wait_for("adapter: info: serving generation=")
        os.kill(server.ready()[0].pid, SIGSTOP)
        assert server.stop() == 0
        server.wait_for("adapter: error: killed at the drain deadline")


# -- the master ------------------------------------------------------------------------------------------------------------


def orphaned(server: Adapter, address: str) -> None:
    """kill -9 of the master; then the port is free at once, while others still work."""
    pids = [each.pid for each in server.ready()]
    server.process.signal(SIGKILL)
    assert server.process.exit_code() == -SIGKILL
    said = [rf"adapter: warning: the master is gone: finishing what is in flight .*pid={pid}" for pid in pids]
    for pid, line in zip(pids, said, strict=True):
        if pid in server.process.processes():
            server.wait_for(line)
    assert free(address)


def test_the_masters_death_while_serving() -> None:
    """The port is free at once, the request in flight is finished, and then nobody is left."""
    with gated("--workers=2") as server:
        address = server.address
        asked, _ = hold(server, address)
        orphaned(server, address)
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        server.process.wait_alone()


@pytest.mark.parametrize("options", [(), ("--lazy-apps",)], ids=["preloaded", "lazy"])
def test_the_masters_death_while_a_worker_is_stuck_in_c(options: tuple[str, ...]) -> None:
    """It holds the interpreter's lock, so it cannot hear of it, and would keep the port for ever: it is killed, and nobody is left."""
    with Adapter("stuck.py", "--workers=1", *options) as server:
        address = server.address
        asked = Asked(address, "/stuck")
        pid = int(server.log.wait_for(r"stuck: begun pid=(\d+)")[1])
        server.process.signal(SIGKILL)
        wait_until_gone(pid)
        assert free(address)
        assert asked.is_cut()
        server.wait_for(rf"adapter: error: the master is gone, and a worker that does not hear it is killed worker=1 pid={pid}")
        server.process.wait_alone()


def test_the_masters_death_while_all_threads_are_busy() -> None:
    """Threads that compute for longer than that are not stuck: the port is free, they finish, and answer."""
    with Adapter("spins.py", "--workers=1", "--threads=4") as server:
        address = server.address
        asked = [Asked(address, "/?seconds=0.3") for _ in range(4)]
        for each in range(4):
            server.log.wait_for("spins: begun", skip=each)
        server.process.signal(SIGKILL)
        assert [each.answer() for each in asked] == [(200, b"spun\n")] * 4
        server.process.wait_alone()
        assert free(address)


def test_the_masters_death_during_the_first_import() -> None:
    """Nobody is left, although the import would never have ended, and the port is free."""
    server = Adapter("endless_import.py")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.addresses[0]
        server.wait_for("endless_import: begun")
        server.process.signal(SIGKILL)
        server.process.wait_alone()
        assert free(address)


def test_the_masters_death_during_a_lazy_import() -> None:
    """The same where the workers import: those who are not ready hold nothing that would have to be finished."""
    server = Adapter("endless_import.py", "--lazy-apps", "--workers=2")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.addresses[0]
        for which in (0, 1):
            server.log.wait_for("endless_import: begun", skip=which)
        server.process.signal(SIGKILL)
        server.process.wait_alone()
        assert free(address)


def test_the_masters_death_during_a_preflight() -> None:
    """Neither the workers nor the child that tries the new image are left, although that one hangs."""
    server = Adapter("hello.py", "--workers=2")
    text = f"#!{sys.executable}\nimport sys\nfrom adapter.__main__ import main\nsys.exit(main())\n"
    script = server.write("start", text)
    script.chmod(0o755)
    server.program = (str(script),)
    os.mkfifo(server.directory / "never")
    os.mkfifo(server.directory / "forever")
    with server:
        address = server.address
        server.write(
            "start", f"#!/bin/sh\necho hangs >&2\necho x > {server.directory}/never\nread line < {server.directory}/forever\n"
        ).chmod(0o755)
        mark = server.signal(SIGHUP)
        server.wait_for("adapter: info: reload ", since=mark)
        with (server.directory / "never").open("rb") as hanging:  # both ends are open: it runs
            hanging.read(1)
            orphaned(server, address)
        server.process.wait_alone()


def test_the_masters_death_in_the_midst_of_a_roll() -> None:
    """With workers of two generations and an import under way: what is in flight is finished, nobody is left."""
    with gated("--workers=2", "--surge=1") as server:
        address = server.address
        asked, _ = hold(server, address)
        server.install("endless_import.py", "gated.py")
        mark = server.signal(SIGHUP)
        server.log.wait_for("endless_import: begun", since=mark)
        orphaned(server, address)
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        server.process.wait_alone()


def test_the_masters_death_during_a_drain() -> None:
    """A stop under way, then kill -9: what is in flight is finished all the same."""
    with gated("--workers=1") as server:
        address = server.address
        asked, _ = hold(server, address)
        mark = server.signal(SIGTERM)
        server.wait_for("adapter: info: stop ", since=mark)
        server.process.signal(SIGKILL)
        assert server.process.exit_code() == -SIGKILL
        server.wait_for("the master is gone")
        assert free(address)
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        server.process.wait_alone()


def test_orphans_end_at_the_drain_deadline() -> None:
    """A request that never ends does not keep an orphan: after --drain-timeout it is cut, told, and nobody is left."""
    with gated("--workers=1", "--drain-timeout=1") as server:
        address = server.address
        asked, _ = hold(server, address)
        orphaned(server, address)
        server.process.wait_alone()
        assert asked.is_cut()
        server.wait_for('adapter: error: request cut at the drain deadline request="GET /gated"')


# -- what the application starts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["/fork", "/spawn"])
def test_children_of_the_application_hold_no_listener(way: str) -> None:
    """A process that the application leaves behind does not keep the port."""
    server = Adapter("forks.py")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.address
        pid = int(answer(address, way))
        assert server.stop() == 0
        assert free(address)
        os.kill(pid, SIGKILL)
        server.process.wait_alone()


def test_a_signal_for_a_child_of_the_application_is_not_ours() -> None:
    """TERM ends a forked child, as multiprocessing's terminate() wants it, and the worker does not take it for its own."""
    server = Adapter("forks.py", "--control=control", "--workers=1")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.address
        pid = int(answer(address, "/fork"))
        os.kill(pid, SIGTERM)
        wait_until_gone(pid)
        assert answer(address, "/other") == b"0"
        assert [each["id"] for each in status(server)["workers"]] == [1]
        assert not any("told a worker to stop" in line for line in server.log.all())


def test_a_control_connection_ends_with_the_master() -> None:
    """Whoever waits at the control socket sees the end when the master is killed: no child has a copy."""
    server = Adapter("endless_import.py", "--control=control")
    os.mkfifo(server.directory / "gate")
    with server:
        server.wait_for("endless_import: begun")
        with Line(server.directory / "control") as line:
            assert line.ask("status")["ok"]
            server.process.signal(SIGKILL)
            assert line.at_end()
        server.process.wait_alone()
