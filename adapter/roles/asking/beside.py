"""`adapter conf --beside`: a program of the operator's own as a service beside the application."""

import os
import shutil
import sysconfig
from collections.abc import Sequence
from typing import NamedTuple

from adapter.config.commands import words
from adapter.config.kinds import here
from adapter.exits import Misuse
from adapter.log import Log
from adapter.roles.asking.conf import Asked, common, deliver, warn_of_root
from adapter.supervisors.confs.companions import CONTAINED, beside
from adapter.supervisors.confs.kinds import KINDS, Kind
from adapter.supervisors.confs.rendering import File, render
from adapter.supervisors.confs.shelf import templates

_PYTHONS = ("python", "python3")


class Companion(NamedTuple):
    """A program that is to run beside the application. `told`: what is to be said of it in its file."""

    command: str
    name: str | None = None
    chdir: str | None = None
    user: str | None = None
    told: tuple[str, ...] = ()


def conf(kind_name: str, command: str, asked: Asked, out: str | None, *, force: bool) -> int:
    """Write its service below `out`, or print it (None, `-`). Raises Misuse and SystemFailure."""
    kind = beside(KINDS[kind_name])
    if asked._replace(name=None, chdir=None, drain_timeout=None, user=None, run_dir=None, log_dir=None) != Asked():
        raise Misuse(
            "conf --beside writes the service of one program and nothing of adapter's: leave APP, --all, --bind, --workers and the"
            " options behind -- out (variables go in front of the command: --beside 'env NAME=VALUE PROGRAM')"
        )
    files = rendered(
        kind, Companion(command, asked.name, asked.chdir, asked.user, (f"adapter conf {kind_name} --beside",)), asked
    )
    warn_of_root(asked.user)
    return deliver(files, out, force=force)


def rendered(kind: Kind, companion: Companion, asked: Asked, *, together: bool = False) -> dict[str, File]:
    """Its files. `kind`: one of `beside`. Raises Misuse."""
    directory = os.path.join(here(), companion.chdir or "")
    split = words(companion.command)
    values = common(kind, asked._replace(user=companion.user), companion.name or called(split))._replace(
        command=split if kind.name in CONTAINED else _found(split, directory), chdir=directory, told=companion.told
    )
    return render(kind, templates(kind), [values], together=together)


def called(split: Sequence[str]) -> str:
    """`python tasks.py` is `tasks`, `env A=1 celery -A shop worker` is `celery`."""
    at = _program(split)
    script = next((word for word in split[at + 1 :] if word.endswith(".py")), None)
    return os.path.basename(script or split[at]).removesuffix(".py")


def _program(split: Sequence[str]) -> int:
    """Which word is the program, behind an `env` and its variables."""
    if os.path.basename(split[0]) != "env":
        return 0
    return next((at for at, word in enumerate(split) if at and "=" not in word), 0)


def _found(split: Sequence[str], directory: str) -> tuple[str, ...]:
    """The same words with the programs by their absolute paths: supervisors know no virtualenv, and each has another PATH."""
    found = list(split)
    for at in sorted({0, _program(split)}):
        found[at] = _path(split[at], directory)
    return tuple(found)


def _path(program: str, directory: str) -> str:
    if "/" in program:
        return os.path.normpath(os.path.join(directory, program))
    own = sysconfig.get_path("scripts")
    path = os.path.join(own, "python") if program in _PYTHONS else shutil.which(program, path=own) or shutil.which(program)
    if path is None:
        Log(2, stamp=False).warning(f"{program} is not on PATH: the supervisor would not find it either, so say its path")
    return path or program
