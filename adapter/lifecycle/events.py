"""Facts: what happened. Made by `roles.master` from the kernel's words, read by `lifecycle.master.step`."""

from dataclasses import dataclass

from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits


@dataclass(frozen=True, slots=True)
class Asked:
    """An operator asked for something; `source` says by which door (`signal HUP`, `control pid 81`).

    `number` is what a command of `commands.NUMBERS` was asked for.
    """

    command: Command
    source: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The master stands, its config read: load the first generation."""

    limits: Limits


@dataclass(frozen=True, slots=True)
class PreflightEnded:
    """The child that tried the new interpreter, adapter and config is gone; `error` is empty when all is well."""

    error: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reexecuted:
    """We are the new image; `error` is empty when it could read its config and open its listeners."""

    limits: Limits
    error: str = ""


@dataclass(frozen=True, slots=True)
class ReexecFailed:
    """execve(2) returned, so we are still the old image."""

    error: str


@dataclass(frozen=True, slots=True)
class PreloaderStarted:
    """A generation's preloader runs as this process."""

    generation: int
    pid: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A preloader imported the application and can fork."""

    generation: int


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """A generation can not come to be: the import failed, its preloader could not be started."""

    generation: int
    error: str
    code: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A kept generation can serve again; or, with an `error`, a listener that only it had cannot be opened."""

    generation: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Forked:
    """A worker exists."""

    worker: int
    pid: int


@dataclass(frozen=True, slots=True)
class ForkFailed:
    """A worker could not be forked."""

    worker: int
    error: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker can serve."""

    worker: int


@dataclass(frozen=True, slots=True)
class BootFailed:
    """A worker could not import the application (--lazy-apps)."""

    worker: int
    error: str
    code: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A worker wants to be relieved: it reached a limit (`reason`), or somebody sent it a TERM (no reason). It goes on serving:
    whether another takes its place is the master's to say.
    """

    worker: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A worker has a request that is past its deadline, and a thread less for it."""

    worker: int
    request: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Deaf:
    """No thread of a worker has run for longer than a call may last, while there is one: it holds the interpreter's lock in C."""

    worker: int


@dataclass(frozen=True, slots=True)
class Draining:
    """A worker has heard that it is to drain."""

    worker: int


@dataclass(frozen=True, slots=True)
class Exited:
    """A child is gone. `how` is for people: `exit code 3`, `killed by signal 9 (SIGKILL)`; `clean` when it was exit code 0.

    `request`: what it was at, as far as it is known; `stack`: that of each of its threads, if it could still show it.
    """

    pid: int
    how: str
    clean: bool
    request: str = ""
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Rested:
    """A worker has had no connection for the idle limit (`idle`), or has one again."""

    worker: int
    idle: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A worker has given so many more answers, so many errors (5xx) among them."""

    worker: int
    answers: int
    errors: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A worker has put the stack of each of its threads where the master finds them."""

    worker: int


@dataclass(frozen=True, slots=True)
class Granted:
    """Whoever stops us waits so many seconds for our end; None: for ever, or nobody knows."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Knocked:
    """Somebody has come, while no worker is there."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Which share of their capacity the workers have used since the last look (0 to 1), and how many connections wait for one."""

    busyness: float
    waiting: int


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed: see whose deadline is over."""


@dataclass(frozen=True, slots=True)
class Slept:
    """We were stopped (SIGSTOP, a frozen cgroup) for this many seconds: nobody may be killed for it."""

    seconds: float


Event = (
    Asked | Started | PreflightEnded | Reexecuted | ReexecFailed | PreloaderStarted | Loaded | LoadFailed | Recalled | Forked | ForkFailed
    | Ready | BootFailed | Left | Stuck | Deaf | Draining | Exited | Rested | Answered | Shown | Measured | Granted | Knocked | Ticked | Slept
)  # fmt: skip
