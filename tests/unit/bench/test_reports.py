"""What the bench reads of other programs."""

import pytest

from bench import profile, strace, wrk
from bench.visitors import answer_in

WRK = """Running 2s test @ http://127.0.0.1:9777/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.50ms    3.74ms  19.98ms   82.71%
  24566 requests in 2.03s, 2.16MB read
{more}Requests/sec:  12088.16
"""
ERRORS = "  Socket errors: connect 1, read 20, write 300, timeout 4000\n"
REFUSED = "  Non-2xx or 3xx responses: 7\n"


@pytest.mark.parametrize(("more", "errors"), [("", 0), (ERRORS, 4321), (REFUSED, 7), (ERRORS + REFUSED, 4328)])
def test_wrk(more, errors):
    """Answers, seconds and every kind of error are read from wrk's report."""
    assert wrk.read(WRK.format(more=more)) == wrk.Told(24566, 2.03, errors)


@pytest.mark.parametrize(("said", "seconds"), [("900.00us", 0.0009), ("500.5ms", 0.5005), ("1.50m", 90)])
def test_wrk_units(said, seconds):
    """Its units of time are understood."""
    assert wrk.read(f"1 requests in {said}, 1B read").seconds == pytest.approx(seconds)


def test_wrk_silent():
    """A report without a count is an error, not zero."""
    with pytest.raises(ValueError, match="how many requests"):
        wrk.read("unable to connect to 127.0.0.1:1 Connection refused")


def test_strace():
    """Calls are read by name, with errors and without; the heading and the total are neither."""
    table = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.000600           6       100        20 recvfrom
 40.00    0.000400           4        90           sendto
------ ----------- ----------- --------- --------- ----------------
100.00    0.001000           5       190        20 total
"""
    assert strace.read(table) == {"recvfrom": 100, "sendto": 90}


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (OK[:20], None),
        (OK + b"\r\ndon", None),
        (OK + b"\r\ndone\n", (b"done\n", True)),
        (OK + b"connection: CLOSE\r\n\r\ndone\n", (b"done\n", False)),
        (OK.replace(b"1.1", b"1.0") + b"\r\ndone\n", (b"done\n", False)),
    ],
)
def test_answer(data, answer):
    """An answer is whole when its length has come, and says whether the connection goes on."""
    assert answer_in(data) == answer


@pytest.mark.parametrize(
    "data",
    [
        OK.replace(b"200 OK", b"503 Busy") + b"\r\ndone\n",
        b"HTTP/1.1 200 OK\r\n\r\ndone\n",
        OK + b"\r\ndone\nand more",
        b"200\r\n\r\n",
    ],
)
def test_wrong_answer(data):
    """Another status, no length, or more than the length is no answer."""
    with pytest.raises(ValueError, match=r"not a 200|more than"):
        answer_in(data)


def test_profile():
    """Samples are summed by function whatever the line; whoever waits, for events or a lock, is left out; recursion counts once."""
    folded = """main (a.py:1);read (b.py:7);send (libc.so.6) 6
main (a.py:1);read (b.py:8) 3
main (a.py:2);main (a.py:1) 1
main (a.py:1);epoll_wait (libc.so.6) 50
other (a.py:1);0x7fa5462a3f16 (libc.so.6) 50
"""
    own, total = profile.shares(folded)

    assert own == {"send (libc.so.6)": 6, "read (b.py)": 3, "main (a.py)": 1}
    assert total == {"send (libc.so.6)": 6, "read (b.py)": 9, "main (a.py)": 10}
