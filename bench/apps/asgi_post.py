"""post.py for ASGI."""


async def application(scope, receive, send):
    """Reads to the end, as an upload is read."""
    if scope["type"] != "http":
        return
    total, more = 0, True
    while more:
        message = await receive()
        total += len(message.get("body", b""))
        more = message.get("more_body", False)
    said = b"%d\n" % total
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})
