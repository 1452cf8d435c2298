"""SCGI: every packet, whole and cut at every byte; and bytes that nobody wrote by hand."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.protocols.http1.events import END, Event, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.sending import refusal
from adapter.protocols.scgi.receiving import Receiver
from kit.calling import DATE
from kit.feeding import joined
from kit.netstrings import BAD, FIRST, REST, asked, packet
from kit.packets import MEANS, Bad


def feed(*pieces: bytes) -> list[Event]:
    """The events of these pieces, with content that touches joined."""
    return joined(Receiver(Limits()), pieces)


GOOD = {
    "nothing more": asked(),
    "content": asked(body=b"hello"),
    "what comes after it is dropped": asked(body=b"hello") + b"more",
    "a comma in the content": asked(body=b"1:,,"),
    "a value of any bytes but NUL": asked((b"HTTP_X", b"\xe9,:")),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_packet_is_understood(name: str) -> None:
    """It means what CGI says, variable by variable; the answer begins as a CGI program's."""
    head, *rest = feed(GOOD[name])
    assert isinstance(head, Head)
    assert (head.version, head.keep_alive, head.target) == ("CGI/1.1", False, "/p%20q?a=b")
    more = {name: head.variables[name] for name in ("CONTENT_LENGTH", "HTTP_X") if name in head.variables}
    assert head.variables == {**MEANS, "SCGI": "1", **more}
    content = {"content": b"hello", "what comes after it is dropped": b"hello", "a comma in the content": b"1:,,"}.get(name)
    assert rest == ([content, END] if content else [END])


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_packet_is_refused(case: Bad) -> None:
    """One refusal with a reason fit for the log; nothing of the connection is read as a request afterwards."""
    events = feed(case.raw)
    assert [type(event) for event in events] == [Refusal]
    assert isinstance(events[0], Refusal)
    assert events[0].status == case.status
    assert events[0].reason.startswith("scgi: ")
    assert case.why in events[0].reason
    assert events[0].reason.isprintable()
    assert feed(case.raw, asked()) == events


@pytest.mark.parametrize("raw", [*GOOD.values(), *(case.raw for case in BAD)])
def test_cuts_change_nothing(raw: bytes) -> None:
    """The same bytes cut in two at any place, or one at a time, give the same events."""
    whole = feed(raw)
    for at in range(1, len(raw)):
        assert feed(raw[:at], raw[at:]) == whole, f"cut at {at}"
    assert feed(*(raw[at : at + 1] for at in range(len(raw)))) == whole


def test_another_receiver_goes_on() -> None:
    """A connection may go to another worker at any byte, through JSON and back; an end within a request is told from one outside."""
    raw = asked(body=b"hello")
    for at in range(len(raw) + 1):
        first = Receiver(Limits())
        events = first.feed(raw[:at])
        second = Receiver.from_plain(json.loads(json.dumps(first.to_plain())), Limits())
        assert second.midway == first.midway == (0 < at < len(raw))
        assert [e for e in events + second.feed(raw[at:]) if not isinstance(e, bytes)] == [feed(raw)[0], END]
        assert (first.eof() is not None) == (0 < at < len(raw))


def test_a_whole_packet_at_once() -> None:
    """The short way gives the same head as the long one."""
    assert Receiver(Limits()).whole(asked()) == feed(asked())[0]
    assert Receiver(Limits()).whole(asked(body=b"x")) is None
    assert Receiver(Limits()).whole(b"") is None


def test_answers_begin_as_a_programs() -> None:
    """`Status:` instead of a status line; a refusal too."""
    assert refusal(400, date=DATE, cgi=True).startswith(b"Status: 400 Bad Request\r\nContent-Type: ")
    assert refusal(400, date=DATE).startswith(b"HTTP/1.1 400 Bad Request\r\n")


NAMES = st.sampled_from([b"CONTENT_LENGTH", b"SCGI", b"HTTP_X", b"REQUEST_METHOD", b"X"]) | st.binary(max_size=4)
PAIRS = st.lists(st.tuples(NAMES, st.sampled_from([b"0", b"1", b"3"]) | st.binary(max_size=6)), max_size=6).map(tuple)
STREAMS = st.one_of(
    st.binary(max_size=60),
    st.builds(packet, PAIRS, st.binary(max_size=8)),
    st.builds(lambda more, body: packet((*FIRST, *REST, *more), body), PAIRS, st.binary(max_size=8)),
    st.builds(lambda raw, at, byte: raw[:at] + bytes([byte]) + raw[at + 1 :], st.just(asked(body=b"hello")), st.integers(0, 300), st.integers(0, 255)),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(data=STREAMS, cut=st.integers(0, 400))
def test_any_bytes(data: bytes, cut: int) -> None:
    """Whatever arrives, however cut: a head, its content, its end, in this order; or one refusal, and only last. Never an exception."""
    events = feed(data)
    assert feed(data[:cut], data[cut:]) == events
    kinds = [type(event).__name__ for event in events]
    assert kinds in ([], ["Refusal"], ["Head"], ["Head", "bytes"], ["Head", "bytes", "End"], ["Head", "End"])
