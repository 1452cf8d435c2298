"""Who runs, for how long, and who sleeps: asked of the kernel about another process."""

import os
import subprocess
import threading
import time

from adapter.unix.processes import processor_time, ran_by_thread, thread_time, thread_wants_processor, wants_processor


def test_one_that_runs() -> None:
    """We do; the kernel's clock for us is Python's own, and goes on while we compute."""
    before = time.process_time()
    asked = processor_time(os.getpid())
    assert before <= asked <= time.process_time()
    assert wants_processor(os.getpid())
    while time.process_time() < before + 0.01:
        pass
    assert processor_time(os.getpid()) >= asked + 0.009


def test_one_that_sleeps() -> None:
    """It wants no processor once it waits for what does not come."""
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as cat:
        deadline = time.monotonic() + 60
        while wants_processor(cat.pid):
            assert time.monotonic() < deadline
        ran = processor_time(cat.pid)
        assert not wants_processor(cat.pid)
        assert processor_time(cat.pid) == ran


def test_one_that_is_gone() -> None:
    """It wants nothing, and has run no time."""
    with subprocess.Popen(["/bin/true"]) as gone:
        gone.wait()
    assert not wants_processor(gone.pid)
    assert processor_time(gone.pid) == 0
    assert ran_by_thread(gone.pid) == {}


def test_which_thread_runs() -> None:
    """The kernel tells them apart: the time of one that computes grows, that of one that waits does not."""
    over = threading.Event()
    waiting = threading.Thread(target=over.wait)
    waiting.start()
    try:
        before = ran_by_thread(os.getpid())
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass
        grown = {thread: ran - before[thread] for thread, ran in ran_by_thread(os.getpid()).items() if thread in before}
    finally:
        over.set()
        waiting.join()
    assert grown[threading.get_native_id()] > 0.04  # as of the last tick
    assert waiting.native_id is not None
    assert grown[waiting.native_id] < 0.01


def test_a_thread_of_ours() -> None:
    """Its time is what it says itself; it wants a processor while it computes, not while it waits, nor when it is gone."""
    over = threading.Event()
    waiting = threading.Thread(target=over.wait)
    waiting.start()
    assert waiting.native_id is not None
    try:
        before = time.thread_time()
        asked = thread_time(threading.get_native_id())
        assert before <= asked <= time.thread_time()
        assert thread_wants_processor(threading.get_native_id())
        deadline = time.monotonic() + 60
        while thread_wants_processor(waiting.native_id):
            assert time.monotonic() < deadline
    finally:
        over.set()
        waiting.join()
    deadline = time.monotonic() + 60
    while thread_time(waiting.native_id):  # joined a moment before it is gone for the kernel
        assert time.monotonic() < deadline
    assert not thread_wants_processor(waiting.native_id)
