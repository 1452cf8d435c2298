"""How a response is framed, and what of an application's is refused."""

import pytest

from adapter.protocols.http1.events import Head
from adapter.protocols.http1.sending import CONTINUE, Reply, refusal

NOW = "Tue, 24 Nov 2026 03:37:02 GMT"
DATE = f"Date: {NOW}\r\n".encode()
Headers = list[tuple[str, str]]


def head(method: str = "GET", version: str = "HTTP/1.1", *, keep_alive: bool = True) -> Head:
    return Head(method, "/", version, {}, keep_alive, expect_continue=False, length=0)


def fields(data: bytes) -> dict[str, str]:
    """The fields of a response's head; each name may come once."""
    lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    pairs = [line.split(": ", 1) for line in lines]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def whole(reply: Reply, status: str, headers: Headers, *chunks: bytes, length: int | None = None) -> bytes:
    """The bytes of a whole response."""
    data = reply.start(status, headers, date=DATE, length=length)
    return data + b"".join(reply.data(chunk) for chunk in chunks) + reply.finish()


def test_a_response_of_known_length() -> None:
    """A Content-Length frames the content, and the connection goes on."""
    reply = Reply(head(), keep_alive=True)
    data = whole(reply, "200 OK", [("Content-Type", "text/plain"), ("content-length", "5")], b"he", b"", b"llo")
    expected = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nDate: {NOW}\r\n\r\nhello"
    assert data == expected.encode()
    assert reply.keep_alive
    assert reply.started


def test_the_length_we_know() -> None:
    """A length that the server knows serves as well; the application's own wins."""
    assert fields(whole(Reply(head(), keep_alive=True), "200 OK", [], b"abc", length=3))["Content-Length"] == "3"
    reply = Reply(head(), keep_alive=True)
    assert fields(reply.start("200 OK", [("Content-Length", "7")], date=DATE, length=3))["Content-Length"] == "7"


def test_a_response_of_unknown_length_is_chunked() -> None:
    """HTTP/1.1 without a length is chunked (RFC 9112 §7.1), and the connection goes on."""
    reply = Reply(head(), keep_alive=True)
    data = whole(reply, "200 OK", [], b"a" * 26, b"", b"b")
    assert fields(data)["Transfer-Encoding"] == "chunked"
    assert data.endswith(b"\r\n\r\n1a\r\n" + b"a" * 26 + b"\r\n1\r\nb\r\n0\r\n\r\n")
    assert reply.keep_alive


def test_an_old_client_gets_the_end_by_closing() -> None:
    """HTTP/1.0 knows no chunks: without a length we close (RFC 9112 §6.3)."""
    reply = Reply(head(version="HTTP/1.0"), keep_alive=True)
    data = whole(reply, "200 OK", [], b"ab", b"c")
    assert fields(data) == {"Date": NOW, "Connection": "close"}
    assert data.endswith(b"\r\n\r\nabc")
    assert not reply.keep_alive


def test_an_old_client_that_asked_is_told_that_we_stay() -> None:
    """`Connection: keep-alive` is said to HTTP/1.0 only (RFC 9112 §9.3)."""
    reply = Reply(head(version="HTTP/1.0"), keep_alive=True)
    assert fields(whole(reply, "200 OK", [], b"a", length=1))["Connection"] == "keep-alive"
    assert "Connection" not in fields(whole(Reply(head(), keep_alive=True), "200 OK", [], b"a", length=1))


@pytest.mark.parametrize(("ours", "theirs"), [(False, True), (True, False), (False, False)])
def test_one_side_is_enough_to_close(ours: bool, theirs: bool) -> None:  # noqa: FBT001 -- a table
    """When we or the client want to close, the response says so (RFC 9112 §9.6)."""
    reply = Reply(head(keep_alive=theirs), keep_alive=ours)
    assert fields(whole(reply, "200 OK", [], b"a", length=1))["Connection"] == "close"
    assert not reply.keep_alive


