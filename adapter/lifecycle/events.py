"""Facts: what happened. Made by `roles.master` from the kernel's words, read by `lifecycle.master.step`."""

from adapter.lifecycle.cases import Case
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits


class Asked(Case):
    """An operator asked for something; `source` says by which door (`signal HUP`, `control pid 81`).

    `number` is what a command of `commands.NUMBERS` was asked for.
    """

    command: Command
    source: str
    number: int | None = None


class Started(Case):
    """The master stands, its config read: load the first generation."""

    limits: Limits


class PreflightEnded(Case):
    """The child that tried the new interpreter, adapter and config is gone; `error` is empty when all is well."""

    error: str
    detail: str = ""


class Reexecuted(Case):
    """We are the new image; `error` is empty when it could read its config and open its listeners."""

    limits: Limits
    error: str = ""


class ReexecFailed(Case):
    """execve(2) returned, so we are still the old image."""

    error: str


class PreloaderStarted(Case):
    """A generation's preloader runs as this process."""

    generation: int
    pid: int


class Loaded(Case):
    """A preloader imported the application and can fork."""

    generation: int


class LoadFailed(Case):
    """A generation can not come to be: the import failed, its preloader could not be started."""

    generation: int
    error: str
    code: int
    detail: str = ""


class Recalled(Case):
    """A kept generation can serve again; or, with an `error`, a listener that only it had cannot be opened."""

    generation: int
    error: str = ""


class Forked(Case):
    """A worker exists."""

    worker: int
    pid: int


class ForkFailed(Case):
    """A worker could not be forked."""

    worker: int
    error: str


class Ready(Case):
    """A worker can serve."""

    worker: int


class BootFailed(Case):
    """A worker could not import the application (--lazy-apps)."""

    worker: int
    error: str
    code: int
    detail: str = ""


class Left(Case):
    """A worker wants to be relieved: it reached a limit (`reason`), or somebody sent it a TERM (no reason). It goes on serving:
    whether another takes its place is the master's to say.
    """

    worker: int
    reason: str = ""


class Stuck(Case):
    """A worker has a request that is past its deadline, and a thread less for it."""

    worker: int
    request: str
    seconds: float


class Deaf(Case):
    """No thread of a worker has run for longer than a call may last, while there is one: it holds the interpreter's lock in C."""

    worker: int


class Draining(Case):
    """A worker has heard that it is to drain."""

    worker: int


class Exited(Case):
    """A child is gone. `how` is for people: `exit code 3`, `killed by signal 9 (SIGKILL)`; `clean` when it was exit code 0.

    `request`: what it was at, as far as it is known; `stack`: that of each of its threads, if it could still show it.
    """

    pid: int
    how: str
    clean: bool
    request: str = ""
    stack: str = ""


class Rested(Case):
    """A worker has had no connection for the idle limit (`idle`), or has one again."""

    worker: int
    idle: bool


class Answered(Case):
    """A worker has given so many more answers, so many errors (5xx) among them."""

    worker: int
    answers: int
    errors: int


class Shown(Case):
    """A worker has put the stack of each of its threads where the master finds them."""

    worker: int


class Granted(Case):
    """Whoever stops us waits so many seconds for our end; None: for ever, or nobody knows."""

    seconds: float | None


class Knocked(Case):
    """Somebody has come, while no worker is there."""


class Measured(Case):
    """Which share of their capacity the workers have used since the last look (0 to 1), and how many connections wait for one."""

    busyness: float
    waiting: int


class Ticked(Case):
    """Time has passed: see whose deadline is over."""


class Slept(Case):
    """We were stopped (SIGSTOP, a frozen cgroup) for this many seconds: nobody may be killed for it."""

    seconds: float


Event = (
    Asked | Started | PreflightEnded | Reexecuted | ReexecFailed | PreloaderStarted | Loaded | LoadFailed | Recalled | Forked | ForkFailed
    | Ready | BootFailed | Left | Stuck | Deaf | Draining | Exited | Rested | Answered | Shown | Measured | Granted | Knocked | Ticked | Slept
)  # fmt: skip
