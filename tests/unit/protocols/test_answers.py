"""What an application gives as its response (tests/corpus/http1/answers.py): framed as it stands, or refused as a whole."""

import pytest

from corpus.http1.answers import ANSWERS, Answer
from kit.http1 import DATE, answer

OWN = {b"Content-Length: 0", DATE.removesuffix(b"\r\n")}


def named(case: Answer) -> str:
    """A case as pytest names it."""
    return case.name.encode("ascii", "backslashreplace").decode()


def test_the_table_is_a_table() -> None:
    """Over two hundred answers, each named once."""
    assert len(ANSWERS) >= 200
    assert len({case.name for case in ANSWERS}) == len(ANSWERS)


@pytest.mark.parametrize("case", [case for case in ANSWERS if case.lines is not None], ids=named)
def test_a_good_answer_becomes_its_lines(case: Answer) -> None:
    """Status and headers go out as they are, in their order; besides them only what we say ourselves."""
    head, empty, rest = answer(case.status, case.headers).partition(b"\r\n\r\n")
    assert case.lines is not None
    lines = head.split(b"\r\n")

    assert (empty, rest) == (b"\r\n\r\n", b"")
    assert [line for line in lines if line in case.lines] == list(case.lines)
    assert set(lines) - set(case.lines) <= OWN
    assert sum(line.lower().startswith(b"date:") for line in lines) == 1


@pytest.mark.parametrize("case", [case for case in ANSWERS if case.lines is None], ids=named)
def test_a_bad_answer_is_refused(case: Answer) -> None:
    """What would split the response, frame it twice or speak for us is a ValueError whose sentence is one line of ASCII-safe text."""
    with pytest.raises(ValueError, match=r"status|header|Content-Length|beyond|token|control") as refused:
        answer(case.status, case.headers)
    assert type(refused.value) is ValueError
    assert "\n" not in str(refused.value)
    assert "\r" not in str(refused.value)
