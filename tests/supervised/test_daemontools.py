"""The real svscan, supervise, svc and multilog on the files of conf/daemontools, and what each letter of `svc` does."""

import json
import os
import signal
import time
from collections.abc import Callable

from kit.asked import Asked, free_port
from kit.load import Load
from kit.releases import until_only
from kit.server import listening, wait_until_gone
from kit.svscan import Svscan

Record = Callable[[str, object], None]
TAI64N = r"^@4[0-9a-f]{23} "


def test_svc_h_loses_nothing(record_property: Record) -> None:
    """4 x `svc -h`, each with a release of its own: 0 failed of all, one PID, each release is served."""
    with Svscan() as svscan, Load(svscan.address) as load:
        pid = svscan.pid
        for version in range(2, 6):
            svscan.deploy("exact.py", version)
            assert " failed: " not in svscan.outcome(svscan.svc("-h"))
            assert str(version) in load.lap()
        report = load.stop().told(record_property)
        assert report.failed == 0, str(report)
        assert set(report.versions) == set("12345")
        assert svscan.svstat().startswith(f"up (pid {pid}) ")


def test_svc_a_loses_nothing(record_property: Record) -> None:
    """2 x `svc -a`, the chain reload: 0 failed of all, one PID, the new release serves."""
    with Svscan() as svscan, Load(svscan.address) as load:
        pid = svscan.pid
        for version in (2, 3):
            svscan.deploy("exact.py", version)
            assert " failed: " not in svscan.outcome(svscan.svc("-a"))
            assert str(version) in load.lap()
        report = load.stop().told(record_property)
        assert report.failed == 0, str(report)
        assert svscan.pid == pid


def test_svc_t_cuts_nothing(record_property: Record) -> None:
    """2 x `svc -t`: no request that reached us is reset or cut; the new release serves, as a new process."""
    with Svscan() as svscan, Load(svscan.address) as load:
        for version in (2, 3):
            pid = svscan.pid
            svscan.deploy("exact.py", version)
            assert " failed: " not in svscan.outcome(svscan.svc("-t"))
            assert svscan.pid not in {0, pid}
            load.lap()
            assert load.lap() == {str(version)}
        report = load.stop().told(record_property)
        assert report.lost == 0, str(report)


def test_svc_d_and_u_cut_nothing(record_property: Record) -> None:
    """`svc -d`, which is TERM and CONT, drains once and cuts nothing; the service stays down, refused; `svc -u` brings it back."""
    with Svscan() as svscan, Load(svscan.address) as load:
        mark = svscan.svc("-d")
        svscan.until_down()
        load.lap_refused()
        svscan.log.wait_for("adapter: info: stopped code=0", since=mark)
        said = "\n".join(svscan.log.all(mark))
        assert said.count("adapter: info: stop source=") == 1, f"{said}"
        assert said.count("adapter: info: drained worker=") == 2, f"{said}"
        assert "adapter: error:" not in said, f"{said}"
        assert svscan.svstat().startswith("down ")
        assert not listening(svscan.address)
        assert " failed: " not in svscan.outcome(svscan.svc("-u"))
        load.lap()
        report = load.stop().told(record_property)
        assert report.lost == 0, str(report)


def test_svc_d_waits_for_a_slow_request() -> None:
    """The request in flight is answered, whole, before the service is down."""
    with Svscan(app="slow.py") as svscan:
        slow = svscan.ask_slow(2)
        pid = svscan.pid
        svscan.svc("-d")
        assert slow.answer() == (200, b"slow\n")
        svscan.until_down()
        wait_until_gone(pid)


def test_svc_i_cuts_a_drain_short() -> None:
    """`svc -i` in a `svc -d` that waits for a request without end: it is over at once, and the service stays down."""
    with Svscan(app="slow.py") as svscan:
        stuck = svscan.ask_slow(600)
        svscan.log.wait_for("adapter: info: stop ", since=svscan.svc("-d"))
        begun = time.monotonic()
        svscan.svc("-i")
        assert stuck.is_cut()
        svscan.until_down()
        assert time.monotonic() - begun < 30


