"""A program of the operator's own beside the application: for each kind the files of a service for it, or why there can be none."""

from adapter.exits import Misuse
from adapter.supervisors.confs.kinds import SCRIPT, Kind, Piece
from adapter.supervisors.confs.syntax import CIRCUS, MONIT, OPENRC, RCD, SHELL, SUPERVISORD, SYSTEMD

_SUPERVISORD = (Piece("@{name}.conf", "beside/supervisord", SUPERVISORD),)
_SYSTEMD = (Piece("@{name}.service", "beside/systemd", SYSTEMD),)

PIECES: dict[str, tuple[Piece, ...]] = {
    "supervisord": _SUPERVISORD,
    "supervisord-fcgi": _SUPERVISORD,
    "daemontools": (
        Piece("run", "beside/daemontools", SHELL, SCRIPT),
        Piece("log/run", "daemontools/log-run", SHELL, SCRIPT),
    ),
    "runit": (
        Piece("run", "beside/runit", SHELL, SCRIPT),
        Piece("log/run", "runit/log-run", SHELL, SCRIPT),
        Piece("log/config", "runit/log-config", SHELL),
    ),
    "s6": (
        Piece("run", "beside/s6", SHELL, SCRIPT),
        Piece("timeout-kill", "beside/s6-timeout-kill", SHELL),
        Piece("log/run", "s6/log-run", SHELL, SCRIPT),
    ),
    "s6-overlay": (
        Piece("s6-rc.d/@{name}/type", "s6-overlay/type", SHELL),
        Piece("s6-rc.d/@{name}/run", "beside/s6-overlay", SHELL, SCRIPT),
        Piece("s6-rc.d/@{name}/dependencies.d/base", "s6-overlay/named", SHELL),
        Piece("s6-rc.d/user/contents.d/@{name}", "s6-overlay/named", SHELL),
    ),
    "circus": (Piece("@{name}.ini", "beside/circus", CIRCUS),),
    "initd": (Piece("@{name}", "beside/initd", SHELL, SCRIPT),),
    "openrc": (Piece("@{name}", "beside/openrc", OPENRC, SCRIPT),),
    "rcd": (Piece("@{name}", "beside/rcd", RCD, SCRIPT),),
    "systemd": _SYSTEMD,
    "systemd-socket": _SYSTEMD,
    "monit": (Piece("@{name}", "beside/monit", MONIT),),
    "upstart": (Piece("@{name}.conf", "beside/upstart", SHELL),),
}

_INETD = "{} starts a program when somebody connects, and keeps none running: say a KIND that does, such as systemd, initd or supervisord"
_SCRIPT = "{} is a program itself, and starts others when somebody connects: say the KIND that looks after it, such as daemontools or runit"
INSTEAD: dict[str, str] = {
    "xinetd": _INETD.format("xinetd"),
    "xinetd-wait": _INETD.format("xinetd"),
    "inetd": _INETD.format("inetd"),
    "inetd-wait": _INETD.format("inetd"),
    "tcpserver": _SCRIPT.format("tcpserver"),
    "socat": _SCRIPT.format("socat"),
    "systemd-inetd": "systemd-inetd has a process for each connection: say systemd",
    "docker": "a container has one program: start another one of the same image, `docker run IMAGE COMMAND`, or say s6-overlay",
}
CONTAINED = frozenset({"s6-overlay"})  # whose programs are not where this machine's are


def beside(kind: Kind) -> Kind:
    """The kind with the files of a companion. Raises Misuse where none can be."""
    if kind.name in INSTEAD:
        raise Misuse(f"no program can be kept running beside the application there: {INSTEAD[kind.name]}")
    return kind._replace(pieces=PIECES[kind.name])


def scanned(kind: Kind) -> bool:
    """Whether each service is a directory of its own."""
    return any("@{name}" not in piece.path for piece in PIECES.get(kind.name, ()))
