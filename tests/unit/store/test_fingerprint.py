"""Prints: which changes count, and for which of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.model.machine import Machine
from forge.model.marks import read_marks
from forge.model.records import Job, Line, Note
from forge.model.settings import Browser, Hand, Page, Settings, Sound, Style, Video, Voice
from forge.project.load_module import use_project
from forge.store.file_notes import noted
from forge.store.fingerprint import (
    Printed,
    Prints,
    Sources,
    card_prints,
    changed,
    fits,
    forget_installed,
    read_printed,
    take_prints,
    type_prints,
    video_prints,
    write_printed,
)
from forge.store.paths import VIDEO_PRINT
from forge.text import installed_type
from tests.support.jobs import job

TOUR = '''\
from forge import Tutorial
import helper
tour = Tutorial("A tour", id="tour", summary="x")

@tour.step
def one(browser):
    """The page says one."""
    browser.get(helper.URL)

@tour.step("Two.", settle_s=1)
def two(browser): ...

tour.step("Three.", id="three")(helper.three)
'''


#: Short texts, as names and digests are.
words = st.text(st.characters(categories=["L", "N", "P"]))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tutorials").mkdir()
    (tmp_path / "tutorials" / "tour.py").write_text(TOUR)
    (tmp_path / "helper.py").write_text("import pages.start\nURL = 1\n")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "__init__.py").touch()
    (tmp_path / "pages" / "start.py").write_text("PATH = 1\n")
    (tmp_path / "shop.py").write_text("class Shop: ...\n")
    return tmp_path


def prints(project: Path, lang: str | None = None, **settings: object) -> dict[str, str]:
    made = Settings.model_validate({"project_dir": project, "adapter": "shop.py:Shop", **settings})
    return take_prints(project / "tutorials" / "tour.py", made, machine(made), lang)


def machine(settings: Settings) -> Machine:
    return Machine(
        browser=settings.browser.binary or Path("/b"), driver=Path("/d"), clock=settings.video.clock
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The page says one.", "It says two."),
        ('"""The page says one."""', '"""The page\n    says one."""'),
        ('"Two."', '"Zwei."'),
        ('"Three."', '"Drei."'),
        ('"A tour"', '"The tour"'),
        ('summary="x"', 'summary="y", objectives=["z"]'),
        ("import helper", "import helper  # a comment\n\n"),
    ],
)
def test_narration_comments_and_layout_do_not_count(project: Path, old: str, new: str) -> None:
    before = prints(project)
    assert old in TOUR
    (project / "tutorials" / "tour.py").write_text(TOUR.replace(old, new))
    assert prints(project) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("tutorials/tour.py", "helper.URL", "helper.URI", "steps"),
        ("tutorials/tour.py", "settle_s=1", "settle_s=2", "steps"),
        ("tutorials/tour.py", 'id="three"', 'id="four"', "steps"),
        ("helper.py", "URL = 1", "URL = 2", "steps"),
        ("pages/start.py", "PATH = 1", "PATH = 2", "steps"),
        ("pages/__init__.py", "", "X = 1", "steps"),
        ("shop.py", "...", "pass", "adapter"),
    ],
)
def test_code_counts_with_imports_of_the_project(
    project: Path, file: str, old: str, new: str, part: str
) -> None:
    before = prints(project)
    path = project / file
    path.write_text(path.read_text().replace(old, new, 1))
    after = prints(project)
    assert [key for key in before if before[key] != after[key]] == [part]


#: Other things that have the names of forge's.
PAGE = """\
from forge import By, Tutorial
from pages import Wizard, retry
import pages
tour = Tutorial("A tour")

class Shop:
    def step(self, number): ...

def step(number): ...

@retry.step(1)
def helper(browser): ...

@tour.step
def one(browser):
    'Look.'
    Wizard(browser).step(2)
    wizard = Wizard(browser)
    wizard.step(3)
    Shop().step(4)
    step(5)
    pages.Tutorial(browser, page=6)
    tour.show.step(7)
