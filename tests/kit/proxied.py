"""Headers of the PROXY protocol as data: what must be understood, and what must be refused. PP is HAProxy's doc/proxy-protocol.txt."""

from typing import NamedTuple

from adapter.protocols.crc32c import crc32c
from adapter.protocols.proxy import Announced, Place

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
IPV4 = bytes([192, 0, 2, 1, 198, 51, 100, 2]) + (4711).to_bytes(2, "big") + (443).to_bytes(2, "big")
IPV6 = bytes.fromhex("20010db8000000000000000000000001" * 2) + b"\x00\x50\xff\xff"
UNIX = b"/run/a".ljust(108, b"\0") * 2


def v2(family: int, body: bytes = b"", *, command: int = 0x21, size: int | None = None) -> bytes:
    """A header of version 2."""
    return SIGNATURE + bytes([command, family]) + (len(body) if size is None else size).to_bytes(2, "big") + body


def tlv(kind: int, value: bytes) -> bytes:
    """One TLV."""
    return bytes([kind]) + len(value).to_bytes(2, "big") + value


def signed(family: int, body: bytes, after: bytes = b"", *, wrong: int = 0) -> bytes:
    """A header of version 2 with its checksum, and TLVs after that."""
    plain = v2(family, body + tlv(3, bytes(4)) + after)
    at = 16 + len(body) + 3
    return plain[:at] + (crc32c(plain) ^ wrong).to_bytes(4, "big") + plain[at + 4 :]


class Good(NamedTuple):
    name: str
    raw: bytes
    client: Place | None = None
    server: Place | None = None
    secure: bool = False

    @property
    def announced(self) -> Announced:
        return Announced(len(self.raw), self.client, self.server, self.secure)


class Bad(NamedTuple):
    name: str
    raw: bytes
    why: str


_V4 = (("192.0.2.1", "4711"), ("198.51.100.2", "443"))
_V6 = (("2001:db8::1", "80"), ("2001:db8::1", "65535"))
_NAMELESS = (("", ""), ("", ""))
_SSL = tlv(0x20, b"\x01\0\0\0\0" + tlv(0x21, b"TLSv1.3"))

