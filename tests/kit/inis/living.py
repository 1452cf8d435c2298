"""A whole life of one INI file under a server: started, asked, reloaded, asked again, stopped; and all that was seen of it.

`adapter serve --ini` and real uWSGI are lived in the same way, so that what was seen can be compared.
"""

import os
import re
import shutil
import signal
import sys
import sysconfig
import time
from pathlib import Path
from typing import NamedTuple

from kit.environment import environment
from kit.inis.asking import Told, ask
from kit.inis.corpus import Ask, Staged, staged
from kit.lines import Lines, shown
from kit.server import Caged
from kit.tail import Tail
from kit.until import until

_BIN = Path(sys.executable).parent


class Life(NamedTuple):
    """What was seen."""

    staged: Staged
    answers: tuple[Told, ...]
    again: tuple[Told, ...]
    """The same requests after the reload."""
    pid: int
    running: frozenset[str]
    modes: dict[str, str]
    said: dict[str, str]
    """The files the expectation asks for, as they were while it ran."""
    left: frozenset[str]
    orphans: tuple[str, ...]
    """Processes that outlive it."""
    code: int
    log: tuple[str, ...]

    @property
    def anew(self) -> bool:
        """Whether the reload loaded the code anew."""
        loads = [{told.facts["load"] for told in answers if told.facts} for answers in (self.answers, self.again)]
        return not loads[0] & loads[1]


class Server:
    """A program, what its log says once it serves, and how it wants to be treated."""

    def __init__(self, words: tuple[str, ...], serving: str, reloaded: str) -> None:
        self.words = words
        self.serving = serving
        self.reloaded = reloaded

    def variables(self, place: Staged) -> dict[str, str]:
        """Its environment, on top of what everybody has."""
        return place.ini.variables

    def reload(self, place: Staged) -> str:
        """How it is reloaded."""
        return place.ini.reload

    def stop(self, place: Staged) -> str:
        """The signal that stops it."""
        return place.ini.stop

    def wait_listens(self, process: Caged, place: Staged) -> None:
        """Until no signal is lost: none ever is."""

    def wait_alone(self, process: Caged, place: Staged) -> None:
        """Until nobody it started is left."""
        process.wait_alone()


class Original(Server):
    """Real uWSGI: pyuwsgi, which lives in a Python that has begun before it."""

    def variables(self, place: Staged) -> dict[str, str]:
        """With what `env` sets, which that Python's os.environ knows nothing of; and where to find pyuwsgi, since it
        reloads as the interpreter that the virtual environment was made of.
        """
        said = {name: value for name, value in place.ini.os.items() if value}
        return {"PYTHONPATH": sysconfig.get_path("purelib"), **place.ini.variables, **said}

    def reload(self, place: Staged) -> str:
        """Without a master HUP ends it."""
        return place.ini.reload if place.says("master") else ""

    def stop(self, place: Staged) -> str:
        """TERM is a brutal reload there, unless the file says otherwise."""
        meant = place.ini.stop != "TERM" or place.says("die-on-term") or not place.says("master")
        return place.ini.stop if meant else "INT"

    def wait_listens(self, process: Caged, place: Staged) -> None:
        """Until the master and every worker have their signal handlers: before that, HUP and TERM are ignored, and lost."""
        master = place.says("master")
        first = LAST_OF_A_MASTER if master else LAST_OF_A_WORKER

        def deaf() -> list[int]:
            # Who was started first: it has its handlers only when it has forked all others.
            deaf = [] if _catches(process.pid, first) else [process.pid]
            workers = _workers(process) | (set() if master else {process.pid})
            return deaf + [pid for pid in workers if not (_catches(pid, LAST_OF_A_WORKER) and _alone(pid, place.threads))]

        until(deaf, lambda found: not found)  # nothing tells of another process's signal handlers

    def wait_alone(self, process: Caged, place: Staged) -> None:
        """Without a master the other processes stay for ever."""
        if place.says("master"):
            process.wait_alone()


# In the order of its source (uwsgi 2.0.30: core/uwsgi.c, core/master.c). Of INT nothing can be seen: Python has caught it from the start.
LAST_OF_A_WORKER = [signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1]
LAST_OF_A_MASTER = [*LAST_OF_A_WORKER, signal.SIGQUIT, signal.SIGTSTP]
_OF_THE_C_LIBRARY = 32  # SIGCANCEL of glibc and musl, in no set that a program can fill


def _workers(process: Caged) -> set[int]:
    """What it forked, without what says that it is a router (which ignores HUP for good)."""
    said = (re.search(r"^spawned uWSGI http \d+ \(pid: (\d+)\)", line) for line in process.log.all())
    return set(process.processes()) - {process.pid} - {int(match[1]) for match in said if match}


# What the file's own __pycache__ would leave behind is no file of the server's.
_COMMON = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
ADAPTER = Server((str(_BIN / "adapter"), "serve", "--ini"), *2 * (r"adapter: info: serving generation=",))
UWSGI = Original(
    (str(_BIN / "uwsgi"), "--ini"),
    r"spawned uWSGI worker \d+ \(|uWSGI is running in cheap mode",
    r"\(RE\)spawned uWSGI master process|chain reloading complete",
)


