"""Datagrams to the service manager that asked for them: sd_notify(3), without its library.

Never waiting: a service manager that does not read is one that we tell later.
"""

import array
import os
import socket
from collections.abc import Sequence


class Notifier:
    """`address`: an absolute path, or @NAME in the abstract namespace, as $NOTIFY_SOCKET says it. Raises OSError."""

    def __init__(self, address: str) -> None:
        self._where: str | bytes = b"\0" + os.fsencode(address[1:]) if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.connect(self._where)
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """To wait until it can be written to."""
        return self._socket.fileno()

    def send(self, message: str, fds: Sequence[int] = ()) -> None:
        """Say this, with these descriptors. Raises OSError; BlockingIOError when there is no room now."""
        try:
            self._put(message, fds)
        except (ConnectionRefusedError, ConnectionResetError):
            self._socket.connect(self._where)  # somebody listens there anew
            self._put(message, fds)

    def _put(self, message: str, fds: Sequence[int]) -> None:
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self._socket.sendmsg([message.encode("utf-8", "replace")], ancillary, socket.MSG_NOSIGNAL)

    def close(self) -> None:
        """The end."""
        self._socket.close()


def is_address(text: str) -> bool:
    """Is it one that we can send to?"""
    return text.startswith(("/", "@")) and len(text) > 1
