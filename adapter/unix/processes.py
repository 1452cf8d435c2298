"""Processes: start, kill, reap, and the two prctl(2) words that tie ours together."""

import ctypes
import errno
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from signal import Signals

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def give_back() -> None:
    """Return memory that is free to the kernel (malloc_trim(3)); a libc that has no such function does it by itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def become_subreaper() -> None:
    """Orphans below us become our children, not init's (PR_SET_CHILD_SUBREAPER). Survives execve(2), is not inherited."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int, number: Signals) -> bool:
    """Have `number` sent to us when our parent ends (PR_SET_PDEATHSIG); False when it is gone already.

    To be called after the last reparenting and the last change of uid: the one fires it, the other clears it.
    """
    _prctl(_PR_SET_PDEATHSIG, number)
    return os.getppid() == parent


def outlive_parent() -> None:
    """Take `die_with_parent` back."""
    _prctl(_PR_SET_PDEATHSIG, 0)


def _outlive_nobody(parent: int) -> None:
    """Whatever a child becomes, a shell script that hangs for one: it ends with us. Exec keeps this (prctl(2))."""
    if not die_with_parent(parent, signal.SIGKILL):
        os._exit(1)


def spawn(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    directory: str,
    keep: Sequence[int],
    output: int | None = None,
    held: Iterable[Signals] = (),
) -> int:
    """Start a program: fd 0 is /dev/null, 1 and 2 are ours or `output`, of the others only `keep` survive. Returns its pid.

    Raises OSError with the path that could not be run or entered. Signals come with default handlers, except those that were
    ignored when we started, and only `held` are blocked: a signal to our whole process group must not kill the child while it
    is still coming to its senses. Only for single-threaded callers.
    """
    try:
        reader, writer = os.pipe2(os.O_CLOEXEC)
    except OSError as error:
        raise OSError(error.errno, error.strerror, argv[0]) from None
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    parent = os.getpid()
    try:
        pid = os.fork()
        if pid == 0:
            _outlive_nobody(parent)
            _become(argv, environ, directory, keep, output, held, writer)
    except OSError as error:
        os.close(reader)
        raise OSError(error.errno, error.strerror, argv[0]) from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(writer)
    with open(reader, "rb") as told:  # end of file: exec succeeded, the pipe was close-on-exec
        failure = told.read()
    if failure:
        os.waitpid(pid, 0)
        number, _, path = failure.decode(errors="surrogateescape").partition(" ")
        raise OSError(int(number), os.strerror(int(number)), path)
    return pid


def _become(  # noqa: PLR0917 -- the arguments of `spawn`, once more
    argv: Sequence[str],
    environ: Mapping[str, str],
    directory: str,
    keep: Sequence[int],
    output: int | None,
    held: Iterable[Signals],
    writer: int,
) -> None:
    """The child's half of `spawn`; never returns."""
    path = directory
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        if output is not None:
            os.dup2(output, 1)
            os.dup2(output, 2)
        for fd in keep:
            os.set_inheritable(fd, True)
        os.chdir(directory)
        path = argv[0]
        signal.set_wakeup_fd(-1)
        for each in (Signals.SIGPIPE, Signals.SIGXFSZ):  # Python ignores them at start; what we start need not
            signal.signal(each, signal.SIG_DFL)
        # A signal between here and the exec, which resets our handlers, runs one that does nothing.
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        os.execve(path, list(argv), dict(environ))
    except OSError as error:
        os.write(writer, f"{error.errno or errno.EIO} {path}".encode(errors="surrogateescape"))
    finally:
        os._exit(127)


def reap() -> Iterator[tuple[int, int]]:
    """Every child that ended: (pid, wait status)."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def describe(status: int) -> str:
    """A wait status in words."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exit code {code}"
    try:
        name = f" ({Signals(-code).name})"
    except ValueError:
        name = ""
    return f"killed by signal {-code}{name}"


def kill(pid: int, number: Signals) -> None:
    """Send a signal to one process; one that is gone does not matter."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def is_stopped(pid: int) -> bool:
    """Was it stopped, by a signal or a debugger (proc(5): T, t)? One that is gone was not."""
    return _state(f"/proc/{pid}") in (b"T", b"t")


def wants_processor(pid: int) -> bool:
    """Does one of its threads run, or wait for a processor to run on (proc(5): R)?"""
    try:
        return any(thread_wants_processor(thread, pid) for thread in os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return False


def thread_wants_processor(thread: int | str, pid: int | str = "self") -> bool:
    """The same of one thread, by its number (gettid(2)); one that is gone does not."""
    return _state(f"/proc/{pid}/task/{thread}") == b"R"


def _state(of: str) -> bytes:
    """The letter that proc(5) has for it; none when it is gone."""
    try:
        with open(f"{of}/stat", "rb") as file:
            return file.read().rpartition(b") ")[2][:1]
    except OSError:
        return b""


def processor_time(pid: int) -> float:
    """Seconds that all its threads have run so far; 0 when it is gone. The clock is what clock_getcpuclockid(3) would say."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def thread_time(thread: int) -> float:
    """The same of one thread of ours, by its number (gettid(2))."""
    try:
        return time.clock_gettime(~thread << 3 | 6)
    except OSError:
        return 0.0


def ran_by_thread(pid: int) -> dict[int, float]:
    """Seconds that each of its threads has run so far (/proc/PID/task/TID/schedstat, as of the last tick of the clock); nothing when it
    is gone, or on a kernel that does not tell.
    """
    ran: dict[int, float] = {}
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                ran[int(thread)] = int(file.read().split()[0]) / 1e9
    except (OSError, IndexError):
        return {}
    return ran


def in_foreground() -> bool:
    """Have we a terminal, and is its keyboard ours? It then sends us signals of its own (termios(3), tty_ioctl(4))."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def interpreter() -> str:
    """The Python we run, unresolved: a virtualenv is found by the path it was called by."""
    return sys.executable
