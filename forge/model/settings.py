"""Settings: everything a batch needs to know, frozen.

`forge.project.settings_sources` reads them. The text under each field is its documentation: the
table of settings (docs/reference/settings.md) is made of it, with the unit in brackets first.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from forge.model.app_settings import App
from forge.model.pixels import SIDES, pixels, why_not
from forge.model.section import Section

Clock = Literal["auto", "elastic", "real", "virtual"]
ENV_PREFIX = "FORGE_"  # of variables that are settings
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

#: The espeak-ng voice of each language without an entry in `voice.by_language`.
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
KOKORO_VOICES = {"ja": "ja/jf_alpha", "zh": "zh/jf_nezumi"}
#: Engines whose voices speak one language each; a voice of any other engine speaks all.
VOICES_BY_ENGINE = {"pyttsx3": DEFAULT_VOICES, "piper": PIPER_VOICES, "kokoro": KOKORO_VOICES}
WITHOUT_KEY = {*VOICES_BY_ENGINE, "silent"}


def _words(value: object) -> object:
    """Split `en,es`, as it stands in a variable or on the command line."""
    return [w.strip() for w in value.split(",") if w.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Language = Annotated[str, Field(pattern=f"^{LANGUAGE.pattern}$", max_length=35)]


def _colour(value: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        raise ValueError('a colour is written like "#2f6feb"')
    return value


Colour = Annotated[str, AfterValidator(_colour)]
Languages = Annotated[tuple[Language, ...], BeforeValidator(_words)]


def _spoken(value: object) -> object:
    table = value.values() if isinstance(value, dict) else (value,)
    if not all(isinstance(spoken, str) for spoken in table):
        raise ValueError('write how it is spoken as a text: SQL = "sequel"')
    return value


#: How a word is spoken or, by the name of a language, how its words are.
Spoken = Annotated[str | dict[str, str], BeforeValidator(_spoken)]


class Voice(Section):
    """`[voice]`: the speech engine and its voices."""

    engine: str = "pyttsx3"
    """The speech engine: `pyttsx3`, `silent`, `piper`, `kokoro`, `openai`, `elevenlabs`, or the
    name of an entry point in the group `forge.voices`."""
    name: str | None = None
    """The voice for every language without an entry in `by_language`. Default: forge's choice."""
    model: str | None = None
    """The model of a voice on the network. Default: the engine's choice."""
    base_url: str | None = None
    """The address of a service on the network: a proxy, or a local server with the same API."""
    per_minute: Annotated[int, Field(ge=1, le=6000)] | None = None
    """[requests/min] The limit for a service on the network, over all lanes of the project.
    Default: no limit."""
    rate: Annotated[int, Field(ge=80, le=450)] = 175
    """[words/min] The speed of speech."""
    by_language: dict[str, str] = {}
    """The voice of each language, such as `es = "roa/es"`."""
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    """[s] The longest time that speaking one sentence may take."""
    say: dict[str, Spoken] = {}
    """How words are spoken, such as `SQL = "sequel"`, in all languages or, as `[voice.say.es]`, in
    one. Captions show them as they are written."""

    def for_language(self, lang: str) -> str | None:
        """Return the voice for `lang`: its own entry, the general name, or forge's choice."""
        usual = VOICES_BY_ENGINE.get(self.engine, {})
        return (
            self.by_language.get(lang)
            or self.name
            or usual.get(lang)
            or usual.get(lang.split("-")[0])
        )

    @property
    def may_need_key(self) -> bool:
        """True if the engine may need an API key: a service, or the engine of another package."""
        return self.engine not in WITHOUT_KEY


class Sound(Section):
    """`[sound]`: the loudness of the video, and music in its background."""

    loudness: Annotated[float, Field(ge=-40, le=-10)] = -16.0
    """[LUFS] The loudness of every video (ITU-R BS.1770)."""
    music: Path | None = None
    """A music file, repeated when it is shorter than the video."""
    music_db: Annotated[float, Field(ge=-60, le=0)] = -14.0
    """[dB] The loudness of the music relative to the speech."""
    duck_db: Annotated[float, Field(ge=-60, le=0)] = -8.0
    """[dB] The further reduction of the music while the voice speaks."""
    fade_s: Annotated[float, Field(ge=0, le=30)] = 2.0
    """[s] The length of the music's fade-in and fade-out."""


