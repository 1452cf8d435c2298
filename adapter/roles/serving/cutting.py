"""What the log says of a call that is cut at the drain deadline."""

import sys
import traceback
from time import monotonic

from adapter.log import Log
from adapter.roles.serving.tasks import Task


def tell_cut(log: Log, task: Task) -> None:
    """Which request it was, how long it has lasted, and where it is."""
    if not task.thread:
        log.error("request cut at the drain deadline, before a thread was free for it", request=task.name)
        return
    log.error("request cut at the drain deadline", request=task.name, seconds=monotonic() - task.began)
    frame = sys._current_frames().get(task.thread)  # noqa: SLF001 -- the documented way to see another thread's stack
    if frame is not None:
        log.block("".join(traceback.format_stack(frame)))
