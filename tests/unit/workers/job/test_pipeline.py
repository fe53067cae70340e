"""The rules of the pipeline: order, reuse of takes, clocks, and the results of failures."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from forge.errors import ClockError, ComposeError, MachineError, RecordingError, SpeechError
from forge.model.records import Attempt, Job, PhaseChoice
from forge.model.settings import Settings, Video
from forge.model.speech import Speech
from forge.store.file_notes import noted
from forge.store.freshness import assess
from forge.store.paths import TAKE_PRINT, VIDEO_PRINT, WorkDir
from forge.workers.job.job_run import JobRun
from forge.workers.job.pipeline import JobStage
from forge.workers.real_time import monotonic
from tests.support.jobs import MACHINE, job
from tests.support.phases import FakeAdapters, FakePhases, FakeWorker

PRINTS: dict[str, Any] = {
    "take_prints": {"steps": "1", "clock": "virtual 1"},
    "video_prints": {"title": "1"},
}
TOUR = job(**PRINTS)
STALL = ClockError("no frame was drawn", transient=True, step="s0", file="/tour.py", line=9)
GONE = RecordingError("the browser is gone", transient=True, step="s0")
WRONG_PAGE = RecordingError("a wrong page", step="s0")
WRONG_PAGE.any_clock = True
BEFORE, AFTER = {"speak", "patch time"}, ["record virtual", "compose", "end ahead"]


class Desk:
    """A project and its worker; `render` renders a job there with fake phases."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(project_dir=folder, retries=1, video=Video(width=640, height=360))
        self.worker, self.adapters = FakeWorker(self.settings), FakeAdapters()
        self.phases = FakePhases()
        self.stage = JobStage(self.worker.context, self.phases, self.adapters.host)

    def render(self, job: Job = TOUR, phase: PhaseChoice = "all", **fails: Exception) -> Attempt:
        """Render `job`; `fails`: errors by the clock of the recording that raises them."""
        self.worker.phase = phase
        self.phases.done.clear()
        self.phases.fails |= {f"record {clock}": error for clock, error in fails.items()}
        return self.stage(job)

    @property
    def done(self) -> list[str]:
        """What the phases did, without starts and ends of the browser, which happen beside them."""
        return [what for what in self.phases.done if not what.startswith(("launch", "close"))]

    def work_dir(self, job: Job = TOUR) -> WorkDir:
        return WorkDir.of(self.settings, job.name)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_job_is_spoken_recorded_and_composed(desk: Desk) -> None:
    result = desk.render()
    assert result.error is None
    assert (set(desk.done[:2]), desk.done[2:]) == (BEFORE, AFTER)
    assert list(result.phases) == ["speak", "record", "compose"]
    assert (result.clock, result.exact, result.memory_mb) == ("virtual", True, 80.0)
    assert Path(result.output or "").name == "tour.mp4"
    assert (len(result.files), result.video_s) == (6, 2.7)
    assert [e.phase or e.kind for e in desk.worker.events if e.kind in ("phase", "take")] == [
        *("speak", "record", "take", "compose")
    ]
    assert assess(desk.settings, MACHINE, TOUR).needs == "fresh"


@pytest.mark.parametrize("phase", ["speak", "record", "compose"])
def test_a_phase_alone_works_with_the_files_there(desk: Desk, phase: PhaseChoice) -> None:
    desk.render()
    result = desk.render(phase=phase)
    assert (result.error, list(result.phases)) == (None, [phase])
    assert desk.work_dir().video_print.exists() is False, "only all phases make a fresh video"


def test_composing_without_a_take_says_what_is_missing(desk: Desk) -> None:
    result = desk.render(phase="compose")
    assert result.error and "no usable take and narration" in result.error.message
    assert list(result.phases) == ["compose"]


# Reuse of takes --------------------------------------------------------------------------------


def test_a_fitting_take_is_not_recorded_again(desk: Desk) -> None:
    desk.render()
    assert desk.phases.loaded_recording
    result = desk.render(TOUR.model_copy(update={"video_prints": {"title": "2"}}))
    assert "record virtual" not in desk.done
    assert "launch virtual" not in desk.phases.done, "no browser starts"
    assert not desk.phases.loaded_recording, "Selenium is not imported"
    assert result.clock == "virtual"


def test_a_take_too_short_is_recorded_again(desk: Desk) -> None:
    desk.worker.machine = MACHINE.on("real")  # takes in real time cannot be stretched
    desk.render()
    desk.phases.line_ms = 5000
    desk.render()
    assert "record real" not in desk.done
    desk.phases.line_ms = 60_000
    desk.render()
    assert "record real" in desk.done


def test_a_damaged_take_is_recorded_again(desk: Desk) -> None:
    desk.render()
    desk.work_dir().frames.write_bytes(b"damage")
    result = desk.render()
    assert result.warnings == (f"{desk.work_dir().frames} is damaged: recorded again",)
    assert "record virtual" in desk.done


