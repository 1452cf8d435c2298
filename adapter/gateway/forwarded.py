"""Who the client of a proxy is: X-Forwarded-For and X-Forwarded-Proto, believed of the proxies that the operator names only.

Anybody can send such a field, and a proxy that does not set it passes on what its client wrote. X-Forwarded-For grows at its right
end: each proxy appends the address of whoever asked it. So it is read from the right, for as long as those who wrote it are
believed: the first address that is no proxy of ours is the client's, and what stands left of it is the client's own invention.

Not read: X-Forwarded-Host, -Port and -Prefix (the proxy can pass Host on as it is), X-Real-IP, and Forwarded (RFC 7239), which no
common proxy sends by itself. All of them are with the application as HTTP_*, as any field is.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

EVERYBODY: Final = "*"
UNIX: Final = "unix"
"""Words for `Proxies` beside addresses and networks. `unix`: whoever has no address, as on UNIX sockets."""
_MOST_HOPS = 32


class Proxies:
    """Those that are believed: addresses, networks (`10.0.0.0/8`), EVERYBODY, UNIX; each valid (ValueError)."""

    __slots__ = ("_everybody", "_hosts", "_networks", "_unix")

    def __init__(self, words: Iterable[str]) -> None:
        self._everybody = self._unix = False
        hosts, networks = set(), []
        for word in words:
            self._everybody |= word == EVERYBODY
            self._unix |= word == UNIX
            if word in (EVERYBODY, UNIX):
                continue
            if "/" in word:
                networks.append(ip_network(word))
            else:
                hosts.add(str(ip_address(word)))
        self._hosts, self._networks = frozenset(hosts), tuple(networks)

    def include(self, host: str) -> bool:
        """Whether this one is believed. `host`: an address as the kernel writes it, or nothing on a UNIX socket."""
        if self._everybody or host in self._hosts:
            return True
        if not host:
            return self._unix
        address = _address(host)
        return address is not None and (str(address) in self._hosts or any(address in network for network in self._networks))


def believe(environ: dict[str, Any], proxies: Proxies) -> None:
    """Correct who asked (REMOTE_ADDR, REMOTE_PORT) and how (wsgi.url_scheme), if whoever brought the request is believed."""
    if not proxies.include(environ["REMOTE_ADDR"]):
        return
    client = client_of(environ.get("HTTP_X_FORWARDED_FOR", ""), proxies)
    if client is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip(" \t").lower()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
        if "HTTPS" in environ:
            environ["HTTPS"] = "on" if scheme == "https" else "off"


def client_of(chain: str, proxies: Proxies) -> tuple[str, str] | None:
    """Address and port (mostly unknown: empty) of the client in this X-Forwarded-For; None when it says nothing believable."""
    found = None
    for hop in reversed(chain.rsplit(",", _MOST_HOPS)):
        place = _place(hop.strip(" \t"))
        if place is None:  # `unknown`, a name, garbage: whoever is left of it is hearsay
            break
        found = place
        if not proxies.include(place[0]):
            break
    return found


def _place(hop: str) -> tuple[str, str] | None:
    """`192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`."""
    host, port = hop, ""
    if hop[:1] == "[":
        host, bracket, port = hop[1:].partition("]")
        if not bracket or port[:1] not in ("", ":"):
            return None
        port = port[1:]
    elif hop.count(":") == 1:
        host, _, port = hop.partition(":")
    address = None if "%" in host else _address(host)  # a zone is any text, and means something on one host only
    if address is None or not (port == "" or (port.isascii() and port.isdigit() and len(port) <= len("65535"))):
        return None
    return str(address), port


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address; one of IPv4 also when it comes as IPv6 (`::ffff:192.0.2.1`)."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
