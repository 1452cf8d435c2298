"""What an operator can ask, by any door: signal, FIFO letter, control socket, a file that is touched."""

from enum import Enum
from typing import NamedTuple


class Command(Enum):
    """One thing an operator can ask of the master. The value is its name on every wire."""

    RELOAD = "reload"
    RELOAD_NOW = "reload-now"
    CHAIN_RELOAD = "chain-reload"
    WORKERS_RELOAD = "workers-reload"
    WORKERS_RELOAD_NOW = "workers-reload-now"
    ROLLBACK = "rollback"
    STOP = "stop"
    STOP_NOW = "stop-now"
    MORE = "more"
    FEWER = "fewer"
    WORKERS = "workers"
    PAUSE = "pause"
    RESUME = "resume"
    PAUSE_TOGGLE = "pause-toggle"
    WAKE = "wake"
    STATISTICS = "statistics"
    STATUS = "status"
    WRITE_PIDFILE = "write-pidfile"
    REOPEN_LOGS = "reopen-logs"
    ROTATE_LOGS = "rotate-logs"
    TRACEBACK = "traceback"
    NOTHING = "nothing"

    @property
    def reexecutes(self) -> bool:
        """Does it replace the master's image, and read the config anew?"""
        return self in (Command.RELOAD, Command.RELOAD_NOW)

    @property
    def cuts(self) -> bool:
        """Are old workers ended, with all they hold, before new ones start?"""
        return self in (Command.RELOAD_NOW, Command.WORKERS_RELOAD_NOW)


RELOADS = (
    Command.RELOAD, Command.RELOAD_NOW, Command.CHAIN_RELOAD, Command.WORKERS_RELOAD, Command.WORKERS_RELOAD_NOW,
)  # fmt: skip


CHANGES = (*RELOADS, Command.ROLLBACK)
"""What has an outcome that one can wait for."""


def joined(one: Command, other: Command) -> Command:
    """Two reloads in one, which does all that either does; of two gentle ones it is the gentlest that is left."""
    cuts = one.cuts or other.cuts
    if one.reexecutes or other.reexecutes:
        return Command.RELOAD_NOW if cuts else Command.RELOAD
    if cuts:
        return Command.WORKERS_RELOAD_NOW
    return Command.CHAIN_RELOAD if Command.CHAIN_RELOAD in (one, other) else Command.WORKERS_RELOAD


MEANINGS = {
    Command.RELOAD: "reload: new code, new config, new master image; old workers serve until new ones are ready",
    Command.RELOAD_NOW: "reload, brutal: once the new code is imported, old workers are cut before new ones start",
    Command.CHAIN_RELOAD: "chain reload: a new generation of the same config, one slot at a time, without replacing the master",
    Command.WORKERS_RELOAD: "workers reload: a new generation of the same config, --surge at a time, without replacing the master",
    Command.WORKERS_RELOAD_NOW: "workers reload, brutal: once the new code is imported, old workers are cut before new ones start",
    Command.ROLLBACK: "rollback: back to the generation before, from memory (--rollback-window); asked again, forward again",
    Command.STOP: "stop, draining: what is in flight finishes; asked again, it changes nothing",
    Command.STOP_NOW: "stop now: what is in flight is cut",
    Command.MORE: "one worker more, until the next reload",
    Command.FEWER: "one worker fewer, until the next reload",
    Command.WORKERS: "so many workers, until the next reload",
    Command.PAUSE: "pause: no worker takes a request; what is in flight finishes, clients wait in the kernel's queue; also across reloads",
    Command.RESUME: "resume: take requests again",
    Command.PAUSE_TOGGLE: "pause, or resume",
    Command.WAKE: "wake requests that are blocked in a system call: it ends early (EINTR), where whoever made it lets it",
    Command.STATISTICS: "print statistics to the log",
    Command.WRITE_PIDFILE: "write the pidfile again, where somebody removed it",
    Command.REOPEN_LOGS: "open the log files anew, after somebody renamed them",
    Command.ROTATE_LOGS: "rename the log files (the time is appended), then open them anew",
    Command.STATUS: "print the status of every worker to the log, with the stack of each of its threads",
    Command.TRACEBACK: "print the stack of each thread of the workers to the log, also of one that is stuck in C",
    Command.NOTHING: "nothing: supervise, runsv and s6 send it after TERM",
}


class Number(NamedTuple):
    """What the number beside a command says (in words, after "takes a number: "), and which there may be."""

    says: str
    least: int = 0
    most: int = 1023
    needed: bool = False

    def allows(self, number: object) -> bool:
        """Whatever came by a wire."""
        return not self.needed if number is None else type(number) is int and self.least <= number <= self.most


NUMBERS = {
    Command.TRACEBACK: Number("a slot; without it, all of them"),
    Command.WORKERS: Number("how many, from 1 to 1024", 1, 1024, needed=True),
}
NO_NUMBER = Number("none", 1, 0)