@pytest.mark.parametrize(
    ("method", "status", "headers", "length", "expected"),
    [
        ("HEAD", "200 OK", [("Content-Length", "5")], None, "5"),
        ("HEAD", "200 OK", [], 5, "5"),
        ("HEAD", "200 OK", [], 0, None),
        ("HEAD", "200 OK", [], None, None),
        ("HEAD", "200 OK", [("Content-Length", "0")], None, "0"),
        ("GET", "204 No Content", [("Content-Length", "5")], None, None),
        ("GET", "204 No Content", [], 0, None),
        ("GET", "304 Not Modified", [("Content-Length", "5")], None, "5"),
        ("GET", "304 Not Modified", [], 0, None),
        ("POST", "205 Reset Content", [], None, "0"),
        ("POST", "205 Reset Content", [("Content-Length", "5")], 5, "0"),
        ("HEAD", "205 Reset Content", [], None, "0"),
    ],
)
def test_responses_without_content(method: str, status: str, headers: Headers, length: int | None, expected: str | None) -> None:
    """HEAD, 204, 205 and 304 have no content whatever is given; Content-Length only where it may be (RFC 9110 §8.6, §15.3.6)."""
    reply = Reply(head(method), keep_alive=True)
    data = whole(reply, status, headers, b"hello", b"more", length=length)
    assert data.endswith(b"\r\n\r\n")
    assert data.count(b"\r\n\r\n") == 1
    assert fields(data).get("Content-Length") == expected
    assert "Transfer-Encoding" not in fields(data)
    assert reply.keep_alive


def test_a_response_that_is_too_short_closes() -> None:
    """Fewer bytes than promised: only closing tells the client (RFC 9112 §8)."""
    reply = Reply(head(), keep_alive=True)
    assert whole(reply, "200 OK", [("Content-Length", "5")], b"abc").endswith(b"\r\n\r\nabc")
    assert not reply.keep_alive


def test_a_response_that_is_too_long_is_an_error() -> None:
    """Not one byte past the Content-Length is framed: it would be read as the next response (RFC 9112 §11.1)."""
    reply = Reply(head(), keep_alive=True)
    reply.start("200 OK", [("Content-Length", "3")], date=DATE)
    with pytest.raises(ValueError, match="1 bytes more than the Content-Length"):
        reply.data(b"abcd")
    assert reply.data(b"abc") == b"abc"
    with pytest.raises(ValueError, match="more than the Content-Length"):
        reply.data(b"d")


def test_content_before_the_head_is_an_error() -> None:
    """`data` before `start` is refused."""
    with pytest.raises(ValueError, match="before the head"):
        Reply(head(), keep_alive=True).data(b"x")


def test_a_response_may_be_replaced_before_it_is_sent() -> None:
    """Starting anew forgets the first response: its length, its framing, its wish to close."""
    reply = Reply(head(version="HTTP/1.0"), keep_alive=True)
    reply.start("200 OK", [], date=DATE)
    assert not reply.keep_alive
    data = whole(reply, "500 Oh", [], b"sorry", length=5)
    assert data.startswith(b"HTTP/1.1 500 Oh\r\n")
    assert data.endswith(b"\r\n\r\nsorry")
    assert reply.keep_alive


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "599 ", "299 t\xe9", "200 a\tb"])
def test_good_statuses(status: str) -> None:
    """Three digits, a space, a reason that may be empty (RFC 9112 §4)."""
    data = Reply(head(), keep_alive=True).start(status, [], date=DATE)
    assert data.startswith(f"HTTP/1.1 {status}\r\n".encode("latin-1"))


def test_a_status_without_reason_gets_its_space() -> None:
    """The space is not optional (RFC 9112 §4)."""
    assert Reply(head(), keep_alive=True).start("200", [], date=DATE).startswith(b"HTTP/1.1 200 \r\n")


@pytest.mark.parametrize(
    "status",
    [
        "",
        "20",
        "2000 OK",
        "200OK",
        "abc",
        " 200",
        "\xb2\xb2\xb2 OK",
        "200 O\r\nX: y",
        "200 O\nK",
        "200 \x00",
        "200 \u20ac",
        "100 Continue",
        "101 Switching",
        200,
        b"200 OK",
    ],
)
def test_bad_statuses(status: str) -> None:
    """Whatever would break the status line, and interim statuses, are refused with a sentence that names the status."""
    with pytest.raises(ValueError, match=r"status|beyond"):
        Reply(head(), keep_alive=True).propose(status, [])


