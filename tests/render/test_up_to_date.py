"""A second render does nothing, or only what changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from forge.cli import console
from tests.support.project import Project
from tests.support.tours import page, write_project

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]

TOUR = f"""
    import pathlib
    from forge import Tutorial
    tour = Tutorial("A tour", id="tour", summary="x")

    @tour.setup
    def count(browser):
        with pathlib.Path(__file__).with_suffix(".recorded").open("a") as file:
            file.write("x")

    @tour.step
    def one(browser{{context}}):
        '''The page says one.'''
        {{look}}
        browser.get({page("<h1>One</h1>")!r})

    @tour.step
    def two(browser):
        '''And that is all it says.'''
"""
PLAIN = TOUR.format(context="", look="")
LANGUAGES = 'languages = ["en", "es", "de"]\n'


@pytest.fixture
def new(make_project: MakeProject) -> Project:
    """Return the project without a render of it."""
    return translated(make_project(PLAIN, LANGUAGES))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render the project in three lanes; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("kept")
    return translated(write_project(folder, PLAIN, LANGUAGES)).rendered("-j", "3")


@pytest.fixture
def project(kept: Project, tmp_path: Path) -> Project:
    """Return a copy of the rendered project, which is as up to date."""
    shutil.copytree(kept.folder, tmp_path / "copy", symlinks=True)
    return Project(tmp_path / "copy")


def translated(project: Project) -> Project:
    for lang in ("es", "de"):
        lines = {"one": f"{lang} one.", "two": f"{lang} two, and a few words more than that."}
        project.write(f"tutorials/tour.{lang}.json", json.dumps(lines))
    return project


def recordings(project: Project) -> int:
    return len((project.folder / "tutorials" / "tour.recorded").read_text())


def statuses(project: Project) -> list[str]:
    return [entry["status"] for entry in project.batch()]


def edit(project: Project, old: str, new: str, name: str = "tutorials/tour.py") -> None:
    path = project.folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def listed(project: Project, capfd: pytest.CaptureFixture[str]) -> str:
    """Return what `forge list --stale` prints, in this process."""
    assert console(["list", "--stale", "--project", str(project.folder)]) == 0
    return capfd.readouterr().out


def test_one_recording_serves_every_language(project: Project) -> None:
    assert recordings(project) == 1
    assert statuses(project) == ["done"] * 3
    takes = [project.take(f"tour.{lang}") for lang in ("en", "es", "de")]
    assert [take.lang for take in takes] == ["en", "es", "de"]
    assert project.manifest("tour.de").steps[1].narration.startswith("de two")
    assert project.manifest("tour.de").total_ms > project.manifest("tour.en").total_ms

    project.rendered("-j", "3")
    assert statuses(project) == ["up-to-date"] * 3
    assert all(entry["video_s"] > 3 for entry in project.batch())

    project.rendered("--force", "-j", "1")
    assert statuses(project) == ["done"] * 3
    assert recordings(project) == 2


def test_changed_sentence_needs_no_browser(project: Project) -> None:
    edit(project, "The page says one.", "The page really says one.")
    edit(project, "de two", "de zwei", "tutorials/tour.de.json")
    project.rendered()
    assert statuses(project) == ["done", "up-to-date", "done"]
    assert recordings(project) == 1
    assert "really" in project.video("tour.en").with_suffix(".srt").read_text()


def test_changed_code_is_recorded_once_again(project: Project) -> None:
    edit(project, "<h1>One", "<h1>Two")
    project.rendered()
    assert statuses(project) == ["done"] * 3
    assert recordings(project) == 2


def test_imports_and_watched_files_count(new: Project, capfd: pytest.CaptureFixture[str]) -> None:
    def stale() -> str:
        return listed(new, capfd)

    helper = new.write("tutorials/_pages.py", "SAYS = 1\n")
    edit(new, "import pathlib", "import pathlib\nimport _pages")
    edit(new, 'languages = ["en", "es", "de"]', 'watch = ["app/**/*"]', "forge.toml")
    app = new.write("app/templates/index.html", "<h1>")
    new.rendered()
    new.rendered()
    assert statuses(new) == ["up-to-date"]
    helper.write_text("SAYS = 1  # a comment changes nothing\n")
    assert "every job is up to date" in stale()
    app.write_text("<h2>")
    assert "changed: watched" in stale()
    helper.write_text("SAYS = 2\n")
    assert "changed: steps, watched" in stale()
    new.rendered()
    assert statuses(new) == ["done"]
    assert recordings(new) == 2


def test_steps_using_the_language_record_each(make_project: MakeProject) -> None:
    tour = TOUR.format(context=", ctx", look="print(ctx.lang)")
    project = translated(make_project(tour, 'languages = ["en", "es"]\n')).rendered("-j", "2")
    assert recordings(project) == 2
    project.rendered()
    assert statuses(project) == ["up-to-date"] * 2


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_lost_or_damaged_video_needs_no_browser(project: Project) -> None:
    whole = {lang: project.video(f"tour.{lang}").read_bytes() for lang in ("en", "es", "de")}
    flip_a_bit(project.video("tour.en"))  # the length and the index stay as they are
    project.video("tour.es").with_suffix(".vtt").write_bytes(b"")
    project.rendered()
    assert statuses(project) == ["done", "done", "up-to-date"]
    assert recordings(project) == 1
    assert {lang: project.video(f"tour.{lang}").read_bytes() for lang in whole} == whole
    digests = {entry["job"]: entry["files"][f"{entry['job']}.mp4"] for entry in project.batch()}
    for lang, data in whole.items():
        assert digests[f"tour.{lang}"]["sha256"] == hashlib.sha256(data).hexdigest()


def test_damaged_take_is_remade_within_the_attempt(new: Project) -> None:
    new.rendered("--lang", "en")
    kept = sorted((new.folder / ".forge" / "cache" / "speech").glob("*.wav"))
    sounds = [path.read_bytes() for path in kept]
    for path in (*kept, new.work("tour.en") / "frames.bin"):
        flip_a_bit(path)
    edit(new, "And that is all it says.", "And that is really all it says.")
    new.rendered("--lang", "en")
    [entry] = new.batch()
    assert (entry["status"], entry["attempts"]) == ("done", 1)
    assert "frames.bin is damaged: recorded again" in entry["warnings"][0]
    assert recordings(new) == 2
    again = [path.read_bytes() in sounds for path in kept]
    assert sorted(again) == [False, True], "the sentence that is said no more is left alone"


BATCH = """
    import pathlib
    from forge import Tutorial
    tour = Tutorial("A tour", id="NAME")
    HERE = pathlib.Path(__file__).parent

    @tour.step
    def one(browser):
        '''The page says one.'''
        MEANWHILE
