"""Finding tutorials by glob, and the translations beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forge.errors import TutorialError, UsageError
from forge.model.records import Line, Mark
from forge.project.discovery import Found, Words, discover, load_tutorials
from forge.project.translated import digest
from tests.support.project import MARKED_TOUR, TOUR, Project


def ids(found: list[Found]) -> list[str]:
    return [item.tutorial.id for item in found]


def test_tutorials_come_in_path_order_each_once(empty_project: Project) -> None:
    for name in ("b", "a", "c"):
        empty_project.write_tour(name, f"tour-{name}")
    patterns = ["tutorials/c.py", "tutorials/*.py", "tutorials/[a-b].py"]
    assert ids(discover(patterns, empty_project.folder)) == ["tour-a", "tour-b", "tour-c"]


def test_double_star_goes_into_folders(empty_project: Project) -> None:
    empty_project.write_tour("deep/er/x", "deep")
    assert ids(discover(["tutorials/**/*.py"], empty_project.folder)) == ["deep"]


def test_underscore_modules_and_other_files_are_ignored(project: Project) -> None:
    project.write_tour("_shared", "shared")
    project.write("tutorials/notes.txt", "not a tutorial")
    assert ids(discover(["tutorials/*"], project.folder)) == ["tour"]


def test_project_folder_may_have_glob_characters(tmp_path: Path) -> None:
    project = Project(tmp_path / "v[1]*")
    project.write_tour("x", "odd-folder")
    assert ids(discover(["tutorials/*.py"], project.folder)) == ["odd-folder"]


def test_one_module_may_declare_several_tutorials_in_order(empty_project: Project) -> None:
    extra = TOUR.replace('"tour"', '"a"').replace("tour = ", "extra = ")
    file = empty_project.write("tutorials/two.py", TOUR + extra.replace("@tour", "@extra"))
    assert ids(load_tutorials(file)) == ["tour", "a"]


def test_imported_tutorial_belongs_to_its_own_file(project: Project) -> None:
    project.write_tour("origin_for_discovery", "origin")
    project.write("tutorials/user.py", "from origin_for_discovery import tour\n")
    found = discover(["tutorials/*.py"], project.folder)
    assert [(f.tutorial.id, f.file.name) for f in found] == [
        ("origin", "origin_for_discovery.py"),
        ("tour", "tour.py"),
    ]


def test_module_is_executed_once(project: Project) -> None:
    file = project.folder / "tutorials" / "tour.py"
    assert load_tutorials(file)[0].tutorial is load_tutorials(file)[0].tutorial


def test_two_files_of_one_name_are_two_modules(empty_project: Project) -> None:
    empty_project.write_tour("one/tour", "one")
    empty_project.write_tour("two/tour", "two")
    assert ids(discover(["tutorials/*/tour.py"], empty_project.folder)) == ["one", "two"]


def test_nothing_matched_says_where_it_looked(empty_project: Project) -> None:
    with pytest.raises(UsageError, match=r"no tutorial matched tutorials/\*\.py in .*project"):
        discover(["tutorials/*.py"], empty_project.folder)


def test_module_without_a_tutorial_is_no_match(empty_project: Project) -> None:
    empty_project.write("tutorials/x.py", "tour = 3\n")
    with pytest.raises(UsageError, match="no tutorial matched"):
        discover(["tutorials/*.py"], empty_project.folder)


def test_two_tutorials_with_one_id_name_both_places(project: Project) -> None:
    project.write_tour("other", "tour")
    with pytest.raises(TutorialError) as caught:
        discover(["tutorials/*.py"], project.folder)
    assert "two tutorials have the id 'tour'" in caught.value.message
    assert f"{project.folder}/tutorials/other.py:3" in caught.value.message
    assert f"{project.folder}/tutorials/tour.py:3" in caught.value.message


# Side files -----------------------------------------------------------------------------------


def lines_in(project: Project, lang: str | None, text: str | None = None) -> list[str]:
    """Return the narration in `lang`, with `text` as the Spanish side file."""
    if text is not None:
        project.write("tutorials/tour.es.json", text)
    found = load_tutorials(project.folder / "tutorials" / "tour.py")[0]
    return [line.text for line in found.words(lang, "en")[0].lines]


SOURCE = ["Welcome to this small tour.", "Look around."]


@pytest.mark.parametrize("lang", [None, "en"])
def test_source_language_needs_no_side_file(project: Project, lang: str | None) -> None:
    assert lines_in(project, lang) == SOURCE


def test_side_file_replaces_narration(project: Project) -> None:
    text = json.dumps({"look-around": "Mira   a tu\nalrededor.", "welcome": "¡Hola!"})
    assert lines_in(project, "es", text) == ["¡Hola!", "Mira a tu alrededor."]


def translated(project: Project, texts: dict[str, object]) -> tuple[Words, list[str]]:
    """Return the Spanish texts of the tutorial and missing keys; `texts` is the side file."""
    project.write("tutorials/tour.es.json", json.dumps(texts))
    found = load_tutorials(project.folder / "tutorials" / "tour.py")[0]
    words, beside = found.words("es", "en")
    return words, [text.key for text in beside if text.is_missing]


def test_missing_texts_stay_untranslated_and_are_known(project: Project) -> None:
    words, missing = translated(project, {"welcome": "¡Hola!"})
    assert [line.text for line in words.lines] == ["¡Hola!", "Look around."]
    assert words.title == "A small tour"
    assert missing == ["@title", "look-around"]  # it has no objectives and no summary


def test_silent_step_needs_no_line_and_may_have_one(project: Project) -> None:
    source = project.folder / "tutorials" / "tour.py"
    source.write_text(f'{source.read_text()}\n@tour.step("")\ndef wait(browser): ...\n')
    lines: dict[str, object] = {"@title": "Visita", "welcome": "¡Hola!", "look-around": "Mira."}
    assert translated(project, lines)[1] == []
    words, _ = translated(project, {**lines, "wait": "Espera."})
    assert words.lines[-1].text == "Espera."


CARDS = {"@title": "La  visita", "@objectives": ["Ver todo", " Y\nmás"], "@summary": "Visto."}


def test_reserved_keys_translate_title_objectives_and_summary(project: Project) -> None:
    words, warnings = translated(project, {**CARDS, "welcome": "¡Hola!", "look-around": "Mira."})
    assert (words.title, words.objectives, words.summary, warnings) == (
        "La visita",
        ("Ver todo", "Y más"),
        "Visto.",
        [],
    )


def marked_tour(project: Project) -> Path:
    """Give the first step of the tutorial a mark; return the path of its Spanish side file."""
    file = project.folder / "tutorials" / "tour.py"
    file.write_text(MARKED_TOUR.replace("small tour.", "{say: small|tiny} tour."))
    return project.folder / "tutorials" / "tour.es.json"


def test_marks_of_a_translation_are_at_their_own_places(project: Project) -> None:
    marked_tour(project)
    words, _ = translated(project, {"welcome": "¡Hola, {pause 2} {here}  tú!"})
    assert words.lines[0] == Line(
        step="welcome",
        text="¡Hola, tú!",
        marks=(Mark(kind="pause", at=7, end=7, pause_s=2), Mark(kind="here", at=7, end=7)),
    )


def test_untranslated_line_keeps_its_marks(project: Project) -> None:
    marked_tour(project)
    words, _ = translated(project, {"look-around": "Mira."})
    assert [mark.kind for mark in words.lines[0].marks] == ["here", "say"]


@pytest.mark.parametrize("text", ["¡Hola!", "¡{here} Hola {here} tú!"])
def test_translation_has_as_many_actions_as_its_source(project: Project, text: str) -> None:
    side_file = marked_tour(project)
    with pytest.raises(TutorialError) as caught:
        translated(project, {"welcome": text})
    times = {0: "not at all", 2: "2 times"}[text.count("{here}")]
    assert caught.value.message == (
        f"{side_file}: 'welcome' has the mark {{here}} {times}, its source once"
    )
    source = "Welcome to {here} this {say: small|tiny} tour."
    assert caught.value.hint == f"the source is: {source}"


BAD_MARKS = {
    "welcome": ("¡{hear} Hola!", "the mark {hear} is wrong", "write {here}, or {{hear}}"),
    "@title": ("La {here} visita", "the mark {here} is misplaced", "narration of a step"),
    "@summary": ("Todo {pause 2} visto.", "the mark {pause 2} is misplaced", "narration"),
    "@objectives": (["Uno", "{say: A|a}"], "the mark {say: written|spoken} is misplaced", ""),
}


@pytest.mark.parametrize("key", BAD_MARKS)
def test_wrong_mark_of_a_side_file_is_named(project: Project, key: str) -> None:
    side_file = marked_tour(project)
    text, message, hint = BAD_MARKS[key]
    with pytest.raises(TutorialError) as caught:
        translated(project, {key: text})
    assert caught.value.message.startswith(f"{side_file}: {key!r}: {message}")
    assert hint in caught.value.hint


def test_missing_side_file_is_named(project: Project) -> None:
    with pytest.raises(TutorialError, match=r"'tour'.*'fr'.*tour\.fr\.json is missing"):
        lines_in(project, "fr")


def two_tours(project: Project) -> None:
    """Add a tutorial `more` to the module, with a step `go` and one that both have: `welcome`."""
    file = project.folder / "tutorials" / "tour.py"
    file.write_text(
        f"""{file.read_text()}
