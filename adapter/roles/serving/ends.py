"""Both ends of a connection, as accept(2) and getsockname(2) tell them."""

import socket

from adapter.gateway.environ import Endpoint
from adapter.roles.serving.answering import Parties
from adapter.unix.descriptors import Connected

INTERNET = (socket.AF_INET, socket.AF_INET6)
_EVERYWHERE = frozenset({"0.0.0.0", "::"})
_NOWHERE = Endpoint("", "")


def here(listener: socket.socket) -> Endpoint | None:
    """Where its clients come; None: each has to be asked, as it listens on every address."""
    if listener.family not in INTERNET:
        return _NOWHERE
    host, port = listener.getsockname()[:2]
    return None if host in _EVERYWHERE else Endpoint(host, str(port))


def parties_of(connection: Connected, peer: object, at: Endpoint | None) -> Parties:
    """Who speaks with whom. `peer`: from accept(2); `at`: `here` of its listener. Raises OSError when it was reset meanwhile."""
    if at is _NOWHERE or not isinstance(peer, tuple):
        return Parties(_NOWHERE, _NOWHERE)
    if at is None:
        host, port = connection.getsockname()[:2]
        at = Endpoint(host, str(port))
    number: int = peer[1]
    return Parties(at, Endpoint(peer[0], str(number)))
