"""Look, before a browser starts, for what `[app]` needs of this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from forge.adapters.app_environment import find_faketime, path_of
from forge.adapters.app_table import file_of
from forge.adapters.data_sources import data_source
from forge.adapters.readiness import accepts, why_silent
from forge.adapters.secret_values import named_in, read_secrets
from forge.errors import AdapterError, ForgeError, MachineError
from forge.model.app_settings import App
from forge.model.settings import Settings
from forge.text.placeholders import fill, names_in


def check_app(settings: Settings) -> None:
    """Look for program, folders, port and address of the app, if there is one.

    Raises:
        AdapterError: one of them is missing or taken.
        MachineError: libfaketime is missing.
    """
    app, project_dir, where = settings.app, settings.project_dir, f"{file_of(settings)}: app"
    if app.static is not None and not (project_dir / app.static).is_dir():
        raise AdapterError(
            f"{where}.static: there is no folder {project_dir / app.static}",
            hint="build the pages, or name the folder that they are in",
        )
    _check_programs(app, project_dir, where)
    if app.data_path is not None and not (project_dir / app.data_path).exists():
        raise AdapterError(
            f"{where}.data: there is no folder or file {project_dir / app.data_path}",
            hint="name what the app needs to begin with; it is copied for each render",
        )
    if app.data is not None and app.data_path is None:
        _check_database(app.data, f"{where}.data")
    if app.date is not None and find_faketime() is None:
        raise MachineError(
            f"{where}.date: libfaketime is not installed, which gives an app its date",
            hint="apt install faketime; or remove the key",
        )
    if app.command and app.port and accepts(app.port):
        raise AdapterError(
            f"{where}.port: port {app.port} is taken by another program",
            hint="end that program; or remove the key, and write {port} in command",
        )
    if app.url is not None:
        url = fill(app.url, {"slot": "0"})
        if why := why_silent(url):
            raise AdapterError(
                f"{where}.url: {url} does not answer: {why}", hint="start the app first"
            )


def _check_database(address: str, where: str) -> None:
    from forge.adapters.postgres import PostgresTemplate

    try:
        source = data_source(address)
        if isinstance(source, PostgresTemplate):
            source.check()
    except ForgeError as problem:
        raise AdapterError(f"{where}: {problem.message}", hint=problem.hint) from problem


def _check_programs(app: App, project_dir: Path, where: str) -> None:
    cwd = project_dir / (app.cwd or "")
    if names_in([app.cwd or ""]):
        cwd = project_dir  # it is made later
    elif not cwd.is_dir():
        raise AdapterError(
            f"{where}.cwd: there is no folder {cwd}", hint="name a folder of the project"
        )
    own = {"PATH": app.env["PATH"]} if "PATH" in app.env else {}
    path = path_of(own | read_secrets(named_in(own), project_dir, 0, f"{where}.env: "))
    for key, command in (("command", app.command), ("reset", app.reset)):
        if command and not names_in(command[:1]) and not _is_program(command[0], path, cwd):
            raise AdapterError(
                f"{where}.{key}: there is no program {command[0]!r}",
                hint="install it; write its path (with a slash, relative to cwd); or activate"
                " the environment that it is in",
            )


def _is_program(name: str, search: str, cwd: Path) -> bool:
    if "/" in name:
        path = cwd / name
        return path.is_file() and os.access(path, os.X_OK)
    return shutil.which(name, path=search) is not None
