"""The names of stored descriptors: ours come back as they were, others' are left alone."""

import pytest

from adapter.protocols.fdstore import drop, name_of, parsed, put


@pytest.mark.parametrize(
    ("address", "inode"),
    [
        ("127.0.0.1:8000", None),
        ("[::1]:80", None),
        ("127.0.0.1:0\0\0", None),
        ("unix:@shop", None),
        ("unix:/run/shöp, ltd/100% \n\udcff.sock", (65024, 17)),
        ("unix:" + "x" * 107, (2**40, 2**40)),
    ],
)
def test_there_and_back(address, inode):
    """Whatever the address is made of, a name is printable, short, without a colon, and leads back to it."""
    name = name_of(address, inode)
    assert name.isascii()
    assert name.isprintable()
    assert ":" not in name
    assert len(name) <= 255
    assert parsed(name) == (address, inode)
    assert put(name).split("\n")[:2] == ["FDSTORE=1", f"FDNAME={name}"]
    assert drop(name) == f"FDSTOREREMOVE=1\nFDNAME={name}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "shop",
        "adapter",
        "adapter,",
        "adapter,a,1",
        "adapter,a,1,x",
        "adapter,a,1,2,3",
        "adapter,%zz",
        "adapter,%",
        "adapter,%ff%",
        "connection",
    ],
)
def test_not_ours(name):
    """What does not say what we would have said."""
    assert parsed(name) is None


def test_too_long():
    """A name that systemd would refuse is none."""
    assert name_of("unix:/" + "ö" * 100, (1, 2)) == ""
