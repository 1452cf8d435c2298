"""Nothing that a test starts gets out: a process that runs one program and is the reaper of everything below it.

`python cage.py LOG_FD STDIN_FD|-1 PROGRAM WORDS…` starts PROGRAM as the leader of a session of its own, its output to LOG_FD,
and becomes the subreaper: whoever loses a parent below becomes our child, so that whole tree stays below us. It writes
JSON lines to stdout: `{"started": pid}`, `{"ended": pid, "code": code}` (as subprocess's returncode) for each child of ours that ended,
`{"alone": true}` when no child of ours is left. At EOF of stdin (also when the test is killed) it kills whoever is left,
says `{"left": […]}` with what that was, and ends. Imports nothing of ours: it must start fast.
"""

import ctypes
import json
import os
import select
import signal
import sys
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def say(**fact: object) -> None:
    """One JSON line."""
    os.write(1, json.dumps(fact).encode() + b"\n")


def below(root: int) -> dict[int, str]:
    """Every process below `root`, zombies left out: pid and command line."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            except OSError:
                continue  # it has just ended
            parents[int(entry.name)] = int(parent)
            if state in "ZX":
                parents[int(entry.name)] = 0
    found: dict[int, str] = {}
    waiting = [root]
    while waiting:
        above = waiting.pop()
        waiting += [pid for pid, parent in parents.items() if parent == above]
        if above != root:
            found[above] = _words(above)
    return found


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "(it has just ended)"


def reap() -> bool:
    """Collect the dead; whether any child is left."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        say(ended=pid, code=os.waitstatus_to_exitcode(status))


def end() -> None:
    """Kill whoever is left below us, and tell who it was."""
    left: dict[int, str] = {}
    while found := below(os.getpid()):
        left.update(found)
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        reap()
    reap()
    say(left=[f"pid {pid}: {words}" for pid, words in left.items()])


def main() -> None:
    """The command."""
    log, stdin, *argv = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no subreaper")
    bell_out, bell_in = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(bell_in, warn_on_full_buffer=False)
    actions: list[tuple[object, ...]] = [
        (os.POSIX_SPAWN_DUP2, int(log), 1),
        (os.POSIX_SPAWN_DUP2, int(log), 2),
        (os.POSIX_SPAWN_CLOSE, int(log)),
    ]
    if int(stdin) >= 0:
        actions += [(os.POSIX_SPAWN_DUP2, int(stdin), 0), (os.POSIX_SPAWN_CLOSE, int(stdin))]
    else:
        actions += [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
    # Whoever runs the tests in the background (a shell's `&`) has INT and QUIT ignored, and that would be inherited.
    defaults = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM]
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions, setsid=True, setsigdef=defaults, setsigmask=[])
    for fd in {int(log), int(stdin)} - {-1}:
        os.close(fd)
    say(started=pid)
    watched = select.poll()
    watched.register(0, select.POLLIN | select.POLLHUP)
    watched.register(bell_out, select.POLLIN)
    alone = False
    while True:
        ready = {fd for fd, _ in watched.poll()}
        if bell_out in ready:
            os.read(bell_out, 4096)
        if not reap() and not alone:
            alone = True
            say(alone=True)
        if 0 in ready:
            break
    end()


if __name__ == "__main__":
    main()