def live(server: Server, name: str, reload: str | None = None) -> Life:
    """One whole life of the file `theme/name`; reloaded otherwise than it says."""
    place = staged(name)
    try:
        life = _Living(server, place, server.reload(place) if reload is None else reload).whole()
    except BaseException:
        print(f"--- kept: {place.directory}", file=sys.stderr)
        raise
    finally:
        place.close()
    shutil.rmtree(place.directory)
    return life


def refusal(name: str) -> tuple[int, list[str]]:
    """The exit code and the log of adapter with a file it does not take."""
    place = staged(name)
    process = _started(ADAPTER, place)
    try:
        code = process.exit_code()
        process.log.wait_for_end()
    finally:
        process.end()
        place.close()
        shutil.rmtree(place.directory)
    return code, process.log.all()


def _started(server: Server, place: Staged) -> Caged:
    unwanted = ("UWSGI_", "DJANGO_")
    inherited = {name: value for name, value in environment().items() if not name.startswith(unwanted)}
    return Caged([*server.words, place.file], place.directory, {**inherited, **_COMMON, **server.variables(place)})


class _Living:
    """One life, step by step."""

    def __init__(self, server: Server, place: Staged, reload: str) -> None:
        self._server = server
        self._how = reload
        self._place = place
        self._ini = place.ini
        log = place.directory / place.ini.log
        self._tail = Tail(log) if place.ini.log else None
        self._process = _started(server, place)
        self._log: Lines = self._tail or self._process.log

    def whole(self) -> Life:
        try:
            return self._whole()
        except BaseException:
            print(f"--- {' '.join(self._server.words)}", shown(list(self._said())), sep="\n", file=sys.stderr)
            raise
        finally:
            self._process.end()
            if self._tail:
                self._tail.close()

    def _whole(self) -> Life:
        place = self._place
        self._log.wait_for(self._server.serving)
        answers = tuple(ask(each) for each in self._ini.ask())
        self._reload()
        again = tuple((self._ask_anew(*each) if self._how else each[1]) for each in zip(self._ini.ask(), answers, strict=True))
        running, modes = place.files(), place.modes()
        said = {path: (place.directory / path).read_text(errors="replace") for path in self._ini.says}
        self._signal(self._server.stop(place))
        code = self._process.exit_code()
        self._server.wait_alone(self._process, place)
        orphans = tuple(self._process.processes().values())
        return Life(
            place, answers, again, self._process.pid, running, modes, said, place.files(), orphans, code, tuple(self._said())
        )

    def _ask_anew(self, asked: Ask, before: Told) -> Told:
        """The answer of the new code: an old worker that has still to hear of the reload may take a connection or two."""
        deadline = time.monotonic() + 10
        while True:
            told = ask(asked)
            if not before.facts or told.facts.get("load") != before.facts["load"] or time.monotonic() > deadline:
                return told

    def _said(self) -> list[str]:
        return self._process.log.all() + (self._tail.all() if self._tail else [])

    def _reload(self) -> None:
        mark = self._log.mark()
        self._server.wait_listens(self._process, self._place)
        match self._how.split():
            case ["touch", path]:
                _touch(self._place.directory / path)
            case ["write", path, letters]:
                _write(self._place.directory / path, letters)
            case [name]:
                self._signal(name)
            case _:
                return
        self._log.wait_for(self._server.reloaded, since=mark)

    def _signal(self, name: str) -> None:
        self._server.wait_listens(self._process, self._place)
        self._process.signal(signal.Signals[f"SIG{name}"])


def _touch(path: Path) -> None:
    """One change: a second one would be a second reload."""
    if path.exists():
        stamp = time.time() + 5  # of the file: uWSGI compares whole seconds
        os.utime(path, (stamp, stamp))
    else:
        path.touch()


def _write(path: Path, letters: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:
            assert time.monotonic() < deadline, f"nobody reads {path}"
            time.sleep(0.005)  # uWSGI says that it serves before it has its FIFO, and nothing when it has
    os.write(fd, letters.encode())
    os.close(fd)


def _catches(pid: int, numbers: list[signal.Signals]) -> bool:
    caught = _signals(Path(f"/proc/{pid}"), "SigCgt")
    return caught is None or caught >= set(numbers)


def _alone(pid: int, threads: int) -> bool:
    """Whether its first thread alone takes signals: another one that takes INT would end Python from within, and wait for ever."""
    try:
        others = [task for task in Path(f"/proc/{pid}/task").iterdir() if task.name != str(pid)]
    except (FileNotFoundError, ProcessLookupError):
        return True  # it has just ended
    blocked = [_signals(task, "SigBlk") for task in others]
    # Who blocks even what the C library keeps to itself is only just beginning: it will take them all for a moment.
    settled = [each for each in blocked if each is None or (each >= set(LAST_OF_A_WORKER) and _OF_THE_C_LIBRARY not in each)]
    return len(settled) >= threads - 1


def _signals(process: Path, which: str) -> set[int] | None:
    """A set of signals (proc(5), /proc/PID/status); None when it has just ended."""
    try:
        found = re.search(rf"^{which}:\s*([0-9a-f]+)$", (process / "status").read_text(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return {number for number in range(1, 65) if int(found[1], 16) >> (number - 1) & 1} if found else None
