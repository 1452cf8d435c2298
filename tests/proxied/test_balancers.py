"""Balancers of connections in front, real ones with the files in examples/: nginx' stream module (PROXY v1) and HAProxy (v2)."""

import contextlib
import json
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit.load import Load
from kit.proxies import Front, haproxy, nginx
from kit.server import Adapter

VERSION_1 = {"send-proxy-v2-ssl": "send-proxy"}
SIGNED = {"send-proxy-v2-ssl": "send-proxy-v2 proxy-v2-options crc32c,unique-id,ssl,authority"}
CHECKED = {"send-proxy-v2-ssl": "send-proxy-v2 check inter 50ms"}
FRONTS: dict[str, Callable[[Path], Front]] = {
    "nginx": lambda server: nginx("stream.conf", server),
    "haproxy": haproxy,
    "haproxy v1": lambda server: haproxy(server, VERSION_1),
    "haproxy with TLVs": lambda server: haproxy(server, SIGNED),
}


@contextlib.contextmanager
def served(app: str, *options: str) -> Iterator[Adapter]:
    """adapter on the UNIX socket that the samples name."""
    with Adapter(app, "--proxy-protocol=unix:{directory}/proxied.sock", *options, bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        yield server


@pytest.mark.parametrize("which", FRONTS)
def test_the_client_is_who_the_balancer_says(which: str) -> None:
    """Address and port are the client's own, though all that adapter sees is a UNIX socket; again for each request."""
    with served("behind.py") as server, FRONTS[which](server.directory) as front:
        connection = front.connection(source="127.0.0.9")
        for _ in range(2):
            connection.request("GET", "/environ")
            told = json.loads(connection.getresponse().read())
            assert connection.sock
            assert (told["REMOTE_ADDR"], int(told["REMOTE_PORT"])) == connection.sock.getsockname()
            assert f"{told['SERVER_NAME']}:{told['SERVER_PORT']}" == front.address
            assert told["wsgi.url_scheme"] == "http"
        connection.close()
        assert len(front.ask("POST", "/up", b"x" * (1 << 20)).body) > 64


def test_tls_at_the_balancer_is_https(tmp_path: Path) -> None:
    """HAProxy ends TLS and says so in its header: the scheme is https."""
    pem = tmp_path / "pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
             "-subj", "/CN=localhost", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True)
    pem.write_text((tmp_path / "certificate").read_text() + (tmp_path / "key").read_text())
    with served("behind.py") as server, haproxy(server.directory, {"bind :80\n": f"bind :80 ssl crt {pem}\n"}) as front:
        trust = ssl.create_default_context(cafile=tmp_path / "certificate")
        trust.check_hostname = False
        connection = front.connection()
        connection.connect()
        assert connection.sock
        connection.sock = trust.wrap_socket(connection.sock)
        connection.request("GET", "/environ")
        told = json.loads(connection.getresponse().read())
        assert told["wsgi.url_scheme"] == "https"
        connection.close()


def test_health_checks_are_borne() -> None:
    """HAProxy's checks connect and leave, or say LOCAL: nothing is refused or logged for it, and the server counts as up."""
    with served("behind.py") as server, haproxy(server.directory, CHECKED) as front:
        for _ in range(20):
            assert front.get("/up").status == 200
        assert not [line for line in server.log.all() if "warning" in line or "error" in line]


@pytest.mark.parametrize("which", ["nginx", "haproxy"])
def test_nothing_is_lost_behind_a_balancer(which: str) -> None:
    """A strict client before a balancer notices nothing of reloads: 0 failed of all."""
    with served("exact.py", "--workers=2") as server, FRONTS[which](server.directory) as front, Load(front.address) as load:
        for _ in range(3):
            load.lap()
            server.reload()
        load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        assert report.ok > 100
