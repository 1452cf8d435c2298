"""A listener that takes nobody new, yet loses nobody: a packet filter drops the SYNs, and the kernel of the client sends
them again a second later, to our successor. What waits in the backlog can be accepted in peace.
"""

import array
import socket
import struct

from adapter.unix.listeners import Listener

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h; Python does not name them
_SO_DETACH_FILTER = 27

# Classic BPF (struct sock_filter: code, jt, jf, k). The filter of a TCP socket sees the segment from its TCP header on.
_PROGRAM = (
    (0x30, 0, 0, 13),  # A = byte 13 of the header, the flags
    (0x54, 0, 0, 0x12),  # A = A & (SYN | ACK)
    (0x15, 0, 1, 0x02),  # a SYN alone opens a connection:
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFFFFFF),  # keep all else; the ACK that ends a handshake too
)


def refuse_new(listener: Listener) -> bool:
    """Drop SYNs to an owned TCP listener (SO_ATTACH_FILTER, socket(7); no privilege needed). False when that cannot be.

    It cannot for an inherited one: the filter is the socket's, our successor's too. Nor for UNIX: unlink the file instead.
    Accepted connections carry a copy of the filter: in an open connection a SYN means nothing.
    """
    if not listener.owned or listener.socket.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    program = array.array("B", b"".join(struct.pack("=HBBI", *each) for each in _PROGRAM))
    # struct sock_fprog: how many instructions, and where they are; `program` lives until the kernel has its copy.
    fprog = struct.pack("@HP", len(_PROGRAM), program.buffer_info()[0])
    try:
        listener.socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, fprog)
    except OSError:
        return False
    return True


def accept_new(listener: Listener) -> None:
    """Take the filter away again; nothing happens when there is none."""
    try:
        listener.socket.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, b"\0\0\0\0")
    except OSError:
        # ENOENT: no filter was attached.
        return
