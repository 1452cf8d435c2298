"""What `uwsgi.opt` says, and what is said of what is not there."""

import pytest

from adapter.config.settings import Settings
from adapter.uwsgi.absent import sentence
from adapter.uwsgi.finder import Finder
from adapter.uwsgi.jobs import arrange, every
from adapter.uwsgi.options import opt_of

ABSENT = {
    "cache_get": "memcached",
    "cache_update": "memcached",
    "spool": "Celery",
    "spooler": "Celery",
    "spoolraw": "Celery",
    "send_to_spooler": "Celery",
    "set_spooler_frequency": "Celery",
    "mule_msg": "another program",
    "mules": "another program",
    "mulefunc": "another program",
    "queue_push": "message broker",
    "sharedarea_read": "shared_memory",
    "metric_inc": "--metrics",
    "rpc": "HTTP",
    "websocket_handshake": "ASGI",
    "register_signal": "uwsgidecorators.timer",
    "signal_wait": "uwsgidecorators.timer",
    "add_cron": "uwsgidecorators.cron",
    "add_file_monitor": "uwsgidecorators.filemon",
    "set_user_harakiri": "--request-timeout",
    "chunked_read_nb": "wsgi.input",
    "nonsense": "adapter.api has what adapter offers",
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_there_is_named(name):
    """Each with what to use instead."""
    said = sentence("uwsgi", name)

    assert said.startswith(f"uwsgi.{name} is not there under adapter: ")
    assert ABSENT[name] in said


def test_opt():
    """Values are bytes, several are lists, flags are True, what is not set is not there."""
    options = Settings(app="shop.wsgi", workers=3, bind=("127.0.0.1:1", "unix:/x"), lazy_apps=True)._asdict()
    found = opt_of(options)

    assert found["workers"] == found["processes"] == b"3"
    assert found["http-socket"] == [b"127.0.0.1:1", b"unix:/x"]
    assert found["enable-threads"] is found["master"] is found["lazy-apps"] is True
    assert "pidfile" not in found
    assert opt_of(Settings(app="x", bind=("127.0.0.1:1",))._asdict())["http-socket"] == b"127.0.0.1:1"


def test_opt_of_a_file():
    """The lines of a uwsgi.ini are there, an application's own among them, unless we know better what is so."""
    options = Settings(app="shop.wsgi", workers=3)._asdict()
    found = opt_of(options, [("processes", "4"), ("shop-key", "a"), ("shop-list", "1"), ("shop-list", "2"), ("shop-flag", "")])

    assert (found["processes"], found["shop-key"], found["shop-list"]) == (b"3", b"a", [b"1", b"2"])
    assert found["shop-flag"] is True


def test_the_finder_knows_two_names():
    """Every other import passes it by."""
    finder = Finder()

    assert finder.find_spec("uwsgi", None).origin.endswith("shim.py")
    assert finder.find_spec("uwsgidecorators", None).origin.endswith("decorators.py")
    assert finder.find_spec("uwsgix", None) is None
    assert finder.find_spec("os", None) is None


@pytest.mark.parametrize("target", ["mule", "mules", "spooler", "farm_x", "workerx", "worker-1"])
def test_targets_that_are_not_there(target):
    """A job for a process that adapter does not have is refused when it is decorated."""
    with pytest.raises(ValueError, match=f"adapter has no target '{target}': use worker, workerN or workers"):
        arrange(print, every(1), number=0, target=target)
