"""How an alert reaches somebody: by a command of the user's choice, or a webhook. In a thread of its own: supervisord's events go on."""

import http.client
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urlsplit

from adapter.exits import Misuse
from adapter.supervisors.supervisord.alerting import Alert

_PATIENCE = 30.0  # seconds for a command
_ANSWER = 10.0  # seconds for each step of a webhook
_WAITING = 100  # alerts; more are lost, each with a line

Deliver = Callable[[Alert], str]
"""Gives the reason when it could not; an empty one when it could."""


def by_command(argv: Sequence[str]) -> Deliver:
    """Run this program, no shell; the sentence and its detail on stdin, its parts in ALERT_KIND, ALERT_PROCESS, ALERT_SENTENCE."""

    def deliver(alert: Alert) -> str:
        environ = {f"ALERT_{name.upper()}": value for name, value in alert.to_plain().items() if name != "detail"}
        text = "\n".join(filter(None, (alert.sentence, alert.detail))) + "\n"
        try:
            done = subprocess.run(
                argv,
                input=text.encode("utf-8", "backslashreplace"),
                env={**os.environ, **environ},
                stdout=subprocess.DEVNULL,  # ours is supervisord's protocol
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            return f"{argv[0]}: {error}"
        return f"{argv[0]}: exit code {done.returncode}" if done.returncode else ""

    return deliver


def by_webhook(url: str) -> Deliver:
    """POST the alert as JSON; only a 2xx is a success, no redirection is followed. Raises Misuse for what is no http(s) address."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or not url.isascii() or not url.isprintable() or " " in url:
        raise Misuse(f"--webhook: '{url}' is no address of the form http://HOST[:PORT]/PATH or https://…")

    def deliver(alert: Alert) -> str:
        body = json.dumps(alert.to_plain()).encode()
        wire = _wire(parts)
        try:
            wire.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, _HEADERS)
            status = wire.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return f"{parts.hostname}: {str(error) or type(error).__name__}"
        finally:
            wire.close()
        return "" if 200 <= status < 300 else f"{parts.hostname}: status {status}"  # noqa: PLR2004 -- what RFC 9110 15.3 calls successful

    return deliver


_HEADERS = {"Content-Type": "application/json", "User-Agent": "adapter-alerts"}


def _wire(parts: SplitResult) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(str(parts.hostname), parts.port, timeout=_ANSWER)


class Post:
    """Delivers one after the other. `say` is told of each that was lost."""

    def __init__(self, ways: Sequence[Deliver], say: Callable[[str], None]) -> None:
        self._ways = ways
        self._say = say
        self._waiting: queue.Queue[Alert | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, alert: Alert) -> None:
        """Take it to be delivered soon."""
        try:
            self._waiting.put_nowait(alert)
        except queue.Full:
            self._say(f"too many alerts are waiting; not delivered: {alert.sentence}")

    def close(self) -> None:
        """Deliver what waits, then end."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (alert := self._waiting.get()) is not None:
            for deliver in self._ways:
                if why := deliver(alert):
                    self._say(f"cannot deliver by {why}; it was: {alert.sentence}")
