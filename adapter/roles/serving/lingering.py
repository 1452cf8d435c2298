"""The end of a connection whose client may still be sending (RFC 9112 §9.6): we say that we have said all, and then hear it out
for a while. Closing with bytes unread would send a reset, which could destroy our last response on its way. So one that sends
and sends is not cut off either: it is no longer read, its window closes, and it has until the deadline to look at the response.
"""

from _socket import SHUT_WR

from adapter.unix.descriptors import Connected

SECONDS = 2.0
BYTES = 1 << 24
_READ = 1 << 16
OVER = -1


def half_close(sock: Connected) -> bool:
    """Nothing more will come from us. False: there is nobody to tell."""
    try:
        sock.shutdown(SHUT_WR)
    except OSError:
        return False
    return True


def discard(sock: Connected, before: int) -> int:
    """Throw away what came. How much that makes with what came `before` (beyond BYTES: read no more); OVER: it is time to close."""
    try:
        count = len(sock.recv(_READ))
    except (BlockingIOError, InterruptedError):
        return before
    except OSError:
        return OVER
    return OVER if count == 0 else before + count
