"""Says hello: what is left is the server."""


def application(environ, start_response):
    """The same 13 bytes for everybody."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, world\n"]
