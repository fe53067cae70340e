"""`forge translate`, run in this process: files that appear, messages, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib
import pytest

from forge.cli import console
from forge.project.translated import digest
from tests.support.project import TOUR, Project

Translate = Callable[..., int]

pytestmark = pytest.mark.usefixtures("nothing_left_behind")


@pytest.fixture
def translate(project: Project, monkeypatch: pytest.MonkeyPatch) -> Translate:
    """Return a function that runs `forge translate` in the project's folder."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> int:
        return console(["translate", *words])

    return run


def side_file(project: Project, lang: str = "es") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.folder / f"tutorials/tour.{lang}.json").read_text())
    return found


def fill(path: Path, **translations: str) -> None:
    """Translate entries of the tutorial `tour`, by step."""
    po = polib.pofile(str(path))
    for entry in po:
        step = str(entry.msgctxt).removeprefix("tour/").replace("-", "_")
        entry.msgstr = translations.get(step, entry.msgstr)
    po.save()


def test_new_language_begins_with_an_empty_po_and_comes_back(
    project: Project, translate: Translate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert translate("--export", "fr.po", "--lang", "fr") == 0
    assert capsys.readouterr().out == "fr.po: 3 lines, 0 translated, 0 fuzzy, 3 to translate\n"
    po = project.folder / "fr.po"
    fill(po, welcome="Bienvenue.", look_around="Regarde.")
    assert translate("--import", "fr.po") == 0
    assert capsys.readouterr().out.splitlines() == [
        "fr.po: 2 lines in 'fr'; left out: 1 empty",
        f"{project.folder}/tutorials/tour.fr.json: 2 lines written",
        "`forge render --lang fr` renders it: it is not in languages in forge.toml",
    ]
    assert side_file(project, "fr") == {
        "welcome": "Bienvenue.",
        "look-around": "Regarde.",
        "@of": {
            "welcome": digest("Welcome to this small tour."),
            "look-around": digest("Look around."),
        },
    }
    before = po.read_bytes()
    assert translate("--export", "fr.po", "--lang", "fr") == 0
    assert po.read_bytes() == before
    assert translate("--import", "fr.po", "--lang", "fr") == 0
    assert "the side files are as they were" in capsys.readouterr().out


def test_changed_source_makes_a_fuzzy_entry_with_the_old_source(
    project: Project, translate: Translate
) -> None:
    project.write("tutorials/tour.es.json", '{"welcome": "Hola.", "look-around": "Mira."}')
    assert translate("--accept", "--lang", "es") == 0
    assert translate("--export", "es.po", "--lang", "es") == 0
    project.write("tutorials/tour.py", TOUR.replace("Look around.", "Look everywhere."))
    assert translate("--export", "es.po", "--lang", "es") == 0
    entry = polib.pofile(str(project.folder / "es.po")).find("tour/look-around", by="msgctxt")
    assert entry is not None
    assert (entry.msgid, entry.previous_msgid) == ("Look everywhere.", "Look around.")
    assert (entry.msgstr, entry.flags) == ("Mira.", ["fuzzy"])


def test_folder_has_a_po_for_each_language(project: Project, translate: Translate) -> None:
    for lang in ("es", "fr"):
        project.write(f"tutorials/tour.{lang}.json", '{"welcome": "O."}')
    project.write("forge.toml", 'languages = ["en", "es", "fr"]\n')
    assert translate("--export", "po") == 0
    assert sorted(path.name for path in (project.folder / "po").iterdir()) == ["es.po", "fr.po"]
    for lang in ("es", "fr"):
        fill(project.folder / "po" / f"{lang}.po", look_around="Ah.")
    assert translate("--import", "po", "--lang", "fr") == 0
    assert (side_file(project)["welcome"], "look-around" in side_file(project)) == ("O.", False)
    assert translate("--import", "po") == 0
    assert side_file(project)["look-around"] == side_file(project, "fr")["look-around"] == "Ah."


def test_export_loses_no_translation(
    project: Project, translate: Translate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert translate("--export", "es.po", "--lang", "es") == 0
    fill(project.folder / "es.po", welcome="Hola.")
    assert translate("--export", "es.po", "--lang", "es") == 2
    told = capsys.readouterr().err
    assert "es.po has 1 line that the side files do not have: tour/welcome" in told
    assert "hint: `forge translate --import es.po` first" in told


def test_accept_notes_the_sources_of_hand_written_lines(
    project: Project, translate: Translate, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.write("tutorials/tour.es.json", '{"welcome": "Hola.", "look-around": "Mira."}')
    assert translate("--accept", "tour/welcome", "--lang", "es") == 0
    assert capsys.readouterr().out == f"{path}: 1 line written\n"
    assert side_file(project)["@of"] == {"welcome": digest("Welcome to this small tour.")}
    assert translate("--accept", "--lang", "es") == 0
    assert list(side_file(project)["@of"]) == ["welcome", "look-around"]
    assert translate("--accept", "--lang", "es") == 0
    assert capsys.readouterr().out.endswith("the side files are as they were\n")


def test_wrong_entries_are_all_named_and_nothing_is_written(
    project: Project, translate: Translate, capsys: pytest.CaptureFixture[str]
) -> None:
    acts = TOUR.replace('small tour."""', 'small tour."""\n    browser.refresh()')
    project.write("tutorials/tour.py", acts.replace("to this", "to {here} this"))
    assert translate("--export", "es.po", "--lang", "es") == 0
    path = project.folder / "es.po"
    fill(path, welcome="Hola.", look_around="{hear} Mira.")
    text = path.read_text().replace("tour/@title", "tour/@titel")
    path.write_text(text)
    capsys.readouterr()
    assert translate("--import", "es.po") == 2
    first, *problems = capsys.readouterr().err.splitlines()
    assert first == "error: nothing is imported, because 3 entries cannot be:"
    lines = text.splitlines()
    for said, number, end in [
        ("'tour/@titel' is no text of this project", 0, "did you mean 'tour/@title'?"),
        (
            "'tour/welcome' has the mark {here} not at all, its source once",
            1,
            "to {here} this small tour.",
        ),
        ("'tour/look-around': the mark {hear} is wrong", 2, "are to be shown"),
    ]:
        place, _, rest = problems[number].strip().partition(": ")
        assert lines[int(place.removeprefix("es.po:")) - 1][:2] in ("#.", "#:", "ms")
        assert rest.startswith(said)
        assert rest.endswith(end), rest
    assert not (project.folder / "tutorials/tour.es.json").exists()


FRENCH = 'msgid ""\nmsgstr "Language: fr\\n"\n\nmsgctxt "tour/welcome"\nmsgid "W"\nmsgstr "B"\n'
BAD: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "nothing to do": ((), "", ("one of the arguments --export --import --accept is required",)),
    "two things": (("--export", "x.po", "--accept"), "", ("not allowed with",)),
    "no language": (("--export", "x.po"), "", ("no language to translate into", "--lang es")),
    "the source language": (
        ("--export", "x.po", "--lang", "en"),
        "",
        ("no language to translate into, from 'en'",),
    ),
    "one file for two languages": (
        ("--export", "x.po", "--lang", "es,fr"),
        "",
        ("x.po is one file, and there are 2 languages: es, fr", "name a folder, such as x"),
    ),
    "another format": (
        ("--export", "x.xlf", "--lang", "es"),
        "",
        ("x.xlf: forge writes PO files", "name x.po"),
    ),
    "a folder that cannot be made": (
        ("--export", "a/b/x.po", "--lang", "es"),
        "",
        ("no folder a/b can be made: No such file",),
    ),
    "a file of another language": (
        ("--export", "in.po", "--lang", "es"),
        FRENCH,
        ("in.po is there already, for the language 'fr', not 'es'",),
    ),
    "a path that is not there": (("--import", "x.po"), "", ("x.po cannot be read: No such file",)),
    "a folder without PO files": (
        ("--import", "tutorials"),
        "",
        ("there is no PO file in the folder tutorials",),
    ),
    "another language in the header": (
        ("--import", "in.po", "--lang", "es"),
        FRENCH,
        ("in.po: its header names the language 'fr', not 'es'",),
    ),
    "the source language in the header": (
        ("--import", "in.po"),
        FRENCH.replace("fr", "en"),
        ("in.po: its header names the language 'en', not a translation",),
    ),
    "no language in the header": (
        ("--import", "in.po"),
        FRENCH.partition("\n\n")[2],
        ("in.po: its header does not name the language", "--lang es"),
    ),
    "an empty file": (("--import", "in.po"), "\n", ("in.po has no entries",)),
    "a file with a header only": (
        ("--import", "in.po"),
        FRENCH.partition("\n\n")[0],
        ("in.po has no entries", "`forge translate --export` writes some"),
    ),
    "a broken file": (("--import", "in.po"), 'msgid "a\n', ('in.po:1: not PO: msgid "a',)),
    "an unknown name to accept": (
        ("--accept", "tour/welcom", "--lang", "es"),
        "",
        ("there is no translation of 'tour/welcom'", "did you mean 'tour/welcome'?"),
    ),
}


@pytest.mark.parametrize(("words", "po", "says"), BAD.values(), ids=list(BAD))
def test_bad_input_is_a_message_and_exit_code_2(
    project: Project,
    translate: Translate,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    po: str,
    says: tuple[str, ...],
) -> None:
    project.write("tutorials/tour.es.json", '{"welcome": "Hola."}')
    if po:
        project.write("in.po", po)
    before = sorted(project.folder.rglob("*"))
    assert translate(*words) == 2
    told = capsys.readouterr().err
    assert all(part in told for part in says), told
    assert [p for p in sorted(project.folder.rglob("*")) if "__pycache__" not in p.parts] == before
