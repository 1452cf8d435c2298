"""The application, its Python and its surroundings."""

from collections.abc import Sequence

from adapter.config.ini.addresses import below
from adapter.config.ini.rows import (
    Given,
    Line,
    Outcome,
    Row,
    Said,
    Sheet,
    Verdict,
    alongside,
    ignored,
    implied,
    refused,
    renamed,
    same,
    translated,
)

_PYTHON = frozenset({"python", "python2", "python3", "pypy", "http", "corerouter", "syslog", "rsyslog", "logfile", "logsocket", "cheaper_busyness",
                     "cheaper_backlog2", "stats_pusher_file", "router_static", "gevent", "greenlet", "notfound", "ping", "cache", "rpc", "0"})  # fmt: skip


def _module(where: str, callable_name: str) -> str:
    return f"{where}:{callable_name}" if callable_name and ":" not in where else where


def _file(where: str, callable_name: str) -> str:
    """A file needs a sign of being one: `./shop.wsgi`, where `shop.wsgi` is a module."""
    sign = "" if "/" in where or where.endswith(".py") else "./"
    return f"{sign}{where}:{callable_name}" if callable_name else sign + where


def _application(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """`module` wins over `wsgi-file`, as the second one to come finds its place taken there."""
    what = sheet.last("callable")
    module, file = sheet.last("module"), sheet.last("wsgi-file")
    chosen = module or file
    if chosen is None:
        return []
    others = [line for line in lines if line is not chosen]
    if module:
        others += sheet.all("wsgi-file")
    said = [Said(line, Verdict.IGNORED, f"{chosen.name} = {chosen.value} is the application") for line in others]
    text = (_module if module else _file)(chosen.value, what.value if what else "")
    return [Given("app", text, (chosen, what) if what else (chosen,)), *said]


def _file_only(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    return [] if sheet.last("module") else _application(sheet, lines)


def _mounts(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    what = sheet.text("callable")
    outcome: list[Given | Said] = []
    for line in lines:
        prefix, equals, app = line.value.partition("=")
        if not equals or prefix.startswith("/"):
            outcome.append(
                Given("mount", f"{prefix}{equals}{(_file if app.endswith(('.py', '.wsgi')) else _module)(app, what)}", (line,))
            )
        else:
            outcome.append(Said(line, Verdict.REFUSED, "a host name has a server of its own: the proxy chooses among them"))
    return outcome


def _plugins(_: Sheet, lines: Sequence[Line]) -> Outcome:
    for line in lines:
        strange = [each for each in (word.strip() for word in line.value.split(",")) if _stem(each) not in _PYTHON]
        if strange:
            yield Said(line, Verdict.REFUSED, f"only Python is served: {', '.join(strange)} would need a server of its own")
        else:
            yield Said(line, Verdict.IMPLIED, "Python and HTTP are built in")


def _stem(plugin: str) -> str:
    """`python311`, `/usr/lib/uwsgi/plugins/python3_plugin.so` and `0:python` are `python` and `python3`."""
    name = plugin.rpartition("/")[2].rpartition(":")[2].removesuffix(".so").removesuffix("_plugin")
    return "python3" if name.startswith(("python", "asyncio_python")) else name


def _virtualenv(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    return [Given("virtualenv", below(sheet.text("chdir"), lines[-1].value), (lines[-1],))]


ROWS: tuple[Row, ...] = (
    translated("module wsgi w", "app", _application, "`pkg.mod`, `pkg.mod:callable` or `pkg.mod:factory()`"),
    translated("wsgi-file file", "app", _file_only, "a file of any name"),
    translated("callable", "app mount", alongside, "behind `:` in APP; without it `application`, then `app`"),
    translated("mount", "mount", _mounts, "the prefix always moves to SCRIPT_NAME; host names are refused"),
    implied("manage-script-name", "a mount always does"),
    ignored("worker-mount no-default-app max-apps", "each worker has the application and all mounts"),
    same("chdir"),
    refused("chdir2 force-cwd", "call os.chdir in the application, or use chdir"),
    translated("home H virtualenv venv pyhome", "virtualenv", _virtualenv, "of the Python that runs adapter, else refused"),
    same("pythonpath python-path pp", "patterns, too", many=True),
    same("env", many=True),
    same("envdir early-envdir", "read anew at each reload", many=True),
    same("unenv", many=True),
    translated("plugin plugins need-plugin need-plugins", "", _plugins, "Python is built in; other languages are refused"),
    ignored("plugin-dir plugins-dir autoload dlopen", "there are no plug-ins"),
    implied("single-interpreter i", "one application, one interpreter"),
    implied("need-app", "without an application nothing starts, and a reload is refused"),
    same("lazy-apps"),
    translated("lazy", "lazy_apps", lambda _, lines: [Given("lazy_apps", "true" if lines[-1].on else "false", (lines[-1],))], "HUP still reloads everything"),
    renamed("import pyimport py-import python-import shared-import shared-pyimport shared-py-import shared-python-import", "imports", many=True),
    refused("pyargv", "set sys.argv in the module of the application"),
    refused("eval", "put that code into a module"),
    refused("paste ini-paste ini-paste-logged paste-logger", "make a file with `application = paste.deploy.loadapp('config:/the/path.ini')`, and name it as wsgi-file"),
    refused("pecan web3 pump wsgi-lite python-raw", "make a module with a WSGI callable, and name it as module"),
    refused("python py pyrun pyshell pyshell-oneshot python-worker-override worker-exec worker-exec2", "that is no server: run it by itself"),
    refused("pymodule-alias post-pymodule-alias", "set sys.modules in the module of the application"),
    refused("no-site py-sharedarea", "there is no like of it"),
    ignored("optimize O", "set PYTHONOPTIMIZE with env"),
    ignored("test J", "`adapter serve --check`, and a reload by itself, try it"),
    ignored("py-executable py-sys-executable py-programname py-program-name python-version", "the interpreter is the one that runs adapter"),
    implied("py-call-osafterfork py-call-uwsgi-fork-hooks", "workers are forked by Python itself"),
    ignored("reload-os-env wsgi-env-behaviour wsgi-env-behavior start_response-nodelay", "each request has an environ of its own"),
    implied("wsgi-strict wsgi-accept-buffer wsgi-accept-buffers", "PEP 3333 is kept"),
    ignored("wsgi-disable-file-wrapper", "wsgi.file_wrapper is there; who does not call it does not use it"),
    ignored("catch-exceptions", "what an application raises is 500, with the traceback in the log only"),
    refused("reload-on-exception reload-on-exception-type reload-on-exception-value reload-on-exception-repr exception-handler", "an exception is answered with 500 and logged, and its worker goes on"),
    refused("vhost vhost-host", "a server for each site: the proxy chooses among them"),
    ignored("locks lock-engine ftok persistent-ipcsem", "uwsgi.lock takes any number"),
)  # fmt: skip
