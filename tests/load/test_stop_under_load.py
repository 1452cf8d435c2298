"""Stops and restarts while a strict client looks on: what reached us is answered; who comes too late is refused, never reset."""

import os
import socket
from collections.abc import Callable
from signal import SIGCONT, SIGHUP, SIGINT, SIGTERM

import pytest

from kit.load import Load
from kit.server import Adapter

Record = Callable[[str, object], None]


def stop(server: Adapter) -> None:
    """Once."""
    server.signal(SIGTERM)


def stop_twice(server: Adapter) -> None:
    """As an impatient operator does."""
    server.signal(SIGTERM)
    server.signal(SIGTERM)


def down(server: Adapter) -> None:
    """As `svc -d`, `sv down` and `s6-svc -d` do: TERM, then CONT."""
    server.signal(SIGTERM)
    server.signal(SIGCONT)


def stop_group(server: Adapter) -> None:
    """As supervisord's stopasgroup does: everyone gets the TERM."""
    os.killpg(server.process.pid, SIGTERM)


def stop_in_a_reload(server: Adapter) -> None:
    """The stop comes when a reload has just begun."""
    mark = server.signal(SIGHUP)
    server.wait_for(r"adapter: info: reload\b", since=mark)
    server.signal(SIGTERM)


@pytest.mark.parametrize("ask", [stop, stop_twice, down, stop_group, stop_in_a_reload])
@pytest.mark.parametrize("bind", ["127.0.0.1:0", "unix:{directory}/web.sock"])
def test_a_stop_cuts_nothing(ask: Callable[[Adapter], None], bind: str, record_property: Record) -> None:
    """0 requests that reached us are reset or cut, the exit code is 0, and later ones are refused."""
    with Adapter("exact.py", "--workers=2", bind=(bind,)) as server:
        # Many fresh ones: what waits in the listener's queue at that moment is what a stop most easily loses.
        with Load(server.address, keepalive=4, fresh=24) as load:
            load.lap()
            ask(server)
            assert server.process.exit_code() == 0
            load.lap_refused()
            report = load.stop().told(record_property)
        assert report.lost == 0, str(report)
        assert report.refused > 0
        assert "adapter: error:" not in "\n".join(server.log.all())


def test_restarts_cut_nothing(record_property: Record) -> None:
    """Stopped and started anew on the same port, three times over: 0 lost; refused only while nobody listens."""
    with Adapter("exact.py", "--workers=2") as server:
        address = server.address
        load = Load(address)
        with load:
            assert server.stop() == 0
            for _ in range(2):
                with Adapter("exact.py", "--workers=2", bind=(address,)) as successor:
                    assert successor.address == address
                    load.lap()
                    assert successor.stop() == 0
            with Adapter("exact.py", "--workers=2", bind=(address,)) as successor:
                assert successor.address == address
                load.lap()
                report = load.stop().told(record_property)
        assert report.lost == 0, str(report)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_an_inherited_listener_loses_nothing_in_a_restart(
    family: int, tmp_path_factory: pytest.TempPathFactory, record_property: Record
) -> None:
    """With a listener on fd 0 that somebody keeps, restarts fail no request at all: the successor finds them waiting."""
    place = str(tmp_path_factory.mktemp("u") / "s") if family == socket.AF_UNIX else ("127.0.0.1", 0)
    with socket.create_server(place, family=family, backlog=1024) as listener:
        name = listener.getsockname()
        address = f"unix:{name}" if family == socket.AF_UNIX else f"{name[0]}:{name[1]}"
        load = Load(address, wait=False)
        with load:
            for _ in range(3):
                with Adapter("exact.py", "--workers=2", bind=(), stdin=listener.fileno(), keeps_listener=True) as server:
                    server.wait_for("adapter: info: serving generation=")
                    load.lap()
                    assert server.stop() == 0
            with Adapter("exact.py", "--workers=2", bind=(), stdin=listener.fileno(), keeps_listener=True):
                load.lap()
                report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


def test_a_stop_now_is_prompt(record_property: Record) -> None:
    """INT ends it at once, whatever is under way; who was being served sees it, for that is what was asked for."""
    only_slow = {"keepalive": 0, "fresh": 0, "idle": 0, "halting": 0, "slow": 2, "slow_pause": 60}
    with Adapter("slow.py", "--workers=2") as server, Load(server.address, wait=False, **only_slow) as load:
        for which in (0, 1):
            server.log.wait_for("slow: begun", skip=which)
        server.signal(SIGINT)
        assert server.process.exit_code(timeout=30) == 0
        load.lap_refused()
        report = load.stop().told(record_property)
        assert report.reset + report.empty == report.lost == 2, str(report)
