"""The sentences that master, preloaders and workers say to each other, each a type; plain data on the wire.

A message is one SEQPACKET record: a JSON object whose `say` names the type. Listeners travel beside it (SCM_RIGHTS).
Receivers ignore keys they do not know and use defaults for those they miss: a newer master can talk to older workers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapter.lifecycle.cases import Case

# -- the master says -------------------------------------------------------------------------------------------------------


class Prepare(Case):
    """To a preloader: its settings (plain), and who it is; its witness, then the file of the locks come with this message."""

    generation: int = 0
    settings: Mapping[str, Any] = {}


class ForkWorker(Case):
    """To a preloader: fork a worker whose channel and witness come with this message, in this order."""

    worker: int = 0
    slot: int = 0


class Serve(Case):
    """To a new worker: the listeners that come with this message, the address of each and what is spoken there; behind them, with
    `queue`, the two ends of the queue by which connections are handed over; and then the scoreboard, if it has a cell there.
    `begin`: `Begin` will answer its `IsReady`; a master of a version that does not know that is not waited for.
    """

    addresses: Mapping[str, str] = {}
    cell: int = -1
    queue: bool = False
    begin: bool = False


class Begin(Case):
    """To a worker that said it is ready: serve. Until it hears this it has nobody's connection, so it may be killed at any moment."""


class DrainNow(Case):
    """To a worker: take no more from listeners others go on serving, take the rest from those `leaving`; be gone in `seconds`.
    `final`: nobody serves after it, so nobody would take what it hands over.
    """

    seconds: float = 0.0
    linger: float = 0.0
    leaving: Sequence[str] = []
    final: bool = False


class PauseNow(Case):
    """To a worker: take no request until you hear `ResumeNow`. Heard before it begins to serve, it begins paused."""


class ResumeNow(Case):
    """To a worker: take requests again."""


class WakeUp(Case):
    """To a worker: interrupt the system calls that your requests are in."""


class OutOfRotation(Case):
    """To a worker: serve on, and say to whoever asks for --health-path that no more requests should come."""


class TellNumbers(Case):
    """To a worker: say your numbers in the log."""

    calls: bool = False  # and what is in progress


class TakeLogs(Case):
    """To anybody: the log files, opened anew; their descriptors come with this message, in the order of `names`.

    `log` is for the descriptors 1 and 2, `access` for the access log.
    """

    names: Sequence[str] = []


class TellStacks(Case):
    """To a worker: put the stack of each of your threads into your witness."""


# -- preloaders say --------------------------------------------------------------------------------------------------------


class HasLoaded(Case):
    """The application is imported. `threads` names those its import started: they do not live on in the workers."""

    threads: Sequence[str] = []


class HasImported(Case):
    """With --watch: files that the application is made of, and their marks (device, inode, time of the last write in ns)."""

    files: Mapping[str, list[int]] = {}


class HasFailed(Case):
    """The application can not be imported (said by a preloader, or by a worker with --lazy-apps)."""

    error: str = ""
    code: int = 1
    detail: str = ""


class HasForked(Case):
    """The worker exists. Said before the worker is let go, so nothing it does is known before this."""

    worker: int = 0
    pid: int = 0


class CannotFork(Case):
    """fork(2) failed."""

    worker: int = 0
    error: str = ""


# -- workers say -----------------------------------------------------------------------------------------------------------


class IsReady(Case):
    """It can serve, and waits for `Begin` if that will come. With --request-timeout a timer comes with this message: when it runs out, the worker is stuck."""


class IsLeaving(Case):
    """It wants to be relieved: it reached a limit (`reason`), or somebody sent it a TERM (no reason)."""

    reason: str = ""


class IsStuck(Case):
    """A request is past its deadline: the client has been answered, but the call does not come back. It wants to be relieved."""

    request: str = ""
    seconds: float = 0.0


class HasAnswered(Case):
    """So many answers since it last said so, so many of them errors (5xx)."""

    answers: int = 0
    errors: int = 0


class IsDraining(Case):
    """It was told to drain, and has let go of the listeners that others go on serving: no new client meets it any more."""


class IsIdle(Case):
    """No connection for the idle limit; or, with `idle` false, one again."""

    idle: bool = True


class HasToldStacks(Case):
    """It has put the stack of each of its threads into its witness."""


class Asks(Case):
    """The application asks for something, by `adapter.api`; a socket for the answer may come with this message."""

    command: str = ""


Message = (
    Prepare | ForkWorker | Serve | Begin | DrainNow | PauseNow | ResumeNow | WakeUp | OutOfRotation | TellNumbers | TakeLogs | HasLoaded | HasImported | HasFailed | HasForked | CannotFork | IsReady
    | IsLeaving | IsStuck | HasAnswered | IsDraining | IsIdle | Asks | TellStacks | HasToldStacks
)  # fmt: skip
_KINDS: dict[str, type[Any]] = {
    "prepare": Prepare,
    "fork": ForkWorker,
    "serve": Serve,
    "begin": Begin,
    "drain": DrainNow,
    "pause": PauseNow,
    "resume": ResumeNow,
    "wake": WakeUp,
    "out-of-rotation": OutOfRotation,
    "numbers": TellNumbers,
    "logs": TakeLogs,
    "loaded": HasLoaded,
    "imported": HasImported,
    "failed": HasFailed,
    "forked": HasForked,
    "cannot-fork": CannotFork,
    "ready": IsReady,
    "leaving": IsLeaving,
    "stuck": IsStuck,
    "answered": HasAnswered,
    "draining": IsDraining,
    "idle": IsIdle,
    "asks": Asks,
    "stacks": TellStacks,
    "told-stacks": HasToldStacks,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_plain(message: Message) -> dict[str, Any]:
    """The message as a JSON-able object."""
    return {"say": _NAMES[type(message)], **vars(message)}


def from_plain(plain: Mapping[str, Any]) -> Message | None:
    """The message; None for one this version does not know."""
    kind = _KINDS.get(str(plain.get("say")))
    if kind is None:
        return None
    message: Message = kind(**{name: value for name, value in plain.items() if name in kind._fields})
    return message
