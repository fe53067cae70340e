"""Settings: flags > environment > .env > forge.toml > pyproject.toml; read once, then frozen."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from forge.discovery import nearest
from forge.errors import SettingsError, UsageError

ENV_PREFIX = "FORGE_"
CACHE = "cache"  # in `.forge`, beside the work dirs
LOGS = "logs"
TEST_PREFIX = "FORGE_TEST_"  # switches of the test suite, not settings
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

#: espeak-ng voices that speak well enough, for languages without an entry in `voice.by_language`.
DEFAULT_VOICES = {
    "en": "gmw/en-us", "es": "roa/es", "fr": "roa/fr", "de": "gmw/de", "it": "roa/it",
    "pt": "roa/pt", "pt-BR": "roa/pt-br", "nl": "gmw/nl", "pl": "zlw/pl", "sv": "gmq/sv",
    "da": "gmq/da", "fi": "urj/fi", "ru": "zle/ru", "cs": "zlw/cs", "tr": "trk/tr",
    "ja": "jpx/ja", "zh": "sit/cmn", "en-GB": "gmw/en", "ca": "roa/ca", "ro": "roa/ro",
    "nb": "gmq/nb", "no": "gmq/nb", "sk": "zlw/sk", "sl": "zls/sl", "hr": "zls/hr",
    "sr": "zls/sr", "bg": "zls/bg", "uk": "zle/uk", "hu": "urj/hu", "et": "urj/et",
    "lt": "bat/lt", "lv": "bat/lv", "el": "grk/el", "ar": "sem/ar", "he": "sem/he",
    "fa": "ira/fa", "hi": "inc/hi", "id": "poz/id", "vi": "aav/vi", "ko": "ko",
}  # fmt: skip
PIPER_VOICES = {"en": "en_US-joe-medium"}  # the model that the extra brings
#: Engines whose voices speak one language each; those of any other speak them all.
VOICES_BY_ENGINE = {"pyttsx3": DEFAULT_VOICES, "piper": PIPER_VOICES}


def _words(value: object) -> object:
    """`en,es` in a variable or on the command line is the list of both."""
    return [w.strip() for w in value.split(",") if w.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Language = Annotated[str, Field(pattern=f"^{LANGUAGE.pattern}$")]


def _colour(value: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        raise ValueError('a colour is written like "#2f6feb"')
    return value


Colour = Annotated[str, AfterValidator(_colour)]
Languages = Annotated[tuple[Language, ...], NoDecode, BeforeValidator(_words)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Voice(_Section):
    """`[voice]`: who speaks, and how fast (words a minute).

    `model`, `base_url` and `per_minute` (requests, over all lanes) are for engines on the network.
    """

    engine: str = "pyttsx3"
    name: str | None = None
    model: str | None = None
    base_url: str | None = None
    per_minute: Annotated[int, Field(ge=1, le=6000)] | None = None
    rate: Annotated[int, Field(ge=80, le=450)] = 175
    by_language: dict[str, str] = {}
    timeout_s: Annotated[float, Field(gt=0)] = 30.0

    def for_language(self, lang: str) -> str | None:
        """The voice for `lang`: its own entry, the general name, or forge's choice."""
        usual = VOICES_BY_ENGINE.get(self.engine, {})
        return (
            self.by_language.get(lang)
            or self.name
            or usual.get(lang)
            or usual.get(lang.split("-")[0])
        )


class Sound(_Section):
    """`[sound]`: how loud the video is (LUFS), and music in its background.

    `music_db`: the music's loudness against the speech; `duck_db`: how much quieter it is still
    while somebody speaks; `fade_s`: how long it takes to come and to go.
    """

    loudness: Annotated[float, Field(ge=-40, le=-10)] = -16.0
    music: Path | None = None
    music_db: Annotated[float, Field(ge=-60, le=0)] = -14.0
    duck_db: Annotated[float, Field(ge=-60, le=0)] = -8.0
    fade_s: Annotated[float, Field(ge=0, le=30)] = 2.0


class Video(_Section):
    """`[video]`: the picture. Width and height in CSS pixels; `scale` multiplies both."""

    width: Annotated[int, Field(ge=320, le=7680, multiple_of=2)] = 1920
    height: Annotated[int, Field(ge=240, le=4320, multiple_of=2)] = 1080
    fps: Annotated[int, Field(ge=10, le=60)] = 30
    scale: Annotated[int, Field(ge=1, le=2)] = 1
    frame_rate: Literal["variable", "constant"] = "variable"
    clock: Literal["elastic", "real"] = "elastic"


