"""The other end: what `adapter reload`, `stop` and `status` say to a running server, by its control socket or its pidfile."""

import json
import os
import select
import signal
import socket
import stat
import struct
import sys
import time
from typing import Any

from adapter import exits
from adapter.exits import Misuse, SystemFailure
from adapter.log import escape
from adapter.roles.finding import control_of
from adapter.scoreboard.rates import Rates
from adapter.scoreboard.screen import condition, is_ready, page
from adapter.unix import pidfiles
from adapter.unix.terminal import size

_PROMPT = 10.0  # seconds a master may take to answer what it answers at once


def reload(target: str, *, wait: bool, timeout: float | None) -> int:
    """Ask for a reload; with `wait`, return 0 only once the new generation serves, and print why it does not otherwise.

    Raises Misuse for a target that is none, SystemFailure when the server is lost or silent.
    """
    if not _is_control(target):
        if wait:
            raise Misuse(
                f"cannot wait by the pidfile {target}: a signal has no answer; start the server with --control PATH and name that"
            )
        _signal(pidfiles.read(target), signal.SIGHUP)
        return exits.STOPPED
    answer = _ask(target, {"command": "reload", "wait": wait}, timeout if wait else _PROMPT)
    if answer.get("ok"):
        if wait:
            print(f"generation {answer.get('generation')} serves")
        return exits.STOPPED
    _complain(f"reload failed: {answer.get('error')}", str(answer.get("detail") or ""))
    return exits.FAILED


def stop(target: str, *, wait: bool, timeout: float | None) -> int:
    """Ask for a draining stop; with `wait`, return once the server is gone (at most `timeout` seconds)."""
    control = _is_control(target)
    pid = _status(target)["pid"] if control else pidfiles.read(target)
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return exits.STOPPED  # it ended while we looked
    if control:
        _ask(target, {"command": "stop"}, _PROMPT)
    else:
        signal.pidfd_send_signal(process, signal.SIGTERM)
    if not wait:
        return exits.STOPPED
    readable = select.select([process], [], [], timeout)[0]
    if not readable:
        raise SystemFailure(
            f"pid {pid} still runs after {timeout:g} s; it may be draining: see its log, or wait longer with --timeout"
        )
    return exits.STOPPED


def status(target: str, *, as_json: bool, ready: bool) -> int:
    """Print what the server knows of itself; with `ready`, say in a word whether it should be sent requests, and exit by it."""
    record = _status(control_of(target))
    if ready:
        print(condition(record))
        return exits.STOPPED if is_ready(record) else exits.FAILED
    if as_json:
        print(json.dumps(record, indent=2))
        return exits.STOPPED
    try:
        lines = page(record, Rates.between(record, None), size(1).columns)
    except (LookupError, TypeError, ValueError) as error:
        raise SystemFailure(f"the server at {target} is of another version and tells other things; --json shows them") from error
    for line in lines:
        print(line.text)
    return exits.STOPPED


def _status(target: str) -> dict[str, Any]:
    record: dict[str, Any] = _ask(target, {"command": "status"}, _PROMPT)["status"]
    return record


def _is_control(target: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(target).st_mode)
    except OSError as error:
        raise Misuse(f"cannot find {target}: {error.strerror}; name the server's --control socket or --pidfile") from error


def _ask(path: str, question: dict[str, object], timeout: float | None) -> dict[str, Any]:
    """One question, one answer. `timeout` in seconds, None: as long as it takes."""
    with socket.socket(socket.AF_UNIX) as asked:
        # By the kernel's own clock (socket(7)): with Python's, a full queue is an error at once instead of a reason to wait.
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(_PROMPT), 0))
        try:
            asked.connect(path)
        except BlockingIOError:
            raise SystemFailure(f"no answer from {path} in time; see the server's log") from None
        except ConnectionRefusedError as error:
            raise SystemFailure(f"nobody listens at {path}: the server is gone") from error
        except OSError as error:
            raise Misuse(f"cannot ask {path}: {error.strerror}; the control socket belongs to the user of the server") from error
        asked.settimeout(_PROMPT)
        asked.sendall(json.dumps(question).encode() + b"\n")
        return _answer(asked, path, None if timeout is None else time.monotonic() + timeout)


def _answer(asked: socket.socket, path: str, until: float | None) -> dict[str, Any]:
    received = b""
    while not received.endswith(b"\n"):
        asked.settimeout(None if until is None else max(until - time.monotonic(), 0.001))
        try:
            data = asked.recv(65536)
        except TimeoutError:
            raise SystemFailure(f"no answer from {path} in time; see the server's log") from None
        except OSError as error:
            raise SystemFailure(f"lost the server at {path}: {error.strerror}") from error
        if not data:
            raise SystemFailure(f"lost the server at {path}: it ended before it answered")
        received += data
    try:
        answer = json.loads(received)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        raise Misuse(f"what listens at {path} is no control socket of adapter; name the server's --control socket or --pidfile")
    return answer


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except PermissionError as error:
        raise Misuse(f"cannot signal pid {pid}: not permitted; be the user of the server, or root") from error


def _complain(sentence: str, detail: str) -> None:
    print(f"adapter: error: {escape(sentence)}", file=sys.stderr)
    for line in detail.splitlines():
        print(f"adapter: | {escape(line)}", file=sys.stderr)
