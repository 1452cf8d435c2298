"""The one table of options: name, kind, default, what it does, and why its default is what it is.

Each field of `Settings` is an option. `drain_timeout` is `--drain-timeout` on the command line, `ADAPTER_DRAIN_TIMEOUT`
in the environment and `drain_timeout` in the config file. Neither a dataclass nor a NamedTuple: `import dataclasses` takes
6 ms and `import typing` 4, which `adapter inetd` would pay once per connection. Change a copy with `_replace`.
"""

from __future__ import annotations

from adapter.config import fronts, kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from adapter.config.kinds import Kind


PREFIX = "ADAPTER_"
"""How the names of our variables in the environment begin."""


class Option:
    """What the table says about one field."""

    def __init__(
        self,
        default: Any,
        kind: Kind,
        help: str,  # noqa: A002 -- what it is called on every command line
        why: str,  # the reason for the default
        group: str,
        *,
        many: bool = False,  # may be given several times; the field is a tuple
        between: str | None = " ",  # what separates several values in one environment variable; None: not read from the environment
        short: str = "",
        inetd: bool = True,  # `adapter inetd` takes it too
        argument: bool = False,  # positional on the command line
        only_asked: bool = False,  # only the command line may say it
    ) -> None:
        self.default = default
        self.kind = kind
        self.help = help
        self.why = why
        self.group = group
        self.many = many
        self.between = between
        self.short = short
        self.inetd = inetd
        self.argument = argument
        self.only_asked = only_asked


_option: Any = Option
"""What a field is in the table; in a `Settings` it is the value."""

_LISTEN, _PROCESSES, _TIME, _LIMITS = "Listening", "Processes", "Time", "What a client may send"
_APP, _PERMISSION, _LOG, _CONFIG = "Application", "Permissions", "Log", "Control and configuration"


