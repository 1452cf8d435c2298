"""What stands in front of the application: mounts, and added fields."""

import pytest

from adapter.exits import Misuse
from adapter.gateway.added import added
from adapter.gateway.load import load_all
from adapter.gateway.mounts import Mounts, missing
from kit.calling import call


def telling(name):
    """An application that tells its name, and what it sees of the path."""

    def app(environ, start_response):
        start_response("200 OK", [])
        return [f"{name} {environ['SCRIPT_NAME']} {environ['PATH_INFO']}".encode()]

    return app


@pytest.mark.parametrize(
    ("script", "path", "told"),
    [
        ("", "/", "root  /"),
        ("", "/shop", "shop /shop "),
        ("", "/shop/", "shop /shop /"),
        ("", "/shop/x", "shop /shop /x"),
        ("", "/shopping", "root  /shopping"),
        ("", "/shop/admin/x", "admin /shop/admin /x"),
        ("", "/shop/administration", "shop /shop /administration"),
        ("", "*", "root  *"),
        ("/site", "/shop/x", "shop /site/shop /x"),
        ("/shop", "/x", "shop /shop /x"),  # the front end has cut it already
        ("/shop", "/shop/x", "shop /shop /x"),  # it has told it, but not cut
        ("/other", "/x", "root /other /x"),
    ],
)
def test_mounts(script, path, told):
    """The longest prefix that ends where a name ends; it moves from PATH_INFO to SCRIPT_NAME."""
    app = Mounts({"/shop": telling("shop"), "/shop/admin": telling("admin")}, telling("root"))
    environ = {"SCRIPT_NAME": script, "PATH_INFO": path}

    assert b"".join(app(environ, lambda *_: None)).decode() == told


def test_nothing_mounted_there():
    """Whoever has mounts only answers 404 elsewhere."""
    said = []
    app = Mounts({"/shop": telling("shop")}, missing)

    assert b"".join(app({"SCRIPT_NAME": "", "PATH_INFO": "/"}, lambda *each: said.append(each))) == b"404 Not Found\n"
    assert said[0][0] == "404 Not Found"


def test_which_mount_failed(tmp_path, monkeypatch):
    """A mount that cannot be loaded is named; so is one whose own code raises."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raises.py").write_text("1 / 0\n")
    with pytest.raises(Misuse, match=r"--mount /x=absent\.py: no file 'absent\.py'"):
        load_all("", ["/x=absent.py"])
    with pytest.raises(ZeroDivisionError) as caught:
        load_all("", ["/x=raises.py"])
    assert caught.value.__notes__ == ["(this was --mount /x=raises.py)"]


def test_root_mount(tmp_path, monkeypatch):
    """A mount at / is the application itself."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.py").write_text("def application(e, s):\n    s('200 OK', [])\n    return [e['PATH_INFO'].encode()]\n")
    app = load_all("", ["=one.py", "/x=one.py"])

    assert list(app({"SCRIPT_NAME": "", "PATH_INFO": "/y"}, lambda *_: None)) == [b"/y"]


def test_added_fields():
    """They come after the application's own, also when it begins anew with exc_info, and with `write`."""

    def app(environ, start_response):
        try:
            start_response("200 OK", [("X-Own", "1")])
            raise KeyError
        except KeyError as error:
            start_response("500 Oh", [("X-Own", "2")], (KeyError, error, error.__traceback__))(b"x")
        return []

    response = call(added(app, [("X-More", "a"), ("X-More", "b")]))

    assert b"500 Oh" in response.data
    assert b"X-Own: 2\r\nX-More: a\r\nX-More: b\r\n" in response.data
