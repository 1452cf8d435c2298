"""Who is measured: versions and command lines, as data. Filled in: {bin} {servers} {port} {module} {workers} {threads} {version}.

Each is told what makes it quick and comparable (no access log, its own recommended worker), and else left at its defaults.
"""

from typing import NamedTuple

SHARED = ("httptools==0.9.0", "flask==3.1.3", "django==5.2.19")  # what applications and yardstick need


class Peer(NamedTuple):
    """A server. `pins`: what pip installs. `many`, `threaded`: what is said for several workers, for a number of threads; None: it cannot.

    `app`: how it is told the application; comes last. `compiled`: it is adapter with its hot path compiled, which pip has to build.
    """

    name: str
    title: str
    pins: tuple[str, ...]
    command: tuple[str, ...]
    many: tuple[str, ...] | None = None
    threaded: tuple[str, ...] | None = None
    app: tuple[str, ...] = ("{module}:application",)
    compiled: bool = False


_LISTEN = ("--bind", "127.0.0.1:{port}")
_SERVE = ("{bin}/adapter", "serve", *_LISTEN)
_COMPILED = ("/usr/bin/env", "PYTHONPATH={compiled}", "{bin}/python", "-m", "adapter", "serve", *_LISTEN)
_WORKERS, _THREADS = ("--workers", "{workers}"), ("--threads", "{threads}")
_GUNICORN = ("{bin}/gunicorn", "--bind", "127.0.0.1:{port}", "--log-level", "error")
_UWSGI = ("{bin}/uwsgi", "--master", "--need-app", "--die-on-term", "--disable-logging")
_GRANIAN = ("{bin}/granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--log-level", "error")
_UVICORN = ("{bin}/uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--log-level", "error", "--no-access-log")

PEERS = (
    Peer("adapter", "adapter", (), _SERVE, _WORKERS, _THREADS),
    Peer("adapter-compiled", "adapter, compiled", (), _COMPILED, _WORKERS, _THREADS, compiled=True),
    Peer(
        "adapter-log",
        "adapter --access-log",
        (),
        (*_SERVE, "--access-log", "{scratch}/access.log"),
        _WORKERS,
        _THREADS,
    ),
    Peer("bare", "bare epoll + httptools loop", (), ("{bin}/python", "{servers}/bare.py", "{port}"), app=("{module}",)),
    Peer("bjoern", "bjoern", ("bjoern==3.2.2",), ("{bin}/python", "{servers}/bjoern_run.py", "{port}"), app=("{module}",)),
    Peer(
        "granian",
        "granian (WSGI)",
        ("granian==2.8.7",),
        (*_GRANIAN, "--backlog", "1024"),
        _WORKERS,
        ("--blocking-threads", "{threads}"),
    ),
    Peer(
        "uvicorn",
        "uvicorn (ASGI, uvloop)",
        ("uvicorn==0.54.0", "uvloop==0.23.0"),
        _UVICORN,
        _WORKERS,
        app=("asgi_{module}:application",),
    ),
    Peer(
        "uwsgi",
        "uWSGI --http-socket",
        ("uWSGI==2.0.31",),
        (*_UWSGI, "--http-socket", "127.0.0.1:{port}", "--listen", "1024", "--add-header", "Connection: close"),
        ("--processes", "{workers}"),
        ("--enable-threads", "--threads", "{threads}"),
        app=("--module", "{module}:application"),
    ),
    Peer(
        "uwsgi-http",
        "uWSGI --http (router)",
        ("uWSGI==2.0.31",),
        (*_UWSGI, "--http", "127.0.0.1:{port}", "--http-keepalive=75", "--listen", "1024"),
        ("--processes", "{workers}"),
        ("--enable-threads", "--threads", "{threads}"),
        app=("--module", "{module}:application"),
    ),
    Peer(
        "waitress",
        "waitress",
        ("waitress==3.0.2",),
        ("{bin}/waitress-serve", "--listen=127.0.0.1:{port}", "--asyncore-use-poll"),
        threaded=("--threads={threads}",),
    ),
    Peer(
        "gthread",
        "gunicorn gthread",
        ("gunicorn==27.0.1",),
        (*_GUNICORN, "--worker-class", "gthread", "--keep-alive", "75"),
        _WORKERS,
        _THREADS,
    ),
    Peer("sync", "gunicorn sync", ("gunicorn==27.0.1",), _GUNICORN, _WORKERS),
    Peer("adapter-inetd", "adapter inetd", (), ("{bin}/adapter", "inetd")),
    Peer("python-import", 'python -c "import app"', (), ("{bin}/python", "-c"), app=("import {module}",)),
)
QUICK = (
    "adapter",
    "adapter-compiled",
    "adapter-log",
    "bare",
    "bjoern",
    "granian",
    "uwsgi",
    "gthread",
    "adapter-inetd",
    "python-import",
)
BY_NAME = {peer.name: peer for peer in PEERS}
