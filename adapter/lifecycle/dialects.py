"""Which signal asks for what: the one table that the traps, `adapter signals` and the docs are made of.

The enum `signal.Signals` is the only thing of the `signal` module used here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from signal import Signals
from types import MappingProxyType

from adapter.lifecycle.commands import MEANINGS, Command


@dataclass(frozen=True, slots=True)
class Row:
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
    Row(Signals.SIGINT, Command.STOP_NOW, "same"),
    Row(Signals.SIGQUIT, Command.STOP_NOW, "same"),
    Row(Signals.SIGUSR1, Command.STATISTICS, "same"),
    Row(Signals.SIGUSR2, Command.STATUS, "as its documentation says; in fact it dies"),
    Row(Signals.SIGALRM, Command.CHAIN_RELOAD, "nothing (the letter daemontools has left: svc -a)"),
    Row(Signals.SIGTTIN, Command.MORE, "FIFO +"),
    Row(Signals.SIGTTOU, Command.FEWER, "FIFO -"),
    Row(Signals.SIGCONT, Command.NOTHING, "nothing"),
)

DEFAULT: Mapping[Signals, Command] = MappingProxyType({row.signal: row.command for row in SIGNALS})
