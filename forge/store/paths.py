"""Where the files of a project and of a job lie. The name of each file is written here once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forge.model.settings import Settings

# In `.forge`, beside the work dirs.
CACHE = "cache"
SPEECH_CACHE = f"{CACHE}/speech"
GOP_CACHE = f"{CACHE}/gops"
LOGS = "logs"

# In the work dir of a job.
SPEECH_FILE = "speech.json"
TAKE_FILE = "take.json"
FRAMES_FILE = "frames.bin"
MANIFEST_FILE = "manifest.json"
TAKE_PRINT = "take.print.json"
VIDEO_PRINT = "video.print.json"
TRACK_FILE = "narration.wav"
SCREENSHOT_FILE = "failure.png"
PAGE_FILE = "failure.html"
CONSOLE_FILE = "console.log"
APP_LOG_FILE = "app.log"
SHEET_FILE = "contact-sheet.jpg"
ATTEMPT = "attempt-"
ON_VIRTUAL_CLOCK = "virtual"

TAKE_FILES = (TAKE_FILE, FRAMES_FILE)
#: The files of a failed recording that the next one would overwrite.
EVIDENCE = (
    *(SCREENSHOT_FILE, PAGE_FILE, CONSOLE_FILE, APP_LOG_FILE, SHEET_FILE),
    *(*TAKE_FILES, ON_VIRTUAL_CLOCK),
)

# In the output folder, behind the name of a job.
VIDEO_SUFFIX = ".mp4"
POSTER_SUFFIX = ".jpg"
SHEET_SUFFIX = ".contact-sheet.jpg"
TEXT_SUFFIXES = (".srt", ".vtt", ".chapters.vtt", ".chapters.txt")


def part_folders(settings: Settings) -> Iterator[Path]:
    """Yield the folders in which a render writes files that are renamed when they are whole."""
    yield settings.output_dir
    yield settings.work_root
    for pattern in ("*", f"{CACHE}/*"):
        yield from (path for path in settings.work_root.glob(pattern) if path.is_dir())


def recorded_jobs(settings: Settings) -> list[str]:
    """Return the names of the jobs that have a take in the project, in order."""
    return sorted(path.parent.name for path in settings.work_root.glob(f"*/{TAKE_PRINT}"))


@dataclass(frozen=True)
class WorkDir:
    """The folder that a job keeps its files in between phases and renders, `.forge/<job>`."""

    path: Path

    @classmethod
    def of(cls, settings: Settings, job: str) -> WorkDir:
        """Return the work dir of the job of that name."""
        return cls(settings.work_root / job)

    @property
    def project_dir(self) -> Path:
        """The folder of the project."""
        return self.path.parent.parent

    @property
    def speech(self) -> Path:
        """The narration, line by line, with the audio file of each."""
        return self.path / SPEECH_FILE

    @property
    def take(self) -> Path:
        """The record of a recording (`forge.model.take`)."""
        return self.path / TAKE_FILE

    @property
    def frames(self) -> Path:
        """The pictures of the take, one JPEG after another."""
        return self.path / FRAMES_FILE

    @property
    def manifest(self) -> Path:
        """The time line of the finished video."""
        return self.path / MANIFEST_FILE

    @property
    def take_print(self) -> Path:
        """The prints that the take was made of; written when the take is whole."""
        return self.path / TAKE_PRINT

    @property
    def video_print(self) -> Path:
        """The prints that the video was made of; written when the video is whole."""
        return self.path / VIDEO_PRINT

    @property
    def track(self) -> Path:
        """The sound of the video as a WAV file, for an editing program; with `keep_work`."""
        return self.path / TRACK_FILE

    @property
    def screenshot(self) -> Path:
        """The screenshot of a failed recording."""
        return self.path / SCREENSHOT_FILE

    @property
    def contact_sheet(self) -> Path:
        """Stills of an unfinished take."""
        return self.path / SHEET_FILE

    @property
    def on_virtual_clock(self) -> Path:
        """The evidence of a recording on the virtual clock that another clock replaced."""
        return self.path / ON_VIRTUAL_CLOCK

    def attempt(self, number: int) -> Path:
        """Return the folder with the evidence of the failed attempt `number`."""
        return self.path / f"{ATTEMPT}{number}"

    def attempts(self) -> list[Path]:
        """Return the folders of all failed attempts that are there."""
        return [*self.path.glob(f"{ATTEMPT}*")]


@dataclass(frozen=True)
class Outputs:
    """The files that a render of one job writes into the output folder.

    `with_sheet`: a contact sheet is among them.
    """

    folder: Path
    job: str
    with_sheet: bool = False

    @classmethod
    def of(cls, settings: Settings, job: str) -> Outputs:
        """Return the outputs of the job of that name."""
        return cls(settings.output_dir, job, settings.contact_sheet)

    @property
    def video(self) -> Path:
        """The finished video."""
        return self._file(VIDEO_SUFFIX)

    @property
    def all(self) -> list[Path]:
        """Every file, the video last: it appears when all others are there."""
        sheet = [SHEET_SUFFIX] if self.with_sheet else []
        suffixes = (*TEXT_SUFFIXES, POSTER_SUFFIX, *sheet, VIDEO_SUFFIX)
        return [self._file(suffix) for suffix in suffixes]

    def _file(self, suffix: str) -> Path:
        return self.folder / f"{self.job}{suffix}"
