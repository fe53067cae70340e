"""Every record is equal after pickle and JSON."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from forge.model.card_timing import Card
from forge.model.hello import Hello
from forge.model.host_access import HostAccess
from forge.model.hosts import (
    FileNote,
    HomeTake,
    HostedBatch,
    OpenedBatch,
    RemoteTake,
    Renewal,
    Reply,
    Ticket,
)
from forge.model.machine import Machine
from forge.model.news import Finished, Notice, Retried, Started, WorkerEvent
from forge.model.records import Attempt, Event, Failure, JobResult, Line, Mark, Note, Record
from forge.model.settings import Browser, Settings, Voice
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.take import Frame, Interaction, StepTake, Take
from forge.model.timeline import Manifest, ManifestStep, Picture, Piece
from forge.model.widgets import (
    Answer,
    Calendar,
    Choice,
    Column,
    Dialog,
    DialogEvent,
    KeyPress,
    OpenList,
    Palette,
    Row,
    TypedAnswer,
)
from forge.project.plan import Plan
from forge.project.translated import Text
from forge.report.html.gallery import Gallery, Tile
from forge.store.claims import Owner
from forge.store.clock_fallback import GivenUp
from forge.store.fingerprint import Printed
from forge.store.ledger import Entry
from forge.watching.rounds import Plan as WatchedPlan
from forge.workers.checks import AdapterFacts
from forge.workers.setup import LaneSetup
from forge.workers.watching.messages import Clipped, Doing, Drawn
from tests.support.jobs import job

TEXT = Text(
    tutorial="a",
    name="welcome",
    key="a/welcome",
    source="{here} Go.",
    file="/p/a.py",
    line=3,
    lang="es",
    side_file="/p/a.es.json",
    translation="{here} Va.",
    of="0123456789ab",
)
LINE = Line(step="welcome", text="¡Hola! “日本語” \u2028")
CLICK = Interaction(kind="click", at_ms=120, box=(1.5, 2.0, 30.25, 40.0))
MARK = Mark(kind="pause", at=3, end=3, pause_s=1.5)
WORD = Word(at=0, end=4, from_ms=300, until_ms=800)
PIECE = Piece(from_ms=0, until_ms=900, at_ms=300)
ROW = Row(label="City Library", disabled=True)
COLUMN = Column(labels=("09", "10"), chosen=1)
DIALOG = Dialog(kind="prompt", message="Name?", default="Ada")
OPENING = DialogEvent(at_ms=120, dialog=DIALOG)
WIDGETS = (
    OpenList(rows=(ROW,), before=None, chosen=0, from_ms=200, there_ms=300),
    Calendar(cells=("", "1"), chosen=1, columns=(COLUMN,)),
    Palette(before="#000000", after="#ff0000"),
    Answer(accepts=True),
    TypedAnswer(text="Grace"),
)
PRESS = KeyPress(at_ms=130, label="Ctrl+S")
SPOKEN = SpokenLine(step="welcome", text="Hola", audio_file="/c/x.wav", audio_ms=1234)
STEP = StepTake(
    id="welcome",
    start_ms=0,
    action_start_ms=10,
    action_end_ms=200,
    end_ms=900,
    settle_ms=400,
    moving=True,
    interactions=(
        CLICK,
        Interaction(kind="type", at_ms=130, keys=(PRESS,)),
        *(Interaction(kind="choose", at_ms=140, widget=widget) for widget in WIDGETS),
    ),
    dialogs=(OPENING, DialogEvent(at_ms=150)),
)
FRAME = Frame(at_ms=5, offset=0, size=1000)
TILE = Tile(job="a.es", title="“A”", lang="es", picture="data:image/jpeg;base64,AA==", carried=True)
PICTURE = Picture(at_ms=0, frame=3)
MANIFEST_STEP = ManifestStep(
    id="welcome",
    narration="Hola",
    audio_file=None,
    audio_ms=0,
    start_ms=0,
    audio_start_ms=300,
    action_start_ms=300,
    action_end_ms=490,
    end_ms=900,
    interactions=(CLICK,),
)
FAILURE = Failure(
    kind="RecordingError",
    message="no such element\nat all",
    hint="look",
    step="welcome",
    file="/t.py",
    line=3,
    artifacts=("/w/failure.png",),
)
NOTE = Note(size=3, mtime_ns=1_796_000_000_123_456_789, ctime_ns=5, sha256="00ff")
RESULT = JobResult(
    job="a.es",
    files={"a.es.mp4": NOTE},
    status="failed",
    output="/o.mp4",
    video_s=1.234,
    wall_s=0.1,
    phases={"speak": 0.1, "record": 2.0},
    attempts=1,
    error=FAILURE,
    warnings=("w",),
    slot=1,
    host="ana",
    lane="ana/0",
    started_s=0.0,
    ended_s=2.5,
    exact=False,
    outside=("recorded on the elastic clock",),
)
EVENT = Event(kind="step", slot=1, job="a", pid=7, phase="record", step=1, steps=2, text="Hola")
SETTINGS = Settings(
    project_dir=Path("/p"),
    languages=("en", "pt-BR"),
    voice=Voice(by_language={"es": "roa/es"}),
    browser=Browser(binary=Path("/opt/chrome"), args=("--a",)),
)
MACHINE = Machine(browser=Path("/b"), driver=Path("/d"), clock="auto")
LOG = FileNote(name=".forge/logs/b/jobs/a.log", size=3, sha256="00ff", begin=7)
CARD = Card(kind="intro", start_ms=0, end_ms=3000)

RECORDS: list[Record] = [
    Owner(
        forge="run",
        folder="forge-run-a",
        host="here",
        boot="b",
        pid_namespace="pid:[1]",
        pid=7,
        since_s=1.5,
    ),
    LINE,
    job("a", "es", index=3, title="A", voice="v", lines=(LINE, LINE)),
    NOTE,
    Printed(prints={"steps": "01ab"}, files={"take.json": NOTE}),
    FAILURE,
    Attempt(job="a.es", files={"a.es.mp4": NOTE}, phases={"speak": 0.1}, error=FAILURE),
    RESULT,
    EVENT,
    Started(job=job("a"), slot=1),
    WorkerEvent(event=EVENT),
    Retried(result=RESULT, attempt=1, delay_s=0.5),
    Finished(result=RESULT),
    Notice(text="nothing more starts"),
    MARK,
    WORD,
    PIECE,
    SPOKEN,
    Speech(lines=(SPOKEN,)),
    CLICK,
    ROW,
    COLUMN,
    *WIDGETS,
    Choice(from_ms=1),
    DIALOG,
    OPENING,
    PRESS,
    STEP,
    FRAME,
    Take(
        tutorial="a",
        lang=None,
        clock="elastic",
        width=1920,
        height=1080,
        browser="Chromium 1",
        complete=True,
        steps=(STEP,),
        frames=(FRAME,),
        outside=("web socket ws://h/k, in step with real time for 4.2 s of 38 s",),
    ),
    GivenUp(forge="0.1.0", prints={"steps": "01ab"}, why="virtual clock given up: no frame"),
    MANIFEST_STEP,
    PICTURE,
    Manifest(
        tutorial="a",
        lang="es",
        title="A",
        total_ms=1900,
        steps=(MANIFEST_STEP,),
        pictures=(PICTURE,),
        cards=(CARD,),
    ),
    CARD,
    Entry(kind="result", at="2026-11-23T23:00:00.000+00:00", job="a", result=RESULT),
    Plan(
        jobs=(job("a", lines=(LINE,)),),
        warnings=("w",),
        stale=(TEXT,),
    ),
    TEXT,
    AdapterFacts(name="Shop", localized=True, parallel_safe=False, given=("seed",)),
    TILE,
    Gallery(
        project="shop",
        plan="0123",
        jobs=("a.es",),
        shard="2/3",
        lanes=2,
        wall_s=1.5,
        ended="2026-11-23T23:00:00+00:00",
        cards=(TILE,),
    ),
    MACHINE,
    LaneSetup(
        run_dir="/r",
        slots_dir="/s",
        log_dir="/l",
        settings=SETTINGS,
        machine=MACHINE,
        phase="record",
        stage="f.py:render",
    ),
    HostedBatch(
        batch="b",
        digest="00ff",
        settings=SETTINGS,
        clock="auto",
        stage="f.py:render",
        force=True,
        takes=False,
        lease_s=60.0,
    ),
    HostAccess(cluster="tls://h:8786", key=Path("/k.pem"), unequal=True),
    Hello(decides={"fonts": "3 files (ab)"}, lacks=("no browser",), processors=2, free_mb=1.5),
    RemoteTake(job="a", prints={"clock": "virtual"}, exact=True),
    HomeTake(job="a", prints={"clock": "virtual"}, files={"take.json": NOTE}),
    OpenedBatch(project="/p", takes=(RemoteTake(job="a", prints={}, exact=False),)),
    Renewal(open=True, lack="no room"),
    Ticket(batch="b", slot=1, topic="t", job=job("a")),
    LOG,
    Reply(attempt=Attempt(job="a"), files=(LOG,), log=LOG, lack="no room"),
    WatchedPlan(
        settings=SETTINGS,
        machine=MACHINE,
        jobs=(job("a"),),
        codes={"a": ("00ff",)},
        warnings=("late",),
        given=("seed",),
    ),
    Doing(text="plays"),
    Drawn(step="open", picture="/p.jpg", length_s=1.5),
    Clipped(step="open", clip="/c.mp4"),
]


def kinds(root: type[Record]) -> set[type[Record]]:
    return {found for child in root.__subclasses__() for found in {child, *kinds(child)}}


def test_every_kind_of_record_is_tried_here() -> None:
    assert {type(record) for record in RECORDS} == kinds(Record)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_survives_pickle_and_json(record: Record) -> None:
    assert pickle.loads(pickle.dumps(record)) == record
    again = type(record).model_validate_json(record.model_dump_json())
    assert again == record
    assert again.model_dump_json() == record.model_dump_json()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_frozen_and_closed(record: Record) -> None:
    name = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(record, name, None)
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(record).model_validate({**record.model_dump(), "unheard_of": 1})


def test_job_name_is_id_and_language() -> None:
    assert job("a").name == "a"
    assert job("a", "es").name == "a.es"


def test_take_without_outside_reasons_is_exact() -> None:
    (made,) = (record for record in RECORDS if isinstance(record, Take))
    (outside,) = made.outside
    virtual = made.model_copy(update={"clock": "virtual", "outside": ()})
    assert (virtual.exact, virtual.reasons) == (True, ())
    socket = virtual.model_copy(update={"outside": (outside,)})
    assert (socket.exact, socket.reasons) == (False, (outside,))
    for clock in ("elastic", "real"):
        lived = virtual.model_copy(update={"clock": clock})
        assert (lived.exact, lived.reasons) == (False, (f"recorded on the {clock} clock",))
    assert made.reasons == ("recorded on the elastic clock", outside)


def test_take_of_an_older_version_is_read() -> None:
    (made,) = (record for record in RECORDS if isinstance(record, Take))
    old = made.model_dump(exclude={"outside"})
    assert Take.model_validate(old) == made.model_copy(update={"outside": ()})


def test_a_result_tells_exact_true_or_nothing() -> None:
    told = [
        JobResult(job="a", status="done", exact=exact, outside=outside).truth_with_reasons
        for exact, outside in ((None, ()), (True, ()), (False, ("a socket", "a worker")))
    ]
    assert told == ["", "exact", "true: a socket; a worker"]


def test_headline_has_place_step_and_first_line() -> None:
    assert FAILURE.headline == "/t.py:3: step 'welcome': no such element"
    assert Failure(kind="X", message="").headline == "?"
