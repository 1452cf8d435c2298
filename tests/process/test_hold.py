"""`adapter hold`, and `--bind hold:` with a holder that gives, refuses, hangs or talks nonsense."""

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGALRM, SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH
from typing import Self

import pytest

from adapter.config.addresses import Hold
from adapter.exits import SystemFailure
from adapter.protocols import fdholder
from adapter.roles.master.holder import borrow, give_back
from adapter.unix import listeners
from kit.asked import Asked, free_port
from kit.holder import Holder
from kit.load import Load
from kit.pythons import NOBODY, said_by
from kit.server import Adapter, listening, wait_until_gone
from kit.until import until

Record = Callable[[str, object], None]


def server(holder: Holder, app: str = "exact.py", *options: str, name: str = "") -> Adapter:
    """A server on what it holds."""
    return Adapter(app, *options, bind=(holder.bind(name),), keeps_listener=True)


def test_a_restart_and_a_kill_refuse_nobody(record_property: Record) -> None:
    """Under load: stop and start, then kill -9 and start: 0 refused, 0 reset, 0 lost of all."""
    with Holder("web=127.0.0.1:0") as holder:
        with server(holder) as first, Load(holder.address) as load:
            load.lap()
            assert first.stop() == 0
            with server(holder, "exact.py", "--workers=2") as second:
                load.lap()
                second.wait_for("adapter: info: serving generation=")
                os.kill(second.process.pid, SIGKILL)
                for each in second.ready():
                    wait_until_gone(each.pid)
                with server(holder) as third:
                    third.wait_for("adapter: info: serving generation=")
                    load.lap()
                    report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


def test_several_instances_share_a_listener(record_property: Record) -> None:
    """Two servers on one held socket, restarted in turn under load (what uWSGI's Zerg was for): 0 failed, nobody waits for a boot."""
    with Holder("web=127.0.0.1:0") as holder, server(holder) as one, server(holder) as two:
        for each in (one, two):
            each.wait_for("adapter: info: serving generation=")
        with Load(holder.address) as load:
            assert one.stop() == 0
            with server(holder) as new_one:
                new_one.wait_for("adapter: info: serving generation=")
                assert two.stop() == 0
                with server(holder) as new_two:
                    new_two.wait_for("adapter: info: serving generation=")
                    load.lap()
                    report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


class Passed(Adapter):
    """A server that gets its listener by LISTEN_FDS, as systemd and its like pass it on: from whoever holds it on our fd 0."""

    def __enter__(self) -> Self:
        told = 'exec 3<&0 </dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
        self.program = ("sh", "-c", told, "sh", *self.program)
        return super().__enter__()


