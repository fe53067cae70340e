"""Settings: flags > environment > .env > forge.toml > pyproject.toml, read once and frozen."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forge.errors import SettingsError, UsageError
from forge.model.settings import Settings, Voice
from forge.project.settings_sources import load_settings
from tests.support.project import Project


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A folder without any project file."""
    return Project(tmp_path)


SOURCES = ("pyproject", "forge.toml", ".env", "environment", "flag")


def fill(project: Project, monkeypatch: pytest.MonkeyPatch, sources: tuple[str, ...]) -> Settings:
    """Load settings from `sources`, each with its own fps, rate and languages."""
    at = {name: 20 + SOURCES.index(name) for name in SOURCES}
    flags: dict[str, Any] = {}
    project.write("forge.toml", "")
    for name in sources:
        value = at[name]
        if name == "pyproject":
            project.write(
                "pyproject.toml",
                f'[tool.forge]\nlanguages = "pp"\nvideo.fps = {value}\nvoice.rate = {value * 10}\n',
            )
        elif name == "forge.toml":
            project.write(
                "forge.toml", f'languages = "ft"\nvideo.fps = {value}\nvoice.rate = {value * 10}\n'
            )
        elif name == ".env":
            text = f"FORGE_LANGUAGES=de\nFORGE_VIDEO__FPS={value}\nFORGE_VOICE__RATE={value * 10}\n"
            project.write(".env", text)
        elif name == "environment":
            monkeypatch.setenv("FORGE_LANGUAGES", "ev")
            monkeypatch.setenv("FORGE_VIDEO__FPS", str(value))
            monkeypatch.setenv("FORGE_VOICE__RATE", str(value * 10))
        else:
            flags = {"languages": "fl", "video": {"fps": value}, "voice": {"rate": value * 10}}
    return load_settings(project.folder, flags)


@pytest.mark.parametrize("strongest", SOURCES)
def test_a_source_beats_all_that_are_weaker(
    bare: Project, monkeypatch: pytest.MonkeyPatch, strongest: str
) -> None:
    rank = SOURCES.index(strongest)
    settings = fill(bare, monkeypatch, SOURCES[: rank + 1])
    assert settings.video.fps == 20 + rank
    assert settings.voice.rate == 200 + 10 * rank
    assert settings.languages is not None
    assert settings.languages[0] == ("pp", "ft", "de", "ev", "fl")[rank]


def test_sources_are_merged_key_by_key(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.write("pyproject.toml", "[tool.forge.video]\nwidth = 640\n")
    bare.write("forge.toml", "[video]\nheight = 360\n")
    bare.write(".env", "FORGE_VIDEO__FPS=24\n")
    monkeypatch.setenv("FORGE_VIDEO__SCALE", "2")
    video = load_settings(bare.folder, {"video": {"clock": "real"}}).video
    assert (video.width, video.height, video.fps, video.scale, video.clock) == (
        640,
        360,
        24,
        2,
        "real",
    )


def test_each_project_file_is_enough_alone(bare: Project) -> None:
    bare.write("pyproject.toml", "[tool.forge]\nstrict = true\n")
    assert load_settings(bare.folder).strict
    bare.write("pyproject.toml", "[tool.other]\nx = 1\n")
    bare.write("forge.toml", "")
    assert not load_settings(bare.folder).strict


@pytest.mark.parametrize("text", [None, "[tool.other]\nx = 1\n", "tool = 3\n"])
def test_no_project_file_says_what_to_write(bare: Project, text: str | None) -> None:
    if text is not None:
        bare.write("pyproject.toml", text)
    with pytest.raises(UsageError, match="no project file in") as caught:
        load_settings(bare.folder)
    assert "forge.toml" in caught.value.hint


def test_project_must_be_a_folder(bare: Project) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        load_settings(bare.folder / "nowhere")


UNKNOWN = {
    "forge.toml": ("forge.toml", "jobs = 1\njobz = 2\n", r"forge\.toml:2: unknown key 'jobz'"),
    "a table of forge.toml": (
        "forge.toml",
        "[video]\nfps = 30\nclok = 'real'\n",
        r"forge\.toml:3: unknown key 'video\.clok'",
    ),
    "a dotted key": ("forge.toml", "video.clok = 1\n", r"forge\.toml:1: unknown key 'video\.clok'"),
    "a table": ("forge.toml", "\n[vioce]\n", r"forge\.toml:2: unknown key 'vioce'"),
    "pyproject": (
        "pyproject.toml",
        "[tool.forge]\njobz = 1\n",
        r"pyproject\.toml:2: unknown key 'jobz'",
    ),
    "a table of .env": (".env", "FORGE_VIDEO__CLOK=1\n", r"FORGE_VIDEO__CLOK: unknown key"),
}
NEAREST = {"JOBZ": "jobs", "CLOK": "clock", "VIOCE": "voice"}


@pytest.mark.parametrize(("name", "text", "message"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_unknown_key_gets_a_suggestion(bare: Project, name: str, text: str, message: str) -> None:
    bare.write("forge.toml", "")
    bare.write(name, text)
    with pytest.raises(SettingsError, match=message) as caught:
        load_settings(bare.folder)
    wrong = next(word for word in NEAREST if word in caught.value.message.upper())
    assert caught.value.hint.upper().endswith(f"{NEAREST[wrong]}'?".upper())


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("FORGE_VIDEO__CLOK", "FORGE_VIDEO__CLOCK"),
        ("forge_voice__rat", "FORGE_VOICE__RATE"),
        ("FORGE_JOBS__X", "FORGE_JOBS"),
    ],
)
def test_unknown_section_variable_gets_a_suggestion(
    bare: Project, monkeypatch: pytest.MonkeyPatch, name: str, near: str
) -> None:
    bare.write("forge.toml", "")
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError) as caught:
        load_settings(bare.folder)
    assert caught.value.message == f"environment variable {name.upper()}: unknown key"
    assert caught.value.hint == f"did you mean {near!r}?"


