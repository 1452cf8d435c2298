"""What a reading of uWSGI's INI asks of the disk."""

import os
import socket
import subprocess
import sys

import pytest

from adapter.config.ini.disk import Disk
from adapter.config.ini.reading import read
from adapter.exits import Misuse


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_as_it_lies_there(place):
    """A file is read from the directory we are in, its includes too, and read anew each time."""
    (place / "a.ini").write_text("[uwsgi]\nini = b.ini\nwho = %U %h %v\n")
    (place / "b.ini").write_text("[uwsgi]\nhere = %d\n")

    assert read("a.ini", {}).lines[0].value == f"{place}/"
    (place / "b.ini").write_text("[uwsgi]\nhere = there\n")
    assert read("a.ini", {}).lines[0].value == "there"


def test_links(place):
    """A link's own path is the file's, as in uWSGI: %d is where the link lies; a link on the way is followed."""
    (place / "real").mkdir()
    (place / "real/a.ini").write_text("[uwsgi]\nx = %p\n")
    (place / "link.ini").symlink_to("real/a.ini")
    (place / "way").symlink_to("real")

    assert read("link.ini", {}).lines[0].value == f"{place}/link.ini"
    assert read("way/a.ini", {}).lines[0].value == f"{place}/real/a.ini"


@pytest.mark.parametrize("kind", ["fifo", "socket", "directory", "device", "loop", "none", "long"])
def test_what_is_no_file(place, kind):
    """A FIFO, a socket, a directory, a device, a circle of links: a sentence at once, and nothing is opened that could hold us."""
    path = place / ("x" * 300 if kind == "long" else "x")
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(str(path))
        case "directory":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to("x")
    with pytest.raises(Misuse, match=rf"^cannot read {path.name}: "):
        read(path.name, {})


def test_too_large(place):
    """A file of more than a megabyte is refused, and no more than that of it is read."""
    with open("a.ini", "wb") as file:
        file.truncate(1 << 40)

    with pytest.raises(Misuse, match=r"^cannot read a.ini: it is larger than 1048576 bytes"):
        read("a.ini", {})


def test_a_file_that_grows_as_it_is_read():
    """A file of /proc, which has no size, is read all the same."""
    assert Disk().contents("/proc/self/status", 1 << 20).startswith(b"Name:")


def test_patterns(place):
    """for-glob finds names in order, directories with a slash; a pattern of too many wildcards is not begun."""
    (place / "b").touch()
    (place / "a").mkdir()

    assert list(Disk().matches("*")) == ["a/", "b"]
    assert list(Disk().matches(f"{place}/*")) == [f"{place}/a/", f"{place}/b"]
    with pytest.raises(Misuse, match="wildcards in more than 3 components"):
        Disk().matches("/*/*/*/*")


def test_the_room_loads_little():
    """Reading an INI imports neither the command line nor the network."""
    code = "import sys; import adapter.config.ini.reading, adapter.config.ini.disk; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"click", "logging", "asyncio", "socket", "tomllib"} & set(loaded)
