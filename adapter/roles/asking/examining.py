"""The facts about a running master, as `supervisors.judging` wants them: what the kernel tells of it, and the files it was given."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from adapter.config.argv import parse
from adapter.config.resolve import resolve
from adapter.config.settings import Settings
from adapter.exits import Misuse, SystemFailure
from adapter.lifecycle.limits import USUAL
from adapter.roles.asking.dialogue import Dialogue
from adapter.supervisors.judging.facts import Control, Instance, Means, Named, Place
from adapter.unix import pidfiles, procfs

_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 -- where tempfile looks, too
_LOGS = ("--log-file", "--access-log")
_WITH_VALUE = frozenset({"-X", "-W"})  # of Python's options
_KIBIBYTE = 1024


def masters() -> list[int]:
    """Every running `adapter serve` that we can see: of a family the eldest."""
    found = {pid for pid in procfs.pids() if served(procfs.words(pid, "cmdline")) is not None}
    return sorted(pid for pid in found if not found & {each.pid for each in procfs.ancestors(pid)})


def served(words: Sequence[str]) -> Sequence[str] | None:
    """What follows `adapter serve` on a command line; None: it is another program's, be it one that starts adapter."""
    left = iter(enumerate(words))
    for at, word in left:
        if word in _WITH_VALUE:
            next(left, None)
        elif at == 0 and os.path.basename(word).startswith("python"):
            continue
        elif not word.startswith("-"):
            ours = os.path.basename(word) in {"adapter", "__main__.py"} and list(words[at + 1 : at + 2]) == ["serve"]
            return words[at + 2 :] if ours else None
    return None


def settings_of(pid: int) -> Settings:
    """What it was asked for: its command line, its environment, and the files that these name, as they are now.

    Raises Misuse and SystemFailure.
    """
    words = served(procfs.words(pid, "cmdline"))
    if words is None:
        raise Misuse(f"pid {pid} is no `adapter serve`: name the control socket or the pidfile of one")
    environ = procfs.environ(pid)
    if not environ:
        raise SystemFailure(f"cannot read the environment of pid {pid}: be its user, or root")
    with _where_it_is(pid, environ.get("PWD", "")):
        return resolve(parse(words, "serve"), environ)


@contextmanager
def _where_it_is(pid: int, logical: str) -> Iterator[None]:
    """Its directory is ours meanwhile: relative paths are meant from there, by the name that it knows."""
    before, ours = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), os.environ.get("PWD")
    try:
        os.chdir(f"/proc/{pid}/cwd")
        os.environ["PWD"] = logical
        yield
    except OSError as error:
        raise SystemFailure(f"cannot go where pid {pid} is: {(error.strerror or '').lower()}; be its user, or root") from None
    finally:
        os.fchdir(before)
        os.close(before)
        if ours is None:
            os.environ.pop("PWD", None)
        else:
            os.environ["PWD"] = ours


def instance(pid: int, settings: Settings) -> Instance:
    """Who it is, and what it was asked for."""
    status = procfs.status(pid)
    uid, gid = (int(status.get(name, "0").split()[0]) for name in ("Uid", "Gid"))
    return Instance(
        pid=pid,
        inner=int(status.get("NSpid", str(pid)).split()[-1]),
        uid=uid,
        gid=gid,
        groups=frozenset(map(int, status.get("Groups", "").split())),
        worker_uid=uid if settings.uid is None else settings.uid,
        worker_gid=gid if settings.gid is None else settings.gid,
        drain=USUAL if settings.drain_timeout is None else settings.drain_timeout,
        lame_duck=settings.lame_duck,
        keepalive=settings.keepalive_timeout,
        backlog=settings.backlog,
        connections=settings.max_connections,
        workers=settings.workers_most or settings.workers,
        surge=settings.surge,
        threads=settings.threads,
        signals=settings.signals,
        binds=(*settings.bind, *settings.uwsgi, *settings.scgi, *settings.proxy_protocol),
        restart_in_place=settings.restart_in_place,
        ready_fd=settings.ready_fd,
        environ=procfs.environ(pid),
    )


def places(pid: int, settings: Settings) -> tuple[Place, ...]:
    """Where it makes files, or its workers do."""
    found = [_place(pid, option, os.path.dirname(path)) for option, path in _files(settings) if not _is_there(pid, option, path)]
    environ = procfs.environ(pid)
    wanted = [environ[name] for name in ("TMPDIR", "TEMP", "TMP") if environ.get(name)]
    spools = [_place(pid, "large bodies (TMPDIR)", each, by_worker=True) for each in (*wanted, *_TEMPORARY)]
    found.append(next((each for each in spools if each.exists and not each.read_only), spools[0]))
    found.append(_place(pid, "multiprocessing of the application", "/dev/shm", by_worker=True)._replace(needed=False))  # noqa: S108 -- it is there that it does
    return tuple(found)


