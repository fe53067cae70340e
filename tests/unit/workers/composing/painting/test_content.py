"""Digests of frame states: equal where the pictures are, and different where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from forge.model.card_timing import Card
from forge.model.settings import Settings, Style, Video
from forge.model.take import Frame, Take
from forge.model.timeline import Manifest
from forge.model.widgets import Dialog, OpenList
from forge.workers.composing.painting import content
from forge.workers.composing.painting.content import DRAWN_BY, Contents
from forge.workers.composing.painting.take_frames import TakeFrames
from forge.workers.composing.phase import scene_of
from forge.workers.composing.storyboard.frame_state import (
    Badge,
    Cursor,
    FrameState,
    Panel,
    Ring,
    Ripple,
    View,
)
from forge.workers.composing.text.cues import Cue
from tests.support.takes import manifest, said, take

VIDEO = Video(width=640, height=360)
CARD = Card(kind="intro", start_ms=0, end_ms=3000)
STATES = {
    "plain": FrameState(0),
    "ring": FrameState(0, ring=Ring(100, 80, 60, 30, 0.5)),
    "ripples": FrameState(0, ripples=(Ripple(100, 80, 0.4),)),
    "cursor": FrameState(0, cursor=Cursor(200.5, 90)),
    "caption": FrameState(0, caption=Cue(0, 1000, ("Straße 2",))),
    "panel": FrameState(0, panel=Panel(Dialog(kind="confirm", message="Sure?"), (0, 0, 9, 9))),
    "badges": FrameState(0, badges=(Badge("Tab", 2),)),
    "card": FrameState(0, card=CARD),
    "fade": FrameState(0, card=CARD, fade=4),
    "view": FrameState(0, view=View(10, 10, 320, 180)),
}
OTHER: dict[str, Any] = {
    "accent": "#aa1111",
    "cursor_scale": 2.0,
    "cursor_image": Path("other.png"),
    "background": "#5a1033",
    "text": "#ffd000",
    "logo": Path("logo.png"),
    "captions": "burn",
}
#: They decide which states there are, or where in a state something is, and not how it is drawn.
OF_STATES = {
    "cursor", "ring", "ripple", "native", "keys", "zoom", "zoom_factor", "karaoke", "cards",
    "speed_up",
}  # fmt: skip


def made(title: str = "A tour", **texts: Any) -> Manifest:
    update = {"title": title, "objectives": ("See it",), "summary": "Seen.", "cards": (CARD,)}
    one = manifest(9000, [(0, 0)], [said("Hello.", 300, 900)])
    return one.model_copy(update={**update, **texts})


class Grey(NamedTuple):
    """A take of one grey picture."""

    take: Take
    frames: TakeFrames


@pytest.fixture
def grey(tmp_path: Path) -> Iterator[Grey]:
    for name, colour in (("logo.png", "red"), ("other.png", "blue")):
        Image.new("RGBA", (40, 40), colour).save(tmp_path / name)
    Image.new("RGB", (640, 360), (128, 128, 128)).save(tmp_path / "frames.bin", "JPEG")
    size = (tmp_path / "frames.bin").stat().st_size
    made = take([], [0]).model_copy(update={"frames": (Frame(at_ms=0, offset=0, size=size),)})
    with TakeFrames(made, tmp_path) as frames:
        yield Grey(made, frames)


def seen(
    grey: Grey, folder: Path, state: FrameState, of: Manifest | None = None, **style: Any
) -> tuple[bytes, bytes]:
    """Return the digest of a state, and its pixels."""
    settings = Settings(project_dir=folder, video=VIDEO, style=Style(**style))
    scene = scene_of(of or made(), grey.take, settings, grey.frames)
    return scene.contents.digest(state), np.ascontiguousarray(scene.painter.rgb(state)).tobytes()


@pytest.mark.parametrize("part", STATES)
def test_a_setting_that_changes_a_picture_changes_its_digest(
    grey: Grey, tmp_path: Path, part: str
) -> None:
    digest, pixels = seen(grey, tmp_path, STATES[part])
    for setting, value in OTHER.items():
        other = seen(grey, tmp_path, STATES[part], **{setting: value})
        assert digest != other[0] or pixels == other[1], f"{setting} is missing in DRAWN_BY"
        named = setting in DRAWN_BY.get("card" if part == "fade" else part, ())
        assert named or digest == other[0], f"{setting} changes the digest without need"


@pytest.mark.parametrize("kind", ["intro", "recap"])
@pytest.mark.parametrize(
    "texts", [{"title": "Other"}, {"summary": "Other."}, {"objectives": ("Other",)}]
)
def test_a_text_that_a_card_shows_changes_its_digest(
    grey: Grey, tmp_path: Path, kind: Any, texts: dict[str, Any]
) -> None:
    state = FrameState(0, card=Card(kind=kind, start_ms=0, end_ms=3000))
    (digest, pixels), other = (seen(grey, tmp_path, state, made(**t)) for t in ({}, texts))
    assert (digest == other[0]) == (pixels == other[1])


def test_another_version_of_what_draws_changes_all_digests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest() -> bytes:
        settings = Settings(project_dir=tmp_path, video=VIDEO)
        return Contents(made(), settings, "en", lambda number: b"same").digest(FrameState(0))

    before = digest()
    monkeypatch.setattr(content, "_drawn_by", lambda: ("pillow 99",))
    assert digest() != before


@pytest.mark.parametrize(
    ("name", "other"), [("debian_cjk", ["font 1 2"]), ("shaping", (None, None, None, None))]
)
def test_fonts_and_libraries_of_the_system_change_the_digests_of_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, other: object
) -> None:
    states = (
        FrameState(0, caption=Cue(0, 900, ("Hello.",))),
        FrameState(0, card=Card(kind="intro", start_ms=0, end_ms=3000)),
        FrameState(0),
    )

    def digests() -> list[bytes]:
        settings = Settings(project_dir=tmp_path, video=VIDEO)
        contents = Contents(made(), settings, "en", lambda number: b"same")
        return [contents.digest(state) for state in states]

    before = digests()
    monkeypatch.setattr(content, name, lambda: other)
    assert [a == b for a, b in zip(before, digests(), strict=True)] == [False, False, True]


def test_every_setting_of_the_style_is_considered() -> None:
    drawn = {name for names in DRAWN_BY.values() for name in names}
    assert drawn | OF_STATES == set(Style.model_fields)
    assert set(DRAWN_BY) == set(FrameState._fields[1:])
    assert drawn - {"font", "cursor_hotspot"} == set(OTHER)


def test_times_and_numbers_are_not_part_of_what_shows(tmp_path: Path) -> None:
    settings = Settings(project_dir=tmp_path, video=VIDEO)
    contents = Contents(made(), settings, "en", lambda number: b"same")

    def equal(*states: FrameState) -> bool:
        return len({contents.digest(state) for state in states}) == 1

    assert equal(FrameState(0), FrameState(7)), "the same picture under another number"
    cues = [Cue(at_ms, at_ms + 900, ("Hello.",)) for at_ms in (0, 5000)]
    assert equal(*(FrameState(0, caption=cue) for cue in cues))
    lists = [OpenList(from_ms=ms, there_ms=ms + 9, rows=(), before=0, chosen=0) for ms in (0, 5)]
    assert equal(*(FrameState(0, panel=Panel(of, (0, 0, 9, 9))) for of in lists))
    later = CARD.model_copy(update={"end_ms": 4000})
    assert equal(FrameState(0, card=CARD), FrameState(1, card=later))
    assert not equal(FrameState(0, card=CARD, fade=2), FrameState(0, card=CARD))


def test_what_a_language_changes(tmp_path: Path) -> None:
    settings = Settings(project_dir=tmp_path, video=VIDEO)

    def digests(language: str, title: str = "A tour") -> dict[str, bytes]:
        contents = Contents(made(title), settings, language, lambda number: b"same")
        return {part: contents.digest(state) for part, state in STATES.items()}

    one, other, titled = digests("ja"), digests("zh"), digests("ja", "Another")
    of_video = {"caption", "panel", "card", "fade"}  # the panel is a dialog, whose buttons speak it
    assert {part for part in STATES if one[part] != other[part]} == of_video
    assert {part for part in STATES if one[part] != titled[part]} == {"card", "fade"}
