"""`adapter translate`: reads the file, and prints or writes what it is in our words."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from adapter.config.commands import service_name
from adapter.config.ini.companions import Beside, companions
from adapter.config.ini.rows import Given, Verdict
from adapter.config.ini.said import Contents, contents
from adapter.config.ini.translating import by_setting
from adapter.config.ini.written import command, toml
from adapter.config.kinds import here
from adapter.config.settings import OPTIONS
from adapter.exits import STOPPED, Misuse
from adapter.log import Log
from adapter.roles.asking.beside import Companion, rendered
from adapter.roles.asking.conf import Asked, deliver, of_config
from adapter.roles.asking.mules import examined
from adapter.supervisors.confs.companions import INSTEAD, beside, scanned
from adapter.supervisors.confs.kinds import KINDS, Kind
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
    name = service.name or service_name(spec.partition(":")[0], "web")
    programs = [examined(each) for each in companions(name, found, here())]
    if form in KINDS:
        return _supervised(spec, KINDS[form], found, programs, service._replace(name=name))
    print({"toml": toml, "command": command}[form](spec, found, programs), end="")
    _warn(spec, found, ())
    return STOPPED


def _supervised(spec: str, kind: Kind, found: Contents, programs: Sequence[Beside], service: Service) -> int:
    """Its configuration, the TOML that it names, and the programs beside it, in one directory."""
    directory = os.path.join(here(), service.out if service.out not in {None, "-"} else "")
    path = os.path.join(directory, f"{service.name}.toml")
    drain = {**by_setting(found.translation.givens), **by_setting(found.native)}
    seconds = OPTIONS["drain_timeout"].kind.parse(drain["drain_timeout"][-1].text) if "drain_timeout" in drain else None
    values = of_config(kind, Asked(name=service.name, user=service.user), path, float(seconds) if seconds else None)
    services = [each for each in programs if not each.times and kind.name not in INSTEAD]
    left = [each for each in programs if each not in services]
    together = bool(services) and scanned(kind)  # where each service is a directory, each has one of its own below this one
    files: dict[str, File] = {}
    for each in services:
        files |= _beside(kind, each, service, together=together)
    values = values._replace(besides=() if together else tuple(files))
    files = {
        f"{service.name}.toml": File(toml(spec, _placed(found), left), 0o644),
        **render(kind, templates(kind), [values], together=together),
        **files,
    }
    _warn(spec, found, services)
    if kind.name in INSTEAD and any(not each.times for each in left):
        Log(2, stamp=False).warning(f"no program can be kept running beside the application: {INSTEAD[kind.name]}")
    return deliver(files, service.out, force=service.force)


def _placed(found: Contents) -> Contents:
    """A supervisor starts it in another directory than uWSGI was started in, so the application's is said whole."""
    said = {**by_setting(found.translation.givens), **by_setting(found.native)}.get("chdir", [Given("chdir", "", ())])[-1]
    return found._replace(native=(*found.native, said._replace(text=os.path.join(here(), said.text).rstrip("/") or "/")))


def _beside(kind: Kind, program: Beside, service: Service, *, together: bool) -> dict[str, File]:
    told = (f"From {program.line}", *(f"To change: {change}" for change in program.changes))
    companion = Companion(program.command, program.name, program.chdir, service.user or program.user or None, told)
    return rendered(beside(kind), companion, Asked(), together=together)


def _warn(spec: str, found: Contents, services: Sequence[Beside]) -> None:
    """What the reader of a long file could miss."""
    inform, warn = Log(2, stamp=False).info, Log(2, stamp=False).warning
    written = {each.line: each for each in services}
    refused, unknown = found.translation.became(Verdict.REFUSED), found.translation.became(None)
    for fate in (*refused, *unknown):
        where = f"{fate.line.place}: {fate.line.name}"
        if program := written.get(fate.line):
            inform(f"{where}: runs as the service {program.name}")
            for change in program.changes:
                warn(f"{where}: to change: {change}")
        else:
            warn(f"{where}: {fate.sentence}")
    if any(fate.line not in written for fate in refused):
        warn(f"{spec} asks for what is not done here: see the comments")
