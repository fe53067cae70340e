"""Read the settings of a project.

The sources, each of which wins over those after it: flags, the environment, `.env`, `forge.toml`,
`pyproject.toml`.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from forge.errors import SettingsError, UsageError
from forge.model.app_rules import problem_of
from forge.model.secret_names import quoted
from forge.model.section import section_of
from forge.model.settings import ENV_PREFIX, LANGUAGE, Settings
from forge.model.validators import make_validators
from forge.store.regular import read_regular
from forge.text.lexicon import LexiconError
from forge.text.lexicon import check as check_lexicon
from forge.text.sanitize import clean, is_clean_path
from forge.text.suggest import nearest

#: Returns the beginning of a message: where the value at these keys is from.
SourceOf = Callable[[list[str]], str]
TEST_PREFIX = "FORGE_TEST_"  # switches of the test suite, not settings


def load_settings(
    project_dir: Path,
    flags: Mapping[str, Any] | None = None,
    warn: Callable[[str], object] = lambda _: None,
) -> Settings:
    """Read the settings of the project in `project_dir`.

    `flags` are values that win over all others, nested like the settings. `warn` is called with a
    sentence for each variable `FORGE_…` that is no setting.

    Raises:
        UsageError: there is no such folder, no project file in it, or the name of a folder is not
            UTF-8 or has control characters.
        SettingsError: a key is unknown (names the nearest one), a value is not allowed, or
            `out_dir` is a folder of the project's own files or of forge's.
    """
    project_dir = project_dir.absolute()
    files = _project_files(project_dir)
    _check_environment(os.environ, "environment variable", warn)
    _check_keys(flags or {}, Settings, None, "")
    flags = {**(flags or {}), "project_dir": project_dir}
    dotenv = _dotenv(project_dir)
    if dotenv:
        _check_dotenv(dotenv, warn)
    merged: dict[str, Any] = {}
    for table in (flags, *_variables(dotenv), *files.values()):
        merged = _filled(merged, table)
    make_validators(Settings)
    try:
        loaded = Settings.model_validate(merged)
    except ValidationError as problem:
        # Not `from problem`, whose message has the values, also secrets.
        raise _explain(problem, flags, project_dir, files) from None
    settings = Settings.model_validate(loaded.model_dump())  # every value counts as given

    def source_of(keys: list[str]) -> str:
        return _source_of(keys, flags, project_dir, files)

    _check_lexicon(settings, source_of)
    _check_app(settings, source_of)
    _check_folders(settings, source_of)
    return settings


def _dotenv(project_dir: Path) -> Path | None:
    """Return the project's file `.env`, if there is one."""
    path = project_dir / ".env"
    # A folder `.env` is a virtual environment.
    return path if path.exists() and not path.is_dir() else None


def _variables(dotenv: Path | None) -> list[dict[str, Any]]:
    """Return the settings in the environment and in `.env`, the one that wins first."""
    if not (dotenv or any(map(_may_be_setting, os.environ))):
        return []
    # Late, because most projects have neither, and pydantic-settings loads asyncio and more.
    from forge.project.variables import settings_in

    return settings_in(dotenv)