class Hand(_Section):
    """`[hand]`: how the recorded hand moves. `typing`: keys a second; 0 types all at once."""

    typing: Annotated[float, Field(ge=0, le=100)] = 20.0
    scroll: bool = True


class Style(_Section):
    """`[style]`: what is drawn over the recording. A change needs no new recording."""

    cursor: bool = True
    cursor_scale: Annotated[float, Field(ge=0.25, le=8)] = 1.0
    cursor_image: Path | None = None
    cursor_hotspot: tuple[int, int] = (0, 0)
    ring: bool = True
    ripple: bool = True
    accent: Colour = "#2f6feb"
    zoom: bool = False
    zoom_factor: Annotated[float, Field(gt=1, le=3)] = 1.35
    captions: Literal["files", "burn"] = "files"
    cards: bool = True
    speed_up: bool = False
    background: Colour = "#10182b"
    text: Colour = "#ffffff"
    logo: Path | None = None
    font: Path | None = None


class Browser(_Section):
    """`[browser]`: which Chromium and chromedriver (default: found on the machine)."""

    binary: Path | None = None
    driver: Path | None = None
    args: Words = ()


class Limits(_Section):
    """`[limits]`: when a job is given up. Times in seconds.

    `silence_s`: the longest a job may be without a sign of life; `backoff_s`: the pause before a
    second attempt, doubled for each one after; `restarts`: how many workers may die one after the
    other, before the batch stops.
    """

    job_s: Annotated[float, Field(gt=0)] = 3600.0
    silence_s: Annotated[float, Field(gt=0)] = 660.0  # a step's `wait_for` may take 600
    backoff_s: Annotated[float, Field(ge=0)] = 1.0
    restarts: Annotated[int, Field(ge=0)] = 5


class Settings(_Section):
    """Everything a batch needs to know. `project_dir` is where the project file lies."""

    project_dir: Path = Field(default_factory=Path.cwd)
    tutorials: Words = ("tutorials/*.py",)
    adapter: str | None = None
    watch: Words = ()
    out_dir: Path = Path("dist")
    jobs: Annotated[int, Field(ge=1)] = 1
    source_language: Language = "en"
    languages: Languages | None = None
    keep_going: bool = False
    retries: Annotated[int, Field(ge=0, le=10)] | None = None
    keep_work: bool = False
    contact_sheet: bool = False
    strict: bool = False
    voice: Voice = Voice()
    sound: Sound = Sound()
    video: Video = Video()
    hand: Hand = Hand()
    style: Style = Style()
    browser: Browser = Browser()
    limits: Limits = Limits()

    @property
    def attempts_more(self) -> int:
        """How often a failed job is tried again: `retries`, by default 1 with `keep_going`."""
        return int(self.keep_going) if self.retries is None else self.retries

    @property
    def output_dir(self) -> Path:
        """`out_dir` as an absolute path."""
        return (self.project_dir / self.out_dir).absolute()

    @property
    def work_root(self) -> Path:
        """Where work dirs and the cache live: `.forge` in the project."""
        return self.project_dir / ".forge"


class _Sources(Settings, BaseSettings):
    """The same fields, filled from every source; lives for one call of `load_settings`."""

    # Every source's keys are checked before: what is left over are a .env's other variables.
    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", frozen=True, extra="ignore"
    )


def load_settings(project_dir: Path, flags: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings of the project in `project_dir`.

    `flags` are the command line's values, nested like the settings; they beat everything.

    Raises:
        UsageError: there is no project file.
        SettingsError: a key is unknown (names the nearest) or a value is not allowed.
    """
    project_dir = project_dir.absolute()
    files = _project_files(project_dir)
    _check_environment(os.environ, "environment variable")
    flags = {**(flags or {}), "project_dir": project_dir}

    class Sources(_Sources):
        model_config = SettingsConfigDict(env_file=project_dir / ".env")

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            tables = (InitSettingsSource(cls, table) for table in files.values())
            return (init_settings, env_settings, dotenv_settings, *tables)

    _check_dotenv(project_dir / ".env")
    try:
        loaded = Sources(**flags)
    except ValidationError as problem:
        raise _explain(problem, flags, project_dir, files) from problem
    return Settings.model_validate(loaded.model_dump())


def _project_files(project_dir: Path) -> dict[Path, dict[str, Any]]:
    """The project's tables by file, the stronger first; unknown keys are refused here."""
    if not project_dir.is_dir():
        raise UsageError(f"no project: {project_dir} is not a folder")
    tables: dict[Path, dict[str, Any]] = {}
    for name in ("forge.toml", "pyproject.toml"):
        path = project_dir / name
        if not path.is_file():
            continue
        try:
            table: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise SettingsError(f"{path}: not TOML: {problem}") from problem
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
            hint="write a forge.toml (or [tool.forge] in pyproject.toml), or name its folder"
            " with --project",
        )
    return tables


