"""Load the adapter class that a project names: `file.py:Class` or `package.module:Class`."""

from __future__ import annotations

import inspect
from pathlib import Path

from forge.adapters.contract import Adapter, NoAdapter
from forge.errors import AdapterError, ProjectError
from forge.project.load_module import (
    PLAIN_HINT,
    import_module,
    load_module,
    never_runs,
    use_project,
)
from forge.text.sanitize import message_of

_SPELLING = (
    'write adapter = "adapters/shop.py:Shop" (a file in the project) or "package.module:Class"'
)
_CALLED = ("start", "setup", "teardown", "stop")


def load_adapter(reference: str | None, project_dir: Path) -> type[Adapter]:
    """Load the class that `reference` names; for None, return one that does nothing.

    Raises:
        AdapterError: the file, module or class does not exist or does not load; the class is no
            `Adapter`; or one of its methods is a coroutine or generator function.
    """
    if not reference:
        return NoAdapter
    where, colon, name = reference.rpartition(":")
    if not colon or not where or not name.isidentifier():
        raise AdapterError(f"adapter {reference!r} names no class", hint=_SPELLING)
    module = _load(where, reference, project_dir)
    found = getattr(module, name, None)
    if found is None:
        raise AdapterError(f"adapter {reference!r}: {where} has no class {name}", hint=_SPELLING)
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise AdapterError(
            f"adapter {reference!r}: {name} is not an Adapter",
            hint=f"declare it as `class {name}(Adapter)` with `from forge import Adapter`",
        )
    for method in _CALLED:
        function = getattr(found, method)
        if kind := never_runs(function):
            code = inspect.unwrap(function).__code__
            raise AdapterError(
                f"{code.co_filename}:{code.co_firstlineno}: {name}.{method} is {kind}",
                hint=PLAIN_HINT,
            )
    return found


def _load(where: str, reference: str, project_dir: Path) -> object:
    use_project(project_dir)
    if not (where.endswith(".py") or "/" in where):
        try:
            return import_module(where)
        except ProjectError:
            raise
        except ImportError as error:
            raise AdapterError(
                f"adapter {reference!r} cannot be imported: {error}", hint=_SPELLING
            ) from error
        except BaseException as error:  # users' code may raise anything
            raise AdapterError(
                f"adapter {reference!r} fails when imported:"
                f" {type(error).__name__}: {message_of(error)}"
            ) from error
    path = project_dir / where
    if not path.is_file():
        raise AdapterError(f"adapter {reference!r}: there is no file {path}", hint=_SPELLING)
    return load_module(path, AdapterError)
