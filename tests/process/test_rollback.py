"""Going back to the generation before: at once and from memory, by request or by itself; and when it cannot be."""

import os
import time
from signal import SIGHUP, SIGKILL, SIGURG

import pytest

from kit.asked import Asked, free_port
from kit.commands import Line, answer, facts, free, preloaders, status
from kit.server import Adapter, wait_until_gone

KEPT = ("--rollback-window=60", "--control=control")


def ask(server: Adapter, command: str, **more: object) -> dict[str, object]:
    """A command by the control socket, with its answer."""
    with Line(server.directory / "control") as line:
        return line.ask(command, **more)


def deploy(server: Adapter, version: str) -> None:
    """New code, served by a new generation."""
    server.write("version", version)
    server.reload()


def test_back_and_forth_without_an_import() -> None:
    """Three rollbacks go back, forward, back; nothing is imported and no image replaced; the process stays the same."""
    with Adapter("environment.py", "--workers=2", *KEPT) as server:
        address = server.address
        deploy(server, "two")
        mark = server.log.mark()
        for generation, version in ((1, None), (2, "two"), (1, None)):
            outcome = ask(server, "rollback", wait=True)
            assert (outcome["ok"], outcome["generation"]) == (True, generation), f"{outcome}"
            assert facts(address)["version"] == version
        said = server.log.all(mark)
        assert not any("info: loaded" in line or "a new image" in line for line in said)
        now = status(server)
        assert (now["pid"], now["generation"], now["rollbacks"], now["kept"]) == (server.process.pid, 1, 3, 2)


def test_a_signal_rolls_back() -> None:
    """URG: the log says why, to what, from what."""
    with Adapter("environment.py", *KEPT) as server:
        address = server.address
        deploy(server, "two")
        mark = server.signal(SIGURG)
        server.wait_for('adapter: warning: rolling back why="asked for" generation=1 left=2', since=mark)
        server.wait_for("adapter: info: serving generation=1 ", since=mark)
        server.wait_for("adapter: info: drained .*generation=2", since=mark)
        assert facts(address)["version"] is None


def test_a_kept_generation_outlives_reexecs() -> None:
    """It is carried over: a reload that fails leaves it, one that succeeds is what it is replaced by."""
    with Adapter("environment.py", *KEPT) as server:
        address = server.address
        deploy(server, "two")
        server.write("environment.py", "import nothing_of_that_name\n")
        server.refuse_reload()
        assert ask(server, "rollback", wait=True)["generation"] == 1
        assert facts(address)["version"] is None
        server.install("environment.py", "environment.py")
        deploy(server, "four")
        assert ask(server, "rollback", wait=True)["generation"] == 1


def test_settings_and_listeners_go_back_too() -> None:
    """The number of workers, the environment and an address that only the former generation had; then they go again."""
    old = f"127.0.0.1:{free_port()}"
    server = Adapter("environment.py", "--config=adapter.toml", bind=())
    common = 'rollback_window = 60\ncontrol = "control"\n'
    server.write("adapter.toml", f'[adapter]\n{common}bind = ["127.0.0.1:0", "{old}"]\nworkers = 2\nenv = ["GREETING=one"]\n')
    with server:
        kept = server.address
        server.write("adapter.toml", f'[adapter]\n{common}bind = ["127.0.0.1:0"]\nenv = ["GREETING=two"]\n')
        server.reload()
        server.wait_for("adapter: info: drained .*slot=1")
        server.wait_for("adapter: info: drained .*slot=0")
        assert ask(server, "rollback", wait=True)["ok"]
        assert (facts(kept)["greeting"], facts(old)["greeting"]) == ("one", "one")
        assert status(server)["slots"] == 2
        mark = server.log.mark()
        assert ask(server, "rollback", wait=True)["ok"]
        assert facts(kept)["greeting"] == "two"
        server.wait_for("adapter: info: drained .*slot=1", since=mark)
        assert free(old)


