"""The PROXY protocol: every header of the corpus, whole and cut at every byte."""

import pytest

from adapter.protocols.crc32c import crc32c
from adapter.protocols.http1.events import Refusal
from adapter.protocols.proxy import LONGEST, Announced, read
from kit.proxied import BAD, GOOD, Bad, Good


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_header_is_understood(case: Good) -> None:
    """What the specification allows means what it says, and ends where it ends, whatever comes after."""
    assert read(case.raw) == case.announced
    assert read(case.raw + b"GET / HTTP/1.1\r\n\r\n\n") == case.announced
    assert read(case.raw * 2) == case.announced


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_less_than_a_header_is_not_enough(case: Good) -> None:
    """Nothing is decided before the last byte of the header has come."""
    assert [at for at in range(len(case.raw)) if read(case.raw[:at]) is not None] == []
    assert len(case.raw) <= LONGEST


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_anything_else_is_refused(case: Bad) -> None:
    """What the specification forbids is refused, with a reason, and without waiting for more than it takes to see it."""
    refused = read(case.raw)
    assert isinstance(refused, Refusal)
    assert refused.status == 400
    assert case.why in refused.reason


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_refusal_stands(case: Bad) -> None:
    """However it is cut, it is refused in the end for the one reason, and never accepted on the way."""
    whole = read(case.raw)
    found = [read(case.raw[:at]) for at in range(len(case.raw) + 1)]
    first = next(at for at, each in enumerate(found) if each is not None)
    assert found == [None] * first + [whole] * (len(found) - first)
    assert read(case.raw + b"\r\n") == whole


def test_no_header_needs_more_than_the_longest() -> None:
    """After 4096 bytes it is decided, whatever they are."""
    for start in (b"PROXY UNKNOWN ", b"\r\n\r\n\0\r\nQUIT\n\x20\0\xff\xff", b"\r\n\r\n\0\r\nQUIT\n\x20\0\x0f\xf0"):
        assert read(start.ljust(LONGEST, b" ")) is not None


def test_the_checksum_is_castagnolis() -> None:
    """The check value that everybody quotes, and those of RFC 3720 B.4."""
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)).to_bytes(4, "little").hex() == "aa36918a"
    assert crc32c(b"\xff" * 32).to_bytes(4, "little").hex() == "43aba862"
    assert crc32c(bytes(range(32))).to_bytes(4, "little").hex() == "4e79dd46"


def test_what_is_announced_by_default() -> None:
    """A header without addresses leaves the connection's own ends."""
    assert Announced(15) == (15, None, None, False)
