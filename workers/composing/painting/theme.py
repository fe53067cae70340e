"""What cards and captions look like: colours, logo and fonts, and whether all of it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageFont, UnidentifiedImageError

from forge.errors import SettingsError
from forge.model.records import Job
from forge.model.settings import Settings, Style
from forge.workers.composing.painting.cursor import read_image
from forge.workers.composing.text.bidi import can_shape, is_rtl
from forge.workers.composing.text.fonts import Fonts

SHOWN_SIGNS = 12  # of those that no font has, in a warning
Rgb = tuple[int, int, int]


class Theme(NamedTuple):
    """The colours, logo and fonts of one job."""

    background: Rgb
    text: Rgb
    accent: Rgb
    soft: Rgb
    logo: Image.Image | None
    fonts: Fonts


def theme_of(style: Style, project_dir: Path, language: str) -> Theme:
    """What `style` asks for, its files found in `project_dir`."""
    background, text, accent = (_rgb(c) for c in (style.background, style.text, style.accent))
    logo = Image.open(project_dir / style.logo).convert("RGBA") if style.logo else None
    soft = mixed(accent, text, 0.45)
    return Theme(background, text, accent, soft, logo, _fonts(style, project_dir, language))


def _fonts(style: Style, project_dir: Path, language: str) -> Fonts:
    return Fonts(language, project_dir / style.font if style.font else None)


def _rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with that share of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def check_files(settings: Settings) -> None:
    """Look into the pictures and the font that the style names.

    Raises:
        SettingsError: one is not there, or is none.
    """
    if image := settings.style.cursor_image:
        read_image(settings.project_dir / image, settings.style.cursor_hotspot)
    if logo := settings.style.logo:
        path = _existing("style.logo", logo, settings.project_dir)
        try:
            Image.open(path).load()
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as problem:
            raise SettingsError(
                f"style.logo = {str(logo)!r}: {path} is no picture that can be read: {problem}",
                hint="PNG, JPEG and WebP can, of a sensible size",
            ) from problem
    if font := settings.style.font:
        path = _existing("style.font", font, settings.project_dir)
        try:
            ImageFont.truetype(str(path), 20)
        except OSError as problem:
            raise SettingsError(
                f"style.font = {str(font)!r}: {path} is no font that can be read",
                hint="TrueType and OpenType files can: .ttf, .otf, .ttc",
            ) from problem


def _existing(key: str, file: Path, project_dir: Path) -> Path:
    path = project_dir / file
    if path.is_file():
        return path
    raise SettingsError(
        f"{key} = {str(file)!r}: there is no file {path}",
        hint="a path is counted from the project's folder",
    )


def check_type(settings: Settings, jobs: Sequence[Job]) -> Iterator[str]:
    """Warnings of text that would be drawn with boxes, or in the wrong order."""
    for job in jobs:
        texts = _drawn(settings.style, job)
        language = job.lang or settings.source_language
        if missing := _fonts(settings.style, settings.project_dir, language).missing(texts):
            yield (
                f"{job.name}: no font has {missing[:SHOWN_SIGNS]!r}, and boxes are drawn for them;"
                " pip install 'forge-tutorials[cjk]' brings Chinese, Japanese and Korean, and"
                " style.font names any other"
            )
        if texts and is_rtl(language) and not can_shape():
            yield (
                f"{job.name}: without FriBidi, text that runs from right to left is drawn wrongly;"
                " apt-get install libfribidi0"
            )


def _drawn(style: Style, job: Job) -> list[str]:
    """The texts of `job` that are drawn into its video."""
    spoken = [line.text for line in job.lines] if style.captions == "burn" else []
    carded = [job.title, *job.objectives, job.summary] if style.cards else []
    return [text for text in (*spoken, *carded) if text]