def test_another_language_links_the_frames(desk: Desk) -> None:
    desk.render()
    spanish = job(lang="es", **PRINTS, takes_from=("tour",))
    result = desk.render(spanish)
    assert (result.error, "record virtual" in desk.done) == (None, False)
    assert desk.work_dir(spanish).frames.stat().st_nlink == 2
    assert '"es"' in desk.work_dir(spanish).take.read_text()


def test_a_take_of_one_language_serves_no_other(desk: Desk) -> None:
    desk.phases.personal = True
    desk.render()
    desk.render(job(lang="es", **PRINTS, takes_from=("tour",)))
    assert "record virtual" in desk.done


# The browser of the next job --------------------------------------------------------------------

FOLLOWED = TOUR.model_copy(update={"recording_follows": True})
NEXT = job("next", **PRINTS)


def browsers(desk: Desk) -> list[str]:
    """Return starts and ends of browsers, and what is recorded, since the last call."""
    done = [what for what in desk.phases.done if what.startswith(("launch", "close", "record"))]
    desk.phases.done.clear()
    return done


def test_the_browser_of_the_next_job_starts_before_this_one_is_composed(desk: Desk) -> None:
    started = Event()
    desk.phases.meanwhile["compose"] = lambda: started.wait(5)

    def note_second_start() -> None:
        if desk.phases.done.count("launch virtual") == 2:
            started.set()

    desk.phases.meanwhile["launch virtual"] = note_second_start
    desk.render(FOLLOWED)
    assert started.is_set()
    assert browsers(desk) == ["launch virtual", "record virtual", "close", "launch virtual"]
    desk.render(NEXT)
    assert browsers(desk) == ["record virtual", "close"]


def test_a_waiting_browser_survives_a_job_that_needs_none(desk: Desk) -> None:
    desk.render(FOLLOWED)
    desk.render(FOLLOWED.model_copy(update={"video_prints": {"title": "2"}}))
    assert browsers(desk) == []
    desk.render(NEXT)
    assert browsers(desk) == ["record virtual", "close"]


def test_a_waiting_browser_ends_with_its_worker(desk: Desk) -> None:
    desk.render(FOLLOWED)
    browsers(desk)
    for close in desk.worker.closers:
        close()
    assert browsers(desk) == ["close"]


# The clock "auto" ------------------------------------------------------------------------------


def test_a_stalled_recording_moves_to_the_elastic_clock(desk: Desk) -> None:
    result = desk.render(virtual=STALL)
    why = "virtual clock given up in step 's0': no frame was drawn"
    kept = desk.work_dir().on_virtual_clock
    assert result.error is None
    seen = f"(evidence of the first try: {kept})"
    assert result.warnings == (f"{why}; recorded on the elastic clock {seen}",)
    assert result.outside == ("recorded on the elastic clock", why)
    assert [d for d in desk.done if "record" in d] == ["record virtual", "record elastic"]
    assert desk.phases.done.count("close") == 2, "each recording has a browser of its own"
    assert desk.adapters.started == 2, "its app may be what is broken"
    assert (kept / "failure.png").read_text() == "virtual"


def test_the_app_starts_while_lines_are_spoken(desk: Desk) -> None:
    starting, speaking = Event(), Event()
    seen: list[bool] = []

    def speak() -> None:
        speaking.set()
        seen.append(starting.wait(9))

    def start() -> None:
        starting.set()
        seen.append(speaking.wait(9))

    desk.phases.meanwhile["speak"], desk.adapters.on_start = speak, start
    assert desk.render().error is None
    assert (seen, desk.adapters.started) == ([True, True], 1)


def test_a_line_that_cannot_be_spoken_is_no_failure_of_the_recording(desk: Desk) -> None:
    desk.phases.fails["speak"] = SpeechError("no sound")
    result = desk.render(TOUR.model_copy(update={"attempt": 2}))  # the last one
    assert result.error and (result.error.kind, result.error.message) == ("SpeechError", "no sound")
    assert [what for what in desk.done if "elastic" in what] == []


def test_an_app_that_does_not_start_is_told_after_the_lines_are_spoken(desk: Desk) -> None:
    desk.adapters.error = RecordingError("the adapter did not start")
    result = desk.render()
    assert result.error and result.error.message == "the adapter did not start"
    assert "speak" in desk.done and "record virtual" not in desk.done