class Video(Section):
    """`[video]`: the size and rate of the picture, and the clock of the recording."""

    width: Annotated[int, Field(ge=SIDES["width"][0], le=SIDES["width"][1], multiple_of=2)] = 1920
    """[CSS px] The width of the browser window."""
    height: Annotated[int, Field(ge=SIDES["height"][0], le=SIDES["height"][1], multiple_of=2)] = (
        1080
    )
    """[CSS px] The height of the browser window."""
    fps: Annotated[int, Field(ge=10, le=60)] = 30
    """[frames/s] The grid on which frames lie; the rate of `requestAnimationFrame` on the virtual
    clock."""
    scale: Annotated[float, Field(ge=1, le=4)] = 1
    """The number of video pixels per CSS pixel, in each direction: 1.5 turns 1280 × 720 into
    1920 × 1080 with the same page layout, 2 turns 1920 × 1080 into 3840 × 2160. Width and height of
    the video must be even."""
    frame_rate: Literal["variable", "constant"] = "variable"
    """`variable` encodes only frames that differ; `constant` encodes every frame of the grid, for
    editors that need it."""
    clock: Clock = "auto"
    """`virtual` controls the page's time; `elastic` skips holds on a page at rest; `real` records
    every hold in full; `auto` takes virtual where it works, else elastic."""

    @field_validator("scale")
    @classmethod
    def _gives_even_pixels(cls, scale: float, info: ValidationInfo) -> float:
        for side in SIDES:
            length = info.data.get(side)  # none where that is wrong itself
            if length and (problem := why_not(side, length, scale)):
                raise PydanticCustomError("odd_pixels", "{problem}", {"problem": problem})
        return scale

    @property
    def pixels(self) -> tuple[int, int]:
        """The width and height of the video, in pixels."""
        return int(pixels(self.width, self.scale)), int(pixels(self.height, self.scale))


class Hand(Section):
    """`[hand]`: how the recorded hand types and scrolls. A change records again."""

    typing: Annotated[float, Field(ge=0, le=100)] = 20.0
    """[keys/s] The speed of typing; 0 sends a text all at once."""
    scroll: bool = True
    """Scroll smoothly to targets out of view, before the action."""


class Page(Section):
    """`[page]`: the page's random numbers and its date, on the virtual clock."""

    random_seed: Annotated[int, Field(ge=0, lt=2**32)] | None = 1
    """The seed of `Math.random` in every document."""
    date: datetime | None = None
    """The page's date and time at the beginning of the recording, such as
    `2026-01-01T12:00:00Z`. Default: the machine's, plus 20 s."""


class Style(Section):
    """`[style]`: the drawings over the recording. A change needs no new recording."""

    cursor: bool = True
    """Draw the cursor."""
    cursor_scale: Annotated[float, Field(ge=0.25, le=8)] = 1.0
    """The size of the cursor, relative to its usual size."""
    cursor_image: Path | None = None
    """A PNG file in place of the cursor."""
    cursor_hotspot: tuple[int, int] = (0, 0)
    """[px] The pixel of `cursor_image` that points, as `[x, y]`."""
    ring: bool = True
    """Draw a ring around the target before each click."""
    ripple: bool = True
    """Draw a ripple at each click."""
    accent: Colour = "#2f6feb"
    """The colour of ring and ripple, of the line under a card's title, and of the choice in a
    list."""
    native: bool = True
    """Draw the lists, pickers and dialogs of the browser, which are in no recording."""
    keys: bool = True
    """Show shortcuts and keys such as Enter and Tab as badges near the lower right corner."""
    zoom: bool = False
    """Zoom toward clicks and typing."""
    zoom_factor: Annotated[float, Field(gt=1, le=3)] = 1.35
    """The enlargement of a zoom."""
    captions: Literal["files", "burn"] = "files"
    """`files` writes captions beside the video only; `burn` also draws them into the picture."""
    karaoke: bool = False
    """Write the time of each word into the `.vtt` file, for players that highlight spoken words."""
    cards: bool = True
    """Show an intro card with the objectives and a recap card with the summary."""
    speed_up: bool = False
    """Play waits of more than 2 s without speech or action at three times their speed."""
    background: Colour = "#10182b"
    """The colour of cards, lists, dialogs and badges, and of the box behind burned-in captions."""
    text: Colour = "#ffffff"
    """The colour of text on `background`. It is made darker or lighter where the contrast of the
    two is less than 4.5 to 1."""
    logo: Path | None = None
    """An image above the title of the cards."""
    font: Path | None = None
    """A font file for all text that forge draws. Default: Noto Sans, which also supplies the
    characters that `font` lacks."""


