"""The table of signals: each signal asks for one thing, each thing has words, and no door is forgotten."""

from signal import Signals

import pytest

from adapter.lifecycle.commands import MEANINGS, Command
from adapter.lifecycle.dialects import DEFAULT, SIGNALS

ASKED = {
    "SIGHUP": Command.RELOAD,
    "SIGTERM": Command.STOP,
    "SIGINT": Command.STOP_NOW,
    "SIGQUIT": Command.STOP_NOW,
    "SIGUSR1": Command.STATISTICS,
    "SIGUSR2": Command.STATUS,
    "SIGALRM": Command.CHAIN_RELOAD,
    "SIGTTIN": Command.MORE,
    "SIGTTOU": Command.FEWER,
    "SIGCONT": Command.NOTHING,
}


@pytest.mark.parametrize("signal", Signals)
def test_signal(signal):
    """Each signal there is asks for what the design says, or for nothing we know of."""
    assert DEFAULT.get(signal) is ASKED.get(signal.name)


def test_rows():
    """The table has each signal once, and the mapping is the table."""
    assert len({row.signal for row in SIGNALS}) == len(SIGNALS) == len(DEFAULT)
    assert {row.signal: row.command for row in SIGNALS} == DEFAULT


def test_no_signal_kills():
    """None that cannot be caught, that the loop needs for itself, or that tells of a fault of our own."""
    other = {
        Signals.SIGKILL,
        Signals.SIGSTOP,
        Signals.SIGCHLD,
        Signals.SIGPIPE,
        Signals.SIGSEGV,
        Signals.SIGFPE,
        Signals.SIGBUS,
        Signals.SIGILL,
    }

    assert other.isdisjoint(DEFAULT)


@pytest.mark.parametrize("command", Command)
def test_commands(command):
    """Each command has a meaning in words, a name that fits on any wire, and a signal that asks for it."""
    assert MEANINGS[command]
    assert command.value.replace("-", "").isalpha() and command.value.islower()
    assert command in DEFAULT.values()


@pytest.mark.parametrize("row", SIGNALS, ids=lambda row: row.signal.name)
def test_help(row):
    """What the table shows of a signal is its command's meaning, and what uWSGI makes of it."""
    assert row.meaning == MEANINGS[row.command]
    assert row.uwsgi


def test_one_meaning_each():
    """No two commands mean the same, and no meaning is left without its command."""
    assert set(MEANINGS) == set(Command)
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_the_table_cannot_be_changed():
    """It is one table, for good."""
    with pytest.raises(TypeError):
        DEFAULT[Signals.SIGWINCH] = Command.STOP
