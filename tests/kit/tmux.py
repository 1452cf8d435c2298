"""A program in a real terminal: tmux keeps its screen, and tells what is on it."""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self


class Tmux:
    """`argv` in a window of its own tmux server. `env`: on top of ours; with a TERM, the program sees that one."""

    def __init__(
        self, argv: list[str], *, cwd: Path, width: int = 80, height: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self._socket = str(cwd / f"tmux-{id(self):x}")  # the former server may still be about to end
        assigned = [f"{name}={value}" for name, value in (env or {}).items()]
        command = shlex.join(["env", *assigned, *argv]) + '; echo "exit code $?"; exec cat'
        size = ["-x", str(width), "-y", str(height)]
        clean = {name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")}
        start = ["tmux", "-S", self._socket, "-f", "/dev/null", "new-session", "-d", *size, "-c", str(cwd), command]
        subprocess.run(start, check=True, env={**clean, "LC_ALL": "C.UTF-8", "TERM": "xterm"})
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("resize-window", *size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            print("--- the screen", self.screen(), sep="\n")
        self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        run = subprocess.run(["tmux", "-S", self._socket, *words], check=True, capture_output=True, text=True)
        return run.stdout

    def screen(self, *, colours: bool = False) -> str:
        """What is on the screen; with `colours` its escape sequences too."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def keys(self, *keys: str) -> None:
        """Press these (tmux's names: `q`, `C-c`, `Enter`)."""
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        """Another size from here on."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def ask(self, form: str) -> str:
        """What tmux says of the pane: `#{alternate_on}`, `#{cursor_flag}`, `#{pane_pid}`."""
        return self._tmux("display-message", "-p", form).strip()

    def wait_for(self, shown: Callable[[str], bool], timeout: float = 60) -> str:
        """The screen, once it shows this. tmux tells nobody of a change, so it is asked again and again."""
        until = time.monotonic() + timeout
        while not shown(screen := self.screen()):
            assert time.monotonic() < until, f"not shown in {timeout} s:\n{screen}"
            time.sleep(0.05)
        return screen
