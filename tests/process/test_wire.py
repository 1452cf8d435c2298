"""The uwsgi and PROXY protocols at the real server: bad input, reloads that change what is spoken, and what travels with a connection."""

import json
import socket
import tempfile

from kit.asked import free_port
from kit.packets import BAD, Bad, asked
from kit.proxied import BAD as BAD_HEADERS
from kit.proxied import IPV4, SIGNATURE, tlv, v2
from kit.proxies import raw, turned_away
from kit.server import Adapter, listening

GET = b"GET /environ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PACKET = asked({b"PATH_INFO": b"/environ"})
LINE = b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n"


def told(answer: bytes) -> dict[str, str]:
    """The environ in this answer."""
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), f"{answer}"
    return dict(json.loads(answer.partition(b"\r\n\r\n")[2]))


def connected(address: str) -> socket.socket:
    """A new connection."""
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def rest_of(wire: socket.socket) -> bytes:
    """All that comes, to the end."""
    parts = []
    while part := wire.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_bad_packets_end_no_worker() -> None:
    """Every bad packet of the corpus has its status or an end, the worker lives, and the log is not filled."""
    with Adapter("behind.py", "--uwsgi=127.0.0.1:0", "--max-body=1G", bind=()) as server:
        address, good = server.address, PACKET
        assert told(raw(address, good))["REMOTE_ADDR"] == "192.0.2.1"
        for _ in range(3):
            for case in BAD:
                if case.limits == Bad("", b"", "").limits:
                    assert raw(address, case.raw).startswith(b"HTTP/1.1 %d " % case.status), case.name
        for at in range(1, len(good), 17):  # cut off
            with socket.create_connection(address.split(":")) as wire:
                wire.sendall(good[:at])
        assert told(raw(address, good))["PATH_INFO"] == "/environ"
        assert len(server.ready()) == 1
        warnings = [line for line in server.log.all() if "warning" in line]
        assert 0 < len(warnings) < 10  # of hundreds: one a minute, the rest is counted
        assert 'a connection is refused reason="uwsgi: ' in warnings[0]


def test_what_the_front_end_is_told() -> None:
    """The answer is HTTP that ends with the connection: never chunked, never kept alive, whatever the client asked for."""
    keep = ((b"HTTP_CONNECTION", b"keep-alive"), (b"HTTP_EXPECT", b"100-continue"))
    with Adapter("behind.py", "--uwsgi=127.0.0.1:0", bind=()) as server:
        for path, length in ((b"/stream", None), (b"/down", b"5000")):
            answer = raw(server.address, asked({b"PATH_INFO": path, b"QUERY_STRING": b"5000"}, *keep))
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"\r\nConnection: close" in head
            assert b"Transfer-Encoding" not in head
            assert (b"\r\nContent-Length: 5000" in head) == (length is not None)
            assert len(body) == 5000
        answer = raw(server.address, asked({b"REQUEST_METHOD": b"HEAD", b"PATH_INFO": b"/down", b"QUERY_STRING": b"5000"}))
        assert answer.endswith(b"\r\n\r\n")


def test_the_access_log_names_the_client() -> None:
    """Whoever says who the client is, the access log says it too, with the protocol that the client spoke."""
    options = ("--uwsgi=127.0.0.1:0", "--proxy-protocol=127.0.0.1:0", "--forwarded-allow-ips=127.0.0.1", "--max-body=4")
    form = "--access-log-format={client} {status} {version}"
    with Adapter("behind.py", "--access-log=access", form, *options, bind=("127.0.0.1:0",)) as server:
        server.wait_for("adapter: info: serving generation=")
        http, uwsgi, proxied = server.addresses
        raw(http, GET.replace(b"Host", b"X-Forwarded-For: 192.0.2.7\r\nHost"))
        raw(uwsgi, asked({b"SERVER_PROTOCOL": b"HTTP/2.0"}))
        raw(uwsgi, asked({b"REMOTE_ADDR": b"127.0.0.1"}, (b"HTTP_X_FORWARDED_FOR", b"192.0.2.8")))
        raw(proxied, LINE + GET)
        raw(proxied, LINE + GET.replace(b"Host", b"Content-Length: 5\r\nHost"))
        assert server.stop() == 0
        lines = (server.directory / "access").read_text().splitlines()
    assert lines == [
        "192.0.2.7 200 HTTP/1.1",
        "192.0.2.1 200 HTTP/2.0",
        "192.0.2.8 200 HTTP/1.1",
        "192.0.2.1 200 HTTP/1.1",
        "192.0.2.1 413 -",
    ]


