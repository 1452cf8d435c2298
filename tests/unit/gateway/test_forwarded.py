"""Whose word about the client counts."""

import pytest

from adapter.gateway.forwarded import Proxies, believe, client_of

OURS = Proxies(["127.0.0.1", "::1", "10.0.0.0/8", "2001:db8:1::/48"])


def after(proxies, peer, scheme="http", **fields):
    """Address, port and scheme of a request with these fields from this peer."""
    environ = {"REMOTE_ADDR": peer, "REMOTE_PORT": "4711", "wsgi.url_scheme": scheme}
    environ |= {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in fields.items()}
    believe(environ, proxies)
    assert {name: environ[f"HTTP_X_FORWARDED_{name.upper()}"] for name in fields} == fields
    return environ["REMOTE_ADDR"], environ["REMOTE_PORT"], environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("word", "yes", "no"),
    [
        ("127.0.0.1", ["127.0.0.1", "::ffff:127.0.0.1"], ["127.0.0.2", "", "::1", "nonsense"]),
        ("::1", ["::1", "0:0::1"], ["127.0.0.1", "::2"]),
        ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "::10.0.0.1", ""]),
        ("2001:db8::/32", ["2001:db8::1", "2001:db8:ffff::"], ["2001:db9::", "10.0.0.1"]),
        ("0.0.0.0/0", ["192.0.2.1"], ["2001:db8::1", ""]),
        ("fe80::/10", ["fe80::1%eth0"], ["2001:db8::1"]),
        ("unix", [""], ["127.0.0.1", "unix"]),
        ("*", ["", "192.0.2.1", "::1"], []),
    ],
)
def test_who_is_believed(word, yes, no):
    """An address, a network, whoever has no address, everybody: and nobody else."""
    proxies = Proxies([word])
    assert [host for host in [*yes, *no] if proxies.include(host)] == yes


def test_nobody_is_believed_unless_named():
    """Without a word, nobody."""
    assert not any(Proxies([]).include(host) for host in ("", "127.0.0.1", "::1"))


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("192.0.2.1", ("192.0.2.1", "")),
        ("192.0.2.1:4711", ("192.0.2.1", "4711")),
        ("2001:db8::1", ("2001:db8::1", "")),
        ("[2001:DB8::1]", ("2001:db8::1", "")),
        ("[2001:db8::1]:80", ("2001:db8::1", "80")),
        ("::ffff:192.0.2.1", ("192.0.2.1", "")),
        ("6.6.6.6, 192.0.2.1", ("192.0.2.1", "")),  # the left one is the client's invention
        ("6.6.6.6, 192.0.2.1, 10.1.2.3,127.0.0.1", ("192.0.2.1", "")),
        ("10.0.0.1, 10.0.0.2", ("10.0.0.1", "")),  # all of them ours: the first asked
        ("evil, 10.0.0.2", ("10.0.0.2", "")),
        ("6.6.6.6, unknown", None),
        ("6.6.6.6, _hidden, 10.0.0.2", ("10.0.0.2", "")),
        ("6.6.6.6,", None),
        ("", None),
        ("localhost", None),
        ("192.0.2.1:x", None),
        ("192.0.2.1:123456", None),
        ("192.0.2.1:\xb2", None),
        ("[2001:db8::1]x", None),
        ("[2001:db8::1", None),
        ("fe80::1%<script>", None),
        ("192.0.2.01", None),
        ("'; DROP TABLE", None),
        (", ".join(["6.6.6.6"] + ["10.0.0.1"] * 33), ("10.0.0.1", "")),  # more proxies than anybody has
    ],
)
def test_the_client_is_the_rightmost_who_is_no_proxy(chain, client):
    """Read from the right, as far as it is believed, and no further than an address that is none."""
    assert client_of(chain, OURS) == client


def test_a_stranger_changes_nothing():
    """What comes from somebody else than the proxies is only shown to the application."""
    assert after(OURS, "192.0.2.9", **{"for": "6.6.6.6", "proto": "https"}) == ("192.0.2.9", "4711", "http")
    assert after(OURS, "", **{"for": "6.6.6.6", "proto": "https"}) == ("", "4711", "http")


def test_a_proxy_is_believed():
    """Address and scheme are those of the client; the port is unknown, unless said."""
    assert after(OURS, "127.0.0.1", **{"for": "192.0.2.1", "proto": "https"}) == ("192.0.2.1", "", "https")
    assert after(OURS, "127.0.0.1", **{"for": "192.0.2.1:5"}) == ("192.0.2.1", "5", "http")
    assert after(Proxies(["unix"]), "", proto="https") == ("", "4711", "https")
    assert after(Proxies(["unix"]), "", **{"for": "192.0.2.1"}) == ("192.0.2.1", "", "http")


@pytest.mark.parametrize(
    ("said", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("http", "http"), ("http, https", "https"), ("https,http", "http")]
    + [(nothing, "http") for nothing in ("", "on", "wss", "https x", "https;", "javascript")],
)
def test_a_scheme_is_http_or_https(said, scheme):
    """The last word counts; anything else is none."""
    assert after(OURS, "127.0.0.1", proto=said)[2] == scheme


def test_http_in_front_of_https_is_http():
    """A proxy may also say that the client did not speak TLS to it."""
    assert after(OURS, "127.0.0.1", "https", proto="http")[2] == "http"
    environ = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "https", "HTTPS": "on", "HTTP_X_FORWARDED_PROTO": "http"}
    believe(environ, OURS)
    assert (environ["wsgi.url_scheme"], environ["HTTPS"]) == ("http", "off")
