"""Becoming another user is whole, and there is no way back."""

import os
import pwd

import pytest

from kit.pythons import NOBODY, said_by

SETS = """
def sets():
    lines = open("/proc/self/status").read().splitlines()
    return [line.split()[1] for line in lines if line.startswith(("CapInh", "CapPrm", "CapEff", "CapAmb"))]
"""


def test_nothing_of_root_is_left() -> None:
    """Real, effective and saved ids are the user's, no capability is left, and root can not be had again."""
    code = f"""{SETS}
from adapter.unix.privileges import become
import os
become({NOBODY}, {NOBODY})
print(*os.getresuid(), *os.getresgid(), *sets())
for back in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        back()
        print("there is a way back")
    except PermissionError:
        pass
"""
    assert said_by(code).split() == [str(NOBODY)] * 6 + ["0" * 16] * 4


def test_capabilities_that_outlive_root_are_given_up() -> None:
    """With SECBIT_KEEP_CAPS (prctl(2), 8) a change of user keeps them; we do not."""
    code = f"""{SETS}
import ctypes
from adapter.unix.privileges import become
assert ctypes.CDLL(None).prctl(8, 1, 0, 0, 0) == 0
become({NOBODY}, {NOBODY})
print(*sets())
"""
    assert said_by(code).split() == ["0" * 16] * 4


def test_a_capability_given_to_the_user_alone_is_given_up() -> None:
    """Who is the user already, with an ambient capability as systemd gives them, keeps its ids and loses that."""
    code = f"""{SETS}
import ctypes, os
from adapter.unix.privileges import become
libc = ctypes.CDLL(None)
bind = 1 << 10
assert libc.prctl(8, 1, 0, 0, 0) == 0
os.setgroups([]); os.setresgid({NOBODY}, {NOBODY}, {NOBODY}); os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
assert libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(bind, bind, bind)) == 0
assert libc.prctl(47, 2, 10, 0, 0) == 0
before = sets()
become({NOBODY}, {NOBODY})
print(*before, *sets())
"""
    assert said_by(code).split() == [f"{1 << 10:016x}"] * 4 + ["0" * 16] * 4


@pytest.mark.parametrize("user", [each for each in pwd.getpwall() if each.pw_uid][:40], ids=lambda each: each.pw_name)
def test_groups_are_the_users(user: pwd.struct_passwd) -> None:
    """The supplementary groups are those of the group file (initgroups(3)), none of root's."""
    code = f"""
import os
from adapter.unix.privileges import become
os.setgroups([0, 12345])
become({user.pw_uid}, None)
print(*sorted(os.getgroups()))
"""
    named = pwd.getpwuid(user.pw_uid)  # the first of several names for one number
    wanted = sorted(set(os.getgrouplist(named.pw_name, named.pw_gid)))
    assert sorted(set(said_by(code).split()), key=int) == [str(each) for each in wanted]


def test_not_root() -> None:
    """Who may not become another user is told what to do."""
    code = """
import ctypes
from adapter.exits import Fatal
from adapter.unix.privileges import become
def main():
    try:
        become(0, 0)
    except Fatal as fatal:
        print(fatal.code, fatal)
"""
    said = said_by(code, user=NOBODY)
    assert said == "100 cannot become uid=0 gid=0: not permitted; start as root, or leave out --uid and --gid"
