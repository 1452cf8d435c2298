"""Orders: what is to be done. Made by `lifecycle.master.step`, carried out by `roles.master.orders`."""

from collections.abc import Mapping

from adapter.lifecycle.cases import Case


class StartPreflight(Case):
    """Try the new interpreter, adapter and config in a child; answer `PreflightEnded`."""


class StopPreflight(Case):
    """Kill the pre-flight child: nobody waits for its answer any more."""


class Reexec(Case):
    """Replace our own image in place."""


class Load(Case):
    """Start the preloader of this generation; answer `PreloaderStarted`, then `Loaded` or `LoadFailed`."""

    generation: int


class Recall(Case):
    """A kept generation is to serve again: open the listeners that only it had; answer `Recalled`."""

    generation: int


class Dismiss(Case):
    """Kill this generation's preloader: it serves nobody."""

    generation: int


class Fork(Case):
    """Have this generation's preloader fork a worker; answer `Forked`, then `Ready`."""

    worker: int
    slot: int
    generation: int


class Begin(Case):
    """Let a worker that is ready serve: from here on it is not killed, but drained."""

    worker: int


class Drain(Case):
    """Tell a worker to take no more, finish what is in flight within `seconds`, and exit. `final`: nobody serves after it."""

    worker: int
    seconds: float
    final: bool


class Kill(Case):
    """SIGKILL to a worker."""

    worker: int
    pid: int


class Abort(Case):
    """SIGABRT to a worker: it shows the stack of each thread, also when it is stuck in C (faulthandler), and dies."""

    worker: int
    pid: int


class ShowStacks(Case):
    """Ask these workers, by id, for the stack of each of their threads; answer `Shown`."""

    workers: tuple[int, ...]


class InsistOnStacks(Case):
    """They did not answer: have them show their stacks though they may be stuck in C, with the interpreter's lock held."""

    workers: tuple[int, ...]


class TellStacks(Case):
    """Put what they showed into the log."""

    workers: tuple[int, ...]


class LeaveRotation(Case):
    """Have these workers say that they are not ready any more, and serve on. One that is forked later starts as the state says."""

    workers: tuple[int, ...]


class StopListening(Case):
    """Turn new connections away from listeners that are our own (inherited ones belong to our successor)."""


class Commit(Case):
    """This generation is the one that serves: drop what only its predecessors used."""

    generation: int


class Answer(Case):
    """A change ended (every change does, once), or a reload that was asked for will not come: tell whoever waits for it.

    `error` is empty when the new generation serves. Two in one step are for the change under way, then for the queued one.
    """

    error: str
    detail: str = ""


class Say(Case):
    """One line for the log."""

    level: str
    sentence: str
    fields: Mapping[str, str | int | float] = {}
    detail: str = ""


class Pause(Case):
    """Have these workers take no request, or (`paused` false) take them again. One that is forked later starts as the state says."""

    workers: tuple[int, ...]
    paused: bool


class Wake(Case):
    """Have every worker interrupt the system calls that its requests are in."""


class Report(Case):
    """Print statistics (or, with `workers`, every worker's status) to the log."""

    workers: bool


class WritePidfile(Case):
    """Write it again, if it is not where it was."""


class ReopenLogs(Case):
    """Open the log files anew, in every process; `rotate`: having renamed them."""

    rotate: bool


class Exit(Case):
    """No child is left: leave with this code."""

    code: int


Action = (
    StartPreflight | StopPreflight | Reexec | Load | Recall | Dismiss | Fork | Begin | Drain | Abort | Kill | ShowStacks | InsistOnStacks | TellStacks | LeaveRotation | StopListening
    | Commit | Answer | Say | Pause | Wake | Report | WritePidfile | ReopenLogs | Exit
)  # fmt: skip
