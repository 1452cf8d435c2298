"""What the access log is told of a request that has ended."""

from adapter.protocols.entry import NO_RESPONSE, Entry
from adapter.protocols.http1.events import Head
from adapter.protocols.http1.sending import refusal_body


def answered(  # noqa: PLR0917 -- the hot path: names would cost more than all the rest
    head: Head, status: str, content: int, came: float, now: float, corrected: str, client: str
) -> Entry:
    """The application was called. `status`: nothing when the client was gone before it said. `content`: bytes of it that left.
    `came`: when the request had arrived. `client`: the peer; `corrected`: who it is on whose behalf, if a proxy is believed.
    """
    said = head.variables.get
    return (
        status or NO_RESPONSE,
        content,
        came,
        now,
        corrected or said("REMOTE_ADDR", client),  # a front end that speaks uwsgi says it
        head.method,
        head.target,
        said("SERVER_PROTOCOL", ""),
        said("HTTP_REFERER", ""),
        said("HTTP_USER_AGENT", ""),
        said("HTTP_HOST", ""),
    )


def refused(status: int, client: str, now: float, head: Head | None) -> Entry:
    """The application never saw it. `head`: None when it could not be understood."""
    sent = len(refusal_body(status))
    if head is None:
        return (str(status), sent, now, now, client, "", "", "", "", "", "")
    said = [head.variables.get(name, "") for name in ("SERVER_PROTOCOL", "HTTP_REFERER", "HTTP_USER_AGENT", "HTTP_HOST")]
    client = head.variables.get("REMOTE_ADDR", client)
    return (str(status), sent, now, now, client, head.method, head.target, said[0], said[1], said[2], said[3])
