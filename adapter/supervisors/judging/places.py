"""The places: may we write where we have to, and may nobody else?"""

from collections.abc import Iterator

from adapter.supervisors.judging.facts import Facts, Instance, Place
from adapter.supervisors.judging.finding import Finding

_ROOT = 0
_STICKY = 0o1000
_BY_ANYBODY = 0o002
_ENTER_AND_WRITE = 0o3


def writable(facts: Facts) -> Iterator[Finding]:
    """Where something is made, that must be possible."""
    for place in facts.places:
        who = facts.instance.worker_uid if place.by_worker else facts.instance.uid
        if not place.exists:
            said, remedy = "is not there", f"mkdir {place.path}, or say another {place.option}"
        elif place.read_only:
            said, remedy = "is on a read-only file system", f"mount a tmpfs there, or say another {place.option}"
        elif not _may(place, facts.instance):
            said, remedy = f"is not for user {who} to write in", f"chown {who} {place.path}, or say another {place.option}"
        else:
            continue
        yield Finding("places", f"{place.option}: {place.path} {said}", remedy, wrong=place.needed)


def _may(place: Place, instance: Instance) -> bool:
    uid = instance.worker_uid if place.by_worker else instance.uid
    if uid == _ROOT:
        return True
    groups = {instance.worker_gid} if place.by_worker and uid != instance.uid else instance.groups | {instance.gid}
    shift = 6 if place.uid == uid else 3 if place.gid in groups else 0
    return (place.mode >> shift) & _ENTER_AND_WRITE == _ENTER_AND_WRITE


def private(facts: Facts) -> Iterator[Finding]:
    """Whoever may write in a directory may put a file of his own in the place of ours."""
    told = set()
    for place in facts.places:
        if place.by_worker or not place.mode & _BY_ANYBODY or place.mode & _STICKY or place.path in told:
            continue
        told.add(place.path)
        yield Finding(
            "open-directories",
            f"{place.option}: anybody may write in {place.path} (mode {place.mode & 0o7777:04o}), and put something else in its place",
            f"chmod o-w {place.path}",
        )


def pidfile(facts: Facts) -> Iterator[Finding]:
    """One pidfile, one master."""
    named, pid = facts.pidfile, facts.instance.inner
    if named is None:
        return
    if named.says is None:
        yield Finding(
            "pidfile",
            f"the pidfile {named.path} is gone: adapter stop and init scripts find nobody",
            f"adapter ctl TARGET write-pidfile (by the FIFO: P), and find out who removes {named.path}",
        )
    elif named.says != pid:
        yield Finding(
            "pidfile",
            f"the pidfile {named.path} names pid {named.says}, not us (pid {pid}): somebody replaced it",
            "give each instance a --pidfile of its own, and restart this one",
        )
    if named.twins:
        others = ", ".join(map(str, named.twins))
        yield Finding(
            "pidfile",
            f"another master was started with the same --pidfile {named.path} (pid {others}): whoever signals by it reaches one of them",
            "give each a --pidfile of its own; stop the one that is not wanted",
        )


def control(facts: Facts) -> Iterator[Finding]:
    """Where we said that we listen, we should."""
    said, pid = facts.control, facts.instance.pid
    if said is None or said.listener == pid:
        return
    who = "nobody listens there" if said.listener is None else f"pid {said.listener} listens there"
    yield Finding(
        "control",
        f"--control {said.path}: {who}, so nobody can ask us (adapter reload --wait, status, top)",
        "give each instance a --control of its own, in a directory that nobody cleans; a reload opens it anew",
    )


def user(facts: Facts) -> Iterator[Finding]:
    """An application needs no privilege."""
    if facts.instance.worker_uid == _ROOT:
        yield Finding("user", "the application runs as root", "say --uid USER; the master may stay root", wrong=False)
