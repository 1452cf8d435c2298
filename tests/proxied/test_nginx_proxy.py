"""A real nginx in front, with examples/nginx/proxy.conf: proxy_pass, and whom to believe about the client."""

import json
from collections.abc import Iterator

import pytest

from kit.load import Load
from kit.proxies import Front, nginx
from kit.server import Adapter

SPOOFED = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "https"}


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """nginx before adapter, which believes it."""
    options = ("--bind=unix:{directory}/http.sock", "--forwarded-allow-ips=unix")
    with Adapter("behind.py", *options, bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        with nginx("proxy.conf", server.directory) as front:
            yield front


def test_the_client_is_who_nginx_says(front: Front) -> None:
    """Address and scheme are the client's, whatever the client wrote into those fields; the name is the one it called."""
    told = json.loads(front.get("/environ", source="127.0.0.9", Host="b.example", **SPOOFED).body)
    assert (told["REMOTE_ADDR"], told["REMOTE_PORT"], told["wsgi.url_scheme"]) == ("127.0.0.9", "", "http")
    assert (told["HTTP_HOST"], told["SERVER_NAME"], told["HTTP_X_FORWARDED_FOR"]) == ("b.example", "b.example", "127.0.0.9")


def test_a_chain_of_proxies() -> None:
    """Of several proxies those that are named are believed: the client is who the first of them saw."""
    appended = {
        "X-Forwarded-For $remote_addr": "X-Forwarded-For $proxy_add_x_forwarded_for",
        "Proto $scheme": "Proto $http_x_forwarded_proto",
    }
    options = ("--bind=unix:{directory}/http.sock", "--forwarded-allow-ips=unix,127.0.0.7,10.0.0.0/8")
    with Adapter("behind.py", *options, bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        with nginx("proxy.conf", server.directory, appended) as front:
            forged = {"X_Forwarded_For": "6.6.6.6, 192.0.2.1, 10.1.1.1", "X_Forwarded_Proto": "https"}
            told = json.loads(front.get("/environ", source="127.0.0.7", **forged).body)
            assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("192.0.2.1", "https")
            told = json.loads(front.get("/environ", source="127.0.0.8", **forged).body)
            assert told["REMOTE_ADDR"] == "127.0.0.8"


@pytest.mark.parametrize("options", [(), ("--forwarded-allow-ips=192.0.2.1",), ("--forwarded-allow-ips=unix",)])
def test_nobody_else_is_believed(options: tuple[str, ...]) -> None:
    """By default, and from anybody but the named, the fields are only shown to the application."""
    with Adapter("behind.py", *options) as server:
        host, _, port = server.address.rpartition(":")
        direct = Front([], server.directory, server.address, "")
        told = json.loads(direct.get("/environ", source="127.0.0.9", **SPOOFED).body)
        assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("127.0.0.9", "http")
        assert told["REMOTE_PORT"].isdigit()
        assert (told["HTTP_X_FORWARDED_FOR"], told["HTTP_X_FORWARDED_PROTO"]) == ("6.6.6.6", "https")
        assert (told["SERVER_NAME"], told["SERVER_PORT"]) == (host, port)


def test_nothing_is_lost_behind_nginx() -> None:
    """A strict client before nginx, which keeps idle connections to adapter, notices nothing of reloads: 0 failed of all."""
    options = ("--workers=2", "--bind=unix:{directory}/http.sock", "--forwarded-allow-ips=unix")
    with Adapter("exact.py", *options, bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        with nginx("proxy.conf", server.directory) as front, Load(front.address) as load:
            for _ in range(3):
                load.lap()
                server.reload()
            load.lap()
            report = load.stop()
            assert report.failed == 0, str(report)
            assert report.ok > 100
