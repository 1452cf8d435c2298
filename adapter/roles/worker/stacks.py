"""The stacks of a worker's threads, in the form in which `roles.lastwords` tells requests by them."""

import sys
import threading
import traceback


def stacks() -> str:
    """Of each thread of this process, by name."""
    names = {each.ident: each.name for each in threading.enumerate()}
    frames = sys._current_frames().items()  # noqa: SLF001 -- the documented way to see other threads' stacks
    return "\n".join(
        f"Thread 0x{ident:016x} {names.get(ident, '')} (most recent call last):\n{''.join(traceback.format_stack(frame))}"
        for ident, frame in frames
    )
