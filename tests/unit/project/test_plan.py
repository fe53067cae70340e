"""Jobs are tutorials × languages, in an order that depends on nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forge.errors import ChangedError, ProjectError, TutorialError, UsageError
from forge.model.machine import Machine
from forge.model.records import Job, Line
from forge.project.exchange import load_texts
from forge.project.plan import Plan, find_tutorial, make_plan, refuse_collisions
from forge.project.prints import with_prints
from forge.project.settings_sources import load_settings
from forge.project.translated import digest
from tests.support.jobs import job
from tests.support.project import ROOT, Project

SPANISH = json.dumps({"welcome": "Hola.", "look-around": "Mira."})


@pytest.fixture
def two_tours(empty_project: Project) -> Project:
    """A project with the tutorials `a` and `b`, both with a Spanish side file."""
    for name in ("a", "b"):
        empty_project.write_tour(name, name)
        empty_project.write(f"tutorials/{name}.es.json", SPANISH)
    return empty_project


def plan(project: Project, *paths: str, only: tuple[str, ...] = (), **flags: object) -> Plan:
    return make_plan(load_settings(project.folder, flags), paths, only)


def names(made: Plan) -> list[str]:
    return [job.name for job in made.jobs]


def test_without_languages_a_job_has_no_suffix(two_tours: Project) -> None:
    made = plan(two_tours)
    assert names(made) == ["a", "b"]
    assert [job.lang for job in made.jobs] == [None, None]


def test_jobs_are_ordered_by_tutorial_then_language(two_tours: Project) -> None:
    made = plan(two_tours, languages="es,en")
    assert names(made) == ["a.es", "a.en", "b.es", "b.en"]
    assert [job.index for job in made.jobs] == [0, 1, 2, 3]


def test_language_named_twice_is_one_job(two_tours: Project) -> None:
    assert names(plan(two_tours, languages="es,en,es")) == ["a.es", "a.en", "b.es", "b.en"]
    assert names(plan(two_tours, languages="es,es")) == ["a.es", "b.es"]


def test_job_holds_what_a_worker_needs(two_tours: Project) -> None:
    job = plan(two_tours, languages="es", voice={"engine": "pyttsx3"}).jobs[0]
    assert job.title == "A small tour"
    assert job.tutorial_file == str(two_tours.folder / "tutorials" / "a.py")
    assert job.voice == "roa/es"
    assert job.lines == (Line(step="welcome", text="Hola."), Line(step="look-around", text="Mira."))
    assert find_tutorial(job).tutorial.id == "a"


@pytest.mark.parametrize(
    "update", [{"id": "gone"}, {"lines": ()}, {"lines": (Line(step="look-around", text=""),)}]
)
def test_tutorial_changed_since_planning_is_an_error(
    two_tours: Project, update: dict[str, Any]
) -> None:
    job = plan(two_tours).jobs[0].model_copy(update=update)
    with pytest.raises(ChangedError, match=r"a\.py has changed since the batch began"):
        find_tutorial(job)


def test_only_narrows_to_ids_and_keeps_their_order(two_tours: Project) -> None:
    assert names(plan(two_tours, only=("b",))) == ["b"]
    assert names(plan(two_tours, only=("b", "a"))) == ["a", "b"]


def test_only_with_an_unknown_id_names_the_nearest(two_tours: Project) -> None:
    two_tours.write_tour("invite", "invite-guests")
    with pytest.raises(UsageError, match="no tutorial matched --only invite-guest") as caught:
        plan(two_tours, only=("invite-guest",))
    assert caught.value.hint == "did you mean 'invite-guests'?"


def test_paths_narrow_to_files_folders_and_globs(
    two_tours: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_tours.write_tour("deep/c", "c")
    monkeypatch.chdir(two_tours.folder / "tutorials")
    assert names(plan(two_tours, "b.py")) == ["b"]
    assert names(plan(two_tours, "deep")) == ["c"]
    assert names(plan(two_tours, "[ab].py")) == ["a", "b"]
    assert names(plan(two_tours, str(two_tours.folder / "tutorials" / "a.py"), "deep")) == [
        "a",
        "c",
    ]


@pytest.mark.parametrize("given", ["odd [1]", "odd [1]/x.py", "odd [1]/*.py"])
def test_paths_may_have_glob_characters(
    empty_project: Project, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    empty_project.write_tour("odd [1]/x", "odd")
    monkeypatch.chdir(empty_project.folder / "tutorials")
    if "*" in given:
        monkeypatch.chdir("odd [1]")
        given = "*.py"
    assert names(plan(empty_project, given)) == ["odd"]


def test_path_that_is_not_there_is_named(two_tours: Project) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*/nowhere\.py"):
        plan(two_tours, "nowhere.py")


def test_missing_and_stale_lines_are_one_warning_each_per_side_file(two_tours: Project) -> None:
    two_tours.write("tutorials/a.es.json", '{"@title": "Visita", "welcome": "Hola."}')
    stale = {"@title": "0" * 12, "welcome": "1" * 12}
    two_tours.write(
        "tutorials/b.es.json",
        json.dumps({**json.loads(SPANISH), "@title": "Visita", "@of": stale}),
    )
    made = plan(two_tours, languages="en,es")
    folder = two_tours.folder / "tutorials"
    assert made.warnings == (
        f"{folder}/a.es.json: 1 line is not translated and stays in 'en': look-around",
        f"{folder}/b.es.json: 2 lines are translated from an older text: @title, welcome",
    )
    assert [(text.side_file, text.key, text.source) for text in made.stale] == [
        (f"{folder}/b.es.json", "@title", "A small tour"),
        (f"{folder}/b.es.json", "welcome", "Welcome to this small tour."),
    ]


def test_example_is_translated_from_its_present_sentences() -> None:
    settings = load_settings(ROOT / "examples" / "lumen", {})
    texts = load_texts(settings, ["es"])
    changed = [t.full_name for t in texts if t.source and t.of != digest(t.source)]
    assert changed == [], "translate them, then `forge translate --accept` in examples/lumen"


def test_job_has_the_words_of_its_language(two_tours: Project) -> None:
    for name in "ab":
        texts = '{"@title": "Visita", "@objectives": ["Ver"], "@summary": "Visto."}'
        two_tours.write(f"tutorials/{name}.es.json", texts)
    jobs = plan(two_tours, languages="en,es").jobs
    shown = [(job.title, job.objectives, job.summary) for job in jobs if job.lang == "es"]
    assert shown == [("Visita", ("Ver",), "Visto.")] * 2


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (job("a", "pt-BR"), job("a", "pt-br")),
        (job("a"), job("a", tutorial_file="/other.py")),
    ],
)
def test_jobs_that_share_a_file_are_named(one: Job, two: Job) -> None:
    with pytest.raises(ProjectError) as caught:
        refuse_collisions([one, two])
    for part in (repr(one.name), repr(two.name), one.tutorial_file, two.tutorial_file):
        assert part in caught.value.message


def test_jobs_of_their_own_names_do_not_collide() -> None:
    refuse_collisions([job("a"), job("a", "es"), job("b", "es")])


@pytest.mark.parametrize("taken", ["cache", "logs"])
def test_names_of_own_folders_are_reserved(taken: str) -> None:
    with pytest.raises(TutorialError, match=f"/{taken}.py: the id '{taken}' is reserved"):
        refuse_collisions([job(taken)])
    refuse_collisions([job(taken, "es")])


def test_two_spellings_of_a_language_collide(two_tours: Project) -> None:
    for lang in ("pt-BR", "pt-br"):
        two_tours.write(f"tutorials/a.{lang}.json", SPANISH)
    with pytest.raises(ProjectError, match=r"'a\.pt-BR'.*'a\.pt-br'"):
        plan(two_tours, only=("a",), languages="pt-BR,pt-br")


def test_a_take_of_an_earlier_batch_may_serve(two_tours: Project) -> None:
    for name in ("a.es", "b", "other"):
        two_tours.write(f".forge/{name}/take.print.json", "{}")
    settings = load_settings(two_tours.folder)
    machine = Machine(browser=Path("/b"), driver=Path("/d"), clock="virtual")
    a, b = with_prints(plan(two_tours).jobs, settings, machine, localized=False)
    assert (a.takes_from, b.takes_from) == (("a.es",), ())
    assert with_prints([a], settings, machine, localized=True)[0].takes_from == ()
