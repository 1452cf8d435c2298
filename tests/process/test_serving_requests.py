"""The worker's data plane: requests in, responses out, on one connection and on many."""

import threading

import pytest

from kit.serving import GET, PATIENCE, Gated, Serving, get, hello, post
from kit.until import until


def test_a_request_is_answered_and_the_connection_goes_on():
    """Several requests are answered on one connection."""
    with Serving(hello) as serving, serving.client() as client:
        for number in range(5):
            client.send(get(f"/{number}"))
            response = client.response()
            assert (response.status, response.body, response.close) == (200, b"/%d " % number, False)
        assert serving.do(serving.server.report)["requests"] >= 4


def test_unix_socket(tmp_path):
    """A UNIX listener serves as a TCP one does."""
    with Serving(hello, unix=tmp_path) as serving, serving.client() as client:
        client.send(post("/u", b"body"))
        assert client.response().body == b"/u body"


def test_pipelined_requests_are_answered_in_order():
    """Requests sent at once are answered one after the other, bodies and all."""
    asked = b"".join(post(f"/{n}", b"x" * n) if n % 2 else get(f"/{n}") for n in range(50))
    with Serving(hello) as serving, serving.client() as client:
        client.send(asked)
        for n in range(50):
            assert client.response().body == b"/%d %s" % (n, b"x" * n if n % 2 else b"")


def test_bytes_one_by_one():
    """A request that comes byte by byte is a request."""
    with Serving(hello) as serving, serving.client() as client:
        for byte in post("/slow", b"abc"):
            client.send(bytes([byte]))
        assert client.response().body == b"/slow abc"


def test_half_close_after_the_request_still_gets_the_response():
    """A client that shuts down its sending side after the request gets its response, then EOF."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated"))
        client.socket.shutdown(1)
        gated.wait_begun()
        gated.open()
        assert client.response().body == b"/gated "
        assert client.at_end()


def test_half_close_with_pipelined_requests(tmp_path):
    """Half-closed with three requests on the way: three responses."""
    with Serving(hello, unix=tmp_path) as serving, serving.client() as client:
        client.send(GET * 3)
        client.socket.shutdown(1)
        assert [client.response().status for _ in range(3)] == [200] * 3
        assert client.at_end()


def test_while_a_call_runs_nothing_is_read_and_the_loop_sleeps():
    """A client that goes on sending while its request is with the application is heard later, and keeps nobody awake."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated"))
        gated.wait_begun()
        turns = count_turns(serving)
        client.send(GET)
        serving.wait_until(lambda: turns() > 3)
        before = turns()
        serving.do(lambda: None)
        assert turns() - before <= 2
        gated.open()
        assert client.response().body == b"/gated "
        assert client.response().body == b"/ "


def test_a_client_that_vanishes_during_its_call_leaves_nothing(tmp_path):
    """The call runs to its end; the connection is gone; the loop sleeps meanwhile (a HUP cannot be masked)."""
    gated = Gated()
    for unix in (None, tmp_path):
        with Serving(gated, unix=unix) as serving:
            client = serving.client()
            client.send(get("/gated"))
            gated.wait_begun()
            client.reset()
            turns = count_turns(serving)
            serving.do(lambda: None)
            before = turns()
            serving.do(lambda: None)
            assert turns() - before <= 2
            gated.open()
            serving.wait_until(lambda: not serving.server.report()["connections"])


def test_calls_run_at_the_same_time_up_to_the_threads():
    """As many calls run at once as there are threads; the next waits for one to end."""
    gated = Gated()
    with Serving(gated, threads=2) as serving:
        clients = [serving.client() for _ in range(2)]
        for client in clients:
            client.send(get("/gated"))
        gated.wait_begun(2)
        late = serving.client()
        late.send(get("/gated"))
        assert not gated.begun(within=0.1)
        gated.open(3)
        assert gated.begun(within=PATIENCE)
        for client in [*clients, late]:
            assert client.response().status == 200
            client.socket.close()


def test_no_connection_is_accepted_that_could_not_be_served_now():
    """With every thread busy, a new connection stays in the kernel's queue, for another worker to take."""
    gated = Gated()
    with Serving(gated, threads=1) as serving, serving.client() as client, serving.client() as late:
        client.send(get("/gated"))
        gated.wait_begun()
        serving.do(lambda: None)
        accepted = serving.do(serving.server.report)["accepted"]
        with serving.client() as later:
            later.send(GET)
            serving.do(lambda: None)
            assert serving.do(serving.server.report)["accepted"] == accepted
            gated.open()
            assert client.response().status == 200
            assert later.response().status == 200
        late.send(GET)
        assert late.response().status == 200


