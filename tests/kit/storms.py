"""Storms: for a while something is done to a server, again and again, under the eyes of a strict client with an open loop.

`python -m kit.storms --seconds 60` runs them all and prints what became of the requests; `--write FILE` keeps the table, with date.
"""

import argparse
import contextlib
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGALRM, SIGCONT, SIGHUP, SIGKILL, SIGSTOP
from typing import NamedTuple

from kit.commands import Line, status
from kit.load import Load, Report
from kit.server import APPS, Adapter

_BROKEN = (
    "raises_at_import.py",
    "exits_at_import.py",
    "dies_at_import.py",
    "syntax_error.broken",
    "no_application.py",
    "endless_import.py",
)
_NO_INTERPRETER = "#!/no/such/python\n"
# What comes after the good code in code that is ready, serves, and then dies.
_DEADLY = (
    "\n\ndef application(environ, start_response):\n    os._exit(3)\n",  # of its first request
    "\nimport threading\nos.register_at_fork(after_in_child=lambda: threading.Timer(0.5, os._exit, (9,)).start())\n",  # a while after that
)
# And long after it was committed: of six workers, who were ready at about the same time.
_LATE = "\nimport threading\nos.register_at_fork(after_in_child=lambda: threading.Timer(5.0, os._exit, (9,)).start())\n"
# What nobody may see, whatever is killed: only what the dead one held may be cut.
_NEVER = ("refused", "wrong", "timeout", "own")


class Storm(NamedTuple):
    """`blow` does it once, and is called again after `pause` seconds. `rough`: processes are killed, so their requests may be cut."""

    promise: str
    options: tuple[str, ...]
    blow: Callable[[Adapter, random.Random], None]
    pause: float
    rough: bool = False


def _hup(server: Adapter, _: random.Random) -> None:
    server.signal(SIGHUP)


def _alarm(server: Adapter, _: random.Random) -> None:
    server.signal(SIGALRM)


def _back_and_forth(server: Adapter, chance: random.Random) -> None:
    with Line(server.directory / "control") as line:
        line.ask(chance.choice(("rollback", "rollback", "workers-reload")), wait=True)


def _nothing(_server: Adapter, _: random.Random) -> None:
    """The options do it."""


def _break(server: Adapter, chance: random.Random) -> None:
    """Each kind once, in any order: none is taken."""
    with contextlib.suppress(FileExistsError):
        os.mkfifo(server.directory / "gate")  # what the import without end waits at
    for kind in chance.sample(_BROKEN, len(_BROKEN)):
        server.install(kind, "exact.py")
        _refused(server, chance.choice(("reload", "workers-reload")))
    server.install("exact.py", "exact.py")
    _write_script(server, _NO_INTERPRETER)
    _refused(server, "reload")
    _write_script(server)


def _refused(server: Adapter, command: str) -> None:
    with Line(server.directory / "control") as line:
        said = line.ask(command, wait=True)
    assert not said["ok"], f"a broken deploy was taken: {said}"


def _crash(server: Adapter, chance: random.Random) -> None:
    """Both kinds, in any order: each is taken back, or ends the roll that brings it."""
    for deadly in chance.sample(_DEADLY, len(_DEADLY)):
        _deploy_and_see_it_die(server, deadly)


def _crash_late(server: Adapter, _: random.Random) -> None:
    """It is taken, and taken back."""
    assert _deploy_and_see_it_die(server, _LATE), "a good roll was refused"


def _deploy_and_see_it_die(server: Adapter, deadly: str) -> bool:
    """In the end what served before serves again. Was it taken at first?"""
    good = (APPS / "exact.py").read_text()
    serving = status(server)["generation"]
    mark = server.log.mark()
    server.write("exact.py", good + deadly)
    with Line(server.directory / "control") as line:
        taken = line.ask("reload", wait=True)["ok"]
    if taken:
        server.wait_for('adapter: warning: rolling back why="5 deaths in 10 s" ', since=mark)
        server.wait_for(f"adapter: info: serving generation={serving} ", since=mark)
    assert status(server)["generation"] == serving
    server.write("exact.py", good)
    return bool(taken)


def _write_script(server: Adapter, first: str = f"#!{sys.executable}\n") -> str:
    """What starts the server, and what a reload becomes: a deploy can break it, too."""
    script = server.write("start", first + "import sys\nfrom adapter.__main__ import main\nsys.exit(main())\n")
    script.chmod(0o755)
    return str(script)


def _stop_and_go(server: Adapter, _: random.Random) -> None:
    server.signal(SIGSTOP)
    time.sleep(0.3)  # it is stopped: there is no other sign of it to wait for than that nothing happens
    server.signal(SIGCONT)
    server.signal(SIGHUP)


