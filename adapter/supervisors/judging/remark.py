"""What a server that starts says of the stop that awaits it: one line, or nothing."""

from collections.abc import Iterator

from adapter.lifecycle.limits import fitted
from adapter.supervisors.judging import starting, stopping
from adapter.supervisors.judging.facts import Container, Facts, Runit, Systemd
from adapter.supervisors.judging.finding import Finding


def waits(facts: Facts) -> float | None:
    """Seconds that whoever stops us waits for our end; None: for ever, or nobody knows."""
    if isinstance(facts.supervisor, Runit):
        return stopping.sv_waits(facts.instance)
    patience = stopping.patience(facts)
    return patience.seconds if patience else None


def fitting(facts: Facts) -> Facts:
    """The same, with the drain of an instance that was asked for none."""
    drain = fitted(waits(facts), facts.instance.lame_duck)
    return facts._replace(instance=facts.instance._replace(drain=drain))


def remark(facts: Facts, *, extends: bool) -> tuple[str, str]:
    """Its level, and the line; both empty when all is well. `extends`: the supervisor takes our word for how long a drain may last."""
    if facts.supervisor is None:
        return "", ""
    findings = list(_findings(facts, extends=extends))
    assumed = isinstance(facts.supervisor, Container) and facts.supervisor.stop_wait is None
    level = "warning" if any(each.wrong and not (assumed and each.about == "stop-time") for each in findings) else "info"
    return (level, "; ".join(f"{each.sentence}: {each.remedy}" for each in findings)) if findings else ("", "")


def _findings(facts: Facts, *, extends: bool) -> Iterator[Finding]:
    yield from starting.asked(facts)
    if not (extends and isinstance(facts.supervisor, Systemd)):
        yield from stopping.time(facts)
    yield from stopping.signal(facts)
    yield from stopping.kill_group(facts)
    yield from stopping.stop_group(facts)
    yield from starting.start_seconds(facts)
