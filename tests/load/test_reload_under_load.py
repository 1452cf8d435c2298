"""Reloads while a strict client looks on: of all its requests none fails, whatever is asked of the master meanwhile."""

from collections import Counter
from signal import SIGALRM, SIGHUP, SIGTTIN, SIGTTOU

import pytest

from kit.load import Load
from kit.server import Adapter


def deploy(server: Adapter, version: int) -> None:
    """The same application in a new version."""
    server.write("version", f"{version}\n")


def test_twenty_reloads_lose_nothing() -> None:
    """20 x HUP, each waited for: 0 failed of all, none called twice, every version seen, one PID."""
    with Adapter("exact.py", "--workers=2", env={"LEDGER": "ledger"}) as server:
        deploy(server, 0)
        with Load(server.address) as load:
            for version in range(1, 21):
                deploy(server, version)
                server.reload()
                load.lap()
            report = load.stop()
        assert report.failed == 0, str(report)
        assert set(map(str, range(1, 21))) <= set(report.versions)
        assert server.process.running
        calls = Counter((server.directory / "ledger").read_text().split())
        assert calls.total() == len(calls) == report.ok


def test_twenty_reloads_at_once_lose_nothing() -> None:
    """20 x HUP without a pause: nothing fails, no wish is lost, the last version serves."""
    with Adapter("exact.py", "--workers=2") as server, Load(server.address) as load:
        for version in range(2, 22):
            deploy(server, version)
            server.signal(SIGHUP)
        load.until("21")
        report = load.stop()
        assert report.failed == 0, str(report)


def test_chain_reloads_lose_nothing() -> None:
    """5 x ALRM, one slot at a time: 0 failed of all."""
    with Adapter("exact.py", "--workers=3") as server, Load(server.address) as load:
        for version in range(2, 7):
            deploy(server, version)
            server.reload(SIGALRM)
            load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        assert "6" in report.versions


def test_more_and_fewer_workers_lose_nothing() -> None:
    """TTIN and TTOU, there and back three times: 0 failed of all."""
    with Adapter("exact.py", "--workers=1") as server, Load(server.address) as load:
        for _ in range(3):
            for slot in (1, 2):
                mark = server.signal(SIGTTIN)
                server.wait_for(rf"adapter: info: ready worker=\d+ slot={slot} ", since=mark)
                load.lap()
            for slot in (2, 1):
                mark = server.signal(SIGTTOU)
                server.wait_for(rf"adapter: info: drained .*slot={slot}\b", since=mark)
                load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)


@pytest.mark.parametrize("option", ["--lazy-apps", "--threads=1", "--surge=2"])
def test_other_shapes_lose_nothing(option: str) -> None:
    """Reloads of a server without a preloader, with one thread, with more new workers at once: 0 failed of all."""
    with Adapter("exact.py", "--workers=2", option) as server, Load(server.address) as load:
        for version in (2, 3, 4):
            deploy(server, version)
            server.reload()
            load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        assert "4" in report.versions


def test_a_unix_socket_loses_nothing() -> None:
    """5 x HUP over a UNIX socket: 0 failed of all."""
    with Adapter("exact.py", "--workers=2", bind=("unix:{directory}/web.sock",)) as server:
        with Load(server.address) as load:
            for _ in range(5):
                server.reload()
                load.lap()
            report = load.stop()
        assert report.failed == 0, str(report)


def test_changed_addresses_and_workers_lose_nothing() -> None:
    """A reload that gives up one address and doubles the workers: 0 failed on the other, 0 lost on the one given up."""
    server = Adapter("exact.py", "--config=adapter.toml", bind=())
    both = [f"unix:{server.directory}/{name}.sock" for name in ("kept", "left")]
    server.write("adapter.toml", f"[adapter]\nbind = {both}\nworkers = 1\n")
    with server:
        server.wait_for("adapter: info: serving generation=")
        with Load(both[0]) as kept, Load(both[1]) as left:
            server.write("adapter.toml", f"[adapter]\nbind = {both[:1]}\nworkers = 2\n")
            server.reload()
            kept.lap()
            left.lap_refused()
            for load, failures in ((kept, "failed"), (left, "lost")):
                report = load.stop()
                assert getattr(report, failures) == 0, str(report)
        assert {each.slot for each in server.ready() if each.generation == 2} == {0, 1}
