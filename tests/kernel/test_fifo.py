"""The Master FIFO against the kernel: no writer waits while we live, and nobody else's file is ever touched."""

import os
import select
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.exits import Misuse, SystemFailure
from adapter.unix import fifo
from adapter.unix.fifo import Fifo
from kit.pythons import NOBODY, living, said_by
from kit.reach import reachable

CLAIM = """
    import os, sys
    from adapter.unix import fifo
    ours = fifo.claim(sys.argv[1])
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "web.fifo")


@pytest.fixture
def ours(path: str) -> Iterator[Fifo]:
    claimed = fifo.claim(path)
    yield claimed
    claimed.release()


def write(path: str, data: bytes) -> None:
    """As a shell's `printf >PATH` does, but an error where that would wait."""
    fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    os.write(fd, data)
    os.close(fd)


def test_it_is_for_its_owner_only(path: str) -> None:
    """A FIFO of mode 600, whatever the umask is; gone after release."""
    before = os.umask(0o777)
    try:
        claimed = fifo.claim(path)
    finally:
        os.umask(before)
    found = os.lstat(path)
    assert stat.S_ISFIFO(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o600
    assert not os.get_inheritable(claimed.fd)
    claimed.release()
    assert not os.path.exists(path)


def test_writers_come_and_go(path: str, ours: Fifo) -> None:
    """Each writer's letters are read; after it has gone there is nothing to read, and no end of file that would wake us."""
    for letters in (b"r\n", b"++", b"q\n"):
        write(path, letters)
        assert select.select([ours.fd], [], [], 0)[0]
        assert ours.read() == letters
        assert not select.select([ours.fd], [], [], 0)[0]
        assert ours.read() == b""


def test_what_waits_for_a_dead_reader_is_heard(path: str) -> None:
    """A shell that waits at the FIFO of a dead server is let go by the next one, which hears it."""
    os.mkfifo(path, 0o666)
    shell = subprocess.Popen(["sh", "-c", 'echo r >"$1"', "sh", path])
    claimed = fifo.claim(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert select.select([claimed.fd], [], [], 30)[0]
    assert claimed.read() == b"r\n"
    assert shell.wait(30) == 0
    claimed.release()


def test_a_living_one_is_refused_by_name(path: str) -> None:
    """A FIFO that another instance holds stays its own, and nothing it was told is lost."""
    with living(
        CLAIM + "    print('there', flush=True)\n    sys.stdin.read()\n    print(ours.read())\n    ours.release()", path
    ) as process:
        write(path, b"s")
        with pytest.raises(Misuse, match=rf"the FIFO {path} is in use: pid {process.pid}, .+ reads from it; stop that one"):
            fifo.claim(path)
        assert os.path.exists(path)


def test_a_stranger_who_reads_is_refused(path: str) -> None:
    """Somebody who never heard of locks reads from it: not ours to take."""
    os.mkfifo(path, 0o600)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(Misuse, match=rf"the FIFO {path} is in use: another process reads from it"):
            fifo.claim(path)
    finally:
        os.close(reader)


@pytest.mark.parametrize("kind", ["file", "directory", "link", "dangling link", "socket"])
def test_what_is_no_fifo_is_left_alone(path: str, kind: str, tmp_path: Path) -> None:
    """A file, a directory, a symbolic link (also one to a FIFO) is refused, and neither followed nor removed."""
    target = tmp_path / "target"
    match kind:
        case "file":
            Path(path).write_text("mine\n")
        case "directory":
            os.mkdir(path)
        case "link":
            os.mkfifo(target)
            os.symlink(target, path)
        case "dangling link":
            os.symlink(target, path)
        case "socket":
            os.mknod(path, stat.S_IFSOCK | 0o600)
    before = os.lstat(path)
    with pytest.raises(
        Misuse, match="symbolic link, and none is followed" if "link" in kind else "something else is in its place"
    ):
        fifo.claim(path)
    assert os.lstat(path).st_ino == before.st_ino
    assert target.exists() == (kind == "link")


def test_without_a_directory(path: str) -> None:
    """A directory that is not there is told as such."""
    with pytest.raises(SystemFailure, match=f"cannot make the FIFO {path}/x: there is no such directory; create it") as caught:
        fifo.claim(path + "/x")
    assert caught.value.code == 111


def test_another_users(path: str) -> None:
    """Another user's FIFO is refused, by us though we are root, and by an ordinary user."""
    os.mkfifo(path, 0o666)
    directory = os.path.dirname(path)
    reachable(directory)
    os.chmod(directory, 0o755)
    code = """
        import sys
        from adapter.exits import Fatal
        from adapter.unix import fifo
        def main():
            for path in sys.argv[1:]:
                try:
                    fifo.claim(path)
                except Fatal as fatal:
                    print(fatal.code, fatal)
    """
    assert said_by(code, path, path + "2", user=NOBODY).splitlines() == [
        f"100 the FIFO {path} belongs to another user (uid 0): not ours to read from; use another path",
        f"111 cannot make the FIFO {path}2: permission denied; give this user the right to it, or use another path",
    ]
    os.chown(path, NOBODY, NOBODY)
    with pytest.raises(Misuse, match=f"belongs to another user \\(uid {NOBODY}\\)"):
        fifo.claim(path)


def test_it_survives_an_exec(path: str) -> None:
    """A writer that has it open writes on across an exec; the new image holds the lock and reads it all."""
    again = """
        import os, sys
        from adapter.unix import fifo
        ours = fifo.adopt(int(sys.argv[2]), sys.argv[1])
        assert not os.get_inheritable(ours.fd)
        assert ours.read() == b"before"
        print("there", flush=True)
        sys.stdin.read()
        assert ours.read() == b"after"
        ours.release()
    """
    code = textwrap.dedent(CLAIM) + textwrap.dedent(f"""
        writer = os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK)
        os.write(writer, b"before")
        os.set_inheritable(ours.fd, True)
        os.execv(sys.executable, [sys.executable, "-c", {textwrap.dedent(again)!r}, sys.argv[1], str(ours.fd)])
    """)
    with living(code, path) as process:
        with pytest.raises(Misuse, match=f"pid {process.pid}"):
            fifo.claim(path)
        write(path, b"after")
    assert process.returncode == 0
    assert not os.path.exists(path)


def test_adopting_what_is_not_ours(path: str) -> None:
    """A descriptor that is closed, or whose lock another has, is not taken over."""
    with pytest.raises(Misuse, match=f"cannot take over the FIFO {path}: descriptor 999 does not hold its lock"):
        fifo.adopt(999, path)


@pytest.mark.parametrize("instead", ["nothing", "file", "fifo", "no directory"])
def test_release_leaves_what_is_not_ours(tmp_path: Path, instead: str) -> None:
    """If somebody removed it, put something else in its place, or removed its directory, that is how it stays."""
    path = tmp_path / "run" / "web.fifo"
    path.parent.mkdir()
    claimed = fifo.claim(str(path))
    assert claimed.in_place()
    path.unlink()
    if instead == "file":
        path.write_text("mine\n")
    elif instead == "fifo":
        os.mkfifo(path)
    elif instead == "no directory":
        path.parent.rmdir()
    assert not claimed.in_place()
    claimed.release()
    assert path.exists() == (instead in ("file", "fifo"))


def test_many_starters_leave_one(path: str) -> None:
    """Of several that start at once over a stale FIFO exactly one gets it."""
    os.mkfifo(path)
    program = textwrap.dedent(CLAIM).replace("ours =", "sys.stdin.readline(); ours =")
    program = (
        f"import sys\ntry:\n exec({program!r})\n print('yes', flush=True)\nexcept Exception as e: print('no', e, flush=True)\n"
    )
    program += "sys.stdin.readline()\n"
    starters = [
        subprocess.Popen([sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for starter in starters:
        assert starter.stdin
        starter.stdin.write("\n")
        starter.stdin.flush()
    said = [starter.stdout.readline() for starter in starters if starter.stdout]
    assert sorted(line.split()[0] for line in said) == ["no", "no", "no", "yes"], f"{said}"
    for starter in starters:
        starter.communicate("\n", timeout=20)
