"""Every kind of client at once: whoever behaves is answered, whoever does not leaves nothing behind."""

import random
import threading

import pytest

from kit.serving import GET, Serving, get, hello, post


def polite(client, chance):
    """Some requests, each answered."""
    for _ in range(chance.randrange(1, 5)):
        body = chance.randbytes(chance.choice([0, 10, 70_000]))
        client.send(post("/p", body))
        assert client.response().body == b"/p " + body


def pipelining(client, chance):
    """Many at once, then half-closed."""
    count = chance.randrange(1, 20)
    client.send(GET * count)
    client.socket.shutdown(1)
    for _ in range(count):
        assert client.response().status == 200
    assert client.at_end()


def dripping(client, chance):
    """One request in pieces."""
    request = post("/d", b"drip")
    at = 0
    while at < len(request):
        size = chance.randrange(1, 30)
        client.send(request[at : at + size])
        at += size
    assert client.response().body == b"/d drip"


def cut(client, chance):
    """Gone in the middle of a request."""
    request = post("/c", b"x" * 1000)
    client.send(request[: chance.randrange(len(request))])


def resetting(client, chance):
    """Gone with a reset, the response not read."""
    client.send(get("/big") * chance.randrange(1, 4))
    client.reset()


def reading_little(client, chance):
    """Reads a little of a large response, then goes."""
    client.send(get("/big"))
    client.socket.recv(chance.randrange(1, 5000))


def broken(client, chance):
    """Is refused."""
    client.send(
        chance.choice([b"GET\r\n\r\n", b"\0\0\0\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"])
        + b" " * 100
    )
    if not client.socket.recv(12).startswith(b"HTTP/1.1 4"):
        raise AssertionError("not refused")


def app(environ, start_response):
    """Large, small, and failing answers."""
    if environ["PATH_INFO"] == "/big":
        start_response("200 OK", [])
        return (b"b" * 50_000 for _ in range(60))
    return hello(environ, start_response)


@pytest.mark.parametrize("unix", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_every_kind_of_client_at_once(tmp_path, unix, seed):
    """All good clients are answered; afterwards nothing is open, no bug was logged, and the drain loses nothing."""
    kinds = [polite, pipelining, dripping, cut, resetting, reading_little, broken]
    wrong = []

    def talk(number):
        chance = random.Random(seed * 1000 + number)
        for _ in range(60):
            kind = chance.choice(kinds)
            try:
                with serving.client() as client:
                    kind(client, chance)
            except Exception as error:  # noqa: BLE001 -- told below
                wrong.append((kind.__name__, error))

    with Serving(app, unix=tmp_path if unix else None, threads=3, max_connections=6, body_memory=20_000) as serving:
        threads = [threading.Thread(target=talk, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
        serving.wait_until(lambda: not serving.server.report()["connections"])
        assert not [line for line in serving.log.all() if "bug" in line or "Traceback" in line]
        serving.drain(10)
        assert serving.result() is True
