"""Everything that is fuzzed."""

from fuzz.engine import Target
from fuzz.http1 import Http1
from fuzz.ini import Ini
from fuzz.proxy import Proxy
from fuzz.uwsgi import Uwsgi

TARGETS: dict[str, type[Target]] = {target.name: target for target in (Http1, Uwsgi, Proxy, Ini)}