"""


@pytest.mark.parametrize("number", range(1, 8))
def test_arguments_of_other_things_called_step_or_tutorial_count(
    project: Path, number: int
) -> None:
    tour = project / "tutorials" / "tour.py"
    tour.write_text(PAGE)
    before = prints(project)
    tour.write_text(PAGE.replace(str(number), "9"))
    assert [key for key, value in prints(project).items() if value != before[key]] == ["steps"]


@pytest.mark.parametrize(
    "hidden",
    [
        'class Tutorial: ...\nTutorial("Said.")',
        'from pages import Tutorial\nTutorial(browser, page="Said.")',
        'from forge import Tutorial\ntour = Tutorial("T")\ndef f(tour): tour.step("Said.")',
        'from forge import Tutorial\ntour = Tutorial("T")\nfor tour in (): tour.step("Said.")',
        'from forge import Tutorial\na, b = Tutorial("T"), 1\nb.step("Said.")',
    ],
)
def test_a_name_that_may_be_another_thing_counts(project: Path, hidden: str) -> None:
    assert _counts(project, hidden)


@pytest.mark.parametrize(
    "code",
    [
        'import forge\ntour = forge.Tutorial("Said.", summary="Said.")',
        'import forge as f\ntour: f.Tutorial = f.Tutorial("Said.")\ntour.step("Said.")(print)',
        'from forge import *\na, b = Tutorial("Said."), Tutorial("T")\nb.step("Said.")(print)',
        'from forge.tutorial import Tutorial as T\n(tour := T("Said."))',
        'from forge import *\nt = Tutorial("T")\nstep = t.step\n@step("Said.")\ndef f(): ...',
        'from forge import Tutorial\nt = Tutorial("T")\nstep = t.step\nstep("Said.")(print)',
        'def log_in(t):\n  @t.step("Said.")\n  def enter(browser):\n    "Said."',
    ],
)
def test_every_way_to_declare_leaves_the_words_out(project: Path, code: str) -> None:
    assert not _counts(project, code)


def _counts(project: Path, code: str) -> bool:
    """Return True if the text "Said." of the tutorial's code counts."""
    tour = project / "tutorials" / "tour.py"
    tour.write_text(code)
    before = prints(project)
    tour.write_text(code.replace("Said.", "Told."))
    return prints(project) != before


def app_prints(project: Path, **app: object) -> str:
    keys = {"command": ["serve", "web/run.py", "{data}"], "data": "seed", **app}
    made = Settings.model_validate({"project_dir": project, "app": keys})
    tour = project / "tutorials" / "tour.py"
    return take_prints(tour, made, machine(made), None)["adapter"]


@pytest.fixture
def with_app(project: Path) -> Path:
    (project / "seed" / "inner").mkdir(parents=True)
    (project / "seed" / "inner" / "db").write_text("seeded")
    (project / "seed" / "back").symlink_to("..")
    (project / "web").mkdir()
    (project / "web" / "run.py").write_text("serve()")
    return project


@pytest.mark.parametrize("name", ["seed/inner/db", "seed/new", "web/run.py"])
def test_files_of_an_app_count(with_app: Path, name: str) -> None:
    before = app_prints(with_app)
    (with_app / name).write_text("changed")
    assert app_prints(with_app) != before


def test_a_file_that_is_taken_away_from_an_app_counts(with_app: Path) -> None:
    before = app_prints(with_app)
    (with_app / "seed" / "inner" / "db").rename(with_app / "seed" / "db")
    assert app_prints(with_app) != before


def test_an_empty_folder_of_an_app_counts(with_app: Path) -> None:
    before = app_prints(with_app)
    (with_app / "seed" / "uploads").mkdir()
    assert app_prints(with_app) != before


@pytest.mark.parametrize(
    ("keys", "counts"),
    [
        ({"start_page": "/events"}, True),
        ({"env": {"A": "1"}}, True),
        ({"reset": ["seed"]}, True),
        ({"date": "2026-01-01T12:00:00Z"}, True),
        ({"sign_in": {"page": "/in"}}, True),
        ({"timeout_s": 5}, False),
        ({"log": "a.log"}, False),
        ({"ready": "/health"}, False),
        ({"parallel_safe": True}, False),
    ],
)
def test_keys_of_an_app_count_if_they_decide_what_it_shows(
    with_app: Path, keys: dict[str, object], counts: bool
) -> None:
    assert (app_prints(with_app, **keys) != app_prints(with_app)) == counts


