"""Packets nobody wrote by hand."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.protocols.http1.events import END, Event, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.uwsgi.receiving import Receiver
from kit.feeding import joined
from kit.packets import BAD, GOOD, LEAST, SMALL, packet

NAMES = st.sampled_from([*LEAST, b"HTTP_X", b"HTTP_COOKIE", b"HTTP_CONTENT_LENGTH", b"HTTP_TRANSFER_ENCODING", b"HTTPS",
                         b"UWSGI_FILE", b"UWSGI_SCHEME", b"wsgi.input", b"X"]) | st.binary(max_size=6)  # fmt: skip
VALUES = st.sampled_from([*LEAST.values(), b"0", b"3", b"32", b"33", b"-1", b"POST", b"on"]) | st.binary(max_size=12)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=12).map(tuple)


def edited(raw: bytes, place: int, byte: int) -> bytes:
    """One byte is another."""
    at = place % len(raw)
    return raw[:at] + bytes([byte]) + raw[at + 1 :]


STREAMS = st.one_of(
    st.binary(max_size=400),
    st.builds(lambda more, body: packet((*LEAST.items(), *more), body), PAIRS, st.binary(max_size=40)),
    st.builds(packet, PAIRS, st.binary(max_size=40)),
    st.builds(edited, st.sampled_from([each.raw for each in (*GOOD[:-1], *BAD)]), st.integers(0, 500), st.integers(0, 255)),
)


def read(pieces: list[bytes], limits: Limits) -> tuple[list[Event], bool]:
    """The events of these pieces, with content that touches joined; and whether the end came too early."""
    receiver = Receiver(limits)
    return joined(receiver, pieces), receiver.eof() is not None


@settings(max_examples=1000, deadline=None)
@given(data=STREAMS, places=st.lists(st.integers(0, 4000), max_size=8))
def test_any_bytes_are_one_request_or_a_refusal(data: bytes, places: list[int]) -> None:
    """Whatever arrives, however cut: a head, its content, its end; or one refusal, and only last. Never an exception."""
    marks = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    events, early = read([data[a:b] for a, b in itertools.pairwise(marks)], SMALL)
    assert (events, early) == read([data], SMALL)
    if not events or isinstance(events[0], Refusal):
        assert len(events) <= 1
        return
    head, *rest = events
    assert isinstance(head, Head)
    owed = (head.length or 0) - sum(len(each) for each in rest if isinstance(each, bytes))
    assert 0 <= owed <= SMALL.body
    assert (END in rest) == (owed == 0) == (not early)
    for name, text in head.variables.items():
        assert type(name) is type(text) is str
        assert name.isascii() and name.isprintable() and name
        assert not name.startswith("UWSGI_")
        assert name.startswith("HTTP_") or "." not in name or name == "wsgi.url_scheme"
        assert "\0" not in text
    assert not {"HTTP_PROXY", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_TRANSFER_ENCODING"} & set(head.variables)
