"""The strict client itself: it sees every fault of a server, calls it by its right name, and blames nobody for its own."""

import socket
from typing import Any

import pytest

from kit.badserver import BadServer, Spoil, Talk
from kit.load import Load
from kit.tally import KINDS, Report

ONE: dict[str, Any] = {"keepalive": 1, "fresh": 0, "idle": 0, "slow": 0, "halting": 0}


def visit(server: BadServer, laps: int = 8, **options: float) -> Report:
    """One connection's load until well past the spoiled answer."""
    with Load(server.address, **{**ONE, **options}) as load:
        for _ in range(laps):
            load.lap()
        return load.stop()


def only(report: Report, kind: str) -> dict[str, object]:
    """The one piece of evidence of a report that has one failure, of that kind."""
    counts = {name: report.facts[name] for name in KINDS if report.facts[name]}
    assert counts == {kind: 1}, str(report)
    return dict(report.evidence[0])


def replaced(old: bytes, new: bytes) -> Spoil:
    """The right answer with one thing replaced."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        assert old in answer
        talk.send(answer.replace(old, new, 1))
        return True

    return spoil


def cut(where: float) -> Spoil:
    """That part of the right answer, then EOF."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        talk.send(answer[: int(len(answer) * where)])
        return False

    return spoil


def reset_after(where: float) -> Spoil:
    """That part of the right answer, then a reset."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        talk.send(answer[: int(len(answer) * where)])
        return talk.reset()

    return spoil


def with_field(line: bytes, tail: bytes = b"") -> Spoil:
    """The right answer with one more header line, and more bytes at its end."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        head, _, body = answer.partition(b"\r\n\r\n")
        talk.send(head + b"\r\n" + line + b"\r\n\r\n" + body + tail)
        return not line.startswith(b"Connection: close")

    return spoil