def test_advice_on_speech_outlives_a_recording(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    speak = desk.phases.speak

    def spoken(run: JobRun) -> Speech:
        run.reporter.warn("too fast")
        return speak(run)

    monkeypatch.setattr(desk.phases, "speak", spoken)
    told, given_up = desk.render(virtual=STALL).warnings
    assert (told, "virtual clock given up" in given_up) == ("too fast", True)


def test_the_elastic_clock_is_remembered(desk: Desk) -> None:
    desk.render(virtual=STALL)
    result = desk.render(phase="record")
    assert [d for d in desk.done if "record" in d] == ["record elastic"]
    assert result.warnings == ()


def test_a_failure_on_both_clocks_reports_the_second(desk: Desk) -> None:
    result = desk.render(virtual=STALL, elastic=RecordingError("not visible", step="s0"))
    assert result.error and result.error.message == "not visible"
    (artifact,) = result.error.artifacts
    assert Path(artifact).read_text() == "elastic"
    assert "the elastic clock failed too" in result.warnings[0]
    desk.phases.fails.clear()
    assert desk.render().clock == "virtual", "it was no reason to give the clock up"


@pytest.mark.parametrize(
    "error",
    [
        GONE,  # it has another attempt on this clock
        MachineError("no chromium"),
        WRONG_PAGE,
    ],
)
def test_errors_that_no_clock_mends_fail_the_attempt(desk: Desk, error: Exception) -> None:
    result = desk.render(virtual=error)
    assert result.error
    assert [d for d in desk.done if "record" in d] == ["record virtual"]


def test_a_lost_browser_gets_its_attempts_first(desk: Desk) -> None:
    assert desk.render(virtual=GONE).error
    result = desk.render(TOUR.model_copy(update={"attempt": 2}))
    assert (result.error, result.clock) == (None, "elastic")
    desk.phases.fails.clear()
    assert desk.render(phase="record").clock == "virtual", "it may have been chance"


def test_an_explicit_clock_never_falls_back(desk: Desk) -> None:
    desk.worker.machine = MACHINE.on("virtual")
    assert desk.render(virtual=STALL).error
    assert "record elastic" not in desk.done


def test_a_failing_adapter_is_not_the_clocks_fault(desk: Desk) -> None:
    desk.adapters.error = RecordingError("the adapter did not start")
    result = desk.render()
    assert result.error and result.error.message == "the adapter did not start"
    assert not any("record" in what for what in desk.done)


# Failures --------------------------------------------------------------------------------------


def test_the_evidence_of_a_failed_attempt_is_kept(desk: Desk) -> None:
    desk.render(virtual=WRONG_PAGE)
    desk.phases.fails.clear()
    desk.render(TOUR.model_copy(update={"attempt": 2}))
    assert (desk.work_dir().attempt(1) / "failure.png").exists()
    assert not desk.work_dir().screenshot.exists()
    desk.render()
    assert desk.work_dir().attempts() == [], "of an older render"


def test_the_next_attempt_at_composing_keeps_the_take(desk: Desk) -> None:
    desk.phases.fails["compose"] = ComposeError("no space left", transient=True)
    failed = desk.render()
    assert (failed.clock, failed.output, failed.files) == ("virtual", None, {})
    desk.phases.fails.clear()
    result = desk.render(TOUR.model_copy(update={"attempt": 2}))
    assert (result.error, "record virtual" in desk.done) == (None, False)


def test_a_failed_step_leaves_a_contact_sheet(desk: Desk) -> None:
    sheet = desk.settings.model_copy(update={"contact_sheet": True})
    desk.worker.settings = sheet
    result = desk.render(virtual=GONE)
    assert "contact sheet s0" in desk.done
    assert result.error and [Path(a).name for a in result.error.artifacts] == [
        "failure.png",
        "contact-sheet.jpg",
    ]
    desk.phases.fails["contact sheet s0"] = OSError("full")
    assert "no contact sheet could be made: full" in desk.render().warnings


def test_browser_and_encoder_end_with_a_failed_job(desk: Desk) -> None:
    desk.phases.fails["compose"] = ComposeError("no space left")
    desk.render()
    assert desk.phases.done[-3:] == ["compose", "close", "end ahead"]


@pytest.mark.parametrize("when", ["speak", "record virtual", "compose"])
def test_a_changed_file_explains_any_failure(desk: Desk, when: str) -> None:
    source = desk.settings.project_dir / "helper.py"
    source.write_text("1\n")
    planned = TOUR.model_copy(update={"sources": {str(source): noted(source)}})
    desk.phases.meanwhile[when] = lambda: source.write_text("2\n")
    desk.phases.fails[when] = KeyError("half a file")
    result = desk.render(planned)
    assert result.error
    assert (result.error.kind, result.error.transient) == ("ChangedError", True)
    assert not (desk.work_dir().path / VIDEO_PRINT).exists()
    assert (desk.work_dir().path / TAKE_PRINT).exists() is (when == "compose")


def test_patched_time_does_not_spoil_durations(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        desk.phases.meanwhile["record virtual"] = lambda: patch.setattr(
            time, "monotonic", lambda: -4216.5
        )
        began_s = monotonic()
        result = desk.render()
    assert 0 <= result.phases["record"] <= monotonic() - began_s
