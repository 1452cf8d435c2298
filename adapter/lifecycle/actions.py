"""Orders: what is to be done. Made by `lifecycle.master.step`, carried out by `roles.master.orders`."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StartPreflight:
    """Try the new interpreter, adapter and config in a child; answer `PreflightEnded`."""


@dataclass(frozen=True, slots=True)
class StopPreflight:
    """Kill the pre-flight child: nobody waits for its answer any more."""


@dataclass(frozen=True, slots=True)
class Reexec:
    """Replace our own image in place."""


@dataclass(frozen=True, slots=True)
class Load:
    """Start the preloader of this generation; answer `PreloaderStarted`, then `Loaded` or `LoadFailed`."""

    generation: int


@dataclass(frozen=True, slots=True)
class Recall:
    """A kept generation is to serve again: open the listeners that only it had; answer `Recalled`."""

    generation: int


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Kill this generation's preloader: it serves nobody."""

    generation: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Have this generation's preloader fork a worker; answer `Forked`, then `Ready`."""

    worker: int
    slot: int
    generation: int


@dataclass(frozen=True, slots=True)
class Drain:
    """Tell a worker to take no more, finish what is in flight within `seconds`, and exit. `final`: nobody serves after it."""

    worker: int
    seconds: float
    final: bool


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL to a worker."""

    worker: int
    pid: int


@dataclass(frozen=True, slots=True)
class Abort:
    """SIGABRT to a worker: it shows the stack of each thread, also when it is stuck in C (faulthandler), and dies."""

    worker: int
    pid: int


@dataclass(frozen=True, slots=True)
class ShowStacks:
    """Ask these workers, by id, for the stack of each of their threads; answer `Shown`."""

    workers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InsistOnStacks:
    """They did not answer: have them show their stacks though they may be stuck in C, with the interpreter's lock held."""

    workers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TellStacks:
    """Put what they showed into the log."""

    workers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeaveRotation:
    """Have these workers say that they are not ready any more, and serve on. One that is forked later starts as the state says."""

    workers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StopListening:
    """Turn new connections away from listeners that are our own (inherited ones belong to our successor)."""


@dataclass(frozen=True, slots=True)
class Commit:
    """This generation is the one that serves: drop what only its predecessors used."""

    generation: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A change ended (every change does, once), or a reload that was asked for will not come: tell whoever waits for it.

    `error` is empty when the new generation serves. Two in one step are for the change under way, then for the queued one.
    """

    error: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """One line for the log."""

    level: str
    sentence: str
    fields: dict[str, str | int | float] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Have these workers take no request, or (`paused` false) take them again. One that is forked later starts as the state says."""

    workers: tuple[int, ...]
    paused: bool


@dataclass(frozen=True, slots=True)
class Wake:
    """Have every worker interrupt the system calls that its requests are in."""


@dataclass(frozen=True, slots=True)
class Report:
    """Print statistics (or, with `workers`, every worker's status) to the log."""

    workers: bool


@dataclass(frozen=True, slots=True)
class WritePidfile:
    """Write it again, if it is not where it was."""


@dataclass(frozen=True, slots=True)
class ReopenLogs:
    """Open the log files anew, in every process; `rotate`: having renamed them."""

    rotate: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """No child is left: leave with this code."""

    code: int


Action = (
    StartPreflight | StopPreflight | Reexec | Load | Recall | Dismiss | Fork | Drain | Abort | Kill | ShowStacks | InsistOnStacks | TellStacks | LeaveRotation | StopListening
    | Commit | Answer | Say | Pause | Wake | Report | WritePidfile | ReopenLogs | Exit
)  # fmt: skip
