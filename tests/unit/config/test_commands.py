"""A command as a shell has it: its words, or a shell's."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.config.commands import in_environment, service_name, words
from adapter.exits import Misuse


@pytest.mark.parametrize(
    ("command", "split"),
    [
        ("python tasks.py", ("python", "tasks.py")),
        ("python 'my tasks.py' \"x y\" a\\ b", ("python", "my tasks.py", "x y", "a b")),
        ("redis-server >/dev/null", ("/bin/sh", "-c", "exec redis-server >/dev/null")),
        ("serve $HOME", ("/bin/sh", "-c", "exec serve $HOME")),
        ("serve '$HOME' \"a;b\" c\\&", ("serve", "$HOME", "a;b", "c&")),
        ('serve "$HOME"', ("/bin/sh", "-c", 'exec serve "$HOME"')),
        ('serve "\\$HOME"', ("/bin/sh", "-c", 'exec serve "\\$HOME"')),
        ("A=1 serve", ("/bin/sh", "-c", "A=1 serve")),
        ("cd /srv && serve", ("/bin/sh", "-c", "cd /srv && serve")),
    ],
)
def test_words(command, split):
    """Plain words are started as they are; a shell is there only for what needs one, and stays only where it has to."""
    assert words(command) == split


@pytest.mark.parametrize("command", ["", "  ", "'", "a\nb", 'python "x'])
def test_no_command(command):
    """What is none is refused in a sentence."""
    with pytest.raises(Misuse, match="is no command"):
        words(command)


@settings(max_examples=30, deadline=None)  # shells
@given(
    st.text(st.sampled_from("ab '\"\\#~=;|$é"), min_size=1, max_size=12).filter(lambda text: "$$" not in text)
)  # $$ is another number each time
def test_what_a_shell_makes_of_it(text):
    """A shell that is given the command, and our words, print the same: nothing is read otherwise than by uWSGI, which asks a shell."""
    command = f"printf %s.. {text}"
    try:
        split = words(command)
    except Misuse:
        return
    environment = {"PATH": "/usr/bin:/bin"}
    theirs = subprocess.run(["/bin/sh", "-c", command], capture_output=True, env=environment, check=False)
    if theirs.returncode == 0:
        ours = subprocess.run(split, capture_output=True, env=environment, check=False)
        assert ours.stdout == theirs.stdout


def test_variables():
    """They go in front, by env(1), also of what a shell has to read."""
    assert in_environment((), "python x.py") == "python x.py"
    assert words(in_environment(("A=b c", "D=$e"), "python x.py")) == ("env", "A=b c", "D=$e", "python", "x.py")
    assert words(in_environment(("A=b",), "x; y")) == ("env", "A=b", "/bin/sh", "-c", "x; y")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/etc/shop.ini", "shop"),
        ("my shop.ini", "my-shop"),
        ("-.ini", "web"),
        ("./tasks/run.sh", "run"),
        ("work_forever", "work_forever"),
        ("", "web"),
    ],
)
def test_service_names(text: str, name: str) -> None:
    """The file's, or the function's, as a service can be named."""
    assert service_name(text, "web") == name
