"""SCGI: what `cgi.receiving` needs to know of its packets."""

from typing import ClassVar

from adapter.protocols.cgi.receiving import Receiver as AnyReceiver
from adapter.protocols.cgi.variables import read_head
from adapter.protocols.http1.events import CGI, Head
from adapter.protocols.http1.limits import Limits
from adapter.protocols.spoken import SCGI

from .packet import size, split


class Receiver(AnyReceiver):
    """The reading side of one connection."""

    spoken: ClassVar[str] = SCGI
    __slots__ = ()

    @staticmethod
    def _size(begin: bytes | bytearray) -> int:
        return size(bytes(begin[:8]))

    @staticmethod
    def _read(packet: bytes, limits: Limits) -> Head:
        return read_head(*split(packet), limits, CGI)
