"""Answers with the SHA-256 and the length of the body it was sent."""

import hashlib


def application(environ, start_response):
    """`HEX LENGTH`, one line."""
    seen, length = hashlib.sha256(), 0
    while data := environ["wsgi.input"].read(65536):
        seen.update(data)
        length += len(data)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{seen.hexdigest()} {length}\n".encode()]
