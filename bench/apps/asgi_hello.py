"""hello.py for ASGI."""

HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"13")]


async def application(scope, receive, send):
    """The same 13 bytes for everybody."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b"Hello, world\n"})
