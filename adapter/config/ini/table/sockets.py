"""Where it listens."""

from collections.abc import Sequence
from functools import partial

from adapter.config.ini.addresses import address
from adapter.config.ini.rows import (
    Given,
    Line,
    Outcome,
    Row,
    Said,
    Sheet,
    Verdict,
    alongside,
    ignored,
    implied,
    own,
    refused,
    renamed,
    translated,
)
from adapter.exits import Misuse

_PROTOCOLS = {"uwsgi": "uwsgi", "http": "bind", "http11": "bind", "http/1.1": "bind", "scgi": "scgi"}
_TLS = "TLS is the proxy's: nginx, HAProxy or Caddy in front"


def _where(sheet: Sheet, line: Line) -> str:
    """`=0` is the first shared-socket."""
    text, directory = line.value.strip(), sheet.text("chdir")
    if text.startswith("="):
        shared = sheet.all("shared-socket")
        number = text.removeprefix("=")
        if not number.isdigit() or int(number) >= len(shared):
            raise Misuse(f"{line}: there is no shared-socket of that number; the first is =0")
        line, directory = shared[int(number)], ""  # bound before uWSGI changes its directory
        text = line.value.strip()
    return address(line, text, directory, abstract=sheet.on("abstract-socket"))


def _listening(ours: str, sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    return [Given(ours, _where(sheet, line), (line,)) for line in lines]


def _http(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """With the PROXY protocol an address is for balancers only."""
    asked = [sheet.last(name) for name in ("enable-proxy-protocol", "http-enable-proxy-protocol")]
    told = [line for line in asked if line]
    ours = "proxy_protocol" if told else "bind"
    return [Given(ours, _where(sheet, line), (line, *told)) for line in lines]


def _default(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """`socket` speaks what `protocol` says, else uwsgi."""
    protocol = sheet.last("protocol")
    spoken = protocol.value.lower() if protocol else "uwsgi"
    if spoken not in _PROTOCOLS:
        return own(lines, Verdict.REFUSED, f"protocol {spoken} is not spoken: uwsgi, http and scgi are")
    ours = _PROTOCOLS[spoken]
    if ours == "bind":
        return _http(sheet, lines)
    return [Given(ours, _where(sheet, line), (line, protocol) if protocol else (line,)) for line in lines]


def _mode(_: Sheet, lines: Sequence[Line]) -> Outcome:
    """Bare it is 666."""
    line = lines[-1]
    return [Given("socket_mode", "666" if line.value.lower() in {"", "1", "true"} else line.value, (line,))]


def _umask(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """Without chmod-socket it is what lets a proxy connect."""
    line = lines[-1]
    yield Given("umask", line.value, (line,))
    octal = line.value.strip()
    if not sheet.all("chmod-socket") and octal and set(octal) <= set("01234567"):
        yield Given("socket_mode", f"{0o777 & ~int(octal, 8):o}", (line,))


def _keepalive(_: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    if line.value.isdigit() and int(line.value) > 1:
        return [Given("keepalive_timeout", line.value, (line,))]
    return [Said(line, Verdict.IMPLIED, "connections are kept for 75 s")]


def _timeout(*ours: str) -> partial[Outcome]:
    return partial(_times, ours)


def _times(ours: tuple[str, ...], _: Sheet, lines: Sequence[Line]) -> Outcome:
    return [Given(name, lines[-1].value, (lines[-1],)) for name in ours]


def _shared(_: Sheet, lines: Sequence[Line]) -> Outcome:
    return own(lines, Verdict.TRANSLATED, "opened where a line says =N")


ROWS: tuple[Row, ...] = (
    translated("socket s", "uwsgi bind scgi", _default, "by `protocol`, else uwsgi; `:PORT` is 0.0.0.0:PORT, a path is unix:PATH"),
    translated("uwsgi-socket", "uwsgi", partial(_listening, "uwsgi")),
    translated("http-socket http11-socket", "bind", _http, "with keep-alive"),
    translated("http httprouter", "bind", _http, "there is no router process: workers serve HTTP themselves"),
    translated("scgi-socket scgi-nph-socket", "scgi", partial(_listening, "scgi")),
    translated("protocol socket-protocol", "uwsgi bind scgi", alongside),
    translated("shared-socket undeferred-shared-socket", "bind uwsgi scgi", _shared, "every address is opened before privileges are given up"),
    translated("enable-proxy-protocol http-enable-proxy-protocol", "proxy_protocol", alongside, "such an address is for balancers only"),
    translated("abstract-socket a", "bind uwsgi scgi", alongside, "unix:@NAME"),
    refused("https https2 https-socket http-to-https suwsgi-socket ssl-socket https-* ssl-* sni sni-*", _TLS),
    refused("fastcgi-socket fastcgi-nph-socket", "nginx speaks uwsgi, SCGI and HTTP too: use socket, scgi-socket or http-socket"),
    refused("puwsgi-socket raw-socket udp multicast multicast-ttl multicast-loop zeromq zmq zeromq-socket zmq-socket mongrel2 ping ping-timeout notify-socket", "use socket or http-socket"),
    ignored("http-socket-modifier1 http-socket-modifier2 https-socket-modifier1 https-socket-modifier2 fastcgi-modifier1 fastcgi-modifier2"
            " scgi-modifier1 scgi-modifier2 raw-modifier1 raw-modifier2 http-modifier1 http-modifier2 remap-modifier allowed-modifiers", "every request is Python's"),
    renamed("listen l", "backlog", "1024 when not said, not 100"),
    translated("chmod-socket C chmod", "socket_mode", _mode, "bare: 666; when not said 600"),
    renamed("chown-socket", "socket_owner"),
    translated("umask", "umask socket_mode", _umask, "without chmod-socket it is the socket's mode, too"),
    ignored("reuse-port", "workers share one listener, which loses nothing when a worker leaves"),
    implied("thunder-lock", "the kernel wakes one worker per connection"),
    implied("tcp-nodelay so-keepalive no-defer-accept tcp-fast-open tcp-fastopen tcp-fast-open-client tcp-fastopen-client", "or of no use here"),
    ignored("socket-sndbuf socket-rcvbuf", "net.ipv4.tcp_wmem and tcp_rmem say it for all sockets"),
    refused("freebind", "set net.ipv4.ip_nonlocal_bind"),
    ignored("map-socket", "all workers serve all sockets"),
    ignored("shutdown-sockets no-fd-passing", "listeners are kept over a reload"),
    ignored("skip-zero honour-stdin", "a listening fd 0 is taken only when no address is named"),
    translated("socket-timeout z", "body_timeout write_timeout", _timeout("body_timeout", "write_timeout"), "30 s when not said, not 4"),
    translated("so-send-timeout socket-send-timeout so-write-timeout socket-write-timeout", "write_timeout", _timeout("write_timeout")),
    ignored("http-timeout http-connect-timeout", "nobody waits for an answer of ours but the client: harakiri limits it"),
    translated("http-headers-timeout", "header_timeout", _timeout("header_timeout")),
    translated("http-keepalive", "keepalive_timeout", _keepalive),
    implied("http-auto-chunked http-chunked-input http-raw-body http-manage-expect", "as HTTP/1.1 has it"),
    ignored("http-processes http-workers http-events http-quiet http-cheap http-gracetime http-buffer-size http-uid http-gid http-harakiri", "there is no router process"),
    ignored("http-stats http-stats-server http-ss", "stats tells of all"),
    ignored("http-server-name-as-http-host", "HTTP_HOST is there"),
    refused("http-auto-gzip", "compress in the proxy, or in a middleware"),
    refused("http-websockets websockets-* websocket-*", "WSGI has no web sockets: an ASGI server beside this one"),
    refused("http-to http-zerg http-fallback http-use-cache http-use-pattern http-use-base http-use-code-string http-use-socket http-subscription-server"
            " http-subscription-fallback-key http-stud-prefix http-resubscribe http-manage-source http-manage-rtsp", "the HTTP router is not there: a proxy does that"),
    ignored("chunked-input-limit chunked-input-timeout", "max-body and body-timeout limit it"),
    refused("zerg zerg-fallback zerg-server zergpool zerg-pool", "adapter hold keeps a socket for several servers; a reload needs none of it"),
    refused("subscribe-* subscribe subscribe2 subscribe-to st subscription-* subscriptions-* unsubscribe-on-graceful-reload start-unsubscribed", "there is no subscription router: name this server in the proxy"),
)  # fmt: skip
