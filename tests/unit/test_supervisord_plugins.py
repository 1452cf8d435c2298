"""What supervisord's plug-ins decide, and that supervisorctl goes on whatever they lack."""

import errno
import io
import os
import socket
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from supervisor.options import ClientOptions
from supervisor.supervisorctl import Controller

from adapter.supervisors.supervisord import make_ctlplugin
from adapter.supervisors.supervisord.ctlplugin import VERBS
from adapter.supervisors.supervisord.holding import Holder
from adapter.supervisors.supervisord.namespec import chosen, shown
from adapter.supervisors.supervisord.outcome import Outcome, of_change, of_drain, of_status

GROUPS = {"web": ["web"], "shop": ["shop_00", "shop_01"], "pair": ["pair", "mail"]}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("web", ["web"]),
        ("web:web", ["web"]),
        ("web:*", ["web"]),
        ("web:", ["web"]),
        ("shop", ["shop:shop_00", "shop:shop_01"]),
        ("shop:*", ["shop:shop_00", "shop:shop_01"]),
        ("shop:shop_01", ["shop:shop_01"]),
        ("pair", ["pair"]),
        ("pair:*", ["pair", "pair:mail"]),
        ("all", ["web", "shop:shop_00", "shop:shop_01", "pair", "pair:mail"]),
    ],
)
def test_a_name_means_what_supervisorctl_means(name, meant):
    """A program, a group, group:name, group:* and all."""
    assert [shown(*each) for each in chosen(name, GROUPS)] == meant


@pytest.mark.parametrize("name", ["", "nix", "nix:web", "web:nix", "shop:shop_02", ":", "*", 5, None, ["web"], "web\n"])
def test_a_name_that_is_none_is_told_what_there_is(name):
    """LookupError with a sentence, for whatever comes by the wire."""
    with pytest.raises(LookupError, match=r"there is no|a name is text"):
        chosen(name, GROUPS)


@pytest.mark.parametrize(
    ("answer", "status", "seconds", "ok", "said"),
    [
        ({"ok": True, "code": 0}, 0, 2.5, True, "drained in 2.5 s"),
        (None, -1, 30.1, False, "killed by supervisord after stopwaitsecs=30"),
        (None, -1, 3.0, False, "killed by a signal after 3.0 s"),
        (None, 0, 3.0, False, "ended without an answer"),
        ({"ok": False, "error": "the server stopped with exit code 1"}, 1, 3.0, False, "exit code 1, after 3.0 s"),
    ],
)
def test_a_drain_is_told_as_it_was(answer, status, seconds, ok, said):
    """Done, killed by supervisord, killed by somebody, silent, failed; what was warned of on the way is the detail."""
    heard = [{"progress": "stop", "level": "info"}, {"progress": "cut: 2 requests", "level": "warning"}]
    outcome = of_drain(answer, heard, by_signal=status == -1, patience=30.0, seconds=seconds)
    assert (outcome.ok, outcome.detail) == (ok, "cut: 2 requests")
    assert said in outcome.sentence


def test_an_outcome_is_text_that_xml_can_hold():
    """Control characters, of an application's traceback say, are escaped; the lines stay."""
    plain = of_change("reload", {"ok": False, "error": "no\x1b[1m", "detail": "one\x00\ntwo"}).to_plain("g", "p", "reload")
    assert plain == {
        "group": "g",
        "name": "p",
        "asked": "reload",
        "ok": False,
        "outcome": "reload failed: no\\x1b[1m",
        "detail": "one\\x00\ntwo",
    }


def test_a_server_of_another_version_is_shown_as_one():
    """A status that lacks what we look for is no error."""
    outcome = of_status({"what": "else"})
    assert outcome.ok
    assert outcome.facts is not None
    assert outcome.facts["ready"] is False
    assert "another version" in outcome.sentence
    assert Outcome(ok=True, sentence="x").to_plain("a", "b", "c")["detail"] == ""


