"""Which ways a run took through some files: pairs of lines, one after the other, counted roughly."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

Edge = tuple[str, int, int]
_ROUGHLY = (0, 1, 2, 3, 4, 4, 4, 4, 8)


def traced(run: Callable[[], Any], parts: tuple[str, ...]) -> tuple[Any, set[tuple[Edge, int]]]:
    """What `run` returns, and the ways it took through files whose names have one of `parts` in them.

    What is traced depends on the code alone, so that a fuzzer with the same seed does the same again.
    """
    counts: dict[Edge, int] = {}
    known: dict[str, bool] = {}

    def enter(frame: FrameType, _event: str, _arg: object) -> Any:
        name = frame.f_code.co_filename
        wanted = known.get(name)
        if wanted is None:
            wanted = known[name] = any(part in name for part in parts)
        if not wanted:
            return None
        code, last = f"{name}:{frame.f_code.co_qualname}", 0

        def step(frame: FrameType, event: str, _arg: object) -> Any:
            nonlocal last
            if event == "line":
                edge = (code, last, frame.f_lineno)
                counts[edge] = counts.get(edge, 0) + 1
                last = frame.f_lineno
            return step

        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        result = run()
    finally:
        sys.settrace(before)
    return result, {(edge, _ROUGHLY[min(count, len(_ROUGHLY) - 1)]) for edge, count in counts.items()}
