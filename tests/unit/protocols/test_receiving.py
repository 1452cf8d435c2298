"""Every message of the corpus, whole and cut at every byte; and what the corpus cannot say."""

import pytest

from adapter.protocols.http1.events import END, End, Event, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver
from kit.messages import SMALL, VALID, Request, Valid
from kit.refusals import INVALID, Invalid

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def feed(limits: Limits, *pieces: bytes) -> list[Event]:
    """The events of these pieces, with content that touches joined."""
    receiver = Receiver(limits)
    events: list[Event] = []
    for piece in pieces:
        for event in receiver.feed(piece):
            if isinstance(event, bytes) and events and isinstance(events[-1], bytes):
                events[-1] += event
            else:
                events.append(event)
    return events


def fields(head: Head) -> tuple[tuple[str, str], ...]:
    """The fields of a head as the corpus writes them."""
    return tuple(
        (name[5:].lower().replace("_", "-"), value) for name, value in head.variables.items() if name.startswith("HTTP_")
    )


def as_requests(events: list[Event], like: tuple[Request, ...]) -> list[Request]:
    """The events as the corpus writes them; headers only where the corpus names them."""
    found: list[Request] = []
    head: Head | None = None
    body = b""
    for event in events:
        if isinstance(event, Head):
            head, body = event, b""
        elif isinstance(event, bytes):
            body += event
        else:
            assert event is END
            assert head is not None
            named = len(found) < len(like) and like[len(found)].headers is not None
            assert head.length in {None, len(body)}
            headers = fields(head) if named else None
            found.append(Request(head.method, head.target, body, head.version, head.keep_alive, head.expect_continue, headers))
    return found


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_a_valid_message_is_understood(case: Valid) -> None:
    """A message that the RFC allows means what the RFC says."""
    assert as_requests(feed(case.limits, case.raw), case.requests) == list(case.requests), case.rfc


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.name)
def test_an_invalid_message_is_refused(case: Invalid) -> None:
    """A message that the RFC forbids, or that passes a limit, ends in one refusal, after the requests before it."""
    events = feed(case.limits, case.raw)
    assert isinstance(events[-1], Refusal), (case.rfc, events)
    assert events[-1].status == case.status, (case.rfc, events)
    assert sum(isinstance(event, End) for event in events) == case.before


@pytest.mark.parametrize("case", [*VALID, *INVALID], ids=lambda case: case.name)
def test_cuts_change_nothing(case: Valid | Invalid) -> None:
    """The same bytes cut in two at any place, or one at a time, give the same events, reasons included."""
    whole = feed(case.limits, case.raw)
    for at in range(1, len(case.raw)):
        assert feed(case.limits, case.raw[:at], case.raw[at:]) == whole, f"cut at {at}"
    assert feed(case.limits, *(case.raw[at : at + 1] for at in range(len(case.raw)))) == whole


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.name)
def test_nothing_follows_a_refusal(case: Invalid) -> None:
    """After a refusal the rest of the connection is never read as a request."""
    receiver = Receiver(case.limits)
    receiver.feed(case.raw)
    assert receiver.feed(GET) == []
    assert not receiver.midway
    assert receiver.eof() is None


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_an_end_within_a_message_is_told_from_one_between(case: Valid) -> None:
    """`midway` and `eof` know, at every byte, whether a message is open."""
    for at in range(len(case.raw) + 1):
        receiver = Receiver(case.limits)
        events = receiver.feed(case.raw[:at])
        ended = sum(isinstance(event, End) for event in events)
        rest = sum(isinstance(event, End) for event in feed(case.limits, case.raw)) - ended
        midway = receiver.midway
        refusal = receiver.eof()
        assert (refusal is not None) == midway
        assert refusal is None or refusal.status == 400
        if midway:
            assert rest, "a message is open that never ends"
        else:
            assert not events or events[-1] is END
    assert not midway


def test_a_head_says_whether_content_follows() -> None:
    """`has_body` is False exactly when nothing can follow."""
    heads = [
        event
        for event in feed(SMALL, GET, GET.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"))
        if isinstance(event, Head)
    ]
    assert [(head.length, head.has_body) for head in heads] == [(0, False), (None, True)]


def test_content_is_not_held_back() -> None:
    """Content is passed on as it comes: a large body is never collected here."""
    receiver = Receiver(Limits())
    receiver.feed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
    assert receiver.feed(b"abc") == [b"abc"]
    assert receiver.feed(b"defghij" + GET[:3]) == [b"defghij", END]
    assert receiver.midway


def test_content_before_a_fault_is_told() -> None:
    """Chunks that came before a malformed one have been given out."""
    events = feed(Limits(), b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\ndex")
    assert events[1:] == [b"abcde", Refusal(400, "a chunk is not followed by CRLF (RFC 9112 §7.1)")]


def test_chunk_framing_is_paid_for() -> None:
    """Many small chunks pass; chunks that are mostly extensions are cut off (CVE-2023-39326)."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    honest = feed(Limits(), head, b"1\r\nx\r\n" * 20000, b"0\r\n\r\n")
    assert honest[1:] == [b"x" * 20000, END]
    greedy = feed(Limits(), head, (b"1;" + b"e" * 500 + b"\r\nx\r\n") * 40)
    assert isinstance(greedy[-1], Refusal)
    assert greedy[-1].status == 413


def test_a_long_line_costs_no_more_than_its_bytes() -> None:
    """What is held of an unfinished head never passes the limits by more than the piece that broke them."""
    receiver = Receiver(SMALL)
    for _ in range(1000):
        receiver.feed(b"x" * 16)
    assert len(receiver._section or b"") <= SMALL.request_line + 2 + 16
