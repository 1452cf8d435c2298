"""Getting a listener from who holds it: `adapter hold` or s6-fdholderd. From then on it is as inherited: its queue is our successor's."""

import errno
import os

from adapter.config.addresses import Hold
from adapter.exits import Misuse, SystemFailure
from adapter.protocols import fdholder
from adapter.unix import borrowing, listeners
from adapter.unix.listeners import Listener

# A holder does nothing but answer; one that does not answer in so long (seconds) is stopped, or no holder. The master waits for it.
_PATIENCE = 5.0
_HASTE = 2.0  # in a reload, where we have the listener already and only look after the holder
_MISSING = (errno.ENOENT, errno.EADDRINUSE)
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
    errno.EADDRINUSE: "the holder has lost it to somebody who listens there still; reload that server, or stop it",
}


def borrow(address: Hold) -> Listener:
    """A duplicate of the held listener; ask while it is not open yet. Raises SystemFailure, Misuse."""
    name = address.name or _only(address)
    try:
        _, fds = _ask(address, fdholder.retrieve(name))
    except _Refused as refused:
        raise _refusal(address, name, refused.number) from None
    if len(fds) != 1:
        borrowing.drop(fds)
        raise _nonsense(address)
    try:
        return listeners.adopt(fds[0], name=name, origin=str(address))
    except Misuse as error:
        os.close(fds[0])
        raise SystemFailure(f"cannot use {address}: what the holder gave, {error.sentence}") from None


def give_back(address: Hold, listener: Listener) -> bool:
    """See that the holder still has it, which may have died and come again; else give it a duplicate: True. Raises SystemFailure."""
    try:
        _, fds = _ask(address, fdholder.retrieve(listener.name), patience=_HASTE)
        borrowing.drop(fds)
        return False
    except _Refused as refused:
        if refused.number not in _MISSING:
            raise _refusal(address, listener.name, refused.number) from None
    try:
        _, fds = _ask(address, fdholder.store(listener.name), give=(listener.socket.fileno(),), patience=_HASTE)
    except _Refused as refused:
        raise _refusal(address, listener.name, refused.number) from None
    borrowing.drop(fds)
    return True


class _Refused(Exception):
    """The holder answers with an errno."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _only(address: Hold) -> str:
    try:
        body, fds = _ask(address, fdholder.LIST)
    except _Refused as refused:
        raise _refusal(address, "", refused.number) from None
    borrowing.drop(fds)
    try:
        names = fdholder.listing(body)
    except ValueError:
        raise _nonsense(address) from None
    if len(names) != 1:
        held = ", ".join(names) if names else "nothing"
        raise SystemFailure(f"cannot have {address}: the holder has {held}; say which, as in hold:{address.path}#NAME")
    return names[0]


def _ask(address: Hold, question: bytes, give: tuple[int, ...] = (), *, patience: float = _PATIENCE) -> tuple[bytes, list[int]]:
    """The body of an answer that is not a refusal, and its descriptors. Raises _Refused, SystemFailure."""
    try:
        said, fds = borrowing.ask(
            address.path,
            fdholder.pack(question, len(give)),
            lambda data: fdholder.cut(data) is not None,
            patience=patience,
            give=give,
        )
    except TimeoutError:
        raise SystemFailure(
            f"cannot have {address}: the holder does not answer within {patience:g} s; see whether it is stopped"
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
        raise _Refused(code)
    return message.body, fds


def _refusal(address: Hold, name: str, code: int) -> SystemFailure:
    if code == errno.ENOENT:
        return SystemFailure(f"cannot have {address}: the holder has nothing named {name}; correct the name, or have it held")
    return SystemFailure(f"cannot have {address}: {_ANSWERS.get(code, f'the holder says {os.strerror(code).lower()}')}")


def _nonsense(address: Hold) -> SystemFailure:
    return SystemFailure(f"cannot have {address}: what answers there is no holder; name the socket that the holder was given")
