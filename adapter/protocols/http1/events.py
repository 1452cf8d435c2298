"""What a client's bytes can mean: `Head`, then content as `bytes`, then `END`; or a `Refusal`, and nothing after it."""

from typing import Final, NamedTuple

CGI: Final = "CGI/1.1"
"""A version: who asks reads `Status: 200 OK` instead of a status line (RFC 3875 §6.3.3), and the end of the connection as the end."""


class Head(NamedTuple):
    """The request line and field lines of one request, already found valid. Text is ISO-8859-1, as PEP 3333 wants it."""

    method: str
    """Case-sensitive token of at most 32 characters (RFC 9110 §9.1)."""
    target: str
    """Origin-form (`/path?query`) or `*`; an absolute-form has been taken apart (RFC 9112 §3.2)."""
    version: str
    """`HTTP/1.1` or `HTTP/1.0`; `CGI` where the answer is to begin as a CGI program's."""
    variables: dict[str, str]
    """All that the request says, in CGI's spelling (RFC 3875 §4.1): REQUEST_METHOD, PATH_INFO, CONTENT_TYPE, HTTP_HOST."""
    keep_alive: bool
    """The client wants, or allows, this connection to go on (RFC 9112 §9.3)."""
    expect_continue: bool
    """The client waits for `CONTINUE` before it sends the content (RFC 9110 §10.1.1)."""
    length: int | None
    """Bytes of content; None: chunked, known at `END`."""

    @property
    def has_body(self) -> bool:
        """Some content is announced (a chunked one may turn out empty)."""
        return self.length != 0


class Refusal(NamedTuple):
    """Why we do not go on with this client: answer `sending.refusal(status)`, then close. `reason` is for the log."""

    status: int
    reason: str


class End:
    """The type of `END`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "END"


END: Final = End()
"""The request is whole."""

Event = Head | bytes | End | Refusal


class Refused(Exception):
    """Raised inside this package only; `Receiver.feed` turns it into a `Refusal`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.refusal = Refusal(status, reason)