def test_other_variables_are_named_without_values(
    bare: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.write("forge.toml", "")
    bare.write(".env", "DATABASE_URL=x\nFORGE_TEST_ANYTHING=1\nFORGE_STRICT=true\nFORGE_EMAIL=x\n")
    monkeypatch.setenv("FORGE_API_TOKEN", "sesame")
    monkeypatch.setenv("FORGE_VIOCE__RATE", "sesame")
    monkeypatch.setenv("FORGE_PROJECT_DIR", "/sesame")
    told: list[str] = []
    settings = load_settings(bare.folder, warn=told.append)
    assert settings.strict
    assert settings.project_dir == bare.folder
    ignored = "is not a setting of forge, and is ignored"
    assert sorted(told) == [
        f"{bare.folder}/.env: variable FORGE_EMAIL {ignored}",
        f"environment variable FORGE_API_TOKEN {ignored}",
        f"environment variable FORGE_PROJECT_DIR {ignored}; did you mean FORGE_OUT_DIR?",
        f"environment variable FORGE_VIOCE__RATE {ignored}; did you mean FORGE_VOICE?",
    ]


def test_byte_order_mark_is_skipped(bare: Project) -> None:
    mark = "\ufeff"
    bare.write("forge.toml", f"{mark}jobs = 3\r\n")
    bare.write("pyproject.toml", f"{mark}[tool.forge]\r\nstrict = true\r\n")
    bare.write(".env", f"{mark}FORGE_VIDEO__FPS=25\r\n")
    settings = load_settings(bare.folder)
    assert (settings.jobs, settings.strict, settings.video.fps) == (3, True, 25)


@pytest.mark.parametrize("name", ["caf\udce9", "a\x1b[2Jb"])
def test_project_folder_with_control_characters_is_refused(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path / name)
    project.write("forge.toml", "")
    with pytest.raises(UsageError, match="is not UTF-8, or has control characters"):
        load_settings(project.folder)


WRONG_VALUES = {
    "jobs = 0": ("jobs = 0\n", r"forge\.toml:1: jobs = 0: .*greater than or equal to 1"),
    "a list": ("strict = false\nlanguages = ['e n']\n", r"forge\.toml:2: languages\.0 = 'e n'"),
    "in a table": ("[voice]\nrate = 'fast'\n", r"forge\.toml:2: voice\.rate = 'fast'"),
    "odd width": ("[video]\nwidth = 1921\n", r"forge\.toml:2: video\.width = 1921: .*multiple"),
    "odd pixels": (
        "[video]\nwidth = 1366\nheight = 768\nscale = 1.5\n",
        r"forge\.toml:4: video\.scale = 1\.5: .*width = 1364 or width = 1368 or scale = 1 works",
    ),
    "a clock": (
        "[video]\nclock = 'sun'\n",
        r"video\.clock = 'sun': .*'auto', 'elastic', 'real' or 'virtual'",
    ),
    "a voice": ("[voice.by_language]\nes = 3\n", r"forge\.toml:2: voice\.by_language\.es = 3"),
    "no table": ("voice = 3\n", r"forge\.toml: 'voice' must be a table"),
    "no TOML": ("jobs = \n", r"forge\.toml: not TOML: .*line 1"),
}


@pytest.mark.parametrize(("text", "message"), WRONG_VALUES.values(), ids=list(WRONG_VALUES))
def test_a_wrong_value_says_where_it_stands(bare: Project, text: str, message: str) -> None:
    bare.write("forge.toml", text)
    with pytest.raises(SettingsError, match=message):
        load_settings(bare.folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[voice.say]\nA = "B"\nB = "an A"',
            r"forge\.toml:[23]: voice\.say\.[AB]: a loop: '[AB]' us",
        ),
        (
            '[voice.say]\nA = "B"\n[voice.say.es]\nB = "A"',
            r"forge\.toml:[24]: voice\.say\.(A|es\.B):",
        ),
        ('[voice.say.klingon]\nA = "B"', r"forge\.toml:1: voice\.say\.klingon: .* not a language"),
        ("[voice.say]\nA = 1", r"forge\.toml:2: voice\.say\.A"),
        ('[voice.say.es]\n"" = "x"', r"forge\.toml.* voice\.say\.es\.: an entry without a word"),
    ],
)
def test_a_wrong_lexicon_says_where_it_stands(bare: Project, text: str, message: str) -> None:
    bare.write("forge.toml", text)
    with pytest.raises(SettingsError, match=message):
        load_settings(bare.folder)


