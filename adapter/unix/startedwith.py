"""What a running server was started with (proc(5): cmdline, environ, cwd): where its control socket is."""

import os

from adapter.unix import procfs

OPTION, VARIABLE = "--control", "ADAPTER_CONTROL"


def control_path(pid: int) -> str | None:
    """The path of the control socket that this process was asked for; None when it was not, or is another user's.

    Anybody can start a program with such words: whoever commands should see that `pid` itself listens there (SO_PEERCRED).
    """
    said = _said(procfs.words(pid, "cmdline"), procfs.words(pid, "environ"))
    return os.path.join(procfs.directory(pid), said) if said else None


def _said(argv: list[str], environ: list[str]) -> str | None:
    """The last word of the command line, else the environment's."""
    said = next((word.partition("=")[2] for word in environ if word.startswith(f"{VARIABLE}=")), None)
    for word, following in zip(argv, [*argv[1:], ""], strict=False):  # no word at all: it is between fork and exec, or gone
        if word == OPTION:
            said = following
        elif word.startswith(f"{OPTION}="):
            said = word.partition("=")[2]
    return said or None
