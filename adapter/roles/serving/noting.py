"""What the access log is told of a request that has ended."""

from adapter.gateway.wsgi import Response
from adapter.protocols.entry import NO_RESPONSE, Entry
from adapter.protocols.http1.events import Head
from adapter.protocols.http1.sending import refusal_body


def answered(  # noqa: PLR0917 -- the hot path: names would cost more than all the rest
    head: Head, response: Response | None, unsent: int, came: float, now: float, client: str
) -> Entry:
    """The application was called. `unsent`: bytes of the response that did not leave. `came`: when the request had arrived. `client`:
    the peer; the response knows on whose behalf, if a proxy is believed.
    """
    said = head.fields.get
    status, content, corrected = (response.status, response.content, response.client) if response is not None else ("", 0, "")
    return (
        status or NO_RESPONSE,  # the client was gone before there was one
        max(0, content - unsent),
        came,
        now,
        corrected or said("REMOTE_ADDR", client),  # a front end that speaks uwsgi says it
        head.method,
        head.target,
        said("SERVER_PROTOCOL", ""),
        said("HTTP_REFERER", ""),
        said("HTTP_USER_AGENT", ""),
        said("HTTP_HOST", ""),
        None if response is None else response.said,
    )


def given_up(  # noqa: PLR0917 -- as above
    head: Head, sent: int | None, came: float, now: float, client: str, said: dict[str, str]
) -> Entry:
    """The application did not come back in time. `sent`: bytes of its response that had left; None when it got our own instead."""
    status, ours, _, ended, client, *_ = entry = refused(504, client, now, head)
    return (status, ours if sent is None else sent, came, ended, client, *entry[5:11], said)


def refused(status: int, client: str, now: float, head: Head | None) -> Entry:
    """The application never saw it. `head`: None when it could not be understood."""
    sent = len(refusal_body(status))
    if head is None:
        return (str(status), sent, now, now, client, "", "", "", "", "", "", None)
    said = [head.fields.get(name, "") for name in ("SERVER_PROTOCOL", "HTTP_REFERER", "HTTP_USER_AGENT", "HTTP_HOST")]
    client = head.fields.get("REMOTE_ADDR", client)
    return (str(status), sent, now, now, client, head.method, head.target, said[0], said[1], said[2], said[3], None)
