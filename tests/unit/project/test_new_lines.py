"""New lines in side files: the order of keys, what stays, what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.errors import ProjectError, TutorialError, UsageError
from forge.project.new_lines import NewLine, accepted, as_json, merged, write_side_files
from forge.project.translated import digest
from tests.support.odd import VALUES
from tests.support.translations import text

A, B = "a" * 12, "b" * 12
ORDER = ["@title", "@objectives", "welcome", "go"]


def test_lines_are_merged_in_the_order_of_the_steps() -> None:
    before = {"other": "Otra.", "go": "Va.", "@of": {"other": A, "go": A}, "welcome": " Hola "}
    lines = [
        NewLine(text("go", "Va."), "Siga.", B),
        NewLine(text("welcome", "Hola"), "Hola", B),  # the same text as there, if folded
        NewLine(text("@objectives"), "Ver\nHacer", B),
    ]
    after = merged(before, lines, ORDER)
    assert list(after.items()) == [
        ("@objectives", ["Ver", "Hacer"]),
        ("welcome", " Hola "),
        ("go", "Siga."),
        ("other", "Otra."),
        ("@of", {"@objectives": B, "welcome": B, "go": B, "other": A}),
    ]
    assert list(after["@of"]) == ["@objectives", "welcome", "go", "other"]


def test_side_file_has_a_line_for_each_key() -> None:
    content = {"@objectives": ["Ver", "Hacer"], "go": 'Él dice "¡ve!"', "@of": {"go": A}}
    assert as_json(content) == (
        """\
{
  "@objectives": ["Ver", "Hacer"],
  "go": "Él dice \\"¡ve!\\"",
  "@of": {
    "go": "aaaaaaaaaaaa"
  }
}
"""
    )


@given(st.dictionaries(st.text(), VALUES, min_size=1))
def test_json_is_read_as_it_was_written(content: dict[str, Any]) -> None:
    assert json.dumps(json.loads(as_json(content))) == json.dumps(json.loads(json.dumps(content)))


def test_only_changes_are_written(tmp_path: Path) -> None:
    path, other = tmp_path / "a.es.json", tmp_path / "b.es.json"
    other.write_text('{"go":"Va."}')  # not as forge would write it
    go, same = text("go", side_file=str(path)), text("go", "Va.", A, side_file=str(other))
    written = list(write_side_files([NewLine(go, "Va.", A), NewLine(same, "Va.", A)], [go, same]))
    assert written == [(path, 1)]
    assert json.loads(path.read_text()) == {"go": "Va.", "@of": {"go": A}}
    assert other.read_text() == '{"go":"Va."}'


def test_each_side_file_has_the_order_of_its_own_steps(tmp_path: Path) -> None:
    names = {str(tmp_path / "a.json"): ["go", "stay"], str(tmp_path / "b.json"): ["stay", "go"]}
    texts = [text(key, side_file=file) for file, keys in names.items() for key in keys]
    list(write_side_files([NewLine(one, "x", A) for one in reversed(texts)], texts))
    for file, keys in names.items():
        assert list(json.loads(Path(file).read_text())) == [*keys, "@of"]


def test_side_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    go = text("go", side_file=str(tmp_path / "nowhere" / "x.es.json"))
    with pytest.raises(ProjectError, match=r"x\.es\.json cannot be written: No such file"):
        list(write_side_files([NewLine(go, "Va.", A)], [go]))


TEXTS = [
    text("welcome", "Hola."),
    text("go", "Va.", A),
    text("stay"),
    text("@summary", "Fin.", source=""),
]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        ([], ["welcome", "go"]),
        (["tour"], ["welcome", "go"]),
        (["tour/go"], ["go"]),
        (["tour/go", "tour/welcome"], ["welcome", "go"]),
    ],
)
def test_accepted_lines_are_of_todays_source(names: list[str], keys: list[str]) -> None:
    lines = accepted(TEXTS, names)
    assert [line.text.key for line in lines] == keys
    assert {line.of for line in lines} == {digest(f"The text of {key}.") for key in keys}


@pytest.mark.parametrize("name", ["tour/goo", "tour/stay", "to"])
def test_only_translations_can_be_accepted(name: str) -> None:
    with pytest.raises(UsageError, match=f"there is no translation of '{name}'"):
        accepted(TEXTS, [name])


@pytest.mark.parametrize("names", [[], ["tour"]])
def test_without_translations_nothing_can_be_accepted(names: list[str]) -> None:
    with pytest.raises(UsageError, match="the project has no translations to accept"):
        accepted([text("go"), text("@summary", "Fin.", source="")], names)


def test_line_with_wrong_marks_is_not_accepted() -> None:
    wrong = text("go", "Va.", source="{here} Go.")
    with pytest.raises(TutorialError, match=r"tour\.es\.json: 'go' has the mark .* not at all"):
        accepted([wrong], [])
