"""Every rule, in the order in which it is told."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from adapter.supervisors.judging import listening, means, places, starting, stopping
from adapter.supervisors.judging.facts import Facts
from adapter.supervisors.judging.finding import Finding

Rule = Callable[[Facts], Iterator[Finding]]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "wrapper": starting.wrapper,
        "process-one": starting.process_one,
        "supervisor": starting.asked,
        "start-seconds": starting.start_seconds,
        "restarts": starting.restarts,
        "notify": starting.notify,
        "ready": starting.ready,
        "stop-time": stopping.time,
        "stop-signal": stopping.signal,
        "kill-group": stopping.kill_group,
        "stop-group": stopping.stop_group,
        "restart-in-place": stopping.in_place,
        "backlog": listening.backlog,
        "keep-alive": listening.keepalive,
        "given-socket": listening.given,
        "held-socket": listening.held,
        "files": means.files,
        "processes": means.processes,
        "core": means.core,
        "memory": means.memory,
        "places": places.writable,
        "open-directories": places.private,
        "pidfile": places.pidfile,
        "control": places.control,
        "user": places.user,
    }
)
"""By the word that its findings are `about`."""


def judge(facts: Facts) -> list[Finding]:
    """What is wrong, and what is worth knowing."""
    return [finding for rule in RULES.values() for finding in rule(facts)]
