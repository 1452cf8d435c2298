"""What `adapter doctor` does: gathers the facts, has them judged, and tells."""

import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from adapter.exits import FAILED, STOPPED, SYSTEM_FAILED, Fatal, Misuse, SystemFailure
from adapter.roles.asking import consulting, examining
from adapter.roles.asking.dialogue import Dialogue
from adapter.roles.asking.targets import Kind, kind_of
from adapter.supervisors.judging.facts import Ancestor, Facts
from adapter.supervisors.judging.finding import Finding
from adapter.supervisors.judging.judge import RULES, judge
from adapter.supervisors.judging.remark import fitting
from adapter.unix import pidfiles, procfs

_VARIABLES = ("ADAPTER_CONTROL", "ADAPTER_PIDFILE")


class Given(NamedTuple):
    """What only the operator knows, in seconds."""

    proxy_keepalive: float | None = None
    patience: float | None = None


def doctor(target: str | None, given: Given, *, as_json: bool) -> int:
    """Look at that master, or at every one that is found; 0 when all is well. Raises Misuse and SystemFailure."""
    pids = _asked(target)
    codes = {_told(pid, given, as_json=as_json, several=len(pids) > 1) for pid in pids}
    return next((code for code in (FAILED, SYSTEM_FAILED) if code in codes), STOPPED)


def _told(pid: int, given: Given, *, as_json: bool, several: bool) -> int:
    try:
        findings = judge(facts(pid, given))
    except Fatal as error:
        if not several:
            raise
        print(json.dumps({"ok": False, "pid": pid, "error": error.sentence}) if as_json else f"pid {pid}: {error.sentence}")
        return SYSTEM_FAILED
    if as_json:
        print(json.dumps(_plain(pid, findings)))
    else:
        print(*([f"pid {pid}:"] if several else []), *_lines(findings), sep="\n")
    return FAILED if any(each.wrong for each in findings) else STOPPED


def _asked(target: str | None) -> Sequence[int]:
    """The masters' pids."""
    target = target or next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), None)
    if target is None:
        if found := examining.masters():
            return found
        raise SystemFailure("no server is running that we can see: name its control socket or pidfile, or be its user")
    kind = kind_of(target)
    if kind is Kind.FIFO:
        raise Misuse(f"cannot ask the FIFO {target}: it has no answers; name the server's --control socket or --pidfile")
    if kind is Kind.PIDFILE:
        return [pidfiles.read(target)]
    with Dialogue(target) as line:
        line.ask({"command": "status"})  # so that it is one of ours, and lives
        return [line.pid]


def facts(pid: int, given: Given) -> Facts:
    """All that can be found out. Raises Misuse and SystemFailure when it is nothing."""
    settings = examining.settings_of(pid)
    instance = examining.instance(pid, settings)
    above = procfs.ancestors(pid)
    found = Facts(
        instance=instance,
        ancestors=tuple(Ancestor(each.pid, each.name, each.words) for each in above),
        supervisor=consulting.supervisor(pid, instance.environ, above, given.patience),
        zombies=examining.zombies(pid),
        places=examining.places(pid, settings),
        pidfile=examining.pidfile(pid, settings),
        control=examining.control(pid, settings),
        means=examining.means(pid, instance.worker_uid),
        proxy_keepalive=given.proxy_keepalive,
    )
    return fitting(found) if settings.drain_timeout is None else found


def _lines(findings: Sequence[Finding]) -> list[str]:
    told = [f"{'wrong' if each.wrong else 'note'}: {each.sentence}; {each.remedy}" for each in findings]
    wrong = sum(each.wrong for each in findings)
    return [*told, f"{wrong} of {len(RULES)} things are wrong" if wrong else f"all is well: {len(RULES)} things were looked at"]


def _plain(pid: int, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "ok": not any(each.wrong for each in findings),
        "pid": pid,
        "findings": [each._asdict() for each in findings],
        "looked_at": list(RULES),
    }
