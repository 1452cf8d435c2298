"""What the tour says of the visitors' requests."""

from pathlib import Path

from adapter.roles import demo
from adapter.roles.demo.account import Account

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_accounts():
    """What came since is a difference; a refusal is told for what it is."""
    step = Account(1500, 3, 1).since(Account(200, 0, 1))

    assert step == Account(1300, 3, 0)
    assert step.told() == "1,300 answered, 3 refused while nobody listened, 0 lost"
    assert Account(7).told() == "7 answered, 0 refused, 0 lost"


def test_soundness():
    """A loss never should be; a refusal only while nobody could listen."""
    assert Account(5).is_sound(gap=False)
    assert Account(5, 2).is_sound(gap=True)
    assert not Account(5, 2).is_sound(gap=False)
    assert not Account(5, 0, 1).is_sound(gap=True)


def test_the_sample():
    """The application of the tour is the one in examples/, to the byte."""
    assert (Path(demo.__file__).parent / "hello.py").read_bytes() == (EXAMPLES / "hello.py").read_bytes()