# -- supervisorctl ---------------------------------------------------------------------------------------------------------


def controller(tmp_path, factory) -> Any:
    """The real one, with the plug-in, and nobody to talk to."""
    conf = tmp_path / "s.conf"
    conf.write_text(f"[supervisorctl]\nserverurl=unix://{tmp_path}/none.sock\n")
    options = ClientOptions()
    options.plugin_factories.append(("adapter", factory, {"colour": "blue"}))
    options.realize(["-c", str(conf)])
    options.interactive = False
    options.getServerProxy = nobody
    return Controller(options, stdout=io.StringIO())


def nobody():
    raise FileNotFoundError(errno.ENOENT, "nobody")


def said_by(asked, words) -> list[str]:
    """The lines that this command prints."""
    at = asked.stdout.tell()
    asked.onecmd(words)
    return asked.stdout.getvalue()[at:].splitlines()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_each_verb_has_help_and_takes_no_less_than_a_name(tmp_path, verb):
    """`help VERB` says it in two or three lines, once; without a name it is an error with that help; without supervisord another."""
    asked = controller(tmp_path, make_ctlplugin)
    said = said_by(asked, f"help {verb.name}")
    assert len(said) in (2, 3)
    assert said[0].startswith(f"{verb.name} <name>")
    assert verb.meaning in said[0]
    assert said_by(asked, verb.name)[0].startswith(f"Error: {verb.name} requires a process name")
    assert asked.exitstatus == 1
    assert said_by(asked, f"{verb.name} web 3") == [f"unix://{tmp_path}/none.sock no such file"]


def test_a_number_that_is_none_is_refused_before_anything_is_asked(tmp_path):
    """`workers web many`."""
    asked = controller(tmp_path, make_ctlplugin)
    for words in ("web many", "web -1", "web 99999", "web ²", "7"):
        assert said_by(asked, f"workers {words}")[0] == "Error: workers requires a process name and a number", words


def test_completion_knows_our_verbs_and_still_those_of_others(tmp_path):
    """TAB: verbs by their beginning, then processes and groups, as for supervisorctl's own commands."""
    asked = controller(tmp_path, make_ctlplugin)
    asked._complete_info = [{"group": "shop", "name": "shop_00"}, {"group": "web", "name": "web"}]

    def all_of(text, line):
        found = []
        while (each := asked.complete(text, len(found), line)) is not None:
            found.append(each)
        return found

    assert all_of("re", "re") == ["reload ", "remove ", "reread ", "restart ", "reload-app ", "resume "]
    assert all_of("", "reload-app ") == ["shop:shop_00 ", "shop:* ", "web "]
    assert all_of("sh", "rolling-restart sh") == ["shop:shop_00 ", "shop:* "]
    assert all_of("w", "stop w") == ["web "]
    assert all_of("x", "drain x") == []


def test_supervisorctl_goes_on_when_our_commands_cannot_be_loaded(tmp_path, monkeypatch):
    """An import that fails: its own commands work as ever, and `help` says what is missing."""
    monkeypatch.setitem(sys.modules, "adapter.supervisors.supervisord.ctlplugin", None)
    asked = controller(tmp_path, make_ctlplugin)
    said = "\n".join(said_by(asked, "help"))
    assert "restart" in said
    assert "adapter's commands are missing: ModuleNotFoundError" in said
    assert said_by(asked, "help restart")[0].startswith("restart <name>")
    assert said_by(asked, "status") == [f"unix://{tmp_path}/none.sock no such file"]
    assert said_by(asked, "drain web") == ["*** Unknown syntax: drain web"]


# -- the holder ------------------------------------------------------------------------------------------------------------


