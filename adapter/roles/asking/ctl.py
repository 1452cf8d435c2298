"""The other end: what `adapter ctl`, `reload` and `stop` ask of a running server, and how they tell what became of it."""

import json
import os
import select
import sys
import time
from typing import Any

from adapter import exits
from adapter.exits import Fatal, Misuse, SystemFailure
from adapter.lifecycle.commands import CHANGES, Command
from adapter.log import escape
from adapter.roles.asking.dialogue import PROMPT, Dialogue, ask
from adapter.roles.asking.finding import control_of
from adapter.roles.asking.targets import Kind, kind_of, send_signal, write_letter
from adapter.unix import pidfiles

_STOPS = (Command.STOP, Command.STOP_NOW)
_LOOK = 1.0  # seconds between two looks at what is in flight, while somebody waits


class Teller:
    """Says what happens, on stdout: lines for people, or JSON objects as they came."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._last = ""

    def done(self, sentence: str, answer: dict[str, Any]) -> int:
        """It is as was asked."""
        print(json.dumps(answer) if self._as_json else sentence, flush=True)
        return exits.STOPPED

    def failed(self, sentence: str, answer: dict[str, Any]) -> int:
        """It is not."""
        if self._as_json:
            print(json.dumps(answer), flush=True)
            return exits.FAILED
        print(f"adapter: error: {escape(sentence)}", file=sys.stderr)
        for line in str(answer.get("detail") or "").splitlines():
            print(f"adapter: | {escape(line)}", file=sys.stderr)
        return exits.FAILED

    def stacks(self, answer: dict[str, Any]) -> int:
        """What each worker is doing; 0 when at least one of them has shown it."""
        shown = answer["stacks"]
        if self._as_json:
            print(json.dumps(answer), flush=True)
        for each in () if self._as_json else shown:
            request = f": {each['request']}" if each.get("request") else ""
            print(escape(f"worker {each['worker']}, slot {each['slot']}, pid {each['pid']}{request}"))
            for line in (each["stack"] or f"  {each.get('error')}").splitlines():
                print(escape(line))
        return exits.STOPPED if any(each["stack"] for each in shown) else exits.FAILED

    def progress(self, answer: dict[str, Any]) -> None:
        """The server's log says this."""
        if self._as_json:
            print(json.dumps(answer), flush=True)
            return
        fields = "".join(f" {name}={_shown(value)}" for name, value in dict(answer.get("fields") or {}).items())
        print(escape(f"{answer['progress']}{fields}"), flush=True)

    def in_flight(self, status: dict[str, Any]) -> None:
        """Who drains, and what they still hold; said again only when it has changed."""
        lines = [_held(each) for each in status.get("workers", ()) if each.get("stage") in ("draining", "aborting")]
        said = "; ".join(line for line, _ in lines)
        if not lines or said == self._last:
            return
        self._last = said
        for line, running in lines:
            if self._as_json:
                print(json.dumps({"progress": line, "fields": {"running": running}}), flush=True)
            else:
                print(escape(": ".join(filter(None, (line, ", ".join(running))))), flush=True)


