"""Signals: none is lost, whenever it comes, and each does what the table says."""

import os
import signal
import sys
from signal import SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2

import pytest

from kit.asked import Asked
from kit.commands import Line, answer, status
from kit.server import Adapter, wait_until_gone


def hold(server: Adapter, address: str) -> Asked:
    """A request to gated.py that is under way until `let_go`."""
    mark = server.log.mark()
    asked = Asked(address, "/gated")
    server.log.wait_for("gated: begun", since=mark)
    return asked


def let_go(server: Adapter) -> None:
    """Open gated.py's gate."""
    (server.directory / "gate").write_bytes(b"go\n")


def gated(*options: str) -> Adapter:
    """A server of gated.py, not started yet."""
    server = Adapter("gated.py", *options)
    os.mkfifo(server.directory / "gate")
    return server


def booting(*options: str) -> Adapter:
    """A server whose import waits at the gate, not started yet."""
    server = Adapter("endless_import.py", *options)
    os.mkfifo(server.directory / "gate")
    return server


@pytest.mark.parametrize("number", [SIGTERM, SIGINT, SIGQUIT])
def test_a_stop_right_after_the_start_is_not_lost(number: int) -> None:
    """Sent as soon as the process exists, before any trap can stand, it stops the server: exit code 0, or death before Python ran."""
    with Adapter("hello.py") as server:
        server.process.signal(number)
        assert server.process.exit_code() in (0, -number)


@pytest.mark.parametrize("number", [SIGHUP, SIGUSR1, SIGCONT])
def test_what_comes_before_the_traps_stand_is_answered(number: int) -> None:
    """Sent while the command is being imported, it kills nobody and is heard once the master is there."""
    server = Adapter("hello.py")
    server.write("early.py", EARLY.format(number=int(number)))
    server.program = (sys.executable, str(server.directory / "early.py"))
    with server:
        server.wait_for(rf'source="signal {signal.Signals(number).name[3:]}"')
        server.wait_for("adapter: info: serving generation=2" if number == SIGHUP else "adapter: info: serving generation=1")


# Right behind the statement that holds them back: nothing of the command is imported yet.
EARLY = """
import os, sys
import adapter.__main__ as command
fill = command._fill_descriptors
def first():
    fill()
    if "ADAPTER_CARRYOVER" not in os.environ and "--check" not in sys.argv:
        os.kill(os.getpid(), {number})
command._fill_descriptors = first
sys.exit(command.main())
"""


def test_a_stop_during_the_first_import() -> None:
    """TERM while the application is still being imported ends it at once, with 0."""
    with booting() as server:
        server.wait_for("endless_import: begun")
        assert server.stop() == 0


def test_a_reload_during_the_first_import_follows_it() -> None:
    """HUP while the first generation boots is not lost: a second generation follows the first."""
    with booting("--workers=1") as server:
        server.wait_for("endless_import: begun")
        mark = server.signal(SIGHUP)
        server.wait_for("adapter: info: reload ", since=mark)
        let_go(server)
        server.wait_for("adapter: info: serving generation=1")
        server.log.wait_for("endless_import: begun", since=mark)
        let_go(server)
        server.wait_for("adapter: info: serving generation=2")


@pytest.mark.parametrize("number", [SIGUSR1, SIGUSR2])
def test_statistics_and_status_are_told_in_the_log(number: int) -> None:
    """USR1 tells the numbers, USR2 every worker and what it is working on."""
    with gated("--workers=2") as server:
        asked = hold(server, server.address)
        mark = server.signal(number)
        server.wait_for(r"adapter: info: serving .*generation=1 .*slots=2 .*reloads=0", since=mark)
        server.wait_for(r"adapter: info: numbers .*in_flight=1 ", since=mark)
        if number == SIGUSR2:
            server.wait_for(r'adapter: info: in progress request="GET /gated"', since=mark)
        let_go(server)
        assert asked.answer() == (200, b"gated\n")


def test_more_and_fewer_end_at_one() -> None:
    """TTIN adds a worker, TTOU takes it away again; the last one stays."""
    with Adapter("hello.py", "--workers=1") as server:
        address = server.address
        mark = server.signal(SIGTTIN)
        server.wait_for(r"adapter: info: ready worker=2 slot=1 ", since=mark)
        server.signal(SIGTTOU)
        server.wait_for(r"adapter: info: drained .*slot=1", since=mark)
        mark = server.signal(SIGTTOU)
        server.wait_for("adapter: warning: the number of workers stays", since=mark)
        assert answer(address) == b"hello\n"


def test_term_then_cont_drains_once() -> None:
    """TERM and CONT, as svc -d sends them, and TERM again: the request in flight is finished, one drain is told, and the code is 0."""
    with gated("--workers=1") as server:
        asked = hold(server, server.address)
        server.signal(SIGTERM)
        server.signal(SIGCONT)
        server.wait_for("adapter: info: stop source=")
        for number in (SIGTERM, SIGCONT, SIGHUP):
            server.signal(number)
        server.wait_for("adapter: warning: not reloading: we are stopping")
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        assert server.process.exit_code() == 0
        assert sum("adapter: info: drained" in line for line in server.log.all()) == 1


