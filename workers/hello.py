"""Make the hello of this machine: versions, fonts, room, and what it lacks."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import psutil

from forge.errors import ForgeError
from forge.model.hello import Hello
from forge.model.machine import processors
from forge.model.settings import Settings
from forge.version import __version__
from forge.workers.checks import check_secrets_of_all, find_machine
from forge.workers.packages import DRAWING, versions_of
from forge.workers.recording.browser.find import version_of
from forge.workers.speaking import voice

CODE = (".py", ".js", ".toml")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_CONFIG = "/etc/fonts"
#: A font file begins with a table of checksums of all its parts.
FONT_HEAD_BYTES = 4096
ZONES = "/zoneinfo/"
UTC = ("Etc/UTC", "Etc/UCT", "UCT", "Universal", "Zulu", "")
MODEL = ".onnx"
ESPEAK = "libespeak-ng.so.1"


def make_hello(settings: Settings, folder: Path, *, is_host: bool = False) -> Hello:
    """Return the hello of this machine for a project with these settings.

    Programs are asked for their versions, which takes about a second; no browser window is opened.
    `folder` will hold the project: the room on its disk is measured. `is_host`: home, from which no
    secrets come, is another machine.
    """

    def secrets(settings: Settings) -> dict[str, str]:
        if is_host:
            check_secrets_of_all(settings, folder)
        return {}

    decides = {
        "forge": f"{__version__} ({_code()})",
        "Python": platform.python_version().rpartition(".")[0],
        "processors": platform.machine(),
    }
    lacks: list[str] = []
    for add in (_browser, _voices, _adapter, secrets):
        try:
            decides |= add(settings)
        except ForgeError as problem:
            lacks.append(f"{problem.message} ({problem.hint})" if problem.hint else problem.message)
    decides |= _packages() | {"fonts": _fonts(), "time zone": time_zone()}
    return Hello(
        decides=decides,
        lacks=tuple(lacks),
        processors=processors(),
        free_mb=round(psutil.virtual_memory().available / 2**20),
        disk_mb=round(shutil.disk_usage(_existing(folder)).free / 2**20),
        model=_processor(),
    )


def _code() -> str:
    """Return a digest of forge's own code: two checkouts of one version may differ."""
    package = Path(sys.modules["forge"].__path__[0])
    folders = (package, package / "workers", package / "adapters")  # the last two may be links
    files = {path for folder in folders for path in folder.rglob("*") if path.suffix in CODE}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _browser(settings: Settings) -> dict[str, str]:
    machine = find_machine(settings)
    return {
        "browser": version_of(machine.browser),
        "driver": version_of(machine.driver),
        "clock": machine.clock,
    }


def _voices(settings: Settings) -> dict[str, str]:
    """Return the versions of the voices that speak on the machine itself; check that they do."""
    config = settings.voice
    if config.may_need_key:
        return {}  # its sentences are spoken at home
    languages = settings.languages or (settings.source_language,)
    names = {_spoken_by(config.for_language(language)) for language in languages}
    voice.check_voice(config, names, settings.project_dir)
    keys = {
        f"voice {name or config.engine}": voice.make_voice(config, name, settings.project_dir).key
        for name in sorted(names, key=str)
    }
    return {"espeak-ng": _espeak(), **keys} if config.engine == "pyttsx3" else keys


def _adapter(settings: Settings) -> dict[str, str]:
    """Return the version of the installed package that the adapter is in, if it is in one."""
    module = (settings.adapter or "").rpartition(":")[0]
    top = module.partition(".")[0]
    if not module or module.endswith(".py") or top == "forge":  # whose code is compared anyway
        return {}
    names = metadata.packages_distributions().get(top, ())  # reads all that is installed
    return {f"adapter's package {name}": metadata.version(name) for name in names}


def _spoken_by(name: str | None) -> str | None:
    """Return the name of a voice; None for a model, which comes with the project and later."""
    return None if name and name.endswith(MODEL) else name


def _espeak() -> str:
    try:
        library = ctypes.CDLL(ESPEAK)
        library.espeak_Info.restype = ctypes.c_char_p
        return str(library.espeak_Info(None).decode())
    except (OSError, AttributeError):
        return "unknown"


def _packages() -> dict[str, str]:
    import av
    from PIL import features

    drawing = ("freetype2", "raqm", "harfbuzz", "fribidi")
    libraries = ", ".join(f"{name} {features.version(name)}" for name in drawing)
    encoding = ", ".join(
        f"{name.removeprefix('lib')} {'.'.join(map(str, version))}"
        for name, version in sorted(av.library_versions.items())
    )
    versions = versions_of((*DRAWING, "selenium"))
    return {
        **versions,
        "pillow": f"{versions['pillow']} ({libraries})",
        "PyAV": f"{av.__version__} ({encoding})",
    }


def _fonts() -> str:
    """Return the number of the installed fonts, and a digest of them and their configuration."""
    digest, count = hashlib.sha256(), 0
    for folder in (*FONT_FOLDERS, FONT_CONFIG):
        for name, path in _files(Path(folder).expanduser()):
            with suppress(OSError), path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                digest.update(f"{name}\0{size}\0".encode(errors="surrogateescape"))
                digest.update(file.read(FONT_HEAD_BYTES))
                count += folder != FONT_CONFIG
    return f"{count} files ({digest.hexdigest()[:12]})"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def time_zone() -> str:
    """Return the name of the time zone that pages see, such as Europe/Berlin."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if not named:
        target = os.path.realpath("/etc/localtime")
        named = target.partition(ZONES)[2]
    return "UTC" if named in UTC else named


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _existing(folder: Path) -> Path:
    """Return `folder`, or the nearest folder above it that exists."""
    return next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.exists()
    )
