"""Answers with what it was asked, and how often it was called: JSON of `calls`, `variables` and `body` (as Latin-1)."""

import json

_calls = [0]


def application(environ, start_response):
    """The variables are those that the request says: RFC 3875's and HTTP_*."""
    _calls[0] += 1
    said = {name: value for name, value in environ.items() if name.startswith("HTTP_") or name in NAMES}
    told = {"calls": _calls[0], "variables": said, "body": environ["wsgi.input"].read().decode("latin-1")}
    body = json.dumps(told).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


NAMES = {
    *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI", "SERVER_PROTOCOL", "CONTENT_TYPE"),
    "CONTENT_LENGTH",
}
