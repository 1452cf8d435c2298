"""UNIX listeners: the file's mode, its owner, what it may replace, and when it is removed."""

import errno
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.exits import Misuse, SystemFailure
from adapter.unix import holders, listeners, socketfiles, startlocks
from kit.pythons import NOBODY, living, said_by
from kit.reach import reachable

LISTEN_AT = """
    import socket, sys
    s = socket.socket(socket.AF_UNIX, getattr(socket, sys.argv[2]))
    s.bind(sys.argv[1].replace("@", chr(0)))
    if sys.argv[2] != "SOCK_DGRAM": s.listen(0)
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return str(tmp_path / "web.sock")


def _bind(path: str, **more: int) -> listeners.Listener:
    return listeners.bind_unix(path, backlog=8, **{"mode": 0o600, **more})


def _make_stale(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)
        sock.listen(1)


def _left_in(path: str) -> list[str]:
    return os.listdir(os.path.dirname(path))


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o777, 0o000])
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_mode_is_exact(path: str, mode: int, umask: int) -> None:
    """The file has the mode asked for, whatever the umask, and the umask is what it was."""
    before = os.umask(umask)
    try:
        listener = _bind(path, mode=mode)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.lstat(path).st_mode) == mode
    assert listener.inode == socketfiles.inode_of(path)
    listeners.close(listener)


def test_owner(path: str) -> None:
    """The file belongs to the user and group that were named; one alone leaves the other."""
    listener = _bind(path, uid=NOBODY)
    assert (os.lstat(path).st_uid, os.lstat(path).st_gid) == (NOBODY, os.getegid())
    listeners.close(listener)


def test_entitled_anew(path: str) -> None:
    """Mode and owner can be changed while clients come, and a client that may connect then does."""
    listener = _bind(path, mode=0o600)
    listeners.entitle(listener, 0o666, NOBODY, None)
    found = os.lstat(path)
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o666, NOBODY, os.getegid())
    listeners.entitle(listener, 0o640, None, NOBODY)
    found = os.lstat(path)
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o640, NOBODY, NOBODY)
    listeners.close(listener)


@pytest.mark.parametrize("trap", ["symbolic link", "hard link", "another socket", "its own second name"])
def test_entitled_is_only_our_own(path: str, trap: str) -> None:
    """Whoever may write the directory can not have root give anything else away: a link in our place is left alone."""
    victim = f"{path}.victim"
    listener = _bind(path)
    kept = _bind(victim)
    if trap == "its own second name":
        os.link(path, f"{path}.second")
    else:
        os.unlink(path)
        {"symbolic link": os.symlink, "hard link": os.link, "another socket": os.rename}[trap](victim, path)
    listeners.entitle(listener, 0o666, NOBODY, NOBODY)
    for name in (path, victim, f"{path}.second"):
        if os.path.exists(name):
            assert (stat.S_IMODE(os.stat(name).st_mode), os.stat(name).st_uid) == (0o600, os.getuid()), name
    for each in (listener, kept):
        listeners.close(each)


def test_the_kernel_knows_its_real_name(path: str) -> None:
    """The socket is called by its own path in the kernel's tables, so an heir can read it from the descriptor."""
    listener = _bind(path)
    assert listener.socket.getsockname() == path
    heir = listeners.adopt(os.dup(listener.socket.fileno()))
    assert heir.address == listener.address == f"unix:{path}"
    listeners.close(heir)
    assert os.path.exists(path)
    listeners.close(listener)


