"""Pictures beside the video: its poster, and a contact sheet with a picture for each step."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.store.paths import SCREENSHOT_FILE
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.painting.take_frames import Pictures
from forge.workers.composing.text.fonts import Fonts
from forge.workers.composing.text.lettering import Lettering
from forge.workers.composing.text.wrapping import shortened

QUALITY = 88
COLUMNS = 3
CELL_WIDTH, GAP, LABEL_HEIGHT = 560, 28, 58
NUMBER_SIZE, TEXT_SIZE = 22, 17
TEXT_CHARACTERS = 60
PAPER, INK, PALE, RED = (247, 248, 250), (24, 29, 39), (102, 112, 133), (196, 43, 28)


class Still(NamedTuple):
    """A small picture with its label; `text` stands smaller under that."""

    label: str
    text: str
    picture: Image.Image
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
        picture = _small(Image.fromarray(scene.rgb(step.end_ms - 1)))
        yield Still(f"{number}  {step.id}", step.narration, picture)


def stills_before(take: Take, texts: Mapping[str, str], failed: str, work_dir: Path) -> list[Still]:
    """How each step of an unfinished take ended, and what `failed` left on the screen.

    `texts` is the narration by step.
    """
    stills = []
    with Pictures(take, work_dir) as pictures:
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


def sheet(stills: Sequence[Still], fonts: Fonts) -> bytes:
    """The contact sheet of `stills`, as a JPEG."""
    columns = min(COLUMNS, len(stills))
    cell = (CELL_WIDTH, max(still.picture.height for still in stills) + LABEL_HEIGHT)
    rows = -(-len(stills) // columns)
    size = (GAP + columns * (cell[0] + GAP), GAP + rows * (cell[1] + GAP))
    paper = Image.new("RGB", size, PAPER)
    for at, still in enumerate(stills):
        x, y = GAP + at % columns * (cell[0] + GAP), GAP + at // columns * (cell[1] + GAP)
        _place(paper, still, fonts, x, y)
    return _jpeg(paper)


def _jpeg(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()


def _place(paper: Image.Image, still: Still, fonts: Fonts, x: int, y: int) -> None:
    """Put `still` on the paper, its label under it."""
    width, height = still.picture.size
    frame = (x - 1, y - 1, x + width, y + height)
    ImageDraw.Draw(paper).rectangle(frame, outline=RED if still.failed else PALE)
    paper.paste(still.picture, (x, y))
    label, text = Lettering(Fonts("en"), NUMBER_SIZE, 600), Lettering(fonts, TEXT_SIZE, 400)
    ink = Image.new("L", (width, LABEL_HEIGHT))
    label.draw(ImageDraw.Draw(ink), still.label, 0, 28, 255)
    paper.paste(RED if still.failed else INK, (x, y + height), ink)
    ink = Image.new("L", (width, LABEL_HEIGHT))
    text.draw(ImageDraw.Draw(ink), shortened(still.text, TEXT_CHARACTERS), 0, 51, 255)
    paper.paste(PALE, (x, y + height), ink)
