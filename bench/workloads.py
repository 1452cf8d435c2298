"""What is measured, as data. Everything is kept to one core, except the load."""

from bench import measures, once
from bench.command import Setting
from bench.job import Column, Workload
from bench.question import Question

_ALL = (
    "adapter",
    "adapter-compiled",
    "bare",
    "bjoern",
    "granian",
    "uvicorn",
    "uwsgi",
    "uwsgi-http",
    "waitress",
    "gthread",
    "sync",
)
_ONE = ("adapter", "adapter-compiled", "bjoern", "granian", "uwsgi", "waitress", "gthread", "sync")
_MANY = ("adapter", "adapter-compiled", "granian", "uwsgi", "gthread", "sync")
_RATE, _CPU = Column("rate", "requests/s", "number", compared=True), Column("cpu", "CPU per request", "us", compared=True)
_PLAIN = tuple(name for name in _ALL if name not in {"bare", "uwsgi-http"})
_OFTEN = 3  # most of what is aimed at is measured in two workloads
_SHELF = "/shelf/7?rows=20"
_WAITING = {
    "adapter": ("--max-connections", "11000"),
    "adapter-compiled": ("--max-connections", "11000"),
    "granian": ("--backpressure", "11000"),
    "gthread": ("--worker-connections", "11000"),
    "waitress": ("--connection-limit=11000", "--channel-timeout=300"),
}
_SLOW = Workload(
    "slow",
    "Calls that wait 20 ms, 16 threads",
    Setting("slow", threads=16),
    Question("/wait", answer=b"done\n"),
    measures.throughput,
    (_RATE, Column("share", "of the ideal 800/s", "percent"), _CPU),
    _ONE,
    connections=32,
    ideal=800,
    note="32 connections, so that somebody always waits for a thread; for 3 s at least: what is under way at the end is not counted. "
    "bjoern and gunicorn's sync have no threads.",
    least=3.0,
)

