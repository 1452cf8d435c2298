"""uWSGI's log-format in our words."""

import pytest

from adapter.config.kinds import ACCESS_FORMAT
from adapter.config.uwsgilog import Translated, translated


@pytest.mark.parametrize(
    ("theirs", "ours", "absent"),
    [
        ('%(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(size) "%(referer)" "%(uagent)"',
         '{client} - - [{date}] "{method} {target} {version}" {status} {bytes} "{referer}" "{agent}"', ("user",)),
        ("%(msecs)ms %(secs)s %(micros)us", "{milliseconds}ms {seconds}s {microseconds}us", ()),
        ('{"uri": "%(uri)"}', '{{"uri": "{target}"}}', ()),
        ("%(status) %(tenant)", "{status} {var:tenant}", ()),
        ("%(status) %(var.HTTP_X) %(metric.a) %(pid) %(pid)", "{status} - - - -", ("var.HTTP_X", "metric.a", "pid")),
        ("%(status) 100% %(", "{status} 100% %(", ()),
    ],
)  # fmt: skip
def test_translated(theirs, ours, absent):
    """Each variable has its field, or is named as absent; the rest stays; the result is one that the option takes."""
    assert translated(theirs) == Translated(ours, absent)
    assert ACCESS_FORMAT.parse(ours) == ours
