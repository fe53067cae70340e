"""The records that cross a process border: frozen, primitive, equal after pickle and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from forge.text.redact import without_passwords
from forge.text.sanitize import clean, cut

Phase = Literal["speak", "record", "compose"]
PHASES: tuple[Phase, ...] = ("speak", "record", "compose")
PhaseChoice = Literal["all", "speak", "record", "compose"]
Status = Literal["done", "failed", "not-run", "up-to-date"]

LONGEST_LINE = 500  # characters of a message where only one line is shown
#: A text about a job, without passwords and of limited length. Errors of users' code and of pages
#: get into it: a WebDriver error may quote the whole source of a page.
Message = Annotated[str, AfterValidator(without_passwords), AfterValidator(cut)]

#: Seconds or megabytes. Limited, because files of other machines are read too (`forge merge`).
Amount = Annotated[float, Field(ge=0, le=1e9)]


class Record(BaseModel):
    """The base of all records: immutable, without unknown fields.

    Texts are cleaned (`forge.text.sanitize`), so that they can be written and shown anywhere.
    Numbers are finite.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @field_validator("*")
    @classmethod
    def _clean(cls, value: Any) -> Any:
        return _cleaned(value)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values. They are cleaned, but not validated."""
        update = {key: _cleaned(value) for key, value in (update or {}).items()}
        return super().model_copy(update=update, deep=deep)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if type(value) is tuple:
        return tuple(_cleaned(item) for item in value)
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value


class Mark(Record):
    """One mark of a sentence, at the place `at` of the text that captions show (code points).

    `here`: an action of the hand begins with the next word. `pause`: the voice is silent for
    `pause_s` seconds. `say`: the text from `at` to `end` is spoken as `spoken`.
    """

    kind: Literal["here", "pause", "say"]
    at: int
    end: int
    pause_s: float = 0.0
    spoken: str = ""


class Line(Record):
    """The sentence of one step, in the language of the job, as captions show it."""

    step: str
    text: str
    marks: tuple[Mark, ...] = ()


class Note(Record):
    """The size (bytes), times and digest of a file at one moment (`forge.store.file_notes`)."""

    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str

    @property
    def stamp(self) -> tuple[int, int, int]:
        """Size and times: all that can be had without reading the file."""
        return self.size, self.mtime_ns, self.ctime_ns


class Job(Record):
    """One tutorial in one language: the unit that is scheduled, reported and retried.

    `index` is the position in the batch, `attempt` counts from 1. `tutorial_file` is an absolute
    path, from which the worker loads the tutorial: users' functions never cross the process border.
    The prints are digests of all inputs (`forge.store.fingerprint`), and `sources` are the files,
    by absolute path, as they were when the prints were made. `takes_from` names the jobs whose take
    this one may use. `recording_follows`: the next job of its lane is to be recorded, as far as the
    schedule knows when this one starts.
    """

    index: int
    attempt: int = 1
    id: str
    lang: str | None
    title: str
    tutorial_file: str
    voice: str | None
    lines: tuple[Line, ...]
    objectives: tuple[str, ...] = ()
    summary: str = ""
    description: str = ""
    take_prints: dict[str, str] = {}
    video_prints: dict[str, str] = {}
    sources: dict[str, Note] = {}
    takes_from: tuple[str, ...] = ()
    recording_follows: bool = False

    @property
    def name(self) -> str:
        """`<id>` or `<id>.<lang>`: the name of the outputs and of the work dir."""
        return f"{self.id}.{self.lang}" if self.lang else self.id


class Failure(Record):
    """Why a job failed.

    `artifacts` are files in the work dir that help to find the cause. `transient`: the next attempt
    may succeed, because the cause was a crash, a timeout, or a lost browser or network.
    """

    kind: str
    message: Message
    hint: Message = ""
    step: str | None = None
    file: str | None = None
    line: int | None = None
    artifacts: tuple[str, ...] = ()
    transient: bool = False

    @property
    def is_of_step(self) -> bool:
        """True if the step itself failed, and the process that it ran in is sound."""
        return self.kind == "RecordingError" and self.step is not None and not self.transient

    @property
    def headline(self) -> str:
        """The first line of the message, after the file, line and step where they are known."""
        place = f"{self.file}:{self.line}: " if self.file and self.line else ""
        step = f"step {self.step!r}: " if self.step else ""
        return f"{place}{step}{cut((self.message.splitlines() or ['?'])[0], LONGEST_LINE)}"


class Attempt(Record):
    """The outcome of one attempt at a job, as its worker reports it. Fields as in `JobResult`."""

    job: str
    error: Failure | None = None
    output: str | None = None
    files: dict[str, Note] = {}
    video_s: Amount | None = None
    phases: dict[Phase, Amount] = {}
    warnings: tuple[Message, ...] = ()
    memory_mb: Amount | None = None
    clock: str | None = None
    exact: bool | None = None
    outside: tuple[Message, ...] = ()

    @property
    def status(self) -> Status:
        """`done`, or `failed` with an error."""
        return "failed" if self.error else "done"


class JobResult(Record):
    """The final result of one job: an entry of `batch.json`.

    `output` is the path of the video (in files, relative to the project's folder), `files` are the
    video and the files beside it, by name, as they were made. Times are in seconds; `started_s` and
    `ended_s` count from the beginning of the batch, `wall_s` and `attempts` are of all attempts.
    `log` is the file with all output of its rendering. `memory_mb` is the memory of its lane at the
    end of the recording, browser included (PSS, MB). `shard` (`2/3`) is set where several machines
    share the batch. `clock` is the clock that the take was recorded on. `exact` is True if another
    render of the same inputs would be byte-equal, None without a recording; `outside` says why it
    would not be. `slot` is the number of its lane in the batch. Where several hosts take part,
    `host` is the one that rendered it (empty: the one that the batch ran on), and `lane` is the
    name of the lane, such as `ana/0`.
    """

    job: str
    status: Status
    output: str | None = None
    files: dict[str, Note] = {}
    video_s: Amount | None = None
    wall_s: Amount = 0.0
    phases: dict[Phase, Amount] = {}
    attempts: int = 0
    error: Failure | None = None
    warnings: tuple[Message, ...] = ()
    log: str | None = None
    memory_mb: Amount | None = None
    slot: int | None = None
    host: str = ""
    lane: str = ""
    started_s: Amount | None = None
    ended_s: Amount | None = None
    shard: str | None = None
    clock: str | None = None
    exact: bool | None = None
    outside: tuple[Message, ...] = ()

    @property
    def truth(self) -> str:
        """`exact` or `true` (it shows what happened, but no two renders are equal); else empty."""
        return "" if self.exact is None else "exact" if self.exact else "true"

    @property
    def truth_with_reasons(self) -> str:
        """`truth` with the reasons: `true: web socket …, in step with real time for 4.2 s`."""
        return f"{self.truth}: {'; '.join(self.outside)}" if self.outside else self.truth


EventKind = Literal["ready", "phase", "step", "take", "warning", "unfit", "queued", "send", "fetch"]


class Event(Record):
    """News from a worker, sent down its lane's pipe.

    `ready`: the worker is up (`pid`). `phase`: a phase began. `step`: step `step` of `steps`
    began, `text` is its narration. `take`: the job has its take, which others may use; `exact` as
    in `JobResult`. `warning`: `text` is for the user. `unfit`, for the lane alone: `text` is why
    the worker should do no other job. Of a lane on another host: `queued`, the job still waits for
    a worker there; `send`, its take is sent there; `fetch`, its files are brought home.
    """

    kind: EventKind
    slot: int
    job: str | None = None
    pid: int | None = None
    phase: Phase | None = None
    step: int | None = None
    steps: int | None = None
    text: Message = ""
    exact: bool | None = None
