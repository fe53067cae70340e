"""The files of a project that an adapter's class names: a change in them makes its videos stale."""

from __future__ import annotations

from pathlib import Path

from forge.adapters.contract import Adapter
from forge.adapters.data_copy import DataCopy
from forge.adapters.web_app import WebApp
from forge.store.app_files import named_in_commands


def given_files(adapter: type[Adapter], project_dir: Path) -> tuple[str, ...]:
    """Return the files and folders of the project that `adapter` names, relative to it.

    They are those of its keys, if it derives from `WebApp`, and of its attributes that are data to
    copy. What its methods name is not known. What is outside of the project is left out, because
    no other host gets it; so is what is not there (yet).
    """
    found = [
        path for kind in adapter.__mro__ for value in vars(kind).values() for path in _copied(value)
    ]
    if issubclass(adapter, WebApp):
        app, source = adapter.keys_of_class()
        found += [*_copied(source), *([str(app.static)] if app.static else [])]
        found += map(str, named_in_commands(app, project_dir))
    paths = {project_dir / path for path in found}
    inside = (path for path in paths if path.is_relative_to(project_dir) and path.exists())
    return tuple(sorted(str(path.relative_to(project_dir)) for path in inside))


def _copied(value: object) -> tuple[str, ...]:
    return value.sources() if isinstance(value, DataCopy) else ()