more = Tutorial("More")
@more.step("Hello again.")
def welcome(b): ...
@more.step("x")
def go(b): ...
"""
    )


def test_reserved_key_names_its_tutorial_among_several(project: Project) -> None:
    two_tours(project)
    assert translated(project, {"tour@title": "La visita", "more@title": "Más"})[0].title == (
        "La visita"
    )


def test_side_file_serves_all_tutorials_of_a_module(project: Project) -> None:
    two_tours(project)
    lines = {"welcome": "¡Hola!", "go": "Va."}
    assert lines_in(project, "es", json.dumps(lines)) == ["¡Hola!", "Look around."]


def test_step_that_two_tutorials_have_may_have_a_line_in_each(project: Project) -> None:
    two_tours(project)
    lines = {"welcome": "¡Hola!", "more/welcome": "¡Hola de nuevo!"}
    project.write("tutorials/tour.es.json", json.dumps(lines))
    found = load_tutorials(project.folder / "tutorials" / "tour.py")
    said = [item.words("es", "en")[0].lines[0].text for item in found]
    assert said == ["¡Hola!", "¡Hola de nuevo!"]


@pytest.mark.parametrize(
    ("of", "stale"),
    [
        ({}, []),
        ({"welcome": digest("Welcome to  this\nsmall tour.")}, []),
        ({"welcome": digest("Welcome.")}, ["welcome"]),
        ({"look-around": digest("Look.")}, []),  # there is no translation of it
    ],
)
def test_line_is_stale_if_its_source_has_another_digest(
    project: Project, of: dict[str, str], stale: list[str]
) -> None:
    project.write("tutorials/tour.es.json", json.dumps({"welcome": "¡Hola!", "@of": of}))
    _, texts = load_tutorials(project.folder / "tutorials" / "tour.py")[0].words("es", "en")
    assert [text.key for text in texts if text.is_stale] == stale


def test_text_has_its_place_in_the_source(project: Project) -> None:
    project.write("tutorials/tour.es.json", "{}")
    _, texts = load_tutorials(project.folder / "tutorials" / "tour.py")[0].words("es", "en")
    assert [(text.name, text.line) for text in texts if text.source] == [
        ("@title", 3),
        ("welcome", 6),
        ("look-around", 11),
    ]


def test_texts_of_a_new_language_are_beside_the_link(empty_project: Project) -> None:
    file = empty_project.write("library/tour.py", TOUR)
    link = empty_project.folder / "tutorials" / "tour.py"
    link.parent.mkdir()
    link.symlink_to(file)
    (found,) = discover(["tutorials/*.py"], empty_project.folder)
    assert {(text.side_file, text.translation) for text in found.texts("fr")} == {
        (str(link.with_name("tour.fr.json")), None)
    }
    empty_project.write("library/tour.fr.json", '{"welcome": "Bienvenue."}')
    there = [text for text in found.texts("fr") if text.translation]
    assert [text.side_file for text in there] == [str(file.with_name("tour.fr.json"))]


def test_side_file_that_is_no_file_is_refused_before_it_is_written(project: Project) -> None:
    (project.folder / "tutorials" / "tour.fr.json").mkdir()
    (found,) = load_tutorials(project.folder / "tutorials" / "tour.py")
    with pytest.raises(TutorialError, match=r"tour\.fr\.json: not JSON"):
        found.texts("fr")
