"""Files of every kind and shape, wherever forge reads: a message or nothing, and no hang."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from forge.commands.merging import merge
from forge.errors import ForgeError, ProjectError
from forge.model.machine import Machine
from forge.model.news import Finished
from forge.model.records import Failure, JobResult
from forge.model.settings import Settings, Sound, Style
from forge.project.exchange import Incoming
from forge.project.plan import make_plan
from forge.project.po import language_of, make_po, po_text, read_po
from forge.project.prints import with_prints
from forge.project.settings_sources import load_settings
from forge.report.html.page import is_ours
from forge.store.fingerprint import Printed, read_printed
from forge.store.history import History, read_history
from forge.store.job_files import read_manifest, read_speech, read_take
from forge.store.ledger import LEDGER_FILE, Entry, Ledger, read_past
from forge.store.paths import VIDEO_PRINT
from forge.workers.composing.painting.theme import check_files
from forge.workers.composing.sound.music import check_music
from forge.workers.recording.user_code import explain
from tests.support.odd import DEEP, changed
from tests.support.parts import write_part
from tests.support.project import TOUR, Project

# Fifos, devices, folders ----------------------------------------------------------------------


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.fixture(params=[fifo, device, folder])
def odd(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    """Return a function that puts a fifo, a device or a folder in the place of a file."""

    def make(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        request.param(path)

    return make


@pytest.mark.parametrize(
    "name",
    ["forge.toml", "pyproject.toml", "tutorials/tour.py", "tutorials/tour.es.json", "music.mp3",
     "logo.png", "cursor.png", "font.ttf"],
)  # fmt: skip
def test_odd_input_file_is_refused(
    project: Project, odd: Callable[[Path], None], name: str
) -> None:
    path = project.folder / name
    odd(path)
    with pytest.raises(ProjectError, match=rf"{path.stem}|/dev/zero cannot be read") as caught:
        settings = load_settings(project.folder, {"languages": ["es"]})
        fields = {"logo": "logo", "font": "font", "cursor": "cursor_image"}
        style = {fields[path.stem]: path} if path.stem in fields else {}
        check_files(settings.model_copy(update={"style": Style.model_validate(style)}))
        if path.stem == "music":
            check_music(path)
        make_plan(settings)
    assert caught.value.exit_code == 2


def test_print_of_an_odd_file_says_so(project: Project, odd: Callable[[Path], None]) -> None:
    odd(project.folder / "music.mp3")
    settings = Settings(project_dir=project.folder, sound=Sound(music=Path("music.mp3")))
    machine = Machine(browser=Path("/b"), driver=Path("/d"), clock="elastic")
    with pytest.raises(ProjectError, match=r"music\.mp3 cannot be read: not a regular file"):
        with_prints(make_plan(settings).jobs, settings, machine, localized=False)


def test_odd_ledger_costs_a_warning(tmp_path: Path, odd: Callable[[Path], None]) -> None:
    odd(tmp_path / LEDGER_FILE)
    assert read_history(tmp_path) == History()
    with pytest.raises(ForgeError, match="cannot be read: not a regular file"):
        read_past(tmp_path, tmp_path)
    if (tmp_path / LEDGER_FILE).is_char_device():
        return  # writing to /dev/zero succeeds
    ledger = Ledger(tmp_path, tmp_path)
    ledger.begin([], "all", [])
    assert ledger.problem is not None
    assert LEDGER_FILE in ledger.problem


@pytest.mark.parametrize(
    ("name", "read"),
    [("take.json", read_take), ("speech.json", read_speech), ("manifest.json", read_manifest)],
)
def test_odd_output_counts_as_damaged(
    tmp_path: Path, odd: Callable[[Path], None], name: str, read: Callable[[Path], object]
) -> None:
    odd(tmp_path / name)
    with pytest.raises((OSError, ValueError)):
        read(tmp_path)
    odd(tmp_path / VIDEO_PRINT)
    assert read_printed(tmp_path / VIDEO_PRINT) is None
    odd(tmp_path / "index.html")
    assert not is_ours(tmp_path / "index.html")


def test_decompression_bomb_is_refused(project: Project) -> None:
    logo = project.folder / "logo.png"
    Image.new("1", (1, 1)).save(logo)
    header = b"IHDR" + struct.pack(">II", 30_000, 30_000) + logo.read_bytes()[24:29]
    small = logo.read_bytes()
    logo.write_bytes(small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:])
    settings = Settings(project_dir=project.folder, style=Style(logo=Path("logo.png")))
    with pytest.raises(ProjectError, match=r"logo\.png is not a readable image: .*bomb"):
        check_files(settings)


# Tutorials and what lies beside them ----------------------------------------------------------

SPANISH = json.dumps({"@title": "Un recorrido", "welcome": "Hola.", "look-around": "Mira."})


def planned(project: Project) -> list[str]:
    settings = Settings(project_dir=project.folder, languages=("es",))
    return [job.title for job in make_plan(settings).jobs]


@pytest.mark.parametrize("beside", ["tutorials", "library"])
def test_linked_tutorial_finds_its_side_files(empty_project: Project, beside: str) -> None:
    empty_project.write("library/tour.py", TOUR)
    (empty_project.folder / "tutorials").mkdir()
    (empty_project.folder / "tutorials" / "tour.py").symlink_to("../library/tour.py")
    with pytest.raises(ProjectError, match=r"tutorials/tour\.es.*library/tour\.es.* both missing"):
        planned(empty_project)
    empty_project.write(f"{beside}/tour.es.json", f"\ufeff{SPANISH}")
    assert planned(empty_project) == ["Un recorrido"]


HALVES = {
    "title": ('"A small tour"', '"A \\ud83c tour"'),
    "objective": ('id="tour"', 'id="tour", objectives=["Party \\ud83c"]'),
    "summary": ('id="tour"', 'id="tour", summary="Done \\ud83c"'),
    "description": ('id="tour"', 'id="tour", description="Long \\ud83c"'),
    "narration": ("Welcome to", "Welcome \\ud83c to"),
}


#: Since 3.13, Python itself compiles no docstring with one, and says no line.
REFUSED = r"tour\.py(:\d.* lone surrogate .*U\+D83C\), after|: UnicodeEncodeError: .*ud83c)"


@pytest.mark.parametrize(("old", "new"), HALVES.values(), ids=list(HALVES))
def test_lone_surrogate_is_refused_with_its_place(project: Project, old: str, new: str) -> None:
    project.write("tutorials/tour.py", TOUR.replace(old, new))
    with pytest.raises(ProjectError, match=REFUSED):
        planned(project)


@pytest.mark.parametrize("key", ["@title", "@objectives", "@summary", "welcome"])
def test_lone_surrogate_in_a_side_file_names_its_key(project: Project, key: str) -> None:
    half = "p\ud83cgina"
    texts = {**json.loads(SPANISH), key: [half] if key == "@objectives" else half}
    project.write("tutorials/tour.es.json", json.dumps(texts))
    with pytest.raises(ProjectError, match=rf"tour\.es\.json: '{key}' has a lone surrogate"):
        planned(project)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('id="tour"', f'id="{"a" * 244}"', "the tutorial id"),
        ("def welcome", f"def {'a' * 101}", "the step id"),
    ],
)
def test_too_long_id_is_refused(project: Project, old: str, new: str, what: str) -> None:
    project.write("tutorials/tour.py", TOUR.replace(old, new))
    with pytest.raises(ProjectError, match=rf"{what} 'a+' is too long: \d+ char") as caught:
        planned(project)
    assert "at most 100" in caught.value.hint


def test_missing_relative_file_names_its_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.write("tutorials/tour.py", f"words = open('data/words.txt').read()\n{TOUR}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError, match=r"tour\.py:1: FileNotFoundError") as caught:
        planned(project)
    assert f"'data/words.txt' is counted from the folder that forge was started in, {tmp_path}" in (
        caught.value.hint
    )


def test_missing_relative_file_in_a_step_names_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        Path("words.txt").read_bytes()
    except FileNotFoundError as problem:
        failed = explain(problem, "", None, "look")
    assert f"'words.txt' is counted from the folder that forge was started in, {tmp_path}" in (
        failed.hint
    )


def test_unprintable_tutorial_name_is_refused(project: Project) -> None:
    project.write("tutorials/caf\udce9.py", TOUR)
    with pytest.raises(ProjectError, match=r"caf�\.py is not UTF-8"):
        make_plan(Settings(project_dir=project.folder))


@given(changed({"@objectives": ["a"], "welcome": "b", "@of": {"welcome": "0123456789ab"}}))
@example('{"welcome": "\\ud800"}')
@example(DEEP)
def test_side_file_of_any_shape_is_refused_in_words(text: str) -> None:
    with TemporaryDirectory() as name:
        project = Project(Path(name))
        project.write("tutorials/tour.py", TOUR)
        project.write("tutorials/tour.es.json", text)
        try:
            planned(project)
        except ProjectError:
            pass


PO = b"""msgid ""
msgstr "Language: es\\n"

