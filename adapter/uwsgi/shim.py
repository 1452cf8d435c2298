"""The module `uwsgi` as applications find it under adapter: process management, by way of `adapter.api`. See `absent` for the rest."""

import atexit as _atexit
import os as _os
import socket as _socket
import time as _time
from collections.abc import Callable as _Callable
from typing import Any as _Any
from typing import NoReturn as _NoReturn

from adapter import __version__ as _version
from adapter import api as _api
from adapter.uwsgi import absent as _absent
from adapter.uwsgi.options import opt_of as _opt_of

_place = _api.seat.taken("uwsgi")  # it is imported in the server's own processes only

version = f"2.0.31 (adapter {_version})".encode()  # what is there is that version's
version_info = (2, 0, 31, 0, b"")
hostname = _socket.gethostname().encode()
numproc: int = _place.options["workers_most"] or _place.options["workers"]
cores: int = _place.options["threads"]
has_threads = True
mode = b""
pidfile: bytes | None = _os.fsencode(_place.options["pidfile"]) if _place.options["pidfile"] else None
opt = _opt_of(_place.options, _place.written())
started_on = int(_time.time())
is_a_reload = _place.generation > 1
buffer_size: int = _place.options["max_header_bytes"]
SPOOL_OK, SPOOL_RETRY, SPOOL_IGNORE = -2, -1, 0

post_fork_hook: _Callable[[], _Any] | None = None  # applications put theirs here
atexit: _Callable[[], _Any] | None = None  # as above


def reload() -> bool:
    """Have the server reload, as HUP does."""
    _api.reload()
    return True


def stop() -> bool:
    """Have the server stop, draining: uWSGI's cuts what is in flight."""
    _api.stop()
    return True


def worker_id() -> int:
    """From 1 on: uWSGI's number is what adapter calls the slot, and begins with. 0 while the application is imported."""
    return _place.slot + 1


def mule_id() -> int:
    """0: this is no mule."""
    return 0


def masterpid() -> int:
    """The process that the supervisor knows."""
    return _place.master


def workers() -> tuple[dict[str, _Any], ...]:
    """A dict per worker, as far as adapter knows what uWSGI's has in it."""
    return tuple(
        {
            "id": each["slot"] + 1,
            "pid": each["pid"],
            "requests": each.get("requests", 0),
            "delta_requests": each.get("requests", 0),
            "signals": 0,
            "exceptions": each.get("failed", 0),
            "status": "busy" if each.get("busy") else "idle",
            "rss": each.get("resident", 0),
            "vsz": each.get("virtual", 0),
            "running_time": int(each.get("running_time", 0) * 1e6),
            "last_spawn": int(_time.time() - each.get("age", 0)),
            "respawn_count": 1,
            "tx": 0,
            "avg_rt": int(each.get("average", 0) * 1e6),
            "apps": (),
        }
        for each in _api.workers()
    )


def total_requests() -> int:
    """Of all workers that live."""
    return sum(each["requests"] for each in workers())


def request_id() -> int:
    """How many this worker has answered."""
    return sum(each["requests"] for each in workers() if each["pid"] == _os.getpid())


def accepting(flag: int = 1) -> None:
    """Nothing: a worker is ready when it says so to the master."""


def ready() -> bool:
    """Is the application there? It is, or it could not ask."""
    return True


def i_am_the_spooler() -> bool:
    """False: adapter has none."""
    return False


def lock(number: int = 0) -> None:
    """Hold the lock of that number: one worker at a time does."""
    _lock(number).acquire()


def unlock(number: int = 0) -> None:
    """Give it up."""
    _lock(number).release()


def is_locked(number: int = 0) -> bool:
    """Does anybody hold it?"""
    return _lock(number).locked()


def _lock(number: int) -> _api.Lock:
    return _api.lock(f"uwsgi {number}")


def log(text: str) -> bool:
    """A line in the server's log."""
    _place.note(str(text))
    return True


def set_logvar(name: str | bytes, value: str | bytes) -> None:
    """Say it of this request in the access log, as `adapter.api.log` does."""
    _api.log(**{_text(name): _text(value)})


def get_logvar(name: str | bytes) -> bytes | None:
    """What was said by that name of this request."""
    said = _api.logged().get(_text(name))
    return None if said is None else said.encode(errors="replace")


def _text(said: str | bytes) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def setprocname(name: str) -> None:
    """The name that `ps -o comm` and `top` show: at most 15 bytes (proc(5), comm)."""
    with open("/proc/self/comm", "wb") as file:
        file.write(name.encode()[:15])


def mem() -> tuple[int, int]:
    """Resident and virtual size of this process, in bytes (proc(5), statm)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        virtual, resident = file.read().split()[:2]
    page = _os.sysconf("SC_PAGE_SIZE")
    return int(resident) * page, int(virtual) * page


def _in_each_worker() -> None:
    if post_fork_hook is not None:
        post_fork_hook()
    _atexit.register(_at_its_end)


def _at_its_end() -> None:
    if atexit is not None:
        atexit()


_api.postfork(_in_each_worker)


def __getattr__(name: str) -> _NoReturn:
    raise AttributeError(_absent.sentence("uwsgi", name))