def _filled(table: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return `table` with what only `other` has, in inner tables too."""
    filled = {**other, **table}
    for key in table.keys() & other.keys():
        if isinstance(table[key], dict) and isinstance(other[key], dict):
            filled[key] = _filled(table[key], other[key])
    return filled


def _may_be_setting(variable: str) -> bool:
    upper = variable.upper()
    return upper.startswith(ENV_PREFIX) and not upper.startswith(TEST_PREFIX)


def _check_folders(settings: Settings, source_of: SourceOf) -> None:
    for folder in (settings.project_dir, settings.output_dir, Path(tempfile.gettempdir())):
        if not is_clean_path(folder):
            raise UsageError(
                f"the name of {folder} is not UTF-8, or has control characters in it",
                hint="rename the folder, or name another one",
            )
    if why_not := _overlap(settings):
        where = source_of(["out_dir"])
        raise SettingsError(
            f"{where}out_dir = {str(settings.out_dir)!r}: {why_not}",
            hint='name a folder for the videos alone, such as "dist"',
        )


def _check_lexicon(settings: Settings, source_of: SourceOf) -> None:
    for key, own in settings.voice.say.items():
        if isinstance(own, dict) and not LANGUAGE.fullmatch(key):
            raise SettingsError(
                f"{source_of(['voice', 'say', key])}voice.say.{key}: {key!r} is not a language",
                hint="a table has the name of a language, [voice.say.es]; a word is a text",
            )
    try:
        check_lexicon(settings.voice.say)
    except LexiconError as problem:
        keys = ["voice", "say", *problem.keys]
        raise SettingsError(
            f"{source_of(keys)}{'.'.join(keys)}: {problem}",
        ) from problem


def _check_app(settings: Settings, source_of: SourceOf) -> None:
    app = settings.app
    if wrong := problem_of(app, has_data=app.data is not None):
        raise SettingsError(
            f"{source_of(['app', *wrong.key.split('.')])}app.{wrong.key}: {wrong.message}",
            hint=wrong.hint,
        )
    for key, folder in (("static", app.static), ("data", app.data)):
        if folder and (why_not := _app_overlap(settings, settings.project_dir / folder, key)):
            raise SettingsError(
                f"{source_of(['app', key])}app.{key} = {str(folder)!r}: {why_not}",
                hint="give the app a folder of its own, or name another out_dir",
            )
    if app.kind and settings.adapter:
        raise SettingsError(
            f"{source_of(['adapter'])}adapter = {settings.adapter!r}: [app] is the adapter already",
            hint="remove one of the two; an adapter of your own may derive from"
            " forge.adapters.ServerApp, or call slot.serve",
        )


def _app_overlap(settings: Settings, folder: Path, key: str) -> str | None:
    """Return why the app cannot have `folder`, if forge writes to it."""
    real, out, work = (
        Path(os.path.realpath(f)) for f in (folder, settings.output_dir, settings.work_root)
    )
    if real.is_relative_to(out):
        return f"videos are written to it ({settings.output_dir})"
    if key == "data" and work.is_relative_to(real):
        return f"it would be copied with {settings.work_root}"
    return None


def _overlap(settings: Settings) -> str | None:
    """Return why `out_dir` cannot be used, if it holds files of the project or of forge."""
    out, work = (Path(os.path.realpath(f)) for f in (settings.output_dir, settings.work_root))
    if out.is_relative_to(work):
        return f"it is in {settings.work_root}, which `forge clean` empties"
    if work.is_relative_to(out):
        return f"the project itself is in it ({settings.project_dir})"
    return None


def _project_files(project_dir: Path) -> dict[Path, dict[str, Any]]:
    """Read the project's settings files, the one that wins first; refuse unknown keys."""
    if not project_dir.is_dir():
        raise UsageError(f"no project: {project_dir} is not a folder")
    tables: dict[Path, dict[str, Any]] = {}
    for name in ("forge.toml", "pyproject.toml"):
        path = project_dir / name
        if not path.exists():
            continue
        try:
            table: Any = tomllib.loads(_text(path))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise SettingsError(f"{path}: not TOML: {problem}") from problem
        except OSError as problem:
            raise SettingsError(f"{path} cannot be read: {problem.strerror}") from problem
        if name == "pyproject.toml":
            tool = table.get("tool")
            table = tool.get("forge") if isinstance(tool, dict) else None
            if table is None:
                continue
            if not isinstance(table, dict):
                raise SettingsError(f"{path}: 'tool.forge' must be a table")
        _check_keys(table, Settings, path, "")
        tables[path] = table
    if not tables:
        raise UsageError(
            f"no project file in {project_dir}",
            hint="write a forge.toml (or [tool.forge] in pyproject.toml), name its folder with"
            " --project, or make a new project: `forge init DIR`",
        )
    return tables


def _text(path: Path) -> str:
    """Return the content of a settings file, without a byte order mark."""
    return read_regular(path).decode("utf-8-sig")


def _check_keys(
    table: Mapping[str, Any], model: type[BaseModel], path: Path | None, above: str
) -> None:
    """Refuse unknown keys of `table`, which is the file `path` or (None) given by the caller."""
    known = set(model.model_fields) - {"project_dir"}
    for key, value in table.items():
        if key not in known:
            line = _line_of(path, key) if path else ""
            where = f"{path}{line}" if path else "settings"
            raise SettingsError(f"{where}: unknown key {above + key!r}", hint=nearest(key, known))
        if inner := section_of(model.model_fields[key].annotation):
            if not isinstance(value, dict):
                raise SettingsError(f"{path or 'settings'}: {above + key!r} must be a table")
            _check_keys(value, inner, path, f"{above}{key}.")


def _line_of(path: Path, key: str) -> str:
    pattern = re.compile(rf"\s*\[?\s*(?:[\w.-]+\.)?[\"']?{re.escape(key)}[\"']?\s*(?:[=.\]])")
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if pattern.match(line):
            return f":{number}"
    return ""


def _check_environment(
    variables: Mapping[str, str | None], where: str, warn: Callable[[str], object]
) -> None:
    """Refuse wrong variables `FORGE_…` of a known setting; warn of those of an unknown one.

    An unknown one may belong to another program.
    """
    known = set(Settings.model_fields) - {"project_dir"}
    for name, value in variables.items():
        if not _may_be_setting(name):
            continue
        first, *more = name.upper().removeprefix(ENV_PREFIX).lower().split("__")
        if first in known:
            if not is_clean_path(value or ""):
                raise SettingsError(f"{where} {name}: not UTF-8, or has control characters in it")
            _check_variable([first, *more], value, where)
        else:
            near = get_close_matches(first, known, n=1)
            hint = f"; did you mean {ENV_PREFIX}{near[0].upper()}?" if near else ""
            warn(clean(f"{where} {name} is not a setting of forge, and is ignored{hint}"))


def _check_variable(parts: list[str], value: str | None, where: str) -> None:
    model: type[BaseModel] = Settings
    variable = ENV_PREFIX + "__".join(parts).upper()
    for depth, part in enumerate(parts):
        known = set(model.model_fields) - {"project_dir"}
        inner: Any = model.model_fields[part].annotation if part in known else None
        section = section_of(inner)
        is_leaf = depth == len(parts) - 1
        if inner is None or not (is_leaf or section or get_origin(inner) is dict):
            prefix = ENV_PREFIX + "".join(f"{p.upper()}__" for p in parts[:depth])
            raise SettingsError(
                f"{where} {variable}: unknown key",
                hint=nearest(variable, {f"{prefix}{k.upper()}" for k in known}),
            )
        if section is None:
            break
        model = section
    if not is_leaf and parts[0] == "app":
        table = ENV_PREFIX + "__".join(parts[: depth + 1]).upper()
        raise SettingsError(
            f"{where} {variable}: names in this table have capitals, which variables lose",
            hint=f"""write it in forge.toml, or all of it in JSON: {table}='{{"NAME": "value"}}'""",
        )
    if is_leaf and (section or get_origin(inner) is dict) and not _is_json_object(value):
        raise SettingsError(
            f"{where} {variable} = {value!r}: not an object in JSON",
            hint=f"set one key of it: {variable}__KEY=value",
        )


def _is_json_object(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except ValueError:
        return False


def _check_dotenv(path: Path, warn: Callable[[str], object]) -> None:
    from dotenv import dotenv_values

    try:
        variables = dotenv_values(stream=StringIO(_text(path)))
    except UnicodeDecodeError as problem:
        raise SettingsError(f"{path}: not UTF-8: {problem}") from problem
    except OSError as problem:
        raise SettingsError(f"{path} cannot be read: {problem.strerror}") from problem
    _check_environment(variables, f"{path}: variable", warn)


def _explain(
    problem: ValidationError,
    flags: Mapping[str, Any],
    project_dir: Path,
    files: Mapping[Path, Mapping[str, Any]],
) -> SettingsError:
    first = problem.errors()[0]
    keys = [str(part) for part in first["loc"]]
    where = _source_of(keys, flags, project_dir, files)
    return SettingsError(f"{where}{'.'.join(keys)}{quoted(first)} {first['msg']}")


def _source_of(
    keys: list[str],
    flags: Mapping[str, Any],
    project_dir: Path,
    files: Mapping[Path, Mapping[str, Any]],
) -> str:
    """Return the beginning of a message: the source of the value at `keys`."""
    if _holds(flags, keys):
        return "command line: "
    variable = ENV_PREFIX + "__".join(keys[:2]).upper()
    for name in (variable, ENV_PREFIX + keys[0].upper()):
        if name in {n.upper() for n in os.environ}:
            return f"environment variable {name}: "
    for path, table in files.items():
        if _holds(table, keys):
            return f"{path}{_line_of(path, next(k for k in reversed(keys) if not k.isdigit()))}: "
    return f"{project_dir / '.env'}: "


def _holds(table: Any, keys: list[str]) -> bool:
    for key in keys:
        if not isinstance(table, Mapping):
            return True  # the key is an index: the list is in this source
        if key not in table:
            return False
        table = table[key]
    return True
