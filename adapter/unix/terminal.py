"""A terminal, for a program that fills the screen: single keys, the alternate screen, frames in one write each.

Escape sequences are ECMA-48's and xterm's (ctlseqs), which every terminal that is not `dumb` takes. See termios(3).
"""

import os
import termios
import tty
from collections.abc import Mapping, Sequence
from typing import Any

_SMALLEST = os.terminal_size((80, 24))
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J"  # the alternate screen, no cursor, nothing on it
_LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l"
_HOME, _END_OF_LINE, _REST, _NORMAL = "\x1b[H", "\x1b[K", "\x1b[J", "\x1b[0m"
_SHAPES = {"title": "\x1b[7m", "head": "\x1b[1m"}
_COLOURS = {"good": "\x1b[32m", "bad": "\x1b[31m", "busy": "\x1b[33m", "faint": "\x1b[2m"}


def size(fd: int) -> os.terminal_size:
    """Columns and lines; 80 by 24 where nobody tells (a pipe, a terminal that was never given a size)."""
    try:
        told = os.get_terminal_size(fd)
    except OSError:
        return _SMALLEST
    return told if told.columns > 0 and told.lines > 0 else _SMALLEST


class Terminal:
    """`keys` and `screen` are descriptors. `environ` says TERM and NO_COLOR (no-color.org: any value but the empty one)."""

    def __init__(self, keys: int, screen: int, environ: Mapping[str, str]) -> None:
        self._keys = keys
        self._screen = screen
        self._dumb = environ.get("TERM", "dumb") in ("dumb", "")
        self._styles = {} if self._dumb else {**_SHAPES, **({} if environ.get("NO_COLOR") else _COLOURS)}
        self._before: list[Any] | None = None

    def enter(self) -> None:
        """Take the screen. Raises termios.error or OSError when it is none, or gone."""
        self._before = termios.tcgetattr(self._keys)
        tty.setcbreak(self._keys, termios.TCSANOW)  # Ctrl-C and Ctrl-Z stay signals
        if not self._dumb:
            self._write(_ENTER)

    def leave(self) -> None:
        """Give it back as it was. Twice does no harm; a terminal that is gone neither."""
        before, self._before = self._before, None
        if before is None:
            return
        try:
            if not self._dumb:
                self._write(_LEAVE)
            termios.tcsetattr(self._keys, termios.TCSANOW, before)
        except (OSError, termios.error):
            return

    def size(self) -> os.terminal_size:
        """Columns and lines, now."""
        return size(self._screen)

    def read(self) -> str:
        """The keys pressed since; empty when the terminal is gone."""
        return os.read(self._keys, 1024).decode("latin-1")

    def show(self, lines: Sequence[tuple[str, str]]) -> None:
        """A frame, each line with its style; over the one before it, nothing being wiped first, so nothing flickers."""
        painted = [f"{self._styles[style]}{text}{_NORMAL}" if style in self._styles else text for text, style in lines]
        if self._dumb:
            self._write("\n".join(painted).rstrip() + "\n\n")
        else:
            self._write(_HOME + "\r\n".join(line + _END_OF_LINE for line in painted) + _REST)

    def _write(self, text: str) -> None:
        data = text.encode("ascii", "replace")
        while data:
            data = data[os.write(self._screen, data) :]
