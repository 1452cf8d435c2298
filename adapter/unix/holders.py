"""Who holds an address that we cannot have: the kernel's tables first, then whose descriptor it is (proc(5)).

Best effort, asked only when something has already failed: without privilege other users' descriptors cannot be read, and
then the user's name is all there is to tell.
"""

import itertools
import os
import pwd
import re
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

from adapter.unix import procfs

_LISTEN = "0A"  # TCP_LISTEN in /proc/net/tcp
_WILDCARDS = ("0.0.0.0", "::")
_MAPPED = "::ffff:"
# Num: RefCount Protocol Flags Type St Inode Path
_UNIX_ROW = re.compile(r"\S+ \S+ \S+ (?P<flags>\S+) \S+ \S+ +(?P<inode>\d+) (?P<path>.*)", re.DOTALL)
_ACCEPTS = "00010000"  # __SO_ACCEPTCON


class _Row(NamedTuple):
    host: str
    port: int
    listening: bool
    uid: int
    inode: int


def of_tcp(host: str, port: int) -> str | None:
    """`pid 812, gunicorn`, or `a process of user www-data`; None when the tables say nothing. `host` is a literal address."""
    rows = [row for row in _tcp_rows() if row.port == port and _clashes(row.host, host)]
    rows.sort(key=lambda row: (not row.listening, row.host != host))
    for row in rows:
        if row.inode:
            return _holder_of_inode(row.inode) or f"a process of user {_user(row.uid)}"
    return None


def of_unix(path: str) -> str | None:
    """The same for the path or `@NAME` of a UNIX socket, as it was spelled when bound."""
    try:
        with open("/proc/self/net/unix", encoding="utf-8", errors="surrogateescape") as table:
            rows = [row for line in table if (row := _UNIX_ROW.fullmatch(line.rstrip("\n"))) and row["path"] == path]
    except OSError:
        return None
    # All the bound ones: a listener, and its accepted connections, which carry its name.
    rows.sort(key=lambda row: row["flags"] != _ACCEPTS)
    return next(filter(None, (_holder_of_inode(int(row["inode"])) for row in rows)), None)


def describe(pid: int) -> str | None:
    """`pid 812, gunicorn`; None when there is no such process here."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="backslashreplace") as comm:
            name = comm.read().rstrip("\n")
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="backslashreplace") as cmdline:
            words = cmdline.read().split("\0")[:-1]
    except OSError:
        return None
    return f"pid {pid}, {(name.startswith('python') and _script(words)) or name}"


def _script(words: list[str]) -> str:
    """What a Python process runs: the NAME of `-m NAME`, or the script's. No other word is told: a command line may hold secrets."""
    for before, word in itertools.pairwise(words):
        if before == "-m":
            return word
        if before == "-c":
            return ""
        if not word.startswith("-") and before not in {"-W", "-X"}:
            return os.path.basename(word)
    return ""


def _tcp_rows() -> Iterator[_Row]:
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        try:
            with open(f"/proc/self/net/{table}", encoding="ascii") as lines:
                next(lines, "")
                for line in lines:
                    # sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
                    fields = line.split()
                    host, _, port = fields[1].partition(":")
                    yield _Row(_host(host, family), int(port, 16), fields[3] == _LISTEN, int(fields[7]), int(fields[9]))
        except OSError:
            continue


def _host(words: str, family: int) -> str:
    """The table prints each 32 bits of the address as one number of this machine's byte order."""
    raw = b"".join(struct.pack("=I", int(words[at : at + 8], 16)) for at in range(0, len(words), 8))
    return socket.inet_ntop(family, raw).removeprefix(_MAPPED)


def _clashes(theirs: str, ours: str) -> bool:
    return theirs == ours or theirs in _WILDCARDS or ours in _WILDCARDS


def _holder_of_inode(inode: int) -> str | None:
    """Of several processes with the socket, the one whose parent has it not: a master rather than its workers."""
    pids = {pid for pid in procfs.pids() if _has(pid, f"socket:[{inode}]")}
    for pid in sorted(pids):
        if procfs.parent(pid) not in pids and (said := describe(pid)):
            return said
    return None


def _has(pid: int, target: str) -> bool:
    return any(found == target for _, found in procfs.open_files(pid))


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