class Sockets:
    """A SocketManager as far as the holder knows it: a socket, or an error for as often as there are any."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.socket = socket.socket()

    def get_socket(self):
        if self.errors:
            raise self.errors.pop(0)
        return self.socket


def address(**settings):
    return SimpleNamespace(**{"url": "unix:///a", "mode": 0o700, "backlog": 5, **settings})


def group(sockets, **settings):
    config = SimpleNamespace(name="web", socket_config=address(**settings))
    return SimpleNamespace(socket_manager=sockets, config=config)


@pytest.fixture
def holding(monkeypatch):
    """Makes a holder for these groups; its callbacks by the names of events, and what it warned of."""
    callbacks, said = {}, []
    monkeypatch.setattr("supervisor.events.subscribe", lambda kind, what: callbacks.update({kind.__name__: what}))
    logger = SimpleNamespace(warn=said.append, info=lambda _: None)
    options = SimpleNamespace(logger=logger, process_group_configs=[])

    def make(groups, *patterns):
        options.process_group_configs = [each.config for each in groups.values() if hasattr(each, "config")]
        return Holder(SimpleNamespace(process_groups=groups, options=options), patterns), callbacks, said, options

    return make


def test_a_socket_that_cannot_be_held_is_a_warning_once_and_tried_again(holding):
    """supervisord starts without it; other groups are held; those that match no pattern, or have no socket, are left alone."""
    taken, free, other = Sockets(OSError(98, "taken"), OSError(98, "taken")), Sockets(), Sockets()
    groups = {"web": group(taken), "api": group(free), "php": group(other), "mail": SimpleNamespace()}
    holder, callbacks, said, _ = holding(groups, "web", "a*", "mail")
    assert (holder.names(), len(said)) == (["api"], 1)
    callbacks["Tick5Event"](None)
    assert (holder.names(), len(said)) == (["api"], 1)
    callbacks["Tick5Event"](None)
    assert holder.names() == ["api", "web"]
    callbacks["ProcessGroupRemovedEvent"](SimpleNamespace(group="web"))
    assert holder.names() == ["api"]
    callbacks["ProcessGroupAddedEvent"](SimpleNamespace(group="web"))
    assert holder.names() == ["api", "web"]
    callbacks["SupervisorStoppingEvent"](None)
    callbacks["Tick5Event"](None)
    assert holder.names() == [], "supervisord closes descriptors by number next"
    for each in (taken, free, other):
        each.socket.close()


@pytest.mark.parametrize(
    ("change", "passed"), [({}, True), ({"backlog": 7}, True), ({"url": "unix:///b"}, False), ({"mode": 0o777}, False)]
)
def test_update_passes_the_socket_on_to_the_same_address_only(holding, change, passed):
    """What `update` adds anew gets the very socket, if it is the same one with the same rights; it is let go if nobody takes it."""
    sockets = Sockets()
    groups = {"web": group(sockets)}
    holder, callbacks, _, options = holding(groups, "*")
    new = SimpleNamespace(name="web", socket_config=address(**change))
    options.process_group_configs = [new]
    del groups["web"]
    callbacks["ProcessGroupRemovedEvent"](SimpleNamespace(group="web"))
    assert hasattr(new.socket_config, "create_and_bind") is passed
    if passed:
        with new.socket_config.create_and_bind() as copy:
            assert os.fstat(copy.fileno()).st_ino == os.fstat(sockets.socket.fileno()).st_ino
    callbacks["Tick5Event"](None)
    assert not hasattr(new.socket_config, "create_and_bind")
    assert holder.names() == []
    sockets.socket.close()


def test_a_removed_group_is_let_go(holding):
    """`supervisorctl remove` without a new configuration: nothing is kept of it."""
    sockets = Sockets()
    groups = {"web": group(sockets)}
    _, callbacks, _, options = holding(groups, "*")
    for configs in (list(options.process_group_configs), []):
        options.process_group_configs = configs
        callbacks["ProcessGroupRemovedEvent"](SimpleNamespace(group="web"))
        assert not hasattr(groups["web"].config.socket_config, "create_and_bind")
    sockets.socket.close()
