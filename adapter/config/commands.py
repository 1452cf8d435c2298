"""A command of the operator's, as a shell has it, as the words that a supervisor starts; what its service can be named."""

import posixpath
import re
import shlex
from collections.abc import Iterable

from adapter.exits import Misuse

_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\$`]|\\[^$`])*"|\\.""")  # which shlex reads as a shell does
_SHELL = re.compile(r"[|&;<>()$`*?~#{}\[\"]|^\s*\w+=")  # what only a shell understands
_SEVERAL = re.compile(r"[|&;(){}]|^\s*\w+=")  # behind which it has to stay, or has something to do first


def words(command: str) -> tuple[str, ...]:
    """Its words; those of a shell that is given it, if it needs one. Raises Misuse for what is no command."""
    try:
        split = tuple(shlex.split(command))
    except ValueError as error:
        raise Misuse(f"{command!r} is no command as a shell reads it: {str(error).lower()}") from None
    if not split or not command.isprintable():
        raise Misuse(f"{command!r} is no command: say a program and its words, in one line")
    bare = _QUOTED.sub("q", command)
    if not _SHELL.search(bare):
        return split
    return "/bin/sh", "-c", command if _SEVERAL.search(bare) else f"exec {command}"


def in_environment(variables: Iterable[str], command: str) -> str:
    """The same command, with NAME=VALUE variables of its own."""
    found = list(variables)
    return shlex.join(["env", *found, *words(command)]) if found else command


def service_name(text: str, otherwise: str) -> str:
    """What the service of that file or function can be named; `otherwise`, when there is no letter in it."""
    stem = re.sub(r"\.[A-Za-z0-9_]+$", "", posixpath.basename(text))
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-_") or otherwise