def _kill_one(server: Adapter, chance: random.Random) -> None:
    """A preloader alone is spared: killed at each start, it would have every start wait, and nobody serve for as long as it storms."""
    victims = sorted(set(server.process.processes()) - {server.process.pid})
    try:
        if len(victims) > 1:
            os.kill(chance.choice(victims), SIGKILL)
    except ProcessLookupError:
        return  # gone by itself


STORMS = {
    "reloads": Storm("HUP ten times a second", ("--workers=2",), _hup, 0.1),
    "chain reloads": Storm("ALRM twice a second, three workers", ("--workers=3",), _alarm, 0.5),
    "rollbacks": Storm(
        "back, forth and anew, without a pause",
        ("--workers=2", "--rollback-window=600", "--control=control"),
        _back_and_forth,
        0.0,
    ),
    "recycling": Storm(
        "each worker lives for 300 requests", ("--workers=2", "--max-requests=300", "--min-lifetime=0"), _nothing, 0.1
    ),
    "broken deploys": Storm(
        "six kinds of code that never gets ready, an import without end among them; an interpreter that is not there",
        ("--workers=2", "--control=control", "--boot-timeout=3"),
        _break,
        0.0,
    ),
    "deadly deploys": Storm(
        "code that is ready, and dies of its first request, or half a second later",
        ("--workers=2", "--control=control", "--probation=60"),
        _crash,
        0.0,
        rough=True,
    ),
    "late deaths": Storm(
        "code that is ready, is committed, and dies 5 s later",
        ("--workers=6", "--control=control", "--probation=60"),
        _crash_late,
        0.0,
        rough=True,
    ),
    "a stopped master": Storm("SIGSTOP for 0.3 s, then HUP, every second", ("--workers=2",), _stop_and_go, 0.7),
    "kills": Storm(
        "kill -9 of a random child, twice a second, while there are two: more deaths than are made good at once, so starts wait",
        ("--workers=4",),
        _kill_one,
        0.5,
        rough=True,
    ),
}


def run(storm: Storm, seconds: float, *, rate: float = 150.0, seed: int = 1) -> Report:
    """Let it blow for so long; what the client saw. AssertionError when that breaks a promise."""
    chance = random.Random(seed)
    server = Adapter("exact.py", *storm.options)
    server.program = (_write_script(server),)
    with server:
        load = Load(server.address, paced=24, rate=rate, keepalive=1, fresh=1, idle=1, slow=1, halting=1)
        with load:
            for _ in _until(seconds):
                storm.blow(server, chance)
                time.sleep(storm.pause)  # the pace of the storm is what is asked for
            report = load.stop()
    bad = {name: getattr(report, name) for name in _NEVER} if storm.rough else {"failed": report.failed}
    assert not any(bad.values()), f"{bad}\n{report}"
    return report


def _until(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def row(name: str, storm: Storm, report: Report) -> str:
    """A line of the table."""
    sent = report.ok + report.failed
    cut = report.reset + report.empty
    numbers = (sent, report.ok, report.refused, cut, report.truncated, report.wrong, f"{report.slowest * 1000:.0f} ms")
    return " | ".join(("", name, storm.promise, *map(str, numbers), "")).strip()


HEAD = (
    "| storm | what is done | sent | ok | refused | reset | truncated | wrong | slowest |\n|---|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m kit.storms", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each storm (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=150.0, help="questions a second (default: %(default)s)")
    parser.add_argument("--write", type=Path, help="keep the table here")
    options = parser.parse_args()
    rows, bad = [HEAD], 0
    print(HEAD, flush=True)
    for name, storm in STORMS.items():
        try:
            rows.append(row(name, storm, run(storm, options.seconds, rate=options.rate)))
        except AssertionError as error:
            bad += 1
            print(error, file=sys.stderr)
            rows.append(f"| {name} | {storm.promise} | a promise was broken | | | | | | |")
        print(rows[-1], flush=True)
    if options.write:
        when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {options.seconds:g} s each, {options.rate:g} questions a second"
        options.write.write_text(f"{_PAGE}\nLast run: {when}, on {os.cpu_count()} processors.\n\n" + "\n".join(rows) + "\n")
    return bad


_PAGE = """# Storms

`make chaos` does something to a server again and again while a strict client looks on (open loop: questions are due at a fixed rate,
whatever happens, and the time to the answer counts from when one was due, so a stall is seen by all that it delays; nothing is tried
twice, every byte is checked). Nothing may fail. Where processes are killed, what the dead one held may be cut, and nothing else.
"""


if __name__ == "__main__":
    sys.exit(main())