WORKLOADS = (
    Workload(
        "hello",
        "Hello, keep-alive connections",
        Setting("hello"),
        Question(answer=b"Hello, world\n"),
        measures.throughput,
        (_RATE, _CPU),
        _ALL,
        note="32 connections, one worker, each server's own number of threads. uWSGI's --http-socket and gunicorn's sync close after "
        "each response.",
        often=_OFTEN,
    ),
    Workload(
        "new",
        "Hello, a new connection each",
        Setting("hello"),
        Question(answer=b"Hello, world\n"),
        measures.throughput,
        (_RATE, _CPU),
        _PLAIN,
        close=True,
        note="As above, with `Connection: close`. The load generator's core is nearly as busy as the server's.",
        often=_OFTEN,
    ),
    Workload(
        "big",
        "A response of 100 kB",
        Setting("big"),
        Question(answer=b"0123456789" * 10_000),
        measures.throughput,
        (_RATE, _CPU),
        _PLAIN,
        connections=16,
    ),
    Workload(
        "post",
        "An upload of 1 MB",
        Setting("post"),
        Question(upload=1 << 20, answer=b"1048576\n"),
        measures.throughput,
        (_RATE, _CPU),
        _PLAIN,
        connections=8,
        note="The application reads it in blocks of 64 kB. adapter, waitress and bjoern have the whole of it before they call the "
        "application, so that a slow client holds no thread; gunicorn and uWSGI call at once.",
    ),
    _SLOW,
    _SLOW._replace(
        name="slow-few",
        title="The same, as many connections as threads",
        connections=16,
        note="Now each thread also waits for its client to ask again, so that nobody comes near the ideal.",
    ),
    Workload(
        "mix",
        "Fast calls beside slow ones, on shared keep-alive connections",
        Setting("slow", threads=16),
        Question("/", answer=b"done\n"),
        measures.mix,
        (
            Column("p99_beside", "p99 beside slow", "ms", compared=True),
            Column("p50_beside", "p50 beside slow", "ms"),
            Column("p99_alone", "p99 alone", "ms"),
            Column("p50_alone", "p50 alone", "ms"),
            Column("p99_times", "p99 beside / alone", "times"),
        ),
        _ONE,
        connections=16,
        note="16 connections ask every 10 ms; beside: each is in a call of 100 ms for a quarter of the time. 16 threads where there are any. "
        "Latency of the fast calls only.",
    ),
    Workload(
        "flask",
        "A Flask view",
        Setting("flask_view"),
        Question(_SHELF),
        measures.throughput,
        (_RATE, _CPU),
        _ONE,
        connections=16,
        note="A route, a query parameter, a template of twenty rows: most of the time is Flask's own.",
    ),
    Workload(
        "django",
        "A Django view",
        Setting("django_view"),
        Question(_SHELF),
        measures.throughput,
        (_RATE, _CPU),
        _ONE,
        connections=16,
        note="As above, with four of Django's middlewares.",
    ),
    Workload(
        "workers",
        "Hello, 4 workers",
        Setting("hello", workers=4),
        Question(answer=b"Hello, world\n"),
        measures.throughput,
        (_RATE, _CPU),
        (*_MANY, "uvicorn"),
        note="32 keep-alive connections; the four workers share the server's one core, so this shows what several workers cost.",
    ),
    Workload(
        "workers-new",
        "Hello, 4 workers, a new connection each",
        Setting("hello", workers=4),
        Question(answer=b"Hello, world\n"),
        measures.throughput,
        (_RATE, _CPU),
        (*_MANY, "uvicorn"),
        close=True,
        note="As above, with `Connection: close`: what a proxy does that keeps no connections.",
    ),
    Workload(
        "balance",
        "Balance over 4 workers",
        Setting("who", workers=4),
        Question(),
        measures.balance,
        (
            Column("share", "busiest worker / fair share", "times", compared=True),
            Column("workers", "workers that answered", "number"),
        ),
        _MANY,
        connections=64,
        note="64 keep-alive connections that come one after another, 10 ms apart, and ask every 4 ms.",
    ),
    Workload(
        "memory",
        "Memory (PSS), the Django application",
        Setting("django_view", workers=4, options={"gthread": ("--preload",), "sync": ("--preload",)}),
        Question(_SHELF),
        measures.memory,
        (
            Column("extra", "each extra worker", "MB", compared=True),
            Column("one", "whole server, 1 worker", "MB"),
            Column("all", "whole server, 4 workers", "MB"),
        ),
        ("adapter", "adapter-compiled", "granian", "uwsgi", "gthread", "sync"),
        connections=16,
        close=True,
        note="After seconds of requests on new connections, so that every worker has served; shared pages count by share. gunicorn with --preload; uWSGI loads before it forks by default. "
        "adapter has a master and a preloader beside its workers.",
    ),
    Workload(
        "boot",
        "From exec to the first right answer",
        Setting("hello"),
        Question(answer=b"Hello, world\n"),
        measures.boot,
        (Column("boot", "time", "ms", compared=True),),
        tuple(name for name in _PLAIN if name != "uvicorn"),
    ),
    Workload(
        "boot-django",
        "The same, the Django application",
        Setting("django_view"),
        Question(_SHELF),
        measures.boot,
        (Column("boot", "time", "ms", compared=True),),
        _ONE,
    ),
    Workload(
        "inetd",
        "A process for each connection, hello",
        Setting("hello"),
        Question(),
        once.once,
        (Column("seconds", "connect to close", "ms", compared=True), Column("cpu", "CPU", "ms")),
        ("adapter-inetd", "python-import"),
        note="The least it can cost is a Python that imports the application and ends.",
        often=3 * _OFTEN,
    ),
    Workload(
        "inetd-flask",
        "The same, the Flask application",
        Setting("flask_view"),
        Question(_SHELF),
        once.once,
        (Column("seconds", "connect to close", "ms", compared=True), Column("cpu", "CPU", "ms")),
        ("adapter-inetd", "python-import"),
        often=_OFTEN,
    ),
    Workload(
        "log",
        "What the access log costs",
        Setting("hello"),
        Question(answer=b"Hello, world\n"),
        measures.throughput,
        (_RATE, _CPU),
        ("adapter", "adapter-log"),
        note="Hello, 32 keep-alive connections; the log goes to a file.",
    ),
    Workload(
        "syscalls",
        "System calls per request",
        Setting("hello"),
        Question(answer=b"Hello, world\n"),
        measures.syscalls,
        tuple(
            Column(kind, title, "count")
            for kind, title in (
                ("all", "all"),
                ("receive", "receive"),
                ("send", "send"),
                ("wait", "wait for events"),
                ("futex", "futex"),
                ("other", "other"),
            )
        ),
        ("adapter", "bare", *_PLAIN[2:]),
        note="Hello, 32 keep-alive connections, counted by strace, which slows everybody down: no time is told here.",
    ),
    Workload(
        "idle",
        "10,000 idle keep-alive connections on one worker",
        Setting("hello", options=_WAITING),
        Question(answer=b"Hello, world\n"),
        measures.idle,
        (
            Column("each", "memory for each", "kB", compared=True),
            Column("held", "connections held", "number"),
            Column("p50", "p50 of others meanwhile", "ms"),
            Column("p99", "p99 of others meanwhile", "ms"),
        ),
        ("adapter", "adapter-compiled", "bjoern", "granian", "uvicorn", "waitress", "gthread"),
        connections=10_000,
        note="Each has asked once. PSS of the server's processes; what the kernel keeps for a socket is not in it. Others: 8 connections that "
        "ask every 10 ms.",
    ),
)
QUICK = ("hello", "new", "slow", "mix", "django", "memory", "inetd", "log", "syscalls")
BY_NAME = {workload.name: workload for workload in WORKLOADS}