def test_calls_in_progress_are_told():
    """`calls` names the request, since when, and its thread."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated"))
        gated.wait_begun()
        [(request, seconds, thread)] = serving.do(serving.server.calls)
        assert request == "GET /gated"
        assert 0 <= seconds < PATIENCE
        assert thread in {each.ident for each in threading.enumerate()}
        assert serving.do(serving.server.report)["in_flight"] == 1
        gated.open()
        client.response()


def test_expect_continue_is_answered_when_the_head_is_good():
    """The client is told to go on once, before the body; not when the body is there already."""
    with Serving(hello) as serving, serving.client() as client:
        whole = post("/e", b"abc", "Expect: 100-continue")
        client.send(whole[:-3])
        assert client.response().status == 100
        client.send(whole[-3:])
        assert client.response().body == b"/e abc"
        client.send(whole)
        assert client.response().body == b"/e abc"


def test_a_large_body_goes_by_a_file_and_arrives_whole():
    """A body beyond --body-memory arrives whole, and its file is closed afterwards."""
    body = bytes(range(256)) * 4096
    with Serving(hello, body_memory=1000) as serving, serving.client() as client:
        client.send(post("/b", body))
        assert client.response().body == b"/b " + body


def test_a_body_too_large_is_refused_while_the_client_still_sends():
    """413 reaches a client that goes on sending: we read on (and discard) instead of resetting."""
    with Serving(hello, max_body=1000) as serving, serving.client() as client:
        client.send(post("/b", b"x" * 3_000_000))
        response = client.response()
        assert (response.status, response.close) == (413, True)
        assert client.at_end()


@pytest.mark.parametrize("failure", [ValueError("boo"), SystemExit(3), KeyboardInterrupt()])
def test_an_application_that_raises_ends_its_request_only(failure):
    """Whatever it raises is a 500 and a traceback in the log; the worker goes on."""

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/bad":
            raise failure
        return hello(environ, start_response)

    with Serving(app) as serving, serving.client() as client:
        client.send(get("/bad"))
        assert client.response().status == 500
        serving.log.wait_for(r"the application failed.*GET /bad")
        serving.log.wait_for(type(failure).__name__)
        client.send(GET)
        assert client.response().status == 200


def test_a_malformed_request_is_refused_after_the_good_ones_before_it():
    """Good requests are answered, the bad one is refused, the connection ends."""
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET * 2 + b"BROKEN\r\n\r\n" + GET)
        assert [client.response().status for _ in range(3)] == [200, 200, 400]
        assert client.at_end()


def test_keepalive_zero_closes_after_each_response():
    """--keepalive-timeout 0: every response says close, and means it."""
    with Serving(hello, keepalive_timeout=0.0) as serving, serving.client() as client:
        client.send(GET)
        assert client.response().close
        assert client.at_end()


def test_many_connections_at_once():
    """Connections served from several clients at the same time all get their own answers."""
    with Serving(hello, threads=4) as serving:

        def talk(number, wrong):
            with serving.client() as client:
                for n in range(100):
                    client.send(post(f"/{number}/{n}", b"y" * n))
                    if client.response().body != b"/%d/%d %s" % (number, n, b"y" * n):
                        wrong.append((number, n))

        wrong = []
        threads = [threading.Thread(target=talk, args=(n, wrong)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong


@pytest.mark.parametrize("status", ["299 Odd", "600 Beyond", "999 Last"])
def test_a_status_of_no_known_class_is_a_status(status):
    """What an application may say harms nobody, whoever counts it."""

    def app(_environ, start_response):
        start_response(status, [])
        return [b"odd"]

    with Serving(app) as serving, serving.client() as client:
        for _ in range(2):
            client.send(GET)
            response = client.response()
            assert (response.status, response.body) == (int(status[:3]), b"odd")


def test_a_loop_that_fails_ends_the_worker_and_tells():
    """A bug in the thread that leads is not a worker that hangs."""

    def bug(now):
        raise TypeError(now)

    with Serving(hello) as serving:
        loop = serving.server._loop
        serving.do(lambda: loop.post(bug))
        assert serving.result() is False
        serving.log.wait_for("a worker failed: this is a bug of adapter")
        serving.log.wait_for("TypeError")
        serving.server.release()
        loop.close()


@pytest.mark.parametrize(
    ("sent", "counted"),
    [(b"", (0, 0, 0)), (b"GET / HT", (0, 0, 1)), (b"BROKEN\r\n\r\n", (0, 0, 1)), (GET, (0, 1, 0))],
    ids=["silent", "half", "refused", "kept"],
)
def test_what_is_counted_without_a_call_is_told_too(sent, counted):
    """Connections that come and go, and requests that are refused, are told by a worker at rest, though none of them calls anybody."""
    told = []
    with Serving(hello, header_timeout=5, keepalive_timeout=5) as serving:
        server = serving.server

        def tell(_now):
            told.append(tuple(server.report()[name] for name in ("connections", "requests", "refused")))

        serving.do(lambda: server.on_tick.append(tell))
        until(lambda: server.threads._asleep, bool)
        with serving.client() as client:
            client.send(sent)
            until(lambda: bool(told) and told[-1][0], bool)
            client.socket.shutdown(1)
            until(lambda: told[-1], lambda found: found == counted)


def count_turns(serving):
    """A counter of the loop's turns that brought news."""
    return lambda: serving.server._shared.threads.turns
