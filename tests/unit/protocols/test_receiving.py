"""What the corpus (test_corpus.py) cannot say of the receiving side."""

from adapter.protocols.http1 import usual
from adapter.protocols.http1.events import END, Event, Head, Refusal
from adapter.protocols.http1.fields import KINDS, kind_of
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.names import USUAL, variable
from adapter.protocols.http1.receiving import Receiver
from kit.cases import GET, SMALL
from kit.feeding import joined


def feed(limits: Limits, *pieces: bytes) -> list[Event]:
    """The events of these pieces, with content that touches joined."""
    return joined(Receiver(limits), pieces)


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


def test_usual_names() -> None:
    """What is looked up is what would be worked out: a server with the tables and one without understand the same."""
    usual.fill()
    assert {name: variable(name) for name in USUAL} == USUAL
    assert {name: kind_of(name) for name in KINDS} == KINDS
