"""Time and size: what a request may take."""

from collections.abc import Sequence

from adapter.config.ini.rows import Given, Line, Outcome, Row, Said, Sheet, Verdict, ignored, implied, renamed, translated
from adapter.config.ini.values import number
from adapter.exits import Misuse

_LINE = 8190  # what a request line may have without asking


def _bytes(line: Line) -> int:
    size = number(line.value)
    if size is None or size < 0:
        raise Misuse(f"{line}: this is not a number of bytes")
    return size


def _post(_: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    size = _bytes(line)
    return (
        [Given("max_body", str(size), (line,))] if size else [Said(line, Verdict.IGNORED, "a body has 1 GiB at most (max-body)")]
    )


def _buffer(_: Sheet, lines: Sequence[Line]) -> Outcome:
    """65536 bytes of fields are always taken, and uWSGI's most is one less; a long request line has to be asked for."""
    line = lines[-1]
    size = min(_bytes(line), 65535)
    if size <= _LINE:
        return [Said(line, Verdict.IMPLIED, "the fields of a request may have 65536 bytes, its line 8190")]
    return [Given("max_request_line", str(size), (line,))]


def _mercy(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """`reload-mercy` is for daemons only, though everybody sets it for workers."""
    line, workers = lines[-1], sheet.last("worker-reload-mercy")
    if line.name == "reload-mercy" and workers:
        return [Said(line, Verdict.IGNORED, f"{workers.name} = {workers.value} is kept")]
    return [Given("drain_timeout", line.value, (line,))]


ROWS: tuple[Row, ...] = (
    renamed("harakiri t", "request_timeout", "only that call gets 504, with its stack in the log; its worker's other calls finish"),
    implied("harakiri-verbose", "the stack of the call is in the log"),
    ignored("harakiri-graceful-timeout harakiri-graceful-signal harakiri-queue-threshold harakiri-no-arh no-harakiri-arh no-harakiri-after-req-hook", "nobody is killed: the call is given up, its worker relieved"),
    translated("worker-reload-mercy", "drain_timeout", _mercy, "of a stop, too; the supervisor's patience must be longer"),
    translated("reload-mercy", "drain_timeout", _mercy, "for workers, as everybody means it"),
    translated("limit-post", "max_body", _post, "1 GiB when not said"),
    translated("buffer-size b", "max_request_line", _buffer, "above 8190; the fields have 65536 bytes anyway"),
    implied("post-buffering post-buffering-bufsize", "bodies are buffered: 1 MiB in memory, then a file (body-memory)"),
    ignored("max-vars v response-headers-limit body-read-warning upload-progress", "max-header-count and max-header-bytes limit a request"),
    ignored("write-errors-tolerance write-errors-exception-only", "a client that has gone is nobody's error"),
    implied("ignore-sigpipe ignore-write-errors disable-write-exception", "a client that has gone is nobody's error"),
    ignored("profiler backtrace-depth use-abort cgi-mode clock", "there is no like of it"),
)  # fmt: skip