@pytest.mark.parametrize(
    "headers",
    [
        [("X\r\nY", "z")],
        [("X", "y\r\nZ: a")],
        [("X", "y\nZ: a")],
        [("X", "y\rz")],
        [("X", "y\x00")],
        [("X", "y\x7f")],
        [("X", "\u20ac")],
        [("", "y")],
        [("X ", "y")],
        [("X:", "y")],
        [("X\xe9", "y")],
        [("X", 5)],
        [(b"X", "y")],
        [("X", None)],
        [("X",)],
        ["Xy"],
        [["X", "y"]],
        [("Content-Length", "5"), ("content-length", "5")],
        [("Content-Length", "-5")],
        [("Content-Length", "5, 5")],
        [("Content-Length", "")],
        [("Content-Length", "\xb2")],
        [("Content-Length", "1" * 19)],
        [("Date", "a"), ("date", "b")],
    ],
)
def test_bad_headers(headers: Headers) -> None:
    """What would split the response or confuse its framing is refused (RFC 9112 §11.1)."""
    with pytest.raises(ValueError, match=r"header|Content-Length|beyond"):
        Reply(head(), keep_alive=True).propose("200 OK", headers)


@pytest.mark.parametrize(
    "name",
    [
        "Connection",
        "keep-alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "TE",
        "Trailer",
        "Trailers",
        "Transfer-Encoding",
        "UPGRADE",
    ],
)
def test_hop_by_hop_headers(name: str) -> None:
    """What is about the connection is ours to say (PEP 3333, RFC 9110 §7.6.1); the sentence names the header."""
    with pytest.raises(ValueError, match=name):
        Reply(head(), keep_alive=True).propose("200 OK", [(name, "x")])


@pytest.mark.parametrize(("value", "why"), [("\u20ac", "characters beyond ISO-8859-1"), ("a\x00", "a control character")])
def test_the_header_that_is_wrong_is_named(value: str, why: str) -> None:
    """Also among others, and when they come from an iterator."""
    with pytest.raises(ValueError, match="X-Price") as refused:
        Reply(head(), keep_alive=True).propose("200 OK", iter([("X-First", "\xe9"), ("X-Price", value), ("X-Last", "z")]))
    assert str(refused.value) == f"the header X-Price: {value!r} has {why}" + (" (PEP 3333)" if "ISO" in why else "")


def test_a_refused_proposal_leaves_the_last_good_one() -> None:
    """A proposal that raises changes nothing."""
    reply = Reply(head(), keep_alive=True)
    reply.propose("200 OK", [("X", "y")])
    with pytest.raises(ValueError, match="control"):
        reply.propose("200 OK", [("X", "\n")])
    assert fields(reply.begin(date=DATE, length=0))["X"] == "y"


def test_repeated_headers_keep_their_order() -> None:
    """Set-Cookie may come many times, and the application's Date stays (RFC 9110 §5.3, §6.6.1)."""
    data = Reply(head(), keep_alive=True).start(
        "200 OK", [("Set-Cookie", "a"), ("Date", "then"), ("Set-Cookie", "b")], date=DATE, length=0
    )
    assert data.split(b"\r\n")[1:] == [b"Set-Cookie: a", b"Date: then", b"Set-Cookie: b", b"Content-Length: 0", b"", b""]


@pytest.mark.parametrize("status", [400, 408, 413, 414, 417, 431, 500, 501, 503, 505, 599])
def test_a_refusal_is_a_whole_response(status: int) -> None:
    """A refusal says its length and that we close, and tells nothing of the reason."""
    data = refusal(status, date=DATE)
    head_bytes, _, body = data.partition(b"\r\n\r\n")
    assert head_bytes.startswith(f"HTTP/1.1 {status} ".encode())
    found = fields(data)
    assert found["Connection"] == "close"
    assert found["Content-Length"] == str(len(body))
    assert found["Date"] == NOW


def test_continue() -> None:
    """The interim response has no fields (RFC 9110 §15.2.1)."""
    assert CONTINUE == b"HTTP/1.1 100 Continue\r\n\r\n"
