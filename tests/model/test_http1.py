"""Histories nobody wrote by hand: random cuts, random bytes, random responses (test_second_opinions.py: the corpus as others read it)."""

import itertools

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.protocols.http1.events import END, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver
from adapter.protocols.http1.sending import Reply
from kit.cases import Case
from kit.corpus import CASES
from kit.feeding import joined

SMALL = Limits(request_line=64, header_count=6, header_bytes=256, body=64)
PIECES = st.sampled_from(
    [
        *(
            b"GET / HTTP/1.1\r\n",
            b"POST /a HTTP/1.1\r\n",
            b"GET / HTTP/1.0\r\n",
            b"Host: a\r\n",
            b"Content-Length: 3\r\n",
            b"X: y\r\n",
        ),
        *(
            b"Transfer-Encoding: chunked\r\n",
            b"Connection: close\r\n",
            b"Expect: 100-continue\r\n",
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b":",
            b"\x00",
        ),
        *(
            b"abc",
            b"3\r\nabc\r\n",
            b"0\r\n\r\n",
            b"0\r\nX: y\r\n\r\n",
            b"3;a=b\r\nabc\r\n",
            b"x" * 70,
            b"Upgrade: h2c\r\nConnection: upgrade\r\n",
        ),
    ]
)
STREAMS = st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=30).map(b"".join))


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(marks)]


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(CASES), places=st.lists(st.integers(0, 4000), max_size=12))
def test_any_cuts_of_a_known_message(case: Case, places: list[int]) -> None:
    """A message of the corpus means the same however it is cut."""
    assert joined(Receiver(case.limits), cut(case.raw, places)) == joined(Receiver(case.limits), [case.raw])


@settings(max_examples=500, deadline=None)
@given(data=STREAMS, places=st.lists(st.integers(0, 4000), max_size=12))
def test_any_bytes_are_events_or_a_refusal(data: bytes, places: list[int]) -> None:
    """Whatever arrives, however cut: heads, content and ends in their order, at most one refusal and only last; never an exception."""
    events = joined(Receiver(SMALL), cut(data, places))
    assert events == joined(Receiver(SMALL), [data])
    owed: int | None = 0
    open_now = False
    for place, event in enumerate(events):
        if isinstance(event, Head):
            assert not open_now
            open_now, owed = True, event.length
            assert (owed or 0) <= SMALL.body
        elif isinstance(event, bytes):
            assert open_now
            assert event
            owed = None if owed is None else owed - len(event)
        elif event is END:
            assert open_now
            assert owed in {0, None}
            open_now = False
        else:
            assert isinstance(event, Refusal)
            assert place == len(events) - 1


@settings(max_examples=300, deadline=None)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    code=st.sampled_from([200, 204, 205, 304, 404, 500]),
    old=st.booleans(),
    wanted=st.booleans(),
    length=st.sampled_from(["told", "known", "unknown"]),
    chunks=st.lists(st.binary(max_size=40), max_size=5),
)
def test_a_client_reads_what_the_application_gave(
    method: str, code: int, length: str, chunks: list[bytes], *, old: bool, wanted: bool
) -> None:
    """h11 as a client reads every response that we frame: all of the content or none where there is none, and the connection's fate."""
    head = Head(method, "/", "HTTP/1.0" if old else "HTTP/1.1", {}, keep_alive=True, expect_continue=False, length=0)
    reply = Reply(head, keep_alive=wanted)
    size = sum(map(len, chunks))
    told = [("Content-Length", str(size))] if length == "told" else []
    data = reply.start(f"{code} Word", told, date=b"Date: now\r\n", length=size if length == "known" else None)
    data += b"".join(map(reply.data, chunks)) + reply.finish()
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(data)
    if not reply.keep_alive:
        client.receive_data(b"")
    body = b""
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        assert event is not h11.NEED_DATA
        assert event is not h11.PAUSED
        body += bytes(event.data) if isinstance(event, h11.Data) else b""
    contentless = method == "HEAD" or code in {204, 205, 304}
    assert body == (b"" if contentless else b"".join(chunks))
    assert client.trailing_data == (b"", not reply.keep_alive)
    if not old:
        assert reply.keep_alive == (wanted and client.their_state is h11.DONE)
