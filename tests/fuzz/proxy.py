"""The PROXY protocol as a balancer sends it, for the fuzzer. Each `_check` is an invariant; its docstring is the sentence."""

import re
import socket
from collections.abc import Hashable, Iterator
from random import Random

from adapter.protocols.http1.events import Refusal
from adapter.protocols.proxy import LONGEST, Announced, read
from fuzz.engine import Target
from kit.proxied import BAD, GOOD, SIGNATURE

_LINE = re.compile(rb"PROXY (TCP4|TCP6) ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4})\r\n")
_FIXED = 16


class Proxy(Target):
    """`adapter.protocols.proxy`. Half of the time the length that a header of version 2 says is made true."""

    name = "proxy"
    code = ("adapter/protocols/proxy.py", "adapter/protocols/crc32c.py")
    seeds = tuple(case.raw for case in (*GOOD, *BAD))
    tokens = (
        *(
            b"PROXY ",
            b"TCP4 ",
            b"TCP6 ",
            b"UNKNOWN",
            b"UDP4 ",
            b"192.0.2.1",
            b"::1",
            b"::ffff:1.2.3.4",
            b" 65535",
            b" 65536",
            b" 0",
            b" 00",
        ),
        *(
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b"  ",
            SIGNATURE,
            b"\x20",
            b"\x21",
            b"\x22",
            b"\x11",
            b"\x12",
            b"\x21",
            b"\x31",
            b"\x00\x0c",
            b"\x00",
        ),
        *(
            b"\x03\x00\x04\x00\x00\x00\x00",
            b"\x20\x00\x05\x01\x00\x00\x00\x00",
            b"\x04\x00\x00",
            b"\xff",
            b"%eth0",
            b"\x00\x00",
            b"GET / HTTP/1.1\r\n",
        ),
    )

    def run(self, data: bytes) -> Iterator[Hashable]:
        found = read(true(data))
        kinds: list[Hashable] = [found.reason if isinstance(found, Refusal) else found and (found.client is None, found.secure)]
        return iter(kinds)

    def judge(self, data: bytes, random: Random) -> None:
        for raw in (data, true(data)):
            found = read(raw)
            _check_prefixes(raw, found, random)
            if isinstance(found, Announced):
                _check_places(found)
                _check_said(raw, found)
            assert found is not None or len(raw) < LONGEST, "it waits for more than the longest"


def true(data: bytes) -> bytes:
    """With the length that a header of version 2 has."""
    if not data.startswith(SIGNATURE) or len(data) < _FIXED:
        return data
    return data[: _FIXED - 2] + min(len(data) - _FIXED, 65535).to_bytes(2, "big") + data[_FIXED:]


def _check_prefixes(raw: bytes, found: Announced | Refusal | None, random: Random) -> None:
    """As bytes come, it is undecided up to some byte and from there on the same, whatever follows."""
    places = range(len(raw)) if len(raw) < 150 else sorted(random.randrange(len(raw)) for _ in range(60))
    seen = [read(raw[:at]) for at in places]
    decided = [each for each in seen if each is not None]
    assert all(each is None for each in seen[: len(seen) - len(decided)]), "it decides, and then it does not know"
    assert all(each == found for each in decided), "it decides otherwise"
    if found is not None:
        assert read(raw + b"\r\n\x00GET") == found, "what follows changes it"


def _check_places(found: Announced) -> None:
    """Both ends or none, addresses that the system knows in their usual spelling, ports that are ports; a header has its limit."""
    assert 0 < found.size <= LONGEST
    assert (found.client is None) == (found.server is None)
    for host, port in filter(None, (found.client, found.server)):
        if (host, port) == ("", ""):
            continue
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        assert socket.inet_ntop(family, socket.inet_pton(family, host)) == host or "::" in host or "." in host
        assert str(int(port)) == port
        assert int(port) < 65536


def _check_said(raw: bytes, found: Announced) -> None:
    """Never two readings: what is announced stands in the header, read once more by the standard library."""
    if found.client is None or found.server is None:
        return
    header = raw[: found.size]
    if header.startswith(b"PROXY"):
        match = _LINE.fullmatch(header)
        assert match is not None, "no such line"
        family = socket.AF_INET if match[1] == b"TCP4" else socket.AF_INET6
        said = [socket.inet_pton(family, match[2].decode()), socket.inet_pton(family, match[3].decode())]
        ports = [match[4], match[5]]
    elif header[13] >> 4 == 3:
        return
    else:
        family, width = (socket.AF_INET, 4) if header[13] >> 4 == 1 else (socket.AF_INET6, 16)
        said = [header[_FIXED : _FIXED + width], header[_FIXED + width : _FIXED + 2 * width]]
        start = _FIXED + 2 * width
        ports = [b"%d" % int.from_bytes(header[at : at + 2], "big") for at in (start, start + 2)]
    assert [socket.inet_pton(family, place[0]) for place in (found.client, found.server)] == said, "other addresses"
    assert [place[1].encode() for place in (found.client, found.server)] == ports, "other ports"
