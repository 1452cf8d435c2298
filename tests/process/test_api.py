"""What an application asks of its server from within, and what it gets."""

import json
import os
from signal import SIGKILL

import pytest

from kit.asked import Asked
from kit.commands import Line, answer, descriptors, facts, reload, status
from kit.pythons import NOBODY
from kit.server import Adapter, wait_until_gone
from kit.until import until

APP = """
import json
import os

from adapter import api

AT_IMPORT = [api.generation(), api.master_pid()]
try:
    api.worker_id()
except api.NotServing as error:
    AT_IMPORT.append(str(error))
FORKED = []


@api.postfork
def first():
    FORKED.append(["first", api.slot(), os.getpid()])


@api.postfork
def second():
    FORKED.append(["second", api.worker_id(), os.getpid()])


def look():
    return {
        "import": AT_IMPORT,
        "forked": FORKED,
        "worker": api.worker_id(),
        "slot": api.slot(),
        "generation": api.generation(),
        "master": api.master_pid(),
        "pid": os.getpid(),
        "draining": api.draining(),
    }


def held():
    with api.lock("held"):
        os.write(2, f"held: begun pid={os.getpid()}\\n".encode())
        with open("gate", "rb") as gate:
            gate.read()
    return {"draining": api.draining()}


def child():
    pid = os.fork()
    if pid == 0:
        try:
            api.worker_id()
        except api.NotServing as error:
            os.write(2, f"child: {error}\\n".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    return {}


PATHS = {
    "/": look,
    "/held": held,
    "/child": child,
    "/workers": api.workers,
    "/reload": api.reload,
    "/stop": api.stop,
    "/try": lambda: {"had": api.lock("held").acquire(blocking=False)},
    "/locked": lambda: {"locked": api.lock("held").locked()},
}


def application(environ, start_response):
    body = json.dumps(PATHS[environ["PATH_INFO"]]())
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body.encode()]
"""


def asking(*options: str) -> Adapter:
    """A server of that application, not started yet."""
    server = Adapter("asking.py", *options)
    server.write("asking.py", APP)
    os.mkfifo(server.directory / "gate")
    return server


@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)])
def test_who_it_is(lazy: tuple[str, ...]) -> None:
    """Worker, slot, generation and master are those of the status; what is decorated ran in the worker, in order, before it served."""
    with asking("--workers=2", "--control=control", *lazy) as server:
        address = server.address
        for expected in (1, 2):
            found = facts(address)
            record = next(each for each in status(server)["workers"] if each["pid"] == found["pid"])
            assert [found[name] for name in ("worker", "slot", "generation")] == [
                record[name] for name in ("id", "slot", "generation")
            ]
            assert found["generation"] == expected
            assert found["master"] == server.process.pid
            assert found["draining"] is False
            assert found["forked"] == [["first", found["slot"], found["pid"]], ["second", found["worker"], found["pid"]]]
            assert found["import"][:2] == [expected, server.process.pid]
            assert bool(lazy) == (len(found["import"]) == 2), "a worker that imports the application itself is one already"
            reload(server)


def test_it_sees_its_siblings() -> None:
    """The record of every worker, as in the status, from within a request that holds the only thread."""
    with asking("--workers=3", "--threads=1", "--control=control") as server:
        found = json.loads(answer(server.address, "/workers"))
        known = status(server)["workers"]
        assert [[each[name] for name in ("id", "slot", "pid", "stage")] for each in found] == [
            [each[name] for name in ("id", "slot", "pid", "stage")] for each in known
        ]


def test_it_reloads_and_stops_the_server() -> None:
    """Both return at once, their request is answered, and the log says who asked."""
    with asking("--workers=1") as server:
        address = server.address
        mark = server.log.mark()
        assert answer(address, "/reload") == b"null"
        server.wait_for(r'adapter: info: reload source="the application, worker 1"', since=mark)
        server.wait_for("adapter: info: serving generation=2", since=mark)
        server.wait_for("adapter: info: drained worker=1 ", since=mark)
        assert answer(address, "/stop") == b"null"
        server.wait_for('adapter: info: stop source="the application, worker 2"')
        assert server.process.exit_code() == 0