@pytest.mark.parametrize("number", [SIGTERM, SIGINT, SIGHUP])
def test_a_signal_to_the_whole_group_is_the_masters_to_answer(number: int) -> None:
    """TERM drains, INT stops now, HUP reloads: no worker or preloader dies of it on its own."""
    with gated("--workers=2") as server:
        address = server.address
        asked = hold(server, address)
        mark = server.log.mark()
        os.killpg(server.process.pid, number)
        if number == SIGHUP:
            server.wait_for("adapter: info: serving generation=2", since=mark)
            assert answer(address) == b"gated\n"
        elif number == SIGTERM:
            server.wait_for('adapter: info: stop source="signal TERM"', since=mark)
        if number == SIGINT:
            assert asked.is_cut()
        else:
            let_go(server)
            assert asked.answer() == (200, b"gated\n")
        if number != SIGHUP:
            assert server.process.exit_code() == 0
        assert not any("a worker died" in line or "preloader died" in line for line in server.log.all())


def test_a_group_stop_during_the_first_import() -> None:
    """INT to the group while the application is imported, as Ctrl-C sends it: an end with 0 and no traceback."""
    with booting() as server:
        server.wait_for("endless_import: begun")
        os.killpg(server.process.pid, SIGINT)
        assert server.process.exit_code() == 0
        assert not any("Traceback" in line or "KeyboardInterrupt" in line for line in server.log.all())


def test_a_stop_overtakes_a_reload() -> None:
    """TERM while the new generation imports: the old one drains, the new one is dropped, the code is 0."""
    with gated("--workers=1") as server:
        asked = hold(server, server.address)
        server.install("endless_import.py", "gated.py")
        mark = server.signal(SIGHUP)
        server.log.wait_for("endless_import: begun", since=mark)
        mark = server.signal(SIGTERM)
        server.wait_for('adapter: info: stop source="signal TERM"', since=mark)
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        assert server.process.exit_code() == 0


def test_a_storm_of_hups_ends_in_one_generation() -> None:
    """Fifty HUPs in a row: the last code serves, the PID is the same, and fewer than fifty generations were loaded."""
    with Adapter("environment.py", "--workers=1") as server:
        address = server.address
        server.write("version", "last\n")
        for _ in range(50):
            server.signal(SIGHUP)
        server.wait_for("adapter: info: serving generation=2")
        server.wait_for("adapter: info: drained worker=1 ")  # until then it may still meet a new client
        mark = server.signal(SIGUSR1)
        server.wait_for("adapter: info: statistics", since=mark)
        assert b'"last"' in answer(address)
        assert max(each.generation for each in server.ready()) < 20


LATE = """
import os
import select

os.write(2, b"late: begun\\n")
gate = os.open("gate", os.O_RDWR)
select.select([gate], [], [], 3.1)
os.write(2, b"late: past the boot timeout\\n")
os.read(gate, 1)


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"late\\n"]
"""


def test_nobody_is_killed_for_the_time_the_master_was_stopped() -> None:
    """SIGSTOP of the master during a reload, SIGCONT past the import's deadline: the import may go on, and the reload succeeds."""
    server = Adapter("slow.py", "--workers=2", "--drain-timeout=4", "--boot-timeout=3", "--threads=1")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = []
        for which in (0, 1):  # one after the other: the second then comes to the worker who is free
            asked.append(Asked(server.address, "/?seconds=60"))
            server.log.wait_for("slow: begun", skip=which)
        mark = server.signal(SIGTTOU)  # the clock of this test: the worker who leaves tells when 4 s are over
        server.wait_for("adapter: info: workers wanted", since=mark)
        server.write("slow.py", LATE)
        server.signal(SIGHUP)
        server.log.wait_for("late: begun", since=mark)
        server.process.signal(SIGSTOP)
        server.log.wait_for("adapter: error: request cut at the drain deadline", since=mark)
        server.log.wait_for("late: past the boot timeout", since=mark)
        server.process.signal(SIGCONT)
        server.wait_for("adapter: warning: stopped for a while", since=mark)
        let_go(server)
        server.wait_for("adapter: info: serving generation=2", since=mark)
        assert server.stop(SIGINT) == 0
        assert [each.is_cut() for each in asked] == [True, True]


def test_a_worker_told_to_go_is_replaced_first() -> None:
    """TERM to a worker alone: another is ready in its slot before it drains, and it finishes what it holds."""
    with gated("--workers=1", "--control=control") as server:
        asked = hold(server, server.address)
        (first,) = server.ready()
        os.kill(first.pid, SIGTERM)
        server.wait_for("adapter: info: ready worker=2 slot=0 ")
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        server.wait_for("adapter: info: drained worker=1 ")
        wait_until_gone(first.pid)
        assert status(server)["respawns"] == 0


IDLE = {SIGUSR1: "statistics", SIGUSR2: "status", SIGALRM: "chain-reload", SIGTTIN: "more", SIGTTOU: "fewer", SIGCONT: "nothing"}


def test_signals_during_a_drain_change_nothing() -> None:
    """USR1, USR2, ALRM, TTIN, TTOU and CONT in a final drain are answered, and the drain goes on to its end."""
    with gated("--workers=1", "--control=control") as server:
        asked = hold(server, server.address)
        mark = server.signal(SIGTERM)
        server.wait_for("adapter: info: stop source=", since=mark)
        for number, said in IDLE.items():
            server.signal(number)  # one by one: a CONT takes a pending TTIN or TTOU away (signal(7))
            server.wait_for(rf"adapter: info: {said} source=", since=mark)
        with Line(server.directory / "control") as line:
            assert line.ask("status")["status"]["leaving"] is True
        let_go(server)
        assert asked.answer() == (200, b"gated\n")
        assert server.process.exit_code() == 0
