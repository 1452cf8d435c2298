"""What ran beside the application, with what the rest of the file says of where and as whom: services, and lines of a crontab."""

import posixpath
import re
import shlex
from typing import NamedTuple

from adapter.config.commands import in_environment, words
from adapter.config.ini.rows import Companion, Given, Line, Verdict
from adapter.config.ini.said import Contents
from adapter.config.ini.translating import by_setting

_LONGEST = 60  # of a service's name


class Beside(NamedTuple):
    """One program. `command` is whole: interpreter, variables."""

    line: Line
    name: str
    command: str
    chdir: str
    user: str
    changes: tuple[str, ...]
    script: str
    times: str

    @property
    def paste(self) -> str:
        """What an operator types, or puts into a crontab."""
        return self._crontab if self.times else self.service("supervisord")

    def service(self, kind: str) -> str:
        """The command that writes its service."""
        said = ["adapter", "conf", kind, "--beside", self.command, "--name", self.name]
        said += ["--chdir", self.chdir]
        said += ["--user", self.user] if self.user else []
        return shlex.join(said)

    @property
    def _crontab(self) -> str:
        command = f"cd {shlex.quote(self.chdir)} && {self.command}"
        return f"{self.times} {command.replace('%', chr(92) + '%')}"


def companions(application: str, contents: Contents, directory: str) -> tuple[Beside, ...]:
    """All that there are, in the order of the file; each has a name of its own. `directory`: where uWSGI is started."""
    values = {**by_setting(contents.translation.givens), **by_setting(contents.native)}
    found: list[Beside] = []
    taken = {application}
    for fate in contents.translation.became(Verdict.REFUSED):
        if fate.companion is not None:
            name = _free(f"{application}-{fate.companion.name}"[:_LONGEST], taken)
            taken.add(name)
            found.append(_beside(fate.line, name, fate.companion, values, directory))
    return tuple(found)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _beside(line: Line, name: str, companion: Companion, values: dict[str, list[Given]], directory: str) -> Beside:
    def last(setting: str) -> str:
        return values[setting][-1].text if setting in values else ""

    command = companion.command
    if virtualenv := last("virtualenv"):
        command = re.sub(r"^python(?= )", lambda _: shlex.quote(f"{virtualenv}/bin/python"), command)
    if companion.seconds.isdigit():
        command = shlex.join(["timeout", companion.seconds, *words(command)])
    if companion.alone:
        command = shlex.join(["flock", "-n", f"/run/lock/{name}.lock", *words(command)])
    variables = [given.text for given in values.get("env", ())]
    if paths := [given.text for given in values.get("pythonpath", ())]:
        variables.append(f"PYTHONPATH={':'.join(paths)}")
    chdir = posixpath.normpath(posixpath.join(directory, last("chdir"), companion.chdir))
    user = companion.user or last("uid")
    changes = companion.changes
    for envdir in values.get("envdir", ()):
        changes = (*changes, f"it has no variable of {envdir.text}: `envdir {envdir.text}` in front of its command gives it them")
    return Beside(line, name, in_environment(variables, command), chdir, user, changes, companion.script, companion.times)