class Browser(Section):
    """`[browser]`: which Chromium and chromedriver to start, and with which arguments."""

    binary: Path | None = None
    """The path of Chromium or chrome-headless-shell. Default: found on the machine."""
    driver: Path | None = None
    """The path of chromedriver. Default: found on the machine."""
    args: Words = ()
    """Additional command-line arguments of the browser."""
    sandbox: bool = True
    """False: without Chromium's own sandbox, which containers seldom allow; root never has it."""


class Limits(Section):
    """`[limits]`: when a job is given up, a worker replaced, or a batch stopped."""

    job_s: Annotated[float, Field(gt=0)] = 3600.0
    """[s] The longest time that one attempt of a job may take."""
    silence_s: Annotated[float, Field(gt=0)] = 660.0  # a step's `wait_for` may take 600
    """[s] The longest time without a sign of life from a job."""
    backoff_s: Annotated[float, Field(ge=0)] = 1.0
    """[s] The pause before a second attempt; doubled before each further one."""
    restarts: Annotated[int, Field(ge=0)] = 5
    """The number of workers that may die in a row before the batch stops."""
    away_s: Annotated[float, Field(gt=0)] = 120.0
    """[s] How long every other host may be away before the batch stops."""
    lane_jobs: Annotated[int, Field(ge=0)] = 100
    """The number of jobs after which a worker is replaced; 0: never."""
    lane_growth_mb: Annotated[float, Field(gt=0)] = 500.0
    """[MB] The growth in memory since its first job at which a worker is replaced."""
    disk_mb: Annotated[float, Field(ge=0)] = 200.0
    """[MB] The free disk space below which no job starts."""
    cache_mb: Annotated[float, Field(ge=0)] = 2000.0
    """[MB] The largest size of the cache of encoded pictures, which languages and batches share.
    0: nothing is kept."""


class Settings(Section):
    """Everything a batch needs to know."""

    project_dir: Path = Field(default_factory=Path.cwd)
    """The folder of the project file."""
    tutorials: Words = ("tutorials/*.py",)
    """Globs of tutorial files, relative to the project's folder. Files whose names begin with `_`
    are left out."""
    adapter: str | None = None
    """The adapter: `adapters/shop.py:Shop` or `package.module:Class`."""
    watch: Words = ()
    """Globs of the files that the app is made of. When one changes, every tutorial is recorded
    again."""
    out_dir: Path = Path("dist")
    """The folder for videos and reports."""
    jobs: Annotated[int, Field(ge=1)] = 1
    """The number of lanes: how many jobs run at once."""
    source_language: Language = "en"
    """The language that the tutorials are written in; it needs no side file."""
    languages: Languages | None = None
    """The languages to render, one video each. Default: one video in the source language, without
    a language in its name."""
    keep_going: bool = False
    """Continue with the other jobs after a failure."""
    retries: Annotated[int, Field(ge=0, le=10)] | None = None
    """The number of further attempts after a failure that may pass. Default: 1 with `keep_going`,
    else 0."""
    keep_work: bool = False
    """Also write the narration track into the work dir."""
    contact_sheet: bool = False
    """Also write a picture that shows how each step ends."""
    strict: bool = False
    """Give more advice about tutorials."""
    app: App = App.model_construct()
    voice: Voice = Voice.model_construct()
    sound: Sound = Sound.model_construct()
    video: Video = Video.model_construct()
    hand: Hand = Hand.model_construct()
    style: Style = Style.model_construct()
    page: Page = Page.model_construct()
    browser: Browser = Browser.model_construct()
    limits: Limits = Limits.model_construct()

    @property
    def attempts_more(self) -> int:
        """The number of attempts after a failed one: `retries`, or its default."""
        return int(self.keep_going) if self.retries is None else self.retries

    @property
    def output_dir(self) -> Path:
        """`out_dir` as an absolute path."""
        return (self.project_dir / self.out_dir).absolute()

    @property
    def work_root(self) -> Path:
        """The folder of work dirs, cache and logs: `.forge` in the project."""
        return self.project_dir / ".forge"
