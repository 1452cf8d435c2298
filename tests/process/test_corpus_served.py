"""The whole corpus over real sockets: the application is called with what it should be called with, and with nothing else."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from adapter.protocols.http1.limits import Limits
from corpus.http1.answers import ANSWERS
from kit.cases import SMALL, Case
from kit.corpus import CASES
from kit.http1 import Asked
from kit.server import Adapter
from kit.serving import GET, Serving, get

LIMITS = {
    "default": [],
    "small": [
        *(f"--max-request-line={SMALL.request_line}", f"--max-header-count={SMALL.header_count}"),
        *(f"--max-header-bytes={SMALL.header_bytes}", f"--max-body={SMALL.body}"),
    ],
}


class Told(NamedTuple):
    """One response: its status, whether it says that the connection ends, and what the application told."""

    status: int
    close: bool
    told: dict[str, Any]


def spoken(address: str, raw: bytes, *, ends: bool) -> bytes:
    """All that is answered to these bytes until the server closes; `ends`: we send no more, and say so."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(raw)
        if ends:
            client.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := client.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def responses(data: bytes, methods: list[str]) -> Iterator[Told]:
    """The final responses in these bytes; `methods`: of the requests that they answer, as far as they are known."""
    while data:
        head, end, data = data.partition(b"\r\n\r\n")
        assert end, f"half a response: {head!r}"
        line, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        status = int(line.split()[1])
        if status == 100:
            continue
        length = int(fields["content-length"])
        body = b"" if methods and methods.pop(0) == "HEAD" else data[:length]
        data = data[len(body) :]
        told = json.loads(body) if body and status == 200 else {}
        yield Told(status, fields.get("connection") == "close", told)


def check(case: Case, address: str) -> int:
    """Talk this case; how often the application must have been called."""
    served: list[Asked] = []
    for asked in case.requests:
        served.append(asked)
        if not asked.keep_alive:
            break
    goes_on = len(served) == len(case.requests) and (not served or served[-1].keep_alive)
    data = spoken(address, case.raw, ends=goes_on and not case.status)
    found = list(responses(data, [asked.method for asked in served]))
    *answers, last = [*found, None] if len(found) == len(served) else found
    assert len(answers) == len(served), f"{(case.name, found)}"
    for asked, answer in zip(served, answers, strict=True):
        check_told(case.name, asked, answer)
    if not goes_on:
        assert last is None, f"{(case.name, found)}"
    elif case.status or case.unfinished:
        assert last is not None, f"{(case.name, 'no refusal')}"
        assert last.status == (case.status or 400), f"{(case.name, found)}"
        assert last.close, f"{(case.name, found)}"
    else:
        assert last is None, f"{(case.name, found)}"
    return len(served)


def check_told(name: str, asked: Asked, answer: Told) -> None:
    """The application was asked just this; a chunked request gets the length that it turned out to have."""
    assert answer.status == 200, f"{(name, answer)}"
    assert answer.close != asked.keep_alive, f"{(name, answer)}"
    if asked.method == "HEAD":
        return
    variables = dict(answer.told["variables"])
    assert int(variables.get("CONTENT_LENGTH") or 0) == len(asked.body), f"{(name, answer)}"
    if "CONTENT_LENGTH" not in asked.variables:
        variables.pop("CONTENT_LENGTH", None)
    assert variables == asked.variables, name
    assert answer.told["body"] == asked.body.decode("latin-1"), name


@pytest.mark.parametrize("limits", LIMITS)
def test_the_corpus_is_served(limits: str) -> None:
    """Each message on a connection of its own: what must come out is answered, the rest refused; no more calls, and nothing is logged."""
    cases = [case for case in CASES if case.limits == {"small": SMALL, "default": Limits()}[limits]]
    assert len(cases) > 30
    with Adapter("telling.py", *LIMITS[limits]) as server:
        calls = sum(check(case, server.address) for case in cases)
        [last] = responses(spoken(server.address, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), ends=False), [])

        assert last.told["calls"] == calls + 1
        assert [line for line in server.log.all() if re.search("Traceback|adapter: (error|warning): ", line)] == []


def test_answers_that_an_application_may_not_give() -> None:
    """A response that would be split, framed twice or speak for us is a 500 without a byte of it; the connection and the worker go on."""
    bad = [case for case in ANSWERS if case.lines is None]

    def app(environ, start_response):
        case = bad[int(environ["PATH_INFO"][1:])]
        start_response(case.status, case.headers)
        return [b"evil"]

    with Serving(app) as serving, serving.client() as client:
        for number, case in enumerate(bad):
            client.send(get(f"/{number}"))
            response = client.response()
            assert response.status == 500, case.name
            assert set(response.fields) == {"content-type", "content-length", "date"}, case.name
            assert b"evil" not in response.body, case.name
