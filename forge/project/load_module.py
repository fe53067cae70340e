"""Load users' Python files by their paths, and let these files import from their project.

A user's file is loaded under a name that contains a digest of its path, so that it never collides
with an installed module. Its imports are searched for among the installed modules, then beside the
file, then in the project's folder. A process has only one module of each name. So two files in
which the same name means different modules are refused: the result would depend on their order.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from forge.errors import ProjectError
from forge.store.regular import open_regular
from forge.text.sanitize import message_of

PLAIN_HINT = (
    "write a plain function: call asyncio.run(…) in it for async code, and put what would follow"
    " a yield into a teardown, or into ctx.on_teardown(…)"
)
#: Tests for functions whose body does not run when they are called, with a name for each kind.
NEVER_RUN = (
    (inspect.iscoroutinefunction, "an `async def`"),
    (inspect.isasyncgenfunction, "an async generator"),
    (inspect.isgeneratorfunction, "a generator: it has a `yield`"),
)


class _Finder(MetaPathFinder):
    """The import finder for the modules of one project; the last of `sys.meta_path`.

    Entries of `sys.path` cannot replace it: "editable" packages are found by finders that come
    after `sys.path`, so a folder `forge/` of the project would win over forge itself.
    """

    def __init__(self) -> None:
        self.project: Path | None = None
        self.on_load: Callable[[Path], object] = lambda path: None
        self._beside: dict[Path, None] = {}  # folders of loaded files, in the order of loading
        self._places: dict[str, list[Path]] = {}  # the folders to search, by name of the module
        self._found: set[str] = set()  # names that this finder has answered

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the top-level module `name`, which no other finder has found; called by Python."""
        if path is not None:
            return None  # a module of a package, which has its own search path
        spec = _spec(name, self._places.get(name) or [*self._root(), *self._beside])
        if spec is None or not (spec.origin or name in self._places):
            return None  # not found, or a folder without code that has this name by chance
        self._found.add(name)
        if spec.origin:
            file = Path(spec.origin)
            self.read(file, file.parent.parent if spec.submodule_search_locations else file.parent)
        return spec

    def read(self, file: Path, folder: Path) -> None:
        """Record, before `file` (found in `folder`) runs, which modules its imports mean.

        Raises:
            ProjectError: for another file the same name means another module.
        """
        folders = [folder, *self._root()]
        for name in _imported(file):
            found = _where(_spec(name, folders))
            if found is None:
                continue
            other = _where(_spec(name, self._places.setdefault(name, folders)))
            if other != found and not self._is_installed(name):
                raise ProjectError(
                    f"{file}: `import {name}` means {found} here, and {other} in another file",
                    hint="all files of a project share their modules: rename one of the two",
                )

    def add(self, folder: Path) -> None:
        """Make the modules in `folder` importable."""
        self._beside[folder] = None

    def expect(self, name: str) -> None:
        """Accept a folder without `__init__.py` for the package `name`, too."""
        self._places.setdefault(name, [*self._root(), *self._beside])

    def switch(self, project: Path) -> None:
        """Forget the modules of the last project: `project` may have others of the same names."""
        for name in list(sys.modules):
            if name.partition(".")[0] in self._found:
                del sys.modules[name]
        self.project = project
        for memory in (self._beside, self._places, self._found):
            memory.clear()
        importlib.invalidate_caches()

    def _root(self) -> list[Path]:
        return [self.project] if self.project else []

    def _is_installed(self, name: str) -> bool:
        return any(
            finder.find_spec(name, None) is not None
            for finder in sys.meta_path
            if finder is not self
        )


class _FreshLoader(SourceFileLoader):
    """A loader that always compiles the source.

    Python uses a .pyc file if the source has the same length, and the same time of change to the
    second. So it would not notice an edit within a second.
    """

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


_finder = _Finder()  # one a process, as `sys.meta_path` and `sys.modules` are


def use_project(folder: Path) -> None:
    """Make the modules in the project's folder importable; installed modules come first."""
    folder = folder.resolve()
    if folder != _finder.project:
        _finder.switch(folder)
    _come_last()