@pytest.mark.parametrize("name", ["seed/inner/db", "seed/new"])
def test_data_of_an_adapter_class_count(with_app: Path, name: str) -> None:
    made = Settings(project_dir=with_app, adapter="shop.py:Shop")
    tour = with_app / "tutorials" / "tour.py"

    def adapter_print() -> str:
        return take_prints(tour, made, machine(made), None, given=["seed"])["adapter"]

    before = adapter_print()
    (with_app / name).write_text("changed")
    assert adapter_print() != before


def test_a_word_of_a_command_may_be_longer_than_a_name(with_app: Path) -> None:
    assert app_prints(with_app, command=["sh", "-c", "echo; " * 99 + "{data}"])


def test_files_of_an_app_are_noted_so_that_they_travel(with_app: Path) -> None:
    made = Settings.model_validate({"project_dir": with_app, "app": {"static": "seed"}})
    sources = Sources()
    take_prints(with_app / "tutorials" / "tour.py", made, machine(made), None, sources)
    assert str(with_app / "seed" / "inner" / "db") in sources.notes


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("import pages.start", True),
        ("from pages import start", True),
        ("from pages.start import PATH", True),
        ("def later():\n    import pages.start", True),
        ("from importlib import import_module\nimport_module('pages.start')", True),
        ("__import__('pages.start')", True),
        ("from ..pages import start", True),
        ("from .pages import start", False),
        ("import start", False),
        ("import json, pages", False),
        ("from ............ import start", False),
        ("__import__('')", False),
    ],
)
def test_every_way_to_import_counts(project: Path, statement: str, counts: bool) -> None:
    (project / "tutorials" / "tour.py").write_text(statement)
    before = prints(project)
    (project / "pages" / "start.py").write_text("PATH = 3\n")
    assert (prints(project) != before) is counts


@pytest.mark.parametrize("file", ["shops/one.py", "shops/__init__.py", "helper.py"])
def test_adapter_package_counts_with_its_imports(project: Path, file: str) -> None:
    (project / "shops").mkdir()
    (project / "shops" / "__init__.py").touch()
    (project / "shops" / "one.py").write_text("import helper\n")
    use_project(project)
    before = prints(project, adapter="shops.one:Shop")
    (project / file).write_text("import helper\nX = 2\n")
    after = prints(project, adapter="shops.one:Shop")
    assert "adapter" in [key for key in before if before[key] != after[key]]


def test_invalid_python_counts_by_its_bytes(project: Path) -> None:
    """It may be imported in a branch that never runs."""
    (project / "helper.py").write_text("def (")
    before = prints(project)
    (project / "helper.py").write_text("def [")
    assert prints(project) != before


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"video": Video(width=1280)}, "recording"),
        ({"video": Video(scale=2)}, "recording"),
        ({"video": Video(clock="real")}, "clock"),
        ({"video": Video(clock="elastic")}, "clock"),
        ({"video": Video(clock="virtual")}, None),  # which "auto" begins on
        ({"page": Page(random_seed=2)}, "clock"),
        ({"browser": Browser(binary=Path("/opt/chrome"))}, "recording"),
        ({"browser": Browser(args=("--lang=de",))}, "recording"),
        ({"adapter": "forge.adapters.demo:DemoApp"}, "adapter"),
        ({"adapter": None}, "adapter"),
        ({"watch": ("pages/*.py",)}, "watched"),
        ({"hand": Hand(typing=10)}, "recording"),
        ({"style": Style(ring=False)}, None),
        ({"voice": Voice(rate=200)}, None),
        ({"video": Video(fps=60)}, "clock"),  # the virtual clock's ticks
    ],
)
def test_settings_count_where_they_matter(
    project: Path, settings: dict[str, Any], part: str | None
) -> None:
    before, after = prints(project), prints(project, **settings)
    assert [key for key in before if before[key] != after[key]] == ([part] if part else [])


