"""What the kernel grants: descriptors, processes, memory."""

from collections.abc import Iterator

from adapter.supervisors.judging.facts import Facts, Instance
from adapter.supervisors.judging.finding import Finding

_BESIDE = 24  # descriptors of a worker that are no connections: listeners, log, scoreboard, an application's file or two
_NEVER = 2  # vm.overcommit_memory: the kernel promises no more than there is
_MEBIBYTE = 1 << 20
_ROOT = 0


def files(facts: Facts) -> Iterator[Finding]:
    """A connection is a descriptor."""
    most, connections = facts.means.files, facts.instance.connections
    if most is not None and most < connections + _BESIDE:
        yield Finding(
            "files",
            f"a worker may open {most} files, and hold {connections} connections: it will run short of descriptors",
            f"raise the limit to {2 * connections} (ulimit -n; supervisord: minfds; systemd: LimitNOFILE), or say"
            f" --max-connections {max(1, most - _BESIDE)}",
        )


def processes(facts: Facts) -> Iterator[Finding]:
    """The limit counts the threads of all that run as this user; it does not hold for root."""
    most, more = facts.means.processes, _more(facts.instance)
    if facts.instance.worker_uid == _ROOT or most is None or facts.means.running + more <= most:
        return
    yield Finding(
        "processes",
        f"this user may have {most} threads and has {facts.means.running}: a reload needs {more} more, and will fail",
        "raise the limit (ulimit -u; /etc/security/limits.d; systemd: LimitNPROC, TasksMax)",
    )


def _more(instance: Instance) -> int:
    """Threads that a reload adds for a while: a preloader, and workers with those that read, and those that run the application."""
    return 1 + min(instance.surge, instance.workers) * (instance.threads + 2)


def core(facts: Facts) -> Iterator[Finding]:
    """A core is a copy of memory: of requests, and of secrets."""
    means = facts.means
    if means.core != 0 and means.core_pattern and not means.core_pattern.startswith(("/", "|")):
        yield Finding(
            "core",
            "a crash in C writes a core file into the application's directory: requests and secrets are in it, for whoever reads there",
            "ulimit -c 0, or sysctl kernel.core_pattern=/var/crash/core.%e.%p",
            wrong=False,
        )


def memory(facts: Facts) -> Iterator[Finding]:
    """A fork is a promise of memory."""
    if facts.means.overcommit == _NEVER:
        yield Finding(
            "memory",
            "vm.overcommit_memory is 2: each forked worker counts with all the memory that it shares, and a reload may fail for it",
            "sysctl vm.overcommit_memory=0, or have room for --surge workers more",
            wrong=False,
        )
    if facts.means.swapped >= _MEBIBYTE:
        yield Finding(
            "memory",
            f"{facts.means.swapped // _MEBIBYTE} MB of us are swapped out: whoever needs them waits for the disk",
            "give this machine more memory, or us fewer --workers",
            wrong=False,
        )
