"""The log, and the line for each request."""

from collections.abc import Sequence

from adapter.config.ini.rows import (
    Given,
    Line,
    Outcome,
    Row,
    Said,
    Sheet,
    Verdict,
    ignored,
    implied,
    refused,
    translated,
)
from adapter.config.uwsgilog import translated as formatted

_SYSLOG = "the supervisor's logger, or logger(1) behind stderr, sends it on"


def _file(value: str) -> str:
    """The file of `file:PATH`, `NAME file:PATH` or `file:logfile=PATH,maxsize=…`; empty when it is another kind of logger."""
    kind, colon, argument = value.rpartition(" ")[2].partition(":")
    if kind != "file" or not colon:
        return ""
    words = dict(word.partition("=")[::2] for word in argument.split(","))
    return words.get("logfile", "" if "=" in argument else argument)


def _logger(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    for line in lines:
        if line.value.rpartition(" ")[2].partition(":")[0] == "stdio":
            yield Said(line, Verdict.IMPLIED, "the log is on stderr")
        elif not (path := _file(line.value)):
            yield Said(line, Verdict.REFUSED, f"the log goes to stderr or a file: {_SYSLOG}")
        elif line is not lines[-1] or sheet.last("logto") or sheet.last("logto2"):
            yield Said(line, Verdict.IGNORED, "there is one log, and another line names its file")
        else:
            yield Given("log_file", path, (line,))


def _logto(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    if line.name == "logto2" and sheet.last("logto"):
        return [Said(line, Verdict.IGNORED, "logto names the file")]
    if line.value.rpartition(":")[2].isdigit():
        return [Said(line, Verdict.REFUSED, f"a log is no UDP address: {_SYSLOG}")]
    return [Given("log_file", line.value, (line,))]


def _requests(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    if _silent(sheet):
        return [Said(line, Verdict.IGNORED, "disable-logging")]
    if path := _file(line.value):
        return [Given("access_log", path, (line,))]
    if line.value.rpartition(" ")[2].partition(":")[0] == "stdio":
        return [Given("access_log", "-", (line,))]
    return [Said(line, Verdict.REFUSED, f"requests are logged to stdout or a file: {_SYSLOG}")]


def _form(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    if _silent(sheet):
        return [Said(line, Verdict.IGNORED, "disable-logging")]
    form, absent = formatted(line.value)
    told: list[Given | Said] = [Given("access_log_format", form, (line,))]
    if absent:
        told.append(Said(line, Verdict.TRANSLATED, f"`-` stands for what is not known here: {', '.join(absent)}"))
    return told


def _silent(sheet: Sheet) -> bool:
    """No request has a line."""
    return sheet.on("disable-logging") and not _failures(sheet)


def _failures(sheet: Sheet) -> list[Line]:
    """Which have one nevertheless."""
    return [line for name in ("log-4xx", "log-5xx") if (line := sheet.last(name))]


def _off(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """With log-4xx or log-5xx: only those have a line."""
    if not lines[-1].on:
        return []
    failures = _failures(sheet)
    if not failures:
        return [Given("access_log", "none", (lines[-1],))]
    only = Given("access_log_only", ",".join(line.name.removeprefix("log-") for line in failures), (lines[-1], *failures))
    return [only] if sheet.last("req-logger") else [Given("access_log", "-", (lines[-1],)), only]


def _failed(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    if sheet.on("disable-logging"):
        return []
    return [Said(line, Verdict.IGNORED, "each request has a line: it is for files with disable-logging") for line in lines]


ROWS: tuple[Row, ...] = (
    translated("logto", "log_file", _logto),
    translated("logto2", "log_file", _logto, "opened as whoever starts us"),
    translated("logger", "log_file", _logger, "`file:` and `stdio`"),
    translated("req-logger logger-req", "access_log", _requests, "`file:` and `stdio`"),
    refused("log-syslog log-socket rsyslog-* log-zeromq", _SYSLOG),
    refused("log-route log-req-route log-drain log-filter log-encoder log-req-encoder", "the supervisor's logger can choose; log-format json is for programs"),
    implied("log-master log-master-bufsize log-master-stream log-master-req-stream threaded-logger", "lines are whole, and written by a thread of their own"),
    translated("log-format logformat", "access_log_format", _form),
    translated("disable-logging L", "access_log", _off, "without it each request has a line on stdout, in the combined format"),
    translated("log-4xx", "access_log_only", _failed, "with disable-logging: these have a line nevertheless"),
    translated("log-5xx", "access_log_only", _failed, "the same"),
    ignored("log-slow log-zero log-big log-sendfile log-ioerror", "each request is logged, or those of log-4xx and log-5xx, or none: a line has size and time to choose by"),
    ignored("log-x-forwarded-for", "the client is told by forwarded-allow-ips"),
    ignored("log-date logdate log-prefix log-micros logformat-strftime log-format-strftime", "each line begins with the time (log-time)"),
    ignored("log-maxsize log-backupname log-truncate logfile-chmod logfile-chown", "logrotate(8), or the supervisor's own log"),
    implied("log-reopen", "a reload opens log files anew"),
    refused("alarm alarm-* log-alarm not-log-alarm not-alarm-log segfault-alarm backlog-alarm lq-alarm listen-queue-alarm", "adapter-alerts under supervisord, or Prometheus"),
)  # fmt: skip
