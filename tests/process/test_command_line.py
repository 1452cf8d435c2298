"""The real command, as its users type it: each mistake is one sentence with its remedy and its exit code, never a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "good.py": "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n",
    "syntax.py": "def application(:\n",
    "importing.py": "import no_such_module_at_all\n",
    "raising.py": "raise RuntimeError('no database today')\n",
    "empty.py": "",
    "nocall.py": "application = 3\n",
    "unknown.toml": "[adapter]\nworker = 2\n",
    "syntax.toml": "[adapter\n",
    "value.toml": "[adapter]\nworkers = 0\n",
    "environment/ADAPTER_THREADS": "many\n",
    "stale.pid": "999999999\n",
    "rubbish.pid": "hello\n",
    "foreign.pid": "1\n",
    "empty.pid": "",
}

# What is typed; the exit code; what the last line must say.
USAGE = [
    ("serv good.py", 100, "there is no command serv: did you mean serve?"),
    ("--bind 8000", 100, "has no option --bind"),
    ("serve", 100, "no application given"),
    ("serve good.py other.py", 100, "got unexpected extra argument (other.py)"),
    ("serve good.py --worker 3", 100, "no option --worker: did you mean --workers?"),
    ("serve good.py --workers", 100, "option '--workers' requires an argument"),
    ("serve good.py --lazy-apps=yes", 100, "option '--lazy-apps' does not take a value"),
    ("serve good.py --workers 0", 100, "--workers: '0' is not a whole number from 1 to 1024, or auto"),
    ("serve good.py --workers -1", 100, "--workers: '-1' is not"),
    ("serve good.py --workers 1e3", 100, "--workers: '1e3' is not"),
    ("serve good.py --workers 99999999999999999999", 100, "--workers: '99999999999999999999' is not"),
    ("serve good.py --threads 2.5", 100, "--threads: '2.5' is not"),
    ("serve good.py --drain-timeout nan", 100, "--drain-timeout: 'nan' is not a time from 0 to 168h, such as 8, 1.5m or 500ms"),
    ("serve good.py --drain-timeout inf", 100, "--drain-timeout: 'inf' is not"),
    ("serve good.py --drain-timeout -5", 100, "--drain-timeout: '-5' is not"),
    ("serve good.py --boot-timeout 0", 100, "--boot-timeout: '0' is not a time above 0"),
    ("serve good.py --max-body 10MB", 100, "--max-body: '10MB' is not a size"),
    ("serve good.py --max-body 0", 100, "--max-body: '0' is not a size"),
    ("serve good.py --socket-mode rw", 100, "--socket-mode: 'rw' is not an octal mode"),
    ("serve good.py --umask 999", 100, "--umask: '999' is not an octal mode"),
    ("serve good.py --log-format xml", 100, "--log-format: 'xml' is not text or json"),
    ("serve good.py --uid nobody-at-all", 100, "--uid: 'nobody-at-all' is not a user of this system"),
    ("serve good.py --gid nobody-at-all", 100, "--gid: 'nobody-at-all' is not a group of this system"),
    ("serve good.py --env NOEQUALS", 100, "--env: 'NOEQUALS' is not of the form NAME=VALUE"),
    ("serve good.py --chdir nowhere", 100, "nowhere: no such directory"),
    ("serve good.py --chdir good.py", 100, "good.py: not a directory"),
    ("serve good.py --envdir nowhere", 100, "nowhere: No such file or directory"),
    ("serve good.py --envdir good.py", 100, "good.py: Not a directory"),
    ("serve good.py --envdir environment", 100, "environment: 'many' is not a whole number from 1 to 1024"),
    ("serve good.py --config nowhere.toml", 100, "nowhere.toml: No such file or directory"),
    ("serve good.py --config environment", 100, "environment: Is a directory"),
    ("serve good.py --config unknown.toml", 100, "unknown.toml line 2: there is no option worker: did you mean workers?"),
    (
        "serve good.py --config syntax.toml",
        100,
        "syntax.toml: expected ']' at the end of a table declaration (at line 1, column 9)",
    ),
    ("serve good.py --config value.toml", 100, "value.toml line 2: '0' is not a whole number from 1 to 1024, or auto"),
    ("serve good.py --bind", 100, "option '--bind' requires an argument"),
    ("serve good.py --bind --workers 3", 100, "--bind needs a value, and the option --workers follows it"),
    ("serve good.py --bind localhost", 100, "--bind: bad address 'localhost'"),
    ("serve good.py --bind 127.0.0.1:99999", 100, "'99999' is not a port"),
    ("serve good.py --bind http://localhost:80", 100, "it is no URL here"),
    ("serve good.py --bind 8000 --bind 127.0.0.1:8000", 100, "--bind names 127.0.0.1:8000 twice"),
    ("reload", 100, "needs TARGET"),
    ("reload --timeout soon x", 100, "--timeout: 'soon' is not a time"),
    ("status", 100, "needs TARGET"),
    ("stop x y", 100, "got unexpected extra argument (y)"),
    ("signals now", 100, "got unexpected extra argument (now)"),
]

WORLD = [
    ("serve nowhere.py --bind 0", 100, "nowhere.py"),
    ("serve nowhere:app --bind 0", 100, "nowhere"),
    ("serve good:nothing --bind 0", 100, "nothing"),
    ("serve empty.py --bind 0", 100, "application"),
    ("serve nocall.py --bind 0", 100, "nocall.py"),
    ("serve good.py --bind BUSY", 111, "address in use"),
    ("serve good.py --bind 192.0.2.1:80", 111, "192.0.2.1:80"),
    ("serve good.py --bind unix:nowhere/app.sock", 111, "nowhere"),
    ("serve good.py --bind unix:good.py", 100, "good.py"),
    ("serve good.py --bind fd:77", 100, "fd 77"),
    ("serve good.py --bind 0 --pidfile nowhere/app.pid", 111, "nowhere/app.pid"),
    ("serve good.py --bind 0 --control nowhere/app.control", 111, "nowhere/app.control"),
    ("serve good.py --bind 0 --control good.py", 100, "good.py"),
    ("serve good.py --bind 0 --log-file nowhere/app.log", 100, "nowhere/app.log"),
    ("reload nowhere.pid", 100, "nowhere.pid"),
    ("reload rubbish.pid", 100, "rubbish.pid"),
    ("reload empty.pid", 100, "empty.pid"),
    ("reload stale.pid", 100, "stale.pid"),
    ("stop foreign.pid", 100, "foreign.pid"),
    ("stop .", 100, "."),
    ("status good.py", 100, "good.py"),
]

BROKEN = [
    ("serve syntax.py --bind 0", "SyntaxError"),
    ("serve importing.py --bind 0", "no_such_module_at_all"),
    ("serve raising.py --bind 0", "no database today"),
    ("serve raising.py --bind 0 --lazy-apps", "no database today"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A directory with an application, broken ones, and broken configuration."""
    directory = tmp_path_factory.mktemp("place")
    for name, text in FILES.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text)
    return directory


