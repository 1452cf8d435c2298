"""Getting a listener from who holds it: `adapter hold` or s6-fdholderd. From then on it is as inherited: its queue is our successor's."""

import errno
import os

from adapter.config.addresses import Hold
from adapter.exits import Misuse, SystemFailure
from adapter.protocols import fdholder
from adapter.unix import borrowing, listeners
from adapter.unix.listeners import Listener

# A holder does nothing but answer; one that does not answer in so long (seconds) is stopped, or no holder. The master waits for it.
_PATIENCE = 2.0
_REASONS = {
    errno.ENOENT: "nobody is there; start the holder first",
    errno.ECONNREFUSED: "nobody listens there; start the holder first",
    errno.EACCES: "permission denied; let this user connect (`adapter hold --allow USER`)",
    errno.EPROTOTYPE: "it is a socket of another kind; name the one that the holder was given",
    errno.ENOTSOCK: "it is no socket; name the one that the holder was given",
    errno.EAGAIN: "its queue is full: it does not answer; restart it",
}
_ANSWERS = {
    errno.EPERM: "it refuses us; allow this user there (`adapter hold --allow USER`, or the rules of s6-fdholderd)",
    errno.EACCES: "it refuses us; allow this user there",
}


def borrow(address: Hold) -> Listener:
    """A duplicate of the held listener; ask while it is not open yet. Raises SystemFailure, Misuse."""
    name = address.name or _only(address)
    _, fds = _ask(address, fdholder.retrieve(name), name)
    if len(fds) != 1:
        borrowing.drop(fds)
        raise _nonsense(address)
    try:
        return listeners.adopt(fds[0], origin=str(address))
    except Misuse as error:
        os.close(fds[0])
        raise SystemFailure(f"cannot use {address}: what the holder gave, {error.sentence}") from None


def _only(address: Hold) -> str:
    body, fds = _ask(address, fdholder.LIST, "")
    borrowing.drop(fds)
    try:
        names = fdholder.listing(body)
    except ValueError:
        raise _nonsense(address) from None
    if len(names) != 1:
        held = ", ".join(names) if names else "nothing"
        raise SystemFailure(f"cannot have {address}: the holder has {held}; say which, as in hold:{address.path}#NAME")
    return names[0]


def _ask(address: Hold, question: bytes, name: str) -> tuple[bytes, list[int]]:
    """The body of an answer that is not a refusal, and its descriptors."""
    try:
        said, fds = borrowing.ask(
            address.path, fdholder.pack(question), lambda data: fdholder.cut(data) is not None, patience=_PATIENCE
        )
    except TimeoutError:
        raise SystemFailure(
            f"cannot have {address}: the holder does not answer within {_PATIENCE:.0f} s; see whether it is stopped"
        ) from None
    except OSError as error:
        why = _REASONS.get(error.errno or 0, os.strerror(error.errno or errno.EIO).lower())
        raise SystemFailure(f"cannot have {address}: {why}") from None
    except ValueError:
        raise _nonsense(address) from None
    message = fdholder.cut(said)
    if message is None or message.rest or message.fds != len(fds):
        borrowing.drop(fds)
        raise _nonsense(address)
    if code := message.body[0]:
        borrowing.drop(fds)
        raise _refusal(address, name, code)
    return message.body, fds


def _refusal(address: Hold, name: str, code: int) -> SystemFailure:
    if code == errno.ENOENT:
        return SystemFailure(f"cannot have {address}: the holder has nothing named {name}; correct the name, or have it held")
    return SystemFailure(f"cannot have {address}: {_ANSWERS.get(code, f'the holder says {os.strerror(code).lower()}')}")


def _nonsense(address: Hold) -> SystemFailure:
    return SystemFailure(f"cannot have {address}: what answers there is no holder; name the socket that the holder was given")