GOOD = (
    Good("v1 TCP4", b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n", *_V4),
    Good("v1 TCP6", b"PROXY TCP6 2001:db8::1 2001:0db8:0::0001 80 65535\r\n", *_V6),
    Good("v1 the longest TCP6", b"PROXY TCP6 " + b" ".join([b":".join([b"ffff"] * 8)] * 2) + b" 65535 65535\r\n",
         *[(":".join(["ffff"] * 8), "65535")] * 2),
    Good("v1 ports zero", b"PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", *[("0.0.0.0", "0")] * 2),
    Good("v1 UNKNOWN", b"PROXY UNKNOWN\r\n"),
    Good("v1 UNKNOWN, more to be ignored", b"PROXY UNKNOWN ffff::1 x 70000 \x00\xff\r\n"),
    Good("v1 of 107 bytes", b"PROXY UNKNOWN " + b"f" * 91 + b"\r\n"),
    Good("v2 TCP over IPv4", v2(0x11, IPV4), *_V4),
    Good("v2 UDP over IPv4", v2(0x12, IPV4), *_V4),
    Good("v2 TCP over IPv6", v2(0x21, IPV6), *_V6),
    Good("v2 UNIX", v2(0x31, UNIX), *_NAMELESS),
    Good("v2 UNIX datagrams", v2(0x32, UNIX), *_NAMELESS),
    Good("v2 LOCAL", v2(0, command=0x20)),
    Good("v2 LOCAL with a family and bytes to be ignored", v2(0xFF, b"\xff" * 20, command=0x20)),
    Good("v2 UNSPEC", v2(0)),
    Good("v2 UNSPEC with bytes to be ignored", v2(0, b"\xff" * 20)),
    Good("v2 family without transport", v2(0x10, IPV4)),
    Good("v2 TLVs", v2(0x11, IPV4 + tlv(1, b"h2") + tlv(4, b"") + tlv(5, b"id") + tlv(0xEA, b"\1vpce")), *_V4),
    Good("v2 TLS at the client", v2(0x11, IPV4 + _SSL), *_V4, secure=True),
    Good("v2 no TLS at the client", v2(0x11, IPV4 + tlv(0x20, b"\x06\0\0\0\0")), *_V4),
    Good("v2 an empty SSL TLV", v2(0x11, IPV4 + tlv(0x20, b"")), *_V4),
    Good("v2 checksum", signed(0x11, IPV4), *_V4),
    Good("v2 checksum among TLVs", signed(0x21, IPV6 + tlv(1, b"h2"), _SSL), *_V6, secure=True),
    Good("v2 the longest", v2(0x11, IPV4 + tlv(4, bytes(4096 - 16 - 12 - 3))), *_V4),
)  # fmt: skip

_LINE, _ADDRESS, _PORT = "is not `PROXY", "not of the family", "a port is not"

BAD = (
    Bad("HTTP", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "does not begin with a PROXY header"),
    Bad("TLS", b"\x16\x03\x01\x02\x00", "does not begin with a PROXY header"),
    Bad("uwsgi", b"\x00\x10\x00\x00", "does not begin with a PROXY header"),
    Bad("a POST", b"POST / HTTP/1.1\r\n", "does not begin with `PROXY `"),
    Bad("PROXY in lower case", b"Proxy TCP4 192.0.2.1 198.51.100.2 4711 443\r\n", "does not begin with `PROXY `"),
    Bad("v1 tab", b"PROXY\tTCP4 192.0.2.1 198.51.100.2 4711 443\r\n", "does not begin with `PROXY `"),
    Bad("v1 bare LF", b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\n", "does not end in CR LF"),
    Bad("v1 CR within", b"PROXY TCP4 192.0.2.1\r198.51.100.2 4711 443\r\n", "does not end in CR LF"),
    Bad("v1 CR CR LF", b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\r\n", "does not end in CR LF"),
    Bad("v1 of 108 bytes", b"PROXY UNKNOWN " + b"f" * 92 + b"\r\n", "longer than 107"),
    Bad("v1 without end", b"PROXY UNKNOWN " + b"f" * 300, "longer than 107"),
    Bad("v1 empty", b"PROXY \r\n", _LINE),
    Bad("v1 two spaces", b"PROXY  TCP4 192.0.2.1 198.51.100.2 4711 443\r\n", _LINE),
    Bad("v1 two spaces later", b"PROXY TCP4 192.0.2.1  198.51.100.2 4711 443\r\n", _LINE),
    Bad("v1 too little", b"PROXY TCP4 192.0.2.1 198.51.100.2 4711\r\n", _LINE),
    Bad("v1 too much", b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443 x\r\n", _LINE),
    Bad("v1 a space at the end", b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443 \r\n", _LINE),
    Bad("v1 UDP", b"PROXY UDP4 192.0.2.1 198.51.100.2 4711 443\r\n", _LINE),
    Bad("v1 UNKNOWNS", b"PROXY UNKNOWNS\r\n", _LINE),
    Bad("v1 IPv6 as TCP4", b"PROXY TCP4 ::1 ::1 1 1\r\n", _ADDRESS),
    Bad("v1 IPv4 as TCP6", b"PROXY TCP6 192.0.2.1 198.51.100.2 1 1\r\n", _ADDRESS),
    Bad("v1 a leading zero", b"PROXY TCP4 192.0.02.1 198.51.100.2 1 1\r\n", _ADDRESS),
    Bad("v1 three numbers", b"PROXY TCP4 192.0.2 198.51.100.2 1 1\r\n", _ADDRESS),
    Bad("v1 a zone", b"PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n", _ADDRESS),
    Bad("v1 a name", b"PROXY TCP4 localhost 198.51.100.2 1 1\r\n", _ADDRESS),
    Bad("v1 not ASCII", b"PROXY TCP4 \xb2 198.51.100.2 1 1\r\n", _ADDRESS),
    Bad("v1 port too high", b"PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n", _PORT),
    Bad("v1 port with a zero", b"PROXY TCP4 192.0.2.1 198.51.100.2 080 443\r\n", _PORT),
    Bad("v1 port of many digits", b"PROXY TCP4 192.0.2.1 198.51.100.2 1 999999\r\n", _PORT),
    Bad("v1 port with a sign", b"PROXY TCP4 192.0.2.1 198.51.100.2 +1 443\r\n", _PORT),
    Bad("v1 no port", b"PROXY TCP4 192.0.2.1 198.51.100.2  443\r\n", _PORT),
    Bad("v2 broken signature", b"\r\n\r\n\0\r\nQUIX\n\x21\x11\0\x0c" + IPV4, "signature"),
    Bad("an empty line, then HTTP", b"\r\nGET / HTTP/1.1\r\n", "signature"),
    Bad("v2 version 1", v2(0x11, IPV4, command=0x11), "neither LOCAL nor PROXY"),
    Bad("v2 version 3", v2(0x11, IPV4, command=0x31), "neither LOCAL nor PROXY"),
    Bad("v2 command 2", v2(0x11, IPV4, command=0x22), "neither LOCAL nor PROXY"),
    Bad("v2 family 4", v2(0x41, IPV4), "that there is not"),
    Bad("v2 transport 3", v2(0x13, IPV4), "that there is not"),
    Bad("v2 too short for IPv4", v2(0x11, IPV4[:-1]), "too short"),
    Bad("v2 IPv4 called IPv6", v2(0x21, IPV4), "too short"),
    Bad("v2 too short for UNIX", v2(0x31, UNIX[:-1]), "too short"),
    Bad("v2 nothing for IPv4", v2(0x11), "too short"),
    Bad("v2 a TLV of one byte", v2(0x11, IPV4 + b"\x04"), "TLV is longer"),
    Bad("v2 a TLV of two bytes", v2(0x11, IPV4 + b"\x04\0"), "TLV is longer"),
    Bad("v2 a TLV past the end", v2(0x11, IPV4 + b"\x04\0\1"), "TLV is longer"),
    Bad("v2 too long", v2(0x11, IPV4, size=4096 - 15), "at most 4096"),
    Bad("v2 the longest there is", v2(0x11, IPV4, size=65535), "at most 4096"),
    Bad("v2 LOCAL too long", v2(0, command=0x20, size=65535), "at most 4096"),
    Bad("v2 wrong checksum", signed(0x11, IPV4, wrong=1), "checksum"),
    Bad("v2 checksum of three bytes", v2(0x11, IPV4 + tlv(3, bytes(3))), "checksum"),
    Bad("v2 two checksums", signed(0x11, IPV4, tlv(3, bytes(4))), "checksum"),
)