@pytest.fixture(scope="module")
def busy():
    """An address somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def adapter(words, directory, stdin=subprocess.DEVNULL, **environ):
    """Run the command to its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    return subprocess.run(
        [Path(sys.executable).with_name("adapter"), *words],
        cwd=directory,
        env={**clean, "PWD": str(directory), **environ},
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_sentence(run, code, says):
    """One `adapter: fatal:` line; no traceback; nothing on stdout; the code."""
    assert (run.returncode, run.stdout) == (code, ""), run.stderr
    assert "Traceback" not in run.stderr
    assert [says in line for line in run.stderr.splitlines() if "adapter: fatal: " in line] == [True], run.stderr


@pytest.mark.parametrize(("typed", "code", "says"), USAGE)
def test_usage(place, typed, code, says):
    """What is typed wrongly is told in one sentence, and nothing is started."""
    run = adapter(typed.split(), place)

    assert_sentence(run, code, says)
    assert len(run.stderr.splitlines()) == 1
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) == sorted(FILES)


@pytest.mark.parametrize(("typed", "code", "says"), WORLD)
def test_world(place, busy, typed, code, says):
    """What cannot be done is told in one sentence that names the thing, and nothing is left behind."""
    run = adapter(typed.replace("BUSY", busy).split(), place)

    assert_sentence(run, code, says)
    assert sorted(
        str(path.relative_to(place)) for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc"
    ) == sorted(FILES)


@pytest.mark.parametrize(("typed", "says"), BROKEN)
def test_broken_application(place, typed, says):
    """An application that cannot be imported ends the first boot with its own traceback, each line marked as ours, and 1."""
    run = adapter(typed.split(), place)
    lines = run.stderr.splitlines()

    assert run.returncode == 1, run.stderr
    assert [line for line in lines if "adapter: " not in line] == []
    assert [says in line for line in lines if "adapter: fatal: " in line] == [True], run.stderr
    assert any("adapter: | " in line and says in line for line in lines), run.stderr


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"ADAPTER_WORKERS": "many"}, "ADAPTER_WORKERS in the environment: 'many' is not"),
        ({"ADAPTER_BIND": "8000,8001"}, "ADAPTER_BIND in the environment: bad address '8000,8001'"),
        ({"ADAPTER_CONFIG": "/no/such"}, "cannot read the config file /no/such: No such file or directory"),
        ({"ADAPTER_LOG_TIME": "\udcff"}, "ADAPTER_LOG_TIME in the environment: '"),
        (
            {"ADAPTER_PIDFILE": "a\nadapter: fatal: forged"},
            "ADAPTER_PIDFILE in the environment: 'a\\nadapter: fatal: forged' is not a path",
        ),
    ],
)
def test_environment(place, environ, says):
    """What is wrong in the environment is told as such, and cannot forge a line."""
    run = adapter(["serve", "good.py"], place, **environ)

    assert (run.returncode, run.stderr.count("\n")) == (100, 1)
    assert f"adapter: fatal: {says}" in run.stderr


