"""Load a user's Python file by its path, so that its name never collides with an installed one."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from importlib.abc import Loader
from pathlib import Path
from types import ModuleType

from forge.errors import ProjectError


def load_module(path: Path, error: type[ProjectError]) -> ModuleType:
    """Execute `path` as a module of its own; its folder is importable, as for a script.

    Raises:
        error: the file has a syntax error or raises while it loads; says file and line.
    """
    path = path.resolve()
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    name = f"forge_user_{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise error(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    _make_siblings_importable(path.parent)
    sys.modules[name] = module  # dataclasses and pickles of the user's look themselves up here
    try:
        _execute(spec.loader, module, path)
    except SyntaxError as problem:
        del sys.modules[name]
        raise error(
            f"{problem.filename or path}:{problem.lineno or 1}: syntax error: {problem.msg}",
            hint=f"the line reads: {problem.text.strip()}" if problem.text else "",
        ) from problem
    except error:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as problem:
        del sys.modules[name]
        raise error(f"{_place(problem, path)}: {type(problem).__name__}: {problem}") from problem
    return module


def _execute(loader: Loader, module: ModuleType, path: Path) -> None:
    try:
        loader.exec_module(module)
    except ValueError as problem:
        if b"\0" in path.read_bytes():  # which Python 3.11.2 does not call a syntax error yet
            raise SyntaxError(str(problem)) from problem
        raise


def _make_siblings_importable(folder: Path) -> None:
    # At the end: a user's `selenium.py` or `workers/` must not shadow what forge itself imports.
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _place(problem: BaseException, path: Path) -> str:
    """`file:line` of the innermost frame in the user's own file, or the file alone."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if f.filename == str(path)]
    return f"{path}:{frames[-1].lineno}" if frames else str(path)