#. c
#: tour.py:3
#, fuzzy
#| msgid "old"
msgctxt "tour/welcome"
msgid "Welcome."
msgstr "Hola."

#~ msgid "gone"
#~ msgstr "ido"
"""


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a PO file with some lines and bytes of it replaced."""
    lines = PO.splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        lines[at] = draw(st.sampled_from([b"", b'"\n', b"#| \n", b"#~|\n", *lines]) | st.binary())
    text = b"".join(lines)
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.binary(max_size=3)) + text[at + draw(st.integers(0, 3)) :]


@given(damaged())
def test_po_of_any_shape_is_read_or_refused(text: bytes) -> None:
    with TemporaryDirectory() as name:
        path = Path(name, "es.po")
        path.write_bytes(text)
        try:
            po = read_po(path)
            language_of(path, po)
            Incoming(path, "es").take(po, [])
            po_text(make_po([], "es", {}, po))
        except ProjectError:
            pass


# Ledgers, prints, batches to be merged --------------------------------------------------------

RESULT = JobResult(
    job="a",
    status="done",
    output="/o/a.mp4",
    video_s=1.0,
    phases={"speak": 0.1, "record": 2.0, "compose": 1.0},
    attempts=1,
    warnings=("w",),
    memory_mb=300.0,
    error=Failure(kind="X", message="m"),
)
BATCH = Entry(kind="batch", at="", version=1, project="/p", phase="all", jobs=("a",))
ODD_LINES = (
    DEEP,
    f'{{"kind":"result","at":"","job":"a","result":{DEEP}',
    '{"kind":"result","at":"","job":"a","result":null}',
    '{"kind":"result","result":{"job":"a","status":"done","phases":["compose"]}}',
    '{"kind":"result","result":{"job":"a","status":"done","phases":{"compose":"x"}}}',
    '{"kind":"result","result":{"job":"a","status":"done","phases":{"compose":NaN}}}',
    '{"kind":"result","result":{"job":"a","status":"done","phases":{"compose":-Infinity}}}',
    '{"kind":"result","result":{"job":"a","status":"done","phases":{"compose":1e999}}}',
    '{"kind":"result","result":{"job":"a","status":"done","phases":{"compose":1},"memory_mb":1e40}}',
    '{"kind":"result","result":{"job":["a"],"status":"done","phases":{"compose":1}}}',
    '{"kind":"result","result":' + "9" * 5000 + "}",
    "\udcff",
    "",
)


