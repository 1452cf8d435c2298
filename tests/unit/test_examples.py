"""The examples are WSGI applications, to the letter."""

import importlib.util
import io
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def application(name):
    """An example's application, loaded as a file."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, "application", None) or module.app


@pytest.mark.parametrize(
    ("name", "method", "path", "sent", "says"),
    [
        ("hello", "GET", "/", b"", b"Hello from worker"),
        ("flask_app", "GET", "/", b"", b"Hello from worker"),
        ("flask_app", "POST", "/echo", b"some bytes", b"some bytes"),
    ],
)
def test_example(name, method, path, sent, says):
    """Each example answers, and the standard library's validator has nothing to say."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
    }
    setup_testing_defaults(environ)
    started = []
    answer = validator(application(name))(
        environ, lambda status, headers, exc_info=None: started.append(status) or (lambda data: None)
    )
    body = b"".join(answer)
    answer.close()

    assert started == ["200 OK"]
    assert says in body
