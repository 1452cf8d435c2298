"""A Python program in a process of its own: with descriptors at chosen numbers, as another user, or alive until told to end."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NOBODY = 65534
# First far away, so that no number is overwritten before it is read; what was passed on is closed.
_PLACE = """
import os
given = {given}
far = {{number: os.dup2(fd, 500 + at) for at, (number, fd) in enumerate(given.items())}}
for fd in set(given.values()):
    os.close(fd)
for number, fd in far.items():
    os.dup2(fd, number)
    os.close(fd)
"""
_PATIENCE = 60  # seconds until a program that should have ended is a failure


def _command(code: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def _environ(env: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}


def said_by(code: str, *args: object, fds: Mapping[int, int] | None = None, user: int | None = None, **env: str) -> str:
    """Run `code` to its end and return what it printed; it must exit 0.

    `fds` says which of our descriptors it has at which number. As `user` it runs after its imports, so that
    it needs no right to read the source tree: `code` must define `main()`.
    """
    program = textwrap.dedent(code)
    if user is not None:
        program += (
            f"\nimport os, encodings.ascii, encodings.idna; os.setgroups([]); os.setgid({user}); os.setuid({user}); main()\n"
        )
    given = dict(fds or {})
    if given:
        program = f"{_PLACE.format(given=given)}\n{program}"
    done = subprocess.run(
        [*_command(program), *map(str, args)],
        pass_fds=tuple(given.values()),
        capture_output=True,
        env=_environ(env),
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


@contextmanager
def living(code: str, *args: object) -> Iterator[subprocess.Popen[str]]:
    """A program that prints one line when it is where it should be, and then reads its standard input until EOF."""
    program = textwrap.dedent(code) + "\nimport sys; print('there', flush=True); sys.stdin.read()\n"
    with subprocess.Popen(
        [*_command(program), *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environ({}), text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            assert process.stdout.readline() == "there\n"
            yield process
        finally:
            process.stdin.close()
            process.wait(_PATIENCE)
