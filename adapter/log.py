"""One fact per line: `adapter: LEVEL: sentence key=value key=value`, or the same as a JSON object per line.

Nothing that came from outside can forge a line: whatever is not printable is escaped, and each line of a block (a traceback)
carries the prefix. A log that cannot be written never stops the server: the line is lost, and counted.
"""

from __future__ import annotations

import os
import stat
import time

from adapter.poll import PIPE_BUF, writable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+,%[]()*-")
_LONGEST = 2000  # characters of one value; more tells nobody more, and a line should be one write(2) to a pipe (PIPE_BUF)
_GRACE = 0.1  # seconds for a reader that is merely busy; given once, until it has read

Value = str | int | float | bool | None


def escape(text: str) -> str:
    """The text with everything but printable characters (and the backslash) escaped as in a Python string."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.encode("unicode_escape").decode("ascii")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " [...]"


def _value(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = _cut(str(value))
    if text and _PLAIN.issuperset(text):
        return text
    return '"' + escape(text).replace('"', '\\"') + '"'


def _plain(value: Value) -> Value:
    """For JSON, which has no infinity."""
    if isinstance(value, float):
        return round(value, 6) if abs(value) < float("inf") else str(value)
    return _cut(value) if isinstance(value, str) else value


class Outlet:
    """A descriptor that is written to without ever waiting for its reader. `lost` counts writes that came to nothing.

    O_NONBLOCK would be simpler, but it belongs to the open file, which the supervisor and its other children use too.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.lost = 0
        self._torn = False  # the last line has no end: the next one must not become part of it

    def write(self, data: bytes) -> bool:
        """Write whole lines; False: they are lost, at least in part."""
        rest = b"\n" + data if self._torn else data
        try:
            while rest:
                rest = rest[self._put(rest) :]
        except OSError:  # EPIPE (the logger died), EAGAIN (it is stopped), ENOSPC: a lost line, never a lost server
            self.lost += 1
            self._torn = len(rest) != len(data)  # part of it was written; or it still is, and even the line end was not
            return False
        self._torn = False
        return True

    def _put(self, data: bytes) -> int:
        try:
            return self._attempt(data)
        except BlockingIOError:
            if self.lost or not writable(self.fd, _GRACE):
                raise
            return self._attempt(data)

    def _attempt(self, data: bytes) -> int:
        """What was written. Raises OSError, BlockingIOError when that would have to wait."""
        mode = os.fstat(self.fd).st_mode
        if stat.S_ISREG(mode):
            return os.write(self.fd, data)
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            try:
                return os.pwritev(self.fd, [data], -1, os.RWF_NOWAIT)
            except OSError as error:
                if not _unknown_here(error):
                    raise
        if not writable(self.fd, 0):
            raise BlockingIOError("its reader is slow")
        return os.write(self.fd, data[:PIPE_BUF])


def _unknown_here(error: OSError) -> bool:
    """Linux before 6.4 knows RWF_NOWAIT for files only."""
    from errno import EINVAL, ENOSYS, EOPNOTSUPP, ESPIPE  # noqa: PLC0415 -- inetd pays for each import

    return error.errno in (EOPNOTSUPP, EINVAL, ENOSYS, ESPIPE)


class Log:
    """Writes lines to one descriptor, each in a single write(2) so that lines of several processes never mix.

    `fields` are said at the end of each line: who is speaking (`worker=0 generation=1 pid=71`).
    `stamp` puts the time of day (UTC) in front; leave it to the supervisor's logger when that stamps.
    `form` is `text` or `json`.
    """

    def __init__(self, outlet: int | Outlet = 2, *, stamp: bool = True, form: str = "text", **fields: Value) -> None:
        self._outlet = outlet if isinstance(outlet, Outlet) else Outlet(outlet)
        self.stamp = stamp
        self.form = form
        self.fields = fields

    def bind(self, **fields: Value) -> Log:
        """The same log, spoken by someone with these fields."""
        return Log(self._outlet, stamp=self.stamp, form=self.form, **{**self.fields, **fields})

    def info(self, sentence: str, **fields: Value) -> None:
        """Something happened as it should."""
        self.say("info", sentence, **fields)

    def warning(self, sentence: str, **fields: Value) -> None:
        """Something an operator should look at; we go on."""
        self.say("warning", sentence, **fields)

    def error(self, sentence: str, **fields: Value) -> None:
        """Something was lost or refused; we go on."""
        self.say("error", sentence, **fields)

    def fatal(self, sentence: str, **fields: Value) -> None:
        """The last line before we exit."""
        self.say("fatal", sentence, **fields)

    def infos(self, facts: Iterable[tuple[str, Mapping[str, Value]]]) -> None:
        """Several lines of this level, in as few writes as keep each of them whole."""
        text, size = "", 0
        for sentence, fields in facts:
            line = self._line("info", sentence, {**fields, **self.fields})
            length = len(line.encode("utf-8", "backslashreplace"))
            if size and size + length > PIPE_BUF:
                self._write(text)
                text, size = "", 0
            text, size = text + line, size + length
        if text:
            self._write(text)

    def block(self, text: str) -> None:
        """Several lines (a traceback), each marked as ours so that none can be taken for another's line."""
        self._write("".join(self._line("text", line, {}) for line in text.rstrip("\n").split("\n")))

    def say(self, level: str, sentence: str, **fields: Value) -> None:
        """One line of this level."""
        self._write(self._line(level, sentence, {**fields, **self.fields}))

    def _line(self, level: str, sentence: str, fields: dict[str, Value]) -> str:
        if self.form == "json":
            import json  # noqa: PLC0415 -- only those who ask for JSON pay for it

            stamp = {"time": _now()} if self.stamp else {}
            said = {name: _plain(value) for name, value in fields.items()}
            return json.dumps({**stamp, "level": level, "message": _cut(sentence), **said}) + "\n"
        stamp_text = _now() + " " if self.stamp else ""
        if level == "text":
            return f"{stamp_text}adapter: | {escape(_cut(sentence))}\n"
        told = "".join(f" {name}={_value(value)}" for name, value in fields.items())
        return f"{stamp_text}adapter: {level}: {escape(_cut(sentence))}{told}\n"

    def _write(self, text: str) -> None:
        outlet = self._outlet
        if outlet.lost:
            lost = self._line("warning", "the log could not be written: lines are lost", {"writes": outlet.lost, **self.fields})
            if not outlet.write(lost.encode("utf-8", "backslashreplace")):
                return  # and so is this one, counted by the attempt
            outlet.lost = 0
        outlet.write(text.encode("utf-8", "backslashreplace"))


def _now() -> str:
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"
