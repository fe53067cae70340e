"""Running a step: what its failures become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import (
    InvalidSelectorException,
    NoSuchElementException,
    TimeoutException,
)

from forge.adapters.contract import Context, Slot
from forge.errors import RecordingError
from forge.locators import text
from forge.tutorial import Step
from forge.waits import gone
from forge.workers.recording.steps import StepRunner
from tests.support.fake_recorder import FakeBrowser, FakeRecorder


@pytest.fixture
def recorder() -> Any:
    return FakeRecorder()


@pytest.fixture
def browser() -> Any:
    return FakeBrowser()


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def runner(recorder: Any, browser: Any, warnings: list[str], tmp_path: Path) -> StepRunner:
    context = Context(lang=None, slot=Slot(0, tmp_path), job="tour")
    return StepRunner(browser, context, recorder, warnings.append)


def step(run: Any, **options: Any) -> Step:
    return Step(id="a", narration="A.", run=run, file=__file__, line=1, **options)


def fails(browser: Any) -> None:
    raise LookupError("no such thing")


def not_there(*_: Any) -> None:
    raise NoSuchElementException("no such element")


def test_a_step_gets_browser_and_context(runner: StepRunner, browser: Any) -> None:
    got: list[Any] = []
    runner.run(step(lambda browser, ctx: got.extend([browser, ctx])))
    assert got[0] is browser and isinstance(got[1], Context)


def test_an_error_names_the_line_that_raised(runner: StepRunner) -> None:
    with pytest.raises(RecordingError, match="LookupError: no such thing") as raised:
        runner.run(step(fails))
    error = raised.value
    assert (error.step, error.file, error.line) == (
        "a",
        __file__,
        fails.__code__.co_firstlineno + 1,
    )
    assert not error.transient


def test_an_error_hints_at_unanswered_requests(runner: StepRunner, recorder: Any) -> None:
    recorder.silent = ["GET http://app/slow"]
    with pytest.raises(RecordingError) as raised:
        runner.run(step(fails))
    assert raised.value.hint == "not answered: GET http://app/slow"


def test_wait_for_names_locator_limit_and_requests(runner: StepRunner, browser: Any) -> None:
    waits = step(lambda browser: None, wait_for=("id", "x"), wait_timeout_s=0.01)
    with pytest.raises(RecordingError) as raised:
        runner.run(waits)
    assert raised.value.message == (
        'wait_for id "x" did not hold within 0.01 s (1.0 s of page time,'
        " 2.0 s of real time; still open: GET http://app/slow for 2 s)"
    )


def test_what_is_seen_instead_is_told(runner: StepRunner, browser: Any) -> None:
    def looks(browser: Any) -> None:
        raise NoSuchElementException('there is no button "Sav"')

    browser.nearest = "the nearest: {}".format
    with pytest.raises(RecordingError) as raised:
        runner.run(step(looks))
    assert raised.value.message == (
        'NoSuchElementException: there is no button "Sav"; the nearest: '
        "('forge', 'button \"Sav\"')"
    )
    with pytest.raises(RecordingError, match=r"still open: .*; the nearest: \('id', 'x'\)"):
        runner.run(step(lambda browser: None, wait_for=("id", "x"), wait_timeout_s=0.01))


def test_of_several_conditions_the_missing_one_is_told(runner: StepRunner) -> None:
    def never(browser: Any) -> bool:
        return False

    with pytest.raises(RecordingError, match=r"wait_for the function never did not hold") as told:
        runner.run(step(never, wait_for=(gone(".x"), never, text("y")), wait_timeout_s=0.01))
    assert told.value.step == "a"


def test_an_error_in_a_function_names_its_line(runner: StepRunner) -> None:
    with pytest.raises(RecordingError, match="wait_for: LookupError: no such thing") as raised:
        runner.run(step(lambda browser: None, wait_for=fails))
    assert raised.value.line == fails.__code__.co_firstlineno + 1


def test_a_wrong_locator_is_told_at_once(runner: StepRunner, browser: Any) -> None:
    def wrong(*_: Any) -> None:
        raise InvalidSelectorException("']' is no selector")

    browser.visible = wrong
    with pytest.raises(RecordingError, match=r"wait_for.*is no selector") as raised:
        runner.run(step(lambda browser: None, wait_for=("css selector", "]")))
    assert raised.value.step == "a"


@pytest.mark.parametrize("what", ["load", "idle"])
def test_what_never_settles_only_warns(
    runner: StepRunner, browser: Any, warnings: list[str], what: str
) -> None:
    def late(*_: Any) -> None:
        raise TimeoutException("script timeout")

    limits: list[float] = []
    browser.set_script_timeout = limits.append
    browser.execute_script = browser.execute_async_script = late
    runner.run(step(lambda browser: None, settle_until=what))
    assert warnings == [f"step 'a': settle_until={what!r} was not reached in 5 s"]
    assert limits == ([5.0] if what == "idle" else [])


def test_a_dialog_that_a_step_leaves_open_stays_open(
    runner: StepRunner, recorder: Any, browser: Any, warnings: list[str]
) -> None:
    browser.find_element = browser.execute_script = pytest.fail  # a look would close it
    # The browser has not told of it before `catch_up`.
    recorder.watch.catch_up = lambda: vars(recorder.watch).update(dialog=True)
    runner.run(step(lambda browser: None, settle_until="load", focus=("id", "x")))
    assert warnings == []


def test_a_failed_focus_only_warns(runner: StepRunner, browser: Any, warnings: list[str]) -> None:
    browser.find_element = not_there
    runner.run(step(lambda browser: None, focus=("id", "x")))
    (warning,) = warnings
    assert warning.startswith("step 'a': focus id \"x\": no such element")
