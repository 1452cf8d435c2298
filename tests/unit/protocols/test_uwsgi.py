"""The uwsgi protocol: every packet of the corpus, whole and cut at every byte."""

import json

import pytest

from adapter.protocols.http1.events import END, Event, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.uwsgi.receiving import Receiver
from kit.feeding import joined
from kit.packets import BAD, GOOD, MEANS, Bad, Good, asked, packet


def feed(limits: Limits, *pieces: bytes) -> list[Event]:
    """The events of these pieces, with content that touches joined."""
    return joined(Receiver(limits), pieces)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_packet_is_understood(case: Good) -> None:
    """What a front end may say means what CGI says, variable by variable, and the content is all of it."""
    head, *rest = feed(case.limits, case.raw)
    assert isinstance(head, Head), head
    assert head.variables == {name: text for name, text in {**MEANS, **case.means}.items() if text is not None}
    assert rest == ([case.body, END] if case.body else [END])
    assert (head.method, head.target, head.length) == (head.variables["REQUEST_METHOD"], case.target, len(case.body))
    assert (head.version, head.keep_alive, head.expect_continue) == ("HTTP/1.0", False, False)
    assert type(head.variables) is dict
    assert {type(each) for pair in head.variables.items() for each in pair} == {str}


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_packet_is_refused(case: Bad) -> None:
    """Anything else ends in one refusal, with a reason that does not repeat what was sent in a way that could forge a log line."""
    events = feed(case.limits, case.raw)
    assert len(events) == 1
    assert isinstance(events[0], Refusal)
    assert events[0].status == case.status
    assert case.why in events[0].reason
    assert events[0].reason.isprintable()


@pytest.mark.parametrize("case", [*GOOD[:-1], *BAD], ids=lambda case: case.name)
def test_cuts_change_nothing(case: Good | Bad) -> None:
    """The same bytes cut in two at any place, or one at a time, give the same events, reasons included."""
    whole = feed(case.limits, case.raw)
    for at in range(1, len(case.raw)):
        assert feed(case.limits, case.raw[:at], case.raw[at:]) == whole, f"cut at {at}"
    assert feed(case.limits, *(case.raw[at : at + 1] for at in range(len(case.raw)))) == whole


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_nothing_follows_a_refusal(case: Bad) -> None:
    """After a refusal the rest of the connection is never read as a request."""
    receiver = Receiver(case.limits)
    receiver.feed(case.raw)
    assert receiver.feed(asked()) == []
    assert not receiver.midway
    assert receiver.eof() is None


def test_one_request_per_connection() -> None:
    """What comes after the request is no second one."""
    receiver = Receiver(Limits())
    assert receiver.feed(asked())[1:] == [END]
    assert receiver.feed(asked()) == []
    assert not receiver.midway
    assert receiver.eof() is None


def test_an_end_within_a_request_is_told_from_one_outside() -> None:
    """`midway` and `eof` know, at every byte, whether a request is open."""
    raw = asked({b"CONTENT_LENGTH": b"5"}, body=b"hello")
    for at in range(len(raw) + 1):
        receiver = Receiver(Limits())
        receiver.feed(raw[:at])
        inside = 0 < at < len(raw)
        assert receiver.midway == inside
        refusal = receiver.eof()
        assert (refusal is not None) == inside
        assert refusal is None or refusal.status == 400
        assert not receiver.midway


def test_another_receiver_goes_on() -> None:
    """A connection may go to another worker at any byte: who takes it goes on as if nothing had been, through JSON and back."""
    raw = asked({b"CONTENT_LENGTH": b"5", b"REQUEST_URI": b"/\xe9"}, body=b"hello")
    whole = feed(Limits(), raw)
    assert len(whole) == 3
    for at in range(len(raw) + 1):
        first = Receiver(Limits())
        events = first.feed(raw[:at])
        second = Receiver.from_plain(json.loads(json.dumps(first.to_plain())), Limits())
        assert second.midway == first.midway
        events += second.feed(raw[at:])
        joined = [event for event in events if not isinstance(event, bytes)]
        assert joined == [whole[0], END]
        assert b"".join(event for event in events if isinstance(event, bytes)) == b"hello"
        assert second.feed(raw) == []


def test_content_is_not_held_back() -> None:
    """Content is passed on as it comes: a large body is never collected here."""
    receiver = Receiver(Limits())
    assert len(receiver.feed(asked({b"CONTENT_LENGTH": b"10"}))) == 1
    assert receiver.feed(b"abc") == [b"abc"]
    assert receiver.feed(b"defghijk") == [b"defghij", END]


def test_a_header_of_four_bytes_decides_about_modifiers() -> None:
    """Who speaks another protocol is told at once, and nothing more of it is kept."""
    receiver = Receiver(Limits())
    assert isinstance(receiver.feed(b"\x16\x03\x01\x02")[0], Refusal)
    assert len(receiver._buffer) == 0
    receiver = Receiver(Limits())
    assert receiver.feed(packet((), modifiers=(255, 0))[:3]) == []
