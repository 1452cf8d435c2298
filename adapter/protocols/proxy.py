"""The PROXY protocol, versions 1 and 2: what a balancer says of a connection before the client's own bytes (HAProxy's
doc/proxy-protocol.txt, quoted as PP with its section).

Read: addresses of both ends over TCP, UDP (a balancer may speak HTTP/3 in front) and UNIX sockets; LOCAL, UNKNOWN and UNSPEC,
which leave the connection's own; from the TLVs whether the client spoke TLS (PP 2.2.6), and the checksum, which must be right
where there is one (PP 2.2.3). All other TLVs are skipped.
"""

from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple

from .crc32c import crc32c
from .http1.events import Refusal

LONGEST: Final = 4096
"""Bytes of a header with all its TLVs, as nginx has it. Its length field could say 65551, but no sender needs that much."""

_V1, _V2 = b"PROXY ", b"\r\n\r\n\x00\r\nQUIT\n"
_V1_LONGEST = 107  # with its CRLF (PP 2.1)
_V2_FIXED = 16
_LOCAL, _PROXY = 0x20, 0x21  # version 2 in the high bits
_UNSPEC, _INET, _INET6, _UNIX = range(4)
_TRANSPORTS = 3  # unspecified, stream, datagram
_SIZES = {_UNSPEC: 0, _INET: 12, _INET6: 36, _UNIX: 216}
_CRC32C, _SSL = 0x03, 0x20
_WITH_SSL = 0x01  # PP2_CLIENT_SSL
_TLV = 3  # a type, and a length of two bytes

Place = tuple[str, str]
"""Host and port, as text; both empty for a UNIX socket."""


class Announced(NamedTuple):
    """A whole header. `client` and `server` are None where the connection's own ends are the real ones."""

    size: int
    """Bytes of the header: what follows is the client's."""
    client: Place | None = None
    server: Place | None = None
    secure: bool = False
    """The client spoke TLS to the balancer."""


class _Bad(Exception):
    """The reason."""


def read(data: bytes) -> Announced | Refusal | None:
    """The header that these first bytes of a connection begin with; None: more are needed.

    Once it has refused, it refuses whatever else comes, for the same reason: cuts change nothing.
    """
    try:
        if data[:1] == _V1[:1]:
            return _read_v1(data)
        if data[:1] in (b"", _V2[:1]):
            return _read_v2(data)
        raise _Bad("it does not begin with a PROXY header: is it a proxy, and is it told to send one?")
    except _Bad as bad:
        return Refusal(400, f"PROXY protocol: {bad}")


def _read_v1(data: bytes) -> Announced | None:
    """`PROXY TCP4 192.0.2.1 192.0.2.2 1234 80` CR LF (PP 2.1)."""
    if data[: len(_V1)] != _V1[: len(data)]:
        raise _Bad("the line does not begin with `PROXY `")
    end = data.find(b"\n", 0, _V1_LONGEST)
    if end < 0:
        if len(data) >= _V1_LONGEST:
            raise _Bad(f"the line is longer than {_V1_LONGEST} bytes")
        return None
    if data.find(b"\r", 0, end + 1) != end - 1:
        raise _Bad("the line does not end in CR LF")
    words = data[len(_V1) : end - 1].split(b" ")
    if words[0] == b"UNKNOWN":  # whatever else the line says is to be ignored
        return Announced(end + 1)
    if words[0] not in (b"TCP4", b"TCP6") or len(words) != 5:
        raise _Bad("the line is not `PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT`")
    source, destination = (_address(words[0], word) for word in words[1:3])
    return Announced(end + 1, (source, _port(words[3])), (destination, _port(words[4])))


def _address(family: bytes, word: bytes) -> str:
    try:
        text = word.decode("ascii")
        if "%" in text:  # a zone means something on one host only
            raise ValueError(text)
        return str(IPv4Address(text) if family == b"TCP4" else IPv6Address(text))
    except ValueError:
        raise _Bad("an address is not of the family that is named") from None


def _port(word: bytes) -> str:
    if not word.isdigit() or len(word) > 5 or (word[:1] == b"0" and word != b"0") or int(word) > 65535:
        raise _Bad("a port is not a number from 0 to 65535")
    return word.decode("ascii")


def _read_v2(data: bytes) -> Announced | None:
    """Signature, version and command, family and transport, length; addresses; TLVs (PP 2.2)."""
    if data[: len(_V2)] != _V2[: len(data)]:
        raise _Bad("the signature of version 2 is broken off")
    if len(data) < _V2_FIXED:
        return None
    command, family, transport = data[12], data[13] >> 4, data[13] & 15
    size = _V2_FIXED + int.from_bytes(data[14:16], "big")
    if command not in (_LOCAL, _PROXY):
        raise _Bad("neither LOCAL nor PROXY of version 2")
    if size > LONGEST:
        raise _Bad(f"the header has {size} bytes; at most {LONGEST} are taken")
    if command == _PROXY and (family not in _SIZES or transport >= _TRANSPORTS):
        raise _Bad("an address family or transport that there is not")
    if len(data) < size:
        return None
    if command == _LOCAL or _UNSPEC in (family, transport):  # what else it says is to be ignored
        return Announced(size)
    return _ends(data[:size], family)


def _ends(header: bytes, family: int) -> Announced:
    """The addresses, and what the TLVs after them say."""
    start = _V2_FIXED + _SIZES[family]
    if len(header) < start:
        raise _Bad("the header is too short for its addresses")
    secure = _tlvs(header, start)
    block = header[_V2_FIXED:start]
    if family == _UNIX:
        return Announced(len(header), ("", ""), ("", ""), secure)
    kind, width = (IPv4Address, 4) if family == _INET else (IPv6Address, 16)
    source, destination = str(kind(block[:width])), str(kind(block[width : 2 * width]))
    ports = [str(int.from_bytes(block[at : at + 2], "big")) for at in (2 * width, 2 * width + 2)]
    return Announced(len(header), (source, ports[0]), (destination, ports[1]), secure)


def _tlvs(header: bytes, at: int) -> bool:
    """Walk the TLVs from `at` to the end (PP 2.2.1). Did the client speak TLS?"""
    secure = False
    while at < len(header):
        value, end = at + _TLV, at + _TLV + int.from_bytes(header[at + 1 : at + _TLV], "big")
        if value > len(header) or end > len(header):
            raise _Bad("a TLV is longer than what is left of the header")
        if header[at] == _SSL and end > value:
            secure = bool(header[value] & _WITH_SSL)
        elif header[at] == _CRC32C:
            unsigned = header[:value] + bytes(end - value) + header[end:]
            if end - value != 4 or int.from_bytes(header[value:end], "big") != crc32c(unsigned):
                raise _Bad("the checksum is wrong")
        at = end
    return secure