def test_several_instances_by_listen_fds(record_property: Record) -> None:
    """Two servers on one socket that somebody else opened (LISTEN_FDS), restarted in turn under load: 0 failed of all."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as held:
        address = f"127.0.0.1:{held.getsockname()[1]}"

        def instance() -> Passed:
            return Passed("exact.py", bind=(), stdin=held.fileno(), keeps_listener=True)

        with instance() as one, instance() as two:
            for each in (one, two):
                each.wait_for("adapter: info: serving generation=")
            with Load(address) as load:
                assert one.stop() == 0
                with instance() as three:
                    three.wait_for("adapter: info: serving generation=")
                    os.kill(two.process.pid, SIGKILL)
                    load.lap()
                    three.reload()
                    for worker in two.ready():
                        wait_until_gone(worker.pid)
                    load.lap()
                    report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


def test_a_reload_keeps_the_listener_and_needs_no_holder() -> None:
    """HUP of the server while the holder is stopped (SIGSTOP): it has its listener already, and serves on."""
    with Holder("web=127.0.0.1:0") as holder, server(holder) as served, Load(holder.address) as load:
        holder.process.signal(SIGSTOP)
        try:
            served.reload()
        finally:
            holder.process.signal(SIGCONT)
        load.lap()
        assert load.stop().failed == 0


def test_the_holder_reloads_in_place() -> None:
    """HUP: the same process id, the listeners kept under load, the file read again: a new listener is there, one that is gone is not."""
    holder = Holder("web=127.0.0.1:0", "--listeners-file={directory}/more")
    holder.write("more", "old=127.0.0.1:0\n")
    with holder:
        old = holder.held("old")
        with server(holder, name="web") as served, Load(holder.address) as load:
            pid = holder.process.pid
            holder.write("more", "new=127.0.0.1:0\n")
            mark = holder.signal(SIGHUP)
            assert holder.wait_for("adapter: info: ready socket=", since=mark)["pid"] == str(pid)
            assert not listening(old)
            new = holder.wait_for("adapter: info: holding name=new ", since=mark)["address"]
            assert listening(new)
            holder.write("more", "nonsense\n")
            mark = holder.signal(SIGHUP)
            holder.wait_for("adapter: fatal: .*/more, line 1: bad address 'nonsense'", since=mark)
            holder.wait_for("adapter: error: the new image does not start .*this one holds on", since=mark)
            assert listening(new)
            assert served.stop() == 0
            with server(holder, name="web") as again:
                again.wait_for("adapter: info: serving generation=")
                load.lap()
                assert load.stop().failed == 0


def test_signals_that_supervisors_send_end_nothing() -> None:
    """svc, sv and s6-svc have letters for ALRM, USR1, USR2, WINCH and CONT: the holder holds on, and tells what."""
    with Holder("web=127.0.0.1:0") as holder:
        holder.wait_for("adapter: info: ready")
        for number in (SIGALRM, SIGUSR2, SIGWINCH, SIGCONT):
            holder.signal(number)
        holder.wait_for("adapter: info: status holds=web given=0", since=holder.signal(SIGUSR1))
        assert listening(holder.address)
        assert os.stat(holder.socket).st_mode & 0o777 == 0o600
        assert holder.stop(SIGTERM) == 0
        assert not os.path.exists(holder.socket)


def test_a_server_outlives_the_holder() -> None:
    """kill -9 of the holder: who has the listener serves on, TCP and UNIX."""
    with (
        Holder("web=127.0.0.1:0", "unix=unix:{directory}/web.sock") as holder,
        Adapter("hello.py", bind=(holder.bind("web"), holder.bind("unix")), keeps_listener=True) as served,
    ):
        served.wait_for("adapter: info: serving generation=")
        os.kill(holder.process.pid, SIGKILL)
        assert holder.process.exit_code() == -SIGKILL
        assert listening(f"unix:{holder.directory}/web.sock")
        served.reload()
        assert Asked(holder.address, "/").answer() == (200, b"hello\n")


def test_a_new_holder_gets_its_listeners_back(record_property: Record) -> None:
    """kill -9 of the holder under load: the next one waits for the addresses, a reload of the server gives them back; 0 failed of all."""
    port = free_port()
    words = (f"web=127.0.0.1:{port}", "unix=unix:{directory}/web.sock")
    with Holder(*words) as holder:
        holder.wait_for("adapter: info: ready")
        both = (holder.bind("web"), holder.bind("unix"))
        with Adapter("exact.py", bind=both, keeps_listener=True) as served, Load(holder.address) as load:
            os.kill(holder.process.pid, SIGKILL)
            assert holder.process.exit_code() == -SIGKILL
            path = f"{holder.directory}/web.sock"
            with Holder(words[0], f"unix=unix:{path}") as again:
                again.wait_for(f"adapter: warning: cannot bind 127.0.0.1:{port}: address in use .*it gives it back")
                again.wait_for('adapter: info: ready .*waits_for="web unix"')
                with Adapter("hello.py", bind=(again.bind("web"),), keeps_listener=True) as refused:
                    assert refused.process.exit_code() == 111
                    refused.wait_for("adapter: fatal: .*the holder has lost it to somebody who listens there still")
                one, two = (Hold(again.socket, name) for name in ("web", "unix"))
                with socket.create_server(("127.0.0.1", 0)) as other:
                    elsewhere = listeners.adopt(other.detach(), name="web")
                with pytest.raises(SystemFailure, match="the holder says invalid argument"):
                    give_back(one, elsewhere)
                elsewhere.socket.close()
                served_by = Path(holder.socket)
                served_by.unlink()
                served_by.symlink_to(again.socket)  # the next holder at the same place
                served.reload()
                for name in ("web", "unix"):
                    again.wait_for(f"adapter: info: holding name={name} ")
                assert served.stop() == 0
                had = borrow(two)
                assert had.address == f"unix:{path}"
                had.socket.close()
                with Adapter("exact.py", bind=(again.bind("web"),), keeps_listener=True) as second:
                    second.wait_for("adapter: info: serving generation=")
                    load.lap()
                    report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


def test_what_is_asked_for_must_be_there() -> None:
    """Without a holder, without that listener, without saying which of two: one sentence each, and 111; in a reload all goes on."""
    with Holder("a=127.0.0.1:0", "b=127.0.0.1:0") as holder:
        holder.wait_for("adapter: info: ready")
        for bind, said in (
            ("hold:/nowhere/h#web", "nobody is there; start the holder first"),
            (holder.bind("c"), "the holder has nothing named c"),
            (holder.bind(), "the holder has a, b; say which"),
        ):
            with Adapter("hello.py", bind=(bind,)) as refused:
                assert refused.process.exit_code() == 111
                (line,) = [each for each in refused.log.all() if "adapter: fatal: " in each]
                assert f"cannot have {bind}: {said}" in line
        config = "[adapter]\nbind = ['{}'{}]\n".format
        served = Adapter("hello.py", "--config={directory}/c.toml", bind=(), keeps_listener=True)
        served.write("c.toml", config(holder.bind("a"), ""))
        with served:
            served.wait_for("adapter: info: serving generation=1")
            served.write("c.toml", config(holder.bind("a"), f", '{holder.bind('c')}'"))
            assert "nothing named c" in served.refuse_reload()
            assert Asked(holder.held("a"), "/").answer() == (200, b"hello\n")
            served.write("c.toml", config(holder.bind("b"), ""))
            served.reload()
            assert Asked(holder.held("b"), "/").answer() == (200, b"hello\n")
            assert listening(holder.held("a")), "it is the holder's to close"


# -- at the counter --------------------------------------------------------------------------------------------------------


def ask(path: str, question: bytes) -> bytes:
    """What comes back until the end, or until there is an answer."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(60)
        wire.connect(path)
        wire.sendall(question)
        return wire.recv(4096)