def test_a_listener_for_balancers_is_for_nobody_else() -> None:
    """Without a header, or with a bad one, the connection ends without an answer; with a good one, in any pieces, it is the client's."""
    with Adapter("behind.py", "--proxy-protocol=127.0.0.1:0", bind=()) as server:
        address = server.address
        for case in BAD_HEADERS:
            assert turned_away(address, case.raw), case.name
        for header in (LINE, v2(0x11, IPV4)):
            assert told(raw(address, header + GET))["REMOTE_ADDR"] == "192.0.2.1"
            with connected(address) as wire:
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for byte in header + GET:
                    wire.sendall(bytes([byte]))
                around = told(rest_of(wire))
            assert (around["REMOTE_ADDR"], around["REMOTE_PORT"]) == ("192.0.2.1", "4711")
            assert (around["SERVER_NAME"], around["SERVER_PORT"]) == ("198.51.100.2", "443")
        own = told(raw(address, v2(0, command=0x20) + GET))
        assert (own["REMOTE_ADDR"], own["SERVER_PORT"]) == ("127.0.0.1", address.rpartition(":")[2])
        assert told(raw(address, v2(0x31, bytes(216)) + GET))["REMOTE_ADDR"] == ""
        assert len(server.ready()) == 1
        assert 0 < len([line for line in server.log.all() if "a connection is refused" in line]) < 10


def test_a_slow_header_has_a_deadline() -> None:
    """Who does not finish its header within --header-timeout is let go."""
    with Adapter("behind.py", "--proxy-protocol=127.0.0.1:0", "--header-timeout=300ms", bind=()) as server:
        assert turned_away(server.address, SIGNATURE)
        assert turned_away(server.address, b"PROXY TCP4 ")


def test_a_silent_connection_holds_nobody_up() -> None:
    """Who has not even sent its header is let go soon after a drain begins, and is no loss."""
    with Adapter("behind.py", "--proxy-protocol=127.0.0.1:0", "--drain-timeout=60s", bind=()) as server:
        with connected(server.address) as silent:
            assert told(raw(server.address, LINE + GET))["REMOTE_ADDR"] == "192.0.2.1"  # so that one before it is accepted
            server.reload()
            server.wait_for("adapter: info: drained worker=1 ")
            assert silent.recv(1) == b""
            with connected(server.address) as another:
                assert told(raw(server.address, LINE + GET))["REMOTE_ADDR"] == "192.0.2.1"
                assert server.stop() == 0
                assert another.recv(1) == b""
        assert not [line for line in server.log.all() if "cut at the drain deadline" in line]


def test_listeners_of_all_kinds_come_and_go() -> None:
    """A reload adds and removes listeners of each protocol; one that stays goes on, and an address may get another protocol."""
    one, two, three = (f"127.0.0.1:{free_port()}" for _ in range(3))
    server = Adapter("behind.py", "--config=adapter.toml", "--control=control", bind=())
    server.write("adapter.toml", f'[adapter]\nbind = "{one}"\n')
    with server:
        server.wait_for("adapter: info: serving generation=")
        assert told(raw(one, GET))["PATH_INFO"] == "/environ"
        server.write(
            "adapter.toml", f'[adapter]\nbind = "{one}"\nuwsgi = "{two}"\nproxy_protocol = ["{three}", "unix:proxied"]\n'
        )
        server.reload()
        assert told(raw(two, PACKET))["REMOTE_ADDR"] == "192.0.2.1"
        assert told(raw(three, LINE + GET))["REMOTE_ADDR"] == "192.0.2.1"
        assert told(raw(f"unix:{server.directory}/proxied", LINE + GET))["REMOTE_ADDR"] == "192.0.2.1"
        assert told(raw(one, GET))["REMOTE_ADDR"] == "127.0.0.1"
        for address, protocol in ((two, "uwsgi"), (three, "proxied"), (f"unix:{server.directory}/proxied", "proxied")):
            assert server.wait_for(f"adapter: info: listening address={address} ")["protocol"] == protocol
        server.write("adapter.toml", f'[adapter]\nuwsgi = "{one}"\nproxy_protocol = "{two}"\n')
        server.reload()
        server.wait_for("adapter: info: drained worker=2 ")
        assert told(raw(one, PACKET))["REMOTE_ADDR"] == "192.0.2.1"
        assert told(raw(two, LINE + GET))["REMOTE_ADDR"] == "192.0.2.1"
        assert turned_away(two, GET)
        assert not listening(three)
        assert not (server.directory / "proxied").exists()


