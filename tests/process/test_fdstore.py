"""The service manager keeps our own listeners: after a kill -9 or a restart, whoever came meanwhile is answered by the next instance."""

import socket
from signal import SIGKILL

import pytest

from adapter.protocols.fdstore import parsed
from kit.notified import Notified, Said
from kit.server import PROGRAM, Adapter, wait_until_gone

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def stored(manager: Notified, since: int = 0) -> Said:
    """What it was given to keep."""
    said = manager.wait_for("FDSTORE=1", since=since)
    assert said.fields["FDPOLL"] == "0"
    assert len(said.fds) == 1
    return said


def connect(address: str) -> socket.socket:
    """A client with a request on its way."""
    client = socket.socket(socket.AF_UNIX if address.startswith("unix:") else socket.AF_INET)
    host, _, port = address.rpartition(":")
    name = address.removeprefix("unix:")
    client.settimeout(60)
    client.connect(("\0" + name[1:] if name.startswith("@") else name) if address.startswith("unix:") else (host, int(port)))
    client.sendall(REQUEST)
    return client


def everything(client: socket.socket) -> bytes:
    """To the end."""
    with client:
        return b"".join(iter(lambda: client.recv(65536), b""))


def given(bind: str, said: Said, manager: Notified) -> Adapter:
    """The next instance, which finds what was stored, as systemd passes it on."""
    server = Adapter("hello.py", bind=(bind,), stdin=said.fds[0], env={**manager.env, "LISTEN_FDS": "1", "LISTEN_FDNAMES": said.fields["FDNAME"]}, keeps_listener=True)  # fmt: skip
    server.program = ("sh", "-c", 'export LISTEN_PID=$$; exec "$0" "$@" 3<&0 </dev/null', *PROGRAM)
    return server


def kill(server: Adapter) -> None:
    """All of it, as KillMode=control-group does."""
    workers = [each.pid for each in server.ready()]
    server.process.signal(SIGKILL)
    for pid in (server.process.pid, *workers):
        wait_until_gone(pid)
    server.process.wait_alone()


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "unix:{directory}/s", "unix:@{directory}"], ids=["tcp", "unix", "abstract"])
def test_a_kill_refuses_nobody(bind: str) -> None:
    """kill -9 of the master: clients connect while nothing of ours runs, and the next instance answers them, at the same address."""
    with Notified(keeps=True) as manager:
        bind = bind.replace("{directory}", str(manager.directory))
        with Adapter("hello.py", bind=(bind,), env=manager.env, keeps_listener=True) as first:
            said = stored(manager)
            assert parsed(said.fields["FDNAME"]) is not None
            first.wait_for("adapter: info: serving generation=1")
            address = first.addresses[0]
            kill(first)
        clients = [connect(address) for _ in range(3)]
        with given(bind, said, manager) as second:
            assert second.wait_for("taken back from the service manager")["address"] == address
            for client in clients:
                assert everything(client).endswith(b"hello\n")
            second.reload()
            assert everything(connect(address)).endswith(b"hello\n")


def test_a_restart_refuses_nobody() -> None:
    """The service manager says that it keeps descriptors ($FDSTORE): a stop leaves the queue, and the file, to the next instance."""
    with Notified(keeps=True) as manager:
        bind = f"unix:{manager.directory}/s"
        with Adapter("hello.py", bind=(bind,), env={**manager.env, "FDSTORE": "4"}, keeps_listener=True) as first:
            said = stored(manager)
            first.wait_for("adapter: info: serving generation=1")
            first.reload()
            assert first.stop() == 0
        assert not [each for each in manager.all() if "FDSTOREREMOVE" in each.fields]
        client = connect(bind)
        with given(bind, said, manager):
            assert everything(client).endswith(b"hello\n")


def test_a_stop_without_a_store_ends_the_listener() -> None:
    """Nobody has said that descriptors are kept: a stop empties the queue, removes the file, and takes back what was given to keep."""
    with Notified(keeps=True) as manager, Adapter("hello.py", bind=("unix:s",), env=manager.env, keeps_listener=True) as server:
        name = stored(manager).fields["FDNAME"]
        server.wait_for("adapter: info: serving generation=1")
        mark = manager.mark()
        assert server.stop() == 0
        assert manager.wait_for("FDSTOREREMOVE=1", since=mark).fields["FDNAME"] == name
        assert not (server.directory / "s").exists()


def test_a_reload_stores_what_is_new_and_takes_back_what_is_not_wanted() -> None:
    """Another address in the configuration: the one is stored, the other dropped, once the new generation serves."""
    server = Adapter("hello.py", "--config=adapter.toml", bind=(), keeps_listener=True)
    with Notified(keeps=True) as manager:
        server._env["NOTIFY_SOCKET"] = str(manager.env["NOTIFY_SOCKET"])
        server.write("adapter.toml", '[adapter]\nbind = "unix:one"\n')
        with server:
            former = stored(manager).fields["FDNAME"]
            server.wait_for("adapter: info: serving generation=1")
            server.write("adapter.toml", '[adapter]\nbind = "unix:two"\n')
            mark = manager.mark()
            server.reload()
            assert "two" in stored(manager, mark).fields["FDNAME"]
            assert manager.wait_for("FDSTOREREMOVE=1", since=mark).fields["FDNAME"] == former


@pytest.mark.parametrize("change", ["address", "file"])
def test_what_is_of_no_use_is_not_taken_back(change: str) -> None:
    """The next instance is to listen elsewhere, or the file of the socket is gone: the store is told, and it binds by itself."""
    with Notified(keeps=True) as manager:
        bind = f"unix:{manager.directory}/s" if change == "file" else "127.0.0.1:0"
        with Adapter("hello.py", bind=(bind,), env=manager.env, keeps_listener=True) as first:
            said = stored(manager)
            first.wait_for("adapter: info: serving generation=1")
            former = first.addresses[0]
            kill(first)
        if change == "file":
            (manager.directory / "s").unlink()
        else:  # the same port, otherwise: what was stored is in the way
            bind = "0.0.0.0:" + former.rpartition(":")[2]
        mark = manager.mark()
        with given(bind, said, manager) as second:
            assert manager.wait_for("FDSTOREREMOVE=1", since=mark).fields["FDNAME"] == said.fields["FDNAME"]
            second.wait_for("adapter: info: listening ")
            second.wait_for("adapter: info: serving generation=1")