def test_frame_rate_counts_on_the_virtual_clock(project: Path) -> None:
    one, other = (prints(project, video=Video(clock="elastic", fps=fps)) for fps in (30, 60))
    assert one == other


def test_video_prints_cover_words_voice_and_rate() -> None:
    lines, settings = (Line(step="a", text="A"),), Settings()
    before = video_prints(lines, "T", "v", settings)
    for other, part in (
        (video_prints((Line(step="a", text="B"),), "T", "v", settings), "narration"),
        (video_prints(lines, "U", "v", settings), "title"),
        (video_prints(lines, "T", "w", settings), "voice"),
        (video_prints(lines, "T", "v", Settings(voice=Voice(rate=200))), "voice"),
        (video_prints(lines, "T", "v", Settings(sound=Sound(loudness=-20))), "sound"),
        (video_prints(lines, "T", "v", Settings(video=Video(fps=60))), "picture"),
        (video_prints(lines, "T", "v", Settings(style=Style(captions="burn"))), "picture"),
        (video_prints(lines, "T", "v", Settings(style=Style(zoom=True))), "picture"),
    ):
        assert [key for key in before if before[key] != other[key]] == [part]


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({"title": "A tour"}, []),
        ({"title": "保存"}, ["fonts"]),
        ({"summary": "שלום"}, ["shaping"]),
        ({"lines": (Line(step="a", text="مرحبا 保存"),)}, ["fonts", "shaping"]),
        ({"lang": "ja"}, ["fonts"]),
        ({"lang": "ar"}, ["shaping"]),
    ],
)
def test_type_of_the_system_counts_for_texts_that_need_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fields: dict[str, Any], parts: list[str]
) -> None:
    one = job(**fields)
    before = type_prints(one, Settings())
    assert type_prints(one, Settings()) == before
    monkeypatch.setattr(installed_type, "DEBIAN_CJK", tmp_path / "font.ttc")
    (tmp_path / "font.ttc").write_text("another one")
    monkeypatch.setattr(installed_type, "FRIBIDI", "libnowhere.so.0")
    after = type_prints(one, Settings())
    assert [key for key in after if before[key] != after[key]] == parts == [*before]


def test_the_extra_cjk_counts_when_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    one = job(title="保存")
    prints = []
    for package in ("manimgx-fonts-cjk", "no-such-package"):
        monkeypatch.setattr(installed_type, "CJK_PACKAGE", package)
        forget_installed()
        prints.append(type_prints(one, Settings()))
    forget_installed()
    assert prints[0] != prints[1]


def test_lexicon_counts_where_it_changes_what_is_spoken() -> None:
    lines = (Line(step="a", text="Use SQL."), Line(step="b", text="Now."))
    plain = video_prints(lines, "T", "v", Settings())

    def printed(lang: str | None = None, **voice: Any) -> Prints:
        settings = Settings(voice=Voice.model_validate(voice))
        made = video_prints(lines, "T", "v", settings, lang=lang)
        assert {key: made[key] for key in plain if key != "voice"} == {
            key: plain[key] for key in plain if key != "voice"
        }
        return made

    assert plain.keys() == printed(say={"GIF": "jif"}).keys()
    assert printed(say={"SQL": "sequel"}, engine="silent").keys() == plain.keys()
    one = printed(say={"SQL": "sequel"})
    assert one.keys() - plain.keys() == {"say"}
    assert one == printed(say={"SQL": "sequel", "GIF": "jif", "es": {"SQL": "x"}})
    assert one["say"] != printed(say={"SQL": "S Q L"})["say"]
    assert one["say"] != printed("es", say={"SQL": "sequel", "es": {"SQL": "x"}})["say"]