# With one keep-alive visitor the third question is for `big`, which is counted; the fifth is for `stream`, which is chunked.
FAULTS = {
    "reset before the answer": (reset_after(0), 3, "reset", 0),
    "reset within the answer": (reset_after(0.5), 3, "reset", None),
    "eof before the answer": (cut(0), 3, "empty", 0),
    "eof within the head": (cut(0.0005), 2, "truncated", None),
    "eof within the body": (cut(0.999), 2, "truncated", None),
    "eof within a chunk": (cut(0.5), 5, "truncated", None),
    "eof before the last chunk": (cut(0.99999), 5, "truncated", None),
    "length too small": (replaced(b"Content-Length: 100000", b"Content-Length: 99999"), 2, "wrong", None),
    "no length": (replaced(b"Content-Length: 100000\r\n", b""), 2, "wrong", None),
    "length and chunks": (with_field(b"Content-Length: 100000"), 5, "wrong", None),
    "two lengths": (with_field(b"Content-Length: 100000"), 2, "wrong", None),
    "bad chunk size": (replaced(b"\r\n\r\n", b"\r\n\r\n0x"), 5, "wrong", None),
    "an error": (replaced(b" 200 OK", b" 503 Service Unavailable"), 2, "wrong", None),
    "HTTP/1.0": (replaced(b"HTTP/1.1", b"HTTP/1.0"), 2, "wrong", None),
    "a changed byte": (replaced(b"\n000000", b"\n000001"), 2, "wrong", None),
    "bytes beyond the answer": (with_field(b"X-More: yes", b"!"), 2, "wrong", None),
    "bytes beyond a closed answer": (with_field(b"Connection: close", b"!"), 2, "wrong", None),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_called_by_its_name(name: str) -> None:
    """One spoiled answer is one failure, of the right kind, on a re-used connection, with what was seen."""
    spoil, at, kind, seen = FAULTS[name]
    with BadServer(spoil, at=at) as server:
        report = visit(server)
    evidence = only(report, kind)
    assert evidence["reused"] is True
    assert evidence["question"] == at
    assert evidence["connected"] is True
    assert seen is None or evidence["seen"] == seen
    assert report.lost == report.failed == report.reused_failures == 1
    assert report.ok >= 8


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_silence_is_a_timeout(part: float) -> None:
    """An answer that stops coming, on a connection that stays open, is a timeout."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        talk.send(answer[: int(len(answer) * part)])
        return talk.file.read(1) == b"never"

    with BadServer(spoil, at=2) as server:
        evidence = only(visit(server, timeout=1.5), "timeout")
    assert bool(evidence["seen"]) is (part > 0)


def test_a_body_that_nobody_reads_is_a_timeout() -> None:
    """A server that accepts and never reads does not hang the client, whatever it has to send."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with Load(address, **{**ONE, "keepalive": 4}, wait=False, timeout=0.2) as load:
            report = load.stop()
    assert report.timeout == report.lost >= 4, str(report)
    assert any(fact["asked"] == "post" for fact in report.evidence)


def test_a_close_that_was_promised_is_honoured() -> None:
    """After an answer with Connection: close the next question goes out on a new connection, and nothing is amiss."""
    with BadServer(with_field(b"Connection: close"), at=2) as server:
        report = visit(server)
    assert (report.failed, report.close_said, report.connections) == (0, 1, 2), str(report)
    assert (report.idle_closed, report.rude_closes) == (0, 0), str(report)


def test_a_close_by_reset_after_a_whole_answer_is_told_apart() -> None:
    """A reset after a promised close loses nothing here, and is counted as rude."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        talk.send(answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        return talk.reset()

    with BadServer(spoil, at=3) as server:
        report = visit(server)
    assert (report.failed, report.rude_closes) == (0, 1), str(report)


def test_an_idle_connection_that_was_closed_is_told_apart() -> None:
    """A FIN that came with the answer is seen before the next question: no failure, counted as idle_closed."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        # The small answer waits in the kernel (MSG_MORE) until the shutdown sends it: data and FIN in one segment.
        talk.wire.send(answer, socket.MSG_MORE)
        talk.wire.shutdown(socket.SHUT_WR)
        return talk.question() is not None

    with BadServer(spoil, at=3) as server:
        report = visit(server)
    assert (report.failed, report.idle_closed, report.connections) == (0, 1, 2), str(report)


def test_a_connection_that_breaks_once_asked_is_a_failure() -> None:
    """A server that closes a kept-alive connection in the face of a question has lost it: no second try hides that."""

    def spoil(talk: Talk, answer: bytes) -> bool:
        talk.send(answer)
        talk.wire.recv(1)
        return talk.reset()

    with BadServer(spoil, at=3) as server:
        evidence = only(visit(server), "reset")
    assert (evidence["reused"], evidence["seen"], evidence["question"]) == (True, 0, 4)


def test_nobody_listening_is_refused_and_not_lost() -> None:
    """Without a listener each question is refused: counted apart, and a failure only where nothing may be refused."""
    with BadServer() as server, Load(server.address, keepalive=0, fresh=1, idle=0, slow=0, halting=0) as load:
        server.refuse()
        load.lap_refused()
        report = load.stop()
    assert report.lost == 0, str(report)
    assert report.failed == report.refused > 0
    assert all(not fact["connected"] for fact in report.evidence)


def test_a_missing_unix_socket_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A path without a socket, and a socket that nobody listens to, refuse."""
    directory = tmp_path_factory.mktemp("u")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(directory / "dead"))
        for name in ("none", "dead"):
            with Load(f"unix:{directory / name}", **ONE, wait=False) as load:
                load.lap_refused()
                report = load.stop()
            assert report.lost == 0, str(report)
            assert report.refused > 0


def test_its_own_faults_are_its_own() -> None:
    """What the client itself cannot do is `own`: never laid at the server's door, never hidden either."""
    with Load("127.0.0.1:99999", **ONE, wait=False) as load:
        report = load.stop()
    assert report.own == report.lost > 0, str(report)
    assert report.refused == report.reset == 0


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_a_right_server_passes(family: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every manner and every question at once, over TCP and UNIX sockets: no failure, every answer of each kind counted."""
    place = str(tmp_path_factory.mktemp("u") / "s") if family == socket.AF_UNIX else ("127.0.0.1", 0)
    with BadServer(family=family, place=place) as server:
        report = visit(server, laps=3, keepalive=6, fresh=4, idle=1, slow=1, halting=1)
        assert report.failed == 0, str(report)
        assert report.ok == server.given
    assert set(report.kinds) == {"small", "big", "stream", "slow", "post"}
    assert report.versions == {"1": report.ok}
    assert report.slowest < 60
