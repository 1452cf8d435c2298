"""The environ of PEP 3333, variable by variable."""

import io

import pytest

from adapter.gateway.environ import Endpoint
from kit.calling import environ_of

GET = b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n"


def with_fields(fields: bytes) -> bytes:
    return b"GET / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n"


def test_what_pep_3333_requires():
    """Every variable that must be there, with its type."""
    found = environ_of(GET % b"/p?q=1")
    expected = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/p",
        "QUERY_STRING": "q=1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "a",
        "REMOTE_ADDR": "192.0.2.1",
        "REMOTE_PORT": "4711",
        "REQUEST_URI": "/p?q=1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    assert expected.items() <= found.items()
    assert found["SERVER_SOFTWARE"].startswith("adapter/")
    assert type(found) is dict
    assert not {"CONTENT_TYPE", "CONTENT_LENGTH"} & set(found)


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/a%20b", "/a b", ""),
        (b"/%c3%A9", "/\xc3\xa9", ""),
        (b"/a%2Fb", "/a/b", ""),
        (b"/%zz%4", "/%zz%4", ""),
        (b"/%2541", "/%41", ""),
        (b"/a+b", "/a+b", ""),
        (b"/a?b%20c?d", "/a", "b%20c?d"),
        (b"/?", "/", ""),
        (b"//a//b", "//a//b", ""),
        (b"/a;b=c", "/a;b=c", ""),
    ],
)
def test_the_target(target, path, query):
    """PATH_INFO is unescaped once, into bytes as characters; QUERY_STRING is left alone; REQUEST_URI has what was sent."""
    found = environ_of(GET % target)
    assert (found["PATH_INFO"], found["QUERY_STRING"], found["REQUEST_URI"]) == (path, query, target.decode())


def test_the_server_as_a_whole():
    """`OPTIONS *` is no path."""
    found = environ_of(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (found["PATH_INFO"], found["REQUEST_URI"]) == ("", "*")


def test_fields_become_variables():
    """Upper case, underscores, HTTP_; repeated ones joined, cookies by their own rule (RFC 9110 §5.3, RFC 9113 §8.2.3)."""
    found = environ_of(with_fields(b"X-Y: 1\r\nx-y: 2\r\nCookie: a=b\r\nCookie: c=d\r\nZ: \xe9\r\n"))
    assert (found["HTTP_X_Y"], found["HTTP_COOKIE"], found["HTTP_Z"]) == ("1,2", "a=b; c=d", "\xe9")


def test_nothing_poses_as_another_field():
    """`X_Forwarded_For` is not X-Forwarded-For, and `Proxy` does not set HTTP_PROXY (CVE-2016-5385)."""
    found = environ_of(with_fields(b"X_Forwarded_For: me\r\nProxy: evil\r\nContent_Length: 5\r\n"))
    assert not {"HTTP_X_FORWARDED_FOR", "HTTP_PROXY", "CONTENT_LENGTH", "HTTP_CONTENT_LENGTH"} & set(found)


def test_content():
    """CONTENT_TYPE and CONTENT_LENGTH without HTTP_ (RFC 3875 §4.1.2), and an input that ends where the content does."""
    found = environ_of(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: x/y\r\nContent-Length: 5\r\n\r\nhello" + GET % b"/")
    assert (found["CONTENT_TYPE"], found["CONTENT_LENGTH"]) == ("x/y", "5")
    assert not {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} & set(found)
    assert found["wsgi.input"].read() == b"hello"
    assert found["wsgi.input"].read(1) == b""


@pytest.mark.parametrize(("coded", "length"), [(b"5\r\nhello\r\n0\r\n\r\n", "5"), (b"0\r\n\r\n", "0")])
def test_chunked_content(coded, length):
    """An application needs to know nothing of chunks: it sees a length and the content."""
    found = environ_of(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + coded)
    assert found["CONTENT_LENGTH"] == length
    assert "HTTP_TRANSFER_ENCODING" not in found
    assert len(found["wsgi.input"].read()) == int(length)


@pytest.mark.parametrize(
    ("host", "name", "port"),
    [
        (b"a.example", "a.example", "80"),
        (b"a.example:81", "a.example", "81"),
        (b"[::1]", "[::1]", "80"),
        (b"[::1]:81", "[::1]", "81"),
        (b"", "localhost", "80"),
        (b":81", "localhost", "81"),
    ],
)
def test_a_unix_socket_is_named_by_the_client(host, name, port):
    """SERVER_NAME and SERVER_PORT are never empty (PEP 3333)."""
    found = environ_of(b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n", server=Endpoint("", ""), client=Endpoint("", ""))
    assert (found["SERVER_NAME"], found["SERVER_PORT"]) == (name, port)
    assert found["REMOTE_ADDR"] == ""


def test_what_the_role_says_is_passed_on():
    """Threads, processes, errors and run_once are the caller's to know."""
    errors = io.StringIO()
    found = environ_of(GET % b"/", errors=errors, multithread=False, multiprocess=True, run_once=True)
    assert (found["wsgi.multithread"], found["wsgi.multiprocess"], found["wsgi.run_once"]) == (False, True, True)
    assert found["wsgi.errors"] is errors
