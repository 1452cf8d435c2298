"""Where tests of HTTP/1.1 meet the parser: bytes in any pieces become a `Reading`, plain data that can be compared.

Everything that knows the parser's own shapes is in this file; the corpus, the comparisons and the fuzzer know only `Reading`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from adapter.protocols.http1.events import END, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver
from adapter.protocols.http1.sending import Reply
from adapter.protocols.spoken import HTTP


class Asked(NamedTuple):
    """One request, whole, as everybody behind the parser sees it."""

    method: str
    target: str
    version: str
    variables: dict[str, str]
    """What the request says, in CGI's spelling (RFC 3875 §4.1)."""
    body: bytes
    keep_alive: bool
    expect: bool
    """The client waits for 100 (RFC 9110 §10.1.1)."""


class Reading(NamedTuple):
    """What came out of some bytes."""

    requests: tuple[Asked, ...]
    partial: Asked | None
    """A head, and what came of its content, whose end has not come."""
    refusal: Refusal | None
    midway: bool
    """A message is open."""

    @property
    def status(self) -> int | None:
        """Of the refusal; None without one."""
        return self.refusal.status if self.refusal else None


class Reader:
    """A receiver (HTTP/1.1's unless another is given) whose events are held against their promised order, and gathered.

    AssertionError when they break it.
    """

    def __init__(self, limits: Limits, receiver: Any = None) -> None:
        self.receiver = receiver or Receiver(limits)
        self._limits = limits
        self._whole: list[Asked] = []
        self._head: Head | None = None
        self._body: list[bytes] = []
        self._refusal: Refusal | None = None

    def feed(self, piece: bytes) -> None:
        """Some more bytes."""
        alone = None
        if len(piece) > 3 and self._refusal is None:
            # Of HTTP/1.1 the receiver itself is asked, that has seen what came before; one of uwsgi would be over then.
            asked = self.receiver if self.receiver.spoken == HTTP else self._twin()
            alone = asked.whole(piece)
        events = self.receiver.feed(piece)
        assert alone is None or events == [alone, END], "the short way came to something else"
        for event in events:
            assert self._refusal is None, f"{event} after a refusal"
            if isinstance(event, Head):
                assert self._head is None, "a head within a request"
                self._head = event
            elif isinstance(event, bytes):
                assert self._head is not None, "content without a head"
                assert event, "empty content"
                self._body.append(event)
            elif event is END:
                assert self._head is not None, "an end without a head"
                asked = self._asked(self._head)
                assert self._head.length in {None, len(asked.body)}, "another length than the head says"
                self._whole.append(asked)
                self._head, self._body = None, []
            else:
                assert isinstance(event, Refusal), f"{event}"
                self._refusal = event

    def hand_over(self) -> None:
        """Another worker goes on, with what is told of the reading side so far."""
        if self._refusal is None:
            self.receiver = self._twin(lambda plain: json.loads(json.dumps(plain)))

    def _twin(self, sent: Callable[[Any], Any] = lambda plain: plain) -> Any:
        """A receiver that is just where ours is."""
        return type(self.receiver).from_plain(sent(self.receiver.to_plain()), self._limits)

    def reading(self) -> Reading:
        """All of it, so far."""
        partial = self._asked(self._head) if self._head else None
        assert not (partial and not self._refusal) or self.receiver.midway, "a message is open, and `midway` denies it"
        return Reading(tuple(self._whole), partial, self._refusal, self.receiver.midway)

    def _asked(self, head: Head) -> Asked:
        body = b"".join(self._body)
        assert len(body) <= self._limits.body, "more content than the limit"
        return Asked(head.method, head.target, head.version, variables(head), body, head.keep_alive, head.expect_continue)


def variables(head: Head) -> dict[str, str]:
    """What the head says, in CGI's spelling."""
    return head.variables


def read(pieces: Iterable[bytes], limits: Limits | None = None, *, handed_over: bool = False) -> Reading:
    """What these pieces, one after the other, come to. `handed_over`: after each of them another worker goes on."""
    reader = Reader(limits or Limits())
    for piece in pieces:
        reader.feed(piece)
        if handed_over:
            reader.hand_over()
    return reader.reading()


def in_two(raw: bytes, places: Iterable[int] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """The bytes cut in two, at every place or at these."""
    for at in range(1, len(raw)) if places is None else places:
        yield raw[:at], raw[at:]


def one_by_one(raw: bytes) -> list[bytes]:
    """Byte by byte."""
    return [raw[at : at + 1] for at in range(len(raw))]


DATE = b"Date: Tue, 24 Nov 2026 03:37:02 GMT\r\n"


def answer(status: Any, headers: Any) -> bytes:
    """The head that this response of an application's becomes, of content whose length is 0 unless told. ValueError when it is refused."""
    asked = Receiver(Limits()).feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")[0]
    assert isinstance(asked, Head)
    return Reply(asked, keep_alive=True).start(status, headers, date=DATE, length=0)