def _shown(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _held(worker: dict[str, Any]) -> tuple[str, list[str]]:
    running = [f"{each['line']} for {each['seconds']:.1f} s" for each in worker.get("running", ())]
    held = f", {worker['in_flight']} in flight" if worker.get("in_flight") else ""
    return f"slot {worker.get('slot')} drains{held}", running


def can_answer(target: str) -> bool:
    """Does it lead to a control socket? Raises Misuse when it is nothing."""
    return _control(target, kind_of(target)) is not None


def ctl(target: str, command: Command, number: int | None = None, *, wait: bool, timeout: float | None, as_json: bool) -> int:
    """Ask; with `wait`, return when it has come to its end, at most `timeout` seconds later. The exit code.

    Raises Misuse for what that target cannot do or nobody can wait for, SystemFailure when the server is lost or silent.
    """
    teller = Teller(as_json=as_json)
    more: dict[str, object] = {} if number is None else {"number": number}
    if wait and command not in (*CHANGES, *_STOPS, Command.TRACEBACK):
        raise Misuse(f"there is nothing to wait for: {command.value} is done when it is answered; leave --wait out")
    kind = kind_of(target)
    control = _control(target, kind)
    if control is not None:
        return _by_control(control, {"command": command.value, **more}, command, teller, wait=wait, timeout=timeout)
    if more:
        raise Misuse(f"cannot say a number by the {kind.value} {target}: start the server with --control PATH and name that")
    if wait and (kind is Kind.FIFO or command not in _STOPS):
        raise Misuse(
            f"cannot wait by the {kind.value} {target}: it has no answer; start the server with --control PATH and name that"
        )
    if kind is Kind.FIFO:
        sentence = write_letter(target, command)
        return teller.done(sentence, {"ok": True, "done": sentence})
    sent = send_signal(target, command)
    try:
        if wait:
            _await_end(sent.process, sent.pid, timeout)
        sentence = f"pid {sent.pid} is gone" if wait else sent.sentence
        return teller.done(sentence, {"ok": True, "done": sentence})
    finally:
        os.close(sent.process)


def _control(target: str, kind: Kind) -> str | None:
    """The control socket: the target itself, or the one that the server behind a pidfile was started with, if it still has it."""
    if kind is not Kind.PIDFILE:
        return target if kind is Kind.CONTROL else None
    try:
        path = control_of(target)
        with Dialogue(path) as line:
            return path if line.pid == pidfiles.read(target) else None
    except Fatal:
        return None  # it has none, or the pidfile names nobody: whoever sends a signal will say so


def _by_control(
    path: str, question: dict[str, object], command: Command, teller: Teller, *, wait: bool, timeout: float | None
) -> int:
    if command is Command.TRACEBACK:
        return _stacks(path, question, teller, timeout)
    if not wait:
        answer = ask(path, question)
        if answer.get("ok"):
            return teller.done(f"asked for {command.value}, pid {answer.get('pid')}", answer)
        return teller.failed(str(answer.get("error")), answer)
    until = None if timeout is None else time.monotonic() + timeout
    with Dialogue(path) as line:
        if command in _STOPS:
            return _stop(line, command, teller, until)
        line.say({**question, "wait": True, "progress": True})
        answer = _outcome(line, path, teller, until)
    if answer.get("ok"):
        return teller.done(f"generation {answer.get('generation')} serves", answer)
    return teller.failed(f"{command.value} failed: {answer.get('error')}", answer)


def _stacks(path: str, question: dict[str, object], teller: Teller, timeout: float | None) -> int:
    """The server waits for its workers no longer than a few seconds."""
    with Dialogue(path) as line:
        line.say({**question, "wait": True})
        answer = line.hear(PROMPT if timeout is None else timeout)
    if answer is None:
        raise SystemFailure(f"no answer from {path} in time; see the server's log")
    if not answer.get("ok"):
        return teller.failed(str(answer.get("error")), answer)
    if "stacks" not in answer:  # an older server
        return teller.done(f"asked for traceback, pid {answer.get('pid')}: see its log", answer)
    return teller.stacks(answer)


def _stop(line: Dialogue, command: Command, teller: Teller, until: float | None) -> int:
    """Until the server has said how it ended, and then is gone with all its files."""
    pid = int(line.ask({"command": Command.STATUS.value})["status"]["pid"])
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        raise SystemFailure(f"pid {pid} has just ended") from None
    try:
        line.say({"command": command.value, "wait": True, "progress": True})
        answer = _outcome(line, f"pid {pid}", teller, until)
        _await_end(process, pid, None if until is None else max(until - time.monotonic(), 0.0))
    finally:
        os.close(process)
    if answer.get("ok"):
        return teller.done(f"stopped, exit code {answer.get('code', 0)}", answer)
    return teller.failed(str(answer.get("error")), answer)


def _outcome(line: Dialogue, whom: str, teller: Teller, until: float | None) -> dict[str, Any]:
    """The answer to what we wait for; on the way there, what the log says, and now and then what is in flight."""
    looking = False
    while True:
        left = _LOOK if until is None else min(_LOOK, until - time.monotonic())
        answer = line.hear(max(left, 0.0))
        if answer is None:
            if until is not None and until <= time.monotonic():
                raise SystemFailure(
                    f"no answer from {whom} in time: it may still be at it; see its log, or wait longer with --timeout"
                )
            if not looking:
                line.say({"command": Command.STATUS.value})
                looking = True
        elif "progress" in answer:
            teller.progress(answer)
        elif "status" in answer:
            looking = False
            teller.in_flight(answer["status"])
        else:
            return answer


def _await_end(process: int, pid: int, timeout: float | None) -> None:
    if not select.select([process], [], [], timeout)[0]:
        raise SystemFailure(
            f"pid {pid} still runs after {timeout:g} s; it may be draining: see its log, or wait longer with --timeout"
        )
