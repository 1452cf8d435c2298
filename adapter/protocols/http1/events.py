"""What a client's bytes can mean: `Head`, then content as `bytes`, then `END`; or a `Refusal`, and nothing after it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Final

CGI: Final = "CGI/1.1"
"""A version: who asks reads `Status: 200 OK` instead of a status line (RFC 3875 §6.3.3), and the end of the connection as the end."""


class Head:
    """The request line and field lines of one request, already found valid. Text is ISO-8859-1, as PEP 3333 wants it."""

    __slots__ = ("expect_continue", "fields", "keep_alive", "length", "method", "path", "query", "target", "version")

    def __init__(  # noqa: PLR0917 -- the hot path: names would cost more than all the rest
        self,
        method: str,
        target: str,
        version: str,
        fields: dict[str, str],
        keep_alive: bool,  # noqa: FBT001 -- as above
        expect_continue: bool,  # noqa: FBT001 -- as above
        length: int | None,
        path: str | None = None,
        query: str = "",
    ) -> None:
        self.method = method
        """Case-sensitive token of at most 32 characters (RFC 9110 §9.1)."""
        self.target = target
        """Origin-form (`/path?query`) or `*`; an absolute-form has been taken apart (RFC 9112 §3.2)."""
        self.version = version
        """`HTTP/1.1` or `HTTP/1.0`; `CGI` where the answer is to begin as a CGI program's."""
        self.fields = fields
        """What the field lines say, in CGI's spelling (RFC 3875 §4.1): CONTENT_TYPE, HTTP_HOST; and SERVER_PROTOCOL. Not to be changed:
        requests of one connection that say the same have the same.
        """
        self.keep_alive = keep_alive
        """The client wants, or allows, this connection to go on (RFC 9112 §9.3)."""
        self.expect_continue = expect_continue
        """The client waits for `CONTINUE` before it sends the content (RFC 9110 §10.1.1)."""
        self.length = length
        """Bytes of content; None: chunked, known at `END`."""
        self.path = path
        """PATH_INFO, of which the query is no part. None: the request line, too, is in `fields`, as a front end said it."""
        self.query = query
        """QUERY_STRING."""

    def __eq__(self, other: object) -> bool:
        """They say the same."""
        return isinstance(other, Head) and self.to_plain() == other.to_plain()

    def __hash__(self) -> int:
        return hash((self.method, self.target, self.version))

    def __repr__(self) -> str:
        return f"Head{tuple(self.to_plain())}"

    @property
    def variables(self) -> dict[str, str]:
        """All that the request says, in CGI's spelling: REQUEST_METHOD, PATH_INFO, CONTENT_TYPE, HTTP_HOST."""
        variables = self.fields.copy()
        self.say_line(variables)
        return variables

    def say_line(self, variables: dict[str, Any]) -> None:
        """Put there what the request line says. Where a front end said it, it is among the fields."""
        if self.path is not None:
            variables["REQUEST_METHOD"] = self.method
            variables["PATH_INFO"] = self.path
            variables["QUERY_STRING"] = self.query
            variables["REQUEST_URI"] = variables["RAW_URI"] = self.target

    def to_plain(self) -> list[Any]:
        """The arguments of one that says the same."""
        return [self.method, self.target, self.version, self.variables, self.keep_alive, self.expect_continue, self.length]

    @property
    def has_body(self) -> bool:
        """Some content is announced (a chunked one may turn out empty)."""
        return self.length != 0


class Refusal:
    """Why we do not go on with this client: answer `sending.refusal(status)`, then close. `reason` is for the log."""

    __slots__ = ("reason", "status")

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason

    def __eq__(self, other: object) -> bool:
        """They say the same."""
        return isinstance(other, Refusal) and (self.status, self.reason) == (other.status, other.reason)

    def __hash__(self) -> int:
        return hash((self.status, self.reason))

    def __repr__(self) -> str:
        return f"Refusal({self.status}, {self.reason!r})"


class End:
    """The type of `END`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "END"


END: Final = End()
"""The request is whole."""

Event = Head | bytes | End | Refusal


class Receives:
    """The reading side of one connection, whatever is spoken there. A class and no Protocol: compiled, it is then called straight."""

    spoken: ClassVar[str]
    __slots__ = ()

    def whole(self, data: bytes) -> Head | None:
        """The head, if these bytes are one whole request without content, with nothing before or behind; None: `feed` them."""
        raise NotImplementedError

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes add; after a `Refusal`: nothing more, ever."""
        raise NotImplementedError

    def eof(self) -> Refusal | None:
        """No more will come: a refusal when that cut a request."""
        raise NotImplementedError

    @property
    def midway(self) -> bool:
        """Some bytes of a request have arrived, but not its `END`."""
        raise NotImplementedError

    def to_plain(self) -> dict[str, Any]:
        """Where in a request we are, for whoever goes on with it. Not after a `Refusal`."""
        raise NotImplementedError


class Refused(Exception):
    """Raised inside this package only; `Receiver.feed` turns it into a `Refusal`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.refusal = Refusal(status, reason)
