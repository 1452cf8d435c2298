"""What an operator may write for --bind, and what is said about everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.config.addresses import Address, Fd, Hold, Tcp, Unix, parse
from adapter.exits import Misuse

GOOD: list[tuple[str, Address, str]] = [
    ("8000", Tcp("127.0.0.1", 8000), "127.0.0.1:8000"),
    ("0", Tcp("127.0.0.1", 0), "127.0.0.1:0"),
    ("127.0.0.1:8000", Tcp("127.0.0.1", 8000), "127.0.0.1:8000"),
    ("0.0.0.0:65535", Tcp("0.0.0.0", 65535), "0.0.0.0:65535"),
    ("localhost:80", Tcp("localhost", 80), "localhost:80"),
    ("LocalHost:080", Tcp("localhost", 80), "localhost:80"),
    ("web_1.example.com:80", Tcp("web_1.example.com", 80), "web_1.example.com:80"),
    ("[::1]:8000", Tcp("::1", 8000), "[::1]:8000"),
    ("[::]:0", Tcp("::", 0), "[::]:0"),
    ("[0:0:0:0:0:0:0:1]:8000", Tcp("::1", 8000), "[::1]:8000"),
    ("[fe80::1%eth0]:8000", Tcp("fe80::1%eth0", 8000), "[fe80::1%eth0]:8000"),
    ("unix:/run/web.sock", Unix("/run/web.sock"), "unix:/run/web.sock"),
    ("unix:web.sock", Unix("web.sock"), "unix:web.sock"),
    ("unix:/run/a b:c.sock", Unix("/run/a b:c.sock"), "unix:/run/a b:c.sock"),
    ("unix:@web", Unix("@web"), "unix:@web"),
    ("unix:@we/b/", Unix("@we/b/"), "unix:@we/b/"),
    ("unix:" + "p" * 107, Unix("p" * 107), "unix:" + "p" * 107),
    ("fd:0", Fd(0), "fd:0"),
    ("fd:17", Fd(17), "fd:17"),
    ("hold:/run/h#web", Hold("/run/h", "web"), "hold:/run/h#web"),
    ("hold:/run/h", Hold("/run/h", ""), "hold:/run/h"),
    ("hold:/run/h#", Hold("/run/h", ""), "hold:/run/h"),
    ("hold:h#tcp:8000", Hold("h", "tcp:8000"), "hold:h#tcp:8000"),
    ("hold:@h#[::1]:80", Hold("@h", "[::1]:80"), "hold:@h#[::1]:80"),
]

BAD: list[tuple[str, str]] = [
    ("", "it is empty; use PORT, HOST:PORT"),
    (" 8000", "' 8000'"),
    ("8000 ", "'8000 '"),
    ("65536", "'65536' is not a port; use 1 to 65535"),
    ("9" * 5000, "use PORT"),
    ("-1", "names no port|use PORT"),
    ("٨٠٠٠", "use PORT"),
    ("localhost", "write localhost:8000"),
    ("localhost:", "'' is not a port"),
    ("localhost:http", "'http' is not a port"),
    ("localhost:-1", "'-1' is not a port"),
    ("localhost:8_0", "'8_0' is not a port"),
    (":8000", r"0\.0\.0\.0:8000 is every IPv4 one, \[::\]:8000 every IPv6 one, 8000 only this host"),
    ("*:8000", r"0\.0\.0\.0:8000 is every IPv4 one"),
    ("::1:8000", r"needs brackets; write \[::1\]:8000"),
    ("a:b:8000", "use PORT"),
    ("[::1]", r"after the IPv6 address comes \]:PORT; write \[::1\]:8000"),
    ("[::1", r"write \[::1\]:8000"),
    ("[::1]8000", r"write \[::1\]:8000"),
    ("[::g]:8000", "'::g' is not an IPv6 address"),
    ("[127.0.0.1]:8000", "'127.0.0.1' is not an IPv6 address"),
    ("[::1%]:8000", "'::1%' is not an IPv6 address"),
    ("[::1\0]:8000", "is not an IPv6 address"),
    ("127.1:8000", "'127.1' is not an IPv4 address"),
    ("256.0.0.1:8000", "'256.0.0.1' is not an IPv4 address"),
    ("010.0.0.1:8000", "'010.0.0.1' is not an IPv4 address"),
    ("ho st:8000", "'ho st' is not a host name"),
    ("-host:8000", "'-host' is not a host name"),
    ("a..b:8000", "'a..b' is not a host name"),
    (("a" * 60 + ".") * 5 + "b:80", "is not a host name"),
    ("http://127.0.0.1:8000/", "it is no URL here; write 127.0.0.1:8000$"),
    ("unix:///run/web.sock", "it is no URL here; write unix:/run/web.sock$"),
    ("fd://3", "it is no URL here; write fd:3$"),
    ("/run/web.sock", "for a UNIX socket write unix:/run/web.sock"),
    ("./web.sock", "for a UNIX socket write unix:./web.sock"),
    ("@web", "for a UNIX socket write unix:@web"),
    ("unix:", "the path is missing"),
    ("unix:@", "the path is missing"),
    ("unix:/run/", "it names a directory; write unix:/run/app.sock"),
    ("unix:~/web.sock", "no shell expands ~ here"),
    ("unix:/run/\0web", "a path holds no NUL"),
    ("unix:/" + "p" * 107, "its path has 108 bytes, the kernel takes 107"),
    ("unix:/" + "é" * 54, "its path has 109 bytes"),
    ("unix:/\ud800", "cannot be written in this system's file name encoding"),
    ("fd:", "as in fd:3"),
    ("fd:three", "as in fd:3"),
    ("fd:-1", "as in fd:3"),
    ("fd:2147483648", "as in fd:3"),
    ("hold:", "the path is missing; write hold:/run/app.sock"),
    ("hold:#web", "the path is missing"),
    ("hold:///run/h#web", "it is no URL here; write hold:/run/h#web$"),
    ("hold:/" + "p" * 107 + "#web", "its path has 108 bytes"),
    ("hold:/run/h#a b", "'a b' is no name of a listener"),
    ("hold:/run/h#a#b", "'a#b' is no name of a listener"),
    ("hold:/run/h#" + "a" * 256, "is no name of a listener"),
]


@pytest.mark.parametrize(("text", "address", "canonical"), GOOD)
def test_every_form_is_understood_and_has_one_spelling(text: str, address: Address, canonical: str) -> None:
    """An address is read as documented, and its canonical spelling is read as the same address."""
    assert parse(text) == address
    assert str(parse(text)) == canonical
    assert parse(canonical) == address


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_every_bad_form_is_named_with_its_remedy(text: str, sentence: str) -> None:
    """A bad address is refused in one sentence that quotes it and says what to write."""
    with pytest.raises(Misuse, match=sentence) as caught:
        parse(text)
    assert caught.value.sentence.startswith(f"bad address '{text}': ")
    assert "\n" not in caught.value.sentence


@given(st.text() | st.from_regex(r"(unix:|fd:|hold:|\[|@|\*|[a-z0-9.]{0,9}:?)[0-9:.\]/~%@a-f]{0,12}", fullmatch=True))
def test_any_text_is_an_address_or_misuse(text: str) -> None:
    """No text makes the parser fail in another way, and what it takes it takes again."""
    try:
        address = parse(text)
    except Misuse:
        return
    assert parse(str(address)) == address
