"""Who runs, for how long, and who sleeps: asked of the kernel about another process."""

import os
import subprocess
import time

from adapter.unix.processes import processor_time, wants_processor


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
