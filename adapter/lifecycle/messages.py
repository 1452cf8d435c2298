"""The sentences that master, preloaders and workers say to each other, each a type; plain data on the wire.

A message is one SEQPACKET record: a JSON object whose `say` names the type. Listeners travel beside it (SCM_RIGHTS).
Receivers ignore keys they do not know and use defaults for those they miss: a newer master can talk to older workers.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

# -- the master says -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepare:
    """To a preloader: its settings (plain), and who it is; its witness, then the file of the locks come with this message."""

    generation: int = 0
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForkWorker:
    """To a preloader: fork a worker whose channel and witness come with this message, in this order."""

    worker: int = 0
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Serve:
    """To a new worker: the listeners that come with this message, the address of each and what is spoken there; behind them, with
    `queue`, the two ends of the queue by which connections are handed over; and then the scoreboard, if it has a cell there.
    """

    addresses: dict[str, str] = field(default_factory=dict)
    cell: int = -1
    queue: bool = False


@dataclass(frozen=True, slots=True)
class DrainNow:
    """To a worker: take no more from listeners others go on serving, take the rest from those `leaving`; be gone in `seconds`.
    `final`: nobody serves after it, so nobody would take what it hands over.
    """

    seconds: float = 0.0
    linger: float = 0.0
    leaving: list[str] = field(default_factory=list)
    final: bool = False


@dataclass(frozen=True, slots=True)
class PauseNow:
    """To a worker: take no request until you hear `ResumeNow`. Heard before it begins to serve, it begins paused."""


@dataclass(frozen=True, slots=True)
class ResumeNow:
    """To a worker: take requests again."""


@dataclass(frozen=True, slots=True)
class WakeUp:
    """To a worker: interrupt the system calls that your requests are in."""


@dataclass(frozen=True, slots=True)
class OutOfRotation:
    """To a worker: serve on, and say to whoever asks for --health-path that no more requests should come."""


@dataclass(frozen=True, slots=True)
class TellNumbers:
    """To a worker: say your numbers in the log."""

    calls: bool = False  # and what is in progress


@dataclass(frozen=True, slots=True)
class TakeLogs:
    """To anybody: the log files, opened anew; their descriptors come with this message, in the order of `names`.

    `log` is for the descriptors 1 and 2, `access` for the access log.
    """

    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TellStacks:
    """To a worker: put the stack of each of your threads into your witness."""


# -- preloaders say --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HasLoaded:
    """The application is imported. `threads` names those its import started: they do not live on in the workers."""

    threads: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HasImported:
    """With --watch: files that the application is made of, and their marks (device, inode, time of the last write in ns)."""

    files: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HasFailed:
    """The application can not be imported (said by a preloader, or by a worker with --lazy-apps)."""

    error: str = ""
    code: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HasForked:
    """The worker exists. Said before the worker is let go, so nothing it does is known before this."""

    worker: int = 0
    pid: int = 0


@dataclass(frozen=True, slots=True)
class CannotFork:
    """fork(2) failed."""

    worker: int = 0
    error: str = ""


# -- workers say -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IsReady:
    """It can serve. With --request-timeout a timer comes with this message: when it runs out, the worker is stuck."""


@dataclass(frozen=True, slots=True)
class IsLeaving:
    """It wants to be relieved: it reached a limit (`reason`), or somebody sent it a TERM (no reason)."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class IsStuck:
    """A request is past its deadline: the client has been answered, but the call does not come back. It wants to be relieved."""

    request: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class HasAnswered:
    """So many answers since it last said so, so many of them errors (5xx)."""

    answers: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class IsDraining:
    """It was told to drain, and has let go of the listeners that others go on serving: no new client meets it any more."""


@dataclass(frozen=True, slots=True)
class IsIdle:
    """No connection for the idle limit; or, with `idle` false, one again."""

    idle: bool = True


@dataclass(frozen=True, slots=True)
class HasToldStacks:
    """It has put the stack of each of its threads into its witness."""


@dataclass(frozen=True, slots=True)
class Asks:
    """The application asks for something, by `adapter.api`; a socket for the answer may come with this message."""

    command: str = ""


Message = (
    Prepare | ForkWorker | Serve | DrainNow | PauseNow | ResumeNow | WakeUp | OutOfRotation | TellNumbers | TakeLogs | HasLoaded | HasImported | HasFailed | HasForked | CannotFork | IsReady
    | IsLeaving | IsStuck | HasAnswered | IsDraining | IsIdle | Asks | TellStacks | HasToldStacks
)  # fmt: skip
_KINDS: dict[str, type[Any]] = {
    "prepare": Prepare,
    "fork": ForkWorker,
    "serve": Serve,
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
T = TypeVar("T")


def to_plain(message: Message) -> dict[str, Any]:
    """The message as a JSON-able object."""
    return {"say": _NAMES[type(message)], **asdict(message)}


def from_plain(plain: Mapping[str, Any]) -> Message | None:
    """The message; None for one this version does not know."""
    kind = _KINDS.get(str(plain.get("say")))
    if kind is None:
        return None
    known = {each.name for each in fields(kind)}
    message: Message = kind(**{name: value for name, value in plain.items() if name in known})
    return message
