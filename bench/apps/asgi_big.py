"""big.py for ASGI."""

HEADERS = [(b"content-type", b"application/octet-stream"), (b"content-length", b"100000")]
BODY = b"0123456789" * 10_000


async def application(scope, receive, send):
    """One block of bytes, length known."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
