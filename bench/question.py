"""One request, and what its answer must be."""

import socket
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple


class Question(NamedTuple):
    """A path, the length of the body to send (0: a GET), and the body to get back (None: any)."""

    path: str = "/"
    upload: int = 0
    answer: bytes | None = None


class WrongAnswerError(Exception):
    """What came back is not the answer."""


def ask(port: int, question: Question, timeout: float = 10) -> bytes:
    """Ask on a connection of its own; the body. WrongAnswerError: no answer, or not the right one; OSError: nobody there."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.connect()
        connection.request("POST" if question.upload else "GET", question.path, b"x" * question.upload or None)
        response = connection.getresponse()
        body = response.read()
    except (HTTPException, TimeoutError, ConnectionResetError, socket.gaierror) as error:
        raise WrongAnswerError(f"{question.path} was not answered: {error!r}") from error
    finally:
        connection.close()
    if response.status != HTTPStatus.OK:
        raise WrongAnswerError(f"{question.path} was answered with {response.status} {response.reason}: {body[:200]!r}")
    if question.answer is not None and body != question.answer:
        raise WrongAnswerError(f"{question.path} was answered with {len(body)} bytes {body[:40]!r}, not {question.answer[:40]!r}")
    return body
