"""Which proxies are believed, as an operator writes it: addresses, networks, `unix` and `*`, separated by commas."""

from ipaddress import ip_interface, ip_network

from adapter.exits import Misuse

WORDS = ("*", "unix")


def parse(text: str) -> str:
    """The canonical spelling. Raises `Misuse`."""
    return ",".join(_word(word.strip(), text) for word in text.split(","))


def _word(word: str, text: str) -> str:
    if word in WORDS:
        return word
    try:
        address = ip_interface(word)
    except ValueError:
        raise Misuse(
            f"'{word}' in '{text}' is not an address, a network such as 10.0.0.0/8, `unix` (peers on UNIX sockets) or `*`"
        ) from None
    if "/" not in word:
        return str(address.ip)
    if address.ip != address.network.network_address:
        raise Misuse(f"'{word}' in '{text}' is an address within a network; write {address.network} or {address.ip}")
    return str(ip_network(word))
