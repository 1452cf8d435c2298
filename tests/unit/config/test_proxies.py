"""Which proxies are believed: what may be written, and what is meant by what is not."""

import pytest

from adapter.config.proxies import parse
from adapter.exits import Misuse
from adapter.gateway.forwarded import Proxies


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1, ::1", "127.0.0.1,::1"),
        ("2001:DB8:0::0/32", "2001:db8::/32"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("*", "*"),
        ("unix,10.1.2.3/32", "unix,10.1.2.3/32"),
    ],
)
def test_good(text, canonical):
    """Addresses, networks and the two words, in one spelling that the gateway reads."""
    assert parse(text) == canonical
    Proxies(canonical.split(","))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' in '' is not an address"),
        ("127.0.0.1,", "'' in '127.0.0.1,'"),
        ("localhost", "'localhost' in"),
        ("127.0.0.1:80", "is not an address"),
        ("[::1]", "is not an address"),
        ("10.0.0.0/33", "is not an address"),
        ("127.1", "is not an address"),
        ("010.0.0.1", "is not an address"),
        ("10.0.0.1/8", "write 10.0.0.0/8 or 10.0.0.1"),
        ("/", "is not an address"),
    ],
)
def test_bad(text, said):
    """Anything else is refused, with what it may be."""
    with pytest.raises(Misuse) as error:
        parse(text)
    assert said in error.value.sentence