def test_bad_clients_get_nothing() -> None:
    """Nonsense, half a question, a descriptor to store, more clients than there is room for: the holder answers the next one."""
    with Holder("web=127.0.0.1:0") as holder:
        holder.wait_for("adapter: info: ready")
        assert ask(holder.socket, b"GET / HTTP/1.1\r\n\r\n") == b""
        assert ask(holder.socket, b"\0\0\0\1\0\0X") == fdholder.pack(b"\x47")  # EPROTO
        assert ask(holder.socket, fdholder.pack(b"R\1\3web\0")) == fdholder.pack(b"\1")  # forgetting it: EPERM
        assert ask(holder.socket, fdholder.pack(b"S", 1)) == b""
        silent = [socket.socket(socket.AF_UNIX) for _ in range(40)]
        for each in silent:
            each.connect(holder.socket)
            each.send(b"\0\0")
        assert ask(holder.socket, fdholder.pack(fdholder.LIST)) == fdholder.pack(fdholder.listed(["web"]))
        silent[0].settimeout(60)
        assert silent[0].recv(1) == b""
        for each in silent:
            each.close()
        borrow(Hold(holder.socket, "web")).socket.close()
        until(
            lambda: os.listdir(f"/proc/{holder.process.pid}/fd"), lambda found: len(found) < 16
        )  # it has yet to see that they left


