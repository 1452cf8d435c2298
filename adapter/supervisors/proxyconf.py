"""How long nginx keeps an idle connection to us, by its configuration (ngx_http_upstream_module, keepalive). Pure."""

import re

_DEFAULT = 60.0  # seconds: keepalive_timeout in an upstream that has `keepalive`
_COMMENT = re.compile(r"#[^\n]*")
_UPSTREAM = re.compile(r"\bupstream\s+\S+\s*\{(?P<body>[^{}]*)\}")
_KEEPS = re.compile(r"(?:^|;)\s*keepalive\s+[1-9]\d*\b")
_TIMEOUT = re.compile(r"(?:^|;)\s*keepalive_timeout\s+(?P<span>[\w ]+?)\s*(?=;)")
_PART = re.compile(r"(\d+)(ms|s|m|h|d|)")
_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def idle(text: str) -> float | None:
    """Seconds: the longest of all upstreams that keep connections; None when none does."""
    bodies = [found["body"] for found in _UPSTREAM.finditer(_COMMENT.sub("", text))]
    return max((_timeout(body) for body in bodies if _KEEPS.search(body)), default=None)


def _timeout(body: str) -> float:
    found = _TIMEOUT.search(body)
    return _DEFAULT if found is None else sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(found["span"]))
