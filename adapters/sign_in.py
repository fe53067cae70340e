"""Sign in to an app once for each worker, before the recording; keep the session for later renders.

The form is filled in by the labels of its fields. A later render gets cookies and storage of the
session, and opens the page at which the app arrived. If that leads to the form, the session has
expired, and the form is filled in again. An app that refuses is not asked again in this batch, by
any worker: most lock an account after a few attempts.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forge.adapters.kept_session import KeptSession, look, origin_of, run
from forge.adapters.place import Place
from forge.adapters.secret_values import read_secrets
from forge.errors import AdapterError, RecordingError
from forge.locators import button, field
from forge.waits import Awaited, Shown, conditions, idle, named

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


FORM_S = 10.0  # for the form to show up
ANSWER_S = 30.0  # for the app's answer to it, and for the start page
LOOK_S = 0.05
LONGEST_WORDS = 300  # characters of a page, in a message
LONGEST_NOTE = 4096  # bytes
NOTE = "sign-in-refused-"  # a file in the folder of the slots


@dataclass(frozen=True)
class Form:
    """A page with a form to sign in with; `fields` has the name of a variable for each label.

    `done`: what holds for those who are signed in; default: a page without the form, at rest.
    `start_page`: the address to open then; default: where the app itself leads.
    """

    page: str
    fields: Mapping[str, str]
    button: str
    done: Awaited | None = None
    start_page: str | None = None

    @property
    def key(self) -> str:
        """The identity of the form without the port, which an app may change; it has no secret."""
        parts = (self.page.removeprefix(origin_of(self.page)), *self.fields.items(), self.button)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def is_shown(self, browser: Chrome) -> bool:
        """Return True if all fields of the form are visible."""
        return all(Shown(field(label))(browser) for label in self.fields)

    def is_passed(self, browser: Chrome) -> bool:
        """Return True if the page is one for those who are signed in."""
        awaited = conditions(self.done) if self.done else (idle(), _has_text)
        return all(condition(browser) for condition in awaited) and not self.is_shown(browser)


def sign_in(browser: Chrome, slot: Place, form: Form) -> None:
    """Sign in by `form`, or with the session that `slot` has kept; end on the start page.

    Raises:
        AdapterError: the form names no fields, or a variable is not set.
        TutorialError: `done` is nothing to wait for.
        RecordingError: there is no such form, the app refused, or did so earlier in this batch.
    """
    if not form.fields:
        raise AdapterError(
            "sign-in: no field is named", hint='for example fields={"Email": "$SHOP_USER"}'
        )
    if form.done:
        conditions(form.done)  # refuse a wrong one before the form is sent
    secrets = read_secrets(form.fields, slot.project_dir, slot.index)
    base = origin_of(form.page)
    kept = slot.sessions.get(form.key)
    if kept:
        kept.open(browser, form.start_page or kept.landing_at(base), base)
        if _arrives(browser, form):
            return
        kept.clear(browser)
    with _one_at_a_time(slot, form) as note:
        try:
            _fill_in(browser, form, secrets)
        except _Refused as problem:
            note(problem.error.message)
            raise problem.error from None
    slot.sessions[form.key] = kept = KeptSession.of(browser, base)
    # Every render begins with the same page, loaded anew: not with one that says welcome.
    browser.get(form.start_page or kept.landing)
    if not _arrives(browser, form):
        raise RecordingError(
            f"sign-in: {form.start_page or kept.landing} shows the form again, although the app"
            f" accepted it at {form.page}",
            hint="does the app set its cookies for this address? Secure cookies need https",
        )


def _arrives(browser: Chrome, form: Form) -> bool:
    """Wait for the start page; return False if it shows the form: the session is not valid.

    Raises:
        RecordingError: it shows neither.
    """
    deadline = time.monotonic() + ANSWER_S
    while time.monotonic() < deadline:
        if form.is_passed(browser):
            return True
        if form.is_shown(browser):
            return False
        time.sleep(LOOK_S)
    raise RecordingError(
        f"sign-in: after {ANSWER_S:.0f} s, {browser.current_url} shows neither the form nor"
        f" {' and '.join(map(named, conditions(form.done))) if form.done else 'a page at rest'}"
    )


class _Refused(Exception):
    """The app did not accept what was filled in."""

    def __init__(self, form: Form, said: str, why: str = "") -> None:
        super().__init__(said)
        names = ", ".join(name.lstrip("$") for name in form.fields.values())
        quoted = f"the page says: {said}" if said else "the page says nothing new"
        self.error = RecordingError(
            f"sign-in at {form.page} was refused: {why}{quoted}",
            hint=f"check {names}; it is not tried again in this batch, so that the app does not"
            " lock the account",
        )
        self.error.any_clock = True


def _fill_in(browser: Chrome, form: Form, secrets: Mapping[str, str]) -> None:
    from selenium.common.exceptions import NoSuchElementException

    browser.get(form.page)
    deadline = time.monotonic() + FORM_S
    while not form.is_shown(browser) and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    try:
        for label, value in secrets.items():
            element = browser.find_element(*field(label))
            element.clear()
            element.send_keys(value)
        before = _look(browser)
        browser.find_element(*button(form.button)).click()
        _await_answer(browser, form, before)
    except BaseException as problem:
        # The evidence of the failure shows the page as it is then.
        with suppress(Exception):
            run(browser, "clear_fields", list(secrets.values()))
        if isinstance(problem, NoSuchElementException):
            raise RecordingError(
                f"sign-in at {form.page}: {(problem.msg or '').strip()}",
                hint="fields are named by their labels, the button by its text",
            ) from problem
        raise


def _await_answer(browser: Chrome, form: Form, before: dict[str, Any]) -> None:
    """Wait until the app has accepted or refused.

    Raises:
        _Refused: it shows the form again, a new alert beside it, or a dialog.
    """
    from selenium.common.exceptions import NoAlertPresentException, UnexpectedAlertPresentException

    deadline = time.monotonic() + ANSWER_S
    try:
        while not form.is_passed(browser):
            now = _look(browser)
            anew = now["ready"] and now["born"] != before["born"]
            is_answer = anew or _new(before, now, "alerts")
            # At rest: an alert may only say that the page is at work.
            if is_answer and form.is_shown(browser) and idle()(browser):
                raise _Refused(form, _new_words(before, _look(browser)))
            if time.monotonic() > deadline:
                raise _Refused(form, _new_words(before, now), f"no answer in {ANSWER_S:.0f} s; ")
            time.sleep(LOOK_S)
    except UnexpectedAlertPresentException as problem:
        with suppress(NoAlertPresentException):  # mostly, WebDriver has closed it
            browser.switch_to.alert.dismiss()
        raise _Refused(form, problem.alert_text or "") from None


def _has_text(browser: Chrome) -> bool:
    return bool(_look(browser)["lines"])


def _look(browser: Chrome) -> dict[str, Any]:
    found: dict[str, Any] = look(browser, "page_words")
    return found


def _new(before: dict[str, Any], now: dict[str, Any], what: str) -> list[str]:
    return [text for text in now[what] if text not in before[what]]


def _new_words(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Return what the page says that it did not say before: its alerts, else all new lines."""
    words = _new(before, now, "alerts") or now["alerts"] or _new(before, now, "lines")
    return " · ".join(dict.fromkeys(words))[:LONGEST_WORDS]


@contextmanager
def _one_at_a_time(slot: Place, form: Form) -> Iterator[Callable[[str], object]]:
    """Let one worker of the batch sign in at once; yield a function that notes a refusal.

    Raises:
        RecordingError: a worker of this batch was refused before.
    """
    lock = os.open(slot.dir.parent / f"{NOTE}{form.key}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if said := os.pread(lock, LONGEST_NOTE, 0).decode("utf-8", "replace"):
            error = RecordingError(f"{said} (not tried again in this batch)")
            error.any_clock = True
            raise error
        yield lambda said: os.pwrite(lock, said.encode(), 0)
    finally:
        os.close(lock)
