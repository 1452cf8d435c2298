"""Becoming a new image of ourselves: where we are, how we were called, what is carried over.

Never `/proc/self/exe`: it names the base interpreter, and the virtualenv would be lost (facts: uwsgi §3.3). Never getcwd():
it names the old release where a symbolic link has moved on.
"""

import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from adapter.unix import memfd

VARIABLE = "ADAPTER_CARRYOVER"
_VERSION = 1


def logical_directory() -> str:
    """Where we were started, as it was named: $PWD when that is this directory, so that a moved link is followed anew."""
    here = os.getcwd()
    named = os.environ.get("PWD", "")
    try:
        return named if os.path.isabs(named) and os.path.samefile(named, here) else here
    except OSError:
        return here


def command(directory: str, words: Iterable[str] = ()) -> list[str]:
    """How to start our own image, seen from `directory`; `words` go right behind the subcommand.

    A script with a `#!` line is run itself, so that a new release's script brings its own interpreter.
    """
    called = sys.orig_argv
    program = len(called) - len(sys.argv)  # where the interpreter's own words end: the script, or `adapter` of `-m adapter`
    subcommand = program + 1
    said = [*called[: subcommand + 1], *words, *called[subcommand + 1 :]]
    if program == 1 and _is_script(script := os.path.join(directory, called[program])):
        return [script, *said[subcommand:]]
    return [sys.executable, *said[1:]]


def _is_script(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!" and os.access(path, os.X_OK)
    except OSError:
        # It may be gone for good or for a moment; whoever runs it will say so by name.
        return not os.path.exists(path) and not path.endswith(".py")


def become(directory: str, record: dict[str, Any], fds: Iterable[int]) -> OSError:
    """Replace our image; returns only when that failed, everything being as before."""
    kept = list(fds)
    data = json.dumps({"version": _VERSION, "pid": os.getpid(), **record}).encode()
    try:
        carried = memfd.store(data)
    except OSError as error:
        return error
    for fd in kept:
        os.set_inheritable(fd, True)
    try:
        os.chdir(directory)
        argv = command(directory)
        os.execve(argv[0], argv, {**os.environ, VARIABLE: str(carried)})
    except OSError as error:
        for fd in kept:
            os.set_inheritable(fd, False)
        os.close(carried)
        return error


def carried_over() -> dict[str, Any] | None:
    """What our former image left us; None when there was none. The variable is taken out of the environment.

    It counts only when the record names our own pid: a variable alone would be believed by any adapter that the
    application starts (facts: uwsgi §3.3).
    """
    number = os.environ.pop(VARIABLE, "")
    if not number.isdigit() or not memfd.is_memfd(int(number)):
        return None
    record: dict[str, Any] = json.loads(memfd.take(int(number)))
    return record if record.get("pid") == os.getpid() else None
