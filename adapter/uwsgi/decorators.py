"""The module `uwsgidecorators` as applications find it under adapter. See `absent` for what is not there."""

from collections.abc import Callable as _Callable
from functools import wraps as _wraps
from itertools import count as _count
from threading import Thread as _Thread
from typing import Any as _Any
from typing import NoReturn as _NoReturn

from adapter import api as _api
from adapter.uwsgi import absent as _absent
from adapter.uwsgi import jobs as _jobs
from adapter.uwsgi.calendar import Times as _Times

_F = _Callable[..., _Any]
_numbers = _count()  # of the jobs, where uWSGI has signals


def postfork(function: _F | int) -> _F:
    """Call it in each worker after the fork; as `@postfork(N)` only in uWSGI's worker N, which sits in slot N - 1."""
    if callable(function):
        return _api.postfork(function)
    wanted = function

    def only_there(function: _F) -> _F:
        _api.postfork(lambda: function() if wanted in (0, _api.slot() + 1) else None)
        return function

    return only_there


def lock(function: _F) -> _F:
    """One call at a time in all workers, of all functions so decorated (uWSGI's lock 0)."""

    @_wraps(function)
    def alone(*args: _Any, **kwargs: _Any) -> _Any:
        with _api.lock("uwsgi 0"):
            return function(*args, **kwargs)

    return alone


def thread(function: _F) -> _F:
    """A call starts a thread and returns at once."""

    @_wraps(function)
    def started(*args: _Any, **kwargs: _Any) -> _F:
        _Thread(target=function, args=args, kwargs=kwargs, daemon=True).start()
        return function

    return started


def timer(secs: float, *, signum: int | None = None, target: str = "") -> _Callable[[_F], _F]:
    """Call it every so many seconds."""
    return _job(_jobs.every(secs), signum, target)


def rbtimer(secs: float, *, signum: int | None = None, target: str = "") -> _Callable[[_F], _F]:
    """As `timer`: there is only one sort here."""
    return timer(secs, signum=signum, target=target)


def cron(
    minute: int, hour: int, day: int, month: int, dayweek: int, *, signum: int | None = None, target: str = ""
) -> _Callable[[_F], _F]:  # fmt: skip
    """Call it at these times; -1 is any, -N every N."""
    return _job(_jobs.at(_Times(minute, hour, day, month, dayweek)), signum, target)


def filemon(fsobj: str, *, signum: int | None = None, target: str = "") -> _Callable[[_F], _F]:
    """Call it when something happens to this file or in this directory."""
    return _job(_jobs.changed(fsobj), signum, target)


def _job(due: _jobs.Due, number: int | None, target: str) -> _Callable[[_F], _F]:
    def add(function: _F) -> _F:
        _jobs.arrange(function, due, number=next(_numbers) if number is None else number, target=target)
        return function

    return add


def __getattr__(name: str) -> _NoReturn:
    raise AttributeError(_absent.sentence("uwsgidecorators", name))
