"""The tables of signals and letters: each asks for one thing, each thing has words, and no door is forgotten."""

from signal import Signals

import pytest

from adapter.lifecycle.commands import MEANINGS, Command
from adapter.lifecycle.dialects import AGREED, DEFAULT, DIALECTS, FIFO, LETTERS, SIGNALS, SLOTS

ASKED = {
    "SIGHUP": Command.RELOAD,
    "SIGTERM": Command.STOP,
    "SIGPWR": Command.STOP,
    "SIGINT": Command.STOP_NOW,
    "SIGQUIT": Command.STOP_NOW,
    "SIGTSTP": Command.PAUSE_TOGGLE,
    "SIGWINCH": Command.WAKE,
    "SIGUSR1": Command.STATISTICS,
    "SIGUSR2": Command.STATUS,
    "SIGURG": Command.ROLLBACK,
    "SIGALRM": Command.CHAIN_RELOAD,
    "SIGTTIN": Command.MORE,
    "SIGTTOU": Command.FEWER,
    "SIGCONT": Command.NOTHING,
}
LETTER = {
    "r": Command.RELOAD,
    "c": Command.CHAIN_RELOAD,
    "R": Command.RELOAD_NOW,
    "w": Command.WORKERS_RELOAD,
    "W": Command.WORKERS_RELOAD_NOW,
    "q": Command.STOP,
    "Q": Command.STOP_NOW,
    "+": Command.MORE,
    "-": Command.FEWER,
    "p": Command.PAUSE_TOGGLE,
    "u": Command.ROLLBACK,
    "s": Command.STATISTICS,
    "l": Command.REOPEN_LOGS,
    "L": Command.ROTATE_LOGS,
    "P": Command.WRITE_PIDFILE,
}
NO_SIGNAL = {
    Command.RELOAD_NOW,
    Command.WORKERS_RELOAD,
    Command.WORKERS_RELOAD_NOW,
    Command.PAUSE,
    Command.RESUME,
    Command.WRITE_PIDFILE,
    Command.REOPEN_LOGS,
    Command.ROTATE_LOGS,
    Command.TRACEBACK,
    Command.WORKERS,
}
"""What only the other doors ask for: the signals are used up."""


@pytest.mark.parametrize("signal", Signals)
def test_signal(signal):
    """Each signal there is asks for what the design says, or for nothing we know of."""
    assert DEFAULT.get(signal) is ASKED.get(signal.name)


def test_rows():
    """The table has each signal once, and the mapping is the table."""
    assert len({row.signal for row in SIGNALS}) == len(SIGNALS) == len(DEFAULT)
    assert {row.signal: row.command for row in SIGNALS} == DEFAULT


def test_uwsgi():
    """uWSGI's dialect hears the same signals, and differs in TERM alone; a stop can be asked for in any dialect."""
    assert DIALECTS["uwsgi"].keys() == DEFAULT.keys()
    assert {each: DIALECTS["uwsgi"][each] for each in DEFAULT if DIALECTS["uwsgi"][each] is not DEFAULT[each]} == {
        Signals.SIGTERM: Command.RELOAD_NOW
    }
    assert AGREED[Command.STOP] is Signals.SIGPWR
    assert all(dialect[signal] is command for command, signal in AGREED.items() for dialect in DIALECTS.values())


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
    """Each command has a meaning in words, a name that fits on any wire, and (unless other doors are enough) a signal."""
    assert MEANINGS[command]
    assert command.value.replace("-", "").isalpha() and command.value.islower()
    assert (command in DEFAULT.values()) is not (command in NO_SIGNAL)


@pytest.mark.parametrize("row", SIGNALS, ids=lambda row: row.signal.name)
def test_help(row):
    """What the table shows of a signal is its command's meaning, and what uWSGI makes of it."""
    assert row.meaning == MEANINGS[row.command]
    assert row.uwsgi


@pytest.mark.parametrize("code", range(256))
def test_letter(code):
    """Each letter asks for what uWSGI's does, or says why it does nothing; all others are nobody's."""
    row = LETTERS.get(chr(code))
    assert (row.command if row else None) is LETTER.get(chr(code))
    assert row is None or (row.command is None) == bool(row.refusal)
    assert row is None or (row.uwsgi and row.meaning)


def test_letters():
    """The table has each letter once, none that a shell adds by itself, and none that chooses a slot."""
    assert len(LETTERS) == len(FIFO)
    assert not any(letter.isspace() or letter in SLOTS for letter in LETTERS)


def test_one_meaning_each():
    """No two commands mean the same, and no meaning is left without its command."""
    assert set(MEANINGS) == set(Command)
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_the_table_cannot_be_changed():
    """It is one table, for good."""
    with pytest.raises(TypeError):
        DEFAULT[Signals.SIGWINCH] = Command.STOP
