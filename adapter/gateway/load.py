"""Find and import the application that an operator named; and when it is not there, say what was tried and what is near."""

from __future__ import annotations

import os
import sys

from adapter.exits import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    from .wsgi import WSGIApp

_DEFAULTS = ("application", "app")


def load(spec: str) -> WSGIApp:
    """The application named by `pkg.mod:callable`, `pkg.mod:factory()`, `file.py` or `file.py:callable`.

    The callable may be a dotted path; left out, it is `application`, else `app`. The current directory (for a file: the file's)
    goes in front of `sys.path`. Raises Misuse when the named thing is not there or cannot be called; whatever the application's
    own code raises while it is imported or built goes through as it is.
    """
    where, colon, what = spec.partition(":")
    if not where or (colon and not what):
        raise Misuse(f"the application {spec!r} is not `pkg.mod:callable` or `file.py:callable`")
    path = what.removesuffix("()")
    if colon and not all(name.isidentifier() for name in path.split(".")):
        raise Misuse(f"{what!r} in {spec!r} is not a name, a dotted name, or one followed by ()")
    module = _import(where)
    app, name = _attribute(module, where, path) if path else _default(module, where)
    if what != path:
        app, name = _callable(app, f"{name} in {where}")(), f"what {what} returned"
    found: WSGIApp = _callable(app, f"{name} in {where}")
    return found


def load_all(spec: str, mounts: Sequence[str], imports: Sequence[str] = ()) -> WSGIApp:
    """The application, and those of `mounts`, each `PREFIX=APP`, in one. `spec` may be empty when there are mounts.

    `imports`: modules (or files) that come first. Raises as `load`.
    """
    for each in imports:
        _import(each)
    if not mounts:
        return load(spec)
    from .mounts import Mounts, missing  # noqa: PLC0415 -- only for those who have any

    otherwise = load(spec) if spec else missing
    apps = {}
    for mount in mounts:
        prefix, _, each = mount.partition("=")
        try:
            apps[prefix] = load(each)
        except Misuse as error:
            raise Misuse(f"--mount {mount}: {error.sentence}") from None
        except BaseException as error:
            error.add_note(f"(this was --mount {mount})")
            raise
    otherwise = apps.pop("", otherwise)
    return Mounts(apps, otherwise)


def _callable(thing: Any, name: str) -> Any:
    """The thing itself, when it can be called: that is all one can know of an application."""
    if not callable(thing):
        raise Misuse(f"{name} is {'None' if thing is None else 'of type ' + type(thing).__name__}, which cannot be called")
    return thing


def _import(where: str) -> ModuleType:
    """A module, or a file, by the look of its name."""
    return _import_file(where) if where.endswith(".py") or os.sep in where else _import_module(where)


def _import_module(name: str) -> ModuleType:
    """Import by dotted name. A module that is missing *inside* the application is the application's own failure."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise Misuse(f"{name!r} is not the name of a module (a file's name ends in .py)")
    _search_first(os.getcwd())
    try:
        __import__(name)  # importlib.import_module is the same, and its import takes half a millisecond
        return sys.modules[name]
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name != missing and not name.startswith(missing + "."):
            raise
        raise Misuse(_no_module(name, missing)) from None


def _import_file(name: str) -> ModuleType:
    """Run a file as the module of its name, with its directory in front, as `python file.py` would."""
    from importlib.util import module_from_spec, spec_from_file_location  # noqa: PLC0415 -- only this form needs it

    from .scripts import spec as of_script  # noqa: PLC0415 -- as above

    path = os.path.realpath(name)
    if not os.path.isfile(path):
        raise Misuse(f"no file {name!r} (looked for {path})" + _near(os.path.basename(path), _files_beside(path)))
    stem = os.path.splitext(os.path.basename(path))[0]
    spec = spec_from_file_location(stem, path) if path.endswith(".py") else of_script(path)
    assert spec is not None
    assert spec.loader is not None
    stem = spec.name
    _search_first(os.path.dirname(path))
    module = module_from_spec(spec)
    replaced = sys.modules.get(stem)
    sys.modules[stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[stem]
        if replaced is not None:
            sys.modules[stem] = replaced
        raise
    return module


def _attribute(module: ModuleType, where: str, path: str) -> tuple[Any, str]:
    """Follow a dotted path from the module."""
    found: Any = module
    for name in path.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            owner = where if found is module else f"{path!r} of {where}"
            raise Misuse(f"no {name!r} in {owner}" + _near(name, dir(found))) from None
    return found, path


def _default(module: ModuleType, where: str) -> tuple[Any, str]:
    """What a module's application is called when the operator does not say."""
    for name in _DEFAULTS:
        if hasattr(module, name):
            return getattr(module, name), name
    names = sorted(
        name for name, value in vars(module).items() if callable(value) and getattr(value, "__module__", None) == module.__name__
    )
    there = f"; it has {', '.join(names)}: say `{where}:{names[0]}`" if names else ""
    raise Misuse(f"neither `application` nor `app` in {where}{there}")


def _search_first(directory: str) -> None:
    if directory not in sys.path:
        sys.path.insert(0, directory)


def _no_module(name: str, missing: str) -> str:
    """The sentence for a module that is not there: which part, where we looked, what is near."""
    import pkgutil  # noqa: PLC0415 -- only for the sentence

    package, _, last = missing.rpartition(".")
    parent = sys.modules.get(package) if package else None
    path = list(getattr(parent, "__path__", [])) if parent is not None else sys.path[:1]
    of = f" (of {name!r})" if missing != name else ""
    if parent is not None and not path:
        return f"no module {missing!r}{of}: {package!r} is a module, not a package"
    near = _near(last, [found.name for found in pkgutil.iter_modules(path)])
    return f"no module {missing!r}{of}; looked in {', '.join(path)}{'' if package else ' and the rest of sys.path'}{near}"


def _files_beside(path: str) -> list[str]:
    try:
        return os.listdir(os.path.dirname(path))
    except OSError:
        return []


def _near(name: str, names: list[str]) -> str:
    """`; did you mean 'x'?`, when something is near enough."""
    import difflib  # noqa: PLC0415 -- only for the sentence

    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
