"""The supervisors of the tour: what each needs, how it is started on our directory, and how its operators say it."""

from typing import NamedTuple


class Kind(NamedTuple):
    """The files of `adapter conf` for it go to `service` below our directory; there commands are typed, too."""

    name: str
    programs: tuple[str, ...]
    package: str  # of Debian's; where they come from
    service: str
    start: tuple[str, ...]
    restart: tuple[str, ...]
    reload: tuple[str, ...]
    ends: tuple[tuple[str, ...], ...] = ()  # said once the supervisor has been asked to end by its signal
    end_signal: str = "TERM"
    log: str = "log/main/current"  # below `service`


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "supervisord",
            ("supervisord", "supervisorctl"),
            "supervisor",
            ".",
            ("supervisord", "--nodaemon", "--configuration", "supervisord.conf"),
            ("supervisorctl", "-c", "supervisord.conf", "restart", "web"),
            ("supervisorctl", "-c", "supervisord.conf", "signal", "HUP", "web"),
            log="web.log",
        ),
        Kind(
            "daemontools",
            ("svscan", "supervise", "svc", "multilog"),
            "daemontools",
            "service/web",
            ("svscan", "service"),
            ("svc", "-t", "service/web"),
            ("svc", "-h", "service/web"),
            ends=(("svc", "-dx", "service/web", "service/web/log"),),
        ),
        Kind(
            "runit",
            ("runsvdir", "runsv", "sv", "svlogd"),
            "runit",
            "service/web",
            ("runsvdir", "-P", "service"),
            ("sv", "-w", "60", "restart", "./service/web"),
            ("sv", "hup", "./service/web"),
            end_signal="HUP",
        ),
        Kind(
            "s6",
            ("s6-svscan", "s6-supervise", "s6-svc", "s6-log"),
            "s6",
            "service/web",
            ("s6-svscan", "service"),
            ("s6-svc", "-r", "service/web"),
            ("s6-svc", "-h", "service/web"),
        ),
    )
}
"""By name. `adapter conf` knows each by the same, and writes its files."""
