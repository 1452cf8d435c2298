"""The master's mind: `step(state, event, now)` takes in one piece of news and says what is to be done.

What news means: `asking` (operators), `telling` (children), `reaping` (deaths), `expiring` (time), and here what becomes of a
reload. What is then to be done: `rolling`. The moves all are made of: `turn`. News about somebody unknown changes nothing;
only our own promises are taken for granted.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from adapter.exits import SYSTEM_FAILED
from adapter.lifecycle import events as e
from adapter.lifecycle import rollback, telling
from adapter.lifecycle.actions import Action, Reexec
from adapter.lifecycle.asking import asked
from adapter.lifecycle.expiring import expire
from adapter.lifecycle.reaping import exited
from adapter.lifecycle.rolling import settle
from adapter.lifecycle.scaling import measured
from adapter.lifecycle.showing import shown
from adapter.lifecycle.sleeping import knocked
from adapter.lifecycle.state import Change, Move, State, shifted
from adapter.lifecycle.turn import Turn


def step(state: State, event: e.Event, now: float) -> tuple[State, tuple[Action, ...]]:
    """The state after this event, and the orders it leads to. `now` is monotonic, in seconds."""
    turn = Turn(state, now)
    _NEWS[type(event)](turn, event)
    settle(turn)
    return turn.state, tuple(turn.actions)


def _started(turn: Turn, event: e.Started) -> None:
    turn.change(since=turn.now, change=Change(since=turn.now, surge=event.limits.surge))
    turn.load(event.limits)


def _granted(turn: Turn, event: e.Granted) -> None:
    before = turn.state.limits.drain
    turn.change(patience=event.seconds)
    for generation in turn.state.generations:
        turn.state = turn.state.with_generation(generation._replace(limits=generation.limits.within(event.seconds)))
    if event.seconds is not None and turn.state.limits.drain != before:
        turn.say(
            "info",
            "the drain is made to fit into the supervisor's patience",
            patience=event.seconds,
            drain_timeout=turn.state.limits.drain,
        )


def _slept(turn: Turn, event: e.Slept) -> None:
    turn.state = shifted(turn.state, event.seconds)
    turn.say("warning", "stopped for a while: deadlines are moved by as much", seconds=event.seconds)


# -- what becomes of a reload ----------------------------------------------------------------------------------------------


def _preflight_ended(turn: Turn, event: e.PreflightEnded) -> None:
    change = turn.state.change
    if change is None or change.move is not Move.PREFLIGHT:
        return
    turn.change(change=change._replace(deadline=None, move=Move.REEXEC))
    if event.error:
        turn.fail(event.error, code=SYSTEM_FAILED, detail=event.detail)
    else:
        turn.order(Reexec())


def _reexecuted(turn: Turn, event: e.Reexecuted) -> None:
    change = turn.state.change
    if change is None or change.move is not Move.REEXEC:
        return
    if event.error:
        turn.fail(event.error, code=SYSTEM_FAILED)
        return
    turn.change(
        change=change._replace(move=Move.ROLLING, surge=event.limits.surge, canary=event.limits.canary and not change.cuts)
    )
    turn.load(event.limits)


def _reexec_failed(turn: Turn, event: e.ReexecFailed) -> None:
    if turn.state.change is not None and turn.state.change.move is Move.REEXEC:
        turn.fail(event.error, code=SYSTEM_FAILED)


_NEWS: Mapping[type[Any], Callable[[Turn, Any], None]] = MappingProxyType(
    {
        e.Asked: asked,
        e.Started: _started,
        e.PreflightEnded: _preflight_ended,
        e.Reexecuted: _reexecuted,
        e.ReexecFailed: _reexec_failed,
        e.PreloaderStarted: telling.preloader_started,
        e.Loaded: telling.loaded,
        e.LoadFailed: telling.load_failed,
        e.Recalled: rollback.recalled,
        e.Forked: telling.forked,
        e.ForkFailed: telling.fork_failed,
        e.Ready: telling.ready,
        e.BootFailed: telling.boot_failed,
        e.Left: telling.left,
        e.Stuck: telling.stuck,
        e.Deaf: telling.deaf,
        e.Draining: telling.draining,
        e.Exited: exited,
        e.Rested: telling.rested,
        e.Answered: telling.answered,
        e.Measured: measured,
        e.Granted: _granted,
        e.Knocked: knocked,
        e.Shown: shown,
        e.Ticked: expire,
        e.Slept: _slept,
    }
)
