"""Our own modules straight from their bytecode, by those who know which they are going to need: `adapter inetd` needs forty, for each
connection.

Python's machinery of importing has locks, asks every finder, looks for each kind of file and works out each name anew: three fifths of
what an import of ours would cost. Whatever is not as it usually is (no bytecode, or that of another source; something compiled; an
archive) is left to it, so what is imported is always the same. The code of all that a command needs is kept in one file, a bundle: a
fifth less again, as forty files need not be opened. No class here: to make one costs more than to import a module. And
annotations are quoted: `__future__` is a module too, which the others are spared.
"""

import gc
import os
import sys
from _frozen_importlib import ModuleSpec, module_from_spec
from _frozen_importlib_external import MAGIC_NUMBER, ExtensionFileLoader, SourceFileLoader
from _imp import extension_suffixes
from marshal import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

    _Stamp = tuple[int, int]  # time and size of a source, as bytecode tells them
    _Entry = tuple[_Stamp, CodeType]

_SUFFIX = f".{sys.implementation.cache_tag}.pyc"
_BUNDLE = f".{sys.implementation.cache_tag}.bundle"
_PLAIN = MAGIC_NUMBER + bytes(4)
"""How bytecode begins that is good as long as time and size of its source are what it says next (PEP 552)."""
_HEADER = 16
_LONGEST = 1 << 16  # bytes of one module's; what is longer is left to the ordinary way
_LARGEST = 1 << 20  # bytes of a bundle, of which that of inetd takes a quarter
COMPILED = tuple(extension_suffixes())
"""How the names of compiled modules end."""
_LIBRARY = os.path.dirname(os.__file__)  # Python's own
_SOCKET = "_socket"  # what our modules import of it, and it has not loaded by itself
_FUTURE = "__future__"
_Module = type(sys)  # `types` would have to be imported


def usual() -> bool:
    """Whether bytecode is where it usually is: not under -O or PYTHONPYCACHEPREFIX."""
    return sys.pycache_prefix is None and not sys.flags.optimize


def plain() -> bool:
    """Whether all of our modules are bytecode, where it usually is: none is compiled (setup.py; what mypyc builds has a part of this name)."""
    beside = os.path.dirname(_root())
    return usual() and not any(os.path.exists(f"{beside}/adapter__mypyc{suffix}") for suffix in COMPILED)


def load(names: "Sequence[str]", bundle: str) -> None:
    """Import these, `plain` as we are: `config/kinds` is `adapter.config.kinds`, `config/` the package. Each stands behind those it imports
    itself, which so are there already. What an import makes stays, so that it is no time to collect garbage, nor need it be looked at
    later: that takes another tenth. `bundle`: what the file is called that holds the code of all of them, if somebody could write it.
    """
    gc.disable()
    spared = _spare_future()
    path = f"{_root()}/__pycache__/{bundle}{_BUNDLE}"
    held = _unpack(path)
    fresh: dict[str, _Entry] = {}
    try:
        if not (_SOCKET in sys.modules or _extension(_SOCKET)):
            __import__(_SOCKET)
        for each in names:
            name = f"adapter/{each}".strip("/").replace("/", ".")
            if not (name in sys.modules or _loaded(name, each, held, fresh)):
                __import__(name)
    finally:
        if spared:
            del sys.modules[_FUTURE]
        gc.freeze()
        gc.enable()
    if fresh and not sys.dont_write_bytecode:
        held.update(fresh)
        _pack(path, {each: held[each] for each in names if each in held})


def files(directory: str, stem: str) -> "tuple[str, str]":
    """Source and bytecode of what is called so there."""
    return f"{directory}/{stem}.py", f"{directory}/__pycache__/{stem}{_SUFFIX}"


def ready(source: str, bytecode: str) -> "CodeType | None":
    """What the bytecode holds, when it was made of this source, here."""
    entry = _entry(source, bytecode)
    return None if entry is None else entry[1]


def spec(loader: SourceFileLoader, bytecode: str, package: "str | None") -> ModuleSpec:
    """What is said of a module (PEP 451)."""
    said = ModuleSpec(loader.name, loader, origin=loader.path)
    said.submodule_search_locations = None if package is None else [package]
    said.cached = bytecode
    said.has_location = True
    return said


def module(said: ModuleSpec) -> "ModuleType":
    """A new one with the attributes that the ordinary way would give it too, but ask first for each that is not there."""
    made = _Module(said.name)
    attributes = vars(made)
    attributes.update(
        __spec__=said, __loader__=said.loader, __package__=said.parent, __file__=said.origin, __cached__=said.cached
    )
    if said.submodule_search_locations is not None:
        attributes["__path__"] = said.submodule_search_locations
    return made


