"""A response of 100 kB."""

BODY = b"0123456789" * 10_000


def application(environ, start_response):
    """One block of bytes, length known."""
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", "100000")])
    return [BODY]
