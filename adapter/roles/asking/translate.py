"""`adapter translate`: reads the file, and prints or writes what it is in our words."""

import os
import re
from typing import NamedTuple

from adapter.config.ini.rows import Verdict
from adapter.config.ini.said import Contents, contents
from adapter.config.ini.translating import by_setting
from adapter.config.ini.written import command, toml
from adapter.config.kinds import here
from adapter.config.settings import OPTIONS
from adapter.exits import STOPPED, Misuse
from adapter.log import Log
from adapter.roles.asking.conf import Asked, deliver, of_config
from adapter.supervisors.confs.kinds import KINDS
from adapter.supervisors.confs.rendering import File, render
from adapter.supervisors.confs.shelf import templates


class Service(NamedTuple):
    """What was said for a supervisor's configuration."""

    name: str | None
    user: str | None
    out: str | None
    force: bool


def translate(spec: str, form: str, service: Service) -> int:
    """Print it as `toml`, as `command`, or for a supervisor. Raises Misuse and SystemFailure."""
    if form not in KINDS and service._replace(force=False) != Service(None, None, None, force=False):
        raise Misuse(f"--to {form} is printed: --name, --user and --out belong to the configuration of a supervisor")
    found = contents(spec, os.environ)
    if form in KINDS:
        return _supervised(spec, form, found, service)
    print({"toml": toml, "command": command}[form](spec, found), end="")
    _warn(spec, found)
    return STOPPED


def _supervised(spec: str, form: str, found: Contents, service: Service) -> int:
    """Its configuration, and the TOML that it names, in one directory."""
    kind = KINDS[form]
    name = (
        service.name
        or re.sub(r"[^A-Za-z0-9_-]", "-", os.path.basename(spec.partition(":")[0]).rpartition(".")[0]).lstrip("-_")
        or "web"
    )
    directory = os.path.join(here(), service.out if service.out not in {None, "-"} else "")
    path = os.path.join(directory, f"{name}.toml")
    drain = {**by_setting(found.translation.givens), **by_setting(found.native)}
    seconds = OPTIONS["drain_timeout"].kind.parse(drain["drain_timeout"][-1].text) if "drain_timeout" in drain else None
    values = of_config(kind, Asked(name=name, user=service.user), path, float(seconds) if seconds else None)
    files = {f"{name}.toml": File(toml(spec, found), 0o644), **render(kind, templates(kind), [values])}
    _warn(spec, found)
    return deliver(files, service.out, force=service.force)


def _warn(spec: str, found: Contents) -> None:
    """What the reader of a long file could miss."""
    tell = Log(2, stamp=False).warning
    refused, unknown = found.translation.became(Verdict.REFUSED), found.translation.became(None)
    for fate in (*refused, *unknown):
        tell(f"{fate.line.place}: {fate.line.name}: {fate.sentence}")
    if refused:
        tell(f"{spec} asks for what is not done here: see the comments")
