"""PROXY protocol headers nobody wrote by hand."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.protocols.http1.events import Refusal
from adapter.protocols.proxy import LONGEST, Announced, read
from kit.proxied import BAD, GOOD, SIGNATURE, tlv, v2

PIECES = st.sampled_from(
    [
        *(b"PROXY ", b"TCP4 ", b"TCP6 ", b"UNKNOWN", b"192.0.2.1 ", b"::1 ", b"80 ", b"80", b"\r\n", b"\n", b"\r", b" ", b"\0"),
        *(SIGNATURE, b"\x21", b"\x20", b"\x11", b"\x21\x11\0\x0c", b"\x21\x11\0\x13", b"\0\x0c", bytes(12), tlv(3, bytes(4))),
        *(tlv(4, b"x"), tlv(0x20, b"\1\0\0\0\0"), b"GET / HTTP/1.1\r\n"),
    ]
)
KNOWN = st.sampled_from([each.raw for each in (*GOOD, *BAD)])


def changed(raw: bytes, place: int, byte: int) -> bytes:
    """One byte is another."""
    at = place % len(raw)
    return raw[:at] + bytes([byte]) + raw[at + 1 :]


STREAMS = st.one_of(
    st.binary(max_size=200),
    st.lists(PIECES, max_size=12).map(b"".join),
    st.builds(changed, KNOWN, st.integers(0, 5000), st.integers(0, 255)),
)


@settings(max_examples=500, deadline=None)
@given(data=STREAMS, places=st.lists(st.integers(0, 5000), max_size=8))
def test_any_bytes_are_decided_once(data: bytes, places: list[int]) -> None:
    """Whatever comes, however cut: undecided, then one answer for good; an answer never points past what came. Never an exception."""
    whole = read(data)
    found = [read(data[: place % (len(data) + 1)]) for place in sorted(places, key=lambda each: each % (len(data) + 1))]
    decided = [each for each in found if each is not None]
    assert found == [None] * (len(found) - len(decided)) + decided
    assert all(each == whole for each in decided)
    if isinstance(whole, Announced):
        assert 0 < whole.size <= min(len(data), LONGEST)
        assert read(data[: whole.size]) == whole
        assert read(data[: whole.size - 1]) is None
    elif whole is None:
        assert len(data) < LONGEST
    else:
        assert isinstance(whole, Refusal)


PORTS = st.integers(0, 65535)


@settings(max_examples=200, deadline=None)
@given(ends=st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)) | st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6)),
       ports=st.tuples(PORTS, PORTS), rest=st.binary(max_size=40), secure=st.booleans())  # fmt: skip
def test_both_versions_say_the_same(
    ends: tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address], ports: tuple[int, int], rest: bytes, *, secure: bool
) -> None:
    """Any addresses and ports arrive as they were sent, in the text and in the binary form."""
    source, destination = ends
    expected = (str(source), str(ports[0])), (str(destination), str(ports[1]))
    line = f"PROXY TCP{source.version} {source} {destination} {ports[0]} {ports[1]}\r\n".encode()
    assert read(line + rest) == Announced(len(line), *expected)
    body = source.packed + destination.packed + b"".join(port.to_bytes(2, "big") for port in ports)
    header = v2(0x11 if source.version == 4 else 0x21, body + (tlv(0x20, b"\1\0\0\0\0") if secure else b""))
    assert read(header + rest) == Announced(len(header), *expected, secure)