ASK = """
import socket, sys
def main():
    with socket.socket(socket.AF_UNIX) as wire:
        try:
            wire.connect(sys.argv[1])
        except PermissionError as error:
            print(error.strerror)
            return
        wire.sendall(bytes.fromhex(sys.argv[2]))
        print(wire.recv(4096).hex())
"""


def test_who_may_ask() -> None:
    """Another user cannot even connect; where somebody else was let in he is refused by the kernel's word on who he is."""
    names = fdholder.pack(fdholder.listed(["web"])).hex()
    for words, said in (
        ((), "Permission denied"),
        (("--allow=12345",), fdholder.pack(b"\1").hex()),
        ((f"--allow={NOBODY}",), names),
    ):
        with Holder("web=127.0.0.1:0", *words) as holder:
            holder.directory.chmod(0o755)
            holder.wait_for("adapter: info: ready")
            assert said_by(ASK, holder.socket, fdholder.pack(fdholder.LIST).hex(), user=NOBODY).strip() == said


# -- a holder that is none -------------------------------------------------------------------------------------------------


@contextmanager
def answering(path: str, *parts: bytes, fds: tuple[int, ...] = (), hang: bool = False) -> Iterator[None]:
    """Somebody at `path` who answers a question so, once, and hangs up (or does not)."""
    done = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                for part in parts:
                    socket.send_fds(client, [part], fds) if fds else client.send(part)
                if hang:
                    done.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


GIVEN = fdholder.pack(fdholder.GIVEN, 1)
NONSENSE = [
    ((), "what answers there is no holder"),
    ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "what answers there is no holder"),
    ((GIVEN,), "what answers there is no holder"),  # it says a descriptor, and there is none
    ((b"\0\0\0\1",), "what answers there is no holder"),
    ((fdholder.pack(b"\1"),), "it refuses us; allow this user there"),
    ((fdholder.pack(b"\2"),), "the holder has nothing named web"),
    ((fdholder.pack(b"\x18"),), "the holder says too many open files"),
]


@pytest.mark.parametrize(("parts", "said"), NONSENSE)
def test_nonsense_is_a_sentence(tmp_path: Path, parts: tuple[bytes, ...], said: str) -> None:
    """Whatever answers, it is one sentence that says which holder, and 111."""
    path = str(tmp_path / "h")
    with answering(path, *parts), pytest.raises(SystemFailure) as caught:
        borrow(Hold(path, "web"))
    assert f"cannot have hold:{path}#web: {said}" in caught.value.sentence


def test_what_is_given_must_listen(tmp_path: Path) -> None:
    """A file, a connected socket, two listeners at once: refused, and closed."""
    before = set(os.listdir("/proc/self/fd"))
    null, pair, one = os.open(os.devnull, os.O_RDONLY), socket.socketpair(), socket.create_server(("127.0.0.1", 0))
    for fds, said in (
        ((null,), "is not a socket"),
        ((pair[0].fileno(),), "does not listen"),
        ((one.fileno(),) * 2, "is no holder"),
    ):
        path = str(tmp_path / said.replace(" ", "-"))
        with answering(path, struct.pack(">IHB", 1, len(fds), 0), fds=fds), pytest.raises(SystemFailure) as caught:
            borrow(Hold(path, "web"))
        assert said in caught.value.sentence
    os.close(null)
    for each in (*pair, one):
        each.close()
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_holder_that_hangs_is_given_up(tmp_path: Path) -> None:
    """After five seconds: the master does not wait for ever, and says so."""
    path = str(tmp_path / "h")
    with answering(path, b"\0", hang=True), pytest.raises(SystemFailure, match="does not answer within 5 s"):
        borrow(Hold(path, "web"))
