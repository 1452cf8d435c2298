"""Connections go from one worker to another, and their clients notice nothing."""

import contextlib
import socket

import pytest

from adapter.unix import handover
from kit.serving import GET, PATIENCE, Client, Gated, Serving, get, post


class Named(Gated):
    """Says its own name, the path, and the body; /gated waits."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def __call__(self, environ, start_response):
        first, *rest = super().__call__(environ, start_response)
        return [self.name.encode(), b" ", first, *rest]


@pytest.fixture
def queue():
    """By which they go."""
    ends = handover.pair()
    yield ends
    ends.close()


@contextlib.contextmanager
def two(queue, **options):
    """An old server and a new one, and a client that the old one has answered."""
    old, new = Named("old"), Named("new")
    with Serving(old, queue=queue, **options) as former, Serving(new, queue=queue, **options) as latter:
        former.app, latter.app = old, new
        with former.client() as client:
            client.send(GET)
            assert client.response().body == b"old / "
            yield former, latter, client


def relieve(serving):
    """Have it drain, while others serve on."""
    serving.drain(30, linger=20, final=False)


def test_an_idle_connection_lives_on(queue):
    """The next request on it is answered by the new worker; nothing says close; the old one is done at once."""
    with two(queue) as (former, _, client):
        relieve(former)
        assert former.result() is True
        for _ in range(3):
            client.send(GET)
            response = client.response()
            assert (response.body, response.close) == (b"new / ", False)


@pytest.mark.parametrize("at", [1, 8, -2])
def test_a_head_half_received_goes_along(queue, at):
    """The bytes that the old worker has read are not asked for again, and none is read twice."""
    request = get("/half", "X-Y: z")
    with two(queue) as (former, _, client):
        client.send(request[:at])
        former.wait_until(lambda: all(each._state == 1 for each in former.server._shared.connections))
        relieve(former)
        assert former.result() is True
        client.send(request[at:])
        assert client.response().body == b"new /half "


@pytest.mark.parametrize("memory", [10, 1 << 20])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_half_received_goes_along(queue, memory, chunked):
    """In memory or in a temporary file, with a length or in chunks, cut within a chunk's size line."""
    body = bytes(range(256)) * 40
    if chunked:
        coded = b"".join(b"%x;a=b\r\n%b\r\n" % (len(body[at : at + 100]), body[at : at + 100]) for at in range(0, len(body), 100))
        request = b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + coded + b"0\r\nX: y\r\n\r\n"
        cut = request.index(b"64;a=b", 3000) + 3
    else:
        request, cut = post("/body", body), 5000
    with two(queue, body_memory=memory) as (former, _, client):
        client.send(request[:cut])
        former.wait_until(lambda: all(each._state == 2 for each in former.server._shared.connections))
        relieve(former)
        assert former.result() is True
        client.send(request[cut:])
        assert client.response().body == b"new /body " + body


def test_a_call_in_progress_ends_where_it_began(queue):
    """Its response comes from the old worker and does not say close; then the connection goes over."""
    with two(queue) as (former, _, client):
        client.send(get("/gated"))
        former.app.wait_begun()
        relieve(former)
        former.app.open()
        response = client.response()
        assert (response.body, response.close) == (b"old /gated ", False)
        client.send(GET)
        assert client.response().body == b"new / "
        assert former.result() is True


def test_pipelined_requests_stay_in_their_order(queue):
    """What the old worker has read whole it answers; what it has read in part goes over with the connection."""
    with two(queue) as (former, _, client):
        client.send(get("/gated") + get("/second") + get("/third")[:10])
        former.app.wait_begun()
        relieve(former)
        former.app.open()
        assert [client.response().body for _ in range(2)] == [b"old /gated ", b"old /second "]
        client.send(get("/third")[10:])
        assert client.response().body == b"new /third "


def test_a_new_connection_that_has_sent_nothing_goes_over(queue):
    """Its first request is answered by the new worker."""
    with two(queue) as (former, _, _client), former.client() as silent:
        former.wait_until(lambda: former.server.report()["connections"] == 2)
        relieve(former)
        assert former.result() is True
        silent.send(GET)
        assert silent.response().body == b"new / "


def test_the_queue_waits_for_whoever_comes(queue):
    """With nobody to take them yet, connections are not lost with the worker that left them."""
    with Serving(Named("old"), queue=queue) as former:
        clients = [former.client() for _ in range(20)]
        for client in clients:
            client.send(GET)
            client.response()
        relieve(former)
        assert former.result() is True
        with Serving(Named("new"), queue=queue):
            for client in clients:
                client.send(GET)
                assert client.response().body == b"new / "
                client.socket.close()


def test_more_connections_than_the_queue_holds(queue):
    """Those that found it full go when there is room: all of them, while the old worker goes on serving them."""
    with Serving(Named("old"), queue=queue, max_connections=2000) as former:
        clients = []
        for _ in range(900):
            client = former.client()
            client.send(GET)
            clients.append(client)
        for client in clients:
            client.response()
        relieve(former)
        left = former.do(former.server.report)["connections"]
        assert 0 < left < 900
        with Serving(Named("new"), queue=queue, max_connections=2000) as latter:
            assert former.result() is True
            for client in clients:
                client.send(GET)
                assert client.response().body == b"new / "
            assert latter.do(latter.server.report)["taken"] == 900
            for client in clients:
                client.socket.close()


def test_a_request_goes_to_a_sibling_that_is_not_held_up(queue):
    """With its only thread in a slow call, a worker does not let its other connections wait: a sibling answers them."""
    with two(queue, threads=1) as (former, latter, client), former.client() as other:
        other.send(GET)
        assert other.response().body == b"old / "
        client.send(get("/gated"))
        former.app.wait_begun()
        other.send(post("/other", b"12345"))
        assert other.response().body == b"new /other 12345"
        other.send(GET)
        assert other.response().body == b"new / "
        former.app.open()
        assert client.response().body == b"old /gated "
        assert latter.do(latter.server.report)["taken"] == 1


