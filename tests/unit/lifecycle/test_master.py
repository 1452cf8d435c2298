"""What the master says, beside what it orders (`test_histories` has the orders)."""

from adapter.lifecycle import events as e
from adapter.lifecycle.actions import ReopenLogs, Report, Say
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.master import step
from adapter.lifecycle.state import Phase, Stage, State
from kit.histories import HISTORIES


def after(name: str, base: State | None = None) -> State:
    """The state in which this history ends."""
    history = HISTORIES[name]
    state = base or (after(history.after) if history.after else State())
    for at, event, *_ in history.steps:
        state, _ = step(state, event, at)
    return state


def said(state: State, event: e.Event, now: float) -> list[tuple[str, str]]:
    """Level and sentence of every line."""
    return [(each.level, each.sentence) for each in step(state, event, now)[1] if isinstance(each, Say)]


def test_commands_are_logged():
    """Every command stands in the log with the door it came by."""
    state = after("first boot")
    for command in Command:
        line = step(state, e.Asked(command, "control, pid 81"), 10.0)[1][0]
        assert line == Say("info", command.value, {"source": "control, pid 81"})


def test_reports():
    """Statistics and status are reported at any time, also while leaving."""
    for name in ("first boot", "half a roll", "TERM"):
        state = after(name)
        assert Report(workers=False) in step(state, e.Asked(Command.STATISTICS, "x"), 20.0)[1]
        assert Report(workers=True) in step(state, e.Asked(Command.STATUS, "x"), 20.0)[1]


def test_failure_is_told_with_its_traceback():
    """A broken deploy is an error in the log, with the traceback, and says which generation serves on."""
    state, _ = step(after("first boot"), e.Asked(Command.CHAIN_RELOAD, "x"), 10.0)
    _, ordered = step(state, e.LoadFailed(2, "SyntaxError", 1, "Traceback …"), 11.0)

    assert Say("error", "chain-reload failed: SyntaxError", {"serving": 1}, "Traceback …") in ordered


def test_deadlines_are_told():
    """A kill is never silent."""
    assert ("error", "killed at the drain deadline") in said(after("TERM twice"), e.Ticked(), 99.0)
    assert ("error", "a worker was not ready within the boot timeout") in said(after("TTIN in a roll"), e.Ticked(), 99.0)


def test_last_worker_stays():
    """The last worker is not taken away by TTOU."""
    assert ("warning", "the number of workers stays") in said(after("first boot of one"), e.Asked(Command.FEWER, "x"), 10.0)


def test_forgotten():
    """A generation without preloader and workers is not remembered, so that nothing grows with the reloads."""
    assert [each.number for each in after("HUP").generations] == [2]
    assert [each.number for each in after("revert after half a roll").generations] == [1]


def test_counters():
    """Reloads, failed ones and respawns are counted; a first boot is no reload."""
    counts = [
        (each.reloads, each.failed_reloads, each.respawns)
        for each in map(after, ("first boot", "HUP", "broken deploy", "a crash is repaired"))
    ]

    assert counts == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_stages_have_their_time():
    """Each stage begins when it began."""
    state, _ = step(State(), e.Started(Limits()), 1.0)
    for at, event in ((2.0, e.PreloaderStarted(1, 10)), (3.0, e.Loaded(1)), (4.0, e.Forked(1, 11))):
        state, _ = step(state, event, at)

    assert (state.workers[0].stage, state.workers[0].since) == (Stage.BOOTING, 4.0)
    assert (state.generations[0].phase, state.generations[0].since) == (Phase.LOADED, 3.0)
    assert state.workers[0].deadline == 3.0 + Limits().boot


def test_the_queue_dies_with_us():
    """Nothing is queued, and nothing retried, by a master that leaves."""
    state = after("HUP storm")._replace(retry_at=12.0)
    state, _ = step(state, e.Asked(Command.STOP, "x"), 12.0)

    assert (state.queued, state.change, state.retry_at) == (None, None, None)


def test_log_files_are_opened_anew_at_any_time():
    """Reopening and rotating log files waits for nothing: in a roll, while leaving, at every moment."""
    for name in ("first boot", "half a roll", "TERM"):
        state = after(name)
        assert ReopenLogs(rotate=False) in step(state, e.Asked(Command.REOPEN_LOGS, "x"), 20.0)[1]
        assert ReopenLogs(rotate=True) in step(state, e.Asked(Command.ROTATE_LOGS, "x"), 20.0)[1]


def deaf(now: float) -> State:
    """Two workers; the first was found deaf, and another is ready in its slot."""
    state, _ = step(after("first boot"), e.Deaf(1), now)
    worker = max(each.id for each in state.workers)
    for event in (e.Forked(worker, 99), e.Ready(worker)):
        state, _ = step(state, event, now)
    return state


def test_a_deaf_worker_is_not_waited_for():
    """Who cannot hear that it should drain is ended a second later, and shows where it is first; not after the drain deadline."""
    assert ("error", "killed: a call holds the interpreter's lock") in said(deaf(10.0), e.Ticked(), 11.0)


def test_who_hears_again_drains_as_any_other():
    """A call that came back in time has its worker's requests finished."""
    state, _ = step(deaf(10.0), e.Draining(1), 10.9)

    assert said(state, e.Ticked(), 12.0) == []
    assert ("error", "killed at the drain deadline") in said(state, e.Ticked(), 99.0)
