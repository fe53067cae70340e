"""Text: every script in a font that has it, in reading order, inside the safe margins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from forge.model.card_timing import Card
from forge.model.settings import Style
from forge.model.timeline import Manifest
from forge.workers.composing.painting.burned_captions import (
    SAFE_X,
    burned_cues,
    captioned_box,
)
from forge.workers.composing.painting.card_images import drawn
from forge.workers.composing.painting.theme import Theme, theme_of
from forge.workers.composing.text.bidi import can_shape, in_visual_order, levels
from forge.workers.composing.text.fonts import Fonts
from forge.workers.composing.text.lettering import Lettering
from forge.workers.composing.text.wrapping import wrap
from tests.support.project import GOLDEN
from tests.support.takes import manifest, said

SAID = {
    "en": "This is everything your team is planning. To add an event, click New event.",
    "ru": "Нажмите «Создать мероприятие», чтобы открыть его.",
    "ja": "イベントの名前を入力して、「作成」ボタンを押してください。",
    "ar": "انقر فوق New event لإنشاء 12 حدث جديد. يستغرق الحفظ لحظة.",
    "he": "לחצו על New event כדי ליצור אירוע חדש (12).",
}


def theme(language: str) -> Theme:
    return theme_of(Style(), Path("/"), language)


def ink(language: str, line: str) -> NDArray[np.uint8]:
    """Draw `line` white on black."""
    lettering = Lettering(Fonts(language), 40)
    image = Image.new("L", (round(lettering.width(line)) + 20, 80))
    lettering.draw(ImageDraw.Draw(image), line, 10, 55, 255)
    return np.asarray(image)


@pytest.mark.parametrize("language", SAID)
def test_every_sign_has_a_font(language: str) -> None:
    assert Fonts(language).missing([SAID[language]]) == ""


def test_signs_without_a_font_are_named() -> None:
    assert Fonts("en").missing(["plain \U00013000 text", "\U00013000"]) == "\U00013000"


def test_right_to_left_text_is_ordered_and_joined() -> None:
    assert can_shape(), "FriBidi is on this machine"
    assert levels("אב 12 ab", rtl=True) == [1, 1, 1, 2, 2, 1, 2, 2]
    assert levels("ab אב", rtl=False) == [0, 0, 0, 1, 1]
    assert in_visual_order([(1, 0), (2, 1), (1, 2)]) == [(1, 2), (2, 1), (1, 0)]
    joined, apart = Lettering(Fonts("ar"), 40).width("بببب"), Lettering(Fonts("ar"), 40).width("ب")
    assert joined < 4 * apart * 0.8, "letters in a word have other forms than alone"


def test_a_hebrew_full_stop_is_at_the_left() -> None:
    dotted, plain = ink("he", "שלום."), ink("he", "שלום")
    columns = np.flatnonzero(dotted.max(axis=0) > 128)
    rows = np.flatnonzero(dotted[:, : columns[0] + 5].max(axis=1) > 128)
    assert dotted.shape[1] > plain.shape[1]
    assert rows.size < 10, "the leftmost sign is a dot, not a letter"


def test_japanese_and_chinese_have_their_own_forms() -> None:
    assert not np.array_equal(ink("ja", "直"), ink("zh", "直"))


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("size", [(1920, 1080), (640, 360), (1080, 1920)])
def test_a_caption_stays_inside_the_safe_margins(language: str, size: tuple[int, int]) -> None:
    width, height = size
    whole = manifest(9000, [(0, 0)], [said(SAID[language], 300, 8000)])
    for cue in burned_cues(whole, theme(language), width, height):
        assert_inside(cue.lines, language, width, height)


def assert_inside(lines: Sequence[str], language: str, width: int, height: int) -> None:
    picture = captioned_box(lines, theme(language), width, height)
    tall, wide, _ = picture.shape
    assert wide <= width * (1 - 2 * SAFE_X) + 2
    assert tall < height / 6
    assert tall % 2 == wide % 2 == 0
    letters = picture[..., :3].min(axis=2) > 0.8
    inside = np.flatnonzero(letters.any(axis=0))
    assert inside[0] > 4 and inside[-1] < wide - 4, "no letter touches the edge"
    assert abs((inside[0] + inside[-1]) - wide) < wide * 0.08, "in the middle (。is half empty)"
    assert picture[0, 0, 3] == 0, "round corners"


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (400, 800), (300, 1200)])
def test_all_captions_of_a_video_have_one_size(size: tuple[int, int]) -> None:
    texts = ["Short.", "W" * 60, SAID["en"], SAID["ru"], "i" * 42, "会議" * 30]
    steps = [said(text, 300 + 5000 * at, 4000) for at, text in enumerate(texts)]
    found = burned_cues(manifest(40_000, [(0, 0)], steps), theme("en"), *size)
    heights = {
        (len(cue.lines), captioned_box(cue.lines, theme("en"), *size).shape[0]) for cue in found
    }
    assert len(heights) == 2, "one height for one line, one for two"
    assert all(assert_room(cue.lines, *size) for cue in found)
    assert "".join("".join(cue.lines) for cue in found).replace(" ", "") == "".join(texts).replace(
        " ", ""
    )


def assert_room(lines: Sequence[str], width: int, height: int) -> bool:
    return bool(
        captioned_box(lines, theme("en"), width, height).shape[1] <= width * (1 - 2 * SAFE_X) + 2
    )


def test_accents_are_in_the_font_of_their_letter() -> None:
    lettering = Lettering(Fonts("en"), 40)
    for text in ("e\u0301", "\u0e01\u0e34\u0e49", "\u0928\u0940", "שׁ", "ự"):
        assert len(list(lettering._runs(text))) == 1
    mixed = [run.text for run in lettering._runs("a\u0e01\u0e34b")]
    assert mixed == ["a", "\u0e01\u0e34", "b"]


def alike(picture: NDArray[np.uint8], name: str) -> None:
    """Compare with a golden picture, which was checked by eye."""
    path = GOLDEN / f"{name}.png"
    expected = np.asarray(Image.open(path).convert("RGB"), dtype=np.int16)
    assert picture.shape == expected.shape
    drawn_in_all = np.abs(expected - expected[0, 0]).sum()
    assert np.abs(picture - expected).sum() < 0.05 * drawn_in_all, f"{path} looks different"


def test_captions_look_as_they_did() -> None:
    rows = []
    for language, text in SAID.items():
        picture = captioned_box(wrap(text, 42), theme(language), 640, 360)
        row = np.full((picture.shape[0], 320, 3), 0.9)
        left = (320 - picture.shape[1]) // 2
        part = row[:, left : left + picture.shape[1]]
        part[...] = part * (1 - picture[..., 3:]) + picture[..., :3]
        rows.append(row)
    alike(np.rint(np.concatenate(rows) * 255).astype(np.uint8), "captions")


CARDS = {
    "en": ("Getting started", ("Create an event", "Find it again"), "It is drafted."),
    "ja": ("Lumen をはじめよう", ("イベントを作成する", "一覧で見つける"), "下書きができました。"),
    "ar": ("البدء مع Lumen", ("أنشئ حدثك الأول",), "تم إعداد مسودة حدثك."),
}


def carded(language: str) -> tuple[Manifest, list[Card]]:
    title, objectives, summary = CARDS[language]
    words = {"title": title, "objectives": objectives, "summary": summary}
    cards = [
        Card(kind="intro", start_ms=0, end_ms=3000),
        Card(kind="recap", start_ms=5000, end_ms=8000),
    ]
    return manifest(8000, [(0, 0)]).model_copy(update=words), cards


@pytest.mark.parametrize("language", CARDS)
def test_cards_look_as_they_did(language: str) -> None:
    whole, cards = carded(language)
    pictures = [drawn(card, whole, theme(language), 480, 270) for card in cards]
    alike(np.concatenate(pictures), f"cards-{language}")


def test_a_card_with_much_text_is_set_smaller() -> None:
    whole, (intro, _) = carded("en")
    crowded = whole.model_copy(
        update={"objectives": ("One of many things to learn here. " * 3,) * 9}
    )
    picture = drawn(intro, crowded, theme("en"), 640, 360)
    rows = np.flatnonzero((picture != picture[0, 0]).any(axis=(1, 2)))
    assert rows[0] > 20 and rows[-1] < 340


def test_a_theme_colours_everything_and_brings_its_logo(tmp_path: Path) -> None:
    Image.new("RGB", (300, 100), "#00ff00").save(tmp_path / "logo.png")
    style = Style(background="#102030", text="#ffee00", accent="#ff0000", logo=Path("logo.png"))
    whole, (intro, _) = carded("en")
    picture = drawn(intro, whole, theme_of(style, tmp_path, "en"), 640, 360)
    assert tuple(picture[0, 0]) == (0x10, 0x20, 0x30)
    for colour in ((0xFF, 0xEE, 0), (0xFF, 0, 0), (0, 0xFF, 0)):
        assert (picture == colour).all(axis=2).sum() > 20, colour
