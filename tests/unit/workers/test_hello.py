"""The hello of this machine."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from forge.errors import MachineError
from forge.model.app_settings import App
from forge.model.hello import differences
from forge.model.settings import Settings, Video, Voice
from forge.workers import hello
from forge.workers.hello import make_hello
from forge.workers.speaking import voice
from tests.support.jobs import MACHINE

FONT = b"\0\1\0\0 a table of checksums" + b"\0" * 5000


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of fonts; browser and driver are fakes."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "own.ttf").write_bytes(FONT)
    monkeypatch.setattr(hello, "FONT_FOLDERS", (str(folder),))
    monkeypatch.setattr(hello, "find_machine", lambda settings: MACHINE)
    monkeypatch.setattr(hello, "version_of", lambda program: f"version of {program}")
    return folder


def settings(folder: Path, engine: str = "silent") -> Settings:
    return Settings(project_dir=folder, voice=Voice(engine=engine))


def test_hello_has_all_that_decides_bytes(fonts: Path, tmp_path: Path) -> None:
    said = make_hello(settings(tmp_path), tmp_path / "not" / "there")
    assert said.lacks == ()
    assert said.decides["browser"] == "version of /b" and said.decides["driver"] == "version of /d"
    assert said.decides["clock"] == MACHINE.clock
    assert said.decides["fonts"].startswith("1 files (")
    wanted = {"forge", "Python", "processors", "PyAV", "numpy", "pillow", "fonttools", "time zone"}
    assert wanted <= said.decides.keys()
    assert min(said.processors, said.free_mb, said.disk_mb) > 0


def test_second_hello_is_equal_until_a_font_changes(fonts: Path, tmp_path: Path) -> None:
    first = make_hello(settings(tmp_path), tmp_path)
    assert differences(first, make_hello(settings(tmp_path), tmp_path)) == []
    (fonts / "own.ttf").write_bytes(FONT.replace(b"checksums", b"CHECKSUMS"))
    [said] = differences(first, make_hello(settings(tmp_path), tmp_path))
    assert said.startswith("fonts 1 files (")


def test_missing_browser_and_voice_are_said(
    fonts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise MachineError("no Chromium on this machine", hint="install it")

    monkeypatch.setattr(hello, "find_machine", none)
    said = make_hello(settings(tmp_path, "piper"), tmp_path)
    assert said.lacks == ("no Chromium on this machine (install it)",)
    monkeypatch.setattr(voice, "check_voice", none)
    assert len(make_hello(settings(tmp_path, "piper"), tmp_path).lacks) == 2


def test_host_needs_no_key_of_a_voice(
    fonts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    said = make_hello(settings(tmp_path, "openai"), tmp_path)
    assert said.lacks == ()
    assert not [label for label in said.decides if label.startswith("voice")]


@pytest.mark.parametrize("is_host", [True, False])
def test_only_a_host_lacks_the_secrets_of_a_sign_in(
    fonts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_host: bool
) -> None:
    monkeypatch.setenv("SHOP_USER", "ana")
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    (tmp_path / ".env").write_text("SHOP_PASSWORD=of the folder in which the worker was started")
    monkeypatch.chdir(tmp_path)
    fields = {"Email": "$SHOP_USER", "Password": "$SHOP_PASSWORD", "Pin": "$SHOP_PIN_{slot}"}
    app = App.model_validate({"url": "http://shop.example", "sign_in": {"fields": fields}})
    made = settings(tmp_path).model_copy(update={"app": app, "project_dir": Path()})
    lacks = make_hello(made, tmp_path / "projects", is_host=is_host).lacks
    assert len(lacks) == is_host
    assert all("variable SHOP_PASSWORD is not set on" in lack for lack in lacks)


@pytest.mark.parametrize(
    ("adapter", "packages"),
    [
        ("adapters/shop.py:Shop", []),
        ("not_installed:Shop", []),
        ("selenium.x:Shop", ["selenium"]),
        ("forge.adapters.demo:DemoApp", []),
    ],
)
def test_package_of_an_adapter_is_compared(
    fonts: Path, tmp_path: Path, adapter: str, packages: list[str]
) -> None:
    made = settings(tmp_path).model_copy(update={"adapter": adapter})
    labels = make_hello(made, tmp_path).decides
    assert [f"adapter's package {name}" for name in packages] == [
        label for label in labels if label.startswith("adapter")
    ]


def test_model_of_a_voice_comes_with_the_project(
    fonts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "check_voice", lambda *_: [])
    monkeypatch.setattr(voice, "make_voice", lambda *_: SimpleNamespace(key="piper-1"))
    named = Voice(engine="piper", name="models/joe.onnx")
    said = make_hello(Settings(project_dir=tmp_path, voice=named), tmp_path)
    assert (said.lacks, said.decides["voice piper"]) == ((), "piper-1")


@pytest.mark.parametrize(
    ("named", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), (":Etc/UTC", "UTC"), ("UTC", "UTC")]
)
def test_time_zone_is_that_of_pages(monkeypatch: pytest.MonkeyPatch, named: str, zone: str) -> None:
    monkeypatch.setenv("TZ", named)
    assert hello.time_zone() == zone


def test_time_zone_is_the_machines_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(os.path, "realpath", lambda path: "/usr/share/zoneinfo/Europe/Berlin")
    assert hello.time_zone() == "Europe/Berlin"
    monkeypatch.setattr(os.path, "realpath", lambda path: path)
    assert hello.time_zone() == "UTC"


@pytest.mark.browser
@pytest.mark.voice
def test_hello_of_the_real_machine(tmp_path: Path) -> None:
    made = Settings(project_dir=tmp_path, languages=("en", "es"), video=Video(clock="elastic"))
    said = make_hello(made, tmp_path)
    assert said.lacks == ()
    assert said.decides["browser"].split()[0] in ("Chromium", "Google")
    assert said.decides["driver"].startswith("ChromeDriver ")
    assert said.decides["clock"] == "elastic"
    assert "gmw/en-us/175" in said.decides["voice gmw/en-us"]
    assert said.decides["espeak-ng"][0].isdigit()
