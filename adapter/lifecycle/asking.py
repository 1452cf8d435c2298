"""What operators ask, and what each command leads to."""

from adapter.exits import STOPPED
from adapter.lifecycle import rollback
from adapter.lifecycle.actions import Answer, LeaveRotation, Pause, ReopenLogs, Report, Wake, WritePidfile
from adapter.lifecycle.commands import CHANGES, Command, joined
from adapter.lifecycle.events import Asked
from adapter.lifecycle.scaling import scale
from adapter.lifecycle.showing import show_stacks
from adapter.lifecycle.turn import STOPPING, Turn


def asked(turn: Turn, event: Asked) -> None:  # noqa: C901, PLR0912 -- the table of commands, one line each
    """Take it in."""
    command = event.command
    turn.say("info", command.value, source=event.source)
    match command:
        case Command.STOP:
            _stop(turn)
        case Command.STOP_NOW:
            turn.abandon()
            turn.leave(turn.state.leaving.code if turn.state.leaving else STOPPED, 0.0)
        case Command.MORE:
            scale(turn, turn.state.slots + 1)
        case Command.FEWER:
            scale(turn, turn.state.slots - 1)
        case Command.WRITE_PIDFILE:
            turn.order(WritePidfile())
        case Command.REOPEN_LOGS | Command.ROTATE_LOGS:
            turn.order(ReopenLogs(rotate=command is Command.ROTATE_LOGS))
        case Command.WORKERS if event.number is not None:
            scale(turn, event.number)
        case Command.PAUSE | Command.RESUME | Command.PAUSE_TOGGLE:
            _pause(turn, paused=not turn.state.paused if command is Command.PAUSE_TOGGLE else command is Command.PAUSE)
        case Command.WAKE:
            turn.order(Wake())
        case Command.STATISTICS:
            turn.order(Report(workers=False))
        case Command.STATUS:
            turn.order(Report(workers=True))
            show_stacks(turn, None)
        case Command.TRACEBACK:
            show_stacks(turn, event.number)
        case Command.NOTHING:
            pass
        case _ if command in CHANGES:
            _change(turn, command)


def _stop(turn: Turn) -> None:
    if turn.state.stopping:
        return
    seconds, change = turn.state.limits.lame_duck, turn.state.change
    if seconds <= 0 or (change is not None and change.previous is None):
        turn.abandon()
        turn.leave(STOPPED, turn.state.limits.drain)
        return
    if turn.state.queued is not None:
        turn.change(queued=None)
        turn.order(Answer(STOPPING))
    turn.fail(STOPPING, code=STOPPED)  # a change under way: what served before it serves on
    turn.change(lame_duck=turn.now + seconds, probation=None)
    turn.order(LeaveRotation(tuple(each.id for each in turn.state.workers if each.live)))
    turn.say("info", "lame duck: serving on, though not ready any more", seconds=seconds)


def _change(turn: Turn, command: Command) -> None:
    if command is Command.ROLLBACK:
        rollback.asked(turn)
    elif turn.state.stopping:
        turn.say("warning", "not reloading: we are stopping")
        turn.order(Answer(STOPPING))
    elif turn.state.change is not None:
        kept = joined(turn.state.queued or command, command)
        turn.change(queued=kept)
        turn.say("info", "another change is under way: this one follows it", command=kept.value)
    else:
        turn.begin(command)


def _pause(turn: Turn, *, paused: bool) -> None:
    if turn.state.leaving is not None:
        turn.say("warning", "neither pausing nor resuming: we are stopping, and what was accepted is answered")
    elif turn.state.paused is paused:
        turn.say("info", "paused already" if paused else "not paused")
    else:
        turn.change(paused=paused)
        turn.order(Pause(tuple(each.id for each in turn.state.workers if each.live), paused=paused))
        turn.say("warning" if paused else "info", "paused: requests wait" if paused else "resumed")