def test_a_request_that_nobody_has_a_thread_for_is_answered_in_the_end(queue):
    """Handed round among workers that are all held up, it stays with one of them, and is answered when a thread is free."""
    with two(queue, threads=1) as (former, latter, client), former.client() as other, latter.client() as third:
        other.send(GET)
        other.response()
        third.send(get("/gated"))
        latter.app.wait_begun()
        client.send(get("/gated"))
        former.app.wait_begun()
        other.send(get("/waits"))
        former.wait_until(lambda: former.server.report()["given"] + former.server.report()["waiting"] >= 1)
        latter.app.open()
        assert third.response().body == b"new /gated "
        assert other.response().body in {b"old /waits ", b"new /waits "}
        former.app.open()
        assert client.response().body == b"old /gated "


def test_a_connection_changes_hands_as_often_as_workers_go(queue):
    """Ten generations answer on one connection: no number of reloads closes it."""
    with contextlib.ExitStack() as stack:
        serving = stack.enter_context(Serving(Named("0"), queue=queue))
        client = stack.enter_context(serving.client())
        for number in range(10):
            client.send(GET)
            assert client.response().body == b"%d / " % number
            relieve(serving)
            assert serving.result() is True
            serving = stack.enter_context(Serving(Named(str(number + 1)), queue=queue))


def test_a_stop_hands_nothing_over(queue):
    """Nobody serves after it: what others have left in the queue is answered too, and every response says close."""
    with two(queue) as (former, latter, client):
        relieve(former)
        assert former.result() is True
        latter.drain(30, linger=20, leaving=["here"])
        client.send(GET)
        assert client.response().close
        assert client.at_end()
        client.socket.close()
        assert latter.result() is True


def test_what_a_worker_passed_on_it_answers_itself_when_all_leave(queue):
    """The master is gone, and the sibling was faster: what waits in the queue for a worker that is not held up is taken back."""
    with two(queue, threads=1) as (former, latter, client), former.client() as other:
        other.send(GET)
        other.response()
        client.send(get("/gated"))
        former.app.wait_begun()
        latter.do(latter.server.release)
        latter.drain(30, linger=20)
        assert latter.result() is True
        other.send(post("/waits", b"12345"))
        former.wait_until(lambda: former.server.report()["given"] == 1)
        former.do(former.server.release)
        former.drain(30, linger=20)
        former.app.open()
        assert client.response().body == b"old /gated "
        response = other.response()
        assert (response.body, response.close) == (b"old /waits 12345", True)
        assert former.result() is True


def test_who_made_room_for_others_stays_when_all_leave(queue):
    """A worker that drains for a reload, when the server is stopped or the master dies: what nobody has taken yet it takes back."""
    with two(queue) as (former, latter, client), former.client() as other:
        client.send(get("/gated"))
        former.app.wait_begun()
        latter.drain(30, linger=20)
        assert latter.result() is True
        other.send(GET)
        other.response()
        relieve(former)
        former.wait_until(lambda: former.server.report()["given"] == 1)
        former.drain(30, linger=20)
        former.wait_until(lambda: former.server.report()["taken"] == 1)
        other.send(GET)
        response = other.response()
        assert (response.body, response.close) == (b"old / ", True)
        former.app.open()
        assert client.response().body == b"old /gated "
        assert former.result() is True


def test_an_address_that_is_given_up_is_left_by_its_clients(queue):
    """Nobody serves it any more: a connection that came by it is answered once more, says close, and goes nowhere."""
    with two(queue) as (former, latter, client):
        former.drain(30, linger=20, leaving=["here"], final=False)
        client.send(GET)
        response = client.response()
        assert (response.body, response.close) == (b"old / ", True)
        assert client.at_end()
        assert former.result() is True
        assert latter.do(latter.server.report)["taken"] == 0


def test_what_is_no_record_harms_nobody(queue):
    """Whatever lies in the queue is told and thrown away; the connections behind it are served."""
    with two(queue) as (former, latter, client), former.client() as other:
        other.send(GET)
        other.response()
        former.do(former.server.pause)  # and takes nothing itself
        left, right = socket.socketpair()
        for junk in (b"{", b"[]", b"{}", b'{"parties": 1}'):
            socket.send_fds(queue.give, [junk], [left.fileno()])
        queue.give.send(b"no descriptor")
        relieve(former)
        for each in (client, other):
            each.send(GET)
            assert each.response().body == b"new / "
        latter.log.wait_for("a connection that was handed over cannot be read")
        left.close()
        right.settimeout(PATIENCE)
        assert right.recv(1) == b""
        right.close()


def test_time_is_not_given_anew(queue):
    """A head that must have come within --header-timeout is not let off for having changed hands."""
    with two(queue, header_timeout=1.0) as (former, _, client):
        client.send(b"GET / HT")
        former.wait_until(lambda: all(each._state == 1 for each in former.server._shared.connections))
        relieve(former)
        assert former.result() is True
        assert client.response().status == 408


def test_it_is_the_same_client(queue):
    """Who the client is, and which address it called, goes over with the connection."""

    def who(environ, start_response):
        start_response("200 OK", [])
        return [" ".join(environ[name] for name in ("REMOTE_ADDR", "REMOTE_PORT", "SERVER_NAME", "SERVER_PORT")).encode()]

    with Serving(who, queue=queue) as former, Serving(who, queue=queue), former.client() as client:
        assert isinstance(client, Client)
        client.send(GET)
        before = client.response().body
        relieve(former)
        client.send(GET)
        assert client.response().body == before