def import_module(name: str) -> ModuleType:
    """Import the module `name` of a setting: an installed one, or one of the project."""
    _finder.expect(name.partition(".")[0])
    return importlib.import_module(name)


def load_module(path: Path, error: type[ProjectError]) -> ModuleType:
    """Execute `path` as a module, once a process; it can import the modules beside it.

    Raises:
        error: the file cannot be read, has a syntax error or raises while it loads. The message
            names file and line.
    """
    path = path.resolve()
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    name = f"forge_user_{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    try:
        open_regular(path).close()
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}") from problem
    loader = _FreshLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None or spec.loader is None:
        raise error(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    _finder.on_load(path)
    _come_last()
    _finder.add(path.parent)
    sys.modules[name] = module  # dataclasses and pickle look up the module of a class here
    try:
        _finder.read(path, path.parent)
        _execute(spec.loader, module, path)
    except SyntaxError as problem:
        del sys.modules[name]
        raise error(
            f"{problem.filename or path}:{problem.lineno or 1}: syntax error: {problem.msg}",
            hint=f"the line reads: {problem.text.strip()}" if problem.text else "",
        ) from problem
    except ProjectError:
        del sys.modules[name]
        raise
    except BaseException as problem:  # users' code may raise anything
        del sys.modules[name]
        what = f"{type(problem).__name__}: {message_of(problem)}".removesuffix(": ")
        raise error(f"{_place(problem, path)}: {what}", hint=_hint(problem)) from problem
    return module


def call_on_load(do: Callable[[Path], object]) -> None:
    """Call `do(path)` before each user's file runs, from now on."""
    _finder.on_load = do


def _come_last() -> None:
    if sys.meta_path[-1] is not _finder:
        sys.meta_path[:] = [*(one for one in sys.meta_path if one is not _finder), _finder]


def _execute(loader: Loader, module: ModuleType, path: Path) -> None:
    try:
        loader.exec_module(module)
    except ValueError as problem:
        if b"\0" in path.read_bytes():  # Python 3.11.2 raises ValueError, newer ones SyntaxError
            raise SyntaxError(str(problem)) from problem
        raise


def _imported(file: Path) -> Iterator[str]:
    """Yield the top-level names that `file` imports, in functions too."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # running the file raises the error, with its place
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _spec(name: str, folders: Sequence[Path]) -> ModuleSpec | None:
    spec = PathFinder.find_spec(name, [str(folder) for folder in folders])
    if spec and spec.origin and isinstance(spec.loader, SourceFileLoader):
        spec.loader = _FreshLoader(name, spec.origin)
    return spec


def _where(spec: ModuleSpec | None) -> str | None:
    """Return the file of `spec`, or the folders of a package that has no file."""
    if spec is None:
        return None
    return spec.origin or ", ".join(spec.submodule_search_locations or ())


def _hint(problem: BaseException) -> str:
    if relative := hint_of_relative(problem):
        return relative
    if not isinstance(problem, ModuleNotFoundError):
        return ""
    where = f" or in {_finder.project}" if _finder.project else ""
    return f"what is imported must be installed, lie beside the file{where}"


def hint_of_relative(problem: BaseException) -> str:
    """Return a hint if `problem` is a missing file with a relative name, else an empty text."""
    name = problem.filename if isinstance(problem, FileNotFoundError) else None
    if not isinstance(name, str) or Path(name).is_absolute():
        return ""
    return (
        f"{name!r} is counted from the folder that forge was started in, {Path.cwd()};"
        " Path(__file__).parent is the folder of the file that says so"
    )


def _place(problem: BaseException, path: Path) -> str:
    """Return `file:line` of the innermost frame in the user's file, or the file alone."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if f.filename == str(path)]
    return f"{path}:{frames[-1].lineno}" if frames else str(path)


def never_runs(function: Any) -> str | None:
    """Return the kind of function that `function` is, if calling it runs nothing; else None."""
    called = (function, type(function).__call__)
    return next((kind for is_kind, kind in NEVER_RUN if any(map(is_kind, called))), None)
