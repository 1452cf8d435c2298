"""Which signal and which letter of the FIFO asks for what: the tables that the traps, `adapter signals` and the docs are made of.

The enum `signal.Signals` is the only thing of the `signal` module used here.
"""

from collections.abc import Mapping
from signal import Signals
from types import MappingProxyType
from typing import NamedTuple

from adapter.lifecycle.commands import MEANINGS, Command


class Row(NamedTuple):
    """One signal: what it asks of the master, and what uWSGI makes of it."""

    signal: Signals
    command: Command
    uwsgi: str

    @property
    def meaning(self) -> str:
        """The command in words."""
        return MEANINGS[self.command]


SIGNALS: tuple[Row, ...] = (
    Row(Signals.SIGHUP, Command.RELOAD, "same"),
    Row(Signals.SIGTERM, Command.STOP, "brutal reload, or brutal stop with die-on-term"),
    Row(Signals.SIGPWR, Command.STOP, "nothing (what LXC sends to the first process of a container)"),
    Row(Signals.SIGINT, Command.STOP_NOW, "same"),
    Row(Signals.SIGQUIT, Command.STOP_NOW, "same"),
    Row(Signals.SIGTSTP, Command.PAUSE_TOGGLE, "same, but a reload resumes, and each thread takes one more request"),
    Row(Signals.SIGWINCH, Command.WAKE, "wakes a worker that it is sent to; internal"),
    Row(Signals.SIGUSR1, Command.STATISTICS, "same"),
    Row(Signals.SIGUSR2, Command.STATUS, "as its documentation says; in fact it dies"),
    Row(Signals.SIGURG, Command.ROLLBACK, "restores a snapshot, as its documentation says; in fact nothing"),
    Row(Signals.SIGALRM, Command.CHAIN_RELOAD, "nothing (the letter daemontools has left: svc -a)"),
    Row(Signals.SIGTTIN, Command.MORE, "FIFO +"),
    Row(Signals.SIGTTOU, Command.FEWER, "FIFO -"),
    Row(Signals.SIGCONT, Command.NOTHING, "nothing"),
)

DEFAULT: Mapping[Signals, Command] = MappingProxyType({row.signal: row.command for row in SIGNALS})

UWSGI: Mapping[Signals, Command] = MappingProxyType({**DEFAULT, Signals.SIGTERM: Command.RELOAD_NOW})
"""`--signals uwsgi`, for operators and scripts that are used to it. A supervisor's stop is then no stop."""

DIALECTS: Mapping[str, Mapping[Signals, Command]] = MappingProxyType({"default": DEFAULT, "uwsgi": UWSGI})

AGREED: Mapping[Command, Signals] = MappingProxyType(
    {row.command: row.signal for row in reversed(SIGNALS) if all(each[row.signal] is row.command for each in DIALECTS.values())}
)
"""For who does not know the server's dialect: how to ask for this in any of them."""


class Letter(NamedTuple):
    """One letter: the command it stands for, or, with none, why nothing is done; and what uWSGI makes of it."""

    letter: str
    command: Command | None
    uwsgi: str
    refusal: str = ""

    @property
    def meaning(self) -> str:
        """In words."""
        return MEANINGS[self.command] if self.command else f"nothing: {self.refusal}"


FIFO: tuple[Letter, ...] = (
    Letter("r", Command.RELOAD, "same"),
    Letter("c", Command.CHAIN_RELOAD, "same, but the old worker goes before the new one is there"),
    Letter("R", Command.RELOAD_NOW, "same, though nothing is imported before workers are cut"),
    Letter("w", Command.WORKERS_RELOAD, "same with lazy-apps, but all old workers go before new ones are there"),
    Letter("W", Command.WORKERS_RELOAD_NOW, "same with lazy-apps, though nothing is imported before workers are cut"),
    Letter("u", Command.ROLLBACK, "nothing"),
    Letter("q", Command.STOP, "same, without a deadline"),
    Letter("Q", Command.STOP_NOW, "same"),
    Letter("+", Command.MORE, "same, with cheaper"),
    Letter("-", Command.FEWER, "same, with cheaper"),
    Letter("p", Command.PAUSE_TOGGLE, "same, but a reload resumes, and each thread takes one more request"),
    Letter("s", Command.STATISTICS, "same"),
    Letter("l", Command.REOPEN_LOGS, "same, with logto"),
    Letter("L", Command.ROTATE_LOGS, "same, with logto"),
    Letter("P", Command.WRITE_PIDFILE, "same, after f"),
    Letter("C", None, "kill all workers, fork them for the next connection", "it would cut what is in flight"),
    Letter("f", None, "fork a copy of the master", "a copy would have another process id, and the supervisor would lose it"),
    Letter("E", None, "have the Emperor look again", "there is no Emperor"),
    Letter("B", None, "ask the Emperor for more workers", "there is no Emperor"),
    Letter("S", None, "block the subscription system", "there is no subscription system"),
)

SLOTS = "0123456789"
"""Letters that choose among several --fifo."""

LETTERS: Mapping[str, Letter] = MappingProxyType({row.letter: row for row in FIFO})
