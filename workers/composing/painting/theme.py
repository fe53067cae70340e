"""The style of cards and captions: colours, logo and fonts, and checks of their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageFont, UnidentifiedImageError

from forge.errors import SettingsError
from forge.model.records import Job
from forge.model.settings import Settings, Style
from forge.text.installed_type import is_rtl
from forge.workers.composing.painting.colours import (
    READABLE,
    Rgb,
    box_opacity,
    contrast,
    mixed,
    readable,
    rgb,
)
from forge.workers.composing.text.bidi import can_shape
from forge.workers.composing.text.fonts import Fonts

SHOWN_SIGNS = 12  # the missing characters that a warning lists


class Theme(NamedTuple):
    """The colours, logo and fonts of one job.

    `text` and `soft` can be read on `background`, and on a box of it that is `box_opacity` opaque
    (0 … 1) over any page.
    """

    background: Rgb
    text: Rgb
    accent: Rgb
    soft: Rgb
    box_opacity: float
    logo: Image.Image | None
    fonts: Fonts


def theme_of(style: Style, project_dir: Path, language: str) -> Theme:
    """Return the theme of `style`, whose files are relative to `project_dir`."""
    background, accent = rgb(style.background), rgb(style.accent)
    text = readable(rgb(style.text), background)
    logo = Image.open(project_dir / style.logo).convert("RGBA") if style.logo else None
    soft = readable(mixed(accent, text, 0.45), background)
    opacity = box_opacity(text, background)
    fonts = _fonts(style, project_dir, language)
    return Theme(background, text, accent, soft, opacity, logo, fonts)


def _fonts(style: Style, project_dir: Path, language: str) -> Fonts:
    return Fonts(language, project_dir / style.font if style.font else None)


def check_files(settings: Settings) -> None:
    """Check the images and the font that the style names.

    Raises:
        SettingsError: a file is missing, or is not an image or a font.
    """
    if image := settings.style.cursor_image:
        from forge.workers.composing.painting.cursor import read_image

        read_image(settings.project_dir / image, settings.style.cursor_hotspot)
    if logo := settings.style.logo:
        path = _existing("style.logo", logo, settings.project_dir)
        try:
            Image.open(path).load()
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as problem:
            raise SettingsError(
                f"style.logo = {str(logo)!r}: {path} is not a readable image: {problem}",
                hint="use a PNG, JPEG or WebP of moderate size",
            ) from problem
    if font := settings.style.font:
        path = _existing("style.font", font, settings.project_dir)
        try:
            ImageFont.truetype(str(path), 20)
        except OSError as problem:
            raise SettingsError(
                f"style.font = {str(font)!r}: {path} is not a readable font",
                hint="use a TrueType or OpenType file: .ttf, .otf, .ttc",
            ) from problem


def _existing(key: str, file: Path, project_dir: Path) -> Path:
    path = project_dir / file
    if path.is_file():
        return path
    raise SettingsError(
        f"{key} = {str(file)!r}: there is no file {path}",
        hint="paths are relative to the project folder",
    )


def check_type(settings: Settings, jobs: Sequence[Job]) -> Iterator[str]:
    """Yield warnings about text that would be hard to read, or drawn as boxes or in wrong order."""
    style = settings.style
    ratio = contrast(rgb(style.text), rgb(style.background))
    if ratio < READABLE and any(_drawn(style, job) for job in jobs):
        told = readable(rgb(style.text), rgb(style.background))
        yield (
            f"style.text = {style.text!r} can hardly be read on style.background ="
            f" {style.background!r}: their contrast is {ratio:.1f} to 1, and {READABLE} are needed."
            f" Text is drawn in #{bytes(told).hex()} instead; choose colours that differ more"
        )
    for job in jobs:
        texts = _drawn(settings.style, job)
        language = job.lang or settings.source_language
        if missing := _fonts(settings.style, settings.project_dir, language).missing(texts):
            yield (
                f"{job.name}: no font has {missing[:SHOWN_SIGNS]!r}; boxes will be drawn instead."
                " Install Chinese, Japanese and Korean fonts with pip install"
                " 'forge-tutorials[cjk]', or name a font in style.font"
            )
        if texts and is_rtl(language) and not can_shape():
            yield (
                f"{job.name}: right-to-left text will be drawn wrongly, because FriBidi is missing:"
                " apt-get install libfribidi0"
            )


def _drawn(style: Style, job: Job) -> list[str]:
    """Return the texts of `job` that are drawn into its video."""
    spoken = [line.text for line in job.lines] if style.captions == "burn" else []
    carded = [job.title, *job.objectives, job.summary] if style.cards else []
    return [text for text in (*spoken, *carded) if text]