def test_one_lock_for_workers_old_and_new() -> None:
    """A worker that drains still holds its lock: the new generation, loaded by another image of the master, cannot have it."""
    with asking("--workers=1", "--control=control") as server:
        address = server.address
        asked = Asked(address, "/held")
        server.log.wait_for("held: begun")
        server.reload()
        former = server.ready()[0].pid
        with Line(server.directory / "control") as line:
            while any(each["pid"] == former and each["stage"] == "ready" for each in line.ask("status")["status"]["workers"]):
                pass
        assert facts(address, "/")["generation"] == 2
        assert facts(address, "/locked") == {"locked": True}
        assert facts(address, "/try") == {"had": False}
        (server.directory / "gate").write_bytes(b"")
        assert asked.answer() == (200, b'{"draining": true}')
        wait_until_gone(former)
        assert facts(address, "/try") == {"had": True}


def test_a_lock_of_a_dead_worker_is_free() -> None:
    """kill -9 of the holder: its neighbour has the lock; also for workers that gave up root."""
    server = asking("--workers=2", f"--uid={NOBODY}", f"--gid={NOBODY}")
    server.directory.chmod(0o755)
    (server.directory / "gate").chmod(0o666)
    with server:
        address = server.address
        asked = Asked(address, "/held")
        holder = int(server.log.wait_for(r"held: begun pid=(\d+)")[1])
        assert facts(address, "/locked") == {"locked": True}
        os.kill(holder, SIGKILL)
        assert asked.is_cut()
        wait_until_gone(holder)
        assert facts(address, "/locked") == {"locked": False}


def test_a_child_of_the_application_is_nobody() -> None:
    """A process that the application forks has no place in the server, and is told so."""
    with asking() as server:
        answer(server.address, "/child")
        server.log.wait_for(r"child: worker_id\(\): this process is no worker of adapter's")


@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)])
def test_a_worker_that_cannot_be_prepared_ends_the_reload(lazy: tuple[str, ...]) -> None:
    """What is to run in each worker raises: the reload is refused with its name and traceback, the old generation serves."""
    with asking("--workers=2", "--control=control", *lazy) as server:
        address = server.address
        broken = APP.replace('FORKED.append(["second"', 'raise ValueError("no database")\n    FORKED.append(["second"')
        server.write("asking.py", broken)
        with Line(server.directory / "control") as line:
            answered = line.ask("reload", wait=True)
        assert answered["error"] == "second, which is to run in each worker, failed: ValueError: no database"
        assert "asking.py" in answered["detail"]
        assert facts(address)["generation"] == 1


def test_what_it_asks_leaks_nothing() -> None:
    """A thousand questions: neither the master nor the worker has a descriptor more."""
    with asking("--workers=1") as server:
        address = server.address
        pids = (server.process.pid, server.ready()[0].pid)
        answer(address, "/workers")

        def held() -> list[int]:
            return [len(descriptors(pid)) for pid in pids]

        before = held()
        for _ in range(300):
            answer(address, "/workers")
        # The last connections may not have been seen to be gone yet.
        until(held, lambda found: all(now <= each + 1 for now, each in zip(found, before, strict=True)))


LONG = """
import time

from adapter import api


def application(environ, start_response):
    api.extend_deadline(60)
    time.sleep(2.5)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"long\\n"]
"""


@pytest.mark.parametrize("option", ["--request-timeout=1", "--drain-timeout=8"])
def test_a_request_gives_itself_more_time(option: str) -> None:
    """A request that asked for more time is answered past its deadline; where there is none, nothing changes."""
    server = Adapter("long.py", option)
    server.write("long.py", LONG)
    with server:
        assert answer(server.address) == b"long\n"
        assert not any("past its deadline" in line for line in server.log.all())
