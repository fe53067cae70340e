"""Settings that travel to another host with the project, and arrive in its folder there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from forge.errors import UsageError
from forge.model.app_settings import App
from forge.model.settings import Settings
from forge.store.parcel import inside
from forge.text.placeholders import names_in

USUAL_OUT_DIR = Path("dist")


def for_host(settings: Settings) -> Settings:
    """Return `settings` with every path of the project relative to its folder.

    An output folder outside of the project becomes `dist`: the host's videos are sent home.
    `[browser]` keeps its paths, which are the host's.

    Raises:
        UsageError: a file lies outside of the project, or the address of a voice has a password.
    """
    root, out = settings.project_dir, settings.output_dir
    if "@" in urlsplit(settings.voice.base_url or "").netloc:
        raise UsageError(
            "voice.base_url has a user or a password in it, which would be sent to the hosts",
            hint="remove it; keys belong into environment variables, which stay here",
        )
    for voice in _voices(settings):
        inside(root, root / voice, "the voice")
        if Path(voice).is_absolute():
            raise UsageError(
                f"the voice {voice} has an absolute path, which no other host has",
                hint=f"name it by its path in the project: {inside(root, Path(voice), 'it')}",
            )
    sound, style = settings.sound, settings.style
    return settings.model_copy(
        update={
            "project_dir": Path(),
            "out_dir": out.relative_to(root) if out.is_relative_to(root) else USUAL_OUT_DIR,
            "adapter": _adapter(settings),
            "app": _app(settings),
            "sound": sound.model_copy(update={"music": _file(root, sound.music, "sound.music")}),
            "style": style.model_copy(
                update={
                    name: _file(root, getattr(style, name), f"style.{name}")
                    for name in ("cursor_image", "logo", "font")
                }
            ),
        }
    )


def on_host(settings: Settings, project: Path) -> Settings:
    """Return settings that have travelled, for the project that was unpacked to `project`."""
    return settings.model_copy(update={"project_dir": project})


def _file(root: Path, path: Path | None, key: str) -> Path | None:
    return inside(root, root / path, key) if path else None


def _adapter(settings: Settings) -> str | None:
    """Return the reference to the adapter; the path of a file is relative to the project."""
    where, _, name = (settings.adapter or "").rpartition(":")
    if not where.endswith(".py"):
        return settings.adapter
    file = inside(settings.project_dir, settings.project_dir / where, "the adapter")
    return f"{file.as_posix()}:{name}"


def _app(settings: Settings) -> App:
    """Return `[app]` with paths relative to the project; that of its log is the host's own."""
    root, app = settings.project_dir, settings.app
    data, cwd = app.data, app.cwd
    if data and app.data_path:
        data = inside(root, root / data, "app.data").as_posix()
    if cwd and not names_in([cwd]):
        cwd = inside(root, root / cwd, "app.cwd").as_posix()
    static = _file(root, app.static, "app.static")
    return app.model_copy(update={"static": static, "data": data, "cwd": cwd, "log": None})


def _voices(settings: Settings) -> Iterator[str]:
    """Yield the names of voices that are files."""
    voice = settings.voice
    for name in (voice.name, *voice.by_language.values()):
        if name and (settings.project_dir / name).is_file():
            yield name
