"""What an application sees behind a proxy: /environ as JSON, /down?SIZE bytes, /stream?SIZE without a length, /304."""

import hashlib
import json

PIECE = bytes(range(256)) * 256


def application(environ, start_response):
    """See above; any other path answers with the SHA-256 and the length of the body it was sent."""
    path, asked = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/environ":
        told = {name: value for name, value in environ.items() if isinstance(value, str | bool | int)}
        return answer(start_response, json.dumps(told).encode(), "application/json")
    if path == "/304":
        start_response("304 Not Modified", [("ETag", '"x"')])
        return []
    if path == "/down":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", asked)])
        return pieces(int(asked))
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return pieces(int(asked))
    return answer(start_response, digest(environ["wsgi.input"]))


def answer(start_response, body, kind="text/plain"):
    """All of it at once."""
    start_response("200 OK", [("Content-Type", kind), ("X-Twice", "1"), ("X-Twice", "2")])
    return [body]


def pieces(size):
    """So many bytes, in pieces."""
    while size > 0:
        yield PIECE[: min(size, len(PIECE))]
        size -= len(PIECE)


def digest(stream):
    """What came: its SHA-256 and length."""
    seen, length = hashlib.sha256(), 0
    while data := stream.read(65536):
        seen.update(data)
        length += len(data)
    return f"{seen.hexdigest()} {length}\n".encode()
