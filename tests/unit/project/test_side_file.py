"""Side files: their keys, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forge.errors import TutorialError
from forge.project.side_file import SideFile, keys_of, read_side_file, sources
from forge.tutorial import Tutorial


def tutorial(tutorial_id: str, **steps: str) -> Tutorial:
    """Return a tutorial with a step of each name and narration."""
    made = Tutorial("A  tour", id=tutorial_id, objectives=["See\nit", "Do it"])
    for name, narration in steps.items():
        made.step(narration, id=name)(lambda browser: None)
    return made


TOUR = tutorial("tour", welcome="Now {here} click.", around="Look   around.")
MORE = tutorial("more", welcome="Again.", go="Go.")


def test_sources_are_as_the_author_writes_them() -> None:
    assert sources(TOUR) == {
        "@title": "A tour",
        "@objectives": "See it\nDo it",
        "@summary": "",
        "welcome": "Now {here} click.",
        "around": "Look around.",
    }


@pytest.mark.parametrize(
    ("name", "siblings", "keys"),
    [
        ("@title", [TOUR], ("@title", "tour@title")),
        ("@title", [TOUR, MORE], ("tour@title",)),
        ("around", [TOUR, MORE], ("around", "tour/around")),
        ("welcome", [TOUR], ("welcome", "tour/welcome")),
        ("welcome", [TOUR, MORE], ("tour/welcome", "welcome")),
    ],
)
def test_key_names_its_tutorial_where_others_have_the_name(
    name: str, siblings: list[Tutorial], keys: tuple[str, ...]
) -> None:
    assert keys_of(name, TOUR, siblings) == keys


def read(path: Path, text: str, *siblings: Tutorial) -> SideFile:
    path.write_text(text, encoding="utf-8")
    return read_side_file(path, siblings or [TOUR])


def test_texts_are_read_with_white_space_folded(tmp_path: Path) -> None:
    content = {"@objectives": ["Ver ", " hacer"], "welcome": "Aquí\n pulsa."}
    of = {"welcome": "0123456789ab"}
    found = read(tmp_path / "tour.es.json", json.dumps({**content, "@of": of}))
    assert found == SideFile({"@objectives": "Ver\nhacer", "welcome": "Aquí pulsa."}, of)


BAD = {
    "not JSON": ('{"welcome": "x",\n}', r"tour\.es\.json:[12]: not JSON"),  # Python's own line
    "a list": ('["x"]', r"tour\.es\.json: must be one object"),
    "a text that is none": ('{"welcome": 3}', r"tour\.es\.json: 'welcome' must be a text"),
    "objectives that are one text": ('{"@objectives": "x"}', "'@objectives' must be a list"),
    "an unknown key": ('{"@titel": "x"}', r"tour\.es\.json: unknown key '@titel'"),
    "an unknown step": ('{"welcom": "x"}', r"tour\.es\.json: unknown step 'welcom'.*'tour'"),
    "@of that is a list": ('{"@of": []}', r"tour\.es\.json: '@of' must be an object"),
    "@of an unknown step": (
        '{"@of": {"welcom": "0123456789ab"}}',
        r"tour\.es\.json: '@of': unknown step 'welcom'",
    ),
    "@of that is no digest": ('{"@of": {"welcome": "Now"}}', r"'@of': 'welcome' must be a digest"),
    "@of that is a number": ('{"@of": {"welcome": 12}}', r"'@of': 'welcome' must be a digest"),
    "@of within @of": ('{"@of": {"@of": "0123456789ab"}}', r"'@of': unknown key '@of'"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=list(BAD))
def test_bad_side_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TutorialError, match=message):
        read(tmp_path / "tour.es.json", text)


def test_side_file_of_bytes_is_not_json(tmp_path: Path) -> None:
    path = tmp_path / "tour.es.json"
    path.write_bytes(b'{"welcome": "\xff"}')
    with pytest.raises(TutorialError, match=r"tour\.es\.json: not JSON"):
        read_side_file(path, [TOUR])


@pytest.mark.parametrize(
    ("key", "siblings", "hint"),
    [
        ("welcom", [TOUR], "did you mean 'welcome'?"),
        ("@titel", [TOUR], "did you mean '@title'?"),
        ("@title", [TOUR, MORE], "write 'tour@title'"),
        ("more/welcom", [TOUR, MORE], "did you mean 'more/welcome'?"),
    ],
)
def test_unknown_key_names_the_nearest(
    tmp_path: Path, key: str, siblings: list[Tutorial], hint: str
) -> None:
    with pytest.raises(TutorialError) as caught:
        read(tmp_path / "tour.es.json", json.dumps({key: "x"}), *siblings)
    assert caught.value.hint == hint
