"""A listener that takes nobody new, yet loses nobody who is there: what waits in its queue can be accepted in peace.

Three ways, each where the one before it cannot be had. What does not work: shutdown(2), which resets the queue; TCP_MD5SIG, which
drops SYNs, but also the ACK that ends a handshake; plain closing, which resets whoever came since the last accept (measured: with
12 hammering clients, 12 resets a stop).
"""

import array
import socket
import struct

from adapter.unix.listeners import Listener

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h; Python does not name them
_SO_BINDTOIFINDEX = 62
_NO_INTERFACE = 0x7FFFFFF0  # an index that no interface has

# Classic BPF (struct sock_filter: code, jt, jf, k). The filter of a TCP socket sees the segment from its TCP header on.
_PROGRAM = (
    (0x30, 0, 0, 13),  # A = byte 13 of the header, the flags
    (0x54, 0, 0, 0x12),  # A = A & (SYN | ACK)
    (0x15, 0, 1, 0x02),  # a SYN alone opens a connection:
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFFFFFF),  # keep all else; the ACK that ends a handshake too
)


def refuse_new(listener: Listener) -> bool:
    """Let nobody new into the queue of an owned TCP listener; it cannot be undone. False: some may still come.

    Best, a packet filter drops the SYNs (SO_ATTACH_FILTER, socket(7)): the client's kernel sends them again a second later, to
    our successor. Linux 6.18 wants CAP_NET_ADMIN for it. Else the listener is bound to an interface that does not exist
    (SO_BINDTOIFINDEX, Linux 5.7, no privilege): SYNs no longer find it and are refused, handshakes under way end well.
    Else the queue is made as short as can be.

    Nothing of this for an inherited one: the socket is our successor's too. Nor for UNIX: unlink the file instead.
    Accepted connections are not touched.
    """
    if not listener.owned or listener.socket.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    if _drop_syns(listener.socket) or _leave_interfaces(listener.socket):
        return True
    listener.socket.listen(0)
    return False


def _drop_syns(sock: socket.socket) -> bool:
    program = array.array("B", b"".join(struct.pack("=HBBI", *each) for each in _PROGRAM))
    # struct sock_fprog: how many instructions, and where they are; `program` lives until the kernel has its copy.
    fprog = struct.pack("@HP", len(_PROGRAM), program.buffer_info()[0])
    return _set(sock, _SO_ATTACH_FILTER, fprog)


def _leave_interfaces(sock: socket.socket) -> bool:
    return _set(sock, _SO_BINDTOIFINDEX, struct.pack("i", _NO_INTERFACE))


def _set(sock: socket.socket, option: int, value: bytes) -> bool:
    try:
        sock.setsockopt(socket.SOL_SOCKET, option, value)
    except OSError:
        return False
    return True
