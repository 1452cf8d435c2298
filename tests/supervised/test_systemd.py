"""conf/systemd: its units by the real systemd-analyze, their commands as systemd runs them, by the real systemd-socket-activate and a pretended service manager."""

import subprocess
from signal import SIGHUP, SIGTERM

import pytest

from adapter.supervisors.unitfile import seconds, settings
from kit.asked import Asked, talk
from kit.load import Load
from kit.notified import Notified
from kit.systemd import CONF, Shop

UNITS = {
    "alone": ("shop.service",),
    "socket": ("socket/shop.socket", "socket/shop.service"),
    "beside": ("../beside/systemd/shop-tasks.service",),
    "inetd": ("inetd/shop.socket", "inetd/shop@.service"),
}


@pytest.mark.parametrize("units", UNITS.values(), ids=UNITS)
def test_systemd_takes_the_units(units: tuple[str, ...]) -> None:
    """`systemd-analyze verify` of them, side by side as they are installed, has nothing to say."""
    with Shop("hello.py") as shop:
        argv = ["systemd-analyze", "verify", "--man=no", *map(str, shop.installed(units))]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=90, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", ["shop.service", "socket/shop.service", "inetd/shop@.service"])
def test_a_stop_has_time_for_the_drain(unit: str) -> None:
    """TimeoutStopSec= is longer than --drain-timeout by more than what the last of a stop takes."""
    with Shop("hello.py") as shop:
        words = shop.words(unit)
    drain = seconds(words[words.index("--drain-timeout") + 1]) if "--drain-timeout" in words else 8
    patience = seconds(settings([(CONF / unit).read_text()])["TimeoutStopSec"])
    assert drain
    assert patience
    assert patience >= drain + 5


def test_start_reload_and_stop() -> None:
    """READY when it is answered; ExecReload ends when the new release serves, or says why not; HUP tells its beginning and end; TERM
    stops: under load, 0 failed of all before the stop.
    """
    unit = "shop.service"
    with Shop("exact.py") as shop, Notified(keeps=True) as manager, shop.started(unit, manager.env) as process:
        manager.wait_for("FDSTORE=1")
        manager.wait_for("READY=1")
        with Load(shop.address) as load:
            shop.deploy("exact.py", 2)
            done = shop.run(unit, "ExecReload")
            assert done.returncode == 0, f"{done}"
            load.until("2")
            shop.deploy("syntax_error.broken", 3)
            done = shop.run(unit, "ExecReload")
            assert done.returncode != 0
            assert "SyntaxError" in done.stderr
            assert load.lap() == {"2"}
            shop.deploy("exact.py", 4)
            mark = manager.mark()
            process.signal(SIGHUP)
            begun = manager.wait_for("RELOADING=1", since=mark)
            assert int(begun.fields["MONOTONIC_USEC"]) > 0
            manager.wait_for("READY=1", since=mark)
            load.until("4")
            report = load.stop()
        assert report.failed == 0, str(report)
        mark = manager.mark()
        process.signal(SIGTERM)
        manager.wait_for("STOPPING=1", since=mark)
        assert process.exit_code() == 0


def test_notify_reload_is_the_same_service_otherwise() -> None:
    """The drop-in changes who asks for a reload, and nothing else."""
    alone = settings([(CONF / "shop.service").read_text()])
    told = settings([(CONF / "shop.service").read_text(), (CONF / "notify-reload.conf").read_text()])
    assert {name for name in told if told[name] != alone[name]} == {"Type", "ExecReload"}
    assert (told["Type"], told["ExecReload"]) == ("notify-reload", "")


def test_the_socket_is_systemds() -> None:
    """Started by its first client, on the listener that it is given; a reload keeps that, and its process: 0 failed of all."""
    unit = "socket/shop.service"
    with Shop("exact.py") as shop, shop.activated(unit) as process:
        process.log.wait_for("Listening on ")
        assert Asked(shop.address, "/small?nonce=7").answer() == (200, b"7\n")
        process.log.wait_for("adapter: info: serving generation=1 ")
        with Load(shop.address) as load:
            shop.deploy("exact.py", 2)
            done = shop.run(unit, "ExecReload")
            assert done.returncode == 0, f"{done}"
            load.until("2")
            report = load.stop()
        assert report.failed == 0, str(report)
        process.signal(SIGTERM)
        assert process.exit_code() == 0


@pytest.mark.parametrize("options", [("--accept", "--inetd"), ("--accept",)], ids=" ".join)
def test_a_process_for_each_connection(options: tuple[str, ...]) -> None:
    """Each gets the release that is there when it comes, two requests on one connection one process; who has been served is no process."""
    with Shop("exact.py") as shop, shop.activated("inetd/shop@.service", *options) as process:
        process.log.wait_for("Listening on ")
        assert Asked(shop.address, "/small?nonce=7").answer() == (200, b"7\n")
        shop.deploy("exact.py", 2)
        request = b"GET /small?nonce=%d HTTP/1.1\r\nHost: x\r\nConnection: %s\r\n\r\n"
        said = talk(shop.address, request % (8, b"keep-alive") + request % (9, b"close"))
        assert said.count(b"HTTP/1.1 200 OK\r\n") == 2
        process.signal(SIGTERM)
        process.wait_alone()


def test_nothing_printed_is_sent() -> None:
    """What the application prints goes to systemd's journal, not to the client."""
    with Shop("printing.py") as shop, shop.activated("inetd/shop@.service", "--accept", "--inetd") as process:
        process.log.wait_for("Listening on ")
        assert Asked(shop.address, "/").answer() == (200, b"hello\n")
        process.log.wait_for("printed to stdout at import")
        process.signal(SIGTERM)
        process.wait_alone()
