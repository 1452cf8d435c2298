"""What a judgement is made of: plain values, gathered by `roles.asking.examining`. None, where nothing else is said: nobody knows."""

from collections.abc import Mapping
from typing import NamedTuple


class Instance(NamedTuple):
    """A running master, and what it was asked for. Times are seconds."""

    pid: int = 0
    inner: int = 0  # its process id as it sees it itself, in its own namespace
    uid: int = 0
    gid: int = 0
    groups: frozenset[int] = frozenset()
    worker_uid: int = 0
    worker_gid: int = 0
    drain: float = 8.0
    lame_duck: float = 0.0
    keepalive: float = 75.0
    backlog: int = 1024
    connections: int = 1000  # one worker holds open
    workers: int = 1  # as many as there may be
    surge: int = 1
    threads: int = 4
    signals: str = "default"  # the dialect
    binds: tuple[str, ...] = ()  # every address that a protocol is spoken on
    restart_in_place: bool = False
    ready_fd: int | None = None
    environ: Mapping[str, str] = {}

    @property
    def notifies(self) -> bool | None:
        """Does it tell a service manager how it is? After a reload its environment does not say so any more."""
        if "NOTIFY_SOCKET" in self.environ:
            return True
        return None if "ADAPTER_CARRYOVER" in self.environ else False


class Ancestor(NamedTuple):
    """A process above it."""

    pid: int
    name: str
    words: tuple[str, ...] = ()


class Supervisord(NamedTuple):
    """supervisord, by its XML-RPC, and by its configuration file where that says more. `name` is the process's, as supervisorctl
    has it; `where` the section, and its file.
    """

    name: str = ""
    where: str = ""
    unknown: str = ""  # why it could not be asked
    stop_wait: float | None = None  # seconds
    stop_signal: int | None = None
    kills_group: bool | None = None
    stops_group: bool | None = None
    start_seconds: float | None = None
    restarts: str | None = None  # autorestart=
    socket: str | None = None  # of an [fcgi-program]; empty: it is none
    processes: int = 1  # of its group
    holds_socket: bool = False  # by our plug-in


class Daemontools(NamedTuple):
    """supervise: it never kills."""

    where: str = ""


class Runit(NamedTuple):
    """runsv: it never kills, but sv waits only so long."""

    where: str = ""


class S6(NamedTuple):
    """s6-supervise, by the files of the service's directory."""

    where: str = ""
    kill_after: float | None = None  # seconds; None: never
    down_signal: int | None = None
    ready_fd: int | None = None  # notification-fd


class Systemd(NamedTuple):
    """systemd, by its unit's files."""

    where: str = ""
    kind: str | None = None  # Type=
    stop_wait: float | None = None  # seconds
    stop_signal: str | None = None  # KillSignal=


class Container(NamedTuple):
    """Docker and its like. `stop_wait`: as somebody said, since nothing in a container tells."""

    stop_wait: float | None = None  # seconds


Supervisor = Supervisord | Daemontools | Runit | S6 | Systemd | Container


class Place(NamedTuple):
    """A directory that something is made in: `option` names what. `path` leads to the directory."""

    option: str
    path: str
    by_worker: bool = False  # else the master makes it
    needed: bool = True  # by us
    exists: bool = True
    read_only: bool = False  # its file system
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


class Named(NamedTuple):
    """The pidfile, and whom it names. `twins`: other masters that were started with the same path."""

    path: str
    says: int | None = None  # None: it is gone, or names nobody
    twins: tuple[int, ...] = ()


class Control(NamedTuple):
    """The control socket that was asked for, and who listens there (None: nobody)."""

    path: str
    listener: int | None = None


class Means(NamedTuple):
    """What the kernel grants. None: unlimited."""

    files: int | None = None
    processes: int | None = None
    running: int = 0  # threads that the worker's user has already, these of the instance included
    core: int | None = 0
    core_pattern: str = ""
    somaxconn: int | None = None  # here None: another network namespace's
    overcommit: int = 0
    swapped: int = 0  # bytes of the instance


class Facts(NamedTuple):
    """All of it."""

    instance: Instance = Instance()
    ancestors: tuple[Ancestor, ...] = ()
    supervisor: Supervisor | None = None
    zombies: int = 0  # that process 1 of its namespace does not reap
    places: tuple[Place, ...] = ()
    pidfile: Named | None = None
    control: Control | None = None
    means: Means = Means()
    proxy_keepalive: float | None = None  # seconds, where somebody said
