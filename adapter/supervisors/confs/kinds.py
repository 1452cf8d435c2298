"""The kinds of configuration, one row each: what files it has, from which template, and how those spell a word."""

from typing import NamedTuple

from adapter.supervisors.confs.syntax import (
    CIRCUS,
    ENVDIR,
    INETD,
    JSON,
    MONIT,
    OPENRC,
    RCD,
    SHELL,
    SOCAT,
    SUPERVISORD,
    SYSTEMD,
    XINETD,
    Syntax,
)

SCRIPT = 0o755


class Piece(NamedTuple):
    """A file. Paths are those of the configuration; @{name} in one is the service's."""

    path: str
    template: str  # below templates/
    syntax: Syntax
    mode: int = 0o644
    shared: bool = False  # one for all services, with --all


class Kind(NamedTuple):
    """A supervisor, and a way of living under it."""

    name: str
    what: str  # for --help
    drain: int  # seconds: --drain-timeout, when nobody says another
    pieces: tuple[Piece, ...]
    own: bool = False  # the program runs in the configuration's directory, or can name it: paths may be relative
    privileged: bool = False  # root starts it and it names the user
    address: bool = True  # adapter opens the address itself
    workers: bool = True
    several: bool = True  # of use with --all


_ENVDIR = tuple(
    Piece(f"env/ADAPTER_{name.upper()}", f"env/{name}", ENVDIR)
    for name in ("app", "bind", "chdir", "config", "control", "uid", "workers")
)

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "supervisord",
            "a [program] of supervisord",
            20,
            (
                Piece("adapter.conf", "supervisord/program", SUPERVISORD),
                Piece("supervisord.conf", "supervisord/supervisord", SUPERVISORD, shared=True),
            ),
            own=True,
        ),
        Kind(
            "supervisord-fcgi",
            "an [fcgi-program] of supervisord, which opens the address",
            20,
            (Piece("adapter-fcgi.conf", "supervisord/fcgi", SUPERVISORD),),
            own=True,
            address=False,
            workers=False,
        ),
        Kind(
            "daemontools",
            "a service directory for svscan, with a logger",
            60,
            (
                Piece("run", "daemontools/run", SHELL, SCRIPT),
                Piece("log/run", "daemontools/log-run", SHELL, SCRIPT),
                *_ENVDIR,
            ),
            own=True,
        ),
        Kind(
            "runit",
            "a service directory for runsvdir, with a logger",
            60,
            (
                Piece("run", "runit/run", SHELL, SCRIPT),
                Piece("check", "runit/check", SHELL, SCRIPT),
                Piece("finish", "runit/finish", SHELL, SCRIPT),
                Piece("log/run", "runit/log-run", SHELL, SCRIPT),
                Piece("log/config", "runit/log-config", SHELL),
                *_ENVDIR,
            ),
            own=True,
        ),
        Kind(
            "s6",
            "a service directory for s6-svscan, with a logger",
            60,
            (
                Piece("run", "s6/run", SHELL, SCRIPT),
                Piece("finish", "s6/finish", SHELL, SCRIPT),
                Piece("notification-fd", "s6/notification-fd", SHELL),
                Piece("timeout-kill", "s6/timeout-kill", SHELL),
                Piece("timeout-finish", "s6/timeout-finish", SHELL),
                Piece("log/run", "s6/log-run", SHELL, SCRIPT),
                *_ENVDIR,
            ),
            own=True,
        ),
        Kind(
            "circus",
            "a [watcher:] of circus, on a socket that circusd holds",
            20,
            (
                Piece("adapter.ini", "circus/watcher", CIRCUS),
                Piece("circus.ini", "circus/circus", CIRCUS, shared=True),
            ),
            own=True,
            address=False,
        ),
        Kind(
            "xinetd",
            "a service of xinetd, one process per connection",
            8,
            (Piece("@{name}", "xinetd/nowait", XINETD),),
            privileged=True,
            address=False,
            workers=False,
        ),
        Kind(
            "xinetd-wait",
            "a service of xinetd, one server on its listener",
            60,
            (Piece("@{name}-wait", "xinetd/wait", XINETD),),
            privileged=True,
            address=False,
        ),
        Kind(
            "inetd",
            "a line of inetd.conf, one process per connection",
            8,
            (Piece("@{name}", "inetd/nowait", INETD),),
            privileged=True,
            address=False,
            workers=False,
        ),
        Kind(
            "inetd-wait",
            "a line of inetd.conf, one server on inetd's listener",
            60,
            (Piece("@{name}-wait", "inetd/wait", INETD),),
            privileged=True,
            address=False,
        ),
        Kind(
            "tcpserver",
            "a script with tcpserver, one process per connection",
            8,
            (Piece("tcpserver", "inetd/tcpserver", SHELL, SCRIPT),),
            address=False,
            workers=False,
        ),
        Kind(
            "socat",
            "a script with socat, one process per connection",
            8,
            (Piece("socat", "inetd/socat", SOCAT, SCRIPT),),
            address=False,
            workers=False,
        ),
        Kind(
            "initd",
            "a SysV script with start-stop-daemon and LSB header",
            60,
            (Piece("@{name}", "initd/script", SHELL, SCRIPT),),
            privileged=True,
        ),
        Kind(
            "openrc",
            "a service of OpenRC, under its supervise-daemon",
            60,
            (Piece("@{name}", "openrc/script", OPENRC, SCRIPT),),
            privileged=True,
        ),
        Kind(
            "rcd",
            "a script of FreeBSD's rc.d, with daemon(8)",
            60,
            (Piece("@{name}", "rcd/script", RCD, SCRIPT),),
            privileged=True,
        ),
        Kind(
            "systemd",
            "a service of systemd, which opens the address itself",
            60,
            (Piece("@{name}.service", "systemd/service", SYSTEMD),),
            privileged=True,
        ),
        Kind(
            "systemd-socket",
            "a service of systemd, and the socket it is started with",
            60,
            (
                Piece("@{name}.service", "systemd/socket-service", SYSTEMD),
                Piece("@{name}.socket", "systemd/socket-socket", SYSTEMD),
            ),
            privileged=True,
            address=False,
        ),
        Kind(
            "systemd-inetd",
            "a socket of systemd, one process per connection",
            8,
            (
                Piece("@{name}.socket", "systemd/inetd-socket", SYSTEMD),
                Piece("@{name}@.service", "systemd/inetd-service", SYSTEMD),
            ),
            privileged=True,
            address=False,
            workers=False,
        ),
        Kind(
            "monit", "a process that monit starts and looks after", 60, (Piece("@{name}", "monit/check", MONIT),), privileged=True
        ),
        Kind("upstart", "a job of Upstart", 60, (Piece("@{name}.conf", "upstart/conf", SHELL),), privileged=True),
        Kind(
            "docker",
            "a Dockerfile, adapter as process 1",
            8,
            (Piece("Dockerfile", "docker/Dockerfile", JSON),),
            own=True,
            several=False,
        ),
        Kind(
            "s6-overlay",
            "a Dockerfile with s6-overlay, adapter as a service of s6",
            8,
            (
                Piece("Dockerfile", "s6-overlay/Dockerfile", JSON),
                Piece("s6-rc.d/@{name}/type", "s6-overlay/type", SHELL),
                Piece("s6-rc.d/@{name}/run", "s6-overlay/run", SHELL, SCRIPT),
                Piece("s6-rc.d/@{name}/finish", "s6-overlay/finish", SHELL, SCRIPT),
                Piece("s6-rc.d/@{name}/notification-fd", "s6-overlay/notification-fd", SHELL),
                Piece("s6-rc.d/@{name}/dependencies.d/base", "s6-overlay/named", SHELL),
                Piece("s6-rc.d/user/contents.d/@{name}", "s6-overlay/named", SHELL),
            ),
            own=True,
            several=False,
        ),
    )
}