def test_near_miss(place):
    """A misspelled variable is told, and changes nothing."""
    run = adapter(["serve", "good.py", "--check"], place, ADAPTER_WORKER="3")

    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "adapter: warning: ADAPTER_WORKER in the environment is no option: did you mean ADAPTER_WORKERS?",
        "adapter: info: the options are good app=good.py",
    ]


def test_nothing_typed(place):
    """`adapter` alone explains itself on stderr and is no asked stop."""
    run = adapter([], place)

    assert (run.returncode, run.stdout, run.stderr.splitlines()[0]) == (100, "", "Usage: adapter [OPTIONS] [COMMAND] [ARGS]...")


@pytest.mark.parametrize(
    "typed", ["--help", "serve --help", "inetd --help", "inetd x --help", "serve -h", "--version", "signals"]
)
def test_help(place, typed):
    """Whoever asks is answered on stdout, with 0."""
    run = adapter(typed.split(), place)

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout


@pytest.mark.parametrize("typed", ["serve --help", "signals"])
def test_nobody_reads(place, typed):
    """A pipe whose reader has gone is no traceback."""
    command = f"'{Path(sys.executable).with_name('adapter')}' {typed} | :"
    run = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, text=True, timeout=60, check=False)

    assert run.stderr == ""


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (
            "serve good.py --workers 0 >&-",
            100,
            "adapter: fatal: --workers: '0' is not a whole number from 1 to 1024, or auto, or two of them as LEAST:MOST\n",
        ),
        ("serve good.py --check <&- >&-", 0, "adapter: info: the options are good app=good.py\n"),
        ("serve good.py --workers 0 2>&-", 100, ""),
        ("serve good.py --workers 0 2>/dev/full", 100, ""),
        ("signals >&-", 0, ""),
        ("serve --help >&-", 0, ""),
        ("signals >/dev/full", 111, "adapter: fatal: cannot write to stdout: No space left on device\n"),
        ("serve --help >/dev/full", 111, "adapter: fatal: cannot write to stdout: No space left on device\n"),
        ("--version >/dev/full", 111, "adapter: fatal: cannot write to stdout: No space left on device\n"),
    ],
)
def test_nowhere_to_write(place, typed, code, says):
    """Closed or full descriptors change neither the exit code of a mistake nor make a traceback."""
    command = f"'{Path(sys.executable).with_name('adapter')}' {typed}"
    run = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, text=True, timeout=60, check=False)

    assert (run.returncode, run.stderr) == (code, says)


def test_descriptors_are_filled(place):
    """With 0, 1 and 2 closed, the first thing that is opened is none of them."""
    code = "import os; from adapter.__main__ import main; main(['--version']); os._exit(os.open('/', os.O_RDONLY))"
    run = subprocess.run(["bash", "-c", f"'{sys.executable}' -c \"{code}\" <&- >&- 2>&-"], cwd=place, timeout=60, check=False)

    assert run.returncode > 2


def test_completion(place):
    """Shells complete commands and options (`eval "$(_ADAPTER_COMPLETE=bash_source adapter)"`)."""
    asked = {"_ADAPTER_COMPLETE": "bash_complete"}
    commands = adapter([], place, **asked, COMP_WORDS="adapter re", COMP_CWORD="1")
    options = adapter([], place, **asked, COMP_WORDS="adapter serve --drain", COMP_CWORD="2")

    assert (commands.stdout, options.stdout) == ("plain,reload\n", "plain,--drain-timeout\n")


HEAVY = (
    "click",
    "dataclasses",
    "inspect",
    "ast",
    "logging",
    "asyncio",
    "tomllib",
    "difflib",
    "pathlib",
    "tempfile",
    "subprocess",
)


@pytest.mark.parametrize(
    ("ours", "heavy"),
    [
        ("adapter.__main__, adapter.config.argv, adapter.config.resolve", HEAVY),
        ("adapter.__main__, adapter.cli.quick, adapter.roles.master.master", (*HEAVY, "threading", "traceback", "random")),
        (
            "adapter.roles.worker.preloader, adapter.roles.worker.worker",
            ("dataclasses", "inspect", "ast", "click", "logging", "asyncio"),
        ),
    ],
    ids=["inetd", "master", "worker"],
)
def test_light(ours, heavy):
    """What takes long to import, or much memory, is not imported: not on the way to `adapter inetd`, by the master, by a worker."""
    code = (
        f"import sys; before = set(sys.modules); import {ours}; "
        f"print([name for name in {heavy} if name in set(sys.modules) - before])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert run.stdout == "[]\n"
