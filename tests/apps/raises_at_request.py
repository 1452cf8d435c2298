"""Fails as applications do: /early before it answers, /late in the midst of its answer, /exit with SystemExit."""


def application(environ, start_response):
    """Raises where the path says; anything else is answered."""
    path = environ["PATH_INFO"]
    if path == "/early":
        raise RuntimeError("the application failed early")
    if path == "/exit":
        raise SystemExit(7)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return late() if path == "/late" else [b"fine\n"]


def late():
    """One piece, then no more."""
    yield b"some\n"
    raise RuntimeError("the application failed late")