def test_svc_i_restarts_at_once() -> None:
    """`svc -i` on its own: what is in flight is cut, and supervise starts a new process, which serves."""
    with Svscan(app="slow.py") as svscan:
        stuck, pid = svscan.ask_slow(600), svscan.pid
        svscan.outcome(svscan.svc("-i"))
        assert stuck.is_cut()
        assert svscan.pid not in {0, pid}
        assert svscan.ask("/?seconds=0").answer() == (200, b"slow\n")


def test_svc_k_leaves_nobody() -> None:
    """`svc -k`: the port is free for the next one, which needs a single start; what was in flight is answered, the orphans end."""
    with Svscan(app="slow.py") as svscan:
        slow, pid, workers = svscan.ask_slow(3), svscan.pid, svscan.workers()
        mark = svscan.svc("-k")
        assert " failed: " not in svscan.outcome(mark)
        assert svscan.pid not in {0, pid}
        assert slow.answer() == (200, b"slow\n")
        assert svscan.ask("/?seconds=0").answer() == (200, b"slow\n")
        for worker in workers:
            wait_until_gone(worker.pid)
        assert "adapter: fatal:" not in "\n".join(svscan.log.all(mark)), "it needed more than one start"


def test_svc_k_under_load(record_property: Record) -> None:
    """`svc -k` twice under load: what had reached a worker is answered; nothing is left of the old ones."""
    with Svscan() as svscan, Load(svscan.address) as load:
        for _ in range(2):
            workers = svscan.workers()
            assert " failed: " not in svscan.outcome(svscan.svc("-k"))
            load.lap()
            for worker in workers:
                wait_until_gone(worker.pid)
        report = load.stop().told(record_property)
        # The queue of a listener that everybody has dropped is the kernel's to reset: such a client has not reached us.
        cut = [fact for fact in report.evidence if fact["kind"] != "refused" and (fact["reused"] or fact["seen"])]
        assert not cut, str(report)


def test_svc_p_and_c_kill_nobody() -> None:
    """A master stopped for longer than the boot deadline of the reload it was in: workers serve on, and nobody is killed for the gap."""
    with Svscan(env={"ADAPTER_BOOT_TIMEOUT": "5s"}) as svscan, Load(svscan.address) as load:
        pid = svscan.pid
        gate = svscan.deploy("endless_import.py", 2) / "gate"
        os.mkfifo(gate)
        mark = svscan.svc("-h")
        svscan.log.wait_for("endless_import: begun", since=mark)
        svscan.svc("-p")
        svscan.until(lambda told: told.paused)
        assert " paused" in svscan.svstat()
        begun = time.monotonic()
        while time.monotonic() - begun < 6:
            assert load.lap() == {"1"}
        svscan.svc("-c")
        svscan.until(lambda told: not told.paused)
        with gate.open("w"):
            pass  # the import goes on
        assert " failed: " not in svscan.outcome(mark)
        svscan.until_relieved(mark)
        assert svscan.ask("/").answer() == (200, b"at last\n")
        assert svscan.pid == pid


def test_svc_p_then_d() -> None:
    """`svc -d` on a paused service: supervise wakes it, and it drains as ever."""
    with Svscan(app="slow.py") as svscan:
        svscan.svc("-p")
        svscan.until(lambda told: told.paused)
        slow = svscan.ask_slow(1)
        mark = svscan.svc("-d")
        assert slow.answer() == (200, b"slow\n")
        svscan.until_down()
        svscan.log.wait_for("adapter: info: stopped code=0", since=mark)


def test_svc_o_lets_it_end(record_property: Record) -> None:
    """`svc -o` changes nothing now, and the next end is the last."""
    with Svscan() as svscan, Load(svscan.address) as load:
        pid = svscan.pid
        svscan.svc("-o")
        load.lap()
        assert svscan.pid == pid
        svscan.svc("-t")
        svscan.until_down()
        load.lap_refused()
        report = load.stop().told(record_property)
        assert report.lost == 0, str(report)