def test_what_travels_with_a_connection() -> None:
    """A reload hands connections over as they are: half a packet, half a body, and whose an announced connection is."""
    tls = v2(0x11, IPV4 + tlv(0x20, b"\1\0\0\0\0"))
    posted = asked({b"CONTENT_LENGTH": b"200000", b"REQUEST_METHOD": b"POST", b"PATH_INFO": b"/up"}, body=b"x" * 200_000)
    with Adapter("behind.py", "--proxy-protocol=127.0.0.1:0", "--uwsgi=127.0.0.1:0", bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        uwsgi, proxied = server.addresses
        with connected(uwsgi) as packet, connected(uwsgi) as body, connected(proxied) as idle, connected(proxied) as fresh:
            packet.sendall(PACKET[:100])
            body.sendall(posted[:150_000])
            for each in (idle, fresh):
                each.sendall(tls)
            idle.sendall(GET.replace(b"Connection: close\r\n", b""))
            assert b"192.0.2.1" in idle.recv(65536)
            # Each is with the worker that will be relieved: it has answered one that came after them.
            assert told(raw(uwsgi, PACKET))["PATH_INFO"] == "/environ"
            server.reload()
            server.wait_for("adapter: info: drained worker=1 ")
            packet.sendall(PACKET[100:])
            assert told(rest_of(packet))["REMOTE_ADDR"] == "192.0.2.1"
            body.sendall(posted[150_000:])
            assert rest_of(body).endswith(b" 200000\n")
            for each in (idle, fresh):
                each.sendall(GET)
                around = told(rest_of(each))
                assert (around["REMOTE_ADDR"], around["SERVER_PORT"], around["wsgi.url_scheme"]) == ("192.0.2.1", "443", "https")


def test_port_0_is_a_new_port_each_time() -> None:
    """Port 0 means any free one, another each time it is said, and the same ones after a reload."""
    options = ("--uwsgi=127.0.0.1:0", "--uwsgi=127.0.0.1:0")
    with Adapter("behind.py", *options, bind=("127.0.0.1:0", "127.0.0.1:0")) as server:
        server.wait_for("adapter: info: serving generation=")
        assert len(set(server.addresses)) == 4
        server.reload()
        assert len(server.addresses) == 4
        for address in server.addresses[:2]:
            assert told(raw(address, GET))["REMOTE_ADDR"] == "127.0.0.1"
        for address in server.addresses[2:]:
            assert told(raw(address, PACKET))["REMOTE_ADDR"] == "192.0.2.1"


def test_two_names_of_one_socket() -> None:
    """An inherited listener that is named twice, by its number and by its path, is to speak one protocol."""
    with socket.socket(socket.AF_UNIX) as listener, tempfile.TemporaryDirectory() as directory:
        listener.bind(f"{directory}/app")
        listener.listen()
        options = (f"--uwsgi=unix:{directory}/app",)
        server = Adapter("behind.py", *options, bind=("fd:0",), stdin=listener.fileno(), keeps_listener=True)
        with server:
            said = server.log.wait_for("adapter: fatal: ").string
            assert server.process.exit_code() == 100
    assert "where http is spoken already: an address speaks one protocol" in said
