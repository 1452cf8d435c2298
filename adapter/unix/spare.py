"""A descriptor kept in reserve, so that a client can be hung up on when there is none left to accept it with.

Left in the queue it would be reported as readable for ever, and a loop that cannot accept it would spin.
"""

import os
import socket


class Spare:
    """One descriptor of /dev/null."""

    def __init__(self) -> None:
        self._fd = -1
        self._take()

    def turn_away(self, listener: socket.socket) -> None:
        """Accept one client in the reserve's place, hang up, and keep a reserve again (as soon as there is one)."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        try:
            listener.accept()[0].close()
        except OSError:
            pass  # it left by itself, or another thread took the descriptor
        self._take()

    def _take(self) -> None:
        try:
            self._fd = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._fd = -1
