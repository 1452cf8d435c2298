"""Two workers on one listener: a connection goes to the one that has time for it, and none is left lying."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from kit.serving import GET, PATIENCE, Gated, Serving, get


@pytest.fixture
def siblings():
    """Two servers with one thread each on one listener, and their applications' gate."""
    gated = Gated()
    with Serving(gated, threads=1) as one, Serving(gated, threads=1, beside=one) as other:
        yield gated, one, other
        for serving in (one, other):
            if serving.running:
                serving.drain(PATIENCE)
            assert serving.result() is True


def test_a_busy_worker_leaves_new_connections_to_its_sibling(siblings):
    """While one is busy, each new connection is served by the other, at once."""
    gated, one, _ = siblings
    with one.client() as busy:
        busy.send(get("/gated"))
        gated.wait_begun()
        for _ in range(100):
            began = time.monotonic()
            with one.client() as client:
                client.send(GET)
                assert client.response().status == 200
            assert time.monotonic() - began < PATIENCE / 2  # its gate opens when the call is over, or after PATIENCE
        gated.open()
        assert busy.response().status == 200


def test_a_storm_of_connections_loses_none(siblings):
    """Many short connections at once, while workers become busy and free all the time: all are answered."""
    _, one, _ = siblings
    answered = []

    def storm():
        for _ in range(50):
            with one.client() as client:
                client.send(get("/", "Connection: close"))
                answered.append(client.response().status)

    threads = [threading.Thread(target=storm) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [200] * 400


def test_a_drain_leaves_the_queue_to_the_sibling(siblings):
    """One drains with `leaving` empty, under load: its sibling serves everybody, nobody is refused or reset."""
    _, one, other = siblings
    stop = threading.Event()
    answered, lost = [], []

    def load():
        while not stop.is_set():
            try:
                with other.client() as client:
                    client.send(get("/", "Connection: close"))
                    answered.append(client.response().status)
            except (OSError, EOFError) as error:
                lost.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    other.wait_until(lambda: len(answered) > 50)
    one.drain(PATIENCE)
    assert one.result() is True
    served = len(answered)
    other.wait_until(lambda: len(answered) > served + 50)
    stop.set()
    for thread in threads:
        thread.join()
    assert not lost
    assert set(answered) == {200}


@pytest.mark.parametrize("threads", [1, 2])
def test_who_is_connected_does_not_keep_others_out(threads):
    """All threads always have a kept connection's call to go on with: a new connection is served in turn with those, and so is the next one."""

    def slow(_environ, start_response):
        time.sleep(0.004)
        start_response("200 OK", [("Content-Length", "0")])
        return []

    def ask(client):
        while not enough.is_set():
            client.send(GET)
            client.response()

    enough = threading.Event()
    with Serving(slow, threads=threads) as serving, ThreadPoolExecutor(3 * threads) as pool, ExitStack() as stack:
        stack.callback(enough.set)
        asking = [pool.submit(ask, stack.enter_context(serving.client())) for _ in range(3 * threads)]
        serving.wait_until(lambda: serving.server.report()["requests"] > 100)
        for _ in range(10):
            with serving.client() as client:
                client.send(GET)
                assert client.response().status == 200
        enough.set()
        for each in asking:
            each.result()
