"""The drain: what has been sent to us is answered, what can be answered elsewhere is left, and it ends in time."""

import time

import pytest

from kit.serving import GET, Gated, Serving, get, hello, post


def test_nothing_to_do():
    """With nothing open, a drain is over at once."""
    with Serving(hello) as serving:
        serving.drain(30)
        assert serving.result() is True


def test_a_call_in_progress_finishes_and_says_close():
    """The response of a call that ran when the drain began is delivered; that of one queued says close."""
    gated = Gated()
    with Serving(gated, threads=1) as serving, serving.client() as first, serving.client() as second:
        for client in (first, second):
            client.send(GET)
            client.response()
        first.send(get("/gated"))
        gated.wait_begun()
        second.send(get("/gated"))
        serving.wait_until(lambda: serving.server.report()["waiting"] == 1)
        serving.drain(30)
        gated.open(2)
        assert first.response().status == 200
        assert second.response().close
        assert second.at_end()
        for client in (first, second):
            client.socket.close()
        assert serving.result() is True


def test_the_listener_is_closed_at_once_when_others_serve_it():
    """A listener not in `leaving` is closed when `drain` returns, whatever runs."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated"))
        gated.wait_begun()
        serving.drain(30)
        with pytest.raises(ConnectionRefusedError):
            serving.client()
        gated.open()
        client.response()
        client.socket.close()
        assert serving.result() is True


def test_release_closes_the_listeners_and_serves_on():
    """After `release` nobody new comes; who is there is served."""
    gated = Gated()
    with Serving(gated, threads=1) as serving, serving.client() as client, serving.client() as other:
        other.send(GET)
        other.response()
        client.send(get("/gated"))
        gated.wait_begun()
        serving.do(serving.server.release)
        with pytest.raises(ConnectionRefusedError):
            serving.client()
        gated.open()
        assert not client.response().close
        other.send(GET)
        assert not other.response().close
        serving.drain(30)
        assert serving.result() is True


def test_the_queue_of_a_listener_that_everybody_leaves_is_served():
    """Clients in the backlog while every thread is busy are accepted and answered, all of them, then the listener closes."""
    gated = Gated()
    with Serving(gated, threads=1, max_connections=5) as serving, serving.client() as busy:
        busy.send(get("/gated"))
        gated.wait_begun()
        queued = [serving.client() for _ in range(100)]
        for client in queued:
            client.send(GET)
        serving.drain(30, leaving=["here"])
        gated.open()
        assert busy.response().status == 200
        for client in queued:
            assert client.response().close
            client.socket.close()
        busy.socket.close()
        assert serving.result() is True
        with pytest.raises(ConnectionRefusedError):
            serving.client()


def test_an_idle_connection_lingers_for_one_more_request():
    """While it lingers, an idle connection may send one more request, whose response says close."""
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET)
        assert not client.response().close
        serving.drain(30, linger=20)
        client.send(GET)
        assert client.response().close
        assert client.at_end()
        client.socket.close()
        assert serving.result() is True


def test_an_idle_connection_is_closed_after_the_linger():
    """Then it is closed, without an answer to nothing, and the drain is over long before its deadline."""
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET)
        client.response()
        began = time.monotonic()
        serving.drain(30, linger=0.2)
        assert client.at_end()
        assert serving.result() is True
        assert 0.15 < time.monotonic() - began < 25


def test_a_request_that_is_there_when_the_linger_ends_is_served():
    """The last look before closing finds a request that has already arrived."""
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET)
        client.response()

        def drain_with_a_request_in_the_socket():
            client.send(GET)
            serving.server.drain(30, linger=0, leaving=[], final=True)

        serving.do(drain_with_a_request_in_the_socket)
        assert client.response().close
        client.socket.close()
        assert serving.result() is True


def test_a_new_connection_gets_time_for_its_first_request():
    """A connection that has not sent anything yet is not closed at once, even with no linger."""
    with Serving(hello) as serving, serving.client() as client:
        serving.wait_until(lambda: serving.server.report()["connections"] == 1)
        serving.drain(30)
        client.send(GET)
        assert client.response().close


@pytest.mark.parametrize("cut", [5, -2])
def test_a_half_received_request_may_finish(cut):
    """A request whose first bytes were here when the drain began is taken in whole and answered."""
    request = post("/half", b"12345")
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET)
        client.response()
        client.send(request[:cut])
        serving.wait_until(lambda: all(each._state in (1, 2) for each in serving.server._shared.connections))
        serving.drain(30)
        serving.do(lambda: None)
        client.send(request[cut:])
        response = client.response()
        assert response.close
        assert response.body == b"/half 12345"
        client.socket.close()
        assert serving.result() is True


def test_pipelined_requests_that_were_read_are_all_answered():
    """Requests whose bytes we have are answered before the connection closes; only the last response says close."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated") + GET * 3)
        gated.wait_begun()
        serving.drain(30)
        gated.open()
        responses = [client.response() for _ in range(4)]
        assert [each.status for each in responses] == [200] * 4
        assert responses[3].close
        assert client.at_end()


