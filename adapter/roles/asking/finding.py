"""From whatever names a running server to its control socket."""

import os

from adapter.exits import Misuse
from adapter.roles.asking.targets import Kind, kind_of
from adapter.unix import pidfiles

_OPTION, _VARIABLE = "--control", "ADAPTER_CONTROL"


def control_of(target: str) -> str:
    """The path of the control socket of the server that this control socket or pidfile names.

    Behind a pidfile it is what the process was started with says (proc(5): cmdline, environ). Raises Misuse when there is none.
    """
    kind = kind_of(target)
    if kind is Kind.CONTROL:
        return target
    if kind is Kind.FIFO:
        raise Misuse(f"cannot ask the FIFO {target}: it has no answers; name the server's --control socket or --pidfile")
    pid = pidfiles.read(target)
    said = _said(_words(pid, "cmdline"), _words(pid, "environ"))
    if said is None:
        raise Misuse(
            f"cannot find a control socket of pid {pid}, which {target} names: it was not started with {_OPTION} PATH "
            f"(nor {_VARIABLE}); if its configuration file says one, name that socket instead"
        )
    return os.path.join(_directory(pid), said)


def _said(argv: list[str], environ: list[str]) -> str | None:
    """The last word of the command line, else the environment's."""
    said = next((word.partition("=")[2] for word in environ if word.startswith(f"{_VARIABLE}=")), None)
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == _OPTION:
            said = following
        elif word.startswith(f"{_OPTION}="):
            said = word.partition("=")[2]
    return said or None


def _words(pid: int, name: str) -> list[str]:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return [os.fsdecode(word) for word in file.read().split(b"\0") if word]
    except OSError:
        return []  # another user's: nothing is known of it


def _directory(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""
