"""Settings on their way to another host: relative paths, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forge.errors import UsageError
from forge.model.app_settings import App
from forge.model.settings import Settings, Sound, Style, Voice
from forge.store.travel import for_host, on_host


def settings(folder: Path, **fields: Any) -> Settings:
    return Settings(project_dir=folder, **fields)


def test_paths_of_the_project_arrive_in_its_folder_there(tmp_path: Path) -> None:
    sent = for_host(
        settings(
            tmp_path,
            adapter=f"{tmp_path}/shop.py:Shop",
            out_dir=tmp_path / "videos",
            sound=Sound(music=tmp_path / "a.mp3"),
            style=Style(logo=Path("logo.png"), font=tmp_path / "fonts" / "own.ttf"),
        )
    )
    assert str(tmp_path) not in sent.model_dump_json()
    there = on_host(Settings.model_validate_json(sent.model_dump_json()), Path("/host/abc"))
    assert there.output_dir == Path("/host/abc/videos")
    assert there.adapter == "shop.py:Shop"
    assert (there.sound.music, there.style.logo) == (Path("a.mp3"), Path("logo.png"))
    assert there.style.font == Path("fonts/own.ttf")


def test_output_folder_outside_becomes_the_usual_one(tmp_path: Path) -> None:
    assert for_host(settings(tmp_path, out_dir=Path("/elsewhere"))).out_dir == Path("dist")
    assert for_host(settings(tmp_path, out_dir=Path("dist/all"))).out_dir == Path("dist/all")


def test_adapter_of_a_package_stays(tmp_path: Path) -> None:
    assert for_host(settings(tmp_path, adapter="shop.tours:Shop")).adapter == "shop.tours:Shop"
    assert for_host(settings(tmp_path)).adapter is None


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"sound": Sound(music=Path("/music/a.mp3"))}, "sound.music"),
        ({"style": Style(logo=Path("../logo.png"))}, "style.logo"),
        ({"style": Style(font=Path("/fonts/own.ttf"))}, "style.font"),
        ({"style": Style(cursor_image=Path("/cursor.png"))}, "style.cursor_image"),
        ({"adapter": "/apps/shop.py:Shop"}, "the adapter"),
    ],
)
def test_files_outside_are_refused(tmp_path: Path, fields: dict[str, Any], what: str) -> None:
    with pytest.raises(UsageError, match=f"{what} lies outside of the project: /") as problem:
        for_host(settings(tmp_path, **fields))
    assert "copy the file into it" in problem.value.hint


def test_model_of_a_voice_must_be_named_by_its_path_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "joe.onnx").write_bytes(b"")
    piper = Voice(engine="piper", name="joe.onnx", by_language={"es": "some-voice"})
    assert for_host(settings(tmp_path, voice=piper)).voice == piper
    absolute = piper.model_copy(update={"name": str(tmp_path / "joe.onnx")})
    with pytest.raises(UsageError, match="absolute path") as problem:
        for_host(settings(tmp_path, voice=absolute))
    assert problem.value.hint.endswith("in the project: joe.onnx")


@pytest.mark.parametrize("login", ["me:secret", "secret"])
def test_login_in_an_address_is_refused(tmp_path: Path, login: str) -> None:
    voice = Voice(engine="openai", base_url=f"https://{login}@proxy.example")
    with pytest.raises(UsageError, match="has a user or a password in it") as problem:
        for_host(settings(tmp_path, voice=voice))
    assert "secret" not in str(problem.value)


def test_paths_of_an_app_become_relative(tmp_path: Path) -> None:
    app = App(command=("a",), data=f"{tmp_path}/seed", cwd=f"{tmp_path}/web", log=Path("/x.log"))
    sent = for_host(settings(tmp_path, app=app)).app
    assert (sent.data, sent.cwd, sent.log) == ("seed", "web", None)
    sent = for_host(settings(tmp_path, app=App(static=tmp_path / "site"))).app
    assert sent.static == Path("site")
    sent = for_host(settings(tmp_path, app=App(data="postgres://db/shop", cwd="{data}"))).app
    assert (sent.data, sent.cwd) == ("postgres://db/shop", "{data}")
    with pytest.raises(UsageError, match=r"app\.data lies outside"):
        for_host(settings(tmp_path, app=App(data="/var/seed")))
