"""The command line in one process: help, errors as sentences, and what the commands ask of the roles."""

import signal
import sys
import types

import pytest

from adapter import __main__ as entry
from adapter.cli.main import COMMANDS, run
from adapter.config.settings import OPTIONS, Settings, spelled
from adapter.exits import Fatal, SystemFailure
from adapter.lifecycle import dialects
from adapter.lifecycle.commands import MEANINGS, Command


@pytest.fixture
def remote(monkeypatch):
    """What `adapter.roles.asking.ctl` and `remote` are asked, instead of asking them."""
    asked = []
    modules = {name: types.ModuleType(f"adapter.roles.asking.{name}") for name in ("ctl", "remote")}
    modules["ctl"].ctl = lambda target, command, *number, **options: asked.append((command.value, target, *number, options)) or 7
    modules["remote"].status = lambda target, **options: asked.append(("status", target, options)) or 7
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, f"adapter.roles.asking.{name}", module)
        monkeypatch.setattr(f"adapter.roles.asking.{name}", module, raising=False)
    return asked


@pytest.fixture
def master(monkeypatch):
    """What `adapter.roles.master.master` is asked, instead of serving."""
    asked = []
    module = types.ModuleType("adapter.roles.master.master")
    module.run = lambda read: asked.append(read(False)) or 0
    monkeypatch.setitem(sys.modules, "adapter.roles.master.master", module)
    monkeypatch.setattr("adapter.roles.master.master", module, raising=False)
    return asked


@pytest.mark.parametrize("command", COMMANDS)
def test_help(capfd, command):
    """Every command explains itself in 80 columns, with an example where there is something to type."""
    code = run([command, "--help"])
    text = capfd.readouterr().out

    assert code == 0
    assert text.startswith(f"Usage: adapter {command}")
    assert "Example" in text or command == "signals"
    assert max(len(line) for line in text.splitlines()) <= 80


def test_help_is_grouped(capfd):
    """`adapter serve --help` shows every option once, below its group."""
    run(["serve", "--help"])
    text = capfd.readouterr().out

    assert [name for name, option in OPTIONS.items() if not option.argument and text.count(f"{spelled(name)} ") == 0] == []
    assert [option.group for option in OPTIONS.values() if f"\n{option.group}:\n" not in text] == []
    assert "[10s]" in text
    assert "[64K]" in text


def test_help_lists_the_commands(capfd):
    """`adapter --help` has a whole sentence for each command."""
    assert run(["--help"]) == 0

    text = capfd.readouterr().out
    assert [command for command in COMMANDS if f"\n  {command} " not in text] == []
    assert [line for line in text.partition("Commands:")[2].splitlines() if line.endswith("...")] == []


def test_nothing_asked(capfd):
    """A supervisor whose command lost its arguments hears 100, not 0."""
    assert run([]) == 100

    out, err = capfd.readouterr()
    assert (out, err.startswith("Usage: adapter")) == ("", True)


@pytest.mark.parametrize(
    ("argv", "asked"),
    [
        (["reload", "T"], ("reload", "T", {"wait": False, "timeout": None, "as_json": False})),
        (["reload", "T", "--wait"], ("reload", "T", {"wait": True, "timeout": None, "as_json": False})),
        (["reload", "--timeout", "1.5m", "T"], ("reload", "T", {"wait": True, "timeout": 90.0, "as_json": False})),
        (["stop", "T", "--wait", "--timeout=500ms"], ("stop", "T", {"wait": True, "timeout": 0.5, "as_json": False})),
        (["ctl", "T", "chain-reload", "--json"], ("chain-reload", "T", None, {"wait": False, "timeout": None, "as_json": True})),
        (["ctl", "T", "traceback", "3"], ("traceback", "T", 3, {"wait": False, "timeout": None, "as_json": False})),
        (["status", "T"], ("status", "T", {"as_json": False, "ready": False})),
        (["status", "T", "--json"], ("status", "T", {"as_json": True, "ready": False})),
        (["status", "T", "--ready"], ("status", "T", {"as_json": False, "ready": True})),
    ],
)
def test_remote(remote, argv, asked):
    """The commands for a running server hand on what was asked, and its exit code."""
    assert run(argv) == 7

    assert remote == [asked]