def test_an_address_that_somebody_took_ends_the_rollback() -> None:
    """The rollback fails with the reason, and what serves goes on; the way back stays open for another try."""
    old = f"127.0.0.1:{free_port()}"
    server = Adapter("environment.py", "--config=adapter.toml", bind=())
    common = 'rollback_window = 60\ncontrol = "control"\n'
    server.write("adapter.toml", f'[adapter]\n{common}bind = ["127.0.0.1:0", "{old}"]\n')
    with server:
        kept = server.address
        server.write("adapter.toml", f'[adapter]\n{common}bind = ["127.0.0.1:0"]\n')
        server.reload()
        server.wait_for("adapter: info: drained ")
        with Adapter("hello.py", bind=(old,)) as other:
            other.wait_for("adapter: info: serving")
            outcome = ask(server, "rollback", wait=True)
            assert not outcome["ok"]
            assert old in str(outcome["error"])
        assert facts(kept)["version"] is None
        assert status(server)["generation"] == 2
        assert ask(server, "rollback", wait=True)["ok"]
        assert facts(old)["version"] is None


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "no generation is kept (--rollback-window)"),
        (("--rollback-window=60", "--lazy-apps"), "with --lazy-apps the generation before is not in memory"),
    ],
)
def test_nothing_to_go_back_to(options: tuple[str, ...], reason: str) -> None:
    """Before a reload, without a window, with --lazy-apps: an error that says so, by the socket and in the log; all serve on."""
    with Adapter("environment.py", "--control=control", *options) as server:
        address = server.address
        outcome = ask(server, "rollback", wait=True)
        assert (outcome["ok"], outcome["error"]) == (False, "cannot roll back: there was no reload yet")
        deploy(server, "two")
        outcome = ask(server, "rollback", wait=True)
        assert not outcome["ok"]
        assert str(outcome["error"]).startswith(f"cannot roll back: {reason}")
        server.wait_for(f"adapter: error: cannot roll back: {reason[:20]}")
        assert facts(address)["version"] == "two"


def test_the_window_closes() -> None:
    """After --rollback-window the kept preloader is gone, the log says so, and so does a rollback."""
    with Adapter("environment.py", "--rollback-window=2", "--control=control") as server:
        address = server.address
        (former,) = preloaders(server)
        deploy(server, "two")
        assert len(preloaders(server)) == 2
        server.wait_for("adapter: info: no way back why=")
        outcome = ask(server, "rollback", wait=True)
        assert "the time the generation before was kept for is over" in str(outcome["error"])
        wait_until_gone(former)
        assert facts(address)["version"] == "two"


def test_a_kept_preloader_that_died() -> None:
    """Nobody notices, but a rollback is refused with the reason."""
    with Adapter("environment.py", *KEPT) as server:
        address = server.address
        (former,) = preloaders(server)
        deploy(server, "two")
        os.kill(former, SIGKILL)
        server.wait_for('adapter: info: no way back why="the preloader of the generation before died')
        assert "died: killed by signal 9" in str(ask(server, "rollback", wait=True)["error"])
        assert facts(address)["version"] == "two"


def test_a_reload_under_way_is_given_up() -> None:
    """Whoever waits for the reload hears that it was rolled back; the rollback is answered when the old code is in every slot."""
    with Adapter("hello.py", "--workers=2", "--control=control") as server:
        address = server.address
        os.mkfifo(server.directory / "gate")
        server.install("endless_import.py", "hello.py")
        with Line(server.directory / "control") as reload:
            mark = server.log.mark()
            reload.say("reload", wait=True)
            pid = int(server.wait_for("endless_import: begun", since=mark)["pid"])
            assert ask(server, "rollback", wait=True) == {"ok": True, "error": "", "detail": "", "generation": 1}
            assert reload.hear()["error"] == "an operator rolled back"
        assert answer(address) == b"hello\n"
        wait_until_gone(pid)
        assert len(preloaders(server)) == 1


def test_a_crash_loop_on_probation_is_rolled_back() -> None:
    """Workers of the new generation die again and again: the old one serves, nobody asked, and the log says why."""
    with Adapter("environment.py", "--probation=60", "--control=control") as server:
        address = server.address
        server.write("version", "bad")
        mark = server.signal(SIGHUP)
        server.wait_for("adapter: info: serving generation=2 ", since=mark)
        for number in range(2, 7):
            pid = int(server.wait_for(rf"adapter: info: ready worker={number} ", since=mark)["pid"])
            os.kill(pid, SIGKILL)
        server.wait_for('adapter: warning: rolling back why="5 deaths in 10 s" generation=1 left=2', since=mark)
        server.wait_for("adapter: info: serving generation=1 ", since=mark)
        assert facts(address)["version"] is None


def test_probation_passes() -> None:
    """Nothing happens, the log says so."""
    with Adapter("environment.py", "--probation=300ms", "--rollback-window=60") as server:
        address = server.address
        deploy(server, "two")
        server.wait_for("adapter: info: probation passed generation=2")
        assert facts(address)["version"] == "two"


