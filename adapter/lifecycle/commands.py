"""What an operator can ask, by any door: signal, FIFO letter, control socket, a file that is touched."""

from enum import Enum


class Command(Enum):
    """One thing an operator can ask of the master. The value is its name on every wire."""

    RELOAD = "reload"
    CHAIN_RELOAD = "chain-reload"
    STOP = "stop"
    STOP_NOW = "stop-now"
    MORE = "more"
    FEWER = "fewer"
    STATISTICS = "statistics"
    STATUS = "status"
    WRITE_PIDFILE = "write-pidfile"
    REOPEN_LOGS = "reopen-logs"
    ROTATE_LOGS = "rotate-logs"
    NOTHING = "nothing"


MEANINGS = {
    Command.RELOAD: "reload: new code, new config, new master image; old workers serve until new ones are ready",
    Command.CHAIN_RELOAD: "chain reload: a new generation of the same config, one slot at a time, without replacing the master",
    Command.STOP: "stop, draining: what is in flight finishes; asked again, it changes nothing",
    Command.STOP_NOW: "stop now: what is in flight is cut",
    Command.MORE: "one worker more, until the next reload",
    Command.FEWER: "one worker fewer, until the next reload",
    Command.STATISTICS: "print statistics to the log",
    Command.STATUS: "print the status of every worker to the log",
    Command.WRITE_PIDFILE: "write the pidfile again, where somebody removed it",
    Command.REOPEN_LOGS: "open the log files anew, after somebody renamed them",
    Command.ROTATE_LOGS: "rename the log files (the time is appended), then open them anew",
    Command.NOTHING: "nothing: supervise, runsv and s6 send it after TERM",
}