def test_a_relative_path_is_remembered_whole(path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """After a chdir a listener bound at a relative path still removes its own file."""
    listener = _bind("web.sock")
    assert listener.address == f"unix:{path}"
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    listeners.close(listener)
    assert not os.path.exists(path)


def test_stale_file_with_the_longest_path_is_replaced(tmp_path: Path) -> None:
    """Room in sun_path is needed for the path only."""
    directory = tmp_path / ("d" * (104 - len(os.fsencode(tmp_path))))
    directory.mkdir()
    path = f"{directory}/s"
    assert len(os.fsencode(path)) == 107
    _make_stale(path)
    listeners.close(_bind(path))
    assert _left_in(path) == []


def test_stale_file_is_replaced(path: str) -> None:
    """A socket file nobody listens on is replaced, and nothing else is left in the directory."""
    _make_stale(path)
    stale = socketfiles.inode_of(path)
    listener = _bind(path)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
    assert _left_in(path) == ["web.sock"]
    assert listener.inode is not None
    assert stale[0] == listener.inode[0]
    listeners.close(listener)
    assert _left_in(path) == []


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_SEQPACKET", "SOCK_DGRAM"])
def test_living_file_is_left_and_its_holder_named(path: str, kind: str) -> None:
    """A socket somebody has open, of any type, is not touched: address in use, by this pid."""
    with living(LISTEN_AT, path, kind) as process:
        inode = socketfiles.inode_of(path)
        with pytest.raises(
            SystemFailure, match=rf"cannot bind unix:{path}: address in use \(held by pid {process.pid}, python[^ ]*\); stop"
        ):
            _bind(path)
        assert socketfiles.inode_of(path) == inode
    assert _left_in(path) == ["web.sock"]


def _connecting(path: str) -> tuple[socket.socket, int]:
    client = socket.socket(socket.AF_UNIX)
    client.setblocking(False)
    return client, client.connect_ex(path)


def test_full_backlog_is_alive(path: str) -> None:
    """A listener too busy to take our probe is alive, not stale."""
    with living(LISTEN_AT, path, "SOCK_STREAM"):
        waiting = [_connecting(path)]
        while waiting[-1][1] == 0:
            waiting.append(_connecting(path))
        assert waiting[-1][1] == errno.EAGAIN
        with pytest.raises(SystemFailure, match="address in use"):
            _bind(path)
        for client, _ in waiting:
            client.close()


def test_a_file_that_is_no_socket_is_left(path: str) -> None:
    """A regular file in the way is not touched."""
    Path(path).write_text("precious")
    with pytest.raises(Misuse, match="a file that is no socket is in its place; remove it"):
        _bind(path)
    assert Path(path).read_text() == "precious"


@pytest.mark.parametrize("dangling", [True, False])
def test_a_symbolic_link_is_not_followed(path: str, *, dangling: bool) -> None:
    """A link at the path is refused, whether or not its target exists; the target is neither made nor removed."""
    target = os.path.join(os.path.dirname(path), "target.sock")
    if not dangling:
        _make_stale(target)
    os.symlink(target, path)
    with pytest.raises(Misuse, match="it is a symbolic link, and none is followed"):
        _bind(path)
    assert os.path.islink(path)
    assert os.path.exists(target) is not dangling


def test_close_leaves_a_successors_file(path: str) -> None:
    """Our end does not take away the file that another made at the same path meanwhile."""
    ours = _bind(path)
    os.unlink(path)
    theirs = _bind(path)
    listeners.close(ours)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
    listeners.close(theirs)
    assert _left_in(path) == []


def test_unlinked_listener_still_serves_its_queue(path: str) -> None:
    """After unlink nobody new can come, and who waits can still be accepted."""
    listener = _bind(path)
    with socket.socket(socket.AF_UNIX) as waiting, socket.socket(socket.AF_UNIX) as late:
        waiting.connect(path)
        assert listeners.unlink(listener)
        assert not listeners.unlink(listener)
        with pytest.raises(FileNotFoundError):
            late.connect(path)
        listener.socket.accept()[0].close()
        assert waiting.recv(1) == b""
    listeners.close(listener)


def test_inherited_file_is_never_removed(path: str) -> None:
    """An adopted listener that is not owned leaves its file."""
    given = socket.socket(socket.AF_UNIX)
    given.bind(path)
    given.listen(1)
    listener = listeners.adopt(given.detach())
    assert not listeners.unlink(listener)
    listeners.close(listener)
    assert os.path.exists(path)


def test_owned_listener_survives_adoption(path: str) -> None:
    """Adopted after an exec as owned, with its inode, it still removes its file."""
    first = _bind(path)
    heir = listeners.adopt(first.socket.detach(), address=first.address, owned=True, inode=first.inode)
    listeners.close(heir)
    assert not os.path.exists(path)


def test_a_rivals_fresh_file_is_given_back(path: str) -> None:
    """When another starter came to listen between our look and our removal, its file is put back."""
    rival = _bind(path)
    with pytest.raises(SystemFailure, match=rf"address in use \(held by pid {os.getpid()}, "):
        socketfiles._remove_stale(path)
    assert socketfiles.inode_of(path) == rival.inode
    listeners.close(rival)
    assert _left_in(path) == []


def test_a_starter_whose_file_was_replaced_gives_up(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that looked stale to a rival, before it listened, sees that the path is not its own any more."""
    bound = socketfiles.create

    def overtaken(sock: socket.socket, path: str, mode: int) -> socketfiles.Inode:
        inode = bound(sock, path, mode)
        socketfiles._remove_stale(path)
        return inode

    monkeypatch.setattr(socketfiles, "create", overtaken)
    with pytest.raises(SystemFailure, match="another process took the path at the same moment; start only one"):
        _bind(path)
    assert _left_in(path) == []


STARTER = """
import sys
from adapter.exits import Fatal
from adapter.unix import listeners
for line in sys.stdin:
    try:
        listener = listeners.bind_unix(line.strip(), backlog=8, mode=0o600)
    except Fatal as fatal:
        print("no", fatal, flush=True)
        sys.stdin.readline()
    else:
        print("yes", flush=True)
        sys.stdin.readline()
        listener.socket.close()  # and its file is stale
    print("over", flush=True)
"""


def _tell(starters: list[subprocess.Popen[str]], line: str) -> list[str]:
    """Each of them at once; what each says."""
    for starter in starters:
        assert starter.stdin
        starter.stdin.write(line + "\n")
        starter.stdin.flush()
    return [starter.stdout.readline() for starter in starters if starter.stdout]


def test_many_starters_at_a_stale_file_leave_one(path: str) -> None:
    """Of several processes that start at the same stale path at once, one has it, and the path leads to it."""
    _make_stale(path)
    command = [sys.executable, "-c", STARTER]
    starters = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for _ in range(100):  # without a lock two had it in seven of them
            said = _tell(starters, path)
            (believer,) = [starter.pid for starter, line in zip(starters, said, strict=True) if line == "yes\n"]
            assert (holders.of_unix(path) or "").startswith(f"pid {believer}, "), f"{said}"
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)
            _tell(starters, "")
            assert _left_in(path) == ["web.sock"]
    finally:
        for starter in starters:
            starter.communicate(timeout=20)


def test_who_comes_while_another_takes_the_path(path: str) -> None:
    """It is told so, and nothing is touched; a lock that a killed starter has left behind is in nobody's way."""
    lock = os.path.join(os.path.dirname(path), ".web.sock.start")
    with (
        startlocks.alone(path),
        pytest.raises(SystemFailure, match="another process takes the path at the same moment; start only one"),
    ):
        _bind(path)
    assert _left_in(path) == []
    Path(lock).touch()
    listeners.close(_bind(path))
    assert _left_in(path) == []


def test_where_no_lock_can_be_had(path: str) -> None:
    """Something else is in its place: the path is bound without, and that is left alone."""
    lock = Path(path).with_name(".web.sock.start")
    lock.symlink_to("/dev/null")
    listener = _bind(path)
    listeners.close(listener)
    assert lock.is_symlink()


def test_abstract_name(path: str) -> None:
    """`@NAME` has no file; it is in use while somebody has it, and its address says so in the same words."""
    name = f"@adapter-test-{os.getpid()}"
    listener = _bind(name)
    assert listener.address == listeners.address_of(listener.socket) == f"unix:{name}"
    assert listener.inode is None
    with pytest.raises(SystemFailure, match=rf"cannot bind unix:{name}: address in use \(held by pid {os.getpid()}, "):
        _bind(name)
    listeners.close(listener)
    listeners.close(_bind(name))
    assert _left_in(path) == []


def test_where_a_file_cannot_be(path: str) -> None:
    """A missing directory, one that is a file, and a path too long are told apart."""
    Path(path).touch()
    with pytest.raises(SystemFailure, match="there is no directory none; create it"):
        _bind("none/web.sock")
    with pytest.raises(SystemFailure, match=f"{path} is no directory"):
        _bind(f"{path}/web.sock")
    with pytest.raises(Misuse, match="its path has 120 bytes, the kernel takes 1 to 107"):
        _bind("p" * 120)


def test_where_an_unprivileged_user_may_not(path: str) -> None:
    """Without privilege: a directory, another user's socket, another owner are refused with a remedy, and nothing is left."""
    directory = os.path.dirname(path)
    theirs, theirs_stale, free = (os.path.join(directory, name) for name in ("theirs.sock", "stale.sock", "open/free.sock"))
    os.mkdir(os.path.join(directory, "open"))
    os.chmod(os.path.join(directory, "open"), 0o777)
    reachable(directory)
    os.chmod(directory, 0o755)
    _make_stale(theirs_stale)
    os.chmod(theirs_stale, 0o777)
    listener = _bind(theirs)
    code = """
        import sys, os
        from adapter.exits import Fatal
        from adapter.unix import listeners
        import pwd
        def main():
            for path, uid in zip(sys.argv[1:], (None, None, None, 0)):
                try:
                    listeners.bind_unix(path, backlog=1, mode=0o600, uid=uid)
                except Fatal as fatal:
                    print(fatal.code, fatal)
    """
    new = os.path.join(directory, "new.sock")
    said = said_by(code, new, theirs, theirs_stale, free, user=NOBODY).splitlines()
    listeners.close(listener)
    assert said == [
        f"111 cannot bind unix:{new}: no permission to create it in {directory}; allow this user to write there, or use another path",
        f"111 cannot bind unix:{theirs}: it belongs to another user and may be in use; remove it if not, or use another path",
        f"111 cannot bind unix:{theirs_stale}: no permission to create it in {directory}; allow this user to write there, or use another path",
        f"111 cannot bind unix:{free}: no permission to replace it or to give it to another user; start as root, or leave out --uid, --gid and --socket-owner",
    ]
    assert os.listdir(os.path.join(directory, "open")) == []
