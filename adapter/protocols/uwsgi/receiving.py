"""The uwsgi protocol: what `cgi.receiving` needs to know of its packets."""

from typing import ClassVar

from adapter.protocols.cgi.receiving import Receiver as AnyReceiver
from adapter.protocols.cgi.variables import read_head
from adapter.protocols.http1.events import Head
from adapter.protocols.http1.limits import Limits
from adapter.protocols.spoken import UWSGI

from .packet import HEADER, block_size, split


class Receiver(AnyReceiver):
    """The reading side of one connection."""

    spoken: ClassVar[str] = UWSGI
    __slots__ = ()

    @staticmethod
    def _size(begin: bytes | bytearray) -> int:
        return HEADER + block_size(bytes(begin[:HEADER])) if len(begin) >= HEADER else 0

    @staticmethod
    def _read(packet: bytes, limits: Limits) -> Head:
        # To the front end we speak as to a client of HTTP/1.0 that closes: it knows no chunks (nginx) and comes once per connection.
        return read_head(*split(packet[HEADER:]), limits, "HTTP/1.0")