class Settings:
    """Everything an operator decides, checked. Durations are seconds, sizes bytes. JSON-able by `to_dict`."""

    app: str = _option(
        "", kinds.APP, "The WSGI application: pkg.mod:callable, pkg.mod:factory(), file.py or file.py:callable.",
        "There is nothing to serve without it. `application`, then `app`, is looked for when no callable is named.",
        _APP, argument=True)
    chdir: str | None = _option(
        None, kinds.PATH, "Go to this directory before the application is loaded.",
        "The directory the supervisor started us in is the one its own configuration names.", _APP)
    pythonpath: tuple[str, ...] = _option(
        (), kinds.IMPORT_PATH, "Put this directory, or all that match this pattern, in front of the import path (from --chdir on); repeatable.",
        "The application's own directory is always there.", _APP, many=True, between=":")
    env: tuple[str, ...] = _option(
        (), kinds.ASSIGNMENT, "Set a variable for the application; repeatable.",
        "The application sees the environment of the supervisor.", _APP, many=True, between=None)
    envdir: tuple[str, ...] = _option(
        (), kinds.PATH, "Read variables from the files of this directory, as envdir(8) does; read again at each reload; repeatable.",
        "Nothing is read that was not asked for.", _APP, many=True, between=":")
    unenv: tuple[str, ...] = _option(
        (), kinds.VARIABLE, "Take this variable from the application; repeatable.",
        "What the supervisor has in its environment is its own affair.", _APP, many=True)
    virtualenv: str | None = _option(
        None, kinds.PATH, "Put the packages of this virtualenv in front of ours; it must be of the Python that runs adapter.",
        "An adapter that is installed in the application's virtualenv finds it by itself.", _APP)
    imports: tuple[str, ...] = _option(
        (), kinds.APP, "Import this module (or file.py) before the application, for what it sets up; repeatable.",
        "An application imports what it needs.", _APP, many=True)
    lazy_apps: bool = _option(
        False, kinds.FLAG, "Each worker imports the application itself, instead of being forked from a preloader.",
        "Importing once and forking starts workers in milliseconds and shares their memory.", _APP)

    mount: tuple[str, ...] = _option(
        (), fronts.MOUNT, "Another application for the paths below PREFIX (/shop=shop.wsgi), which it finds in SCRIPT_NAME; repeatable.",
        "One application has all paths. Without APP, paths below no PREFIX are answered with 404.", _APP, many=True)
    before_load: tuple[str, ...] = _option(
        (), fronts.COMMAND, "Run this (sh -c) as the application's user before each load of it; if it fails, so does the load; repeatable.",
        "Migrations are best a step of the deploy; this is for those who have no other.", _APP, many=True, between="\n", inetd=False)
    static_map: tuple[str, ...] = _option(
        (), fronts.STATIC, "Answer GET of paths below PREFIX with files of DIR (/static=/srv/static), or with a file; repeatable.",
        "A proxy in front does it, or the application. What is no file there goes to the application.", _APP, many=True, between=":")
    check_static: tuple[str, ...] = _option(
        (), kinds.PATH, "The same for all paths: look for a file in this directory first; repeatable.",
        "Every path is the application's.", _APP, many=True, between=":")
    static_index: tuple[str, ...] = _option(
        (), fronts.FILE_NAME, "Look for this file when a directory of --static-map or --check-static is asked for; repeatable.",
        "What a directory is, the application knows.", _APP, many=True)
    static_max_age: float | None = _option(
        None, kinds.AGE, "Clients may keep those files so long without asking again (Cache-Control).",
        "They ask, and get 304: right after every deploy.", _APP)
    add_header: tuple[str, ...] = _option(
        (), fronts.FIELD, "Add this field ('X-Frame-Options: DENY') to every response of the application, and to files; repeatable.",
        "What a response says is the application's.", _APP, many=True, between="\n")

    bind: tuple[str, ...] = _option(
        (), kinds.ADDRESS, "Serve HTTP here: PORT, HOST:PORT, [V6]:PORT, unix:PATH, unix:@NAME, fd:N, hold:PATH#NAME (`adapter hold`); repeatable.",
        "Without it: a socket we inherited (fd 0, LISTEN_FDS, EINHORN_FD_n, SERVER_STARTER_PORT), else 127.0.0.1:8000.",
        _LISTEN, many=True, short="-b", inetd=False)
    uwsgi: tuple[str, ...] = _option(
        (), kinds.ADDRESS, "Serve the uwsgi protocol here (nginx: uwsgi_pass), at an address as for --bind; repeatable.",
        "It carries what a front end says of its client, and is believed: bind it where only the front end can connect.",
        _LISTEN, many=True, inetd=False)
    scgi: tuple[str, ...] = _option(
        (), kinds.ADDRESS, "Serve SCGI here (nginx: scgi_pass), at an address as for --bind; repeatable.", "As for --uwsgi.",
        _LISTEN, many=True, inetd=False)
    proxy_protocol: tuple[str, ...] = _option(
        (), kinds.ADDRESS, "Serve HTTP here to balancers that send PROXY protocol first (v1, v2), and to nobody else; as --bind, repeatable.",
        "Whoever may send that header may say who he is: only an address of its own can be kept for balancers.",
        _LISTEN, many=True, inetd=False)
    forwarded_allow_ips: tuple[str, ...] = _option(
        (), kinds.PROXIES, "Believe X-Forwarded-For and -Proto of these peers: addresses, networks, unix, * (all); commas; repeatable.",
        "Nobody: a proxy that does not set these fields, even on this host, passes on what its client wrote into them.",
        _LISTEN, many=True)
    health_path: str = _option(
        "", kinds.URL_PATH, "Answer this path ourselves: 200, or 503 once we were asked to stop.",
        "Every path is the application's.", _LISTEN, inetd=False)
    backlog: int = _option(
        1024, kinds.count(65535), "Connections the kernel may queue for us.",
        "Room for a burst during a restart; the kernel lowers it to net.core.somaxconn.", _LISTEN, inetd=False)
    socket_mode: int = _option(
        0o600, kinds.OCTAL, "Permissions of a UNIX socket we bind.",
        "Only our own user: whoever can connect can send requests past the proxy.", _LISTEN, inetd=False)
    socket_owner: str | None = _option(
        None, kinds.OWNER, "Owner of a UNIX socket we bind: the proxy's user, or its group as :GROUP.",
        "The user and group of the workers (--uid, --gid).", _LISTEN, inetd=False)

    workers: int = _option(
        1, kinds.WORKERS, "Worker processes; auto is one per processor we may use; 2:16 is from 2 to 16, as the load asks for.",
        "Memory is the operator's to spend; one worker already survives every reload.", _PROCESSES, short="-w")
    threads: int = _option(
        4, kinds.count(1024), "Requests that one worker runs at the same time.",
        "A call that waits for a database does not stop the others; 1 for an application that is not thread-safe.",
        _PROCESSES)
    workers_most: int | None = _option(
        None, kinds.count(1024), "Let the number of workers follow the load, up to so many (`--workers 2:16` says both).",
        "A fixed number is easier to reason about, and the idle master then never wakes up.", _PROCESSES, inetd=False)
    workers_calm: float = _option(
        30.0, kinds.SOME_DURATION, "One of them goes when it has not been needed for so long.",
        "A worker too many costs memory, one too few costs time.", _PROCESSES, inetd=False)
    surge: int = _option(
        1, kinds.count(1024), "Extra workers a reload may start at a time.",
        "A reload then needs the memory of one worker more, not of all twice.", _PROCESSES)
    canary: str = _option(
        "", kinds.CANARY, "A reload starts one new worker beside the old ones; the others follow after so many answers, or so long (30s).",
        "A reload without it is faster, and the import has been tried anyway.", _PROCESSES, inetd=False)
    rollback_window: float = _option(
        0.0, kinds.DURATION, "Keep the generation before so long after a reload, its application in memory, to roll back to at once.",
        "It costs the memory of one preloader.", _PROCESSES, inetd=False)
    probation: float = _option(
        0.0, kinds.DURATION, "Roll back by ourselves when, so long after a reload, workers die or answers fail (5xx); implies the window.",
        "A server that changes back its code should have been asked to.", _PROCESSES, inetd=False)
    error_margin: int = _option(
        5, kinds.count(100), "With --canary or --probation: percent of answers that may be errors (5xx) beyond the share before.",
        "A visitor or two who find a new bug are fewer than that.", _PROCESSES, inetd=False)
    max_connections: int = _option(
        1000, kinds.count(1_000_000), "Connections one worker holds open; more wait in the kernel's queue until one leaves, or has long been idle.",
        "Below the 1024 descriptors that `ulimit -n` commonly allows.", _PROCESSES)
    max_requests: int = _option(
        0, kinds.NUMBER, "Relieve a worker after so many requests; 0: never. Its replacement is ready before it leaves.",
        "An application that leaks nothing needs no new workers.", _PROCESSES, inetd=False)
    max_requests_jitter: int = _option(
        0, kinds.NUMBER, "Spread --max-requests over so many more, so that workers do not leave together.",
        "Never more than --surge are replaced at a time anyway.", _PROCESSES, inetd=False)
    max_rss: int = _option(
        0, kinds.MAYBE_SIZE, "Relieve a worker whose resident memory, what it shares included, exceeds this; 0: never.",
        "What is too much only the operator knows.", _PROCESSES, inetd=False)
    max_lifetime: float = _option(
        0.0, kinds.DURATION, "Relieve a worker after so long; 0: never. Its replacement is ready before it leaves.",
        "A worker that leaks nothing may stay.", _PROCESSES, inetd=False)
    max_lifetime_jitter: float = _option(
        0.0, kinds.DURATION, "Spread --max-lifetime over so much more, so that workers do not leave together.",
        "Never more than --surge are replaced at a time anyway.", _PROCESSES, inetd=False)
    min_lifetime: float = _option(
        10.0, kinds.DURATION, "Relieve no worker for a limit it has reached before it has served so long.",
        "A limit that is reached at once would be a fork loop.", _PROCESSES, inetd=False)
    idle_exit: float = _option(
        0.0, kinds.DURATION, "Stop after so long without a connection; 0: never.",
        "A server stays; inetd's wait mode and socket activation set it.", _PROCESSES)
    idle_cheap: float = _option(
        0.0, kinds.DURATION, "After so long without a connection no worker stays; the next connection has them forked; 0: never.",
        "The first to come then waits for a fork, a few hundredths of a second; memory is seldom that dear.", _PROCESSES, inetd=False)

    drain_timeout: float | None = _option(
        None, kinds.DURATION, "A stop or reload lets requests in flight run so long, then cuts them.",
        "What fits into the supervisor's patience, where that is known (docs/supervision.md); else 8 s: supervisord and Docker kill after 10.",
        _TIME)
    lame_duck: float = _option(
        0.0, kinds.DURATION, "After TERM serve on so long, while `adapter status --ready` and --health-path say no; then drain.",
        "For load balancers that ask, and take their time; a supervisor's patience must be longer by as much.", _TIME, inetd=False)
    boot_timeout: float = _option(
        60.0, kinds.SOME_DURATION, "A worker that is not ready after so long has failed.",
        "Large applications import for tens of seconds.", _TIME)
    request_timeout: float = _option(
        0.0, kinds.DURATION, "A call of the application that lasts longer is given up: 504, its stack in the log, its worker relieved; 0: never.",
        "A report may take minutes; what is too long only the operator knows.", _TIME, inetd=False)
    header_timeout: float = _option(
        10.0, kinds.SOME_DURATION, "A request's head must have arrived so long after its first byte.",
        "Slow heads are an attack (slowloris), not a slow link.", _TIME)
    body_timeout: float = _option(
        30.0, kinds.SOME_DURATION, "Longest silence while a request's body arrives.",
        "A phone that changes cells is silent for seconds, not for half a minute.", _TIME)
    write_timeout: float = _option(
        30.0, kinds.SOME_DURATION, "Longest time a client may take nothing of its response.",
        "As for the body.", _TIME)
    keepalive_timeout: float = _option(
        75.0, kinds.DURATION, "An idle connection is closed after so long; 0: after each response.",
        "Longer than the 60 s of nginx and of AWS' load balancer: the proxy should be the one that closes.", _TIME)

    max_request_line: int = _option(
        8190, kinds.SIZE, "Longest request line.", "What Apache and most proxies allow.", _LIMITS)
    max_header_count: int = _option(
        100, kinds.count(10_000), "Most header fields.", "What Apache allows.", _LIMITS)
    max_header_bytes: int = _option(
        65536, kinds.SIZE, "Longest header, all fields together.", "Room for large cookies; more than nginx passes on.", _LIMITS)
    max_body: int = _option(
        1 << 30, kinds.SIZE, "Longest request body.", "Uploads are welcome; a disk is finite.", _LIMITS)
    body_memory: int = _option(
        1 << 20, kinds.SIZE, "A body longer than this waits in a temporary file, not in memory.",
        "A form or a photograph stays in memory; --max-connections of them at once are a gigabyte.", _LIMITS)

    uid: int | None = _option(
        None, kinds.USER, "Workers run as this user.", "Whoever the supervisor runs us as.", _PERMISSION)
    gid: int | None = _option(
        None, kinds.GROUP, "Workers run as this group.", "The group of --uid.", _PERMISSION)
    umask: int | None = _option(
        None, kinds.OCTAL, "File mode creation mask.", "Whatever the supervisor set.", _PERMISSION)

    log_file: str | None = _option(
        None, kinds.PATH, "Append the log to this file instead of stderr.",
        "A supervisor collects stderr.", _LOG)
    access_log: str | None = _option(
        None, kinds.ACCESS_LOG, "Append a line for each request to this file; -: to stdout; none.",
        "The proxy in front has one already.", _LOG)
    access_log_format: str = _option(
        "combined", kinds.ACCESS_FORMAT, "common, combined (as Apache's), json, or a text such as '{client} {status} {seconds}' (docs/logs.md).",
        "Every log analyser reads it.", _LOG)
    access_log_only: str | None = _option(
        None, kinds.STATUSES, "Only requests with a status of these classes have a line.", "All requests are told.", _LOG)
    log_format: str = _option(
        "text", kinds.choice("text", "json"), "One fact per line, for people or for programs.", "People read logs first.", _LOG)
    log_time: bool | None = _option(
        None, kinds.FLAG, "Each line begins with the time (UTC).",
        "supervisord does not stamp. The journal does, and is recognised; multilog t, svlogd -t and s6-log T are not: say --no-log-time.",
        _LOG)

    pidfile: str | None = _option(
        None, kinds.PATH, "Write our process id here; `adapter reload` and `adapter stop` take it as target.",
        "A supervisor knows our process id.", _CONFIG)
    safe_pidfile: str | None = _option(
        None, kinds.PATH, "The same, but only once the first generation serves.",
        "For scripts that wait for the file; --pidfile is there as soon as we are.", _CONFIG)
    signals: str = _option(
        "default", kinds.choice("default", "uwsgi"), "What signals mean; uwsgi: TERM is a brutal reload, as it is there.",
        "Every supervisor stops us by TERM.", _CONFIG)
    restart_in_place: bool = _option(
        False, kinds.FLAG, "TERM is a reload while the supervisor wants us up (`svc -t`, `sv term`), and a stop when it wants us down (daemontools, runit).",
        "A restart is then no way to change what a reload keeps: the run script, limits, the supervisor's environment.", _CONFIG, inetd=False)
    fifo: tuple[str, ...] = _option(
        (), kinds.PATH, "Take commands, one letter each, from this named pipe (mode 600); repeatable as slots 0 to 9, of which one is open.",
        "Whoever can write to it can stop us; `echo r >PATH` needs no other program.", _CONFIG, many=True, between=":")
    touch_reload: tuple[str, ...] = _option(
        (), kinds.PATH, "Reload when this file is touched, written or replaced, or comes to be; repeatable.",
        "A deploy that can write a file needs no right to send signals.", _CONFIG, many=True, between=":")
    touch_chain_reload: tuple[str, ...] = _option(
        (), kinds.PATH, "The same for a chain reload; repeatable.", "As above.", _CONFIG, many=True, between=":")
    touch_workers_reload: tuple[str, ...] = _option(
        (), kinds.PATH, "The same for a workers reload; repeatable.", "As above.", _CONFIG, many=True, between=":")
    touch_reopen: tuple[str, ...] = _option(
        (), kinds.PATH, "Open the log files anew when this file is touched; repeatable.",
        "For a logrotate that can not send signals.", _CONFIG, many=True, between=":")
    touch_stop: tuple[str, ...] = _option(
        (), kinds.PATH, "Stop, draining, when this file is touched; repeatable.", "As for --touch-reload.", _CONFIG, many=True, between=":")
    ready_fd: int | None = _option(
        None, kinds.count(1_048_575), "Write a newline to this descriptor, and close it, once workers can answer (s6's notification-fd).",
        "The supervisor has to open it.", _CONFIG, inetd=False)
    ready_file: str | None = _option(
        None, kinds.PATH, "Have a file with our process id here whenever a worker can answer, and only then (for runit's ./check).",
        "Nothing is written that was not asked for.", _CONFIG, inetd=False)
    process_communication: bool = _option(
        False, kinds.FLAG, "Tell on stdout how we stand, whenever that changes, as PROCESS_COMMUNICATION events of supervisord (for adapter-alerts).",
        "Only supervisord, with stdout_capture_maxbytes in the program's section, takes them out of the log.", _CONFIG, inetd=False)
    watch: bool = _option(
        False, kinds.FLAG, "For development: reload when a file of the application, the --config or --ini file, or the --envdir changes.",
        "In production a deploy is many changes, and asks for one reload when it is done.", _CONFIG)
    control: str | None = _option(
        None, kinds.PATH, "Listen for commands on this UNIX socket (mode 600).",
        "On by default it would break every read-only container; `adapter reload --wait` and `adapter status` need it.", _CONFIG)
    stats: str | None = _option(
        None, kinds.ADDRESS, "Give whoever connects here uWSGI's statistics as JSON (for uwsgitop): PORT, HOST:PORT, unix:PATH (mode 600).",
        "Nothing listens that was not asked for.", _CONFIG, inetd=False)
    stats_http: bool = _option(
        False, kinds.FLAG, "--stats answers an HTTP request (GET /) instead of telling everything at once.",
        "uwsgitop HOST:PORT expects the bare document.", _CONFIG, inetd=False)
    metrics: str | None = _option(
        None, kinds.ADDRESS, "Serve GET /metrics here, as OpenMetrics text (for Prometheus): PORT, HOST:PORT, unix:PATH (mode 600).",
        "Nothing listens that was not asked for.", _CONFIG, inetd=False)
    config: str | None = _option(
        None, kinds.PATH, "Read options from the [adapter] table of this TOML file; FILE.ini is --ini FILE.ini.",
        "Nothing is read that was not asked for.", _CONFIG, short="-c")
    ini: str | None = _option(
        None, kinds.PATH, "Read options from [uwsgi] (or FILE:SECTION) of this uWSGI file, and from [adapter] in it, which wins (docs/coming-from-uwsgi.md).",
        "Nothing is read that was not asked for.", _CONFIG)
    check: bool = _option(
        False, kinds.FLAG, "Say whether the options are good, and exit; nothing is started.",
        "A reload does it by itself before it replaces anything.", _CONFIG, inetd=False, only_asked=True)

    _fields: tuple[str, ...] = ()
    """In the order of the table."""

    def __init__(self, **given: Any) -> None:
        if unknown := given.keys() - OPTIONS.keys():
            raise TypeError(f"there is no option {', '.join(sorted(unknown))}")
        vars(self).update(DEFAULTS)
        vars(self).update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings stay as they are: _replace makes others, with another {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self._asdict() == other._asdict()

    def __hash__(self) -> int:
        return hash(tuple(self._asdict().values()))

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in vars(self).items() if value != DEFAULTS[name])})"

    def _asdict(self) -> dict[str, Any]:
        return dict(vars(self))

    def _replace(self, **others: Any) -> Settings:
        return Settings(**{**vars(self), **others})

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: tuples are lists."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self._asdict().items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """From `to_dict` of this or another version: what is missing has its default, what is unknown is left out."""
        known: dict[str, Any] = {}
        for name in data.keys() & OPTIONS.keys():
            known[name] = tuple(data[name]) if isinstance(data[name], list) else data[name]
        return cls(**known)


OPTIONS: dict[str, Option] = {name: row for name, row in vars(Settings).items() if isinstance(row, Option)}
DEFAULTS: dict[str, Any] = {name: row.default for name, row in OPTIONS.items()}
Settings._fields = tuple(OPTIONS)


def spelled(name: str) -> str:
    """The option as on the command line: `drain_timeout` is `--drain-timeout`."""
    return name.upper() if OPTIONS[name].argument else "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The option as in the environment: `drain_timeout` is `ADAPTER_DRAIN_TIMEOUT`."""
    return PREFIX + name.upper()
