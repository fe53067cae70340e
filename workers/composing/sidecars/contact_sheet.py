"""The contact sheet of a video: a small picture of each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from forge.model.take import Take
from forge.store.paths import SCREENSHOT_FILE
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.painting.take_frames import TakeFrames
from forge.workers.composing.sidecars.poster import jpeg
from forge.workers.composing.text.fonts import Fonts
from forge.workers.composing.text.lettering import Lettering
from forge.workers.composing.text.wrapping import shortened

COLUMNS = 3
CELL_WIDTH, GAP, LABEL_HEIGHT = 560, 28, 58
NUMBER_SIZE, TEXT_SIZE = 22, 17
TEXT_CHARACTERS = 60
PAPER, INK, PALE, RED = (247, 248, 250), (24, 29, 39), (102, 112, 133), (196, 43, 28)


class Still(NamedTuple):
    """A small picture with its label, and under that, in smaller type, `text`."""

    label: str
    text: str
    picture: Image.Image
    failed: bool = False


def stills_of(scene: Scene) -> Iterator[Still]:
    """Yield a still of the end of each step."""
    for number, step in enumerate(scene.board.manifest.steps, start=1):
        picture = _small(Image.fromarray(scene.rgb(step.end_ms - 1)))
        yield Still(f"{number}  {step.id}", step.narration, picture)


def stills_before(take: Take, texts: Mapping[str, str], failed: str, work_dir: Path) -> list[Still]:
    """Return stills of the end of each step of an unfinished take, and of the step `failed`.

    The failed step's picture is the screenshot of the failure, if there is one. `texts` is the
    narration by step.
    """
    stills = []
    with TakeFrames(take, work_dir) as pictures:
        for number, step in enumerate(take.steps, start=1):
            shown = [n for n, frame in enumerate(take.frames) if frame.at_ms < step.end_ms]
            picture = _small(Image.fromarray(pictures.rgb(shown[-1] if shown else 0)))
            stills.append(Still(f"{number}  {step.id}", texts.get(step.id, ""), picture))
    screenshot = work_dir / SCREENSHOT_FILE
    if screenshot.is_file():
        picture = _small(Image.open(screenshot).convert("RGB"))
        label = f"{len(stills) + 1}  {failed}: failed"
        stills.append(Still(label, texts.get(failed, ""), picture, failed=True))
    return stills


def _small(picture: Image.Image) -> Image.Image:
    size = (CELL_WIDTH, picture.height * CELL_WIDTH // picture.width)
    return picture.resize(size, Image.Resampling.LANCZOS)


def contact_sheet(stills: Sequence[Still], fonts: Fonts) -> bytes:
    """Lay `stills` out on a sheet; return it as a JPEG."""
    columns = min(COLUMNS, len(stills))
    cell = (CELL_WIDTH, max(still.picture.height for still in stills) + LABEL_HEIGHT)
    rows = -(-len(stills) // columns)
    size = (GAP + columns * (cell[0] + GAP), GAP + rows * (cell[1] + GAP))
    paper = Image.new("RGB", size, PAPER)
    for at, still in enumerate(stills):
        x, y = GAP + at % columns * (cell[0] + GAP), GAP + at // columns * (cell[1] + GAP)
        _place(paper, still, fonts, x, y)
    return jpeg(paper)


def _place(paper: Image.Image, still: Still, fonts: Fonts, x: int, y: int) -> None:
    """Paste `still` on the paper at (x, y), with its label under it."""
    width, height = still.picture.size
    frame = (x - 1, y - 1, x + width, y + height)
    ImageDraw.Draw(paper).rectangle(frame, outline=RED if still.failed else PALE)
    paper.paste(still.picture, (x, y))
    label, text = Lettering(Fonts("en"), NUMBER_SIZE, 600), Lettering(fonts, TEXT_SIZE, 400)
    ink = Image.new("L", (width, LABEL_HEIGHT))
    label.draw(ImageDraw.Draw(ink), still.label, 0, 28, 255)
    paper.paste(RED if still.failed else INK, (x, y + height), ink)
    ink = Image.new("L", (width, LABEL_HEIGHT))
    text.draw(
        ImageDraw.Draw(ink), shortened(still.text, TEXT_CHARACTERS, fonts.language), 0, 51, 255
    )
    paper.paste(PALE, (x, y + height), ink)
