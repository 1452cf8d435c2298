"""The service manager's store of descriptors (sd_notify(3), FDSTORE): what we say to it, and by which names we know our own again."""

_PREFIX = "adapter,"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.-_@[]")
_LONGEST = 255  # of a name, which may have no colon

Inode = tuple[int, int]


def name_of(address: str, inode: Inode | None) -> str:
    """The name of the listener at this address; empty when it would be too long. `inode`: (device, inode) of its file, if it has one."""
    name = _PREFIX + _quoted(address) + (f",{inode[0]},{inode[1]}" if inode else "")
    return name if len(name) <= _LONGEST else ""


def parsed(name: str) -> tuple[str, Inode | None] | None:
    """Address and inode, if that is a name of ours; None: it is somebody else's."""
    if not name.startswith(_PREFIX):
        return None
    address, *numbers = name.removeprefix(_PREFIX).split(",")
    if not address or len(numbers) not in (0, 2) or not all(each.isascii() and each.isdigit() for each in numbers):
        return None
    try:
        said, inode = _unquoted(address), (int(numbers[0]), int(numbers[1])) if numbers else None
    except ValueError:
        return None
    return (said, inode) if name_of(said, inode) == name else None


def put(name: str) -> str:
    """Keep the descriptor that comes with this."""
    return f"FDSTORE=1\nFDNAME={name}\nFDPOLL=0"


def drop(name: str) -> str:
    """Close it."""
    return f"FDSTOREREMOVE=1\nFDNAME={name}"


def _quoted(text: str) -> str:
    return "".join(
        each if each in _PLAIN else "".join(f"%{byte:02x}" for byte in each.encode("utf-8", "surrogateescape")) for each in text
    )


def _unquoted(text: str) -> str:
    """Raises ValueError."""
    first, *rest = text.split("%")
    raw = first.encode() + b"".join(bytes.fromhex(each[:2]) + each[2:].encode() for each in rest)
    return raw.decode("utf-8", "surrogateescape")
