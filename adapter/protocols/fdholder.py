"""What a holder of listening sockets is asked and answers: the protocol of s6-fdholderd (skarnet.org/software/s6), of which we speak
three words. Our `adapter hold` and the real one understand each other's clients.

A message is its length (4 bytes, big-endian), the number of descriptors beside it (2 bytes), and a body. A question's body begins
with a letter: R retrieves a descriptor, L lists what there is, S stores one. An answer's begins with an errno, 0 when all is well.
Seen with the programs of s6 2.11: they are not documented beyond s6-fdholder-daemon's page.
"""

import errno
import struct
from typing import NamedTuple

_HEAD = struct.Struct(">IH")
_COUNT = struct.Struct(">I")
LONGEST = 65536
"""Bytes of a body that we believe; what a holder lists is far shorter."""

_FOR_EVER = b"\x60" + bytes(11)  # a TAI64N label, 12 bytes: until when s6-fdholderd is to have it

LIST = b"L"
GIVEN = b"\0"


class Message(NamedTuple):
    """One of them: its body, how many descriptors came beside it, and what of the data is not its own."""

    body: bytes
    fds: int
    rest: bytes


class Retrieve(NamedTuple):
    """Give me the descriptor of this name. `forget`: and have it no longer."""

    name: str
    forget: bool


class Store(NamedTuple):
    """Have this descriptor, which comes beside the question, under this name."""

    name: str


class Listing(NamedTuple):
    """Tell me the names."""


def pack(body: bytes, fds: int = 0) -> bytes:
    """The message of this body."""
    return _HEAD.pack(len(body), fds) + body


def cut(data: bytes) -> Message | None:
    """The first message of the data; None: it has not arrived yet. Raises ValueError when it is none."""
    if len(data) < _HEAD.size:
        return None
    length, fds = _HEAD.unpack_from(data)
    if length > LONGEST or not length:
        raise ValueError(f"a message of {length} bytes")
    end = _HEAD.size + length
    return Message(data[_HEAD.size : end], fds, data[end:]) if len(data) >= end else None


def retrieve(name: str) -> bytes:
    """The body that asks for this name, and leaves it with the holder. Raises ValueError: no holder has such a name."""
    return b"R\0" + _packed(name)


def store(name: str) -> bytes:
    """The body that gives a descriptor, for ever. Raises ValueError as `retrieve`."""
    return b"S" + _FOR_EVER + _packed(name)


def _packed(name: str) -> bytes:
    said = name.encode()
    if not 0 < len(said) <= 255 or b"\0" in said:
        raise ValueError(name)
    return bytes((len(said),)) + said + b"\0"


def _name(packed: bytes) -> str:
    """Raises ValueError."""
    if len(packed) < 3 or len(packed) != 2 + packed[0] or packed[-1]:
        raise ValueError("not a name")
    return packed[1:-1].decode()


def question(body: bytes) -> Retrieve | Store | Listing | None:
    """What a client asks; None: nothing that we do."""
    try:
        match body[:1]:
            case b"L" if body == LIST:
                return Listing()
            case b"R" if body[1:2] in {b"\0", b"\1"}:
                return Retrieve(_name(body[2:]), body[1] == 1)
            case b"S":
                return Store(_name(body[1 + len(_FOR_EVER) :]))
    except ValueError:
        return None
    return None


def refused(number: int) -> bytes:
    """The body of an answer that is an errno."""
    return bytes((number & 0xFF or errno.EINVAL,))


def listed(names: list[str]) -> bytes:
    """The body of the answer to LIST."""
    return GIVEN + _COUNT.pack(len(names)) + b"".join(name.encode() + b"\0" for name in names)


def listing(body: bytes) -> list[str]:
    """The names in such a body. Raises ValueError (UnicodeDecodeError is one) when it is none."""
    if len(body) < 1 + _COUNT.size or body[0]:
        raise ValueError("not a list")
    (count,) = _COUNT.unpack_from(body, 1)
    names = body[1 + _COUNT.size :].split(b"\0")
    if names.pop() or len(names) != count:
        raise ValueError("not a list")
    return [name.decode() for name in names]