def test_a_lexicon_has_words_for_all_languages_and_for_one(bare: Project) -> None:
    bare.write(
        "forge.toml", '[voice.say]\nSQL = "sequel"\n"C++" = "see"\n[voice.say.pt-BR]\nA = "b"'
    )
    say = load_settings(bare.folder).voice.say
    assert say == {"SQL": "sequel", "C++": "see", "pt-BR": {"A": "b"}}


def test_tool_forge_must_be_a_table(bare: Project) -> None:
    bare.write("pyproject.toml", "[tool]\nforge = 3\n")
    with pytest.raises(SettingsError, match=r"pyproject\.toml: 'tool\.forge' must be a table"):
        load_settings(bare.folder)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("FORGE_JOBS", "two", r"environment variable FORGE_JOBS: jobs = 'two'"),
        ("FORGE_VIDEO__FPS", "999", r"environment variable FORGE_VIDEO__FPS: video\.fps"),
        ("FORGE_VOICE", "silent", r"FORGE_VOICE = 'silent': not an object in JSON"),
        ("FORGE_VOICE__BY_LANGUAGE", "es", r"FORGE_VOICE__BY_LANGUAGE = 'es': not an object"),
        ("FORGE_STYLE__LOGO", "caf\udce9.png", "variable FORGE_STYLE__LOGO: not UTF-8"),
        ("FORGE_LANGUAGES", "en-" + "-".join(["abcdefgh"] * 30), "at most 35 characters"),
        ("FORGE_VOICE", '{"rate": 3}', r"environment variable FORGE_VOICE: voice\.rate = 3"),
    ],
)
def test_a_wrong_variable_is_named(
    bare: Project, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    bare.write("forge.toml", "")
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings(bare.folder)


def test_wrong_dotenv_variable_names_the_file(bare: Project) -> None:
    bare.write("forge.toml", "")
    bare.write(".env", "FORGE_JOBS=two\n")
    with pytest.raises(SettingsError, match=r"\.env: jobs = 'two'"):
        load_settings(bare.folder)
    (bare.folder / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env: not UTF-8"):
        load_settings(bare.folder)


def test_dotenv_must_be_a_regular_file(bare: Project) -> None:
    bare.write("forge.toml", "")
    dotenv = bare.folder / ".env"
    dotenv.mkdir()
    load_settings(bare.folder)
    dotenv.rmdir()
    os.mkfifo(dotenv)
    with pytest.raises(SettingsError, match=r"\.env cannot be read: not a regular file"):
        load_settings(bare.folder)


def test_a_wrong_flag_is_told_as_one(bare: Project) -> None:
    bare.write("forge.toml", "")
    with pytest.raises(SettingsError, match=r"command line: video\.clock = 'sun'"):
        load_settings(bare.folder, {"video": {"clock": "sun"}})


@pytest.mark.parametrize("text", ["en, es", " en,es ,", "en,,es"])
def test_comma_list_is_split(bare: Project, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    bare.write("forge.toml", "")
    assert load_settings(bare.folder, {"languages": text}).languages == ("en", "es")
    monkeypatch.setenv("FORGE_LANGUAGES", text)
    monkeypatch.setenv("FORGE_BROWSER__ARGS", "--a, --b=c")
    settings = load_settings(bare.folder)
    assert settings.languages == ("en", "es")
    assert settings.browser.args == ("--a", "--b=c")


def test_settings_and_their_tables_are_frozen(bare: Project) -> None:
    bare.write("forge.toml", "")
    settings = load_settings(bare.folder)
    for target, name in ((settings, "jobs"), (settings.video, "fps")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(target, name, 2)


def test_folders_are_relative_to_the_project(
    bare: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.write("inner/forge.toml", "out_dir = 'videos'\n")
    monkeypatch.chdir(bare.folder)
    settings = load_settings(Path("inner"))
    monkeypatch.chdir("/")
    assert settings.output_dir == bare.folder / "inner" / "videos"
    assert settings.work_root == bare.folder / "inner" / ".forge"


def test_voice_of_a_language_has_three_sources() -> None:
    assert Voice().for_language("es") == "roa/es"
    assert Voice().for_language("pt-BR") == "roa/pt-br"
    assert Voice().for_language("es-MX") == "roa/es"
    assert Voice().for_language("xx") is None
    assert Voice(name="x").for_language("es") == "x"
    assert Voice(name="x", by_language={"es": "y"}).for_language("es") == "y"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[app]\ncomand = ['a']", "forge.toml:2: unknown key 'app.comand'"),
        ("[app]\nstatic = 'a'\n\nurl = 'http://b'", "forge.toml:4: app.url: does not go together"),
        ("[app]\ndata = 'seed'", "forge.toml:2: app.data: there is no app"),
        ("[app]\ncommand = 'serve {prot}'", "forge.toml:2: app.command: unknown placeholder"),
        ("[app]\ncommand = 'a \"b'", "forge.toml:2: app.command"),
        ("[app]\ncommand = 'a'\n[app.sign_in]\npgae = '/'", "unknown key 'app.sign_in.pgae'"),
        ("[app]\nstatic = 'dist/a'", "forge.toml:2: app.static = 'dist/a': videos are written"),
        ("[app]\ncommand = '{data}'\ndata = '.'", "forge.toml:3: app.data = '.': it would be"),
        ("adapter = 'a.py:A'\n[app]\nstatic = 'a'", "forge.toml:1: adapter = 'a.py:A': [app] is"),
    ],
)
def test_wrong_app_is_named_with_file_line_and_key(bare: Project, text: str, says: str) -> None:
    bare.write("forge.toml", text)
    with pytest.raises(SettingsError) as caught:
        load_settings(bare.folder)
    assert says in caught.value.message


def test_secret_in_the_file_is_refused_and_not_shown(bare: Project) -> None:
    bare.write(
        "forge.toml",
        """
        [app]
        url = "https://shop.example"
        [app.sign_in]
        fields = { "Password" = "s3cret" }
        """,
    )
    with pytest.raises(SettingsError, match="is not the name of an environment") as caught:
        load_settings(bare.folder)
    assert "forge.toml: app.sign_in.fields.Password is not the name" in caught.value.message
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_app_comes_from_several_sources(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.write("forge.toml", "[app]\ncommand = 'serve {port}'\nenv = { A = 1 }\n")
    monkeypatch.setenv("FORGE_APP__START_PAGE", "/events")
    monkeypatch.setenv("FORGE_APP__SIGN_IN__PAGE", "/in")
    monkeypatch.setenv("FORGE_APP__SIGN_IN__FIELDS", '{"Email": "$SHOP_USER"}')
    app = load_settings(bare.folder).app
    assert (app.command, app.start_page) == (("serve", "{port}"), "/events")
    assert app.env == {"A": "1"}
    assert app.sign_in
    assert app.sign_in.page == "/in"


def test_variables_of_an_app_keep_their_capitals(
    bare: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.write("forge.toml", "[app]\ncommand = 'serve'\n")
    monkeypatch.setenv("FORGE_APP__ENV", '{"A": "1"}')
    assert load_settings(bare.folder).app.env == {"A": "1"}
    monkeypatch.setenv("FORGE_APP__ENV__B", "2")
    with pytest.raises(SettingsError, match="FORGE_APP__ENV__B: names in this table") as caught:
        load_settings(bare.folder)
    assert "FORGE_APP__ENV='{" in caught.value.hint
