"""Pictures beside the video: its poster, and a contact sheet with a picture for each step."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from forge.layout import Manifest
from forge.take import SCREENSHOT_FILE, Take
from forge.workers.composing.fonts import Fonts
from forge.workers.composing.lettering import Lettering
from forge.workers.composing.pictures import Pictures
from forge.workers.composing.scene import Scene
from forge.workers.composing.wrapping import shortened

QUALITY = 88
COLUMNS = 3
CELL_WIDTH, GAP, LABEL_HEIGHT = 560, 28, 58
NUMBER_SIZE, TEXT_SIZE = 22, 17
TEXT_CHARACTERS = 60
PAPER, INK, PALE, RED = (247, 248, 250), (24, 29, 39), (102, 112, 133), (196, 43, 28)


class Still(NamedTuple):
    """A picture with its label; `text` stands smaller under it."""

    label: str
    text: str
    picture: NDArray[np.uint8]
    failed: bool = False


def poster_ms(manifest: Manifest) -> int:
    """The moment that stands for the video: its intro card, or else what its first click did."""
    if manifest.cards and manifest.cards[0].kind == "intro":
        return 0
    done = next((step for step in manifest.steps if step.interactions), manifest.steps[0])
    return done.end_ms - 1


def poster(scene: Scene) -> bytes:
    """The poster of a video, as a JPEG of its size."""
    return _jpeg(Image.fromarray(scene.rgb(poster_ms(scene.board.manifest))))


def stills_of(scene: Scene) -> Iterator[Still]:
    """How each step ends."""
    for number, step in enumerate(scene.board.manifest.steps, start=1):
        yield Still(f"{number}  {step.id}", step.narration, scene.rgb(step.end_ms - 1))


def stills_before(take: Take, texts: Sequence[str], failed: str, work_dir: Path) -> list[Still]:
    """How each step of an unfinished take ended, and what `failed` left on the screen.

    `texts` is the narration of all steps.
    """
    stills = []
    with Pictures(take, work_dir) as pictures:
        for number, step in enumerate(take.steps, start=1):
            shown = [n for n, frame in enumerate(take.frames) if frame.at_ms < step.end_ms]
            picture = pictures.rgb(shown[-1] if shown else 0)
            stills.append(Still(f"{number}  {step.id}", texts[number - 1], picture))
    number = len(stills) + 1
    screenshot = work_dir / SCREENSHOT_FILE
    if screenshot.is_file():
        picture = np.asarray(Image.open(screenshot).convert("RGB"))
        text = texts[number - 1] if number <= len(texts) else ""
        stills.append(Still(f"{number}  {failed}: failed", text, picture, failed=True))
    return stills


def sheet(stills: Sequence[Still], fonts: Fonts) -> bytes:
    """The contact sheet of `stills`, as a JPEG."""
    columns = min(COLUMNS, len(stills))
    height, width = stills[0].picture.shape[:2]
    cell = (CELL_WIDTH, CELL_WIDTH * height // width + LABEL_HEIGHT)
    rows = -(-len(stills) // columns)
    size = (GAP + columns * (cell[0] + GAP), GAP + rows * (cell[1] + GAP))
    paper = Image.new("RGB", size, PAPER)
    for at, still in enumerate(stills):
        x, y = GAP + at % columns * (cell[0] + GAP), GAP + at // columns * (cell[1] + GAP)
        _place(paper, still, fonts, (x, y), (cell[0], cell[1] - LABEL_HEIGHT))
    return _jpeg(paper)


def _jpeg(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()


def _place(
    paper: Image.Image, still: Still, fonts: Fonts, at: tuple[int, int], size: tuple[int, int]
) -> None:
    x, y = at
    small = Image.fromarray(still.picture).resize(size, Image.Resampling.LANCZOS)
    frame = (x - 1, y - 1, x + size[0], y + size[1])
    ImageDraw.Draw(paper).rectangle(frame, outline=RED if still.failed else PALE)
    paper.paste(small, at)
    label, text = Lettering(Fonts("en"), NUMBER_SIZE, 600), Lettering(fonts, TEXT_SIZE, 400)
    ink = Image.new("L", (size[0], LABEL_HEIGHT))
    label.draw(ImageDraw.Draw(ink), still.label, 0, 28, 255)
    paper.paste(RED if still.failed else INK, (x, y + size[1]), ink)
    ink = Image.new("L", (size[0], LABEL_HEIGHT))
    text.draw(ImageDraw.Draw(ink), shortened(still.text, TEXT_CHARACTERS), 0, 51, 255)
    paper.paste(PALE, (x, y + size[1]), ink)