def _spare_future() -> bool:
    """Put a stand-in for `__future__` there, until it is taken away: our modules import it for the compiler, which has long done what that
    asks for. False: the real one is there.
    """
    if _FUTURE in sys.modules:
        return False
    made = sys.modules[_FUTURE] = _Module(_FUTURE)
    vars(made)["annotations"] = None
    return True


def _root() -> str:
    root: str = sys.modules["adapter"].__path__[0]
    return root


def _entry(source: str, bytecode: str) -> "_Entry | None":
    """The same, and of what source."""
    try:
        data = _content(bytecode, _LONGEST)
    except OSError:
        return None
    made_of = _number(data[8:12]), _number(data[12:_HEADER])
    if data[:8] != _PLAIN or len(data) == _LONGEST or made_of != _stamp(source):
        return None
    code: CodeType = loads(memoryview(data)[_HEADER:])  # noqa: S302 -- as Python's own loader does, of the same file
    return (made_of, code) if code.co_filename == source else None


def _holds(entry: "_Entry", source: str) -> bool:
    """Is it of this source, as it is now? Code says where it is from, in tracebacks."""
    made_of, code = entry
    return made_of == _stamp(source) and code.co_filename == source


def _stamp(source: str) -> "_Stamp | None":
    """As it is now; None when it is gone."""
    try:
        found = os.stat(source)
    except OSError:
        return None
    return _low(found.st_mtime), _low(found.st_size)


def _content(path: str, most: int) -> bytes:
    """So many of its bytes, in three system calls; a file object makes eight. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, most)
    finally:
        os.close(fd)


def _unpack(path: str) -> "dict[str, _Entry]":
    """What somebody kept, who may write our bytecode: nobody else can have put it there."""
    try:
        data = _content(path, _LARGEST)
        held = loads(memoryview(data)[len(MAGIC_NUMBER) :]) if data.startswith(MAGIC_NUMBER) else None  # noqa: S302 -- as bytecode
    except (OSError, EOFError, ValueError, TypeError):  # there is none; or it is damaged
        return {}
    return held if isinstance(held, dict) else {}


def _pack(path: str, held: "dict[str, _Entry]") -> None:
    """Keep it for those who come after us, who may be others: as readable as our source. Who may not write there does without."""
    unfinished = f"{path}.{os.getpid()}"
    try:
        mode = os.stat(f"{_root()}/__init__.py").st_mode & 0o666
        fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    try:
        _write(fd, MAGIC_NUMBER + dumps(held), mode)
        os.rename(unfinished, path)
    except OSError:
        _remove(unfinished)


def _write(fd: int, data: bytes, mode: int) -> None:
    try:
        os.fchmod(fd, mode)
        if os.write(fd, data) < len(data):
            raise OSError("the disk is full")
    finally:
        os.close(fd)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # with all of the directory: somebody takes us away


def _loaded(name: str, each: str, held: "dict[str, _Entry]", fresh: "dict[str, _Entry]") -> bool:
    """False: it is for the ordinary way. What was not `held` is `fresh`."""
    directory, _, stem = f"{_root()}/{each}".rpartition("/")
    source, bytecode = files(directory, stem or "__init__")
    entry = held.get(each)
    if entry is None or not _holds(entry, source):
        entry = _entry(source, bytecode)
        if entry is None:
            return False
        fresh[each] = entry
    made = sys.modules[name] = module(spec(SourceFileLoader(name, source), bytecode, None if stem else directory))
    try:
        exec(entry[1], vars(made))  # noqa: S102 -- as Python's own loader does
    except BaseException:
        del sys.modules[name]
        raise
    above, _, last = name.rpartition(".")
    if above:
        setattr(sys.modules[above], last, made)
    return True


def _extension(name: str) -> bool:
    """The same of one that is compiled. False, too, where it is built in."""
    path = f"{_LIBRARY}/lib-dynload/{name}{COMPILED[0]}"
    if not os.path.exists(path):
        return False
    loader = ExtensionFileLoader(name, path)
    said = ModuleSpec(name, loader, origin=path)
    said.has_location = True
    made = sys.modules[name] = module_from_spec(said)
    loader.exec_module(made)
    return True


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _low(number: float) -> int:
    """As much of it as bytecode tells."""
    return int(number) & 0xFFFFFFFF
