"""Says hello."""


def application(environ, start_response):
    """The same answer to everything."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"hello\n"]