def test_commands_are_listed(capfd):
    """`adapter ctl --list` needs no target, and shows every command with its meaning, and which take a number."""
    assert run(["ctl", "--list"]) == 0

    listed = dict(line.split("  ", maxsplit=1) for line in capfd.readouterr().out.splitlines())
    spelled = {"workers": "workers NUMBER", "traceback": "traceback [NUMBER]"}
    known = {spelled.get(each.value, each.value): MEANINGS[each] for each in Command if each is not Command.NOTHING}
    assert {name: meaning.strip() for name, meaning in listed.items()} == known


@pytest.mark.parametrize("argv", [["ctl"], ["ctl", "T"], ["ctl", "T", "workers", "many"], ["ctl", "T", "stop", "1"]])
def test_half_a_question(argv, remote, capfd):
    """No target, no command, no number where one belongs, one where none does: 100, one line, and nobody is asked."""
    assert run(argv) == 100

    assert remote == []
    assert capfd.readouterr().err.count("\n") == 1


def test_serve(master, monkeypatch):
    """`serve` hands resolved settings to the master."""
    monkeypatch.setenv("ADAPTER_THREADS", "9")

    assert run(["serve", "x:y", "-w", "2", "-b", "81", "-b", "82", "--lazy-apps"]) == 0

    assert master == [Settings(app="x:y", workers=2, threads=9, bind=("127.0.0.1:81", "127.0.0.1:82"), lazy_apps=True)]


def test_check(master, capfd):
    """`--check` starts nothing."""
    assert run(["serve", "x:y", "--check"]) == 0

    assert (master, capfd.readouterr().err) == ([], "adapter: info: the options are good app=x:y\n")


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (
            SystemFailure("cannot bind 127.0.0.1:80: address in use"),
            111,
            "adapter: fatal: cannot bind 127.0.0.1:80: address in use\n",
        ),
        (
            Fatal("the app failed", detail="Traceback\n  x\n"),
            1,
            "adapter: | Traceback\nadapter: |   x\nadapter: fatal: the app failed\n",
        ),
        (KeyboardInterrupt(), 1, "adapter: fatal: interrupted\n"),
    ],
)
def test_fatal(master, monkeypatch, capfd, error, code, text):
    """A fatal error is its sentence, its detail marked as ours, and its exit code."""

    def fail(read):
        raise error

    monkeypatch.setattr(sys.modules["adapter.roles.master.master"], "run", fail)

    assert (run(["serve", "x"]), capfd.readouterr().err) == (code, text)


def test_signals(capfd):
    """`adapter signals` shows every row of the tables the master runs on."""
    assert run(["signals"]) == 0

    signals, letters = capfd.readouterr().out.split("\n\n")
    first = [[line.split()[0] for line in table.splitlines()[1:]] for table in (signals, letters)]
    assert first[0] == [*(row.signal.name.removeprefix("SIG") for row in dialects.SIGNALS), "With"]
    assert first[1] == [*(row.letter for row in dialects.FIFO), "0-9"]


def test_held_signals_are_the_dialects():
    """Exactly what the master listens for is held back while it is not listening yet."""
    assert {signal.Signals[f"SIG{name}"] for name in entry.OPERATOR_SIGNALS} == set(dialects.DEFAULT)


@pytest.mark.parametrize(("argv", "held"), [(["serve", "--help"], True), (["signals"], False)])
def test_hold(capfd, argv, held):
    """`serve` holds signals back before anything else; other commands die of them as programs do."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    try:
        entry.main(argv)
        assert (signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, [])) == held
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
