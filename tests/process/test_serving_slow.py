"""Slow, silent and greedy clients: they cost themselves time, and nobody else."""

import errno
import gc
import os
import resource
import select
import threading
import time
from contextlib import ExitStack

import pytest

from adapter.roles.serving.lingering import BYTES
from adapter.roles.serving.outgoing import FULL
from kit.lines import shown
from kit.serving import GET, PATIENCE, Gated, Serving, get, hello, post


def big(size):
    """An application whose answer to /big has so many bytes."""

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/big":
            start_response("200 OK", [("Content-Length", str(size))])
            return [b"0123456789" * (size // 10)]
        return hello(environ, start_response)

    return app


def test_a_slow_client_with_a_small_response_holds_no_thread():
    """A response below the buffer's size leaves the thread at once, however slowly the client reads."""
    with Serving(big(FULL // 20 * 10), threads=1, sndbuf=4096) as serving, serving.client(rcvbuf=4096) as slow:
        slow.send(get("/big"))
        with serving.client() as other:
            other.send(GET)
            assert other.response().status == 200
        assert len(slow.response().body) == FULL // 20 * 10


def test_a_large_response_to_a_slow_client_arrives_whole_and_is_not_all_in_memory():
    """Beyond the buffer's size the thread waits; every byte arrives, in order."""
    held = []

    def app(environ, start_response):
        start_response("200 OK", [])
        for number in range(400):
            held.append(number)
            yield b"%07d\n" % number * 2048

    with Serving(app, sndbuf=4096) as serving, serving.client(rcvbuf=4096) as slow:
        slow.send(GET)
        serving.wait_until(lambda: len(held) * 16384 > FULL)
        body = slow.response().body
        assert body == b"".join(b"%07d\n" % number * 2048 for number in range(400))


def test_one_byte_at_a_time_is_joined():
    """An application that yields single bytes to a stalled client fills the buffer with bytes, not with objects."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", "100000")])
        for number in range(100_000):
            yield b"%d" % (number % 10)

    with Serving(app, sndbuf=2048) as serving, serving.client(rcvbuf=2048) as slow:
        slow.send(GET)
        serving.wait_until(lambda: serving.server.report()["requests"] == 1)
        [connection] = serving.server._shared.connections
        assert len(connection.out._pieces) <= 4
        assert slow.response().body == b"0123456789" * 10_000


def test_a_client_that_never_stops_sending_is_not_reset_before_it_looks():
    """However much comes after a 413, the client is held up rather than reset: whoever sends first and reads later gets it too."""
    with Serving(hello, max_body=1000) as serving, serving.client() as client:
        client.send(post("/b", b"x" * 2000)[:-1])
        sent, more = 0, b"x" * 65536
        # Held up for good past BYTES; before that the server may merely not have got to run.
        while sent < 4 * BYTES and select.select([], [client.socket], [], 0.2 if sent > BYTES else PATIENCE)[1]:
            sent += client.socket.send(more)
        assert client.response().status == 413
    assert sent > BYTES


def test_write_timeout_frees_the_thread():
    """A client that takes nothing of its response for --write-timeout is given up; the thread waiting on it goes on."""
    closed = threading.Event()

    class Endless:
        def __iter__(self):
            while True:
                yield b"x" * 65536

        def close(self):
            closed.set()

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/endless":
            start_response("200 OK", [])
            return Endless()
        return hello(environ, start_response)

    with Serving(app, threads=1, write_timeout=0.2) as serving, serving.client() as stuck:
        stuck.send(get("/endless"))
        assert closed.wait(PATIENCE)
        serving.wait_until(lambda: serving.server.report()["connections"] == 0)
        with serving.client() as other:
            other.send(GET)
            assert other.response().status == 200


def test_write_timeout_counts_silence_not_duration(tmp_path):
    """A client that reads slowly but steadily is never given up."""
    # UNIX: of TCP's small windows the kernel tells the sender in steps of its own choosing.
    with Serving(big(2_000_000), write_timeout=2.0, unix=tmp_path, sndbuf=4096) as serving, serving.client() as slow:
        slow.send(get("/big"))
        began = time.monotonic()
        body = b""
        gate = threading.Event()
        while time.monotonic() - began < 3.0:
            body += slow.socket.recv(4096)
            gate.wait(0.02)  # the client's own slowness is what is tested
        slow._buffer = bytearray(body)
        assert len(slow.response().body) == 2_000_000


@pytest.mark.parametrize(
    ("options", "sent", "status"),
    [
        ({"header_timeout": 0.5}, b"", 0),
        ({"header_timeout": 0.5}, b"GET / HT", 408),
        ({"body_timeout": 0.5}, post("/", b"12345")[:-2], 408),
    ],
)
def test_silence_ends_the_connection(options, sent, status):
    """Half a request is answered with 408, none at all with nothing; then the connection ends."""
    with Serving(hello, **options) as serving, serving.client() as client:
        client.send(sent)
        if status:
            assert client.response().status == status
        assert client.at_end()


def test_header_timeout_is_not_put_off_by_more_bytes():
    """A head that comes byte by byte is cut off at --header-timeout (slowloris)."""
    with Serving(hello, header_timeout=0.5) as serving, serving.client() as client:
        gate = threading.Event()
        began = time.monotonic()
        client.socket.setblocking(False)
        answer = b""
        while not answer and time.monotonic() - began < PATIENCE:
            client.send(b"G")
            gate.wait(0.02)
            try:
                answer = client.socket.recv(100)
            except BlockingIOError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


def test_an_idle_connection_is_closed_after_the_keepalive_timeout():
    """And not before; a request in time renews it."""
    with Serving(hello, keepalive_timeout=2.0) as serving, serving.client() as client:
        for _ in range(3):
            client.send(GET)
            assert client.response().status == 200
        assert client.at_end()


def test_an_idle_server_sleeps():
    """With idle connections and nothing to do, the loop does not turn."""
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET)
        client.response()
        with serving.client():
            serving.wait_until(lambda: serving.server.report()["connections"] == 2)
            before = time.process_time()
            threading.Event().wait(0.3)  # what is tested is that nothing happens
            assert time.process_time() - before < 0.05


def test_too_many_connections_wait_in_the_queue():
    """Beyond --max-connections a client waits for another to leave; it is not refused."""
    with Serving(hello, max_connections=2) as serving, serving.client() as first, serving.client() as second:
        for client in (first, second):
            client.send(GET)
            client.response()
        with serving.client() as third:
            third.send(GET)
            serving.do(lambda: None)
            assert serving.do(serving.server.report)["connections"] == 2
            first.socket.close()
            assert third.response().status == 200


def test_who_has_been_idle_for_longest_makes_room():
    """With all connections taken by clients that keep theirs and ask nothing, a new one is served; who asks all the time keeps his."""
    with Serving(hello, max_connections=3, keepalive_timeout=3600) as serving, ExitStack() as stack:
        silent = stack.enter_context(serving.client())
        serving.do(lambda: None)  # by now it has been accepted, and idle for longer than the others
        quiet, busy = (stack.enter_context(serving.client()) for _ in range(2))
        for client in (quiet, busy):
            client.send(GET)
            client.response()
        new = stack.enter_context(serving.client())
        new.send(GET)
        while not select.select([new.socket], [], [], 0.1)[0]:
            busy.send(GET)
            assert busy.response().status == 200
        assert new.response().status == 200
        assert silent.at_end()
        for client in (quiet, busy, new):
            client.send(GET)
            assert client.response().status == 200
        serving.log.wait_for("all connections are taken: closing those that have been idle for longest closed=1")


def test_a_request_that_has_come_is_served_before_its_connection_makes_room():
    """Whoever is chosen gets a last look: nothing that was sent is lost."""
    with Serving(hello, max_connections=1, keepalive_timeout=3600) as serving, serving.client() as first:
        first.send(GET)
        first.response()
        (connection,) = serving.server._shared.connections
        serving.do(lambda: serving.server._loop.change(connection._fd, 0))  # it does not hear of what comes next
        first.send(GET)
        with serving.client() as second:
            second.send(GET)
            assert first.response().status == 200
            assert second.response().status == 200
        assert first.at_end()


def test_who_is_idle_makes_room_when_there_are_no_descriptors_left():
    """Nobody leaves by himself: the one that has been idle does, and who waits is served by its descriptor."""
    with Serving(hello, keepalive_timeout=3600) as serving, serving.client() as first:
        first.send(GET)
        first.response()
        waiting = serving.unconnected()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
        try:
            waiting.socket.connect(serving.address)
            waiting.send(GET)
            serving.log.wait_for("cannot accept connections for now")
            assert waiting.response().status == 200
            assert first.at_end()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        waiting.socket.close()


def test_no_descriptors_left():
    """EMFILE: said once, nothing spins, and the client is served when a connection has closed."""
    with Serving(hello) as serving, serving.client() as first:
        first.send(GET)
        first.response()
        waiting = serving.unconnected()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            waiting.socket.connect(serving.address)
            waiting.send(GET)
            serving.log.wait_for("cannot accept connections for now")
            serving.do(lambda: None)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        first.socket.close()
        assert waiting.response().status == 200
        waiting.socket.close()
        assert sum("cannot accept" in line for line in serving.log.all()) == 1


def test_no_room_in_the_epoll():
    """Who has to be waited for is closed then, and nobody else: a request that has come with its connection is answered."""
    with Serving(hello) as serving:
        add = serving.server._loop.add

        def full(fd, mask, ready, *, first=False):
            if not first:  # a listener keeps the room it had
                raise OSError(errno.ENOSPC, "No space left on device")
            add(fd, mask, ready, first=first)

        serving.do(lambda: setattr(serving.server._loop, "add", full))
        with serving.client() as silent:
            assert silent.at_end()
        serving.do(serving.server.pause)
        with serving.client() as client:
            client.send(get("/", "Connection: close"))
            serving.do(serving.server.resume)
            assert client.response().status == 200
        serving.wait_until(lambda: serving.server.report()["connections"] == 0)
        assert not [line for line in serving.log.all() if "bug" in line]


def test_no_room_in_the_epoll_for_a_listener():
    """It is tried again when there may be room, and told once; who comes meanwhile waits in the queue."""
    with Serving(hello) as serving:
        add = serving.server._loop.add
        left = iter(range(2))

        def full(fd, mask, ready, *, first=False):
            if first and next(left, None) is not None:
                raise OSError(errno.ENOSPC, "No space left on device")
            add(fd, mask, ready, first=first)

        serving.do(serving.server.pause)  # it leaves the epoll
        serving.do(lambda: setattr(serving.server._loop, "add", full))
        serving.do(serving.server.resume)
        with serving.client() as client:
            client.send(get("/", "Connection: close"))
            assert client.response().status == 200
        said = [line for line in serving.log.all() if "error" in line]
        assert ["cannot accept connections for now" in line for line in said] == [True], shown(said)
        assert next(left, None) is None


def test_a_closed_connection_leaves_no_garbage():
    """What a connection is made of is freed when it closes, not when the garbage collector comes by."""
    with Serving(hello) as serving:
        with serving.client() as client:
            client.send(get("/", "Connection: close"))
            client.response()
        serving.wait_until(lambda: serving.server.report()["connections"] == 0)
        gc.collect()
        gc.disable()
        try:
            for _ in range(200):
                with serving.client() as client:
                    client.send(get("/", "Connection: close"))
                    client.response()
                    assert client.at_end()
            assert gc.collect() < 200
        finally:
            gc.enable()


def test_gone_while_the_response_waits(tmp_path):
    """A client that goes away with its response half sent is forgotten."""
    for unix in (None, tmp_path):
        with Serving(big(FULL // 20 * 10), unix=unix, sndbuf=4096) as serving:
            client = serving.client(rcvbuf=4096)
            client.send(get("/big"))
            serving.wait_until(lambda: serving.server.report()["requests"] == 1)
            client.socket.close()
            serving.wait_until(lambda: serving.server.report()["connections"] == 0)


def test_a_stray_thread_cannot_write_into_the_next_response():
    """What an application's own thread writes after its call is refused."""
    gone = threading.Event()
    let = threading.Event()

    def app(environ, start_response):
        write = start_response("200 OK", [("Content-Length", "2")])
        if environ["PATH_INFO"] == "/stray":

            def stray():
                let.wait(PATIENCE)
                try:
                    write(b"evil")
                except (OSError, ValueError):
                    gone.set()

            threading.Thread(target=stray).start()
        return [b"ok"]

    gated = Gated()
    with Serving(lambda e, s: gated(e, s) if e["PATH_INFO"] == "/gated" else app(e, s)) as serving, serving.client() as client:
        client.send(get("/stray"))
        assert client.response().body == b"ok"
        client.send(get("/gated"))
        gated.wait_begun()
        let.set()
        assert gone.wait(PATIENCE)
        gated.open()
        assert client.response().body == b"/gated "