def test_a_canary_sings_before_the_others_follow() -> None:
    """One new worker serves beside all the old ones for the time given; then the others are relieved."""
    with Adapter("environment.py", "--workers=2", "--canary=2s", "--control=control") as server:
        address = server.address
        server.write("version", "two")
        with Line(server.directory / "control") as reload:
            reload.say("reload", wait=True)
            server.wait_for("adapter: info: a canary serves generation=2 ")
            stages = [(each["generation"], each["stage"]) for each in status(server)["workers"]]
            assert sorted(stages) == [(1, "ready"), (1, "ready"), (2, "ready")]
            assert reload.hear()["generation"] == 2
        server.wait_for("adapter: info: the canary lives: the others follow")
        assert facts(address)["version"] == "two"


def test_a_canary_that_dies_ends_the_reload() -> None:
    """All old workers are still there."""
    with Adapter("environment.py", "--workers=2", "--canary=60s", "--control=control") as server:
        address = server.address
        former = {each.pid for each in server.ready()}
        server.write("version", "two")
        with Line(server.directory / "control") as reload:
            reload.say("reload", wait=True)
            server.wait_for("adapter: info: a canary serves generation=2 ")
            os.kill(server.ready()[-1].pid, SIGKILL)
            assert "the canary died: killed by signal 9" in str(reload.hear()["error"])
        assert {each["pid"] for each in status(server)["workers"]} == former
        assert facts(address)["version"] is None


def ask_some(address: str, number: int) -> None:
    """So many requests, whatever is answered."""
    for _ in range(number):
        Asked(address, "/early").answer()


def ask_until(server: Adapter, address: str, said: str, mark: int) -> None:
    """Requests, until the log says that."""
    deadline = time.monotonic() + 60  # not a number of requests: answers are counted for a moment before the master hears of them
    while time.monotonic() < deadline:
        if any(said in line for line in server.log.all(mark)):
            return
        Asked(address, "/early").answer()
    raise AssertionError(f"requests for 60 s, and nobody said: {said}")


def test_errors_on_probation_are_rolled_back() -> None:
    """The new generation answers with 500 where the old one did not: it is taken back, and the log has both shares."""
    with Adapter("hello.py", "--workers=2", "--probation=60", "--control=control") as server:
        address = server.address
        ask_some(address, 10)
        server.install("raises_at_request.py", "hello.py")
        mark = server.signal(SIGHUP)
        for slot in range(2):  # until then the old generation may answer, too
            server.wait_for(f"adapter: info: drained .*slot={slot} generation=1", since=mark)
        ask_some(address, 10)
        said = (
            r'adapter: warning: rolling back why="\d+% of its answers are errors \(5xx\), 0% of those before" generation=1 left=2'
        )
        server.wait_for(said, since=mark)
        server.wait_for("adapter: info: serving generation=1 ", since=mark)
        for slot in range(2):  # until then the new generation may answer, too
            server.wait_for(f"adapter: info: drained .*slot={slot} generation=2", since=mark)
        assert answer(address) == b"hello\n"


def test_calls_without_end_on_probation_are_rolled_back() -> None:
    """What --request-timeout gives up counts as an error, too: new code that hangs is taken back."""
    server = Adapter("hello.py", "--probation=60", "--request-timeout=300ms", "--threads=8")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.address
        ask_some(address, 1)
        server.install("gated.py", "hello.py")
        mark = server.log.mark()
        server.reload()
        server.wait_for("adapter: info: drained .*generation=1", since=mark)
        asked = [Asked(address, "/gated") for _ in range(5)]
        assert [each.answer()[0] for each in asked] == [504] * 5
        server.wait_for(
            r'rolling back why="100% of its answers are errors \(5xx\), 0% of those before" generation=1 left=2', since=mark
        )
        server.wait_for("adapter: info: serving generation=1 ", since=mark)


def test_errors_of_a_canary_end_the_reload() -> None:
    """--canary N: its errors are more than before, so the others never follow; without errors they do after so many answers."""
    with Adapter("hello.py", "--workers=1", "--canary=20", "--control=control") as server:
        address = server.address
        server.install("raises_at_request.py", "hello.py")
        with Line(server.directory / "control") as reload:
            reload.say("reload", wait=True)
            server.wait_for("adapter: info: ready worker=2 ")
            ask_until(server, address, "reload failed: ", 0)
            assert "of its answers are errors (5xx)" in str(reload.hear()["error"])
            server.install("hello.py", "hello.py")
            mark = server.log.mark()
            reload.say("reload", wait=True)
            server.wait_for("adapter: info: ready worker=3 ", since=mark)
            ask_until(server, address, "the canary lives", mark)
            assert reload.hear()["ok"]