def test_moved_mark_counts_for_the_video_and_not_for_the_take(project: Path) -> None:
    """A sentence whose mark is moved is laid out again; nothing is recorded for it."""
    told = ("The page says one.", "The {here} page says one.", "The page {here} says one.")
    tour = project / "tutorials" / "tour.py"
    takes, videos = set(), set()
    for sentence in told:
        tour.write_text(TOUR.replace("The page says one.", sentence))
        takes.add(prints(project)["steps"])
        text, marks = read_marks(sentence)
        line = Line(step="one", text=text, marks=marks)
        videos.add(video_prints((line,), "T", "v", Settings())["narration"])
    assert (len(takes), len(videos)) == (1, 3)


def test_objectives_and_summary_count_on_cards() -> None:
    plain, told = job(), job().model_copy(update={"objectives": ("a",), "summary": "b"})
    assert card_prints(plain, Settings()) == {}
    assert card_prints(told, Settings()) != card_prints(
        told.model_copy(update={"summary": "c"}), Settings()
    )
    assert card_prints(told, Settings(style=Style(cards=False))) == {}


@pytest.mark.parametrize(
    ("chosen", "part"),
    [
        ({"sound": Sound(music=Path("file"))}, "sound"),
        ({"style": Style(logo=Path("file"))}, "picture"),
        ({"style": Style(cursor_image=Path("file"))}, "picture"),
    ],
)
def test_file_counts_by_its_content(tmp_path: Path, chosen: dict[str, Any], part: str) -> None:
    settings = Settings(project_dir=tmp_path, **chosen)
    found = set()
    for content in (b"one", b"two"):
        (tmp_path / "file").write_bytes(content)
        found.add(video_prints((), "T", "v", settings)[part])
    assert len(found) == 2


def tour(lang: str | None = "es") -> Job:
    return job(lang=lang, take_prints={"steps": "1"}, video_prints={"narration": "2"})


def made_of(**prints: str) -> Printed:
    return Printed(prints=prints, files={})


def test_job_is_stale_until_rendered_with_its_prints() -> None:
    assert changed(tour(), None) == "there is no complete render of it yet"
    assert changed(tour(), made_of(steps="1", narration="2")) is None
    assert changed(tour(), made_of(steps="0", narration="0")) == "changed: narration, steps"


def test_personal_take_fits_its_language_only() -> None:
    assert fits(made_of(steps="1"), tour())
    assert fits(made_of(steps="1", lang="es"), tour())
    assert not fits(made_of(steps="1", lang="en"), tour())
    assert not fits(made_of(steps="0"), tour())
    assert not fits(None, tour())


notes = st.builds(
    Note, size=st.integers(), mtime_ns=st.integers(), ctime_ns=st.integers(), sha256=words
)


@given(st.dictionaries(words, words), st.dictionaries(words, notes))
def test_a_print_says_what_was_written(prints: Prints, files: dict[str, Note]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / VIDEO_PRINT
        write_printed(path, prints, files)
        assert read_printed(path) == Printed(prints=prints, files=files)


def test_sources_are_the_files_of_the_prints(project: Path) -> None:
    (project / "logo.png").write_bytes(b"logo")
    (project / "not imported.py").touch()
    settings = Settings.model_validate(
        {
            "project_dir": project,
            "adapter": "shop.py:Shop",
            "watch": ("*.css",),
            "style": {"logo": "logo.png"},
        }
    )
    (project / "app.css").touch()
    tour, of_take, of_video = project / "tutorials" / "tour.py", Sources(), Sources()
    take_prints(tour, settings, machine(settings), None, of_take)
    video_prints((), "T", None, settings, of_video)
    code = {"tutorials/tour.py", "helper.py", "pages/__init__.py", "pages/start.py", "shop.py"}
    assert set(of_take.notes) == {str(project / name) for name in (*code, "app.css")}
    assert set(of_video.notes) == {str(project / "logo.png")}
    assert of_take.notes[str(tour)] == noted(tour)


def test_very_long_expression_has_a_print(project: Path) -> None:
    found = []
    for last in ("1", "2"):
        (project / "tutorials" / "tour.py").write_text(f"X = {'1 + ' * 900}{last}\n{TOUR}")
        found.append(prints(project)["steps"])
    assert found[0] != found[1]
