"""Lines of [uwsgi] in, our options out: as their writers meant it."""

import pytest

from adapter.config.ini.rows import Line, Verdict
from adapter.config.ini.translating import by_setting, translate
from adapter.config.settings import OPTIONS
from adapter.exits import Misuse

UNASKED = {"threads": "1", "access_log": "-"}


def lines(text):
    """The lines of a section, as the reader gives them."""
    found = []
    for number, line in enumerate(text.strip().splitlines(), 1):
        name, _, value = line.partition("=")
        found.append(Line(name.strip(), value.strip(), f"x.ini:{number}"))
    return found


def meant(text):
    """What is asked for, without what uWSGI does unasked."""
    values = {}
    for name, givens in by_setting(translate(lines(text)).givens).items():
        values[name] = [given.text for given in givens] if OPTIONS[name].many else givens[-1].text
    return {name: value for name, value in values.items() if UNASKED.get(name) != value}


def fates(text, used=(), without=None):
    """The end of each line, by its name."""
    return {fate.line.name: fate.verdict for fate in translate(lines(text), used, without).fates}


MEANT = [
    # the application
    ("module = shop.wsgi", {"app": "shop.wsgi"}),
    ("wsgi = shop.wsgi:app", {"app": "shop.wsgi:app"}),
    ("module = shop\ncallable = create_app()", {"app": "shop:create_app()"}),
    ("module = shop:app\ncallable = other", {"app": "shop:app"}),
    ("wsgi-file = wsgi.py", {"app": "wsgi.py"}),
    ("file = shop/wsgi.py\ncallable = app", {"app": "shop/wsgi.py:app"}),
    ("wsgi-file = shop.wsgi", {"app": "./shop.wsgi"}),
    ("wsgi-file = run", {"app": "./run"}),
    ("module = shop\nwsgi-file = wsgi.py", {"app": "shop"}),
    ("mount = /shop=shop.wsgi:app\nmount = /blog=blog.py\nmanage-script-name\ncallable = app", {"mount": ["/shop=shop.wsgi:app", "/blog=blog.py:app"]}),
    ("mount = /=shop.wsgi", {"mount": ["/=./shop.wsgi"]}),
    ("chdir = /srv/shop\nvirtualenv = venv", {"chdir": "/srv/shop", "virtualenv": "/srv/shop/venv"}),
    ("home = /srv/venv", {"virtualenv": "/srv/venv"}),
    ("pythonpath = a\npp = b\npython-path = c", {"pythonpath": ["a", "b", "c"]}),
    ("env = A=1\nenv = B=x=y\nunenv = C", {"env": ["A=1", "B=x=y"], "unenv": ["C"]}),
    ("envdir = /etc/shop/env\nenvdir = more", {"envdir": ["/etc/shop/env", "more"]}),
    ("import = tasks\nshared-import = jobs.py", {"imports": ["tasks", "jobs.py"]}),
    ("lazy-apps", {"lazy_apps": "true"}),
    ("lazy-apps = off", {"lazy_apps": "false"}),
    ("lazy = true", {"lazy_apps": "true"}),
    # where it listens
    ("socket = 127.0.0.1:3031", {"uwsgi": ["127.0.0.1:3031"]}),
    ("socket = :3031\nuwsgi-socket = /run/shop.sock", {"uwsgi": ["0.0.0.0:3031", "unix:/run/shop.sock"]}),
    ("socket = shop.sock\nchdir = /srv", {"uwsgi": ["unix:/srv/shop.sock"], "chdir": "/srv"}),
    ("socket = @shop", {"uwsgi": ["unix:@shop"]}),
    ("socket = shop\nabstract-socket = true", {"uwsgi": ["unix:@shop"]}),
    ("socket = fd://3", {"uwsgi": ["fd:3"]}),
    ("socket = :80\nprotocol = http", {"bind": ["0.0.0.0:80"]}),
    ("socket = :80\nprotocol = scgi", {"scgi": ["0.0.0.0:80"]}),
    ("http = *:8000\nhttp-socket = [::]:8001\nhttp11-socket = localhost:8002", {"bind": ["0.0.0.0:8000", "[::]:8001", "localhost:8002"]}),
    ("scgi-socket = 127.0.0.1:4000", {"scgi": ["127.0.0.1:4000"]}),
    ("shared-socket = :80\nshared-socket = run.sock\nhttp = =0\nsocket = =1\nchdir = /srv", {"bind": ["0.0.0.0:80"], "uwsgi": ["unix:run.sock"], "chdir": "/srv"}),
    ("http-socket = :80\nenable-proxy-protocol", {"proxy_protocol": ["0.0.0.0:80"]}),
    ("listen = 511", {"backlog": "511"}),
    ("chmod-socket", {"socket_mode": "666"}),
    ("chmod-socket = 1", {"socket_mode": "666"}),
    ("chmod-socket = 664\nchown-socket = www-data:www-data\numask = 002", {"socket_mode": "664", "socket_owner": "www-data:www-data", "umask": "002"}),
    ("umask = 007", {"umask": "007", "socket_mode": "770"}),
    ("socket-timeout = 65", {"body_timeout": "65", "write_timeout": "65"}),
    ("http-keepalive = 30", {"keepalive_timeout": "30"}),
    ("http-keepalive", {}),
    # workers
    ("processes = 4 # four", {"workers": "4"}),
    ("workers = 4\nthreads = 2", {"workers": "4", "threads": "2"}),
    ("processes = 8\ncheaper = 2\ncheaper-initial = 4", {"workers": "2:8"}),
    ("processes = 8\ncheaper = 2\ncheaper-initial = 4\ncheaper-algo = manual", {"workers": "4"}),
    ("processes = 8\ncheaper = 0", {"workers": "8"}),
    ("gevent = 100", {"threads": "100"}),
    ("async = 1000\nthreads = 1", {"threads": "256"}),
    ("max-requests = 1000\nmax-requests-delta = 50\nprocesses = 4", {"max_requests": "1000", "max_requests_jitter": "200", "workers": "4"}),
    ("max-worker-lifetime = 3600\nmin-worker-lifetime = 60", {"max_lifetime": "3600", "min_lifetime": "60"}),
    ("reload-on-rss = 512", {"max_rss": "512M"}),
    ("evil-reload-on-rss = 1024", {"max_rss": "1024M"}),
    ("evil-reload-on-rss = 1024\nreload-on-rss = 512", {"max_rss": "512M"}),
    ("idle = 600", {"idle_cheap": "600"}),
    ("idle = 600\ndie-on-idle", {"idle_exit": "600"}),
    # limits
    ("harakiri = 30", {"request_timeout": "30"}),
    ("worker-reload-mercy = 25\nreload-mercy = 5", {"drain_timeout": "25"}),
    ("reload-mercy = 5", {"drain_timeout": "5"}),
    ("limit-post = 1048576", {"max_body": "1048576"}),
    ("limit-post = 0", {}),
    ("buffer-size = 32768", {"max_request_line": "32768"}),
    ("buffer-size = 8192k", {"max_request_line": "8192"}),
    ("buffer-size = 4096", {}),
    # steering
    ("pidfile = a.pid\nchdir = /srv", {"pidfile": "a.pid", "chdir": "/srv"}),
    ("pidfile2 = a.pid\nchdir = /srv", {"pidfile": "/srv/a.pid", "chdir": "/srv"}),
    ("safe-pidfile = /run/a.pid\nsafe-pidfile2 = /run/b.pid", {"safe_pidfile": "/run/a.pid"}),
    ("master-fifo = /run/a\nmaster-fifo = b\nchdir = /srv", {"fifo": ["/run/a", "/srv/b"], "chdir": "/srv"}),
    ("stats = :1717\nstats-http", {"stats": "0.0.0.0:1717", "stats_http": "true"}),
    ("stats = /run/stats.sock", {"stats": "unix:/run/stats.sock"}),
    ("touch-reload = a\nchdir = /srv\ntouch-chain-reload = /b\nfs-reload = /c\ntouch-logreopen = /d", {"touch_reload": ["/srv/a", "/c"], "chdir": "/srv", "touch_chain_reload": ["/b"], "touch_reopen": ["/d"]}),
    ("py-autoreload = 2", {"watch": "true"}),
    ("py-autoreload = 0", {"watch": "false"}),
    ("uid = www-data\ngid = 33", {"uid": "www-data", "gid": "33"}),
    ("exec-pre-app = ./migrate\nhook-pre-app = exec:touch x", {"before_load": ["./migrate", "touch x"]}),
    # logs
    ("disable-logging = true", {"access_log": "none"}),
    ("disable-logging = false", {}),
    ("disable-logging\nlog-4xx = true\nlog-5xx = true", {"access_log_only": "4xx,5xx"}),
    ("disable-logging\nlog-5xx\nreq-logger = file:/x", {"access_log_only": "5xx", "access_log": "/x"}),
    ("log-5xx", {}),
    ("disable-logging\nlog-5xx = false", {"access_log": "none"}),
    ("logto = /var/log/shop.log\nchdir = /srv", {"log_file": "/var/log/shop.log", "chdir": "/srv"}),
    ("logger = file:/var/log/shop.log", {"log_file": "/var/log/shop.log"}),
    ("logger = main file:logfile=/var/log/shop.log,maxsize=1000", {"log_file": "/var/log/shop.log"}),
    ("req-logger = file:/var/log/access.log", {"access_log": "/var/log/access.log"}),
    ("log-format = %(addr) %(method) %(status)", {"access_log_format": "{client} {method} {status}"}),
    # in front
    ("static-map = /static=/srv/static\nstatic-map = media=m\nchdir = /srv", {"static_map": ["/static=/srv/static", "/media=/srv/m"], "chdir": "/srv"}),
    ("static-map2 = /static=/srv", {"static_map": ["/static=/srv/static"]}),
    ("check-static = /srv/public\nstatic-index = index.html", {"check_static": ["/srv/public"], "static_index": ["index.html"]}),
    ("static-expires = /* 3600", {"static_max_age": "3600"}),
    ("add-header = Connection: close\nadd-header = X-A: b", {"add_header": ["X-A: b"]}),
    ("add-header = X-Frame-Options: DENY", {"add_header": ["X-Frame-Options: DENY"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ours"), MEANT)
def test_meant(text, ours):
    """Each means what it means there."""
    assert meant(text) == ours


def test_unasked():
    """What uWSGI does unasked and an application may count on is so here: one thread, a line for each request."""
    givens = translate(lines("module = a")).givens

    assert {given.name: given.text for given in givens if not given.lines} == UNASKED
    assert translate([]).givens == ()


NOTHING = [
    ("plugins = python3,http", Verdict.IMPLIED),
    ("plugins = python311_plugin.so", Verdict.IMPLIED),
    ("plugins = php", Verdict.REFUSED),
    ("master = true", Verdict.IMPLIED),
    ("vacuum", Verdict.IMPLIED),
    ("die-on-term", Verdict.IMPLIED),
    ("mule = tasks.py", Verdict.REFUSED),
    ("mules = 0", Verdict.IMPLIED),
    ("daemonize = /var/log/x.log", Verdict.REFUSED),
    ("route = ^/x redirect:/y", Verdict.REFUSED),
    ("route-host = ^x break:404", Verdict.REFUSED),
    ("hook-master-start = unix_signal:15 gracefully_kill_them_all", Verdict.IMPLIED),
    ("hook-asap = print:hello", Verdict.IGNORED),
    ("hook-post-fork = exec:touch x", Verdict.REFUSED),
    ("mount = shop.example=shop.py", Verdict.REFUSED),
    ("protocol = raw\nsocket = :1", Verdict.REFUSED),
    ("log-syslog", Verdict.REFUSED),
    ("logger = rsyslog:127.0.0.1:514,x", Verdict.REFUSED),
    ("logger = stdio", Verdict.IMPLIED),
    ("logto = 127.0.0.1:1717", Verdict.REFUSED),
    ("cheaper = 2", Verdict.IGNORED),
    ("max-requests-delta = 5", Verdict.IGNORED),
    ("idle = 60\nlazy-apps", Verdict.IGNORED),
    ("static-skip-ext = .py", Verdict.IGNORED),
    ("static-skip-ext = .py\ncheck-static = /srv", Verdict.REFUSED),
    ("static-expires = .*png 3600", Verdict.IGNORED),
    ("vaccum = true", None),
]


@pytest.mark.parametrize(("text", "end"), NOTHING)
def test_nothing_is_dropped_in_silence(text, end):
    """A line that asks for nothing of ours has an end that says so."""
    assert fates(text)[text.partition("=")[0].strip() if "socket" not in text else "socket"] is end


WRONG = [
    ("strict\nvaccum = true", "x.ini:2: vaccum: uWSGI has no such option: did you mean vacuum? (the file is strict)"),
    ("strict = 1\nzzzz = 1", "x.ini:2: zzzz: uWSGI has no such option (the file is strict)"),
    ("socket = 8000", "x.ini:1: socket = 8000: for uWSGI this is a UNIX socket of that name; write :8000 for the port"),
    ("http = =1\nshared-socket = :80", "x.ini:1: http = =1: there is no shared-socket of that number; the first is =0"),
    ("processes = four", "x.ini:1: processes = four: this is not a whole number"),
    ("processes = 2\ncheaper = 4", "x.ini:2: cheaper = 4: it must be less than processes = 2"),
    ("buffer-size = big", "x.ini:1: buffer-size = big: this is not a number of bytes"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_wrong(text, sentence):
    """What cannot be meant is refused with its line."""
    with pytest.raises(Misuse) as refusal:
        translate(lines(text))

    assert refusal.value.sentence == sentence


def test_placeholders():
    """A name that some %(…) asks for is no typo, nor one that Kubernetes put into the environment."""
    kubernetes = Line("port-8000-tcp", "tcp://10.0.0.1:8000", "UWSGI_PORT_8000_TCP in the environment")

    assert fates("strict\nmodule = shop\nproject = shop", used=["project"])["project"] is Verdict.GRAMMAR
    assert translate([kubernetes, *lines("strict")]).fates[0].verdict is Verdict.GRAMMAR


def test_without():
    """What somebody else does now is not refused, and the list of it is checked."""
    asked = Line("without", "mule, cron", "x.ini:9")

    assert fates("mules = 2\ncron = 1 1 1 1 1 x\nspooler = s", without=asked) == {
        "mules": Verdict.IGNORED,
        "cron": Verdict.IGNORED,
        "spooler": Verdict.REFUSED,
    }
    with pytest.raises(Misuse, match=r"x.ini:9: without names crom, which is no option of uWSGI's: did you mean cron\?"):
        translate([], without=asked._replace(value="crom"))


def test_a_file_of_mistakes():
    """The nearest name is looked for a few times only: a hostile file takes no minutes."""
    fates = translate([Line(f"harakirr{number}", "1", f"x.ini:{number}") for number in range(9000)]).fates

    assert sum("did you mean" in fate.sentence for fate in fates) == 20
    assert {fate.verdict for fate in fates} == {None}
