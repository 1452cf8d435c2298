"""One fact per line: `adapter: LEVEL: sentence key=value key=value`.

Nothing that came from outside can forge a line: whatever is not printable is escaped, and each line
of a block (a traceback) carries the prefix. A log that cannot be written never stops the server.
"""

import os
import time

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+,%[]()*-")

Value = str | int | float | bool | None


def escape(text: str) -> str:
    """The text with everything but printable characters (and the backslash) escaped as in a Python string."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.encode("unicode_escape").decode("ascii")


def _value(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    if text and _PLAIN.issuperset(text):
        return text
    return '"' + escape(text).replace('"', '\\"') + '"'


class Log:
    """Writes lines to one descriptor, each in a single write(2) so that lines of several processes never mix.

    `fields` are said at the end of each line: who is speaking (`worker=0 generation=1 pid=71`).
    `stamp` puts the time of day (UTC) in front; leave it to the supervisor's logger when that stamps.
    `form` is `text` or `json`.
    """

    def __init__(self, fd: int = 2, *, stamp: bool = True, form: str = "text", **fields: Value) -> None:
        self.fd = fd
        self.stamp = stamp
        self.form = form
        self.fields = fields

    def bind(self, **fields: Value) -> "Log":
        """The same log, spoken by someone with these fields."""
        return Log(self.fd, stamp=self.stamp, form=self.form, **{**self.fields, **fields})

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
            return json.dumps({**stamp, "level": level, "message": sentence, **fields}) + "\n"
        stamp_text = _now() + " " if self.stamp else ""
        if level == "text":
            return f"{stamp_text}adapter: | {escape(sentence)}\n"
        said = "".join(f" {name}={_value(value)}" for name, value in fields.items())
        return f"{stamp_text}adapter: {level}: {escape(sentence)}{said}\n"

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        try:
            while data:
                data = data[os.write(self.fd, data) :]
        except OSError:
            # EPIPE (the logger died), EAGAIN (somebody made the pipe non-blocking), ENOSPC: a lost line, never a lost server.
            return


def _now() -> str:
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"
