"""Pidfiles: true while their process lives, stale the moment it does not, and nobody else's file is ever touched."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from adapter.exits import Misuse, SystemFailure
from adapter.unix import pidfiles
from kit.pythons import NOBODY, living, said_by
from kit.reach import reachable

CLAIM = """
    import os, sys
    from adapter.unix import pidfiles
    pidfile = pidfiles.claim(sys.argv[1], os.getpid())
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "web.pid")


def _left_beside(path: str) -> list[str]:
    return os.listdir(os.path.dirname(path))


def test_it_is_whole_and_goes_with_us(path: str) -> None:
    """The file holds the pid and a line end, others may read it, nothing lies beside it, and release removes it."""
    pidfile = pidfiles.claim(path, os.getpid())
    assert Path(path).read_text() == f"{os.getpid()}\n"
    assert not os.lstat(path).st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    assert not os.get_inheritable(pidfile.fd)
    assert _left_beside(path) == ["web.pid"]
    pidfile.release()
    pidfile.release()
    assert _left_beside(path) == []


def test_a_relative_path_is_remembered_whole(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After a chdir release still removes our file."""
    monkeypatch.chdir(os.path.dirname(path))
    pidfile = pidfiles.claim("web.pid", os.getpid())
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert pidfile.path == path
    pidfile.release()
    assert not os.path.exists(path)


def test_a_living_instance_keeps_it(path: str) -> None:
    """While its process lives the pidfile is read, and another start is refused by its pid."""
    with living(CLAIM, path) as process:
        assert pidfiles.read(path) == process.pid
        with pytest.raises(
            Misuse, match=rf"the pidfile {path} is held by a running instance \(pid {process.pid}, .+\); stop that one"
        ):
            pidfiles.claim(path, os.getpid())
        assert pidfiles.read(path) == process.pid
    assert _left_beside(path) == ["web.pid"]


def test_a_dead_instance_leaves_it_stale(path: str) -> None:
    """After its process is gone the same file names nobody, and the next start replaces it."""
    with living(CLAIM, path) as process:
        pass
    with pytest.raises(Misuse, match=rf"{path} is stale: no process {process.pid} runs; nothing was signalled"):
        pidfiles.read(path)
    pidfile = pidfiles.claim(path, os.getpid())
    assert Path(path).read_text() == f"{os.getpid()}\n"
    pidfile.release()


def test_a_number_used_again_is_not_signalled(path: str) -> None:
    """A stale pidfile whose number another process has now is still stale."""
    Path(path).write_text(f"{os.getpid()}\n")
    with pytest.raises(Misuse, match=rf"is stale: pid {os.getpid()}, .+ runs, but is not the server that wrote it"):
        pidfiles.read(path)


def test_a_child_does_not_keep_it_alive(path: str) -> None:
    """A worker that outlives its killed master does not hold the master's pidfile, though it has the descriptor."""
    program = textwrap.dedent(CLAIM) + textwrap.dedent("""
        if os.fork() == 0:
            os.read(int(sys.argv[2]), 1)
            os._exit(0)
        print("there", flush=True)
        sys.stdin.read()
    """)
    read, write = os.pipe()
    master = subprocess.Popen(
        [sys.executable, "-c", program, path, str(read)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[read],
        text=True,
    )
    assert master.stdout
    assert master.stdin
    assert master.stdout.readline() == "there\n"
    os.close(read)
    assert pidfiles.read(path) == master.pid
    master.kill()
    master.wait()
    with pytest.raises(Misuse, match="is stale"):
        pidfiles.read(path)
    os.close(write)  # the child reads EOF and ends
    assert master.stdout.read() == ""
    master.stdin.close()
    master.stdout.close()


def test_it_survives_an_exec(path: str) -> None:
    """Across execve the lock stays ours, the new image adopts it, and there is no instant at which it is stale."""
    again = """
        import os, sys
        from adapter.unix import pidfiles
        pidfile = pidfiles.adopt(int(sys.argv[2]), sys.argv[1])
        assert not os.get_inheritable(pidfile.fd)
        print("there", flush=True)
        sys.stdin.read()
        pidfile.release()
    """
    code = textwrap.dedent(CLAIM) + textwrap.dedent(f"""
        os.set_inheritable(pidfile.fd, True)
        os.execv(sys.executable, [sys.executable, "-c", {textwrap.dedent(again)!r}, sys.argv[1], str(pidfile.fd)])
    """)
    with living(code, path) as process:
        assert pidfiles.read(path) == process.pid
        with pytest.raises(Misuse, match="held by a running instance"):
            pidfiles.claim(path, os.getpid())
    assert process.returncode == 0
    assert _left_beside(path) == []


def test_adopting_what_is_not_ours(path: str) -> None:
    """A descriptor that is closed, or whose lock another has, is not taken over."""
    with pytest.raises(Misuse, match=f"cannot take over the pidfile {path}: descriptor 999 does not hold its lock"):
        pidfiles.adopt(999, path)
    with living(CLAIM, path):
        fd = os.open(path, os.O_RDWR)
        with pytest.raises(Misuse, match=f"descriptor {fd} does not hold its lock"):
            pidfiles.adopt(fd, path)
        os.close(fd)


def test_release_leaves_what_is_not_ours(path: str) -> None:
    """If somebody put another file in its place, that one stays."""
    pidfile = pidfiles.claim(path, os.getpid())
    os.unlink(path)
    Path(path).write_text("1\n")
    pidfile.release()
    assert Path(path).read_text() == "1\n"


@pytest.mark.parametrize("content", [b"", b"\n", b"812", b" 812 \n"])
def test_stale_contents_are_replaced(path: str, content: bytes) -> None:
    """An empty file, and a number nobody stands behind, give way."""
    Path(path).write_bytes(content)
    pidfile = pidfiles.claim(path, 5)
    assert Path(path).read_text() == "5\n"
    pidfile.release()


@pytest.mark.parametrize(
    "content", [b"root:x:0:0", b"\0\xff\x7fELF", b"-1", b"0", b"1 2", b"9" * 33, b"99999999999", "٣".encode()]
)
def test_other_files_are_never_overwritten(path: str, content: bytes) -> None:
    """A file that does not hold one number is no pidfile: neither replaced nor read."""
    Path(path).write_bytes(content)
    for call in (lambda: pidfiles.claim(path, 5), lambda: pidfiles.read(path)):
        with pytest.raises(Misuse, match=f"{path} is not a pidfile: it does not hold one number; use another path"):
            call()
    assert Path(path).read_bytes() == content
    assert _left_beside(path) == ["web.pid"]


@pytest.mark.parametrize("dangling", [True, False])
def test_links_are_not_followed(path: str, *, dangling: bool) -> None:
    """A symbolic link is refused, its target not touched."""
    target = Path(path).with_name("target")
    if not dangling:
        target.write_text("812\n")
    os.symlink(target, path)
    for call in (lambda: pidfiles.claim(path, 5), lambda: pidfiles.read(path)):
        with pytest.raises(Misuse, match="is a symbolic link, and none is followed"):
            call()
    assert target.exists() is not dangling
    assert dangling or target.read_text() == "812\n"


def test_what_is_no_file(path: str) -> None:
    """A directory and a FIFO are refused, without waiting for the FIFO's other end."""
    os.mkfifo(path)
    for each in (path, os.path.dirname(path)):
        for call in (lambda each=each: pidfiles.claim(each, 5), lambda each=each: pidfiles.read(each)):
            with pytest.raises(Misuse, match="is not a regular file; use another path"):
                call()


def test_missing_and_empty(path: str) -> None:
    """read tells a missing pidfile, an empty one and a missing directory."""
    with pytest.raises(Misuse, match=f"there is no pidfile {path}: is the server running, and with this --pidfile"):
        pidfiles.read(path)
    Path(path).touch()
    with pytest.raises(Misuse, match=f"the pidfile {path} is empty"):
        pidfiles.read(path)
    with pytest.raises(SystemFailure, match=f"cannot write the pidfile {path}x/y: there is no such directory; create it"):
        pidfiles.claim(f"{path}x/y", 5)


def test_a_pidfile_that_names_another(path: str) -> None:
    """When the lock's holder is not the process that is named, nobody is taken for the server."""
    with living(CLAIM.replace("os.getpid())", "1)"), path) as process, pytest.raises(Misuse) as caught:
        pidfiles.read(path)
    assert caught.match(rf"names 1, but pid {process.pid}, .+ holds it; signal that one by hand")


def test_without_privilege(path: str) -> None:
    """An ordinary user is told what it may not write or read; and reads, as everyone may, the pid of another's server."""
    directory = os.path.dirname(path)
    reachable(directory)
    os.chmod(directory, 0o755)
    secret = Path(directory, "secret.pid")
    secret.write_text("812")
    secret.chmod(0o600)
    code = """
        import os, sys
        from adapter.exits import Fatal
        from adapter.unix import pidfiles
        def main():
            for call in (lambda: pidfiles.claim(sys.argv[1] + "2", 5), lambda: pidfiles.read(sys.argv[2]), lambda: pidfiles.read(sys.argv[1])):
                try:
                    print(call())
                except Fatal as fatal:
                    print(fatal.code, fatal)
    """
    with living(CLAIM, path) as process:
        assert said_by(code, path, secret, user=NOBODY).splitlines() == [
            f"111 cannot write the pidfile {path}2: permission denied; give this user the right to it, or use another path",
            f"100 cannot read the pidfile {secret}: permission denied; give this user the right to it, or use another path",
            str(process.pid),
        ]


def test_many_starters_leave_one(path: str) -> None:
    """Of several that start at once over a stale pidfile exactly one gets it, and it is the one the file names."""
    Path(path).write_text("812\n")
    program = textwrap.dedent(CLAIM).replace("pidfile =", "sys.stdin.readline(); pidfile =")
    program = f"import sys\ntry:\n exec({program!r})\n print('yes', os.getpid(), flush=True)\nexcept Exception as e: print('no', e, flush=True)\n"
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
    winners = [int(line.split()[1]) for line in said if line.startswith("yes")]
    assert winners == [pidfiles.read(path)], f"{said}"
    assert _left_beside(path) == ["web.pid"]
    for starter in starters:
        starter.communicate("\n", timeout=20)