def test_the_deadline_cuts_and_tells():
    """At the deadline `run` returns False, and the log has the request, its age and the stack of its thread."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated"))
        gated.wait_begun()
        began = time.monotonic()
        serving.drain(0.3)
        assert serving.result() is False
        assert time.monotonic() - began < 15
        serving.log.wait_for(r"request cut at the drain deadline request=\"GET /gated\" seconds=\d+\.\d+")
        serving.log.wait_for(r"\| .*self\._gate\.acquire")
        gated.open()


def test_again_is_never_later():
    """A second drain can only be stricter: a longer deadline changes nothing, zero ends it."""
    gated = Gated()
    with Serving(gated) as serving, serving.client() as client:
        client.send(get("/gated"))
        gated.wait_begun()
        serving.drain(30, linger=20)
        serving.drain(60, linger=50)
        assert serving.running
        began = time.monotonic()
        serving.drain(0)
        assert serving.result() is False
        assert time.monotonic() - began < 15
        gated.open()


def test_idle_connections_at_the_deadline_are_no_loss():
    """A deadline that only closes idle connections cuts nothing."""
    with Serving(hello) as serving, serving.client() as client:
        client.send(GET)
        client.response()
        serving.drain(0.2, linger=20)
        assert serving.result() is True
        assert client.at_end()


def test_a_client_that_does_not_close_delays_the_end_by_two_seconds_at_most():
    """A lazy client is waited for, not for long, and nobody waits with it."""
    with Serving(hello) as serving, serving.client() as lazy, serving.client() as other:
        for client in (lazy, other):
            client.send(GET)
            client.response()
        serving.drain(30, linger=20)
        lazy.send(GET)
        assert lazy.response().close
        other.send(GET)
        assert other.response().close
        began = time.monotonic()
        assert serving.result() is True
        assert time.monotonic() - began < 15


def test_idle_and_busy_are_told_once():
    """`on_idle` after so long without a connection, `on_busy` when one comes after that."""
    told = []
    with Serving(hello, idle_exit=0.2) as serving:
        serving.do(lambda: setattr(serving.server, "on_idle", lambda: told.append("idle")))
        serving.do(lambda: setattr(serving.server, "on_busy", lambda: told.append("busy")))
        serving.wait_until(lambda: bool(told))
        with serving.client() as client:
            client.send(GET)
            client.response()
            serving.wait_until(lambda: told == ["idle", "busy"])
        serving.wait_until(lambda: len(told) == 3)
        assert told[2] == "idle"


def test_a_connection_that_is_soon_over_is_none_the_less_one():
    """Clients with one request each, over before we look again, keep a worker from being idle; after the last it is."""
    told = []
    with Serving(hello, idle_exit=1.5) as serving:
        serving.do(lambda: setattr(serving.server, "on_idle", lambda: told.append("idle")))
        longest, before = 0.0, time.monotonic()
        for _ in range(10):
            with serving.client() as client:
                client.send(get("/", "Connection: close"))
                assert client.response().close
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
            time.sleep(0.2)  # the point is that time passes
        assert not told or longest > 1.2, f"{told}"  # unless the machine did not let us run for as long as that
        serving.wait_until(lambda: bool(told))
