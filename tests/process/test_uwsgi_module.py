"""An application that was written for uWSGI runs unchanged, as far as it manages processes."""

import os
import re
from signal import SIGKILL

import pytest

from kit.asked import Asked
from kit.commands import answer, facts
from kit.server import Adapter, wait_until_gone

APP = """
import json
import os

import uwsgi
from uwsgidecorators import lock, postfork, thread, timer, filemon

AT_IMPORT = uwsgi.worker_id()
FORKED = []


def say(text):
    os.write(2, f"{text} worker={uwsgi.worker_id()} pid={os.getpid()}\\n".encode())


@postfork
def everywhere():
    FORKED.append("everywhere")


@postfork(2)
def only_in_the_second():
    FORKED.append("second")


def hooked():
    FORKED.append("hook")


uwsgi.post_fork_hook = hooked
uwsgi.atexit = lambda: say("atexit")


@timer(0.05)
def tick(number):
    say(f"tick {number}")


@timer(0.05, target="workers")
def tack(number):
    say("tack")


@timer(0.05)
def fails(number):
    raise ValueError("a job failed")


@filemon("watched")
def noticed(number):
    say("noticed")


@lock
def alone():
    return uwsgi.is_locked()


@thread
def aside():
    say("aside")


def look():
    try:
        uwsgi.cache_get("x")
    except AttributeError as error:
        absent = str(error)
    return {
        "import": AT_IMPORT,
        "worker": uwsgi.worker_id(),
        "pid": os.getpid(),
        "forked": FORKED,
        "master": uwsgi.masterpid(),
        "numproc": uwsgi.numproc,
        "requests": [each["id"] for each in uwsgi.workers()],
        "counts": [uwsgi.total_requests(), uwsgi.request_id()],
        "again": uwsgi.is_a_reload,
        "threads": uwsgi.opt["enable-threads"],
        "absent": absent,
        "has": [hasattr(uwsgi, "spool"), hasattr(uwsgi, "reload")],
        "alone": alone(),
        "free": uwsgi.is_locked(),
        "mem": min(uwsgi.mem()) > 0,
        "version": uwsgi.version.decode(),
    }


PATHS = {"/": look, "/aside": aside, "/reload": uwsgi.reload, "/log": lambda: uwsgi.log("said by the app")}


def application(environ, start_response):
    result = PATHS[environ["PATH_INFO"]]()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(result if environ["PATH_INFO"] == "/" else None).encode()]
"""


def old(*options: str) -> Adapter:
    """A server of that application, not started yet."""
    server = Adapter("old.py", *options)
    server.write("old.py", APP)
    return server


@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)])
def test_it_finds_its_modules(lazy: tuple[str, ...]) -> None:
    """Workers count from 1, hooks and decorated functions ran in each, and what is not there says so by name."""
    with old("--workers=2", *lazy) as server:
        found = facts(server.address)
        assert found["import"] == (found["worker"] if lazy else 0)
        assert found["worker"] in (1, 2)
        wanted = ["everywhere", "second", "hook"] if found["worker"] == 2 else ["everywhere", "hook"]
        assert sorted(found["forked"]) == sorted(wanted)
        assert found["master"] == server.process.pid
        assert found["numproc"] == 2
        assert found["requests"] == [1, 2]
        assert found["again"] is False
        assert found["threads"] is True
        assert found["absent"].startswith("uwsgi.cache_get is not there under adapter: adapter has no cache")
        assert found["has"] == [False, True]
        assert [found["alone"], found["free"], found["mem"]] == [True, False, True]
        assert found["version"].startswith("2.0.31 (adapter ")


def test_a_timer_runs_in_one_worker_and_goes_on_in_its_successor() -> None:
    """A job for one worker never runs in two; after kill -9 of that worker the next in its slot goes on, and through a reload too."""
    with old("--workers=3") as server:
        address = server.address
        first = int(server.log.wait_for(r"tick 0 worker=1 pid=(\d+)", skip=3)[1])
        assert {line for line in server.log.all() if line.startswith("tick ")} == {f"tick 0 worker=1 pid={first}"}
        os.kill(first, SIGKILL)
        wait_until_gone(first)
        mark = server.log.mark()
        second = int(server.log.wait_for(r"tick 0 worker=1 pid=(\d+)", since=mark, skip=2)[1])
        assert second != first
        mark = server.log.mark()
        assert answer(address, "/reload") == b"null"
        server.wait_for("adapter: info: serving generation=2", since=mark)
        server.wait_for(rf"adapter: info: drained .*pid={second}", since=mark)
        server.log.wait_for(rf"atexit worker=1 pid={second}")
        mark = server.log.mark()
        third = int(server.log.wait_for(r"tick 0 worker=1 pid=(\d+)", since=mark, skip=2)[1])
        assert third not in (first, second)
        ticks = [line for line in server.log.all() if line.startswith("tick ")]
        order = [line for at, line in enumerate(ticks) if at == 0 or ticks[at - 1] != line]
        assert order == [f"tick 0 worker=1 pid={pid}" for pid in (first, second, third)], "two at a time"


def test_jobs_go_their_own_ways() -> None:
    """`target="workers"` is everywhere; one that raises is told and comes again; a watched file is noticed; a thread is started."""
    with old("--workers=2") as server:
        address = server.address
        for worker in (1, 2):
            server.log.wait_for(f"tack worker={worker} ")
        server.log.wait_for("ValueError: a job failed", skip=2)
        mark = server.log.mark()
        server.write("watched", "x")
        server.log.wait_for("noticed worker=1", since=mark)
        server.write("unwatched", "x")
        answer(address, "/aside")
        server.log.wait_for("aside worker=", since=mark)
        answer(address, "/log")
        server.wait_for("adapter: info: said by the app ", since=mark)


def test_a_job_does_not_hold_up_a_drain() -> None:
    """Jobs in their threads are no requests: a worker with jobs drains at once, and its exit hook runs."""
    with old("--workers=1") as server:
        answer(server.address)
        assert server.stop() == 0
        server.log.wait_for("atexit worker=1 ")
        assert not any(re.search("cut at the drain deadline", line) for line in server.log.all())


def test_who_asks_for_what_is_not_there() -> None:
    """An application that cannot do without uWSGI's spooler ends with its name at the start."""
    server = Adapter("spools.py")
    server.write("spools.py", "import uwsgidecorators\n\n\n@uwsgidecorators.spool\ndef task(arguments): ...\n")
    with server:
        assert server.process.exit_code() == 1
        server.wait_for("adapter: fatal: .*uwsgidecorators.spool is not there under adapter: adapter has no spooler")


def test_nothing_is_there_until_it_is_imported() -> None:
    """An application that does not ask for uWSGI's module has none, and no thread of its jobs."""
    server = Adapter("plain.py")
    server.write("plain.py", PLAIN)
    with server:
        assert facts(server.address) == {"modules": [], "threads": True}
        assert Asked(server.address, "/").answer()[0] == 200


PLAIN = """
import json
import sys
import threading


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    modules = [name for name in sys.modules if name.startswith(("uwsgi", "adapter.uwsgi.")) and name != "adapter.uwsgi.finder"]
    return [json.dumps({"modules": modules, "threads": not any(each.name.startswith("job-") for each in threading.enumerate())}).encode()]
"""
