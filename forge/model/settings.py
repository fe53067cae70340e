"""Settings: everything a batch needs to know, frozen.

`forge.project.settings_sources` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

CACHE = "cache"  # in `.forge`, beside the work dirs
LOGS = "logs"
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
Language = Annotated[str, Field(pattern=f"^{LANGUAGE.pattern}$", max_length=35)]


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
    clock: Literal["auto", "elastic", "real", "virtual"] = "auto"


class Hand(_Section):
    """`[hand]`: how the recorded hand moves. `typing`: keys a second; 0 types all at once."""

    typing: Annotated[float, Field(ge=0, le=100)] = 20.0
    scroll: bool = True


class Page(_Section):
    """`[page]`: what the page takes for chance and for the date, on the virtual clock.

    `random_seed` is what `Math.random` begins with in every document; `date` is the day and time
    at which the recording begins (default: now).
    """

    random_seed: Annotated[int, Field(ge=0, lt=2**32)] | None = 1
    date: datetime | None = None


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
    """`[limits]`: when a job is given up, and a worker or a batch ended. Times in seconds.

    `silence_s`: the longest a job may be without a sign of life; `backoff_s`: the pause before a
    second attempt, doubled for each one after; `restarts`: how many workers may die one after the
    other, before the batch stops. A worker is replaced after `lane_jobs` jobs (0: never), or when
    it holds `lane_growth_mb` more than after its first. `disk_mb`: the free space (MB) without
    which no job starts.
    """

    job_s: Annotated[float, Field(gt=0)] = 3600.0
    silence_s: Annotated[float, Field(gt=0)] = 660.0  # a step's `wait_for` may take 600
    backoff_s: Annotated[float, Field(ge=0)] = 1.0
    restarts: Annotated[int, Field(ge=0)] = 5
    lane_jobs: Annotated[int, Field(ge=0)] = 100
    lane_growth_mb: Annotated[float, Field(gt=0)] = 500.0
    disk_mb: Annotated[float, Field(ge=0)] = 200.0


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
    page: Page = Page()
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

    def part_folders(self) -> Iterator[Path]:
        """Where a render writes files that appear under their names only when whole."""
        yield self.output_dir
        yield self.work_root
        for pattern in ("*", f"{CACHE}/*"):
            yield from (path for path in self.work_root.glob(pattern) if path.is_dir())
