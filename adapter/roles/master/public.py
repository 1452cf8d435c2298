"""What is told to whoever asks, and to nobody else: --stats (uWSGI's JSON) and --metrics (OpenMetrics over HTTP)."""

import json
import time
from collections.abc import Callable
from typing import Any

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.master.publishing import Publisher
from adapter.roles.master.watch import Watch

_JSON = "application/json"
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class Public:
    """Both publishers. `describe` gives the status record."""

    def __init__(self, log: Log, watch: Watch, describe: Callable[[], dict[str, Any]]) -> None:
        self._describe = describe
        self._by_http = False
        self._stats = Publisher(log, watch, "--stats", self._tell_stats)
        self._metrics = Publisher(log, watch, "--metrics", self._tell_metrics)

    def follow(self, settings: Settings) -> None:
        """Publish where these settings say. Raises Fatal; what could not be changed goes on as it was."""
        self._by_http = settings.stats_http
        self._stats.follow(settings.stats)
        self._metrics.follow(settings.metrics)

    def close(self) -> None:
        """The end."""
        self._stats.close()
        self._metrics.close()

    def _tell_stats(self, received: bytes) -> bytes | None:
        if self._by_http:
            return _over_http(received, "/", _JSON, self._uwsgi)
        return self._uwsgi()

    def _uwsgi(self) -> bytes:
        from adapter.scoreboard.uwsgistats import stats  # noqa: PLC0415 -- only masters that are asked pay for it

        return json.dumps(stats(self._describe(), time.time())).encode() + b"\n"

    def _tell_metrics(self, received: bytes) -> bytes | None:
        from adapter.scoreboard import openmetrics  # noqa: PLC0415 -- as above

        return _over_http(received, "/metrics", openmetrics.CONTENT_TYPE, lambda: openmetrics.text(self._describe()).encode())

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {"by_http": self._by_http, "stats": self._stats.to_plain(), "metrics": self._metrics.to_plain()}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self._by_http = bool(plain.get("by_http"))
        self._stats.restore(plain.get("stats", {}))
        self._metrics.restore(plain.get("metrics", {}))

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [*self._stats.fds(), *self._metrics.fds()]


def _over_http(received: bytes, path: str, kind: str, page: Callable[[], bytes]) -> bytes | None:
    """The answer to a GET (or HEAD) of this path, which ends the connection; None while the request's head is incomplete."""
    from adapter.protocols.http1.events import Head, Refusal  # noqa: PLC0415 -- as above
    from adapter.protocols.http1.limits import Limits  # noqa: PLC0415 -- as above
    from adapter.protocols.http1.receiving import Receiver  # noqa: PLC0415 -- as above

    said = Receiver(Limits(request_line=2048, header_count=64, header_bytes=8192, body=0)).feed(received)
    if not said:
        return None
    head = said[0]
    if isinstance(head, Refusal):
        return _response(head.status, "text/plain", head.reason.encode("ascii", "replace") + b"\n")
    if not isinstance(head, Head) or head.method not in ("GET", "HEAD"):
        return _response(405, "text/plain", b"only GET\n", "Allow: GET, HEAD\r\n")
    if head.target.partition("?")[0] != path:
        return _response(404, "text/plain", f"there is only {path}\n".encode())
    content = page()
    return _response(200, kind, content, body=head.method == "GET")


def _response(status: int, kind: str, content: bytes, more: str = "", *, body: bool = True) -> bytes:
    reason = _REASONS.get(status, "Refused")
    fields = f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\nCache-Control: no-store\r\nConnection: close\r\n"
    return f"HTTP/1.1 {status} {reason}\r\n{fields}{more}\r\n".encode() + (content if body else b"")
