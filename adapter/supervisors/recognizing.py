"""Is there a supervisor above us that it is worth to ask? Pure, and cheap: every start of a server asks this."""

from collections.abc import Mapping, Sequence

_SUPERVISORS = frozenset({"supervisord", "supervise", "runsv", "s6-supervise"})
_PARENTS = frozenset({"systemd", "docker-init", "tini", "dumb-init", "catatonit"})  # further up, systemd is above everybody


def is_supervised(pid: int, environ: Mapping[str, str], above: Sequence[str]) -> bool:
    """`above`: the names of the processes above us, the parent first."""
    return (
        pid == 1
        or "SUPERVISOR_ENABLED" in environ
        or not _SUPERVISORS.isdisjoint(above)
        or any(name in _PARENTS for name in above[:1])
    )