def _is_there(pid: int, option: str, path: str) -> bool:
    """A log that exists is only appended to: its directory (/dev, say) may be anybody's."""
    return option in _LOGS and os.path.exists(_seen(pid, path))


def _files(settings: Settings) -> Iterator[tuple[str, str]]:
    for option in ("pidfile", "safe_pidfile", "ready_file", "control", "log_file", "access_log"):
        if (path := getattr(settings, option)) and path != "-":
            yield "--" + option.replace("_", "-"), path
    yield from (("--fifo", path) for path in settings.fifo)
    for option in ("bind", "uwsgi", "scgi", "proxy_protocol"):
        for address in getattr(settings, option):
            if address.startswith("unix:/"):
                yield "--" + option.replace("_", "-"), address.removeprefix("unix:")
    for option in ("stats", "metrics"):
        if (address := getattr(settings, option) or "").startswith("unix:/"):
            yield f"--{option}", address.removeprefix("unix:")


def _place(pid: int, option: str, path: str, *, by_worker: bool = False) -> Place:
    seen = _seen(pid, path)
    try:
        found, system = os.stat(seen), os.statvfs(seen)
    except OSError:
        return Place(option, path, by_worker=by_worker, exists=False)
    return Place(
        option,
        path,
        by_worker=by_worker,
        exists=stat.S_ISDIR(found.st_mode),
        read_only=bool(system.f_flag & os.ST_RDONLY),
        mode=stat.S_IMODE(found.st_mode),
        uid=found.st_uid,
        gid=found.st_gid,
    )


def _seen(pid: int, path: str) -> str:
    """In a container it has another file system than we have."""
    return path if procfs.is_beside_us(pid, "mnt") else f"/proc/{pid}/root{path}"


def pidfile(pid: int, settings: Settings) -> Named | None:
    """None: there is to be none."""
    path = settings.pidfile or settings.safe_pidfile
    if path is None:
        return None
    return Named(
        path, pidfiles.said(_seen(pid, path)), tuple(each for each in masters() if each != pid and path in _pidfiles(each))
    )


def _pidfiles(pid: int) -> tuple[str | None, ...]:
    try:
        settings = settings_of(pid)
    except (Misuse, SystemFailure):
        return ()
    return settings.pidfile, settings.safe_pidfile


def control(pid: int, settings: Settings) -> Control | None:
    """None: there is to be none."""
    if settings.control is None:
        return None
    try:
        with Dialogue(_seen(pid, settings.control)) as line:
            return Control(settings.control, line.pid)
    except (Misuse, SystemFailure):
        return Control(settings.control)


def zombies(pid: int) -> int:
    """That process 1 of its namespace leaves lying about; 0 where that one is the machine's own."""
    if procfs.is_beside_us(pid, "pid"):
        first = 1
    else:
        above = (each for each in procfs.ancestors(pid) if procfs.status(each.pid).get("NSpid", "").split()[-1:] == ["1"])
        first = next((each.pid for each in above), pid)
    found = (procfs.process(each) for each in procfs.pids())
    return sum(each is not None and each.parent == first and each.state == "Z" for each in found)


def means(pid: int, uid: int) -> Means:
    """`uid`: of its workers."""
    limits = procfs.limits(pid)
    local = procfs.is_beside_us(pid, "net")
    return Means(
        files=limits.get("Max open files"),
        processes=limits.get("Max processes"),
        running=sum(_threads(each, uid) for each in procfs.pids()),
        core=limits.get("Max core file size", 0),
        core_pattern=procfs.kernel("kernel/core_pattern"),
        somaxconn=_number(procfs.kernel("net/core/somaxconn")) if local else None,
        overcommit=_number(procfs.kernel("vm/overcommit_memory")) or 0,
        swapped=sum(_swapped(each) for each in (pid, *procfs.below(pid))),
    )


def _threads(pid: int, uid: int) -> int:
    status = procfs.status(pid)
    return int(status.get("Threads", "0")) if status.get("Uid", "").split()[:1] == [str(uid)] else 0


def _swapped(pid: int) -> int:
    return (_number(procfs.status(pid).get("VmSwap", "0").split()[0]) or 0) * _KIBIBYTE


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None
