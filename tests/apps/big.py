"""A large answer in one piece: ?bytes= (10 000 000)."""

from urllib.parse import parse_qs


def application(environ, start_response):
    """The digits, over and over."""
    size = int(parse_qs(environ["QUERY_STRING"]).get("bytes", ["10000000"])[0])
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))])
    return [(b"0123456789" * (size // 10 + 1))[:size]]