"""
ADDED = "\n@tour.step\ndef two(browser): 'And two.'\n"
#: The step of b removes the video of a, changes c, and changes d and restores it.
MEANWHILE = f"""
        (HERE.parent / "dist" / "a.mp4").unlink()
        c, d = (HERE / name for name in ("c.py", "d.py"))
        c.write_text(c.read_text() + {ADDED!r})
        before = d.read_text()
        d.write_text("raise SystemExit")
        d.write_text(before)
""".strip()


def test_file_changes_during_a_batch_are_reported(make_project: MakeProject) -> None:
    project = make_project("", "[limits]\nbackoff_s = 0\n")
    (project.folder / "tutorials" / "tour.py").unlink()
    for name in "abcd":
        does = MEANWHILE if name == "b" else "pass"
        text = BATCH.replace("NAME", name).replace("MEANWHILE", does)
        project.write(f"tutorials/{name}.py", text)
    assert project.render("--keep-going").code == 1
    batch = {entry["job"]: entry for entry in project.batch()}
    assert {name: entry["status"] for name, entry in batch.items()} == {
        "a": "failed",
        "b": "done",
        "c": "failed",
        "d": "done",
    }, project.output
    assert "there is no a.mp4" in batch["a"]["error"]["message"]
    assert "tutorials/c.py has changed since the batch" in batch["c"]["error"]["message"]
    assert not list((project.folder / "dist").glob("c.*"))

    project.rendered("--resume")
    assert "resumed: 2 of 4 jobs" in project.output
    assert statuses(project) == ["done"] * 4
    assert project.video("a").exists()
    assert len(project.manifest("c").steps) == 2


def test_list_stale_names_jobs_and_reasons(
    new: Project, project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "tour.de  there is no complete render of it yet" in listed(new, capfd)
    assert "every job is up to date" in listed(project, capfd)
    edit(project, "de two", "de zwei", "tutorials/tour.de.json")
    assert listed(project, capfd).split() == ["job", "why", "tour.de", "changed:", "narration"]
    project.video("tour.en").unlink()
    assert "tour.en  there is no tour.en.mp4" in listed(project, capfd)