def lines(entry: Entry) -> st.SearchStrategy[str]:
    return changed(json.loads(entry.model_dump_json(exclude_defaults=True)))


@given(st.lists(st.sampled_from(ODD_LINES) | lines(BATCH) | lines(
    Entry(kind="result", at="", job="a", result=RESULT)), max_size=4))  # fmt: skip
@example(list(ODD_LINES))
def test_ledger_of_any_shape_is_read_or_refused(odd_lines: list[str]) -> None:
    with TemporaryDirectory() as name:
        root, project = Path(name), Path("/p")
        ledger = Ledger(root, project)
        ledger.begin([], "all", [RESULT])
        with (root / LEDGER_FILE).open("ab") as file:
            file.write("".join(f"{line}\n" for line in odd_lines).encode(errors="surrogateescape"))
        history = read_history(root)
        assert all(0 <= s < 1e10 for s in (*history.record_s.values(), *history.rest_s.values()))
        assert history.lane_mb <= 1e9
        try:
            read_past(root, project)
        except ProjectError:
            pass
        ledger.begin([], "all", [])
        ledger.on(Finished(result=RESULT))
        assert ledger.problem is None


NOTE = {"size": 5, "mtime_ns": 1, "ctime_ns": 2, "sha256": "00ff"}


@given(changed({"prints": {"steps": "01ab"}, "files": {"a.mp4": NOTE}}))
@example(DEEP)
@example('{"steps": "01ab"}')  # the format before prints noted their files
def test_prints_of_any_shape_are_prints_or_none(text: str) -> None:
    with TemporaryDirectory() as name:
        path = Path(name, VIDEO_PRINT)
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        printed = read_printed(path)
        assert printed is None or Printed.model_validate_json(printed.model_dump_json()) == printed


@given(st.sampled_from(["batch.json", "gallery.json"]), st.data())
def test_merge_of_any_shape_is_a_report_or_refused(file: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        part = write_part(Path(name) / "one", None, a="done", b="done", c="failed", d="done")
        whole = json.loads((part / file).read_text(encoding="utf-8"))
        (part / file).write_text(data.draw(changed(whole)), encoding="utf-8")
        out = Path(name) / "out"
        try:
            merge(out, [part], partial=True)
        except ForgeError:
            return
        ElementTree.parse(out / "junit.xml")
        json.loads((out / "batch.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("batch.json", '"wall_s": 1.0', '"wall_s": NaN'),
        ("batch.json", '"wall_s": 1.0', '"wall_s": 1e999'),
        ("batch.json", '"wall_s": 1.0', '"wall_s": -1.0'),
        ("batch.json", '"video_s": null', '"video_s": 1e308'),
        ("gallery.json", '"wall_s": 4.0', '"wall_s": 1e308'),
        ("batch.json", "/elsewhere/a.mp4", f"/elsewhere/{'a' * 5000}.mp4"),
        ("gallery.json", '"wall_s": 4.0', '"wall_s": -Infinity'),
        ("gallery.json", '"picture": ""', '"picture": "file:///etc/passwd"'),
        ("gallery.json", '"picture": ""', '"picture": "javascript:alert(1)"'),
        ("gallery.json", '"picture": ""', f'"picture": {DEEP}'),
    ],
)
def test_merge_refuses_impossible_values(tmp_path: Path, file: str, old: str, new: str) -> None:
    part = write_part(tmp_path / "one", None, a="done", b="done", c="failed", d="done")
    text = (part / file).read_text(encoding="utf-8")
    assert old in text
    (part / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ProjectError, match="is damaged"):
        merge(tmp_path / "out", [part])
