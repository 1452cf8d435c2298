"""Which of supervisord's events are reason to wake somebody, and what is no address to tell them at."""

import json

import pytest

from adapter.exits import Misuse
from adapter.supervisors.supervisord.alerting import Judge, Kind, Limits, parsed
from adapter.supervisors.supervisord.delivering import by_webhook

WEB = "processname:web_00 groupname:web"


def state(name, more="", who=WEB):
    return parsed(f"PROCESS_STATE_{name}", f"{who} from_state:RUNNING {more}")


def asked(**said):
    body = {"group": "web", "name": "web_00", "detail": "", **said}
    return parsed("REMOTE_COMMUNICATION", f"type:adapter\n{json.dumps(body)}")


def said(stand, **more):
    return parsed("PROCESS_COMMUNICATION_STDOUT", f"{WEB} pid:7\n{json.dumps({'adapter': stand, **more})}")


TICK = parsed("TICK_5", "when:1")
DIED = state("EXITED", "expected:0 pid:7")
LEFT = state("EXITED", "expected:1 pid:7")
BROKEN = "no module named shop"


@pytest.mark.parametrize(
    ("events", "kinds"),
    [
        ([(0, DIED), (10, DIED)], []),
        ([(0, DIED), (10, DIED), (20, DIED)], ["crash loop"]),
        ([(0, DIED), (10, DIED), (20, DIED), (30, DIED)], ["crash loop"]),
        ([(0, DIED), (10, DIED), (400, DIED)], []),
        ([(0, LEFT), (1, LEFT), (2, LEFT)], []),
        ([(0, state("BACKOFF", "tries:1")), (1, state("BACKOFF", "tries:2")), (3, state("BACKOFF", "tries:3"))], ["crash loop"]),
        ([(0, state("FATAL"))], ["given up"]),
        ([(0, said("unready")), (1, said("ready")), (2, said("unready")), (3, said("unready"))], ["crash loop"]),
        ([(0, asked(asked="reload", ok=False, outcome="reload failed: x"))], ["reload failed"]),
        ([(0, asked(asked="reload", ok=True, outcome="generation 2 serves"))], []),
        ([(0, asked(asked="pause", ok=False, outcome="refused"))], []),
        ([(0, asked(asked="drain", ok=False, outcome="killed by supervisord"))], ["drain failed"]),
        ([(0, said("reloading", failures=0)), (1, said("ready", failures=1, failure=BROKEN))], ["reload failed"]),
        ([(0, said("ready", failures=1)), (1, said("reloading", failures=2, failure=BROKEN))], ["reload failed"]),
        ([(0, said("ready", failures=0)), (1, said("ready", failures=1)), (2, said("paused", failures=1))], ["reload failed"]),
        ([(0, said("ready", failures=0)), (1, said("ready", failures=1)), (30, said("ready", failures=2))], ["reload failed"] * 2),
        ([(0, said("reloading", failures=1)), (1, said("ready", failures=1, failure=""))], []),
        ([(0, said("ready", failures=1, failure=BROKEN))], []),
        ([(0, said("ready", failures=3)), (1, state("STARTING")), (2, said("ready", failures=0))], []),
        ([(0, said("ready", failures=0)), (1, said("ready", failures=1)), (2, asked(asked="reload", ok=False))], ["reload failed"]),
        ([(0, said("draining")), (24, TICK), (25, TICK), (30, TICK)], ["stuck drain"]),
        ([(0, said("draining")), (20, LEFT), (30, TICK)], []),
        ([(0, said("lame-duck")), (90, TICK)], []),
        ([(0, state("STOPPING")), (24, TICK), (25, TICK), (30, TICK)], ["stuck drain"]),
        ([(0, state("STOPPING")), (24, state("STOPPED")), (30, TICK)], []),
        ([(0, state("STOPPING")), (40, said("stopping"))], ["stuck drain"]),
        ([(0, state("STOPPING")), (1, state("STOPPED")), (2, state("STARTING")), (90, TICK)], []),
        ([(0, state("FATAL", who="processname:other groupname:other"))], []),
        ([(0, parsed("REMOTE_COMMUNICATION", "type:other\n{}")), (1, parsed("PROCESS_COMMUNICATION_STDOUT", f"{WEB} pid:7\nhello"))], []),
        ([(0, parsed("REMOTE_COMMUNICATION", 'type:adapter\n["reload"]')), (1, parsed("PROCESS_STATE_FATAL", "")), (2, parsed("", ":"))], []),
        ([(0, said("ready", failures=0)), (1, said(["x"], failures=1, failure=7)), (2, said(7, failures="8"))], ["reload failed"]),
    ],
)  # fmt: skip
def test_an_alert_is_given_once_and_for_cause(events, kinds):
    """Crash loops, what was given up, failed reloads told by one or by both, stops that hang; and nothing else, whatever comes."""
    judge = Judge(Limits(stuck=25.0), frozenset({"web"}))
    found = [alert for now, event in events for alert in judge.alerts(event, 1000.0 + now)]
    assert [alert.kind.value for alert in found] == kinds
    assert all(alert.process == "web:web_00" and "web_00" in alert.sentence for alert in found)


def test_names_choose_processes_groups_and_group_with_name():
    """-p as superlance's, and as supervisorctl shows a process."""
    for names, watched in (({"web"}, True), ({"web_00"}, True), ({"web:web_00"}, True), ({"web:web_01"}, False), (set(), True)):
        judge = Judge(Limits(), frozenset(names))
        assert [alert.kind for alert in judge.alerts(state("FATAL"), 0.0)] == [Kind.GIVEN_UP] * watched, names


@pytest.mark.parametrize(
    "url", ["", "host", "ftp://host/", "http://", "http://host:port/", "http://host/a b", "http://host/\n", "http://h:70000/"]
)
def test_what_is_no_webhook_is_refused(url):
    """In a sentence, before anything is watched."""
    with pytest.raises(Misuse, match="is no address of the form"):
        by_webhook(url)