def test_a_changed_envdir_is_picked_up() -> None:
    """`svc -h` after files of env/ were changed, added and emptied: new variables, more workers, another address; 0 failed of all."""
    with Svscan(app="environment.py", env={"GREETING": "one", "GONE": "soon"}) as svscan:
        pid = svscan.pid
        assert json.loads(svscan.ask("/").answer()[1])["greeting"] == "one"
        svscan.deploy("exact.py", 2)
        mark = svscan.svc("-h")
        svscan.outcome(mark)
        svscan.until_relieved(mark)
        with Load(svscan.address) as load:
            svscan.set("ADAPTER_WORKERS", "3")
            svscan.set("ADAPTER_BIND", f"{svscan.address} {(other := f'127.0.0.1:{free_port()}')}")
            mark = svscan.svc("-h")
            assert "workers=3" in svscan.outcome(mark)
            assert {worker.slot for worker in svscan.workers(mark)} == {0, 1, 2}
            load.lap()
            assert (report := load.stop()).failed == 0, str(report)
        assert Asked(other, "/small?nonce=7").answer() == (200, b"7\n")
        svscan.deploy("surroundings.py", 3)
        svscan.set("GREETING", "two")
        svscan.set("GONE", "")
        mark = svscan.svc("-h")
        svscan.outcome(mark)
        svscan.until_relieved(mark)
        around = json.loads(svscan.ask("/").answer()[1])["env"]
        assert (around["GREETING"], "GONE" in around) == ("two", False)
        svscan.set("GREETING", "three")
        svscan.set("ADAPTER_WORKERS", "1")
        mark = svscan.svc("-a")
        assert "workers=3" in svscan.outcome(mark)  # a chain reload keeps the options
        svscan.until_relieved(mark)
        assert json.loads(svscan.ask("/").answer()[1])["env"]["GREETING"] == "three"
        assert svscan.pid == pid


def test_broken_deploys_keep_the_old_release() -> None:
    """A release with a syntax error, then a bad file in env/: `svc -h` and `adapter reload --wait` say why; 0 failed of all."""
    with Svscan() as svscan, Load(svscan.address) as load:
        pid = svscan.pid
        svscan.deploy("syntax_error.broken", 2)
        mark = svscan.svc("-h")
        assert " failed: " in svscan.outcome(mark)
        svscan.log.wait_for(r"\| SyntaxError: ", since=mark)
        mark = svscan.log.mark()
        refused = svscan.adapter("reload", "web.control", "--wait")
        assert " failed: " in svscan.outcome(mark)
        assert refused.returncode != 0
        assert "SyntaxError" in refused.stderr
        svscan.deploy("exact.py", 3)
        svscan.set("ADAPTER_WORKERS", "many")
        outcome = svscan.outcome(svscan.svc("-h"))
        assert " failed: " in outcome
        assert "'many' is not a whole number" in outcome
        assert load.lap() == {"1"}
        svscan.set("ADAPTER_WORKERS", "1")
        assert svscan.adapter("reload", "web.control", "--wait").returncode == 0
        until_only("3", load)
        report = load.stop()
        assert report.failed == 0, str(report)
        assert svscan.pid == pid


def test_the_log_is_multilogs() -> None:
    """Every line is stamped by multilog and by nobody else; the application's print is there; svscan's own stderr got nothing."""
    with Svscan(app="printing.py") as svscan:
        assert svscan.ask("/").answer() == (200, b"hello\n")
        for line in ("printed to stdout at import", "printed to stderr at import", "written to fd 1 at request"):
            svscan.log.wait_for(f"{TAI64N}{line}$")
        svscan.log.wait_for(rf"{TAI64N}adapter: info: serving generation=1 ")
        assert svscan.process.log.all() == []


def test_a_dead_logger_is_not_missed() -> None:
    """kill -9 of multilog under load: 0 failed of all, and its successor has the log of the reload that follows."""
    with Svscan() as svscan, Load(svscan.address) as load:
        pid = svscan.pid
        logger = svscan.until(lambda told: told.pid > 0, "log").pid
        os.kill(logger, signal.SIGKILL)
        svscan.until(lambda told: told.pid not in {0, logger}, "log")
        svscan.deploy("exact.py", 2)
        assert " failed: " not in svscan.outcome(svscan.svc("-h"))
        load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        assert svscan.pid == pid


def test_svc_dx_ends_everything(record_property: Record) -> None:
    """`svc -dx` under load, once svscan is gone: nothing is cut, no process is left, and `svok` says so."""
    with Svscan() as svscan, Load(svscan.address) as load:
        assert svscan.svok() == 0
        svscan.end()
        assert svscan.svok() == 100
        load.lap_refused()
        report = load.stop().told(record_property)
        assert report.lost == 0, str(report)
        svscan.process.log.wait_for_end()