def _check_keys(table: Mapping[str, Any], model: type[BaseModel], path: Path, above: str) -> None:
    known = set(model.model_fields) - {"project_dir"}
    for key, value in table.items():
        if key not in known:
            line = _line_of(path, key)
            raise SettingsError(
                f"{path}{line}: unknown key {above + key!r}", hint=nearest(key, known)
            )
        inner = model.model_fields[key].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            if not isinstance(value, dict):
                raise SettingsError(f"{path}: {above + key!r} must be a table")
            _check_keys(value, inner, path, f"{above}{key}.")


def _line_of(path: Path, key: str) -> str:
    pattern = re.compile(rf"\s*\[?\s*(?:[\w.-]+\.)?[\"']?{re.escape(key)}[\"']?\s*(?:[=.\]])")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if pattern.match(line):
            return f":{number}"
    return ""


def _check_environment(variables: Mapping[str, str | None], where: str) -> None:
    """An unknown FORGE_… variable is a typing error somebody will search for: say so."""
    for name, value in variables.items():
        upper = name.upper()
        if upper.startswith(ENV_PREFIX) and not upper.startswith(TEST_PREFIX):
            _check_variable(upper.removeprefix(ENV_PREFIX).lower().split("__"), value, where)


def _check_variable(parts: list[str], value: str | None, where: str) -> None:
    model: type[BaseModel] = Settings
    variable = ENV_PREFIX + "__".join(parts).upper()
    for depth, part in enumerate(parts):
        known = set(model.model_fields) - {"project_dir"}
        inner: Any = model.model_fields[part].annotation if part in known else None
        is_section = isinstance(inner, type) and issubclass(inner, BaseModel)
        is_leaf = depth == len(parts) - 1
        if inner is None or not (is_leaf or is_section or get_origin(inner) is dict):
            prefix = ENV_PREFIX + "".join(f"{p.upper()}__" for p in parts[:depth])
            raise SettingsError(
                f"{where} {variable}: unknown key",
                hint=nearest(variable, {f"{prefix}{k.upper()}" for k in known}),
            )
        if not is_section:
            break
        model = inner
    if is_leaf and (is_section or get_origin(inner) is dict) and not _is_json_object(value):
        raise SettingsError(
            f"{where} {variable} = {value!r}: not an object in JSON",
            hint=f"set one key of it: {variable}__KEY=value",
        )


def _is_json_object(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except ValueError:
        return False


def _check_dotenv(path: Path) -> None:
    if path.is_file():
        from dotenv import dotenv_values

        try:
            variables = dotenv_values(path)
        except UnicodeDecodeError as problem:
            raise SettingsError(f"{path}: not UTF-8: {problem}") from problem
        _check_environment(variables, f"{path}: variable")


def _explain(
    problem: ValidationError,
    flags: Mapping[str, Any],
    project_dir: Path,
    files: Mapping[Path, Mapping[str, Any]],
) -> SettingsError:
    first = problem.errors()[0]
    keys = [str(part) for part in first["loc"]]
    where = _source_of(keys, flags, project_dir, files)
    value = first.get("input")
    return SettingsError(f"{where}{'.'.join(keys)} = {value!r}: {first['msg']}")


def _source_of(
    keys: list[str],
    flags: Mapping[str, Any],
    project_dir: Path,
    files: Mapping[Path, Mapping[str, Any]],
) -> str:
    """Which source gave the value at `keys`: for the message only."""
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
            return True  # an item of a list: the list itself is here
        if key not in table:
            return False
        table = table[key]
    return True
