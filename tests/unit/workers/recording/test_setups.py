"""Set-ups and teardowns: their order, and what their failures become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forge.adapters.contract import Adapter, Context, Slot
from forge.errors import RecordingError
from forge.tutorial import Tutorial
from forge.workers.recording.browser.documents import WrongPage
from forge.workers.recording.setups import SetUps
from tests.support.fake_recorder import FakeRecorder


class Notes(Adapter):
    """An adapter that notes its calls; `fails` names the one that raises."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails = ""
        self.error: Exception | None = None

    def setup(self, browser: Any, ctx: Context) -> str:
        return self.note("setup")

    def teardown(self, browser: Any, ctx: Context) -> None:
        self.note("teardown")

    def note(self, name: str) -> str:
        self.calls.append(name)
        if name == self.fails:
            raise self.error or LookupError(f"{name} failed")
        return name


@pytest.fixture
def adapter() -> Notes:
    return Notes()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(lang=None, slot=Slot(0, tmp_path), job="tour")


@pytest.fixture
def recorder() -> Any:
    return FakeRecorder()


@pytest.fixture
def set_ups(adapter: Notes, context: Context) -> SetUps:
    tutorial = Tutorial("Tour")
    tutorial.setup(lambda browser: adapter.note("own setup"))
    tutorial.teardown(lambda browser: adapter.note("own teardown"))
    browser: Any = None
    return SetUps(adapter, tutorial, browser, context)


def test_the_adapter_is_set_up_first(
    set_ups: SetUps, adapter: Notes, context: Context, recorder: Any
) -> None:
    set_ups.run(recorder)
    assert adapter.calls == ["setup", "own setup"]
    assert context.state == "setup"


def test_teardowns_run_last_in_first_out(set_ups: SetUps, adapter: Notes, context: Context) -> None:
    context.on_teardown(lambda: adapter.note("step's"))
    set_ups.tear_down(pytest.fail)
    assert adapter.calls == ["step's", "own teardown", "teardown"]


def test_a_failed_teardown_warns_and_the_rest_run(set_ups: SetUps, adapter: Notes) -> None:
    warnings: list[str] = []
    adapter.fails = "own teardown"
    set_ups.tear_down(warnings.append)
    assert warnings == ["teardown failed: LookupError: own teardown failed"]
    assert adapter.calls == ["own teardown", "teardown"]


@pytest.mark.parametrize(
    ("fails", "message", "transient"),
    [
        ("setup", "the adapter's setup failed: LookupError: setup failed", True),
        ("own setup", "the tutorial's setup failed: LookupError: own setup failed", False),
    ],
)
def test_only_an_adapters_failed_setup_is_transient(
    set_ups: SetUps, adapter: Notes, recorder: Any, fails: str, message: str, transient: bool
) -> None:
    adapter.fails = fails
    with pytest.raises(RecordingError) as raised:
        set_ups.run(recorder)
    assert (raised.value.message, raised.value.transient) == (message, transient)


@pytest.mark.parametrize("fails", ["setup", "own setup"])
def test_error_that_no_other_try_and_no_other_clock_can_mend_stays_one(
    set_ups: SetUps, adapter: Notes, recorder: Any, fails: str
) -> None:
    refused = RecordingError("sign-in was refused", hint="check SHOP_USER")
    refused.any_clock = True
    adapter.fails, adapter.error = fails, refused
    with pytest.raises(RecordingError) as raised:
        set_ups.run(recorder)
    assert (raised.value.transient, raised.value.any_clock) == (False, True)
    assert raised.value.hint == "check SHOP_USER"


def test_a_set_up_must_not_end_on_an_error_page(set_ups: SetUps, recorder: Any) -> None:
    recorder.shown = WrongPage("http://app/ answered 500")
    with pytest.raises(RecordingError, match=r"the set-up ends on .*: http://app/ answered 500"):
        set_ups.run(recorder)


def test_a_failed_setup_hints_at_an_error_page(
    set_ups: SetUps, adapter: Notes, recorder: Any
) -> None:
    recorder.shown, adapter.fails = WrongPage("http://app/ answered 500"), "own setup"
    with pytest.raises(RecordingError) as raised:
        set_ups.run(recorder)
    assert raised.value.hint == "http://app/ answered 500"
